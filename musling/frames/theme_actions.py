"""Choosing the organisation's theme for two years (row D8), and reminding of it."""

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.activity.models import Activity
from musling.foundation import clock
from musling.foundation.actor import Actor, program
from musling.foundation.clock import COPENHAGEN
from musling.foundation.fingerprints import ChangedMeanwhile
from musling.foundation.problems import NotThere, Refused
from musling.frames.access import is_main_committee
from musling.frames.document import FrameFault, Theme
from musling.frames.effective import period_theme
from musling.frames.models import OrganisationTheme
from musling.frames.parsing import parse_theme
from musling.frames.periods import due_period, is_period, missing_period, when_is
from musling.frames.queries import theme_in_force
from musling.frames.raw_table import Text
from musling.organisations.models import Organisation

MOST_STATEMENTS = 8


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement (``scale``) or question (``text``); ``id`` of one that stood there before."""

    type: str
    text: Text
    text_leader: Text
    explanation: Text
    id: str = ""


@dataclass(frozen=True, slots=True)
class ThemeWords:
    """A theme as the committee words it; texts by language, Danish always."""

    title: Text
    intro: Text
    help: Sequence[Text]
    statements: Sequence[Statement]


def as_document(words: ThemeWords, first_year: int, before: Mapping[str, Any]) -> dict[str, Any]:
    """The theme as data. What stood ``before`` keeps its id; new ids never clash with a frame's."""
    known = {item["id"] for item in before.get("items", ())}
    items = [_item(one, first_year, known) for one in words.statements]
    rows = {
        # Without a dot: it becomes an anchor on the pages of a talk.
        "id": before.get("id") or _new_id(first_year).replace(".", "-"),
        "kind": "organisation",
        "phase": "now",
        "title": _said(words.title),
        "intro": _said(words.intro),
        "help": [_said(line) for line in words.help],
        "items": items,
    }
    return {name: value for name, value in rows.items() if value}


def _item(one: Statement, first_year: int, known: set[str]) -> dict[str, Any]:
    row = {
        "id": one.id if one.id in known else _new_id(first_year),
        "type": one.type,
        "text": _said(one.text),
        "text_leader": _said(one.text_leader),
        "explanation": _said(one.explanation),
        "mandatory": True,
    }
    return {name: value for name, value in row.items() if value}


def _new_id(first_year: int) -> str:
    return f"theme-{first_year}.{secrets.token_hex(6)}"


def _said(text: Text) -> dict[str, str]:
    return {language: words.strip() for language, words in text.items() if words.strip()}


def read(words: ThemeWords, first_year: int) -> Theme:
    """The theme as it would be asked, nothing kept. Raises Refused."""
    return period_theme(_checked(as_document(words, first_year, {})), first_year)


def _checked(document: dict[str, Any]) -> dict[str, Any]:
    if not document.get("title", {}).get("da"):
        raise Refused(_("Write what the theme is called."), "title_da")
    if not document.get("items"):
        raise Refused(_("Write at least one statement or question."))
    if len(document["items"]) > MOST_STATEMENTS:
        raise Refused(_("At most %(most)s statements.") % {"most": MOST_STATEMENTS})
    try:
        parse_theme(document)
    except FrameFault as fault:
        raise Refused(str(fault)) from None
    return document


@transaction.atomic
def choose_theme(
    actor: Actor, *, first_year: int, words: ThemeWords, seen: str, change_now: bool = False
) -> OrganisationTheme:
    """Chooses, or words anew, the theme of a period; the same twice changes nothing.

    ``seen``: the public id of what the writer saw chosen (empty: nothing). ``change_now``: the
    period has begun, and talks planned from now on shall ask the new words. Raises NotThere for
    whoever is not of the main committee and for what is no period, Refused and ChangedMeanwhile.
    """
    if not is_main_committee(actor) or not is_period(first_year, actor.today):
        raise NotThere
    Organisation.objects.select_for_update().get(pk=actor.organisation_id)  # one after the other
    newest = theme_in_force(actor.organisation_id, first_year)
    before: Mapping[str, Any] = newest.document if newest else {}
    document = _checked(as_document(words, first_year, before))
    if newest and _without_ids(document) == _without_ids(before):
        return newest
    if (newest.public_id if newest else "") != seen:
        raise ChangedMeanwhile(
            _("Somebody else chose a theme meanwhile: “%(title)s”. Save again to choose yours.")
            % {"title": before["title"]["da"]}
        )
    _refuse_by_time(actor, first_year, newest, change_now)
    row = OrganisationTheme.objects.create(
        organisation_id=actor.organisation_id,
        first_year=first_year,
        document=document,
        chosen_at=clock.now(),
        chosen_by_id=actor.profile_id or None,
    )
    log.note(actor, "theme.chosen", object_id=row.pk)
    return row


def _without_ids(document: Mapping[str, Any]) -> dict[str, Any]:
    items = [
        {name: value for name, value in item.items() if name != "id"}
        for item in document.get("items", ())
    ]
    return {**document, "id": "", "items": items}


def _refuse_by_time(
    actor: Actor, first_year: int, newest: OrganisationTheme | None, change_now: bool
) -> None:
    when = when_is(first_year, actor.today)
    if when == "past":
        raise Refused(_("These two years are over. Their talks keep the theme that they had."))
    if when == "now" and newest and not change_now:
        raise Refused(
            _("The period has begun. Say that talks planned from now on shall ask the new words."),
            "change_now",
        )


@transaction.atomic
def note_missing_theme(organisation_id: int) -> int:
    """Notes that the main committee should choose a theme; returns how many notes (0 or 1).

    Half a year before the period and once more a month before; safe to run any number of times.
    """
    actor = program(organisation_id)
    due = due_period(actor.today)
    if due is None or missing_period(organisation_id, actor.today) is None:
        return 0
    first_year, since = due
    Organisation.objects.select_for_update().get(pk=organisation_id)
    said = Activity.objects.filter(
        organisation_id=organisation_id,
        verb="theme.due",
        at__gte=dt.datetime.combine(since, dt.time(), COPENHAGEN),
    )
    if said.exists():
        return 0
    log.note(actor, "theme.due", on=dt.date(first_year, 1, 1).isoformat())
    return 1
