"""Addresses of HR: people, units, import, coverage."""

from django.urls import path

from musling.web.staff import (
    coverage,
    coverage_files,
    declining,
    employments,
    imports,
    mail_server,
    people,
    posts_and_roles,
    reorganising,
    support,
    units,
)

urlpatterns = [
    path("people/", people.staff_list, name="staff"),
    path("people/add/", people.add, name="person-add"),
    path("people/mails/", support.undelivered_mails, name="undelivered-mails"),
    path("people/mails/server/", mail_server.mail_server, name="mail-server"),
    path("people/import/", imports.upload, name="people-import"),
    path("people/import/<public:run>/", imports.import_run, name="import-run"),
    path("people/import/<public:run>/progress/", imports.import_progress, name="import-progress"),
    path(
        "people/import/<public:run>/rejected.csv", imports.import_rejected, name="import-rejected"
    ),
    path("people/<public:person>/", people.person, name="person"),
    path("people/<public:person>/change/", people.change, name="person-change"),
    path("people/<public:person>/end/", people.end, name="person-end"),
    path("people/<public:person>/access/", people.access, name="person-access"),
    path("people/<public:person>/mail-again/", support.mail_again, name="mail-again"),
    path("people/<public:person>/activation/", support.activation_mail, name="activation-mail"),
    path("people/<public:person>/slip.pdf", support.slip, name="activation-slip"),
    path("people/<public:person>/employments/add/", employments.add, name="employment-add"),
    path("people/<public:person>/roles/add/", posts_and_roles.give_role, name="role-add"),
    path("people/employments/<public:employment>/", employments.change, name="employment-change"),
    path("people/employments/<public:employment>/end/", employments.end, name="employment-end"),
    path("people/roles/<int:role>/end/", posts_and_roles.end_role, name="role-end"),
    path("people/posts/<int:post>/end/", posts_and_roles.end_post, name="post-end"),
    path("people/units/", units.units, name="units"),
    path("people/units/add/", units.add, name="unit-add"),
    path("people/units/<public:unit>/", units.unit, name="unit"),
    path("people/units/<public:unit>/change/", units.rename, name="unit-change"),
    path("people/units/<public:unit>/merge/", reorganising.merge, name="unit-merge"),
    path("people/units/<public:unit>/split/", reorganising.split, name="unit-split"),
    path("people/units/<public:unit>/move/", reorganising.move, name="unit-move"),
    path("people/units/<public:unit>/close/", reorganising.close, name="unit-close"),
    path("people/units/<public:unit>/leader/", posts_and_roles.give_post, name="post-add"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("coverage/no-thanks/", declining.declining, name="no-thanks"),
    path("coverage/coverage.csv", coverage_files.coverage_csv, name="coverage-csv"),
    path("coverage/coverage.xlsx", coverage_files.coverage_xlsx, name="coverage-xlsx"),
    path("coverage/report.pdf", coverage_files.coverage_report_pdf, name="coverage-report"),
]
