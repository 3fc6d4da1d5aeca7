"""The agreement sheet: what was agreed, who does what and when, signed by both.

Up to ten agreements, four on the first side and the rest on the next; every side has the date of
the talk and the signature fields. More than ten, and longer ones, run on over further pages, each
of which has them too: nothing is cut.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from musling.documents import parties as signing
from musling.documents.letterhead import Letterhead, day, day_or_words
from musling.documents.parties import Party
from musling.documents.typesetting import typeset

ON_FIRST_SIDE = 4
ON_EMPTY_SHEET = 10
# Millimetres that leave room for the signatures at the foot of the two sides of the empty sheet.
FIRST_SIDE_ROW, SECOND_SIDE_ROW = 44, 22


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementLine:
    """One agreement. ``when`` is a date, or words ("every Monday")."""

    what: str
    proposed_solution: str = ""
    action: str = ""
    who: str = ""
    when: dt.date | str | None = None
    follow_up: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementSheet:
    """A filled sheet. ``unchanged_since`` is the day from which the text has been locked."""

    head: Letterhead
    held_on: dt.date | None
    parties: tuple[Party, ...]
    agreements: tuple[AgreementLine, ...] = ()
    conclusion: str = ""
    ground_rules: str = ""
    unchanged_since: dt.date | None = None


def agreement_sheet(sheet: AgreementSheet) -> bytes:
    """The sheet as a tagged PDF (not yet sealed). Raises TypesettingFailedError."""
    with sheet.head.wording():
        rows = [_row(number, line) for number, line in enumerate(sheet.agreements, 1)]
        first, rest = rows[:ON_FIRST_SIDE], rows[ON_FIRST_SIDE:]
        closing = _closing(sheet.conclusion, sheet.ground_rules)
        sides = [_side(first, closing=() if rest else closing)]
        if rest:
            sides.append(_side(rest, closing=closing, goes_on=True))
        unchanged = ""
        if sheet.unchanged_since:
            unchanged = _("Unchanged since {date}").format(date=day(sheet.unchanged_since))
        data = _sheet(sheet.head, sheet.parties, sheet.held_on, sides, unchanged)
    return typeset("agreement_sheet.typ", data, made_at=sheet.head.made_at)


def empty_agreement_sheet(head: Letterhead, party_labels: Sequence[str]) -> bytes:
    """The same sheet to fill in by hand, ten agreements on two sides (not sealed)."""
    parties = [Party(label) for label in party_labels]
    with head.wording():
        numbers = iter(range(1, ON_EMPTY_SHEET + 1))
        first = [{"number": number} for number in islice(numbers, ON_FIRST_SIDE)]
        rest = [{"number": number} for number in numbers]
        closing = [{**part, "lines": 3} for part in _closing(" ", " ")]
        sides = [
            _side(first, row_height=FIRST_SIDE_ROW),
            _side(rest, row_height=SECOND_SIDE_ROW, closing=closing, goes_on=True),
        ]
        data = _sheet(head, parties, None, sides)
    return typeset("agreement_sheet.typ", data, made_at=head.made_at)


def _sheet(
    head: Letterhead,
    parties: Sequence[Party],
    held_on: dt.date | None,
    sides: list[dict[str, Any]],
    unchanged: str = "",
) -> dict[str, Any]:
    return head.page(_("Agreement sheet")) | {
        "held-on": day(held_on),
        "parties": signing.fields(parties),
        "unchanged": unchanged,
        "sides": sides,
        "columns": [_("What we agree"), _("Action"), _("Who"), _("When")],
        "labels": {
            "agreement": _("Agreement"),
            "proposed-solution": _("Proposed solution"),
            "follow-up": _("How we follow up"),
            "no-agreements": _("No agreements were made."),
            "held-on": _("Date of the talk"),
            "date": _("Date"),
        },
    }


def _side(
    rows: list[dict[str, Any]],
    *,
    closing: Sequence[dict[str, Any]] = (),
    row_height: int = 0,
    goes_on: bool = False,
) -> dict[str, Any]:
    """One side; a ``row_height`` in millimetres makes it one to write on by hand."""
    return {
        "title": _("Agreement sheet, continued") if goes_on else _("Agreement sheet"),
        "row-height": row_height,
        "agreements": rows,
        "closing": list(closing),
    }


def _row(number: int, line: AgreementLine) -> dict[str, Any]:
    return {
        "number": number,
        "what": line.what,
        "proposed-solution": line.proposed_solution,
        "action": line.action,
        "who": line.who,
        "when": day_or_words(line.when),
        "follow-up": line.follow_up,
    }


def _closing(conclusion: str, ground_rules: str) -> list[dict[str, Any]]:
    parts = ((_("Conclusion"), conclusion), (_("Our ground rules"), ground_rules))
    return [{"heading": heading, "text": text, "lines": 0} for heading, text in parts if text]
