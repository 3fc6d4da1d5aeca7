"""Talks follow the person (X9): many that have not begun go to whoever leads the employees now.

The same as a new leader's own ``take_over``, in a fixed number of statements: a time that was
agreed is called off, an open offer is withdrawn, what each has prepared stays with each, and what
was handed in is handed in anew. Called where somebody has said yes to it, as HR does who has seen
what a change of units will do.
"""

from collections import Counter
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Case, F, Q, Value, When

from musling.activity import log
from musling.conversations.models import Conversation, Offer, Part, Participant, State
from musling.conversations.queries.following import FOLLOW, Running, fare, running
from musling.conversations.queries.times import ANSWERABLE
from musling.foundation import bulk, clock
from musling.foundation.actor import Actor
from musling.foundation.public_ids import new_public_ids
from musling.people.leading import Leaders
from musling.people.models import Employment
from musling.work import runs
from musling.work.models import Run

FOLLOW_RUN = "conversations.follow"
AT_ONCE = 500
SEAT = (
    *("public_id", "organisation_id", "conversation_id", "profile_id", "employment_id"),
    *("part", "seated_at"),
)

Going = tuple[Running, Employment]


def let_follow(actor: Actor, talks: Sequence[int]) -> Run | None:
    """Has the talks follow: a few at once, many in the background; the run, if there is one."""
    if len(talks) <= AT_ONCE:
        follow(actor, talks)
        return None
    run = runs.start(
        FOLLOW_RUN, organisation_id=actor.organisation_id, by=actor.profile_id, talks=list(talks)
    )
    run.total = len(talks)
    run.save(update_fields=["total"])
    return run


@runs.step(FOLLOW_RUN)
def follow_some(run: Run) -> bool:
    """The next of a run's talks; safe to run twice and to be killed in the middle."""
    talks, done = run.arguments["talks"], run.cursor.get("done", 0)
    actor = Actor(None, run.started_by_id or 0, run.organisation_id or 0, clock.now())
    follow(actor, talks[done : done + AT_ONCE])
    run.done = min(done + AT_ONCE, len(talks))
    run.cursor = {"done": run.done}
    return run.done < len(talks)


def followers_on_the_way(actor: Actor) -> Run | None:
    """The work in the organisation that brings talks to new leaders now, if any; one query."""
    rows = Run.objects.filter(
        organisation_id=actor.organisation_id,
        name=FOLLOW_RUN,
        state__in=(Run.State.WAITING, Run.State.RUNNING),
    )
    return rows.order_by("pk").first()


@transaction.atomic
def follow(actor: Actor, talks: Collection[int]) -> Counter[int]:
    """Gives those of the talks that have not begun to who leads their employees now.

    Returns how many came to whom, by profile. Some fifteen statements, whatever the number; at
    most ``AT_ONCE``. Safe to run twice. No rule is asked here: the caller has made sure.
    """
    own = Conversation.objects.filter(pk__in=talks, organisation_id=actor.organisation_id)
    held = own.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)
    rows = running(Q(conversation__in=list(held)), actor.today)
    leaders = Leaders(
        actor.organisation_id, actor.today, {unit for row in rows for unit in row.way_up}
    )
    going: list[Going] = []
    for row in rows:
        found = leaders.find(row.employee_id, row.unit_id)
        if fare(row, found, leaders, ()) in FOLLOW and isinstance(found.leader, Employment):
            going.append((row, found.leader))
    if going:
        _leave_times(going)
        _change_seats(actor, going)
        _note(actor, going)
    return Counter(leader.profile_id for _row, leader in going)


def _leave_times(going: Sequence[Going]) -> None:
    """No time, no open offer; who declined stays so, without the former leader's times."""
    declined = [row.conversation_id for row, _ in going if row.state == State.DECLINED]
    others = [row.conversation_id for row, _ in going if row.state != State.DECLINED]
    now = clock.now()
    Offer.objects.filter(conversation__in=[*declined, *others], answer__in=ANSWERABLE).update(
        answer=Offer.Answer.WITHDRAWN, answered_at=now
    )
    offers = Offer.objects.filter(conversation__in=declined).order_by("sent_at", "pk")
    latest = dict(offers.values_list("conversation", "pk"))
    Offer.objects.filter(pk__in=latest.values()).update(times=[], place="")
    Conversation.objects.filter(pk__in=declined).update(minute_taker=None)
    Conversation.objects.filter(pk__in=others).update(
        minute_taker=None,
        state=State.PLANNED,
        calendar_sequence=Case(
            When(starts_at=None, then=F("calendar_sequence")),
            default=F("calendar_sequence") + Value(1),
        ),
    )


def _change_seats(actor: Actor, going: Sequence[Going]) -> None:
    """The former leaders' seats end. Whoever had a seat once has it again, from now on."""
    talks, now = [row.conversation_id for row, _ in going], clock.now()
    seats = Participant.objects.filter(conversation__in=talks)
    seats.filter(pk__in=[row.seat_id for row, _ in going]).update(ended_at=now)
    seats.update(ready_at=None)
    # What was handed in was for the other leader.
    seats.filter(part=Part.EMPLOYEE).update(handed_in_at=None)
    wanted = {(row.conversation_id, leader.profile_id): leader for row, leader in going}
    before = seats.filter(part=Part.LEADER, profile__in={leader.profile_id for _, leader in going})
    back = [
        (pk, talk, profile)
        for pk, talk, profile in before.values_list("pk", "conversation", "profile")
        if (talk, profile) in wanted
    ]
    seats.filter(pk__in=[pk for pk, *_ in back]).update(
        ended_at=None, seated_at=now, deputises_for=None
    )
    for _pk, *place in back:
        del wanted[place[0], place[1]]
    names = new_public_ids(len(wanted))
    bulk.insert(
        Participant,
        SEAT,
        (
            (name, actor.organisation_id, talk, profile, leader.pk, Part.LEADER.value, now)
            for name, ((talk, profile), leader) in zip(names, wanted.items(), strict=True)
        ),
    )


def _note(actor: Actor, going: Sequence[Going]) -> None:
    log.note_each(
        actor,
        "leader.took_over",
        [
            (
                row.conversation_id,
                row.employee_id,
                {"former": row.holder_id, "sequence": row.next_sequence},
            )
            for row, _leader in going
        ],
    )
