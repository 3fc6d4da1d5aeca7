"""From deeds to mails: find what was not told yet, and tell it.

The log itself is the outbox, so a deed and its mail cannot part: whoever does something writes
nothing here. Deeds without a delivery are found by their absence, not by "id greater than the
last", because a slow transaction commits a lower id later.

A mail is sent at least once. The delivery is marked before (``sending``, with a lease) and after
(``sent``), each committed by itself; a crash between the server's "yes" and our second mark is the
one place where a mail goes out twice, and then with the same Message-ID, so that mailboxes keep
one. The other choice, at most once, would lose the invitation to somebody's talk without a trace.

When a mail may leave, and with which others, says ``gathering``.
"""

import datetime as dt
import logging
import time
from collections.abc import Sequence

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import (
    Case,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    PositiveSmallIntegerField,
    QuerySet,
    When,
)

from musling.activity.chain import SLOWEST_TRANSACTION
from musling.activity.models import Activity
from musling.foundation import bulk, clock
from musling.foundation.among import Among
from musling.foundation.public_ids import new_public_ids
from musling.mail import failures, marking
from musling.mail.addresses import address_for, addresses, fingerprint
from musling.mail.catalogue import CATALOGUE, Mail, find
from musling.mail.choices import NOTHING_CHOSEN, Chosen, chosen
from musling.mail.gathering import Envelope, sort
from musling.mail.hours import next_morning, next_open
from musling.mail.letters import Letter, Overtaken, compose, compose_digest, message_id
from musling.mail.matters import Matter, matters
from musling.mail.models import UNSENT, Delivery, Planned, State
from musling.mail.rows import Deed, Due, Reader, read, read_due, read_readers
from musling.people.models import Profile

BATCH = 2000  # deeds looked at in one go
LOAD = 500  # mails taken at once by one worker
LEASE = dt.timedelta(minutes=5)
SECONDS_A_PASS = 20  # then other jobs have their turn
PAUSES = tuple(
    dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, *(720 for _half_day in range(6)))
)  # about three days in all
log = logging.getLogger("musling.mail")


def deliver() -> int:
    """Plans what is new and sends what is due, for about 20 seconds; returns how many went out."""
    plan()
    until = time.monotonic() + SECONDS_A_PASS
    sent = 0
    with marking.marks() as mark:
        while time.monotonic() < until:
            went, took = _send_some(until, mark)
            sent += went
            if took < LOAD:
                break
    return sent


# --- planning --------------------------------------------------------------------------------


def plan() -> int:
    """Makes the deliveries of every deed that has none; returns how many.

    Safe to run in several workers at once and to be cut off anywhere.
    """
    begun = clock.now()
    made = last = 0
    while found := list(read(Deed, _untold().filter(pk__gt=last)[:BATCH])):
        made += _plan(found)
        last = found[-1].pk  # what commits below it in the meantime is found at the next look
    _move_mark(begun)
    return made


def pass_over() -> None:
    """Tells nobody what was done up to now: for demo data and benches."""
    Planned.objects.update_or_create(pk=1, defaults={"until": clock.now()})


def _untold() -> QuerySet[Activity]:
    told = Delivery.objects.filter(activity_id=OuterRef("pk"))
    deeds = Activity.objects.filter(
        ~Exists(told), verb__in=CATALOGUE, organisation_id__isnull=False
    )
    mark = Planned.objects.filter(pk=1).first()
    if mark:
        now = clock.now()
        # A mark that lies ahead was set before the clock was moved back.
        deeds = deeds.filter(at__gte=mark.until if mark.until <= now else now - SLOWEST_TRANSACTION)
    return deeds.order_by("pk")


def _plan(found: list[Deed]) -> int:
    everything = [(matter, _mails(matter)) for matter in matters(found)]
    wanted = {pk for _matter, mails in everything for pk in mails}
    profiles = Profile.objects.filter(Among("pk", wanted))
    there = set(profiles.values_list("pk", flat=True)) if wanted else set()
    choices = dict.fromkeys(there, NOTHING_CHOSEN) | chosen(there)
    now = clock.now()
    rows = [row for matter, mails in everything for row in _deliveries(matter, mails, choices, now)]
    ids = new_public_ids(len(rows))
    # Another worker may be at the same deeds: whoever comes first makes the row.
    bulk.insert(
        Delivery,
        ("public_id", "made_at", *DELIVERY),
        ((public_id, now, *row) for public_id, row in zip(ids, rows, strict=True)),
        unless_there=True,
    )
    return len(rows)


