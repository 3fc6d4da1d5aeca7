"""Many rows at once: the same rows as the ORM would write, in a fixed number of statements."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from musling.activity.models import Activity
from musling.foundation import bulk
from musling.foundation.public_ids import ALPHABET, LENGTH, new_public_ids
from musling.organisations.models import Organisation, Unit

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=dt.UTC)
NASTY = "Åse\t\\N\n\"';DROP TABLE--\\x00 \u2028 %s {}"


@pytest.fixture(autouse=True, params=[1, 1000], ids=["many", "few"])
def _few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test by both ways that PostgreSQL has: one is for many rows."""
    monkeypatch.setattr(bulk, "FEW", request.param)


@pytest.fixture
def organisation() -> Organisation:
    return Organisation.objects.create(
        slug="havneby", name="Havneby", sector="municipal", made_at=AT
    )


def add_units(organisation: Organisation, names: list[str]) -> list[int]:
    ids = bulk.new_ids(Unit, len(names))
    made = zip(ids, new_public_ids(len(names)), names, strict=True)
    bulk.insert(
        Unit,
        ("id", "public_id", "organisation_id", "number", "name", "path", "closed_on"),
        (
            (
                number,
                public,
                organisation.pk,
                f"U{number}",
                name,
                f"/{number}/",
                dt.date(2026, 2, 1),
            )
            for number, public, name in made
        ),
    )
    return ids


def test_rows_come_out_as_they_went_in(organisation: Organisation) -> None:
    ids = add_units(organisation, ["Skoler", NASTY, ""])
    found = {unit.pk: unit for unit in Unit.objects.all()}
    assert sorted(found) == sorted(ids)
    assert [found[number].name for number in ids] == ["Skoler", NASTY, ""]
    assert {unit.closed_on for unit in found.values()} == {dt.date(2026, 2, 1)}
    assert {unit.parent_id for unit in found.values()} == {None}


def test_moments_and_json_come_out_as_the_orm_writes_them() -> None:
    columns = ("organisation_id", "at", "actor_id", "verb", "more")
    bulk.insert(Activity, columns, [(1, AT, None, "a.b", '{"unit": 7}')])
    Activity.objects.create(organisation_id=1, at=AT, verb="a.b", more={"unit": 7})
    first, second = Activity.objects.values_list("at", "actor_id", "more")
    assert first == second == (AT, None, {"unit": 7})
    assert Activity.objects.filter(at=AT, more__unit=7).count() == 2


def test_what_is_not_named_gets_its_default() -> None:
    bulk.insert(
        Organisation, ("public_id", "slug", "name", "made_at"), [("aaaaaaaaaaaa", "a", "A", AT)]
    )
    found = Organisation.objects.get()
    assert (found.talk_name, found.accent, found.sector) == ("MUS", "", "")
    bulk.insert(Activity, ("at", "verb"), [(AT, "a.b")])
    assert Activity.objects.get().more == {}


def test_what_must_be_unique_has_to_be_named() -> None:
    with pytest.raises(ValueError, match="public_id"):
        bulk.insert(Organisation, ("slug", "name", "made_at"), [("a", "A", AT)])


def test_no_rows_are_no_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        bulk.insert(Activity, ("at", "verb"), [])
        bulk.update(Activity, ("id", "verb"), iter(()))


def test_updates_change_the_named_columns_of_the_named_rows(organisation: Organisation) -> None:
    one, two, three = add_units(organisation, ["a", "b", "c"])
    bulk.update(
        Unit, ("id", "name", "closed_on"), [(three, NASTY, None), (one, "A", dt.date(2027, 1, 1))]
    )
    assert list(Unit.objects.order_by("pk").values_list("pk", "name", "closed_on")) == [
        (one, "A", dt.date(2027, 1, 1)),
        (two, "b", dt.date(2026, 2, 1)),
        (three, NASTY, None),
    ]


def test_an_update_without_the_id_first_is_refused() -> None:
    with pytest.raises(ValueError, match="id"):
        bulk.update(Unit, ("name", "id"), [])


def test_ids_given_out_are_not_taken_again(organisation: Organisation) -> None:
    """Neither by rows that the ORM adds later, nor where the newest row has gone."""
    (last,) = add_units(organisation, ["a"])
    made = Unit.objects.create(organisation=organisation, number="x", name="x", path="/")
    assert made.pk > last
    made.delete()
    assert min(bulk.new_ids(Unit, 2)) > last + 1
    assert bulk.new_ids(Unit, 0) == []


def test_constraints_hold(organisation: Organisation) -> None:
    add_units(organisation, ["a"])
    taken = Unit.objects.get()
    columns = ("public_id", "organisation_id", "number", "name", "path")
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(Unit, columns, [("aaaaaaaaaaaa", organisation.pk, taken.number, "b", "/")])
    assert Unit.objects.count() == 1


def test_the_number_of_statements_does_not_grow_with_the_rows(organisation: Organisation) -> None:
    counts = []
    for number in (1, 300):
        with CaptureQueriesContext(connection) as queries:
            ids = add_units(organisation, ["a"] * number)
            bulk.update(Unit, ("id", "name"), [(one, "b") for one in ids])
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 13
    assert Unit.objects.filter(name="b").count() == 301


def test_public_ids_in_bulk_are_like_single_ones() -> None:
    made = new_public_ids(5000)
    assert len(set(made)) == 5000
    assert {len(one) for one in made} == {LENGTH}
    assert set("".join(made)) == set(ALPHABET)
    counts = [sum(one.count(letter) for one in made) for letter in ALPHABET]
    # Each of 31 letters about 1,935 times; six standard deviations are 264.
    assert max(abs(count - 60_000 / 31) for count in counts) < 264
    assert new_public_ids(0) == []


@pytest.mark.parametrize("fresh", [1, bulk.FEW])
def test_what_is_there_already_can_be_passed_over(organisation: Organisation, fresh: int) -> None:
    add_units(organisation, ["a"])
    taken = Unit.objects.get()
    columns = ("public_id", "organisation_id", "number", "name", "path")
    numbers = [taken.number, *(f"new{n}" for n in range(fresh))]
    bulk.insert(
        Unit,
        columns,
        [
            (public, organisation.pk, number, "b", "/")
            for public, number in zip(new_public_ids(len(numbers)), numbers, strict=True)
        ],
        unless_there=True,
    )
    assert Unit.objects.count() == 1 + fresh
    assert Unit.objects.get(pk=taken.pk).name == "a"
