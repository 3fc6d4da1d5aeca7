"""The minutes of a talk as both own them: what was said and agreed, approved and signed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from musling.documents import parties as signing
from musling.documents.agreement_sheet import AgreementLine
from musling.documents.letterhead import Letterhead, day, day_or_words
from musling.documents.parties import Party
from musling.documents.typesetting import typeset


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its text; a section without text is left out."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusArea:
    """Goals and future: what the employee wants to develop, in the employee's words."""

    title: str
    what_i_do: str = ""
    leader_supports: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Initiative:
    """One step of development, with the same two questions and a date."""

    title: str
    what_i_do: str = ""
    leader_supports: str = ""
    when: dt.date | str | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """One party's approval of the minutes; without a date it is still awaited."""

    label: str
    name: str
    on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """All that the document shows; what is empty leaves no heading behind."""

    head: Letterhead
    held_on: dt.date | None
    written_by: str
    parties: tuple[Party, ...]
    core_task: str = ""
    sections: tuple[Section, ...] = ()
    focus_areas: tuple[FocusArea, ...] = ()
    initiatives: tuple[Initiative, ...] = ()
    agreements: tuple[AgreementLine, ...] = ()
    conclusion: str = ""
    ground_rules: str = ""
    approvals: tuple[Approval, ...] = ()
    unchanged_since: dt.date | None = None


def minutes_document(minutes: Minutes) -> bytes:
    """The minutes as a tagged PDF (not yet sealed). Raises TypesettingFailedError."""
    with minutes.head.wording():
        data = minutes.head.page(_("Minutes")) | {
            "facts": _facts(minutes),
            "core-task": minutes.core_task,
            "sections": [_section(part) for part in minutes.sections if part.text.strip()],
            "tables": _tables(minutes),
            "closing": _closing(minutes),
            "approvals": [_approval(approval) for approval in minutes.approvals],
            "parties": signing.fields(minutes.parties),
            "unchanged": _unchanged(minutes.unchanged_since),
            "labels": _labels(),
        }
    return typeset("minutes.typ", data, made_at=minutes.head.made_at)


def _facts(minutes: Minutes) -> list[str]:
    facts = [f"{party.label}: {party.name}" for party in minutes.parties]
    if minutes.held_on:
        facts.append(_("Talk held on {date}").format(date=day(minutes.held_on)))
    if minutes.written_by:
        facts.append(_("Written by {name}").format(name=minutes.written_by))
    return facts


def _tables(minutes: Minutes) -> list[dict[str, Any]]:
    """Focus areas, initiatives and agreements; none of them where there is nothing to show."""
    mine, leaders = _("What I do"), _("How my leader supports")
    tables = [
        _table(
            _("Focus areas"),
            [_("Focus area"), mine, leaders],
            [(area.title, area.what_i_do, area.leader_supports) for area in minutes.focus_areas],
        ),
        _table(
            _("Initiatives"),
            [_("Initiative"), mine, leaders, _("When")],
            [_initiative(initiative) for initiative in minutes.initiatives],
        ),
        _table(
            _("Agreements"),
            [_("What we agree"), _("Action"), _("Who"), _("When and how we follow up")],
            [_agreement(line) for line in minutes.agreements],
        ),
    ]
    return [table for table in tables if table["rows"]]


def _table(heading: str, columns: list[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    return {"heading": heading, "columns": columns, "rows": [list(row) for row in rows]}


def _initiative(initiative: Initiative) -> tuple[str, ...]:
    when = day_or_words(initiative.when)
    return initiative.title, initiative.what_i_do, initiative.leader_supports, when


def _agreement(line: AgreementLine) -> tuple[str, ...]:
    what = line.what
    if line.proposed_solution:
        what += "\n" + _("Proposed solution: {text}").format(text=line.proposed_solution)
    when = "\n".join(filter(None, (day_or_words(line.when), line.follow_up)))
    return what, line.action, line.who, when


def _closing(minutes: Minutes) -> list[dict[str, str]]:
    parts = (
        Section(_("Conclusion"), minutes.conclusion),
        Section(_("Our ground rules"), minutes.ground_rules),
    )
    return [_section(part) for part in parts if part.text.strip()]


def _section(section: Section) -> dict[str, str]:
    return {"heading": section.heading, "text": section.text}


def _approval(approval: Approval) -> str:
    if approval.on is None:
        sentence = _("{name} ({party}) has not approved yet")
        return sentence.format(name=approval.name, party=approval.label)
    sentence = _("{name} ({party}) approved on {date}")
    return sentence.format(name=approval.name, party=approval.label, date=day(approval.on))


def _unchanged(since: dt.date | None) -> str:
    return _("Unchanged since {date}").format(date=day(since)) if since else ""


def _labels() -> dict[str, str]:
    return {
        "core-task": _("Our core task"),
        "approvals": _("Approved"),
        "signatures": _("Signatures"),
        "date": _("Date"),
        "yours": _(
            "Musling destroys the minutes when their time is up. This copy is yours: "
            "keep it where only you can read it, and delete it yourself."
        ),
    }
