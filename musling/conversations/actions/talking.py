"""The talk itself: agreeing on the frame, opening, writing in place, ending."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from musling.activity import log
from musling.conversations import access
from musling.conversations.actions.carrying import carry_over
from musling.conversations.models import (
    EXPECTATION,
    Agreement,
    Conversation,
    FocusArea,
    HandedIn,
    Initiative,
    Minutes,
    MinutesSection,
    Part,
    Participant,
    State,
)
from musling.conversations.queries.room import SHARED_SECTIONS, made_here
from musling.conversations.queries.talks import Talk, talk
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import Clash, NotThere, Refused
from musling.vault.sealing import new_salt

LONGEST = 20_000  # characters in one section of the minutes
BEFORE = {State.PLANNED, State.OFFERED, State.BOOKED}
WRITABLE = {State.OPEN, State.HELD}


@transaction.atomic
def note_expectation(actor: Actor, *, public_id: str, text: str, version: int | None = None) -> int:
    """Each notes, before the room opens, what she or he expects; the other sees it (C7).

    Returns the new version. Raises Clash where another tab of the same person saved another text
    than the one of ``version``.
    """
    found = talk(actor, public_id, lock=True)
    if found.state not in BEFORE:
        raise Refused(_("The talk has begun. Write it in the minutes instead."), "expectation")
    _check_length(text, "expectation")
    row = HandedIn.objects.filter(participant=found.me, item=EXPECTATION).first()
    before = (row.unseal(found.key, "content") if row else None) or {}
    there, stored = before.get("version", 0), before.get("text", "")
    if stored == text:
        if row:  # said again: to whoever has the other seat now
            row.at = clock.now()
            row.save(update_fields=["at"])
        return int(there)
    if version is not None and version != there:
        raise Clash(stored, there)
    row = row or HandedIn(
        organisation_id=actor.organisation_id,
        conversation=found.conversation,
        participant=found.me,
        item=EXPECTATION,
    )
    row.seal(found.key, "content", {"text": text, "version": there + 1})
    row.at = clock.now()
    row.save()
    return int(there + 1)


@transaction.atomic
def choose_minute_taker(actor: Actor, *, public_id: str, participant: str) -> None:
    """Proposes who writes; whoever had agreed to somebody else agrees again (E8)."""
    found = talk(actor, public_id, lock=True)
    if found.state not in BEFORE:
        raise Refused(_("The talk has begun. Who writes was agreed before."))
    taker = {found.me.public_id: found.me, found.other.public_id: found.other}.get(participant)
    if taker is None:
        raise Refused(_("Choose one of you two."), "minute_taker")
    if found.conversation.minute_taker_id != taker.pk:
        found.conversation.minute_taker = taker
        found.conversation.save(update_fields=["minute_taker"])
        Participant.objects.filter(pk__in=[found.me.pk, found.other.pk]).update(ready_at=None)


@transaction.atomic
def agree_on_frame(actor: Actor, *, public_id: str) -> bool:
    """ "We agree on the frame": when both have pressed, the room opens. Returns whether it is open.

    Safe to press twice.
    """
    found = talk(actor, public_id, lock=True)
    if found.state == State.OPEN:
        return True
    if found.state != State.BOOKED:
        raise Refused(_no_room(found))
    if found.conversation.minute_taker_id is None:
        raise Refused(_("First agree on who writes the minutes."), "minute_taker")
    if found.me.ready_at is None:
        found.me.ready_at = clock.now()
        found.me.save(update_fields=["ready_at"])
        log.note(
            actor,
            "room.agreed",
            object_id=found.conversation.pk,
            about=found.employee.profile_id,
        )
    if found.other.ready_at is None:
        return False
    _open_room(actor, found)
    return True


def _no_room(found: Talk) -> str:
    if found.state in BEFORE:
        return _("You have not agreed on a time yet. Do that first.")
    return _("This talk was declined, called off or is held. The room is closed.")


def _open_room(actor: Actor, found: Talk) -> None:
    conversation = found.conversation
    conversation.state = State.OPEN
    conversation.opened_at = clock.now()
    conversation.save(update_fields=["state", "opened_at"])
    begin_minutes(actor, found)
    log.note(actor, "room.opened", object_id=conversation.pk, about=found.employee.profile_id)


def begin_minutes(actor: Actor, found: Talk) -> Minutes:
    """The minutes' row with the salt that later fixes what is signed."""
    minutes, made = Minutes.objects.get_or_create(
        conversation=found.conversation, defaults={"organisation_id": actor.organisation_id}
    )
    if made:
        minutes.seal(found.key, "salt", new_salt())
        minutes.save(update_fields=["salt"])
    return minutes


