"""What doors read of rounds: lists, how many people, what is odd, how far a round is."""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Count, F, Q, QuerySet

from musling.activity.models import Activity
from musling.conversations.models import Conversation, Part, Participant, State
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.frames.models import FrameVersion
from musling.frames.queries import frames_to_choose
from musling.people.leading import active
from musling.people.models import Profile
from musling.rounds.access import changeable_rounds, readable_places, readable_rounds
from musling.rounds.five_steps import EMPLOYEES, FORM
from musling.rounds.looking import Look, look_of
from musling.rounds.models import Covered, FormSent, HelpAsked, LeftOut, Place, Round, Step
from musling.rounds.models import State as RoundState
from musling.rounds.placing import ODDITIES, WAIT, Oddity, Placed, Text, folded

MOST_NAMED = 20  # people named for each oddity
MOST_LEADERS = 50
OFFERED = tuple(s for s in State if s not in (State.PLANNED, State.CANCELLED))
BOOKED = (State.BOOKED, State.OPEN, State.HELD, State.MINUTES_OUT, State.AGREED)
HELD = (State.HELD, State.MINUTES_OUT, State.AGREED)


def rounds(actor: Actor) -> QuerySet[Round]:
    """HR's rounds, the newest first."""
    return changeable_rounds(actor).order_by("-starts_on", "-pk")


def last_round(actor: Actor) -> Round | None:
    """The round before one that is planned now: the last to be closed, else the last; one query."""
    rows = changeable_rounds(actor).order_by(F("closed_at").desc(nulls_last=True), "-starts_on")
    return rows.first()


def year_to_plan(actor: Actor) -> int:
    """The year proposed for a new round: this one, or the next if this has one; one query."""
    this = actor.today.year
    return this + changeable_rounds(actor).filter(year=this).exists()


def one_round(actor: Actor, public_id: str) -> Round:
    """A round for HR; three queries. Raises NotThere."""
    rows = changeable_rounds(actor).filter(public_id=public_id)
    row = rows.select_related("frame_version__frame", "copied_from").first()
    if row is None:
        raise NotThere
    return row


def open_rounds(actor: Actor) -> list[Round]:
    """The open rounds of the organisation, for anybody in it; one query."""
    rows = readable_rounds(actor).filter(state__in=(RoundState.OPENING, RoundState.OPEN))
    return list(rows.order_by("ends_on", "pk"))


def year_of_talks(actor: Actor) -> int:
    """The year whose talks are being held, for pages that are asked for none; one query.

    After New Year it is the old one's as long as an open round of it goes on, and no other does.
    """
    this = actor.today.year
    going_on = [row for row in open_rounds(actor) if row.starts_on <= actor.today <= row.ends_on]
    years = {row.year for row in going_on}
    return this if this in years else max(years, default=this)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A round in which something waits for HR."""

    row: Round
    help: int  # leaders who would like some
    late: int  # steps


def rounds_that_wait(actor: Actor) -> list[Waiting]:
    """For HR: the rounds in which leaders ask for help or a step is late; three queries at most."""
    found = list(rounds(actor).exclude(state=RoundState.CLOSED))
    if not found:
        return []
    asked = HelpAsked.objects.filter(round__in=found, answered_at=None)
    late = Step.objects.filter(round__in=found, done_at=None, due_on__lt=actor.today)
    helped, lates = (
        dict(rows.order_by().values_list("round").annotate(n=Count("pk"))) for rows in (asked, late)
    )
    return [
        Waiting(row, helped.get(row.pk, 0), lates.get(row.pk, 0))
        for row in found
        if row.pk in helped or row.pk in lates
    ]


def steps_of(row: Round) -> list[Step]:
    """The five steps in order; one query."""
    rows = Step.objects.filter(round=row).select_related("done_by", "round")
    return list(rows.order_by("number"))


@dataclass
class Odd:
    """An oddity with those whom it is about, the first of them by name, and what is done."""

    oddity: Oddity
    answer: str
    people: int = 0
    named: list[Placed] = field(default_factory=list)

    @property
    def answer_in_words(self) -> Text:
        """What is done, as HR chose it."""
        return dict(self.oddity.answers)[self.answer]


@dataclass
class Preview:
    """What opening the round today would do; nothing is changed."""

    people: int = 0  # who have a place
    now: int = 0  # of them who are offered a talk at once
    waits: Counter[str] = field(default_factory=Counter)
    out: Counter[str] = field(default_factory=Counter)
    scoped_out: int = 0  # left out by unit, title or agreement, or not covered
    leaders: Counter[int] = field(default_factory=Counter)  # people by the leader's profile
    odd: dict[str, Odd] = field(default_factory=dict)

    @property
    def later(self) -> int:
        """Who are offered a talk later, when what they wait for is over."""
        return sum(self.waits.values())


def preview(actor: Actor, row: Round) -> Preview:
    """Looks at everybody, some units at a time; nobody is loaded by a query of their own."""
    look = look_of(row, actor.today)
    found = new_preview(look)
    for units in look.all_units():
        for one in look.placed_in(units):
            count_in(found, one)
    everybody = active(actor.today).filter(organisation_id=actor.organisation_id).count()
    found.scoped_out = everybody - found.people - sum(found.out.values())
    return with_names(found)


def new_preview(look: Look) -> Preview:
    """One in which nobody is counted yet."""
    return Preview(odd={name: Odd(one, look.rules.answer(name)) for name, one in ODDITIES.items()})


def count_in(found: Preview, one: Placed) -> None:
    """Counts one employment in."""
    for name in one.odd:
        odd = found.odd[name]
        odd.people += 1
        if len(odd.named) < MOST_NAMED:
            odd.named.append(one)
    if one.out:
        found.out[one.out] += 1
        return
    found.people += 1
    if one.leader is not None:
        found.now += 1
        found.leaders[one.leader.profile_id] += 1
    else:
        found.waits[one.waits or WAIT] += 1


def with_names(found: Preview) -> Preview:
    """Puts names to the few who are named; one query."""
    named = {one.employment.profile_id for odd in found.odd.values() for one in odd.named}
    profiles = Profile.objects.in_bulk(named)
    for odd in found.odd.values():
        for one in odd.named:
            one.employment.profile = profiles[one.employment.profile_id]
    return found


def leaders_named(found: Preview) -> list[tuple[Profile, int]]:
    """The leaders with the most people first, as many as fit on a page; one query."""
    most = found.leaders.most_common(MOST_LEADERS)
    profiles = Profile.objects.in_bulk([pk for pk, _people in most])
    # Who was counted a while ago may have left altogether.
    return [(profiles[pk], people) for pk, people in most if pk in profiles]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a round is: counts of places and talks; nothing of what is said."""

    places: int
    waiting: int
    closed: int
    offered: int
    declined: int
    booked: int
    held: int
    agreed: int

    @property
    def unoffered(self) -> int:
        """Places whose talk is there and has no offer now, as after a reorganisation."""
        return self.places - self.waiting - self.offered


