"""The report of coverage for a committee of management and staff: a table of numbers, no names."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format, time_format
from django.utils.translation import gettext as _

from musling.documents.letterhead import Letterhead, day
from musling.documents.typesetting import typeset
from musling.foundation.clock import COPENHAGEN

# What a line is about; as ``conversations.coverage.report`` has it.
ITSELF, SMALL, WHOLE = "itself", "small", "whole"


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line: the unit's name, how deep it stands in the tree, how many, and what it is about."""

    name: str
    depth: int
    numbers: Sequence[int]
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageReport:
    """``columns``: what the numbers after the first, the employed, count.

    ``lines``: none where there are too few people. ``counted_at``: aware; none where not counted.
    """

    head: Letterhead
    year: int
    counted_at: dt.datetime | None
    columns: tuple[str, ...]
    lines: tuple[ReportLine, ...]


def coverage_report(report: CoverageReport) -> bytes:
    """The report as a tagged PDF (not yet sealed). Raises TypesettingFailedError."""
    with report.head.wording():
        title = _("Coverage of the talks {year}").format(year=report.year)
        data = report.head.page(title) | {
            "facts": [report.head.organisation, _as_of(report.counted_at)],
            "columns": [_("Unit"), _("Employed"), *report.columns],
            "lines": [_row(line) for line in report.lines],
            "notes": _notes(),
            "too-few": _(
                "There are fewer than five people, or they are not counted yet. "
                "Figures about fewer than five are not shown."
            ),
        }
    return typeset("coverage_report.typ", data, made_at=report.head.made_at)


def _as_of(moment: dt.datetime | None) -> str:
    if moment is None:
        return ""
    local = moment.astimezone(COPENHAGEN)
    return _("counted {day} at {time}").format(
        day=day(local.date()), time=time_format(local, "TIME_FORMAT")
    )


def _row(line: ReportLine) -> dict[str, Any]:
    names = {
        WHOLE: _("The whole organisation"),
        ITSELF: _("{unit} itself").format(unit=line.name),
        SMALL: _("Other small units"),
    }
    return {
        "name": names.get(line.kind, line.name),
        "depth": line.depth,
        "whole": line.kind == WHOLE,
        "numbers": [number_format(number, force_grouping=True) for number in line.numbers],
    }


def _notes() -> list[str]:
    return [
        _(
            "Everybody who is employed counts once, where the talk stands. Whoever works in "
            "several places counts in one of them, so that the lines add up."
        ),
        _(
            "Units of fewer than five people are counted together, so that no line, and no "
            "difference between lines, is about fewer than five."
        ),
        _(
            "Plan made: both have agreed on a talk with at least one agreement, focus area or "
            "initiative. Followed up: in that quarter both said that an agreement is done, or both "
            "wrote how it goes."
        ),
    ]
