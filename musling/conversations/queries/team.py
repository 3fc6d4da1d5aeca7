"""The leader's team at a glance, and what waits for somebody: open columns only, no text."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from musling.conversations import access
from musling.conversations.joint.queries import asked_of, held_for
from musling.conversations.models import (
    Agreement,
    Conversation,
    JointTalk,
    Part,
    Participant,
    State,
)
from musling.conversations.queries.deputies import unfinished_or_of
from musling.conversations.queries.glances import Columns, Glance, of_talks, with_offers
from musling.conversations.queries.steps import ME, NOBODY, Step, next_step
from musling.foundation.actor import Actor
from musling.foundation.prepared import prepared
from musling.people.leading import led_rows
from musling.people.models import Employment

OFFERED = {
    State.OFFERED,
    State.DECLINED,
    State.BOOKED,
    State.OPEN,
    State.HELD,
    State.MINUTES_OUT,
    State.AGREED,
}
BOOKED = {State.BOOKED, State.OPEN, State.HELD, State.MINUTES_OUT, State.AGREED}
HELD = {State.HELD, State.MINUTES_OUT, State.AGREED}


@dataclass
class TeamRow:
    """One employee of the team with this year's talk, if there is one.

    ``led`` is False for whoever somebody else leads now, where only the talk is the actor's.
    """

    employment: Employment
    found: Glance | None = None
    led: bool = True
    agreements: int = 0
    done: int = 0
    agreed_in: int | None = None  # the year that they are from, where it is one before
    step: Step = field(default_factory=lambda: Step(_("Plan a talk"), ME))

    # This year's talk of somebody whom the actor leads, where another leads it.
    elsewhere: bool = False

    @property
    def waits_for_me(self) -> bool:
        """Whether the leader is the one who has something to do."""
        return self.step.waits == ME and not self.on_leave

    on_leave: bool = False


@dataclass
class Team:
    """The rows, what waits for me first, and how far the team is."""

    rows: list[TeamRow]
    year: int
    joint_asked: list[JointTalk] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        """How many things wait for the leader."""
        return len(self.joint_asked) + sum(row.waits_for_me for row in self.rows)

    @property
    def steps(self) -> list[tuple[str, int]]:
        """What waits for the leader, in words without names, and how often; the most first."""
        found = Counter(row.step.text for row in self.rows if row.waits_for_me)
        if self.joint_asked:
            found[_("Answer a wish for one talk for several employments")] = len(self.joint_asked)
        return found.most_common()

    @property
    def unoffered(self) -> list[TeamRow]:
        """Those of the own team who have no time to choose from, and are not on leave."""
        return [
            row
            for row in self.rows
            if row.led
            and not row.on_leave
            and not row.elsewhere
            and (row.found is None or _waits_for_times(row.found))
        ]

    @property
    def somebody_without_log_in(self) -> bool:
        """Whether there is somebody in the own team to print a slip for."""
        return any(row.led and row.employment.profile.person_id is None for row in self.rows)

    def count(self, states: Iterable[str]) -> int:
        """How many of the team's talks have come so far."""
        wanted = set(states)
        return sum(row.found is not None and row.found.state in wanted for row in self.rows)


def _waits_for_times(found: Glance) -> bool:
    return found.state == State.PLANNED or found.needs_time or found.times_passed


def team(actor: Actor, year: int | None = None) -> Team:
    """The actor's team this year; a fixed number of queries however many they are."""
    year = year or actor.today.year
    employments = led_rows(actor)
    found = with_offers(_led_talks(actor=actor, year=year))
    mine: dict[int, Glance] = {}
    for one in sorted(found, key=lambda talk: talk.year):
        # One of last year that is not ended comes before this year's.
        mine.setdefault(one.other_employment or 0, one)
    led = {row.pk for row in employments}
    # Talks of people who are led by somebody else now stay with whoever leads the talk.
    employments += (
        _employments(pks=[pk for pk in mine if pk not in led]) if mine.keys() - led else []
    )
    rows = [TeamRow(one, mine.get(one.pk), led=one.pk in led) for one in employments]
    _look_up(actor, rows)
    _look_back(actor, rows)
    _look_elsewhere(actor, year, rows)
    rows.sort(key=lambda row: (not row.waits_for_me, row.on_leave))
    return Team(rows, year, asked_of(actor))


@prepared
def _led_talks(actor: Actor, year: int) -> QuerySet[Conversation, Columns]:
    """The talks that the actor leads this year, and earlier ones that nobody has ended yet."""
    talks = unfinished_or_of(access.own_talks(actor), year).exclude(state=State.CANCELLED)
    return of_talks(talks, actor, Part.LEADER)


@prepared
def _employments(pks: list[int]) -> QuerySet[Employment]:
    return Employment.objects.filter(pk__in=pks).select_related("profile").order_by("pk")


def _look_up(actor: Actor, rows: list[TeamRow]) -> None:
    """Counts of agreements and the next steps; one query."""
    talks = [row.found.pk for row in rows if row.found]
    agreed = {talk: (made, done) for talk, made, done in _agreements_in(actor=actor, talks=talks)}
    for row in rows:
        row.on_leave = is_on_leave(actor, row.employment)
        if row.found:
            row.agreements, row.done = agreed.get(row.found.pk, (0, 0))
            row.step = next_step(
                row.found,
                row.employment.profile.first_name,
                open_agreements=row.done < row.agreements,
            )


