"""What runs by itself, when, and that each of it does what it is there for."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from musling.activity.models import Activity
from musling.conversations.models import Agreement
from musling.foundation import clock
from musling.identity.models import HeldPost
from musling.mail.models import Delivery
from musling.people.models import Activation, Person
from musling.schedule import cleaning, reminding
from musling.schedule.jobs import JOBS, Job
from musling.vault import keyring, keys
from musling.vault.models import Key
from musling.work.models import Run
from musling.work.runs import carry_out
from tests.mail.post import Post
from tests.people.workplace import Workplace

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _right_clock() -> Iterator[None]:
    """Nobody's clock is moved before or after."""
    clock.reset()
    yield
    clock.reset()


def test_names_are_unique() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)


def test_every_job_of_the_list_runs_on_an_empty_installation() -> None:
    if not keyring.numbers():
        keyring.begin()
    for job in JOBS:
        job.function()


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-03-10T02:59+01:00", "2026-03-10T03:00+01:00"),
        ("2026-03-10T03:00+01:00", "2026-03-11T03:00+01:00"),
        ("2026-03-10T23:30+00:00", "2026-03-11T03:00+01:00"),
        # Summer time begins and ends at night; three o'clock is three o'clock.
        ("2026-03-28T12:00+01:00", "2026-03-29T03:00+02:00"),
        ("2026-10-24T12:00+02:00", "2026-10-25T03:00+01:00"),
    ],
)
def test_a_nightly_job_keeps_to_its_hour_in_denmark(now: str, then: str) -> None:
    job = Job("nightly", lambda: None, dt.timedelta(days=1), hour=3)
    assert job.next_after(dt.datetime.fromisoformat(now)) == dt.datetime.fromisoformat(then)


def agreement(post: Post, days: int) -> Agreement:
    """An open agreement of a talk that was held, due in so many days."""
    post.talk.held_at = clock.now()
    post.talk.save()
    return Agreement.objects.create(
        organisation=post.work.organisation,
        conversation=post.talk,
        origin=post.talk,
        due_on=clock.today() + dt.timedelta(days=days),
    )


def test_agreements_that_fall_due_within_a_week_are_noted_once_everywhere() -> None:
    here, there = Post(), Post(Workplace("sandvig"))
    due = {agreement(here, 3).pk, agreement(there, 7).pk}
    agreement(here, 8)
    assert reminding.remind_of_agreements() == 2
    assert reminding.remind_of_agreements() == 0
    noted = Activity.objects.filter(verb="agreement.due")
    assert set(noted.values_list("object_id", flat=True)) == due
    assert set(noted.values_list("actor_id", flat=True)) == {None}


def test_reminders_cost_the_same_for_one_and_for_thirty() -> None:
    def cost(many: int) -> int:
        post = Post(Workplace(f"place{many}"))
        for _one in range(many):
            agreement(post, 3)
        with CaptureQueriesContext(connection) as queries:
            assert reminding._remind_in(post.work.organisation.pk) == many
        return len(queries)

    assert cost(1) == cost(30)


def function_of(name: str) -> Callable[[], object]:
    """What the job of that name does."""
    (job,) = [job for job in JOBS if job.name == name]
    return job.function


def held_post(person: Person, age: dt.timedelta) -> Key:
    """A post that was held so long ago."""
    key = keys.new_key(organisation_id=None, purpose="held post")
    HeldPost.objects.create(person=person, key=key, made_at=clock.now() - age)
    return key


def test_posts_that_nobody_fetched_are_destroyed_with_their_keys() -> None:
    if not keyring.numbers():
        keyring.begin()
    person = Person.objects.create_user("signe@havneby.example")
    late = held_post(person, dt.timedelta(minutes=31))
    in_time = held_post(person, dt.timedelta(minutes=29))
    assert function_of("destroy-held-posts")() == 1
    assert list(HeldPost.objects.values_list("key_id", flat=True)) == [in_time.pk]
    late.refresh_from_db()
    assert late.destroyed_at
    assert bytes(late.wrapped) == b""


def test_ended_sessions_go_and_others_stay() -> None:
    for ends in (-1, 60):
        session = SessionStore()
        session["is"] = "there"
        session.set_expiry(dt.timedelta(minutes=ends))
        session.save()
    cleaning.clean_up()
    assert Session.objects.count() == 1


def test_tasks_that_ended_long_ago_go_and_their_arguments_with_them() -> None:
    carry_out.enqueue("abc")
    DBTaskResult.objects.update(status="SUCCESSFUL", finished_at=clock.now())
    cleaning.clean_up()
    assert DBTaskResult.objects.count() == 1
    clock.move(dt.timedelta(days=15))
    cleaning.clean_up()
    assert DBTaskResult.objects.count() == 0


def test_runs_codes_and_deliveries_go_in_their_time() -> None:
    now = clock.now()
    workplace = Workplace()
    whose = workplace.profile("Lars")
    Run.objects.create(name="import", made_at=now, ended_at=now)
    Run.objects.create(name="import", made_at=now)  # never ended: it may go on
    place: dict[str, Any] = {"organisation": workplace.organisation}
    Activation.objects.create(
        profile=whose, how="slip", code_hash="x", made_at=now, expires_at=now, **place
    )
    Delivery.objects.create(activity_id=1, recipient=whose, made_at=now, **place)

    def left() -> tuple[int, int, int]:
        cleaning.clean_up()
        return Run.objects.count(), Activation.objects.count(), Delivery.objects.count()

    assert left() == (2, 1, 1)
    clock.move(dt.timedelta(days=91))
    assert left() == (1, 1, 1)
    clock.move(dt.timedelta(days=275))
    assert left() == (1, 0, 1)
    clock.move(dt.timedelta(days=5 * 366 - 366))
    assert left() == (1, 0, 1)
    clock.move(dt.timedelta(days=32))
    assert left() == (1, 0, 0)


def test_jobs_of_a_day_run_at_night_or_before_work() -> None:
    hours = {job.name: job.hour for job in JOBS if job.every >= dt.timedelta(days=1)}
    assert all(hour is not None and hour < 8 for hour in hours.values())
