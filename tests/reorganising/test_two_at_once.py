"""Two in HR at the same moment, and a fault in the middle: nobody is lost, nothing done twice."""

from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from musling.activity.models import Activity
from musling.conversations.models import Conversation, Offer, Participant
from musling.organisations.models import Unit
from musling.people.actions import add_employment, add_person
from musling.people.models import Employment, Leadership
from musling.reorganising.actions import reorganise
from musling.work.models import Run
from tests.cast import Cast, booked_talk, member
from tests.conversations.faults import crashes
from tests.conversations.test_two_at_once import at_once
from tests.reorganising.changed import town

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("X9")]
TABLES = (Unit, Employment, Leadership, Conversation, Participant, Offer, Activity, Run)


def test_the_same_yes_twice_at_once_is_one(cast: Cast):
    place = town(cast)
    booked_talk(cast)
    change = place.merge()
    seen = place.looks(change).mark
    press = [lambda: reorganise(cast.hr.actor, change, seen=seen)] * 2
    assert at_once(*press) == {"done": 2}
    assert Activity.objects.filter(verb="unit.closed").count() == 1
    assert Activity.objects.filter(verb="leader.took_over").count() == 1


def test_two_in_hr_who_merge_each_into_the_other_do_one_of_them(cast: Cast):
    place = town(cast)
    hans = member(cast.havneby, cast.top, "Hans", role="hr")
    one = place.merge()
    other = place.change("merge", at=place.other, into=cast.unit, under=cast.unit)
    seen = place.looks(one).mark, place.looks(other).mark
    with translation.override("da"):
        ended = at_once(
            lambda: reorganise(cast.hr.actor, one, seen=seen[0]),
            lambda: reorganise(hans.actor, other, seen=seen[1]),
        )
    assert ended["done"] == 1
    open_units = Unit.objects.filter(pk__in=[cast.unit.pk, place.other.pk], closed_on=None)
    home = open_units.get()
    people = Employment.objects.filter(unit__in=[cast.unit.pk, place.other.pk])
    assert set(people.values_list("unit", flat=True)) == {home.pk}


@pytest.mark.parametrize("number", range(3))
def test_who_is_hired_while_the_unit_goes_is_not_left_behind(cast: Cast, number):
    place = town(cast)
    change = place.merge()
    seen = place.looks(change).mark
    today = cast.hr.actor.today

    def hire() -> Any:
        with transaction.atomic():
            new = add_person(cast.hr.actor, first_name=f"Ny{number}")
            return add_employment(cast.hr.actor, new, unit=cast.unit, starts_on=today)

    def hire_again() -> Any:
        return add_employment(
            cast.hr.actor, cast.committee.profile, unit=cast.unit, starts_on=today
        )

    at_once(hire, hire_again, lambda: reorganise(cast.hr.actor, change, seen=seen))
    cast.unit.refresh_from_db()
    left = Employment.objects.filter(unit=cast.unit).exists()
    assert not (left and cast.unit.closed_on)


def everything() -> dict[str, Any]:
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in TABLES}


def test_a_fault_anywhere_leaves_all_as_it_was(cast: Cast):
    place = town(cast)
    booked_talk(cast)
    change = place.merge()
    seen = place.looks(change).mark
    before, times = everything(), 0
    for number in crashes(lambda: reorganise(cast.hr.actor, change, seen=seen)):
        times = number
        assert everything() == before
    assert times >= 10
    assert Employment.objects.get(pk=cast.employee.employment.pk).unit == place.other