def progress(actor: Actor, row: Round) -> Progress:
    """For HR; two queries however large the round is."""
    return _progress(readable_places(actor).filter(round=row))


def progress_of(row: Round) -> Progress:
    """The same for the program itself."""
    return _progress(Place.objects.filter(round=row))


def _progress(places: QuerySet[Place]) -> Progress:
    open_places = places.filter(closed_at=None)
    counts = places.aggregate(
        places=Count("pk", filter=Q(closed_at=None)),
        waiting=Count("pk", filter=Q(closed_at=None, conversation=None)),
        closed=Count("pk", filter=Q(closed_at__isnull=False)),
    )
    talks = Conversation.objects.filter(pk__in=open_places.values("conversation"))
    states = talks.aggregate(
        offered=Count("pk", filter=Q(state__in=OFFERED)),
        declined=Count("pk", filter=Q(state=State.DECLINED)),
        booked=Count("pk", filter=Q(state__in=BOOKED)),
        held=Count("pk", filter=Q(state__in=HELD)),
        agreed=Count("pk", filter=Q(state=State.AGREED)),
    )
    return Progress(**counts, **states)


def left_out_of(row: Round) -> list[LeftOut]:
    """Who is left out, with the reasons; one query."""
    rows = LeftOut.objects.filter(round=row).select_related("unit", "noted_by")
    return list(rows.order_by("by", "pk"))


def left_out_today(row: LeftOut, day: dt.date) -> int:
    """How many are employed today by what is left out, in the whole organisation; one query.

    None at all is most often a title that is spelled otherwise with the people.
    """
    people = active(day).filter(organisation_id=row.organisation_id)
    if row.unit is not None:
        return people.filter(unit__path__startswith=row.unit.path).count()
    by = "title" if row.by == LeftOut.By.TITLE else "agreement"
    counted = people.order_by().values_list(by).annotate(n=Count("pk"))
    return sum(n for words, n in counted if folded(words) == folded(row.words))


@dataclass(frozen=True, slots=True)
class LeadersSending:
    """Which leaders have sent the form: how many there are, and the first who have not."""

    leaders: int
    sent: int
    missing: list[Profile]

    @property
    def more(self) -> int:
        """How many have not, beside those that are named."""
        return self.leaders - self.sent - len(self.missing)


