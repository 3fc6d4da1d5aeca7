"""What goes when its time has come: told to both first, then destroyed, with receipts."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet, Subquery

from musling.activity import log
from musling.conversations.first_text import keys_of_talks
from musling.conversations.models import Conversation, Part, Participant, Preparation, State
from musling.foundation import clock
from musling.foundation.actor import program
from musling.foundation.clock import COPENHAGEN
from musling.organisations.models import Organisation
from musling.people.models import Employment
from musling.privacy import evaluations, leavers, proof
from musling.privacy.access_requests import held_off
from musling.privacy.batches import AT_ONCE, in_batches
from musling.privacy.models import AccessRequest, Announcement
from musling.privacy.periods import periods_of
from musling.privacy.retention import (
    ACCESS,
    CEILING,
    EVALUATION,
    LEAST_NOTICE,
    LEFT,
    NEXT_HELD,
    NOTICE,
    PREPARATION,
    PROOF,
    Due,
    Facts,
    Periods,
    Rule,
    due,
    earlier,
)
from musling.vault import keys
from musling.vault.models import Key

MONTHS_DIFFER = dt.timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Going:
    """What goes: of a talk the shared content, a preparation, an answer or the proof; or a person;
    or what was written about a round.

    ``about``: the id of the talk, of the profile, or of the round.
    """

    content: str
    organisation: int
    about: int
    rule: str
    at: dt.datetime


NAMES = (
    *("told", "called_off", "talks", "preparations", "answers", "evaluations"),
    *("proofs", "people"),
)


def run() -> dict[str, int]:
    """Tells whom it concerns, and destroys what is due; returns how much of each there was.

    Safe to run twice and to be cut off anywhere; constant in memory. Raises KeyringProblem, before
    it does anything, where the keyring is not that of this database.
    """
    keys.check_keyring()
    done: Counter[str] = Counter(told=0, called_off=0, talks=0, preparations=0, answers=0)
    keys.finish_destruction()
    for organisation in Organisation.objects.order_by("pk").values_list("pk", flat=True):
        done += Counter(told=_announce_in(organisation))
    done += destroy_announced()
    done += Counter(preparations=_destroy_each(_keys(_preparations_due()), PREPARATION))
    done += Counter(answers=_destroy_each(_keys(_access_due()), ACCESS))
    texts = (one.text_key for one in evaluations.due() if one.text_key)
    done += Counter(evaluations=_destroy_each(texts, EVALUATION))
    done += Counter(proofs=proof.remove_expired())
    done += Counter(people=leavers.remove())
    return {name: done[name] for name in NAMES}


def would_go() -> Iterator[Going]:
    """What a run would destroy now; nothing is changed."""
    yield from _shared_due()
    now = clock.now()
    for preparation in _preparations_due():
        talk = preparation.participant.conversation_id
        yield Going("preparation", preparation.organisation_id, talk, PREPARATION.id, now)
    for request in _access_due():
        yield Going("access", request.organisation_id, request.conversation_id, ACCESS.id, now)
    for one in evaluations.due():
        yield Going("evaluation", one.organisation_id, one.round_id, EVALUATION.id, now)
    for talks in proof.expired():
        yield from (Going("proof", one.organisation_id, one.pk, PROOF.id, now) for one in talks)
    for some in in_batches(leavers.gone()):
        yield from (
            Going("person", one.organisation_id, one.pk, leavers.REASON, now) for one in some
        )


def _shared_due() -> Iterator[Going]:
    waiting = Announcement.objects.filter(done_at=None, due_at__lte=clock.now())
    for some in in_batches(waiting):
        dues = _dues(row.conversation_id for row in some)
        for row in some:
            found = dues.get(row.conversation_id)
            if found and found.at <= clock.now():
                yield Going(
                    "shared", row.organisation_id, row.conversation_id, row.rule, row.due_at
                )


# --- telling --------------------------------------------------------------------------------------


def _announce_in(organisation: int) -> int:
    told = 0
    for kind, periods in periods_of(organisation, clock.today()).items():
        for some in in_batches(_coming(organisation, kind, periods)):
            told += _announce(organisation, some, periods)
    return told


def _coming(organisation: int, kind: str, periods: Periods) -> QuerySet[Any]:
    """Living talks that may fall due before long and that nobody was told of; a few too many."""
    soon = clock.now() + NOTICE
    before = {rule.id: earlier(soon, rule, periods) for rule in (NEXT_HELD, CEILING, LEFT)}
    ceiling = before[CEILING.id] + MONTHS_DIFFER
    left = (before[LEFT.id] + MONTHS_DIFFER).date()
    told = Announcement.objects.filter(conversation=OuterRef("pk"))
    talks = Conversation.objects.filter(
        ~Exists(told), organisation=organisation, kind=kind, key__destroyed_at=None
    )
    return with_facts(talks).filter(
        Q(next_held_at__lte=before[NEXT_HELD.id])
        | Q(held_at__lte=ceiling)
        | Q(held_at=None, made_at__lte=ceiling)
        | Q(left_on__lte=left)
    )


def with_facts(talks: QuerySet[Conversation]) -> QuerySet[Any]:
    """The talks with what the rules ask of them."""
    after = Conversation.objects.filter(previous=OuterRef("pk"), held_at__isnull=False)
    employee = Participant.objects.filter(conversation=OuterRef("pk"), part=Part.EMPLOYEE)
    theirs = Employment.objects.filter(profile=OuterRef("profile"))
    gone = employee.filter(~Exists(theirs.filter(ends_on=None)))
    last_day = theirs.order_by().values("profile").annotate(last=Max("ends_on")).values("last")
    return talks.annotate(
        next_held_at=Subquery(
            after.order_by().values("previous").annotate(first=Min("held_at")).values("first")
        ),
        left_on=Subquery(gone.annotate(last_day=Subquery(last_day)).values("last_day")[:1]),
    )


def _facts(talk: Any) -> Facts:
    # A talk that is still to be held counts from the day that it is for.
    begun = max(talk.made_at, talk.starts_at or talk.made_at)
    return Facts(begun, talk.held_at, talk.next_held_at, talk.left_on)


@transaction.atomic
def _announce(organisation: int, talks: list[Any], periods: Periods) -> int:
    now = clock.now()
    coming = {}
    for talk in talks:
        found = due(_facts(talk), periods)
        if found.at <= now + NOTICE:
            coming[talk.pk] = Due(found.rule, max(found.at, now + LEAST_NOTICE))
    rows = [
        Announcement(
            organisation_id=organisation,
            conversation_id=pk,
            rule=one.rule,
            told_at=now,
            due_at=one.at,
        )
        for pk, one in coming.items()
    ]
    # Another worker may be at the same: whoever comes first tells.
    told = set(
        Announcement.objects.filter(conversation__in=coming).values_list("conversation", flat=True)
    )
    Announcement.objects.bulk_create(rows, ignore_conflicts=True)
    notes: list[tuple[int, int | None, dict[str, Any]]] = [
        (pk, None, {"rule": one.rule, "on": one.at.astimezone(COPENHAGEN).date().isoformat()})
        for pk, one in coming.items()
        if pk not in told
    ]
    log.note_each(program(organisation), "retention.announced", notes)
    return len(notes)


# --- destroying -----------------------------------------------------------------------------------


def _dues(talks: Iterable[int]) -> dict[int, Due]:
    """By which rule each talk's content goes and when, as things stand now."""
    found = with_facts(Conversation.objects.filter(pk__in=list(talks)))
    periods: dict[int, dict[str, Periods]] = {}
    dues = {}
    for talk in found:
        own = periods.get(talk.organisation_id)
        if own is None:
            own = periods[talk.organisation_id] = periods_of(talk.organisation_id, clock.today())
        dues[talk.pk] = due(_facts(talk), own[talk.kind])
    return dues


