"""Planning talks: the rows of this year's talks, and those that a former leader left behind."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from musling.activity import log
from musling.conversations.actions.handing_over import take_over
from musling.conversations.actions.seats import seat
from musling.conversations.first_text import TALK_KEY
from musling.conversations.kinds import KINDS
from musling.conversations.models import Conversation, Part, Participant, Reveal, State
from musling.conversations.queries.fitting import places_of
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.among import Among
from musling.foundation.problems import NotThere
from musling.frames.effective import Asked, Place
from musling.frames.models import FrameContent, FrameVersion
from musling.people.leading import active, led_employments
from musling.people.models import Employment
from musling.vault import keys


def own_employment(actor: Actor) -> Employment:
    """The employment that the actor leads from. Raises NotThere where there is none today."""
    employment = active(actor.today).filter(profile_id=actor.profile_id).order_by("pk").first()
    if employment is None:
        raise NotThere
    return employment


@transaction.atomic
def plan_talks(
    actor: Actor, *, employments: Collection[Employment], kind: str = "mus", year: int | None = None
) -> list[Conversation]:
    """Plans a talk for each employment, with the actor as leader; set-based.

    Each gets its keys, its parties and their preparations, and last year's talk to go on from. An
    employment that already has one this year is passed over, but for one that a former leader left
    before it was held: that is taken over. Raises NotThere where the actor does not lead one of
    them.
    """
    year = year or actor.today.year
    asked = {employment.pk for employment in employments}
    # Whoever presses twice, in two tabs, or as the leader of a moment ago, waits here.
    list(Employment.objects.select_for_update().filter(pk__in=asked).order_by("pk"))
    led = set(led_employments(actor).filter(pk__in=asked).values_list("pk", flat=True))
    if asked - led:
        raise NotThere
    mine = own_employment(actor)
    taken = take_over(actor, employments=asked, mine=mine, kind=kind, year=year)
    there = talks_there(asked, kind, year)
    wanted = asked - set(there.values_list("employment", flat=True))
    pairs = [(employment, mine) for employment in employments if employment.pk in wanted]
    return taken + make_talks(actor, pairs=pairs, kind=kind, year=year)


def talks_there(employments: Collection[int], kind: str, year: int) -> QuerySet[Participant]:
    """The seats of these employees in talks of the year, and in those that go on from before."""
    # One that was not held before New Year goes on.
    not_held = Q(
        conversation__year__lt=year,
        conversation__held_at=None,
        conversation__key__destroyed_at=None,
    ) & ~Q(conversation__state=State.DECLINED)
    return Participant.objects.filter(
        Q(conversation__year=year) | not_held,
        Among("employment_id", employments),
        part=Part.EMPLOYEE,
        conversation__kind=kind,
    ).exclude(conversation__state=State.CANCELLED)


def make_talks(
    actor: Actor, *, pairs: Sequence[tuple[Employment, Employment]], kind: str, year: int
) -> list[Conversation]:
    """Makes the rows of planned talks for (employee, leader) pairs; a fixed number of statements.

    No rule is asked here: ``plan_talks`` asks it for a leader. A round has ``open_talks``.
    """
    if not pairs:
        return []
    contents = _contents(actor, kind, year, [employee for employee, _leader in pairs])
    before = latest_talks(kind, [employee for employee, _leader in pairs], actor.today)
    talk_keys = keys.new_keys(len(pairs), organisation_id=actor.organisation_id, purpose=TALK_KEY)
    talks = Conversation.objects.bulk_create(
        (
            Conversation(
                organisation_id=actor.organisation_id,
                kind=kind,
                year=year,
                content=contents[employee.pk].content,
                base_content=contents[employee.pk].base,
                reveal=contents[employee.pk].reveal,
                previous_id=before.get(employee.pk),
                key=key,
                made_at=clock.now(),
            )
            for (employee, _leader), key in zip(pairs, talk_keys, strict=True)
        ),
        batch_size=1000,
    )
    seat(actor, talks, pairs)
    log.note_many(
        actor,
        [
            ("conversation.planned", row.pk, employee.profile_id)
            for row, (employee, _leader) in zip(talks, pairs, strict=True)
        ],
    )
    return talks


@dataclass(frozen=True, slots=True)
class Asks:
    """What a talk asks, what it would without the team's changes, how preparation is handled."""

    content: FrameContent
    base: FrameContent | None
    reveal: str


def _contents(
    actor: Actor, kind: str, year: int, employees: Sequence[Employment]
) -> dict[int, Asks]:
    """What each employee's talk asks; a fixed number of queries.

    The organisation's theme is the one of the talk's year, though it be planned the year before.
    """
    places = places_of(actor, employees)
    asks = asked_at(actor, kind, year, set(places.values()))
    return {pk: asks[place] for pk, place in places.items()}


def asked_at(
    actor: Actor,
    kind: str,
    year: int,
    places: Collection[Place],
    version: FrameVersion | None = None,
) -> dict[Place, Asks]:
    """What talks at these places ask; ``version``: of which frame, None for the one in use."""
    asked = Asked(actor.organisation_id, kind, year, places, version)
    # Where preparation never leaves its author (A4), no frame says otherwise.
    reveal = asked.base.preparation if KINDS[kind].hands_in else Reveal.NEVER.value
    return {place: Asks(*rows, reveal) for place, rows in asked.with_bases(places).items()}


def latest_talks(kind: str, employments: Sequence[Employment], today: dt.date) -> dict[int, int]:
    """The last held talk of that kind per employment: the next one goes on from there.

    An employment without one goes on from an employment of the same person that has ended; never
    from another that goes on, whose agreements are with another leader.
    """
    held = Participant.objects.filter(
        Among("profile_id", {employment.profile_id for employment in employments}),
        part=Part.EMPLOYEE,
        conversation__kind=kind,
        conversation__held_at__isnull=False,
    ).order_by("conversation__held_at")
    same: dict[int, int] = {}
    ended: dict[int, int] = {}
    for profile, employment, ends_on, talk_id in held.values_list(
        "profile", "employment", "employment__ends_on", "conversation"
    ):
        same[employment] = talk_id
        if ends_on is not None and ends_on < today:
            ended[profile] = talk_id
    found = {row.pk: same.get(row.pk, ended.get(row.profile_id)) for row in employments}
    return {pk: talk_id for pk, talk_id in found.items() if talk_id is not None}
