"""Coverage to take along: exactly the lines of the page as CSV and XLSX, and the report as PDF."""

import logging
from collections.abc import Iterator, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from musling.conversations.coverage.report import report
from musling.documents.coverage_report import CoverageReport, ReportLine, coverage_report
from musling.documents.letterhead import Letterhead
from musling.documents.seal import sealed
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.gate import rules
from musling.web.staff.coverage import COLUMNS, name_of, read_all, total_name, year_in
from musling.web.staff.csv_files import csv_file
from musling.web.staff.xlsx_files import xlsx_file
from musling.web.talks.documents import PressProblem

log = logging.getLogger("musling.documents")


@rules.member("GET")
def coverage_csv(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The lines of all pages, as a file of values parted by semicolons."""
    year, columns, rows = _table(request, actor)
    return csv_file(f"musling-{year}.csv", columns, rows)


@rules.member("GET")
def coverage_xlsx(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The same as a spreadsheet."""
    year, columns, rows = _table(request, actor)
    return xlsx_file(f"musling-{year}.xlsx", columns, rows)


def _table(
    request: HttpRequest, actor: Actor
) -> tuple[int, Sequence[str], Iterator[Sequence[str | int]]]:
    found = read_all(request, actor)

    def rows() -> Iterator[Sequence[str | int]]:
        for name, line in (
            *((name_of(line), line) for line in found.lines),
            (total_name(found, request.standing.organisation_name), found.total),  # type: ignore[attr-defined]
        ):
            yield (name, line.people, *(line.number(field) for field, _short, _full in COLUMNS))

    names = (str(full) for _field, _short, full in COLUMNS)
    return found.year, (_("Unit"), _("Employed"), *names), rows()


@rules.role("hr", "committee")
def coverage_report_pdf(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The whole organisation for the committee, with small units folded in."""
    found = report(actor, year=year_in(request, actor))
    standing = request.standing  # type: ignore[attr-defined]
    head = Letterhead(
        language=actor.language,
        organisation=standing.organisation_name,
        talk_name=standing.talk_name,
        made_at=clock.now(),
    )
    paper = CoverageReport(
        head=head,
        year=found.year,
        counted_at=found.until,
        columns=tuple(str(full) for _field, _short, full in COLUMNS),
        lines=tuple(
            ReportLine(line.name, line.depth, line.numbers, line.kind) for line in found.lines
        ),
    )
    try:
        pdf = sealed(coverage_report(paper))
    except PressProblem as problem:
        log.error("report of coverage: %s", problem)  # noqa: TRY400
        messages.error(
            request,
            _("The document could not be made. Try again later, or tell whoever runs Musling."),
        )
        return redirect("start", standing.slug)
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="musling-{found.year}.pdf"'},
    )
