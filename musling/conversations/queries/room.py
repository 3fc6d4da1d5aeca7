"""The talk room and the minutes: everything that both parties see, opened once per request."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet

from musling.conversations import access, contents
from musling.conversations.models import (
    Agreement,
    Conversation,
    Minutes,
    MinutesSection,
    Part,
    Participant,
    Signature,
)
from musling.conversations.queries.talks import Talk
from musling.foundation.actor import Actor
from musling.foundation.clock import COPENHAGEN
from musling.frames.document import text as text_in
from musling.vault import keys
from musling.vault.sealing import OpenKey, fix

GROUND_RULES = "ground-rules"
CONCLUSION = "conclusion"
WHOLE_TALK = "talk"  # for a talk without a frame, and what fits nowhere else
SHARED_SECTIONS = (GROUND_RULES, CONCLUSION, WHOLE_TALK)
# What the minutes' agreements said when they went along to the next talk; no theme is called so.
CARRIED = "=carried"


@dataclass(frozen=True)
class AgreementText:
    """An agreement, opened. ``row`` is None where it has gone along to the next talk."""

    row: Agreement | None
    what: str
    solution: str
    action: str
    who: str
    follow_up: str
    due_on: dt.date | None = None
    follow_up_on: dt.date | None = None

    @property
    def public_id(self) -> str:
        """What stands in its address; empty for one that has gone along."""
        return str(self.row.public_id) if self.row else ""

    @property
    def version(self) -> int:
        """What a change of it must name."""
        return self.row.version if self.row else 0

    @property
    def is_done(self) -> bool:
        """Done when both say so (X8)."""
        return bool(self.row and self.row.done_by_employee_at and self.row.done_by_leader_at)

    def line(self) -> list[str]:
        """What a signature fixes of it, in a fixed order."""
        return [
            self.what,
            self.solution,
            self.action,
            self.who,
            self.follow_up,
            _iso(self.due_on),
            _iso(self.follow_up_on),
        ]

    @classmethod
    def of_line(cls, line: list[str]) -> "AgreementText":
        """Counterpart of ``line``."""
        what, solution, action, who, follow_up, due_on, follow_up_on = line
        days = _date(due_on), _date(follow_up_on)
        return cls(None, what, solution, action, who, follow_up, *days)


@dataclass(frozen=True)
class Goal:
    """A focus area or an initiative, opened."""

    public_id: str
    version: int
    title: str
    mine: str = ""
    support: str = ""


@dataclass
class OpenedMinutes:
    """The minutes and what belongs to them, opened for one of the two parties."""

    row: Minutes | None
    sections: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    agreements: list[AgreementText] = field(default_factory=list)
    focus_areas: list[Goal] = field(default_factory=list)
    initiatives: list[Goal] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    salt: str = ""

    def signed_content(self) -> dict[str, Any]:
        """What a signature fixes: every word of it, in a fixed order."""
        return {
            "sections": self.sections,
            "agreements": [row.line() for row in self.agreements],
            "focus_areas": [[goal.title, goal.mine, goal.support] for goal in self.focus_areas],
            "initiatives": [goal.title for goal in self.initiatives],
        }

    def fixed(self) -> str:
        """The keyed hash of what stands there now."""
        return fix(self.salt, self.signed_content()) if self.salt else ""

    @property
    def is_unchanged(self) -> bool:
        """Whether what stands there is what was approved or signed."""
        return bool(self.row and self.row.hash) and self.row.hash == self.fixed()  # type: ignore[union-attr]

    @property
    def unchanged_since(self) -> dt.date | None:
        """The day from which the text has been locked, where nothing has changed it since."""
        if self.row is None or self.row.approved_at is None or not self.is_unchanged:
            return None
        return self.row.approved_at.astimezone(COPENHAGEN).date()

    def signers(self, found: Talk) -> tuple[Participant, Participant]:
        """Employee and leader, as they sign: once the leader has signed, whoever led the talk."""
        leads = [row.participant for row in self.signatures if row.participant.part == Part.LEADER]
        return found.employee, leads[0] if leads else found.leader

    def signature_of(self, participant: Participant) -> Signature | None:
        """The participant's signature, or None."""
        return next((row for row in self.signatures if row.participant_id == participant.pk), None)


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _date(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def opened_minutes(actor: Actor, found: Talk) -> OpenedMinutes:
    """Opens minutes, agreements and goals of the talk; a fixed number of queries."""
    conversation = found.conversation
    row = access.readable_minutes(actor).filter(conversation=conversation).first()
    opened = OpenedMinutes(row)
    opened.agreements = agreements_of(actor, found)
    opened.focus_areas = [
        Goal(
            str(area.public_id),
            area.version,
            value.get("title", ""),
            value.get("mine", ""),
            value.get("support", ""),
        )
        for area in access.readable_focus_areas(actor)
        .filter(conversation=conversation)
        .order_by("pk")
        if (value := area.unseal(found.key, "content") or {})
    ]
    opened.initiatives = [
        Goal(str(row.public_id), row.version, value.get("text", ""))
        for row in access.readable_initiatives(actor)
        .filter(conversation=conversation)
        .order_by("pk")
        if (value := row.unseal(found.key, "content") or {})
    ]
    if row is not None:
        actor.note_reading(contents.MINUTES.id, row.pk, found.other.profile_id)
        _open_parts(actor, found, row, opened)
    return opened


def _open_parts(actor: Actor, found: Talk, row: Minutes, opened: OpenedMinutes) -> None:
    opened.salt = row.unseal(found.key, "salt") or ""
    for section in MinutesSection.objects.filter(minutes=row).order_by("section"):
        words = section.unseal(found.key, "text")
        if section.section == CARRIED:
            opened.agreements = [AgreementText.of_line(line) for line in words or []]
            continue
        opened.versions[section.section] = section.version
        if words:
            opened.sections[section.section] = words
    for comment in access.readable_comments(actor).filter(minutes=row).order_by("at"):
        opened.comments.append(
            {
                "mine": comment.author_id == found.me.pk,
                "at": comment.at,
                "text": comment.unseal(found.key, "text") or "",
            }
        )
    signed = access.readable_signatures(actor).filter(minutes=row).order_by("at")
    opened.signatures = list(signed.select_related("participant__profile"))


def agreements_of(actor: Actor, found: Talk) -> list[AgreementText]:
    """The agreements made in this talk (not those it took over); one query."""
    rows = made_here(access.readable_agreements(actor), found.conversation)
    return [open_agreement(row, found.key) for row in rows.order_by("pk")]


def made_here(rows: QuerySet[Agreement], conversation: Conversation) -> QuerySet[Agreement]:
    """Of these agreements, those that this talk itself made: what its minutes hold and sign."""
    return rows.filter(conversation=conversation, origin=conversation, typed_in_by=None)


def was_taken_away(found: Talk, model: type[Model] | None, public_id: str) -> bool:
    """Whether this talk held that row until one of its parties took it away."""
    if model is None:
        return False
    rows: QuerySet[Any] = model._default_manager.filter(conversation=found.conversation)  # noqa: SLF001 (Django documents it)
    return rows.filter(public_id=public_id, removed_at__isnull=False).exists()


def open_agreement(row: Agreement, key: OpenKey) -> AgreementText:
    """Opens one agreement with the key of the talk that it is in."""
    value = row.unseal(key, "content") or {}
    return AgreementText(
        row,
        value.get("what", ""),
        value.get("solution", ""),
        value.get("action", ""),
        value.get("who", ""),
        value.get("follow_up", ""),
        row.due_on,
        row.follow_up_on,
    )


@dataclass(frozen=True)
class Expectation:
    """What one party expects of the talk, with the version that a change must name."""

    text: str = ""
    version: int = 0


def expectations(actor: Actor, found: Talk) -> dict[int, Expectation]:
    """What each expects of the talk (C7), by participant; one query."""
    result = {}
    rows = access.readable_expectations(actor).filter(conversation=found.conversation)
    for row in rows.select_related("participant"):
        actor.note_reading(contents.EXPECTED.id, row.conversation_id, row.participant.profile_id)
        value = row.unseal(found.key, "content") or {}
        result[row.participant_id] = Expectation(value.get("text", ""), value.get("version", 0))
    return result


@dataclass(frozen=True)
class SharedPoint:
    """One of the points that both must share first (C2), and whether the employee ticked it."""

    id: str
    title: str
    words: str
    alike: bool


def shared_points(actor: Actor, found: Talk) -> list[SharedPoint]:
    """The points of the talk's frame with the employee's ticks; one query where there are any."""
    points = found.document.four_points
    ticked = understood_alike(actor, found) if points and found.sat_in_it else set()
    return [
        SharedPoint(
            point.id,
            text_in(point.title, actor.language),
            text_in(point.text, actor.language),
            point.id in ticked,
        )
        for point in points
    ]


def understood_alike(actor: Actor, found: Talk) -> set[str]:
    """Ids of the points that the employee ticked in the talk; one query."""
    row = access.readable_alike(actor).filter(conversation=found.conversation).first()
    if row is None:
        return set()
    actor.note_reading(contents.ALIKE.id, row.conversation_id, found.employee.profile_id)
    value = row.unseal(found.key, "content") or {}
    return set(value.get("points", ()))


def ground_rules_before(actor: Actor, found: Talk) -> str:
    """The ground rules that the talk before ended with, shown first next year (E13)."""
    if found.conversation.previous_id is None:
        return ""
    section = (
        MinutesSection.objects.filter(
            minutes__in=access.readable_minutes(actor).filter(
                conversation=found.conversation.previous_id
            ),
            section=GROUND_RULES,
        )
        .select_related("minutes__conversation__key")
        .first()
    )
    if section is None:
        return ""
    opened = keys.unwrap([section.minutes.conversation.key])
    key = opened.get(section.minutes.conversation.key_id)
    return (section.unseal(key, "text") or "") if key else ""
