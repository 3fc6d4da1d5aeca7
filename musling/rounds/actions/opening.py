"""Opening a round: every offer is made and documented, unit by unit, as long work."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.conversations.actions.offering import length_of
from musling.conversations.actions.opening import Pair, open_talks
from musling.conversations.actions.planning import talks_there
from musling.foundation import bulk, clock
from musling.foundation.actor import Actor, program
from musling.foundation.problems import NotThere, Refused
from musling.frames.effective import Asked
from musling.rounds.access import changeable_rounds
from musling.rounds.looking import Look, look_of
from musling.rounds.models import Place, Round, State
from musling.rounds.placing import Placed
from musling.work import runs
from musling.work.models import Run

OPEN = "rounds.open"
PLACE = ("organisation_id", "round_id", "employment_id", "conversation_id", "waits", "due_on")


@transaction.atomic
def open_round(actor: Actor, *, public_id: str) -> Round:
    """Begins to open the round, in the background. Safe to press twice, also by two people.

    Raises NotThere for who is not HR, Refused where there is no frame to ask from.
    """
    row = locked_round(actor, public_id)
    if row.state != State.PLANNED:
        return row
    # Better refused now than by the work later.
    Asked(actor.organisation_id, row.kind, row.year, (), row.frame_version)
    run = runs.start(OPEN, organisation_id=actor.organisation_id, by=actor.profile_id, round=row.pk)
    row.state, row.run = State.OPENING, run.public_id
    row.save(update_fields=["state", "run"])
    log.note(actor, "round.opening", object_id=row.pk)
    return row


def locked_round(actor: Actor, public_id: str) -> Round:
    """The round, held until the transaction ends. Raises NotThere for who may not change it."""
    rows = changeable_rounds(actor).filter(public_id=public_id)
    row = rows.select_for_update(of=("self",)).select_related("frame_version").first()
    if row is None:
        raise NotThere
    return row


@runs.step(OPEN)
def open_some(run: Run) -> bool:
    """Takes in some units; safe to run twice and to be killed in the middle."""
    row = Round.objects.select_related("frame_version__content").get(pk=run.arguments["round"])
    actor = program(row.organisation_id)
    look = look_of(row, actor.today)
    units = look.some_units(run.cursor.get("unit", 0))
    if units:
        made = take_in(actor, look, units)
        run.done += made
        run.cursor = {"unit": units[-1]}
        return True
    Round.objects.filter(pk=row.pk, state=State.OPENING).update(
        state=State.OPEN, opened_at=clock.now()
    )
    log.note(actor, "round.opened", object_id=row.pk)
    return False


@transaction.atomic
def take_in(actor: Actor, look: Look, units: Sequence[int]) -> int:
    """Gives everybody at these units who has none a place, and a talk where it is time.

    Returns how many places were made; about 30 statements. Nobody gets two, however often it runs.
    """
    # One at a time, also beside the daily look.
    Round.objects.select_for_update().get(pk=look.round.pk)
    placed = look.placed_in(units)
    there = set(
        Place.objects.filter(
            round=look.round, employment__in=[one.employment.pk for one in placed]
        ).values_list("employment", flat=True)
    )
    new = [one for one in placed if not one.out and one.employment.pk not in there]
    talks = offer_to(actor, look.round, new)
    bulk.insert(
        Place,
        PLACE,
        (
            (
                *(actor.organisation_id, look.round.pk, one.employment.pk),
                *(talks.get(one.employment.pk), one.waits, one.due_on),
            )
            for one in new
        ),
    )
    return len(new)


def offer_to(actor: Actor, row: Round, placed: Sequence[Placed]) -> dict[int, int]:
    """The talk of each whose time it is, by employment: the one that is there, or a new one."""
    wanted = {one.employment.pk: one for one in placed if one.offered}
    seats = talks_there(wanted, row.kind, row.year).order_by("conversation__year", "conversation")
    rows = seats.values_list("employment", "conversation")
    talks = {employment: talk for employment, talk in rows if employment is not None}
    pairs = [
        Pair(one.employment, one.leader, one.led_unit_id)
        for pk, one in wanted.items()
        if pk not in talks and one.leader is not None
    ]
    made = open_talks(
        actor,
        pairs,
        kind=row.kind,
        year=row.year,
        minutes=length_of(row.kind),
        version=row.frame_version,
    )
    return talks | made


def refuse_unless_planned(row: Round) -> None:
    """Raises Refused for a round that was opened: its plan is what people were told."""
    if row.state != State.PLANNED:
        raise Refused(_("This round is open. Its plan can no longer be changed."))
