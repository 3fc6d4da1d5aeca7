"""Planning a round: what it covers, who is left out and why, what is done about what is odd."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.conversations.kinds import KINDS
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.clock import months_later
from musling.foundation.fingerprints import ChangedMeanwhile, of_values, refuse_if_changed
from musling.foundation.problems import NotThere, Refused
from musling.frames.models import FrameVersion
from musling.organisations.access import readable_units
from musling.organisations.models import Organisation, Unit
from musling.people.access import is_hr
from musling.rounds.access import changeable_rounds
from musling.rounds.five_steps import BY_NUMBER, STEPS
from musling.rounds.models import Covered, Form, LeftOut, Round, Ruling, State, Step
from musling.rounds.placing import ODDITIES

LONGEST_TEXT = 2000
MOST_LEFT_OUT = 200
MOST_DAYS = 400  # of a round
FIELDS = (
    *("name", "kind", "year", "starts_on", "ends_on", "frame_version", "default_form"),
    *("choose_by", "leader_word"),
)
A_PRESS = dt.timedelta(minutes=1)  # in which a second one is the first again
STEP_FIELDS = ("due_on", "by_itself", "texts", "ticked")


@dataclass(frozen=True, slots=True)
class Plan:
    """What HR says of a round. ``frame_version`` None: the one in use when it is opened.

    ``covers``: units with all below them, to begin with; none: the whole organisation.
    """

    name: str
    kind: str
    year: int
    starts_on: dt.date
    ends_on: dt.date
    frame_version: FrameVersion | None = None
    default_form: str = Form.INDIVIDUAL
    choose_by: dt.date | None = None
    leader_word: str = ""
    covers: Sequence[Unit] = ()


@transaction.atomic
def plan_round(actor: Actor, plan: Plan, *, copied_from: Round | None = None) -> Round:
    """A new round with its five steps. Raises NotThere for who is not HR, Refused with the field.

    Source of the default of the last quarter: row E2, and of the steps: row C4.
    """
    if not is_hr(actor):
        raise NotThere
    Organisation.objects.select_for_update().get(pk=actor.organisation_id)  # one after the other
    _check(actor, plan)
    _refuse_same_name(actor, plan)
    row = Round.objects.create(
        organisation_id=actor.organisation_id,
        copied_from=copied_from,
        made_at=clock.now(),
        **{**{name: getattr(plan, name) for name in FIELDS}, "name": plan.name.strip()},
    )
    _cover(row, plan.covers)
    Step.objects.bulk_create(
        Step(
            organisation_id=actor.organisation_id,
            round=row,
            number=step.number,
            due_on=(row.ends_on if step.from_end else row.starts_on) + dt.timedelta(step.days),
            by_itself=step.by_itself,
        )
        for step in STEPS
    )
    log.note(actor, "round.planned", object_id=row.pk)
    return row


@transaction.atomic
def change_round(actor: Actor, plan: Plan, *, public_id: str, seen: str = "") -> Round:
    """Changes a round that is not opened. ``seen``: the mark of the form, see fingerprints."""
    row = locked_round(actor, public_id)
    refuse_unless_planned(row)
    refuse_if_changed(row, FIELDS, seen)
    _check(actor, plan)
    if plan.name != row.name or plan.year != row.year:
        _refuse_same_name(actor, plan, but=row)
    moved = (plan.starts_on - row.starts_on, plan.ends_on - row.ends_on)
    for name in FIELDS:
        setattr(row, name, getattr(plan, name))
    row.name = row.name.strip()
    row.save(update_fields=FIELDS)
    for step in Step.objects.filter(round=row, done_at=None):
        was = step.due_on
        step.due_on += moved[1] if BY_NUMBER[step.number].from_end else moved[0]
        # What a new date has made late is not done tomorrow morning: HR presses.
        step.by_itself = step.by_itself and not step.due_on < actor.today <= was
        step.save(update_fields=["due_on", "by_itself"])
    log.note(actor, "round.changed", object_id=row.pk)
    return row


def _check(actor: Actor, plan: Plan) -> None:
    if not plan.name.strip():
        raise Refused(_("Give the round a name."), "name")
    if plan.kind not in KINDS:
        raise Refused(_("Choose a kind of talk."), "kind")
    if plan.ends_on < plan.starts_on:
        raise Refused(_("The round ends before it begins. Correct one of the dates."), "ends_on")
    if (plan.ends_on - plan.starts_on).days > MOST_DAYS:
        raise Refused(_("A round is at most a year. Correct one of the dates."), "ends_on")
    if plan.choose_by and plan.choose_by > plan.ends_on:
        raise Refused(_("The leaders choose the form before the round ends."), "choose_by")
    version = plan.frame_version
    if version is not None and (
        version.organisation_id != actor.organisation_id or version.frame.kind != plan.kind
    ):
        raise Refused(_("Choose a frame for this kind of talk."), "frame_version")


def _refuse_same_name(actor: Actor, plan: Plan, but: Round | None = None) -> None:
    same = changeable_rounds(actor).filter(name=plan.name.strip(), year=plan.year)
    if same.exclude(pk=but.pk if but else 0).exists():
        raise Refused(_("Another round of that year has this name. Choose another."), "name")


def _cover(row: Round, units: Sequence[Unit]) -> None:
    Covered.objects.bulk_create(
        Covered(organisation_id=row.organisation_id, round=row, unit=unit)
        for unit in {unit.pk: unit for unit in units}.values()
    )


def locked_round(actor: Actor, public_id: str) -> Round:
    """The round, held until the transaction ends. Raises NotThere for who may not change it."""
    rows = changeable_rounds(actor).filter(public_id=public_id)
    row = rows.select_for_update(of=("self",)).select_related("frame_version__frame").first()
    if row is None:
        raise NotThere
    return row


def refuse_unless_planned(row: Round) -> None:
    """Raises Refused for a round that was opened: its plan is what people were told."""
    if row.state != State.PLANNED:
        raise Refused(_("This round is open. Its plan can no longer be changed."))


@transaction.atomic
def cover_unit(actor: Actor, *, public_id: str, unit: Unit) -> None:
    """Covers the unit with all below it; once one is named, nothing else is covered."""
    row = locked_round(actor, public_id)
    refuse_unless_planned(row)
    if not readable_units(actor).filter(pk=unit.pk).exists():
        raise NotThere
    Covered.objects.get_or_create(
        round=row, unit=unit, defaults={"organisation_id": actor.organisation_id}
    )
    log.note(actor, "round.covered", object_id=row.pk, unit=unit.pk)


@transaction.atomic
def uncover_unit(actor: Actor, *, public_id: str, unit: Unit) -> None:
    """Takes the unit from the list; with an empty list all is covered. Safe to press twice."""
    row = locked_round(actor, public_id)
    refuse_unless_planned(row)
    gone, _rows = Covered.objects.filter(round=row, unit=unit).delete()
    if gone:
        log.note(actor, "round.uncovered", object_id=row.pk, unit=unit.pk)


@transaction.atomic
def leave_out(
    actor: Actor,
    *,
    public_id: str,
    by: str,
    reason: str,
    unit: Unit | None = None,
    words: str = "",
) -> LeftOut:
    """Leaves out a unit, a title or an agreement, with a reason that stays in the round."""
    row = locked_round(actor, public_id)
    refuse_unless_planned(row)
    if not reason.strip():
        raise Refused(_("Write why: it stays with the round."), "reason")
    if by == LeftOut.By.UNIT:
        if unit is None or not readable_units(actor).filter(pk=unit.pk).exists():
            raise Refused(_("Choose the unit that is left out."), "unit")
        words = ""
    elif not words.strip():
        raise Refused(_("Write the title or the agreement, as it stands with the people."), "words")
    else:
        unit = None
    there = LeftOut.objects.filter(round=row)
    same = there.filter(by=by, unit=unit, words__iexact=words.strip()).first()
    if same is not None:
        return same
    if there.count() >= MOST_LEFT_OUT:
        raise Refused(_("That is very many. Leave out a unit above them instead."))
    made = LeftOut.objects.create(
        organisation_id=actor.organisation_id,
        round=row,
        by=by,
        unit=unit,
        words=words.strip(),
        reason=reason.strip(),
        noted_by_id=actor.profile_id,
        noted_at=clock.now(),
    )
    log.note(actor, "round.left_out", object_id=row.pk, left_out=made.pk)
    return made


@transaction.atomic
def take_in_again(actor: Actor, *, public_id: str, left_out: int) -> None:
    """What was left out is covered again. Safe to press twice."""
    row = locked_round(actor, public_id)
    refuse_unless_planned(row)
    gone, _rows = LeftOut.objects.filter(round=row, pk=left_out).delete()
    if gone:
        log.note(actor, "round.taken_in_again", object_id=row.pk, left_out=left_out)


@transaction.atomic
def rule_on(actor: Actor, *, public_id: str, answers: Mapping[str, str], seen: str = "") -> None:
    """What is done about what is odd: oddity → answer. Raises Refused for what is no answer.

    ``seen``: the mark of the form, from ``rulings_mark``; ChangedMeanwhile where it is another now.
    """
    row = locked_round(actor, public_id)
    refuse_unless_planned(row)
    if seen and seen != rulings_mark(row):
        raise ChangedMeanwhile.saying_so()
    for oddity, answer in answers.items():
        if oddity not in ODDITIES or answer not in dict(ODDITIES[oddity].answers):
            raise Refused(_("Choose one of the answers on the page."), oddity)
    for oddity, answer in answers.items():
        Ruling.objects.update_or_create(
            round=row,
            oddity=oddity,
            defaults={"organisation_id": actor.organisation_id, "answer": answer},
        )
    log.note(actor, "round.ruled", object_id=row.pk)


def rulings_mark(row: Round) -> str:
    """A mark of what HR has ruled so far; one query."""
    return of_values(dict(Ruling.objects.filter(round=row).values_list("oddity", "answer")))


@transaction.atomic
def copy_round(actor: Actor, *, public_id: str) -> Round:
    """Next year's round from this one: a year later, the rest as it was, steps not done yet.

    Safe to press twice: within a minute it is the same round.
    """
    row = locked_round(actor, public_id)
    just_now = Round.objects.filter(copied_from=row, made_at__gt=clock.now() - A_PRESS).first()
    if just_now:
        return just_now
    units = [one.unit for one in Covered.objects.filter(round=row).select_related("unit")]
    made = plan_round(
        actor,
        Plan(
            name=_next_name(actor, row),
            kind=row.kind,
            year=row.year + 1,
            starts_on=months_later(row.starts_on, 12),
            ends_on=months_later(row.ends_on, 12),
            default_form=row.default_form,
            choose_by=months_later(row.choose_by, 12) if row.choose_by else None,
            leader_word=row.leader_word,
            covers=units,
        ),
        copied_from=row,
    )
    for rows in (LeftOut.objects.filter(round=row), Ruling.objects.filter(round=row)):
        for one in rows:
            one.pk, one.round_id = None, made.pk
            one.save(force_insert=True)
    before = {step.number: step for step in Step.objects.filter(round=row)}
    for step in Step.objects.filter(round=made):
        old = before[step.number]
        step.due_on = months_later(old.due_on, 12)
        step.texts, step.by_itself = old.texts, old.by_itself
        step.save(update_fields=["due_on", "texts", "by_itself"])
    return made


def _next_name(actor: Actor, row: Round) -> str:
    """The name with the next year in it, or with a number where that is taken."""
    name = row.name.replace(str(row.year), str(row.year + 1))
    taken = set(changeable_rounds(actor).filter(year=row.year + 1).values_list("name", flat=True))
    names = (name, *(f"{name[:70]} ({n})" for n in range(2, len(taken) + 3)))
    return next(one for one in names if one not in taken)


@transaction.atomic
def remove_round(actor: Actor, *, public_id: str) -> None:
    """Takes away a round that was never opened. Safe to press twice from its own page."""
    row = locked_round(actor, public_id)
    refuse_unless_planned(row)
    if Step.objects.filter(round=row, done_at__isnull=False).exists():
        raise Refused(_("A step of this round is done already. Leave it as it is."))
    log.note(actor, "round.removed", object_id=row.pk)
    Round.objects.filter(copied_from=row).update(copied_from=None)
    row.delete()


@transaction.atomic
def change_step(
    actor: Actor,
    *,
    public_id: str,
    number: int,
    due_on: dt.date,
    by_itself: bool,
    texts: Mapping[str, str],
    seen: str = "",
) -> None:
    """The day, the text and whether the step runs by itself. Raises Refused for one that is done.

    ``texts``: language → the organisation's words; empty: the ready-made ones. ``seen``: the mark
    of the form, see fingerprints.
    """
    row = locked_round(actor, public_id)
    step = Step.objects.filter(round=row, number=number).select_related("round").first()
    if step is None:
        raise NotThere
    if step.done_at:
        raise Refused(_("This step is done. Its text was sent as it stands."))
    refuse_if_changed(step, STEP_FIELDS, seen)
    if any(len(words) > LONGEST_TEXT for words in texts.values()):
        raise Refused(
            _("A text is at most %(most)d characters. Shorten it.") % {"most": LONGEST_TEXT}
        )
    by_itself = by_itself and BY_NUMBER[number].sends
    as_before = (due_on, by_itself) == (step.due_on, step.comes_by_itself)
    if by_itself and due_on < actor.today and not as_before:
        raise Refused(
            _("That day has passed. Choose a later one, or do the step now by a press."), "due_on"
        )
    step.due_on, step.by_itself = due_on, by_itself
    step.texts = {language: words.strip() for language, words in texts.items() if words.strip()}
    step.save(update_fields=["due_on", "by_itself", "texts"])
    log.note(actor, "round.step_changed", object_id=row.pk, step=number)


@transaction.atomic
def tick_tasks(
    actor: Actor, *, public_id: str, number: int, done: Sequence[str], seen: str = ""
) -> None:
    """Which tasks of the step's list are done. ``seen``: the mark of the form."""
    row = locked_round(actor, public_id)
    step = Step.objects.filter(round=row, number=number).first()
    if step is None:
        raise NotThere
    refuse_if_changed(step, STEP_FIELDS, seen)
    step.ticked = [task.id for task in BY_NUMBER[number].tasks if task.id in set(done)]
    step.save(update_fields=["ticked"])
    log.note(actor, "round.tasks_ticked", object_id=row.pk, step=number)