def _look_back(actor: Actor, rows: list[TeamRow]) -> None:
    """Until this year's talk is held, what was agreed in the one before is what there is to follow
    up on; one query.
    """
    held = {row.found.pk for row in rows if row.found and row.found.held_at}
    waiting = {
        row.employment.pk: row
        for row in rows
        if not row.agreements and (row.found is None or row.found.pk not in held)
    }
    if not waiting:
        return
    for employment, year, made, done in _agreements_of(actor=actor, employments=[*waiting]):
        row = waiting[employment]
        row.agreements, row.done, row.agreed_in = made, done, year


def _look_elsewhere(actor: Actor, year: int, rows: list[TeamRow]) -> None:
    """Marks who has this year's talk with somebody else; one query where somebody has none here.

    That there is one is all it tells: no date and no state.
    """
    without = {row.employment.pk: row for row in rows if row.led and row.found is None}
    if not without:
        return
    mine = Participant.objects.filter(profile_id=actor.profile_id, part=Part.LEADER)
    seats = Participant.objects.filter(
        employment__in=without, part=Part.EMPLOYEE, conversation__year=year
    ).exclude(conversation__state=State.CANCELLED)
    begun = Q(conversation__opened_at__isnull=False) | Q(conversation__held_at__isnull=False)
    given = Q(conversation__in=mine.values("conversation"))
    for employment in seats.filter(begun | given).values_list("employment", flat=True):
        row = without[employment or 0]
        row.elsewhere, row.step = True, Step(_("Led by somebody else"), NOBODY)
    for employment in held_for(without, year):
        row = without[employment]
        row.elsewhere, row.step = True, Step(_("One talk for several employments"), NOBODY)


@prepared
def _agreements_of(
    actor: Actor, employments: list[int]
) -> QuerySet[Agreement, tuple[int, int, int, int]]:
    """The same by employment and year of the talk, the last year last."""
    rows = access.readable_agreements(actor).filter(
        conversation__participant__part=Part.EMPLOYEE,
        conversation__participant__ended_at=None,
        conversation__participant__employment__in=employments,
        conversation__held_at__isnull=False,
    )
    done = Q(done_by_employee_at__isnull=False, done_by_leader_at__isnull=False)
    whose = rows.annotate(whose=F("conversation__participant__employment"))
    counted = whose.values("whose", "conversation__year").annotate(
        made=Count("pk"), done=Count("pk", filter=done)
    )
    return counted.order_by("conversation__year").values_list(
        "whose", "conversation__year", "made", "done"
    )


@prepared
def _agreements_in(actor: Actor, talks: list[int]) -> QuerySet[Agreement, tuple[int, int, int]]:
    """Per talk how many agreements there are, and how many both say are done."""
    rows = access.readable_agreements(actor).filter(conversation__in=talks)
    done = Q(done_by_employee_at__isnull=False, done_by_leader_at__isnull=False)
    counted = rows.values("conversation").annotate(made=Count("pk"), done=Count("pk", filter=done))
    return counted.order_by().values_list("conversation", "made", "done")


def is_on_leave(actor: Actor, employment: Employment) -> bool:
    """Whether the employment is on leave today; the talk is offered when the leave ends."""
    begins, ends = employment.leave_from, employment.leave_until
    return bool(begins and begins <= actor.today and (ends is None or ends >= actor.today))


def leads_unfinished(actor: Actor) -> bool:
    """Whether the actor leads a talk that is not ended, as a deputy or from before; one query."""
    return bool(_led_unfinished(actor=actor))


@prepared
def _led_unfinished(actor: Actor) -> QuerySet[Conversation, int]:
    ended = {State.AGREED, State.CANCELLED, State.DECLINED}
    talks = access.led_talks(actor).filter(key__destroyed_at=None).exclude(state__in=ended)
    return talks.order_by().values_list("pk", flat=True)[:1]


def my_open_talks(actor: Actor) -> list[Glance]:
    """The actor's newest talks as employee, at most three, newest first; two queries."""
    found = with_offers(_my_talks(actor=actor))
    return sorted(found, key=lambda talk: talk.made_at, reverse=True)


@prepared
def _my_talks(actor: Actor) -> QuerySet[Conversation, Columns]:
    talks = access.own_talks(actor).exclude(state=State.CANCELLED)
    return of_talks(talks, actor, Part.EMPLOYEE).order_by("-year", "-made_at")[:3]


@dataclass(frozen=True, slots=True)
class OpenAgreement:
    """When an open agreement of mine is due, whether that has passed, and from which talk it is."""

    due_on: dt.date | None
    late: bool
    talk: int


def my_open_agreements(actor: Actor) -> list[OpenAgreement]:
    """The actor's open agreements, the first due first; one query, no text."""
    return [
        OpenAgreement(due_on, bool(due_on and due_on < actor.today), talk)
        for due_on, talk in _open_agreements(actor=actor)
    ]


def has_open_agreements(actor: Actor, talk: int) -> bool:
    """Whether anything agreed in that talk of the actor's is not done yet; one query."""
    return any(row.talk == talk for row in my_open_agreements(actor))


@prepared
def _open_agreements(actor: Actor) -> QuerySet[Agreement, tuple[dt.date | None, int]]:
    rows = access.changeable_agreements(actor).filter(conversation__held_at__isnull=False)
    still_open = rows.filter(Q(done_by_employee_at=None) | Q(done_by_leader_at=None))
    return still_open.order_by("due_on").values_list("due_on", "conversation_id")