def _mails(matter: Matter) -> dict[int, Mail]:
    """Who gets which mail of the deed: one each, the first that fits."""
    mails: dict[int, Mail] = {}
    for mail in CATALOGUE[matter.activity.verb]:
        for profile in mail.to(matter):
            mails.setdefault(profile, mail)
    return mails


DELIVERY = ("activity_id", "organisation_id", "recipient_id", "mail", "state", "next_try_at")
Row = tuple[int, int | None, int | None, str, str, dt.datetime | None]


def _deliveries(
    matter: Matter, mails: dict[int, Mail], choices: dict[int, Chosen], now: dt.datetime
) -> list[Row]:
    """The rows of one deed, in the order of ``DELIVERY``."""
    deed = matter.activity
    rows: list[Row] = []
    for pk, mail in mails.items():
        if pk in choices:
            state, first = _first_state(matter, mail, choices[pk], now)
            rows.append((deed.pk, deed.organisation_id, pk, mail.name, state, first))
    return rows or [(deed.pk, deed.organisation_id, None, "", State.NOT_NEEDED, None)]


def _first_state(
    matter: Matter, mail: Mail, choice: Chosen, now: dt.datetime
) -> tuple[str, dt.datetime | None]:
    """Turned down, or waiting until it may leave; whether it still may is looked at again then."""
    if not choice.wants(mail):
        return State.TURNED_DOWN, None
    if mail.urgent(matter):
        return State.WAITING, now
    after = next_morning if mail.daily else next_open
    return State.WAITING, after(now, choice.quiet)


def _move_mark(begun: dt.datetime) -> None:
    """Everything older than the slowest transaction has been looked at.

    The mark never goes back, except with a clock that was moved back.
    """
    until = begun - SLOWEST_TRANSACTION
    mark = Planned.objects.filter(pk=1).first()
    if mark is None:
        Planned.objects.get_or_create(pk=1, defaults={"until": until})
    elif until - mark.until > dt.timedelta(minutes=10) or mark.until > begun:
        Planned.objects.filter(pk=1).update(until=until)


# --- sending ---------------------------------------------------------------------------------


def _send_some(until: float, mark: marking.Mark = marking.mark_sent) -> tuple[int, int]:
    """Takes some mails that are due and sends them; returns how many went out, and were taken."""
    taken = _take()
    if not taken:
        return 0, 0
    envelopes = _to_send_now(_letters(taken))
    if not envelopes:
        return 0, len(taken)
    server = get_connection()
    try:
        server.open()
    except Exception as error:  # noqa: BLE001  (whatever the server or the network says)
        for envelope in envelopes:
            _mark_failed(envelope, error, reached=False)
        return 0, 0  # ends this pass: the next mail would fare no better
    try:
        return _send_all(server, envelopes, until, mark), len(taken)
    finally:
        server.close()


def _to_send_now(letters: list[Letter]) -> list[Envelope]:
    """What leaves now; the rest is put off, or ends here where it is unwanted."""
    found = sort(letters)
    for moment, rows in found.later.items():
        _held(rows).update(state=State.WAITING, next_try_at=moment)
    if found.unwanted:
        _held(found.unwanted).update(state=State.TURNED_DOWN, next_try_at=None)
    return found.envelopes


def _take() -> list[Due]:
    """Marks some due deliveries as being sent by us, for as long as the lease lasts.

    Whatever else is due for the same people comes along: it may leave in one mail.
    """
    now = clock.now()
    free = Delivery.objects.select_for_update(skip_locked=True).filter(
        state__in=UNSENT, next_try_at__lte=now
    )
    with transaction.atomic():
        due = read_due(free.order_by("next_try_at", "pk")[:LOAD])
        if due:
            same = Among("recipient_id", {row.recipient_id or 0 for row in due})
            more = free.filter(same).exclude(Among("pk", [row.pk for row in due]))
            due.extend(read_due(more.order_by("pk")))
            _mark_taken(due, now)
    return [row for row in due if row.state == State.SENDING]


def _mark_taken(due: list[Due], now: dt.datetime) -> None:
    """Ours until the lease ends; given up where too many workers died over it. Two statements."""
    for row in due:
        # Whoever held it died over it: that counts, or one mail could end worker after worker.
        row.attempts += row.state == State.SENDING
        row.state, row.next_try_at = State.SENDING, now + LEASE
        if row.attempts > len(PAUSES):
            row.state, row.next_try_at = State.GIVEN_UP, None
    once_more = ExpressionWrapper(F("attempts") + 1, PositiveSmallIntegerField())
    died = Case(When(state=State.SENDING, then=once_more), default=F("attempts"))
    for state, problem in ((State.SENDING, ""), (State.GIVEN_UP, "interrupted")):
        rows = [row for row in due if row.state == state]
        if rows:
            Delivery.objects.filter(Among("pk", [row.pk for row in rows])).update(
                state=state, attempts=died, next_try_at=rows[0].next_try_at, problem=problem
            )


