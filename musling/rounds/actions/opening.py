"""Opening a round: every offer is made and documented, unit by unit, as long work.

The same work looks again each day: whoever was hired, came back or got a leader is taken in.
"""

from collections.abc import Sequence

from django.db import transaction

from musling.activity import log
from musling.conversations.actions.closing import call_off_unheld
from musling.conversations.actions.offering import length_of
from musling.conversations.actions.opening import Pair, offer_planned, open_talks
from musling.conversations.actions.planning import talks_there
from musling.foundation import bulk, clock
from musling.foundation.actor import Actor, program
from musling.foundation.among import Among
from musling.frames.effective import Asked
from musling.rounds.actions.joining import keep_ruling, let_go_of_who_left
from musling.rounds.actions.planning import locked_round
from musling.rounds.five_steps import FORM
from musling.rounds.looking import Look, look_of
from musling.rounds.models import FormSent, KeptPreview, Place, Round, State, Step
from musling.rounds.placing import LEFT, Placed
from musling.work import runs
from musling.work.models import Run

OPEN, LOOK_AGAIN = "rounds.open", "rounds.look_again"
AT_ONCE = 1000
PLACE = ("organisation_id", "round_id", "employment_id", "conversation_id", "waits", "due_on")


@transaction.atomic
def open_round(actor: Actor, *, public_id: str) -> Round:
    """Begins to open the round, in the background. Safe to press twice, also by two people.

    Raises NotThere for who is not HR, Refused where there is no frame to ask from.
    """
    row = locked_round(actor, public_id)
    begin_opening(actor, row)
    return row


def begin_opening(actor: Actor, row: Round) -> bool:
    """The same for a round that is held already; False where somebody had begun it before.

    What stopped with a fault goes on from where it was.
    """
    if row.state != State.PLANNED:
        return _go_on(row)
    # Better refused now than by the work later.
    Asked(actor.organisation_id, row.kind, row.year, (), row.frame_version)
    run = runs.start(
        OPEN,
        organisation_id=actor.organisation_id,
        by=actor.profile_id or None,
        round=row.pk,
    )
    # It named who is on leave or leaving; from here on the places say what becomes of whom.
    KeptPreview.objects.filter(round=row).delete()
    row.state, row.run = State.OPENING, run.public_id
    row.save(update_fields=["state", "run"])
    log.note(actor, "round.opening", object_id=row.pk)
    return True


def _go_on(row: Round) -> bool:
    failed = Run.objects.filter(public_id=row.run, state=Run.State.FAILED).first()
    if row.state != State.OPENING or failed is None:
        return False
    runs.again(failed)
    return True


@runs.step(OPEN)
def open_some(run: Run) -> bool:
    """Takes in some units; safe to run twice and to be killed in the middle."""
    if _some(run):
        return True
    opened = Round.objects.filter(pk=run.arguments["round"], state=State.OPENING)
    if opened.update(state=State.OPEN, opened_at=clock.now()):
        log.note(
            program(run.organisation_id or 0), "round.opened", object_id=run.arguments["round"]
        )
    return False


@runs.step(LOOK_AGAIN)
def look_again(run: Run) -> bool:
    """The daily look: closes the places of who has left, then takes in, some units at a time."""
    if "unit" not in run.cursor:
        closed = close_who_left(run.arguments["round"])
        if closed == AT_ONCE:
            return True
        run.cursor = {"unit": 0}
    return _some(run)


def _some(run: Run) -> bool:
    row = Round.objects.select_related("frame_version__content").get(pk=run.arguments["round"])
    actor = program(row.organisation_id)
    look = look_of(row, actor.today)
    units = look.some_units(run.cursor.get("unit", 0))
    if units:
        run.done += take_in(actor, look, units)
        run.cursor = {"unit": units[-1]}
    return bool(units)


@transaction.atomic
def take_in(actor: Actor, look: Look, units: Sequence[int]) -> int:
    """Gives everybody at these units who has none a place, and a talk where it is time.

    Returns how many places were made or changed; about 30 statements. Nobody gets two, however
    often it runs.
    """
    # One at a time, also beside the daily look.
    Round.objects.select_for_update().get(pk=look.round.pk)
    placed = look.placed_in(units)
    keep_ruling(actor, look.round, placed)
    rows = Place.objects.filter(
        Among("employment_id", [one.employment.pk for one in placed]), round=look.round
    )
    there = {row.employment_id: row for row in rows}
    new = [one for one in placed if not one.out and one.employment.pk not in there]
    waited = [
        one
        for one in placed
        if (row := there.get(one.employment.pk))
        and row.conversation_id is None
        and row.closed_at is None
    ]
    talks = offer_to(actor, look.round, [*new, *waited])
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
    return len(new) + _settle(waited, there, talks)


