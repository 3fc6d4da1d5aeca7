"""A worker that dies anywhere on the way loses no mail and doubles none, but for one place.

That place is between the server's "yes" and our mark. There the mail goes out again, with the same
Message-ID, so that mailboxes keep one.
"""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from musling.foundation import clock
from musling.mail import outbox
from musling.mail.models import Delivery, State
from tests.mail.post import Post, Server

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """The process is gone: nothing may catch this."""


@pytest.fixture
def post(transactional_db: None) -> Iterator[Post]:
    """A talk between two people, in transactions that are real."""
    yield Post()
    clock.reset()


def dying(function: Callable[..., Any], when: str, on_call: int) -> Callable[..., Any]:
    """The function, but the process dies before or after that call of it."""
    calls = Counter[str]()

    def run(*args: Any, **kwargs: Any) -> Any:
        calls["all"] += 1
        if calls["all"] == on_call and when == "before":
            raise Killed
        result = function(*args, **kwargs)
        if calls["all"] == on_call and when == "after":
            raise Killed
        return result

    return run


STEPS = ["plan", "_plan", "_deliveries", "_move_mark", "_take", "_letters", "_send", "compose"]


def go_on_until_done() -> None:
    """Other workers come, now and after the lease of the dead one."""
    for _worker in range(4):
        outbox.deliver()
        clock.move(outbox.LEASE + dt.timedelta(seconds=1))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("on_call", [1, 2])
@pytest.mark.parametrize("step", STEPS)
def test_dying_at_any_step_loses_and_doubles_nothing(
    post: Post, monkeypatch: pytest.MonkeyPatch, step: str, when: str, on_call: int
) -> None:
    post.book()
    post.book(post.new_talk())
    with monkeypatch.context() as patch:
        patch.setattr(outbox, step, dying(getattr(outbox, step), when, on_call))
        try:
            outbox.deliver()
        except Killed:
            died = True
        else:
            died = False
    assert died == (on_call == 1 or step in CALLED_TWICE)
    go_on_until_done()
    assert Counter(message.to[0] for message in Server.taken) == {
        "signe@havneby.example": 2,
        "lars@havneby.example": 2,
    }
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}


CALLED_TWICE = {"_deliveries", "_send", "compose"}


def test_dying_between_the_servers_yes_and_our_mark_repeats_that_one_mail_under_its_id(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.book()
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_hand_over", dying(outbox._hand_over, "after", 1))
        with pytest.raises(Killed):
            outbox.deliver()
    assert len(Server.taken) == 1
    outbox.deliver()
    assert len(Server.taken) == 1, "taken up although the lease still holds"
    go_on_until_done()
    seen = Counter(message.extra_headers["Message-ID"] for message in Server.taken)
    assert sorted(seen.values()) == [1, 2]
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}


def test_a_mail_that_kills_its_worker_is_given_up_in_the_end(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.note("paper.confirmed")
    monkeypatch.setattr(outbox, "compose", dying_always)
    for _worker in range(len(outbox.PAUSES) + 2):
        try:
            outbox.deliver()
        except Killed:
            clock.move(outbox.LEASE + dt.timedelta(seconds=1))
    assert Delivery.objects.get().state == State.GIVEN_UP


def dying_always(*_args: Any) -> None:
    """Takes the process with it."""
    raise Killed


def test_several_workers_at_once_send_each_mail_once(post: Post) -> None:
    for _talk in range(30):
        post.book(post.new_talk())
    problems: list[BaseException] = []

    def work() -> None:
        try:
            outbox.deliver()
        except BaseException as problem:  # noqa: BLE001  (told to the test)
            problems.append(problem)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    outbox.deliver()
    assert problems == []
    seen = Counter(message.extra_headers["Message-ID"] for message in Server.taken)
    assert len(seen) == 60
    assert set(seen.values()) == {1}


def test_who_held_a_mail_too_long_does_not_undo_what_another_did(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.note("paper.confirmed")
    outbox.plan()
    (held,) = outbox._letters(outbox._take())
    clock.move(outbox.LEASE + dt.timedelta(seconds=1))
    outbox.deliver()
    outbox._mark_failed([held], OSError("too late"))
    assert Delivery.objects.get().state == State.SENT


def test_what_was_not_reached_in_time_is_given_back_at_once(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.book()
    outbox.plan()
    assert outbox._send_some(until=0) == (0, 2)
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.WAITING}
    outbox.deliver()
    assert len(Server.taken) == 2
