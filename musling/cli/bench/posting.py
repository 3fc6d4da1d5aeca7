"""Sends as many invitations as asked, and the same bytes by smtplib alone: ``mail.json``.

Run in a process of its own, with the settings of that database:
``python -m musling.cli.bench.posting SIZE ROUNDS``.
"""

import json
import resource
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parseaddr
from pathlib import Path
from statistics import median
from typing import Any

import django

HOST = "127.0.0.1"


def main() -> None:
    """Measures so many rounds of both and writes the medians."""
    django.setup()
    from django.conf import settings

    from musling.cli.bench.mailing import MEASURED
    from musling.cli.output import note

    size, rounds = int(sys.argv[1]), int(sys.argv[2])
    ours: list[float] = []
    bare: list[float] = []
    cpu: list[float] = []
    bare_cpu: list[float] = []
    queries, rss = 0, 0.0
    from django.urls import get_resolver

    # As in a worker that has sent a mail before.
    get_resolver()._populate()  # noqa: SLF001 (Django's own name)
    with _post_office() as port:
        _send_there(port)
        talks = _offered(size)
        for _round in range(rounds):
            _note(talks)
            before = time.process_time()
            seconds, queries = _deliver(size)
            cpu.append(time.process_time() - before)
            ours.append(seconds)
            rss = rss or _rss()
            messages = _messages(size)
            before = time.process_time()
            bare.append(_bare(port, messages))
            bare_cpu.append(time.process_time() - before)
            note(f"  {size} mails {ours[-1]:.2f} s, smtplib {bare[-1]:.2f} s")
    mine, theirs = median(ours), median(bare)
    document = {
        "seconds": round(mine, 2),
        "reference_seconds": round(theirs, 2),
        "ratio": round(median(o / b for o, b in zip(ours, bare, strict=True)), 2),
        "peak_rss_mb": rss,
        "queries": queries,
        # Of the sending process alone: says more where other work shares the machine.
        "cpu_seconds": round(median(cpu), 2),
        "reference_cpu_seconds": round(median(bare_cpu), 2),
    }
    (Path(settings.MUSLING_VAR) / MEASURED).write_text(json.dumps(document))


@contextmanager
def _post_office() -> Iterator[int]:
    """The server, in a process of its own; its port."""
    command = [sys.executable, "-m", "musling.cli.bench.post_office"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        try:
            yield int(server.stdout.readline()) if server.stdout else 0
        finally:
            server.terminate()


def _send_there(port: int) -> None:
    from django.conf import settings

    settings.EMAIL_BACKEND = "musling.mail.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


def _offered(size: int) -> list[tuple[int, int, int]]:
    """So many talks of different people as if they had just been offered: talk, offer, employee."""
    import datetime as dt

    from musling.conversations.models import Conversation, Offer, Part, Participant, State
    from musling.foundation import clock

    people = Participant.objects.filter(
        part=Part.EMPLOYEE, conversation__year=clock.today().year, ended_at=None
    ).exclude(profile__email="")
    rows = list(
        people.order_by("profile", "conversation")
        .distinct("profile")
        .values_list("conversation", "profile")[:size]
    )
    if len(rows) < size:
        raise SystemExit(f"There are {len(rows)} people with a talk of this year, not {size}.")
    talks = [talk for talk, _profile in rows]
    Conversation.objects.filter(pk__in=talks).update(state=State.OFFERED)
    times = [(clock.now() + dt.timedelta(days=days)).isoformat() for days in (7, 8)]
    Offer.objects.filter(conversation__in=talks).update(times=times, answer=Offer.Answer.NONE)
    offers = dict(Offer.objects.filter(conversation__in=talks).values_list("conversation", "pk"))
    return [(talk, offers[talk], profile) for talk, profile in rows]


def _note(talks: list[tuple[int, int, int]]) -> None:
    """Forgets what was told, and notes the offers anew."""
    from musling.activity import log
    from musling.foundation.actor import program
    from musling.mail import outbox
    from musling.mail.models import Delivery
    from musling.organisations.models import Organisation

    Delivery.objects.all().delete()
    outbox.pass_over()
    time.sleep(0.01)  # what is noted now is later than what is passed over
    actor = program(Organisation.objects.get(slug="bench").pk)
    log.note_each(
        actor,
        "conversation.offered",
        [(talk, profile, {"offer": offer}) for talk, offer, profile in talks],
    )


def _deliver(size: int) -> tuple[float, int]:
    """Seconds and queries until all is sent; the marks go past Django and are one each."""
    from django.db import connection

    from musling.mail import outbox

    queries = 0

    def count(execute: Any, *given: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*given)

    sent = 0
    begun = time.perf_counter()
    with connection.execute_wrapper(count):
        while went := outbox.deliver():
            sent += went
    seconds = time.perf_counter() - begun
    if sent != size:
        raise SystemExit(f"{sent} mails were sent, not {size}.")
    return seconds, queries + sent


def _messages(size: int) -> list[tuple[str, bytes]]:
    """The mails that were just sent, as they went over the wire: to whom, and the bytes."""
    from musling.mail import outbox
    from musling.mail.letters import compose
    from musling.mail.models import Delivery
    from musling.mail.rows import read_due

    found = []
    rows = read_due(Delivery.objects.order_by("pk"))
    for start in range(0, size, 500):
        for letter in outbox._letters(rows[start : start + 500]):  # noqa: SLF001 (what it sends)
            message = compose(letter).message()
            content: bytes = message.as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's
            found.append((letter.address, content))
    return found


def _bare(port: int, messages: list[tuple[str, bytes]]) -> float:
    from django.conf import settings

    _name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    begun = time.perf_counter()
    with smtplib.SMTP(HOST, port) as server:
        for address, content in messages:
            server.sendmail(sender, [address], content)
    return time.perf_counter() - begun


def _rss() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


if __name__ == "__main__":
    main()