def _settle(waited: Sequence[Placed], there: dict[int, Place], talks: dict[int, int]) -> int:
    """What has changed of those who waited: a talk, another reason to wait, or out of the round."""
    changed = []
    for one in waited:
        row = there[one.employment.pk]
        before = (row.waits, row.due_on)
        row.conversation_id = talks.get(one.employment.pk)
        row.waits, row.due_on = one.waits, one.due_on
        if one.out:
            row.closed_at, row.closed_why = clock.now(), one.out
        if row.conversation_id or row.closed_at or before != (row.waits, row.due_on):
            changed.append(row)
    Place.objects.bulk_update(
        changed, ["conversation", "waits", "due_on", "closed_at", "closed_why"], batch_size=AT_ONCE
    )
    return len(changed)


def offer_to(actor: Actor, row: Round, placed: Sequence[Placed]) -> dict[int, int]:
    """The talk of each whose time it is, by employment: the one that is there, or a new one."""
    wanted = {one.employment.pk: one for one in placed if one.offered}
    if not wanted:
        return {}
    sent = forms_sent(row)
    later = {
        pk: sent is not None and one.leader is not None and one.leader.profile_id not in sent
        for pk, one in wanted.items()
    }
    seats = talks_there(wanted, row.kind, row.year).order_by("conversation__year", "conversation")
    rows = list(seats.values_list("employment", "conversation", "conversation__year"))
    talks = {employment: talk for employment, talk, _year in rows if employment is not None}
    # One that was not held in its own year is this year's from now on: coverage counts it anew.
    log.note_many(
        actor,
        [
            ("round.talk_goes_on", talk, wanted[employment].employment.profile_id)
            for employment, talk, year in rows
            if employment is not None and year < row.year and talks[employment] == talk
        ],
        round=row.pk,
    )
    offer_planned(
        actor,
        talks.values(),
        minutes=length_of(row.kind),
        round_id=row.pk,
        form_waits={talk for employment, talk in talks.items() if later[employment]},
    )
    pairs = [
        Pair(one.employment, one.leader, one.led_unit_id, later[pk])
        for pk, one in wanted.items()
        if pk not in talks and one.leader is not None
    ]
    made = open_talks(
        actor,
        pairs,
        kind=row.kind,
        year=row.year,
        minutes=length_of(row.kind),
        round_id=row.pk,
        version=row.frame_version,
    )
    return talks | made


def forms_sent(row: Round) -> set[int] | None:
    """Leaders who have sent the form to their team; None: it has gone to all. One or two queries.

    Whoever is taken in later by such a leader can prepare at once.
    """
    if Step.objects.filter(round=row, number=FORM, done_at__isnull=False).exists():
        return None
    return set(FormSent.objects.filter(round=row).values_list("leader", flat=True))


@transaction.atomic
def close_who_left(round_pk: int) -> int:
    """Closes places whose employment has ended, and calls off their talks that have not begun.

    At most a thousand at once; returns how many.
    """
    row = Round.objects.select_for_update().get(pk=round_pk)
    actor = program(row.organisation_id)
    gone = list(
        Place.objects.filter(
            round=row, closed_at=None, employment__ends_on__lt=actor.today
        ).order_by("pk")[:AT_ONCE]
    )
    call_off_unheld(actor, [one.conversation_id for one in gone if one.conversation_id])
    Place.objects.filter(pk__in=[one.pk for one in gone]).update(
        closed_at=clock.now(), closed_why=LEFT
    )
    return len(gone)


def look_at_all() -> int:
    """Starts the daily look for every open round of every organisation; returns how many.

    An opening that stopped with a fault is tried again.
    """
    let_go_of_who_left()
    for row in Round.objects.filter(state=State.OPENING).order_by("pk"):
        with transaction.atomic():
            _go_on(Round.objects.select_for_update().get(pk=row.pk))
    rows = Round.objects.filter(state=State.OPEN).order_by("pk")
    for row in rows:
        runs.start(LOOK_AGAIN, organisation_id=row.organisation_id, round=row.pk)
    return len(rows)