def destroy_announced() -> Counter[str]:
    """Destroys what both were told would go by now; how many went, and how many stay after all."""
    done: Counter[str] = Counter()
    for some in in_batches(Announcement.objects.filter(done_at=None, due_at__lte=clock.now())):
        dues = _dues(row.conversation_id for row in some)
        still = [row for row in some if dues[row.conversation_id].at <= clock.now()]
        done["called_off"] += _call_off([row for row in some if row not in still])
        done["talks"] += _destroy_talks(still)
    return done


@transaction.atomic
def _call_off(rows: list[Announcement]) -> int:
    """The reason is gone: somebody came back, or the periods are longer now. It is told again."""
    for row in rows:
        log.note(
            program(row.organisation_id), "retention.called_off", object_id=row.conversation_id
        )
    Announcement.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _destroy_talks(rows: list[Announcement]) -> int:
    """The talk's key and the preparations': first the keys, with their receipts, then the mark."""
    by_rule: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        by_rule[row.rule].append(row.conversation_id)
    for rule, talks in by_rule.items():
        shared = Q(pk__in=[key.pk for key in keys_of_talks(talks)])
        own = held_off(Preparation.objects.filter(participant__conversation__in=talks))
        going = Key.objects.filter(shared | Q(pk__in=own.values("key")), destroyed_at=None)
        keys.destroy(list(going), reason=rule)
    Announcement.objects.filter(pk__in=[row.pk for row in rows]).update(done_at=clock.now())
    return len(rows)


def _preparations_due() -> Iterator[Preparation]:
    for organisation in Organisation.objects.order_by("pk").values_list("pk", flat=True):
        for kind, periods in periods_of(organisation, clock.today()).items():
            agreed = Preparation.objects.filter(
                organisation=organisation,
                key__destroyed_at=None,
                participant__conversation__kind=kind,
                participant__conversation__state=State.AGREED,
                participant__conversation__minutes__approved_at__lte=earlier(
                    clock.now(), PREPARATION, periods
                ),
            ).select_related("participant", "key")
            for some in in_batches(held_off(agreed)):
                yield from some
    # What was held off when its talk went, whatever state that was in.
    left = Preparation.objects.filter(
        key__destroyed_at=None, participant__conversation__key__destroyed_at__isnull=False
    ).select_related("participant", "key")
    for some in in_batches(held_off(left)):
        yield from some


def _access_due() -> Iterator[AccessRequest]:
    """What was asked for whose time is over, and what was taken back before an answer."""
    for organisation in Organisation.objects.order_by("pk").values_list("pk", flat=True):
        for kind, periods in periods_of(organisation, clock.today()).items():
            over = AccessRequest.objects.filter(
                Q(answered_at__lte=earlier(clock.now(), ACCESS, periods))
                | Q(ended_at__isnull=False),
                organisation=organisation,
                key__destroyed_at=None,
                conversation__kind=kind,
            ).select_related("key")
            for some in in_batches(over):
                yield from some


def _keys(rows: Iterator[Any]) -> Iterator[Key]:
    return (row.key for row in rows)


def _destroy_each(going: Iterator[Key], rule: Rule) -> int:
    """Destroys the keys, some at a time; how many."""
    count = 0
    batch: list[Key] = []
    for key in going:
        batch.append(key)
        count += 1
        if len(batch) == AT_ONCE:
            keys.destroy(batch, reason=rule.id)
            batch = []
    keys.destroy(batch, reason=rule.id)
    return count