def _letters(taken: Sequence[Due]) -> list[Letter]:
    """What the mails are made from, loaded with a fixed number of queries.

    What needs no mail any more, or has no address, ends here.
    """
    deeds = Activity.objects.filter(Among("pk", {row.activity_id for row in taken}))
    about = {matter.activity.pk: matter for matter in matters(read(Deed, deeds))}
    people = read_readers({row.recipient_id for row in taken if row.recipient_id})
    where = addresses(people.values())
    letters = []
    ended: dict[str, list[Due]] = {State.OVERTAKEN: [], State.NOBODY: []}
    for row in taken:
        reader = people[row.recipient_id or 0]
        matter = about[row.activity_id]
        mail = find(matter.activity.verb, row.mail)
        if mail is None or not _still_so(mail, matter, reader):
            ended[State.OVERTAKEN].append(row)
        elif not (address := address_for(mail, reader, where)):
            ended[State.NOBODY].append(row)
        else:
            letters.append(Letter(row, mail, matter, reader, address))
    for state, rows in ended.items():
        if rows:
            _held(rows).update(state=state, problem="")
    return letters


def _still_so(mail: Mail, matter: Matter, reader: Reader) -> bool:
    here = reader.disabled_at is None and reader.pk in mail.to(matter)
    return here and mail.still(matter)


def _send_all(
    server: BaseEmailBackend, envelopes: list[Envelope], until: float, mark: marking.Mark
) -> int:
    """Returns how many mails went out."""
    sent = 0
    for place, envelope in enumerate(envelopes):
        if time.monotonic() >= until:
            _give_back([letter.delivery for left in envelopes[place:] for letter in left])
            break
        sent += _send(server, envelope, mark)
    return sent


def _send(server: BaseEmailBackend, envelope: Envelope, mark: marking.Mark) -> bool:
    """Sends one mail and marks what came of it, at once."""
    rows = _rows(envelope)
    try:
        message = _message(envelope)
        _hand_over(server, message)
    except Overtaken:
        _held(rows).update(state=State.OVERTAKEN, problem="")
        return False
    except Exception as error:  # noqa: BLE001  (whatever happens to one mail, the others go out)
        if not failures.is_of_server(error):
            # Not the traceback: the words of an error could hold an address.
            log.error(  # noqa: TRY400
                "delivery %s: %s", rows[0].public_id, failures.place(error)
            )
        _mark_failed(envelope, error)
        server.close()  # the next mail begins a new conversation with the server
        return False
    mark(rows, message.extra_headers["Message-ID"])
    return True


def _rows(envelope: Envelope) -> list[Due]:
    return [letter.delivery for letter in envelope]


def _message(envelope: Envelope) -> EmailMessage:
    return compose(envelope[0]) if len(envelope) == 1 else compose_digest(envelope)


def _hand_over(server: BaseEmailBackend, message: EmailMessage) -> None:
    server.open()  # again where a mail before failed; a server that is open already stays so
    if not server.send_messages([message]):
        raise failures.NotTaken


def _mark_failed(envelope: Envelope, error: Exception, *, reached: bool = True) -> None:
    """Tries again after a growing pause.

    Gives up after three days, or at once where the server says that there is no such address. What
    did not get as far as to a server's answer is no matter of its address.
    """
    reached = reached and not failures.is_on_the_way(error)
    rows = _rows(envelope)
    # Of what leaves as one, the one that was tried least counts.
    attempts = min(row.attempts for row in rows) + 1
    over = failures.is_final(error) or attempts > len(PAUSES)
    _held(rows).update(
        state=State.GIVEN_UP if over else State.FAILED,
        attempts=attempts,
        next_try_at=None if over else clock.now() + PAUSES[attempts - 1],
        problem=failures.words(error),
        message_id=message_id(rows[0]),
        refused_at=fingerprint(envelope[0].address) if reached else "",
    )


def _give_back(rows: Sequence[Due]) -> None:
    _held(rows).update(state=State.WAITING, next_try_at=clock.now())


def _held(rows: Sequence[Due]) -> QuerySet[Delivery]:
    """The rows, as far as our lease on them still holds: else somebody else has taken them up."""
    return Delivery.objects.filter(
        Among("pk", [row.pk for row in rows]),
        state=State.SENDING,
        next_try_at=rows[0].next_try_at,
    )