def leaders_sending(row: Round) -> LeadersSending:
    """Three queries however many leaders there are."""
    talks = Place.objects.filter(round=row, closed_at=None, conversation__isnull=False)
    seats = Participant.objects.filter(
        conversation__in=talks.values("conversation"), part=Part.LEADER, ended_at=None
    )
    leaders = Profile.objects.filter(pk__in=seats.values("profile"))
    sent = FormSent.objects.filter(round=row).values("leader")
    missing = leaders.exclude(pk__in=sent).order_by("first_name", "last_name", "pk")
    return LeadersSending(
        leaders.count(), leaders.filter(pk__in=sent).count(), list(missing[:MOST_LEADERS])
    )


def form_comes_on(talk: Conversation) -> dt.date | None:
    """The day by which the form of this talk is sent at the latest, where it waits; one query.

    None where it does not wait, or where nobody but the leader has said to send it.
    """
    if not talk.form_waits:
        return None
    rounds = Place.objects.filter(conversation=talk).values("round")
    steps = Step.objects.filter(round__in=rounds, number=FORM, by_itself=True, done_at=None)
    rows = steps.select_related("round").order_by("due_on")
    return next((step.due_on for step in rows if step.comes_by_itself), None)


def leader_word_of(talk: Conversation) -> str:
    """The round's own word for who leads this talk; empty where there is none. One query."""
    words = Place.objects.filter(conversation=talk).exclude(round__leader_word="")
    return words.values_list("round__leader_word", flat=True).first() or ""


def help_wanted(row: Round) -> list[HelpAsked]:
    """Leaders who have asked for help and got no answer yet, the first first; one query."""
    rows = HelpAsked.objects.filter(round=row, answered_at=None).select_related("leader")
    return list(rows.order_by("asked_at"))


@dataclass(frozen=True, slots=True)
class MyRound:
    """A round as one of its leaders meets it, from the day on which the leaders are told."""

    row: Round
    talks: int  # those that the actor leads in it
    sent: bool  # the form, to the own team
    help_asked: bool
    opens_on: dt.date | None = None  # where everybody is yet to be offered a talk


def my_rounds(actor: Actor) -> list[MyRound]:
    """The open rounds in which the actor leads talks, and those that the actor was told of.

    Seven queries at most, two where there are none.
    """
    open_ones, told = open_rounds(actor), rounds_to_come(actor)
    found = [*open_ones, *told]
    if not found:
        return []
    mine = Participant.objects.filter(
        profile_id=actor.profile_id, part=Part.LEADER, ended_at=None
    ).values("conversation")
    counted = dict(
        Place.objects.filter(round__in=found, closed_at=None, conversation__in=mine)
        .order_by()
        .values_list("round")
        .annotate(n=Count("pk"))
    )
    own = {"round__in": found, "leader": actor.profile_id}
    sent = set(FormSent.objects.filter(**own).values_list("round", flat=True))
    asked = HelpAsked.objects.filter(answered_at=None, **own)
    helped = set(asked.values_list("round", flat=True))
    opens = Step.objects.filter(round__in=told, number=EMPLOYEES) if told else Step.objects.none()
    opens_on = dict(opens.values_list("round", "due_on"))
    return [
        MyRound(
            row,
            counted.get(row.pk, 0),
            row.pk in sent,
            row.pk in helped,
            opens_on.get(row.pk),
        )
        for row in found
        if row.pk in counted or row.pk in opens_on
    ]


def rounds_to_come(actor: Actor) -> list[Round]:
    """Rounds that are not opened yet, and that the actor was told of as a leader; two queries."""
    rows = readable_rounds(actor).filter(state=RoundState.PLANNED).order_by("starts_on", "pk")
    planned = {row.pk: row for row in rows}
    if not planned:
        return []
    told = Activity.objects.filter(
        organisation_id=actor.organisation_id,
        verb="round.leader_told",
        about_id=actor.profile_id,
        object_id__in=planned,
    )
    pks = set(told.values_list("object_id", flat=True))
    return [row for pk, row in planned.items() if pk in pks]


def frames_for_rounds(actor: Actor) -> list[FrameVersion]:
    """The newest version of each frame that the organisation has taken into use; one query."""
    return [row for row in frames_to_choose(actor) if row.frame.taken_at]


def talks_of_later_years(talks: Collection[int]) -> list[tuple[int, int]]:
    """Which of these talks a round of a later year has taken as its own: (talk, year); one query.

    Such a talk was not held in its own year. Coverage counts it in the round's year, too.
    """
    rows = Place.objects.filter(
        conversation__in=talks, closed_at=None, round__year__gt=F("conversation__year")
    )
    found = rows.values_list("conversation", "round__year")
    return [(talk, year) for talk, year in found if talk is not None]


def covered_by(row: Round) -> list[Covered]:
    """The units that the round covers; empty: all. One query."""
    return list(Covered.objects.filter(round=row).select_related("unit").order_by("unit__path"))
