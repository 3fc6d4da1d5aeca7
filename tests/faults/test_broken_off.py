"""What breaks off a step of long work: where, how often, and when somebody takes it up."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from musling.foundation import clock
from musling.people.import_folder import PEOPLE, ImportFolder
from musling.people.import_runs import start_import
from musling.people.models import Employment
from musling.rounds.actions import opening
from musling.schedule import cleaning
from musling.schedule.jobs import JOBS
from musling.schedule.loop import SECONDS_BETWEEN_TICKS, tick
from musling.work import runs
from musling.work.models import Run
from tests.cast import Cast
from tests.rounds.planned import planned, worked

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = dt.timedelta(seconds=1)
ALL_IN = "employment_id;person_id;first_name;unit_id\ne1;p1;Åse;2\n"


class Killed(BaseException):
    """The process is gone: nothing may catch this."""


@pytest.fixture(autouse=True)
def _right_clock() -> Iterator[None]:
    clock.reset()
    yield
    clock.reset()


def job(name: str) -> Any:
    """The job of that name."""
    return next(one for one in JOBS if one.name == name)


def test_what_a_dead_worker_left_is_taken_up_within_a_minute() -> None:
    sweeping, mail = job("take-up-work"), job("deliver-mail")
    a_mail_pass = dt.timedelta(seconds=20)  # which the same thread may be at
    ticks = SECONDS_BETWEEN_TICKS * SECOND
    worst = runs.LEASE + sweeping.every + ticks + a_mail_pass
    assert worst < dt.timedelta(minutes=1)
    # Also where the dead one was just sweeping, or where it held the mails of all.
    assert sweeping.lease <= sweeping.every
    assert mail.lease <= dt.timedelta(minutes=1)


def test_the_turn_of_a_worker_that_died_over_the_mails_is_anothers_within_a_minute() -> None:
    mail = job("deliver-mail")

    def dies() -> None:
        raise Killed

    dying = type(mail)(mail.name, dies, mail.every, lease=mail.lease)
    with pytest.raises(Killed):
        tick([dying])
    assert tick([mail]) == []
    clock.move(60 * SECOND)
    assert tick([mail]) == ["deliver-mail"]


def steps(monkeypatch: pytest.MonkeyPatch, *outcomes: Exception | bool) -> list[int]:
    """A step that ends so, one time after the other; what is done is counted."""
    left, done = list(outcomes), []

    def step(run: Run) -> bool:
        outcome = left.pop(0)
        run.cursor = {"n": run.cursor.get("n", 0) + 1}
        if isinstance(outcome, Exception):
            raise outcome
        done.append(run.cursor["n"])
        return outcome

    monkeypatch.setitem(runs.STEPS, "test.steps", step)
    return done


def begin() -> Run:
    """A run of these steps, just begun."""
    with transaction.atomic():
        return runs.start("test.steps")


def test_a_step_that_the_database_breaks_off_is_tried_again_from_its_cursor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = steps(monkeypatch, True, OperationalError("deadlock"), OperationalError("full"), False)
    run = begin()
    runs.carry_out.func(run.public_id)
    run.refresh_from_db()
    assert (run.state, run.tries, run.cursor, done) == ("running", 1, {"n": 1}, [1])
    assert runs.sweep() == 0, "at once again"
    for pause in (1, 2):
        clock.move(pause * runs.LEASE + SECOND)
        assert runs.sweep() == 1
        runs.carry_out.func(run.public_id)
    run.refresh_from_db()
    assert (run.state, run.tries, run.problem, done) == ("done", 0, "", [1, 2])


def test_a_step_that_the_database_always_breaks_off_fails_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps(monkeypatch, *[OperationalError("full")] * runs.MOST_TRIES)
    run = begin()
    begun = clock.now()
    for _try in range(runs.MOST_TRIES):
        assert run.state != Run.State.FAILED
        runs.carry_out.func(run.public_id)
        run.refresh_from_db()
        clock.move(runs.LONGEST_PAUSE)
    assert run.state == Run.State.FAILED
    assert run.problem == "OperationalError"
    assert clock.now() - begun > dt.timedelta(hours=2)


def test_a_run_that_failed_goes_on_from_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    done = steps(monkeypatch, True, ValueError("a fault of ours"), False)
    run = begin()
    runs.carry_out.func(run.public_id)
    run.refresh_from_db()
    assert (run.state, run.cursor, run.problem) == ("failed", {"n": 1}, "ValueError")
    runs.again(run)
    runs.carry_out.func(run.public_id)
    run.refresh_from_db()
    assert (run.state, run.problem, done) == ("done", "", [1, 2])


def test_what_waits_is_put_into_the_queue_once_a_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    steps(monkeypatch, False)
    begin()
    queued = DBTaskResult.objects.count()
    clock.move(runs.LEASE + SECOND)
    assert runs.sweep() == 1
    assert runs.sweep() == 0
    assert DBTaskResult.objects.count() == queued + 1


def test_an_opening_that_failed_goes_on_when_it_is_opened_again_or_in_the_night(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = planned(cast)
    opening.open_round(cast.hr.actor, public_id=row.public_id)
    real = opening.take_in

    def fails(*_args: Any) -> int:
        raise RuntimeError

    for again in (
        lambda: opening.open_round(cast.hr.actor, public_id=row.public_id),
        opening.look_at_all,
    ):
        monkeypatch.setattr(opening, "take_in", fails)
        worked()
        assert Run.objects.get(name=opening.OPEN).state == "failed"
        monkeypatch.setattr(opening, "take_in", real)
        again()
        assert Run.objects.get(name=opening.OPEN).state == "waiting"
    worked()
    row.refresh_from_db()
    assert (row.state, Run.objects.filter(name=opening.OPEN).count()) == ("open", 1)


def test_an_import_that_dies_before_its_commit_still_finds_its_files(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ImportFolder.make()
    folder.keep(PEOPLE, "liste.csv", [ALL_IN.encode()])
    with transaction.atomic():
        run = start_import(cast.hr.actor, folder, allow_ending=True)
    with monkeypatch.context() as patch:
        patch.setattr(Run, "save", dies)
        with pytest.raises(Killed):
            runs.carry_out.func(run.public_id)
    assert not Employment.objects.filter(number="e1").exists()
    runs.carry_out.func(run.public_id)
    run.refresh_from_db()
    assert run.state == "done"
    assert "refused" not in run.result
    assert Employment.objects.filter(number="e1").exists()
    assert not (folder.path / PEOPLE).exists()


def dies(*_args: Any, **_named: Any) -> None:
    """Takes the process with it."""
    raise Killed


def test_tasks_of_dead_workers_are_forgotten_when_the_others_are() -> None:
    steps_are = begin_unknown()
    DBTaskResult.objects.update(status="RUNNING", started_at=timezone.now())  # noqa: TID251
    cleaning.clean_up()
    assert DBTaskResult.objects.count() == steps_are
    long_ago = timezone.now() - cleaning.TASKS_ARE_KEPT - SECOND  # noqa: TID251
    DBTaskResult.objects.update(started_at=long_ago)
    cleaning.clean_up()
    assert DBTaskResult.objects.count() == 0


def begin_unknown() -> int:
    """A run that nobody is at; how many tasks are in the queue for it."""
    begin()
    return DBTaskResult.objects.count()


def test_postgresql_is_told_to_notice_machines_that_are_gone() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no machines")
    options = connection.settings_dict["OPTIONS"]
    told = "-ctcp_keepalives_idle=15 -ctcp_keepalives_interval=5 -ctcp_keepalives_count=3"
    assert options["options"] == told
    assert (options["keepalives_idle"], options["connect_timeout"]) == ("15", "10")
    with connection.cursor() as cursor:  # over a socket of this machine they have no meaning
        cursor.execute("SELECT source FROM pg_settings WHERE name = 'tcp_keepalives_idle'")
        assert cursor.fetchone() == ("client",)