def writable(actor: Actor, public_id: str) -> tuple[Talk, Minutes]:
    """The talk and its minutes while they may be written; locked. Raises Refused after the lock."""
    found = talk(actor, public_id, lock=True)
    if not found.sat_in_it:
        raise NotThere
    if found.state in BEFORE:
        raise Refused(_("The talk has not begun. Agree on the frame first."))
    minutes = access.changeable_minutes(actor).filter(conversation=found.conversation).first()
    locked = {Minutes.State.OUT, Minutes.State.APPROVED}
    if minutes is None or found.state not in WRITABLE or minutes.state in locked:
        raise Refused(_("The minutes are with the other party or approved, and locked."))
    return found, minutes


@transaction.atomic
def write_section(actor: Actor, *, public_id: str, section: str, text: str, version: int) -> int:
    """Writes one section of the minutes; only whoever was agreed on to write. New version.

    Raises Clash with the text that stands now where somebody saved another in the meantime.
    """
    found, minutes = writable(actor, public_id)
    _check_section(found, section)
    _check_length(text, section)
    if found.conversation.minute_taker_id != found.me.pk and section not in SHARED_SECTIONS:
        raise Refused(_("You agreed that the other of you writes."), section)
    row = MinutesSection.objects.filter(minutes=minutes, section=section).first()
    if row is None:
        row = MinutesSection(
            organisation_id=actor.organisation_id, minutes=minutes, section=section, version=0
        )
    stored = (row.unseal(found.key, "text") or "") if row.pk else ""
    if stored == text:
        return row.version
    if row.version != version:
        raise Clash(stored, row.version)
    row.version += 1
    row.seal(found.key, "text", text or None)
    row.save()
    return row.version


class SectionClash(Clash):
    """Somebody else wrote in this section in the meantime."""

    def __init__(self, section: str, clash: Clash) -> None:
        super().__init__(clash.theirs, clash.version)
        self.section = section


@transaction.atomic
def write_sections(
    actor: Actor, *, public_id: str, texts: Mapping[str, str], versions: Mapping[str, int]
) -> dict[str, int]:
    """Writes some sections, all or none; returns their new versions. Raises SectionClash."""
    saved = {}
    for section, text in texts.items():
        try:
            saved[section] = write_section(
                actor,
                public_id=public_id,
                section=section,
                text=text,
                version=versions.get(section, 0),
            )
        except Clash as clash:
            raise SectionClash(section, clash) from None
    return saved


def _check_section(found: Talk, section: str) -> None:
    themes = {theme.id for theme in found.document.themes}
    if section not in themes and section not in SHARED_SECTIONS:
        raise NotThere


def _check_length(text: str, place: str) -> None:
    if len(text) > LONGEST:
        raise Refused(
            _("This is longer than %(most)d characters. Shorten it; it is kept on the page.")
            % {"most": LONGEST},
            place,
        )


AGREEMENT_FIELDS = ("what", "solution", "action", "who", "follow_up")
MOST_AGREEMENTS = 40


@transaction.atomic
def write_agreement(
    actor: Actor,
    *,
    public_id: str,
    content: Mapping[str, str],
    due_on: dt.date | None = None,
    follow_up_on: dt.date | None = None,
    agreement: str = "",
    version: int = 0,
) -> Agreement:
    """Adds an agreement, or changes the one of that public id where its version still stands."""
    found, _minutes = writable(actor, public_id)
    value = texts(content, AGREEMENT_FIELDS)
    if not value.get("what"):
        raise Refused(_("Write what you agree on."), "what")
    row: Agreement
    if agreement:
        row = _own_row(Agreement, found, agreement, version, "what")
        _check_dates(actor, found, row, due_on, follow_up_on)
    else:
        there = made_here(Agreement.objects.filter(removed_at=None), found.conversation)
        if there.count() >= MOST_AGREEMENTS:
            raise Refused(_("That is many agreements. Take one away before you add another."))
        row = Agreement(
            organisation_id=actor.organisation_id,
            conversation=found.conversation,
            origin=found.conversation,
            version=0,
        )
        _check_dates(actor, found, row, due_on, follow_up_on)
    row.version += 1
    row.due_on, row.follow_up_on = due_on, follow_up_on
    row.seal(found.key, "content", value)
    row.save()
    if not agreement:
        log.note(actor, "agreement.made", object_id=row.pk, about=found.employee.profile_id)
    return row


def _check_dates(
    actor: Actor,
    found: Talk,
    row: Agreement,
    due_on: dt.date | None,
    follow_up_on: dt.date | None,
) -> None:
    """A new date lies ahead; what was agreed on paper may have passed meanwhile."""
    for name, new in (("due_on", due_on), ("follow_up_on", follow_up_on)):
        passed = new is not None and new < actor.today and new != getattr(row, name)
        if passed and not found.conversation.held_on_paper:
            raise Refused(_("This day has passed. Choose today or a later day."), name)


