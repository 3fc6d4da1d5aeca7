"""Addresses of rounds."""

from django.urls import path

from musling.web.rounds import following, leading, people, planning, steps

urlpatterns = [
    path("rounds/", planning.overview, name="rounds"),
    path("rounds/plan/", planning.plan, name="round-plan"),
    path("rounds/help/<public:asked>/", following.answered, name="round-help-answered"),
    path("rounds/<public:public_id>/", following.look, name="round"),
    path("rounds/<public:public_id>/progress/", following.progress, name="round-progress"),
    path("rounds/<public:public_id>/change/", planning.change, name="round-change"),
    path("rounds/<public:public_id>/copy/", planning.copy, name="round-copy"),
    path("rounds/<public:public_id>/remove/", planning.remove, name="round-remove"),
    path("rounds/<public:public_id>/people/", people.look, name="round-people"),
    path("rounds/<public:public_id>/units/", people.cover, name="round-cover"),
    path("rounds/<public:public_id>/left-out/", people.leave_out, name="round-leave-out"),
    path(
        "rounds/<public:public_id>/left-out/<int:left_out>/",
        people.take_in_again,
        name="round-take-in",
    ),
    path("rounds/<public:public_id>/steps/<int:number>/", steps.step, name="round-step"),
    path("rounds/<public:public_id>/steps/<int:number>/do/", steps.do, name="round-step-do"),
    path("rounds/<public:public_id>/close/", steps.close, name="round-close"),
    path("rounds/<public:public_id>/send/", leading.send, name="round-send"),
    path(
        "rounds/<public:public_id>/send/<public:leader>/", following.send_for, name="round-send-for"
    ),
    path("rounds/<public:public_id>/help/", leading.ask_for_help, name="round-help"),
    path("rounds/<public:public_id>/form/", leading.choose_form, name="round-form"),
]
