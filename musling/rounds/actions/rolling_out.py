"""The five steps, done by a click or on their day (C4), and what leaders do in them."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from musling.activity import log
from musling.activity.models import Activity
from musling.conversations.models import Conversation, Part, Participant
from musling.conversations.models import State as TalkState
from musling.conversations.queries.talks import BEFORE_THE_TALK
from musling.foundation import clock
from musling.foundation.actor import Actor, program
from musling.foundation.problems import NotThere, Refused
from musling.people.leading import led_employments
from musling.people.queries import everybody_in_hr
from musling.rounds.access import changeable_rounds, readable_rounds, told_rounds
from musling.rounds.actions.opening import begin_opening
from musling.rounds.actions.planning import locked_round
from musling.rounds.evaluation.actions import ask_for_evaluation
from musling.rounds.five_steps import EMPLOYEES, EVALUATION, FORM, LEADERS, TALKS
from musling.rounds.looking import look_of
from musling.rounds.models import FormSent, HelpAsked, KeptPreview, Place, Round, State, Step
from musling.work import runs
from musling.work.models import Run

TELL_LEADERS, SEND_FORMS = "rounds.tell_leaders", "rounds.send_forms"
LEADERS_AT_ONCE = 200
LONGEST_NOTE = 10_000
TIME_TO_PREPARE = dt.timedelta(days=7)


@transaction.atomic
def do_step(actor: Actor, *, public_id: str, number: int) -> bool:
    """Does a step and notes by whom. Safe to press twice, also by two people: False for the second.

    Raises NotThere, Refused where it is not its turn.
    """
    return do_here(actor, locked_round(actor, public_id), number)


def do_here(actor: Actor, row: Round, number: int) -> bool:
    """The same in a round that is held already."""
    step = Step.objects.filter(round=row, number=number).first()
    if step is None:
        raise NotThere
    if step.done_at:
        # What stopped with a fault goes on from where it was.
        return number == EMPLOYEES and begin_opening(actor, row)
    DEEDS[number](actor, row)
    _note_done(actor, step)
    return True


def _note_done(actor: Actor, step: Step) -> None:
    step.done_at, step.done_by_id = clock.now(), actor.profile_id or None
    step.save(update_fields=["done_at", "done_by"])
    log.note(actor, "round.step_done", object_id=step.round_id, step=step.number)


def _tell_leaders(_actor: Actor, row: Round) -> None:
    runs.start(TELL_LEADERS, organisation_id=row.organisation_id, round=row.pk)


def _send_forms(actor: Actor, row: Round) -> None:
    _refuse_unless_open(row)
    by = actor.profile_id or None
    runs.start(SEND_FORMS, organisation_id=row.organisation_id, by=by, round=row.pk)


def _refuse_unless_open(row: Round) -> None:
    if row.state != State.OPEN:
        raise Refused(_("The round is not open yet. Tell the employees first; that opens it."))


def _hold(_actor: Actor, row: Round) -> None:
    _refuse_unless_open(row)


def send_forms_of_near_talks() -> int:
    """In every open round, the form of the talks for which it can wait no longer.

    Those that are near: whatever leader and HR forget, each employee has a week to prepare. And
    those that came to a leader who has sent it to the own team already, and will not press again.
    Returns how many were sent.
    """
    sent = 0
    near = clock.now() + TIME_TO_PREPARE
    for row in Round.objects.filter(state=State.OPEN).order_by("pk"):
        places = Place.objects.filter(round=row, closed_at=None).values("conversation")
        came = Participant.objects.filter(
            conversation=OuterRef("pk"),
            part=Part.LEADER,
            ended_at=None,
            profile__in=FormSent.objects.filter(round=row).values("leader"),
        )
        talks = Conversation.objects.filter(
            Q(state=TalkState.BOOKED, starts_at__lte=near) | Exists(came),
            pk__in=places,
            form_waits=True,
        )
        with transaction.atomic():
            sent += let_prepare(program(row.organisation_id), row, talks)
    return sent


def _evaluate(actor: Actor, row: Round) -> None:
    _refuse_unless_open(row)
    ask_for_evaluation(actor, row)


@transaction.atomic
def ask_how_it_went(
    actor: Actor,
    *,
    public_id: str,
    until: dt.date | None = None,
    own_question: Mapping[str, str] | None = None,
) -> None:
    """HR asks everybody who took part, with a last day of its own choice: that is the fifth step.

    Safe to press twice. Raises NotThere for who is not HR, Refused as ``ask_for_evaluation`` does.
    """
    row = locked_round(actor, public_id)
    ask_for_evaluation(actor, row, until=until, own_question=own_question)
    step = Step.objects.filter(round=row, number=EVALUATION, done_at=None).first()
    if step is not None:
        _note_done(actor, step)


DEEDS: Mapping[int, Callable[[Actor, Round], object]] = {
    LEADERS: _tell_leaders,
    EMPLOYEES: begin_opening,
    FORM: _send_forms,
    TALKS: _hold,
    EVALUATION: _evaluate,
}


def do_steps_of_today() -> int:
    """Does every step that runs by itself and whose day has come; returns how many.

    One that is refused today (no frame, say) is tried again tomorrow; HR sees that it is late.
    """
    rows = Step.objects.filter(by_itself=True, done_at=None, due_on__lte=clock.today())
    rows = rows.exclude(round__state=State.CLOSED).select_related("round")
    done = 0
    for step in rows.order_by("round", "number"):
        if not step.comes_by_itself:
            continue
        with transaction.atomic():
            row = Round.objects.select_for_update().get(pk=step.round_id)
            try:
                with transaction.atomic():
                    do_here(program(row.organisation_id), row, step.number)
            except Refused:
                continue
            done += 1
    return done


@runs.step(TELL_LEADERS)
def tell_leaders(run: Run) -> bool:
    """Notes, unit by unit, that each leader of the round was told; the mails follow from that."""
    row = Round.objects.get(pk=run.arguments["round"])
    actor = program(row.organisation_id)
    look = look_of(row, actor.today)
    units = look.some_units(run.cursor.get("unit", 0))
    if not units:
        return False
    leaders = {one.leader.profile_id for one in look.placed_in(units) if one.leader}
    told = Activity.objects.filter(
        verb="round.leader_told", object_id=row.pk, about_id__in=leaders
    ).values_list("about_id", flat=True)
    new = sorted(leaders - set(told))
    log.note_many(actor, [("round.leader_told", row.pk, leader) for leader in new], round=row.pk)
    run.done += len(new)
    run.cursor = {"unit": units[-1]}
    return True


@runs.step(SEND_FORMS)
def send_forms(run: Run) -> bool:
    """HR in place of every leader who has not clicked yet, some leaders at a time (C4)."""
    row = Round.objects.get(pk=run.arguments["round"])
    after = run.cursor.get("leader", 0)
    seats = _leaders_seats(row).filter(profile__gt=after)
    sent = FormSent.objects.filter(round=row).values("leader")
    leaders = list(
        seats.exclude(profile__in=sent)
        .order_by("profile")
        .values_list("profile", flat=True)
        .distinct()[:LEADERS_AT_ONCE]
    )
    if leaders:
        run.done += _send(program(row.organisation_id), row, leaders, by=run.started_by_id)
        run.cursor = {"leader": leaders[-1]}
    return bool(leaders)


def _leaders_seats(row: Round) -> QuerySet[Participant]:
    """The seats of those who lead a talk of the round now."""
    talks = Place.objects.filter(round=row, closed_at=None, conversation__isnull=False)
    return Participant.objects.filter(
        conversation__in=talks.values("conversation"), part=Part.LEADER, ended_at=None
    )


@transaction.atomic
def send_form(actor: Actor, *, public_id: str) -> int:
    """A leader sends the form to the own team; returns to how many. Safe to press twice.

    Raises NotThere for who leads no talk of the round, Refused where it is not open.
    """
    row = readable_rounds(actor).filter(public_id=public_id).first()
    if row is None or not _leaders_seats(row).filter(profile_id=actor.profile_id).exists():
        raise NotThere
    _refuse_unless_open(row)
    return _send(actor, row, [actor.profile_id], by=actor.profile_id)


@transaction.atomic
def send_form_for(actor: Actor, *, public_id: str, leader: str) -> int:
    """HR sends it in a leader's place (C4)."""
    row = locked_round(actor, public_id)
    _refuse_unless_open(row)
    seats = _leaders_seats(row).filter(profile__public_id=leader)
    found = seats.values_list("profile", flat=True).first()
    if found is None:
        raise NotThere
    return _send(actor, row, [found], by=actor.profile_id)


