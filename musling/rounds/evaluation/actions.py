"""Asking, answering and closing. That somebody answered is the one deed that the log does not note.

See docs/decisions/0020-evaluation.md: what is nowhere written down cannot be joined to anything.
"""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.conversations.models import Part, Participant
from musling.foundation import bulk
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.people.models import Profile
from musling.rounds.access import changeable_rounds
from musling.rounds.evaluation import box
from musling.rounds.evaluation.access import (
    LEAST,
    can_be_evaluated,
    changeable_evaluations,
    own_tickets,
)
from musling.rounds.evaluation.closing import pour
from musling.rounds.evaluation.models import (
    Evaluation,
    EvaluationBox,
    EvaluationGroup,
    EvaluationTicket,
    Group,
)
from musling.rounds.evaluation.questions import MOST_CHARACTERS, SCORES, asked_of
from musling.rounds.models import Place, Round
from musling.vault import keys
from musling.vault.sealing import OpenKey

DAYS = 14  # it stays open for, unless HR says otherwise
MOST_DAYS = 90
OWN_CHARACTERS = 200
_TICKET = ("organisation_id", "evaluation_id", "group", "profile_id")


@transaction.atomic
def ask_for_evaluation(
    actor: Actor,
    row: Round,
    *,
    until: dt.date | None = None,
    own_question: Mapping[str, str] | None = None,
) -> Evaluation:
    """Asks everybody who took part in the round how it went. Safe to do twice, also by two people.

    Once for each round: two evaluations could be subtracted from each other. A fixed number of
    statements. ``actor``: HR, or the program. Raises NotThere for anybody else, Refused for a round
    that is not open, and for a last day or a statement of one's own that cannot be.
    """
    if actor.profile_id and not changeable_rounds(actor).filter(pk=row.pk).exists():
        raise NotThere
    Round.objects.select_for_update().get(pk=row.pk)
    there = Evaluation.objects.filter(round=row).first()
    if there is not None:
        return there
    if not can_be_evaluated(row):
        raise Refused(_("A round can be evaluated once it is open."))
    key = keys.new_key(organisation_id=actor.organisation_id, purpose="evaluation box")
    made = Evaluation.objects.create(
        organisation_id=actor.organisation_id,
        round=row,
        own_question=_own(own_question or {}),
        closes_on=_last_day(actor, until),
        box_key=key,
    )
    asked = _who_took_part(row)
    EvaluationGroup.objects.bulk_create(
        EvaluationGroup(
            organisation_id=actor.organisation_id,
            evaluation=made,
            group=group,
            asked=len(people),
        )
        for group, people in asked.items()
    )
    # So few could not answer without a name, so they are not asked.
    asked = {group: people for group, people in asked.items() if len(people) >= LEAST}
    tickets = [
        (actor.organisation_id, made.pk, group, profile)
        for group, people in asked.items()
        for profile in people
    ]
    bulk.insert(EvaluationTicket, _TICKET, tickets)
    open_key = keys.open_key(key.pk)
    for group in asked:
        _new_box(made, group, 1, open_key).save()
    log.note(actor, "evaluation.opened", object_id=row.pk, on=made.closes_on.isoformat())
    log.note_many(actor, [("evaluation.asked", row.pk, profile) for *_rest, profile in tickets])
    return made


def _last_day(actor: Actor, until: dt.date | None) -> dt.date:
    last = until or actor.today + dt.timedelta(days=DAYS)
    if not actor.today < last <= actor.today + dt.timedelta(days=MOST_DAYS):
        raise Refused(
            _("Choose a day from tomorrow on, at most %(days)s days ahead.") % {"days": MOST_DAYS},
            "until",
        )
    return last


def _own(words: Mapping[str, str]) -> dict[str, str]:
    found = {language: text.strip() for language, text in words.items() if text.strip()}
    if any(len(text) > OWN_CHARACTERS for text in found.values()):
        raise Refused(_("At most %(most)s characters.") % {"most": OWN_CHARACTERS}, "own_da")
    return found


def _who_took_part(row: Round) -> dict[Group, list[int]]:
    """The profiles of each group that have not left; two queries. Who leads is asked as such.

    Whoever still waits for a talk, on leave perhaps, has nothing to say of one.
    """
    leading = Participant.objects.filter(
        part=Part.LEADER, ended_at=None, conversation__round_place__round=row
    )
    placed = Place.objects.filter(round=row, closed_at=None, conversation__isnull=False)
    here = Profile.objects.filter(organisation=row.organisation_id, disabled_at=None)
    leaders = here.filter(pk__in=leading.values("profile"))
    employees = here.filter(pk__in=placed.values("employment__profile"))
    led = leading.values("profile")
    return {
        Group.EMPLOYEES: list(employees.exclude(pk__in=led).values_list("pk", flat=True)),
        Group.LEADERS: list(leaders.values_list("pk", flat=True)),
    }


@transaction.atomic
def answer(
    actor: Actor, *, public_id: str, scores: Mapping[str, int], texts: Mapping[str, str]
) -> None:
    """Takes the actor's answer to the round's evaluation and uses up the right to answer.

    Notes nothing: no time, no deed, no name. The number of statements does not depend on how many
    have answered. Raises NotThere without a right to answer (or where another tab just used it),
    Refused with the field for what cannot be taken.
    """
    ticket = own_tickets(actor).filter(evaluation__round__public_id=public_id).first()
    if ticket is None:
        raise NotThere
    # One at a time; whoever closes it waits for this, too.
    row = Evaluation.objects.select_for_update().get(pk=ticket.evaluation_id)
    used, _tables = EvaluationTicket.objects.filter(pk=ticket.pk).delete()
    if not used or row.closed_at:
        raise NotThere
    given = _checked(ticket.group, row, scores, texts)
    boxes = EvaluationBox.objects.filter(evaluation=row, group=ticket.group)
    last = boxes.order_by("-number")[0]
    key = keys.open_key(row.box_key_id)
    answers = box.taken_out(last, key)
    if len(answers) == box.HOLDS:
        last, answers = _new_box(row, ticket.group, last.number + 1, key), []
    box.put_in(last, key, [*answers, given])
    last.save()


def _new_box(row: Evaluation, group: str, number: int, key: OpenKey) -> EvaluationBox:
    new = EvaluationBox(
        organisation_id=row.organisation_id, evaluation=row, group=group, number=number
    )
    box.put_in(new, key, [])
    return new


def _checked(
    group: str, row: Evaluation, scores: Mapping[str, int], texts: Mapping[str, str]
) -> box.Answer:
    """What was answered, of what was asked and nothing else."""
    given: box.Answer = {}
    for question in asked_of(group, row.own_question, "da"):
        text = texts.get(question.id, "").strip() if question.is_text else ""
        if len(text) > MOST_CHARACTERS or box.size_of(text) > box.TEXT_BYTES:
            raise Refused(
                _("At most %(most)s characters.") % {"most": MOST_CHARACTERS}, question.id
            )
        if text:
            given[question.id] = text
        elif not question.is_text and scores.get(question.id) in SCORES:
            given[question.id] = scores[question.id]
    if not given:
        raise Refused(_("Answer at least one of the questions, or leave the page."))
    return given


@transaction.atomic
def close_evaluation(actor: Actor, row: Round) -> None:
    """Ends the round's evaluation before its day. Safe to do twice.

    Raises NotThere for who is not HR, and where there is none.
    """
    found = changeable_evaluations(actor).filter(round=row).first()
    if found is None:
        raise NotThere
    if pour(found.pk):
        log.note(actor, "evaluation.closed", object_id=row.pk)
