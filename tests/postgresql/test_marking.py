"""Marks that leave over a connection of their own: each stands by itself, none gets lost."""

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import Settings

from musling.foundation import clock
from musling.mail import marking, outbox
from musling.mail.models import Delivery, State
from musling.mail.rows import Due, read_due
from tests.mail.post import BACKEND, Post, Server, working_hours

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def taken(transactional_db: None, settings: Settings) -> Iterator[list[Due]]:
    """Six mails that a worker holds."""
    settings.EMAIL_BACKEND = BACKEND
    Server.reset()
    working_hours()
    post = Post()
    for _talk in range(3):
        post.book(post.new_talk())
    outbox.plan()
    yield outbox._take()
    clock.reset()


def sent() -> dict[int, str]:
    """The Message-IDs of what is marked."""
    rows = Delivery.objects.filter(state=State.SENT).exclude(sent_at=None)
    return dict(rows.values_list("pk", "message_id"))


def end_of(session: int) -> None:
    """The database ends that session, as an operator may."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [session])


@pytest.mark.parametrize("under_way", [1, 50])
def test_each_mail_is_marked_under_its_id(
    taken: list[Due], monkeypatch: pytest.MonkeyPatch, under_way: int
) -> None:
    monkeypatch.setattr(marking, "UNDER_WAY", under_way)
    with marking.marks() as mark:
        for row in taken:
            mark([row], f"<{row.pk}@x.example>")
    assert sent() == {row.pk: f"<{row.pk}@x.example>" for row in taken}
    assert len(taken) == 6


def test_a_mark_arrives_although_nobody_waits_for_it(taken: list[Due]) -> None:
    beside = marking._Beside()
    beside.mark(taken, "<all@x.example>")
    session = beside.session
    assert session is not None
    session.finish()  # as the system does for a process that was killed
    until = clock.now().timestamp() + 10
    while len(sent()) < len(taken) and clock.now().timestamp() < until:
        pass
    assert len(sent()) == len(taken)


@pytest.mark.parametrize("prepares", [True, False])
def test_what_cannot_be_marked_there_is_marked_over_the_usual_connection(
    taken: list[Due], settings: Settings, prepares: bool
) -> None:
    settings.MUSLING_PREPARE = prepares
    beside = marking._Beside()
    for place, row in enumerate(taken):
        if place == 3:
            assert beside.session is not None
            end_of(beside.session.backend_pid)
        beside.mark([row], f"<{row.pk}@x.example>")
    beside.close()
    assert sent() == {row.pk: f"<{row.pk}@x.example>" for row in taken}


def test_no_second_connection_does_no_harm(
    taken: list[Due], monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = marking._Beside()
    monkeypatch.setitem(beside.database.settings_dict, "USER", "nobody_of_that_name")
    for row in taken:
        beside.mark([row], "<x@x.example>")
    beside.close()
    assert set(sent()) == {row.pk for row in taken}


def test_who_held_a_mail_too_long_marks_nothing(taken: list[Due]) -> None:
    Delivery.objects.filter(pk=taken[0].pk).update(next_try_at=clock.now())
    with marking.marks() as mark:
        mark(taken[:1], "<late@x.example>")
    assert sent() == {}
    (row,) = read_due(Delivery.objects.filter(pk=taken[0].pk))
    assert row.state == State.SENDING