@transaction.atomic
def write_focus_area(
    actor: Actor, *, public_id: str, content: Mapping[str, str], row: str = "", version: int = 0
) -> FocusArea:
    """Adds or changes a focus area: its title, what I do, how my leader supports (D10)."""
    found, _minutes = writable(actor, public_id)
    value = texts(content, ("title", "mine", "support"))
    if not value.get("title"):
        raise Refused(_("Write what you focus on."), "title")
    return _write_goal(actor, found, FocusArea, value, row, version)  # type: ignore[return-value]


@transaction.atomic
def write_initiative(
    actor: Actor, *, public_id: str, text: str, row: str = "", version: int = 0
) -> Initiative:
    """Adds or changes an initiative (D10)."""
    found, _minutes = writable(actor, public_id)
    value = texts({"text": text}, ("text",))
    if not value:
        raise Refused(_("Write what you set going."), "text")
    return _write_goal(actor, found, Initiative, value, row, version)  # type: ignore[return-value]


def _write_goal(
    actor: Actor, found: Talk, model: type[Any], value: dict[str, str], row: str, version: int
) -> FocusArea | Initiative:
    goal = (
        _own_row(model, found, row, version, next(iter(value)))
        if row
        else model(
            organisation_id=actor.organisation_id, conversation=found.conversation, version=0
        )
    )
    goal.version += 1
    goal.seal(found.key, "content", value)
    goal.save()
    return goal  # type: ignore[no-any-return]


@transaction.atomic
def take_away(actor: Actor, *, public_id: str, what: str, row: str) -> None:
    """Takes an agreement, focus area or initiative out of minutes that are still being written."""
    _written_here(actor, public_id, what, row).update(removed_at=clock.now())


@transaction.atomic
def put_back(actor: Actor, *, public_id: str, what: str, row: str) -> None:
    """Undoes ``take_away``."""
    _written_here(actor, public_id, what, row).update(removed_at=None)


def _written_here(actor: Actor, public_id: str, what: str, row: str) -> QuerySet[Any]:
    """The one row of that kind. Raises NotThere for what this talk's minutes do not hold."""
    found, _minutes = writable(actor, public_id)
    if what not in WRITTEN:
        raise NotThere
    here = _rows_of(WRITTEN[what], found).filter(public_id=row)
    if not here.exists():
        raise NotThere
    return here


WRITTEN: dict[str, type[Any]] = {
    "agreement": Agreement,
    "focus_area": FocusArea,
    "initiative": Initiative,
}


def _rows_of(model: type[Any], found: Talk) -> QuerySet[Any]:
    """What this talk itself made: last year's agreements, which both signed, are never changed."""
    if model is Agreement:
        return made_here(Agreement.objects.all(), found.conversation)
    rows: QuerySet[Any] = model.objects.filter(conversation=found.conversation)
    return rows


def _own_row(model: type[Any], found: Talk, public_id: str, version: int, field: str) -> Any:
    row = _rows_of(model, found).filter(public_id=public_id, removed_at=None).first()
    if row is None:
        raise NotThere
    if row.version != version:
        content = row.unseal(found.key, "content") or {}
        raise Clash(str(content.get(field, "")), row.version)
    return row


def texts(content: Mapping[str, str], fields: tuple[str, ...]) -> dict[str, str]:
    """The fields that hold something, without blanks around them. Raises Refused if too long."""
    value = {name: (content.get(name) or "").strip() for name in fields}
    for name, words in value.items():
        if len(words) > 2000:
            raise Refused(
                _("This is longer than %(most)d characters. Shorten it; it is kept on the page.")
                % {"most": 2000},
                name,
            )
    return {name: words for name, words in value.items() if words}


@transaction.atomic
def end_talk(actor: Actor, *, public_id: str) -> None:
    """Either party says that the talk is held; open agreements of the last one come along."""
    found = talk(actor, public_id, lock=True)
    if found.conversation.held_at:
        return
    if found.state != State.OPEN:
        raise Refused(_("The talk has not begun. Agree on the frame first."))
    mark_held(actor, found, clock.now())


def mark_held(actor: Actor, found: Talk, at: dt.datetime) -> None:
    """The state and the date of a talk that was held, and what follows from it."""
    conversation = found.conversation
    conversation.state = State.HELD
    conversation.held_at = at
    conversation.save(update_fields=["state", "held_at"])
    _lead_on(found)
    carry_over(actor, found)
    log.note(actor, "conversation.held", object_id=conversation.pk, about=found.employee.profile_id)


def _lead_on(found: Talk) -> None:
    """A later talk that was planned before this one was held goes on from this one."""
    theirs = Participant.objects.filter(
        employment=found.employee.employment_id, part=Part.EMPLOYEE
    ).values("conversation")
    later = Conversation.objects.filter(
        pk__in=theirs,
        kind=found.conversation.kind,
        year__gt=found.conversation.year,
        opened_at=None,
        held_at=None,
    ).exclude(state=State.CANCELLED)
    later.update(previous=found.conversation)
