"""The standing cast that tests are given is the one that ``make_cast`` makes."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import transaction
from django.db.models import Model

from musling.foundation import clock
from musling.organisations.models import Organisation
from musling.people.models import Profile
from tests import standing
from tests.cast import Cast, make_cast, organisation, unit
from tests.standing import models, standing_cast

pytestmark = pytest.mark.django_db
Rows = dict[type[Model], list[dict]]


@pytest.fixture(autouse=True)
def _made_in_this_test():
    """Not by an earlier one, nearly a minute ago."""
    standing._kept.clear()


def made_by(make: Callable[[], Cast]) -> tuple[Cast, Rows]:
    """A cast, and every row that there is because of it; none of them stays."""
    with transaction.atomic():
        cast = make()
        rows = {model: list(model._base_manager.order_by("pk").values()) for model in models()}
        transaction.set_rollback(True)
    return cast, rows


def test_it_is_written_again_to_the_last_column():
    first, second = made_by(standing_cast), made_by(standing_cast)
    assert first[1] == second[1]
    assert first[0] == second[0]
    assert first[0].employee.profile is not second[0].employee.profile


def test_it_leaves_as_many_rows_in_every_table_as_making_it():
    made_by(standing_cast)
    _cast, written = made_by(standing_cast)
    _cast, made = made_by(make_cast)
    assert {model: len(rows) for model, rows in written.items()} == {
        model: len(rows) for model, rows in made.items()
    }
    assert len(made[Profile]) == 13


def test_what_one_test_does_to_its_cast_the_next_does_not_see():
    first, _rows = made_by(standing_cast)
    first.employee.profile.first_name = "Somebody"
    first.everybody.clear()
    second, _rows = made_by(standing_cast)
    assert second.employee.profile.first_name == "Mette"
    assert second.everybody["employee"] is second.employee


def test_more_rows_go_beside_it():
    made_by(standing_cast)
    cast = standing_cast()
    cast.employee.profile.refresh_from_db()
    before = set(Organisation.objects.values_list("pk", flat=True))
    third = organisation("tredje", "Tredje")
    assert third.pk not in before
    assert unit(third, "1", "Kontoret").pk not in {cast.top.pk, cast.unit.pk}


def test_it_is_made_where_somebody_is_already():
    made_by(standing_cast)
    there = organisation("tredje", "Tredje")
    cast = standing_cast()
    assert {there, cast.havneby, cast.sandvig} == set(Organisation.objects.all())


@pytest.mark.parametrize("minutes", [2, -60])
def test_it_is_made_at_the_time_that_the_clock_shows(minutes: int):
    made_by(standing_cast)
    clock.move(dt.timedelta(minutes=minutes))
    cast, _rows = made_by(standing_cast)
    assert abs(cast.havneby.made_at - clock.now()) < dt.timedelta(minutes=1)
