"""The chain of the log: it links what there is, and names what somebody did to it afterwards."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musling.activity import chain, expiring, heads
from musling.activity.chain import as_ranges, link, merged
from musling.activity.models import Activity, Batch, Reading
from musling.activity.verifying import Fault, verify
from musling.cli.main import main
from musling.foundation import clock
from musling.schedule.jobs import JOBS
from tests.conftest import as_owner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_ledger(settings, tmp_path):
    settings.MUSLING_LEDGER = tmp_path / "ledger"
    return tmp_path


def deed(verb: str = "talk.offered", at: dt.datetime | None = None) -> Activity:
    return Activity.objects.create(
        organisation_id=1, at=at or clock.now(), actor_id=3, person_id=4, verb=verb, more={"a": 1}
    )


def reading(at: dt.datetime | None = None, **more) -> Reading:
    moment = at or clock.now()
    facts = {"reader_id": 3, "content": "minutes", "object_id": 9, "about_id": 4, **more}
    return Reading.objects.create(organisation_id=1, day=moment.date(), first_at=moment, **facts)


@contextmanager
def behind_the_program() -> Iterator[None]:
    """Somebody with rights that the program itself does not have."""
    with as_owner():
        yield


def faults() -> list[Fault]:
    return list(verify(heads.written_heads()))


def test_new_rows_are_linked_once_and_the_chain_holds():
    deeds = [deed(), deed(), reading()]
    assert link() == len(deeds)
    assert link() == 0
    deed()
    assert link() == 1
    assert [(row.number, row.log) for row in Batch.objects.order_by("number")] == [
        (1, "activity"),
        (2, "reading"),
        (3, "activity"),
    ]
    first, second, third = Batch.objects.order_by("number")
    assert (first.before, second.before, third.before) == (
        chain.BEGINNING,
        first.hash,
        second.hash,
    )
    assert faults() == []


def test_a_row_that_commits_late_is_linked_by_the_next_look():
    first, late, third = deed(), deed(), deed()
    values = Activity.objects.filter(pk=late.pk).values().get()
    with behind_the_program():
        Activity.objects.filter(pk=late.pk).delete()
    link()
    Activity.objects.create(**values)
    assert faults() == []  # it may still wait for its batch
    assert link() == 1
    assert Batch.objects.get(number=1).ids == [[first.pk] * 2, [third.pk] * 2]
    assert Batch.objects.get(number=2).ids == [[late.pk, late.pk]]
    assert faults() == []


def test_many_rows_go_into_several_batches(monkeypatch):
    monkeypatch.setattr(chain, "MOST_ROWS", 3)
    monkeypatch.setattr(chain, "MOST_GAPS", 2)
    deeds = [deed() for _ in range(20)]
    with behind_the_program():
        Activity.objects.filter(pk__in=[row.pk for row in deeds[1::2]]).delete()
    assert link() == 10
    assert Batch.objects.count() == 4
    again = [Activity(pk=row.pk, organisation_id=1, at=row.at, verb="late") for row in deeds[1::2]]
    Activity.objects.bulk_create(again)
    assert link() == 10
    assert faults() == []


def change(row: Activity) -> str:
    Activity.objects.filter(pk=row.pk).update(actor_id=77)
    return "changed"


def remove(row: Activity) -> str:
    Activity.objects.filter(pk=row.pk).delete()
    return "removed"


@pytest.mark.parametrize("tamper", [change, remove])
def test_a_row_that_is_changed_or_removed_is_named(tamper: Callable[[Activity], str]):
    _before, row, _after = deed(), deed(), deed()
    link()
    with behind_the_program():
        what = tamper(row)
    assert faults() == [Fault(what, 1, "activity", row.pk)]


def test_a_changed_reading_is_named():
    row = reading()
    link()
    with behind_the_program():
        Reading.objects.filter(pk=row.pk).update(reader_id=5)
    assert faults() == [Fault("changed", 1, "reading", row.pk)]


def test_a_row_slipped_in_among_old_ones_is_named():
    _first, row, _third = deed(), deed(), deed()
    values = Activity.objects.filter(pk=row.pk).values().get()
    with behind_the_program():
        Activity.objects.filter(pk=row.pk).delete()
    link()
    clock.move(chain.SLOWEST_TRANSACTION + dt.timedelta(minutes=1))
    deed()
    link()
    Activity.objects.create(**values)
    assert link() == 0
    assert faults() == [Fault("inserted", None, "activity", row.pk)]


def test_a_changed_batch_breaks_the_chain():
    deed()
    link()
    deed()
    link()
    with behind_the_program():
        Batch.objects.filter(number=1).update(prints=b"0" * 16)
    assert faults() == [Fault("chain", 1, "activity")]
    with behind_the_program():
        Batch.objects.filter(number=1).delete()
    assert faults()[0] == Fault("chain", 2, "activity")


def test_a_chain_that_was_made_anew_does_not_match_the_head_outside():
    row = deed()
    deed()
    heads.write_head()
    with behind_the_program():
        Activity.objects.filter(pk=row.pk).update(actor_id=77)
        Batch.objects.all().delete()
    link()
    assert faults() == [Fault("head", 1, "activity")]
    with behind_the_program():
        Batch.objects.all().delete()
        Activity.objects.all().delete()
    assert faults() == [Fault("head", 1)]


def test_a_damaged_file_of_heads_says_so(capsys):
    deed()
    heads.write_head()
    with heads.path().open("a") as file:
        file.write('{"at": "2026')  # cut off
    deed()
    heads.write_head()
    assert len(heads.written_heads()) == 2
    heads.path().write_text("nonsense\n")
    assert main(["activity", "verify"]) == 1
    assert "line 1, is damaged" in capsys.readouterr().err


def test_old_rows_expire_in_whole_batches_and_the_chain_goes_on():
    old = clock.now() - dt.timedelta(days=366 * 5 + 1)
    deed(at=old)
    reading(at=old)
    link()
    deed(at=old + dt.timedelta(days=30))
    deed()
    link()
    heads.write_head()
    assert expiring.expire() == 2  # the third holds a row that is younger
    assert (Activity.objects.count(), Reading.objects.count()) == (2, 0)
    assert faults() == []
    assert expiring.expire() == 0
    deed()
    link()
    assert faults() == []


def test_what_comes_back_after_it_expired_is_named():
    row = deed(at=clock.now() - dt.timedelta(days=366 * 6))
    values = Activity.objects.filter(pk=row.pk).values().get()
    link()
    expiring.expire()
    Activity.objects.create(**values)
    assert faults() == [Fault("inserted", None, "activity", row.pk)]


def test_rows_that_expired_before_any_rule_lets_them_are_a_fault():
    deed()
    link()
    with behind_the_program():
        Activity.objects.all().delete()
        Batch.objects.update(prints=b"", expired_at=clock.now())
    assert faults() == [Fault("chain", 1, "activity")]


def test_the_command_says_which_row(capsys):
    row = deed()
    assert main(["activity", "verify"]) == 0
    assert "The log is as it was written." in capsys.readouterr().out
    with behind_the_program():
        Activity.objects.filter(pk=row.pk).update(verb="talk.declined")
    assert main(["activity", "verify", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["faults"] == [{"what": "changed", "batch": 1, "log": "activity", "row": row.pk}]


def test_the_schedule_links_writes_the_head_and_lets_expire():
    jobs = {job.name: job.function for job in JOBS}
    deed(at=clock.now() - dt.timedelta(days=366 * 6))
    assert jobs["link-the-log"]() == 1
    jobs["write-down-the-head"]()
    assert list(heads.written_heads()) == [1]
    assert jobs["let-the-log-expire"]() == 1


def test_linking_asks_the_same_however_much_there_is():
    def asked(rows: int) -> int:
        for _ in range(rows):
            deed()
        with CaptureQueriesContext(connection) as queries:
            link()
        return len(queries)

    asked(1)
    assert asked(1) == asked(300)


@pytest.mark.parametrize(
    ("ranges", "as_few"),
    [
        ([], []),
        ([(1, 1)], [(1, 1)]),
        ([(4, 5), (1, 3)], [(1, 5)]),
        ([(1, 3), (5, 6)], [(1, 3), (5, 6)]),
        ([(1, 9), (2, 3), (9, 12)], [(1, 12)]),
    ],
)
def test_ranges_are_merged(ranges, as_few):
    assert merged(ranges) == as_few


def test_ids_become_ranges():
    assert as_ranges([3, 1, 2, 7]) == [(1, 3), (7, 7)]


def test_every_column_is_in_the_fingerprint():
    row = deed()
    before = chain.fingerprint(row)
    row.person_id = 5
    assert chain.fingerprint(row) != before


def test_a_number_that_no_sequence_gives_is_named():
    deed()
    link()
    Activity.objects.create(pk=-5, organisation_id=1, at=clock.now(), verb="forged")
    assert faults() == [Fault("inserted", None, "activity", -5)]