def _send(actor: Actor, row: Round, leaders: Collection[int], *, by: int | None) -> int:
    """Notes it for each employee of these leaders who has not been sent the form."""
    FormSent.objects.bulk_create(
        (
            FormSent(
                organisation_id=row.organisation_id,
                round=row,
                leader_id=leader,
                sent_by_id=by,
                sent_at=clock.now(),
            )
            for leader in leaders
        ),
        ignore_conflicts=True,
    )
    talks = _leaders_seats(row).filter(profile__in=leaders).values("conversation")
    return let_prepare(actor, row, Conversation.objects.filter(pk__in=talks))


def let_prepare(actor: Actor, row: Round, talks: QuerySet[Conversation]) -> int:
    """The form of these talks of the round is sent: what they ask stays, and both can prepare.

    Returns to how many employees it is new.
    """
    pks = list(talks.filter(state__in=BEFORE_THE_TALK).order_by("pk").values_list("pk", flat=True))
    # A leader who fits one of them right now is waited for.
    list(Conversation.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk"))
    Conversation.objects.filter(pk__in=pks, form_waits=True).update(form_waits=False)
    seats = Participant.objects.filter(
        conversation__in=pks,
        part=Part.EMPLOYEE,
        ended_at=None,
    ).values_list("conversation", "profile")
    pairs = dict(seats)
    told = Activity.objects.filter(verb="conversation.form_sent", object_id__in=pairs)
    for talk in told.values_list("object_id", flat=True):
        pairs.pop(talk or 0, None)
    log.note_many(
        actor,
        [("conversation.form_sent", talk, profile) for talk, profile in sorted(pairs.items())],
        round=row.pk,
    )
    return len(pairs)


@transaction.atomic
def ask_for_help(actor: Actor, *, public_id: str) -> HelpAsked:
    """A leader asks HR for help with the round. Safe to press twice.

    Raises NotThere for who leads nobody, and before leaders are told of the round: somebody in HR
    who leads sees it earlier, as HR.
    """
    row = told_rounds(actor).filter(public_id=public_id).first()
    if row is None or not led_employments(actor).exists():
        raise NotThere
    asked, made = HelpAsked.objects.get_or_create(
        round=row,
        leader_id=actor.profile_id,
        answered_at=None,
        defaults={"organisation_id": actor.organisation_id, "asked_at": clock.now()},
    )
    if made:
        log.note(actor, "round.help_asked", object_id=row.pk, about=actor.profile_id)
        hr = everybody_in_hr(actor.organisation_id, actor.today)
        log.note_many(actor, [("round.help_wanted", row.pk, one) for one in hr], round=row.pk)
    return asked


@transaction.atomic
def answer_help(actor: Actor, *, asked: str) -> str:
    """HR has been in touch with the leader; returns the round. Safe to press twice.

    Raises NotThere.
    """
    row = (
        HelpAsked.objects.select_for_update(of=("self",))
        .select_related("round")
        .filter(round__in=changeable_rounds(actor), public_id=asked)
        .first()
    )
    if row is None:
        raise NotThere
    if row.answered_at is None:
        row.answered_at, row.answered_by_id = clock.now(), actor.profile_id
        row.save(update_fields=["answered_at", "answered_by"])
        log.note(actor, "round.help_answered", object_id=row.round_id, about=row.leader_id)
    return str(row.round.public_id)


@transaction.atomic
def close_round(actor: Actor, *, public_id: str, note: str) -> Round:
    """Closes the round with the joint note that opens next year's plan (C4). Safe to press twice.

    Talks that are not held stay as they are, and can be prepared. Raises NotThere, Refused: also
    where somebody else has closed it with another note.
    """
    row = locked_round(actor, public_id)
    if row.state == State.CLOSED:
        if note.strip() != row.note:
            raise Refused(
                _("The round was closed meanwhile, with another note. Yours is not saved."), "note"
            )
        return row
    _refuse_unless_open(row)
    if not note.strip():
        raise Refused(
            _("Write the joint note: what you learned, and what is done otherwise next year."),
            "note",
        )
    if len(note) > LONGEST_NOTE:
        raise Refused(
            _("A note is at most %(most)d characters. Shorten it.") % {"most": LONGEST_NOTE}, "note"
        )
    places = Place.objects.filter(round=row, conversation__isnull=False).values("conversation")
    Conversation.objects.filter(pk__in=places, form_waits=True).update(form_waits=False)
    KeptPreview.objects.filter(round=row).delete()
    row.state, row.closed_at, row.note = State.CLOSED, clock.now(), note.strip()
    row.save(update_fields=["state", "closed_at", "note"])
    log.note(actor, "round.closed", object_id=row.pk)
    return row
