"""Which mails leave now, which wait for working hours, and which leave together as one.

What is not urgent waits while it is night, a day off, or the reader's quiet hours. What then waits
for one person leaves as one mail with a line for each matter, at most once a day: whoever makes the
row of that day (``Digest``, unique) sends it, and a mail once assigned to a day's digest stays
there, so that a worker that takes it up after a crash sends the same mail under the same
Message-ID. Invitations to a calendar always leave alone: a calendar reads one from each mail.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.crypto import get_random_string

from musling.foundation import clock
from musling.foundation.clock import COPENHAGEN
from musling.mail.choices import NOTHING_CHOSEN, Chosen, chosen
from musling.mail.hours import next_morning, next_open
from musling.mail.letters import Letter
from musling.mail.models import UNSENT, Delivery, Digest
from musling.mail.rows import Due

NEXT_LOOK = dt.timedelta(minutes=1)
Envelope = list[Letter]  # what leaves as one mail; all to the same reader


@dataclass
class Sorted:
    """What is to be done with some mails: envelopes to send now, deliveries by when to come back.

    ``unwanted``: turned down since they were planned.
    """

    envelopes: list[Envelope] = field(default_factory=list)
    later: dict[dt.datetime, list[Due]] = field(default_factory=lambda: defaultdict(list))
    unwanted: list[Due] = field(default_factory=list)


def sort(letters: list[Letter]) -> Sorted:
    """Sorts mails that are due. Four queries, and one for each digest that is taken up again."""
    now = clock.now()
    found = Sorted()
    choices = chosen({letter.reader.pk for letter in letters})
    waiting: dict[int, list[Letter]] = defaultdict(list)
    for letter in letters:
        choice = choices.get(letter.reader.pk, NOTHING_CHOSEN)
        if not choice.wants(letter.mail):
            found.unwanted.append(letter.delivery)
        elif letter.mail.urgent(letter.matter) and not _has_digest(letter):
            found.envelopes.append([letter])
        elif (opening := next_open(now, choice.quiet)) > now:
            found.later[opening].append(letter.delivery)
        elif letter.mail.calendar:
            found.envelopes.append([letter])
        else:
            waiting[letter.reader.pk].append(letter)
    _gather(waiting, choices, found, now)
    return found


def _gather(
    waiting: dict[int, list[Letter]], choices: dict[int, Chosen], found: Sorted, now: dt.datetime
) -> None:
    """One envelope for each reader who has none today; else single mails, or the next morning."""
    begun = {reader for reader, some in waiting.items() if any(map(_has_digest, some))}
    fresh = {
        reader: some
        for reader, some in waiting.items()
        if reader not in begun and (len(some) > 1 or _is_daily(some[0]))
    }
    taken = _take_day(fresh, now) if fresh else set()
    for reader, some in waiting.items():
        if reader in taken:
            found.envelopes.append(some)
            continue
        _go_on(some, found, now)
        choice = choices.get(reader, NOTHING_CHOSEN)
        for letter in some:
            if _has_digest(letter):
                continue
            if _is_daily(letter):
                found.later[next_morning(now, choice.quiet)].append(letter.delivery)
            else:
                found.envelopes.append([letter])


def _has_digest(letter: Letter) -> bool:
    return letter.delivery.digest_id is not None


def _is_daily(letter: Letter) -> bool:
    """What HR has sent again on purpose does not wait for the morning."""
    return letter.mail.daily and not letter.delivery.again


def _go_on(letters: Iterable[Letter], found: Sorted, now: dt.datetime) -> None:
    """Those that were gathered before and did not get through leave as they were gathered then.

    All of them, or none yet: part of it under the same Message-ID would hide the other part.
    """
    gathered: dict[int, Envelope] = defaultdict(list)
    for letter in letters:
        if letter.delivery.digest_id is not None:
            gathered[letter.delivery.digest_id].append(letter)
    for digest, envelope in gathered.items():
        rows = [letter.delivery for letter in envelope]
        if Delivery.objects.filter(digest=digest, state__in=UNSENT).count() == len(rows):
            found.envelopes.append(envelope)
        else:
            found.later[now + NEXT_LOOK].extend(rows)


@transaction.atomic
def _take_day(fresh: dict[int, list[Letter]], now: dt.datetime) -> set[int]:
    """Makes today's digest of those readers who have none; returns for whom. Three queries."""
    today = now.astimezone(COPENHAGEN).date()
    token = get_random_string(32)
    Digest.objects.bulk_create(
        (
            Digest(
                organisation_id=some[0].delivery.organisation_id,
                recipient_id=reader,
                day=today,
                taken_by=token,
            )
            for reader, some in sorted(fresh.items())
        ),
        ignore_conflicts=True,
    )
    ours = Digest.objects.filter(recipient__in=fresh, day=today, taken_by=token)
    taken = dict(ours.values_list("recipient", "pk"))
    rows = [letter.delivery for reader in taken for letter in fresh[reader]]
    of_reader = Digest.objects.filter(recipient=OuterRef("recipient"), day=today, taken_by=token)
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
        digest=Subquery(of_reader.values("pk")[:1])
    )
    for row in rows:
        row.digest_id = taken[row.recipient_id or 0]
    return set(taken)
