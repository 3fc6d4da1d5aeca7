"""The mail server is down for an hour; a real one is back afterwards (row K7, issue 5)."""

import datetime as dt
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from musling.foundation import clock
from musling.mail import outbox
from musling.mail.models import Delivery, State
from musling.mail.queries import told_to, undelivered
from tests.cli.installation import free_port
from tests.mail.post import Post, next_day, set_clock, working_hours
from tests.mail.post_office import Counting, post_office

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
TALKS = 15


@pytest.fixture
def port(settings: Settings) -> Iterator[int]:
    """A port at which the mail server should be."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    working_hours()
    yield settings.EMAIL_PORT
    clock.reset()


def looks(minutes: int) -> None:
    """So much time passes, in which the job looks every minute."""
    start = clock.now()
    for minute in range(1, minutes + 1):
        set_clock(start + minute * MINUTE)
        outbox.deliver()


def test_an_hour_without_a_mail_server_loses_doubles_and_blames_nothing(port: int) -> None:
    post = Post()
    hr = post.work.hr()
    for _talk in range(TALKS):
        post.book(post.new_talk())
    outbox.deliver()
    begun = clock.now()
    looks(60)
    rows = list(Delivery.objects.exclude(state=State.NOT_NEEDED))
    assert len(rows) == 2 * TALKS
    # By the plan: at once, and after 1, 5 and 30 minutes.
    assert {(row.state, row.attempts) for row in rows} == {(State.FAILED, 4)}
    assert {row.refused_at for row in rows} == {""}
    assert not undelivered(hr).exists(), "HR is told that mails did not arrive"
    assert {one.state for one in told_to(hr, profile=post.signe.profile.public_id)} == {"failed"}
    with post_office(port) as counting:
        looks(120)
        assert clock.now() - begun <= dt.timedelta(hours=3, seconds=1)
        looks(10)
    sent_once(counting, rows)


def sent_once(counting: Counting, rows: list[Delivery]) -> None:
    """Every mail came, once."""
    assert set(Delivery.objects.filter(pk__in=[row.pk for row in rows]).values_list("state")) == {
        (State.SENT,)
    }
    assert counting.again() == 0
    ids = {message_id for _to, message_id in counting.taken}
    assert ids == set(Delivery.objects.exclude(message_id="").values_list("message_id", flat=True))
    assert set(counting.ids()) == {"signe@havneby.example", "lars@havneby.example"}


def test_a_server_that_hangs_up_is_no_fault_of_an_address(port: int) -> None:
    post = Post()
    hr = post.work.hr()
    post.book()
    counting = Counting()

    async def hang_up(server, _session, _envelope):
        server.transport.abort()
        return "250 OK"

    counting.handle_DATA = hang_up  # type: ignore[method-assign]
    with post_office(port, counting):
        outbox.deliver()
    assert set(Delivery.objects.values_list("state", "refused_at")) == {(State.FAILED, "")}
    assert not undelivered(hr).exists()


def test_what_is_given_up_in_the_end_is_told(port: int) -> None:
    post = Post()
    hr = post.work.hr()
    post.book(days=60)
    outbox.deliver()
    for _day in range(2 * len(outbox.PAUSES)):  # at ten on each, of which some are days off
        next_day()
        outbox.deliver()
    assert {row.state for row in undelivered(hr)} == {State.GIVEN_UP}
    assert undelivered(hr).count() == 2
