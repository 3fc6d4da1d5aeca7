"""T30: somebody in HR brings people below herself, to read what was agreed with another leader."""

from typing import Any

import pytest
from django.utils import translation

from musling.conversations.actions.new_leader import hand_over_in
from musling.foundation.problems import Refused
from musling.organisations.models import Unit
from musling.people import actions
from musling.people.imports import apply_import
from musling.people.leading import led_employments
from musling.people.models import Employment, Leadership, Role
from musling.reorganising.actions import reorganise
from musling.reorganising.changes import CLOSE, MERGE, MOVE, SPLIT, Change
from musling.reorganising.consequences import look
from tests.access.stages import agreed
from tests.cast import LONG_AGO, Cast, Member, unit
from tests.people.imports.lists import unit as line
from tests.people.imports.lists import units
from tests.people.workplace import day
from tests.web.staff_pages import at, english, words

pytestmark = pytest.mark.django_db
NO = "You would become the leader of more people"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def office(cast: Cast) -> Unit:
    """A unit that Hanne leads, who is not alone in HR."""
    made = unit(cast.havneby, "9", "Personale", cast.top)
    Employment.objects.filter(pk=cast.hr.employment.pk).update(unit=made)
    Leadership.objects.create(
        organisation=cast.havneby, unit=made, employment=cast.hr.employment, starts_on=LONG_AGO
    )
    in_hr(cast, cast.operator)
    return made


def in_hr(cast: Cast, who: Member) -> None:
    Role.objects.create(
        organisation=cast.havneby, profile=who.profile, name="hr", starts_on=LONG_AGO
    )


def facts_of(employment: Employment) -> dict[str, Any]:
    return {name: getattr(employment, name) for name in actions.EMPLOYMENT_FIELDS}


def moves(cast: Cast, who: Member, goal: Unit) -> None:
    facts = facts_of(cast.employee.employment) | {"unit": goal}
    actions.change_employment(who.actor, cast.employee.employment, **facts)


def test_hr_does_not_move_a_person_below_herself_and_read_on(cast: Cast, office: Unit):
    talk = agreed(cast)
    with pytest.raises(Refused, match=NO) as refused:
        moves(cast, cast.hr, office)
    assert refused.value.field == "unit"
    assert hand_over_in(cast.havneby.pk) == 0
    page = cast.hr.client.get(f"/havneby/talks/{talk.public_id}/agreements/")
    assert page.status_code == 404
    assert cast.employee.employment.pk not in led_employments(cast.hr.actor).values_list(
        "pk", flat=True
    )


def test_another_in_hr_may_move_the_person_there(cast: Cast, office: Unit):
    moves(cast, cast.operator, office)
    assert led_employments(cast.hr.actor).filter(profile=cast.employee.profile).exists()


def test_who_is_alone_in_hr_may_since_nobody_else_could(cast: Cast, office: Unit):
    Role.objects.filter(profile=cast.operator.profile, name="hr").delete()
    moves(cast, cast.hr, office)
    assert led_employments(cast.hr.actor).filter(profile=cast.employee.profile).exists()


def test_who_is_led_already_may_be_changed_and_who_is_new_may_come(cast: Cast, office: Unit):
    new = actions.add_person(cast.hr.actor, first_name="Nete", last_name="Ny", number="n1")
    own = actions.add_employment(cast.hr.actor, new, unit=office, starts_on=day())
    facts = facts_of(own) | {"title": "Konsulent", "seen": ""}
    actions.change_employment(cast.hr.actor, own, **facts)
    own.refresh_from_db()
    assert own.title == "Konsulent"


def test_nor_by_a_second_employment(cast: Cast, office: Unit):
    for starts_on in (day(), day(30)):
        with pytest.raises(Refused, match=NO):
            actions.add_employment(
                cast.hr.actor, cast.employee.profile, unit=office, starts_on=starts_on
            )
    assert Employment.objects.filter(profile=cast.employee.profile).count() == 1


@pytest.mark.parametrize("last_day", [None, 5])
def test_nor_by_ending_the_post_of_the_leader_below(cast: Cast, office: Unit, last_day):
    """The nearest leader above is meant where a post is vacant."""
    Unit.objects.filter(pk=cast.unit.pk).update(parent=office, path=f"{office.path}{cast.unit.pk}/")
    post = Leadership.objects.get(unit=cast.unit)
    with pytest.raises(Refused, match=NO):
        actions.end_leadership(
            cast.hr.actor, post, last_day=None if last_day is None else day(last_day)
        )
    post.refresh_from_db()
    assert post.ends_on is None
    actions.end_leadership(cast.operator.actor, post)


@pytest.mark.parametrize("verb", [MERGE, CLOSE, SPLIT, MOVE])
def test_nor_by_changing_units(cast: Cast, office: Unit, verb: str):
    if verb == MOVE:  # what nobody leads falls to who leads above
        Leadership.objects.filter(unit=cast.unit).delete()
    goals: dict[str, Any] = {
        MERGE: {"into": office, "under": office},
        CLOSE: {"into": office, "under": cast.top},
        SPLIT: {"into": office, "who": frozenset([cast.employee.employment.pk])},
        MOVE: {"under": office},
    }[verb]
    change = Change(verb, cast.unit, day(), **goals)
    found = look(cast.hr.actor, change)
    assert NO in " ".join(str(one.message) for one in found.refusals)
    with pytest.raises(Refused, match=NO):
        reorganise(cast.hr.actor, change, seen=found.mark)
    assert not look(cast.operator.actor, change).refusals


def test_the_form_says_why(cast: Cast, office: Unit):
    employment = cast.employee.employment
    form = facts_of(employment) | {
        "unit": "Personale",
        "starts_on": employment.starts_on.isoformat(),
        "ends_on": "",
        "leave_from": "",
        "leave_until": "",
    }
    answer = english(cast.hr).post(at("employment-change", employment.public_id), form)
    assert NO in words(answer)


def test_nor_by_a_list_of_ones_own(cast: Cast, office: Unit):
    """The unit comes below the own one, and names no leader any more."""
    lines = [
        line("1", name="Kommunen", leader_employment_id=cast.leaders_leader.employment.number),
        line("9", name="Personale", parent_id="1", leader_employment_id=cast.hr.employment.number),
        line("2", name="Hjemmeplejen", parent_id="9"),
    ]
    with pytest.raises(Refused, match=NO):
        apply_import(cast.hr.actor, None, units(lines))
    cast.unit.refresh_from_db()
    assert cast.unit.parent_id == cast.top.pk
    apply_import(cast.operator.actor, None, units(lines))
    cast.unit.refresh_from_db()
    assert cast.unit.parent_id == office.pk
