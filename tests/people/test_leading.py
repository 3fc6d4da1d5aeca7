"""Who leads whom: one question asked from both ends gives one answer."""

import random

import pytest

from musling.organisations.models import Unit
from musling.people.leading import (
    CIRCLE,
    NO_LEADER,
    Leaders,
    Passed,
    Problem,
    led_employments,
    led_units,
    nearest_leader,
)
from musling.people.models import Employment, Leadership, Profile
from tests.people.workplace import Workplace, day

pytestmark = pytest.mark.django_db
STAND_IN = Leadership.Kind.STAND_IN


@pytest.fixture
def place() -> Workplace:
    return Workplace()


@pytest.fixture
def tree(place):
    """A top with a chief, below it a department with a leader, below that a team."""
    top = place.unit("Havneby")
    department = place.unit("Ældre", top)
    team = place.unit("Øst", department)
    chief = place.employ("Carl Chef", top)
    leader = place.employ("Lone Leder", department)
    place.lead(chief, top)
    place.lead(leader, department)
    return {"top": top, "department": department, "team": team, "chief": chief, "leader": leader}


def leader_of(employment: Employment) -> Employment | Problem:
    return nearest_leader(employment, day())


def led_by(place: Workplace, profile: Profile) -> set[Employment]:
    return set(led_employments(place.actor(profile)))


def test_the_units_leader_leads(place, tree):
    employee = place.employ("Mette Dam", tree["department"])
    assert leader_of(employee) == tree["leader"]
    assert led_by(place, tree["leader"].profile) == {employee}


def test_where_the_post_is_vacant_the_nearest_leader_above_leads(place, tree):
    employee = place.employ("Mette Dam", tree["team"])
    assert leader_of(employee) == tree["leader"]
    assert employee in led_by(place, tree["leader"].profile)


def test_a_leader_is_led_from_above(place, tree):
    assert leader_of(tree["leader"]) == tree["chief"]
    assert led_by(place, tree["chief"].profile) == {tree["leader"]}


def test_a_leader_who_works_elsewhere_leads_and_is_led_where_employed(place, tree):
    other = place.unit("Økonomi", tree["top"])
    guest = place.employ("Gitte Gæst", other)
    place.lead(guest, tree["team"])
    employee = place.employ("Mette Dam", tree["team"])
    assert leader_of(employee) == guest
    assert leader_of(guest) == tree["chief"]
    assert led_by(place, guest.profile) == {employee}


def test_each_employment_has_a_leader_of_its_own(place, tree):
    profile = place.profile("Vera Vikar")
    first = place.employ(profile, tree["top"])
    second = place.employ(profile, tree["team"])
    assert (leader_of(first), leader_of(second)) == (tree["chief"], tree["leader"])
    assert led_by(place, tree["chief"].profile) == {first, tree["leader"]}
    assert led_by(place, tree["leader"].profile) == {second}


def test_a_stand_in_leads_instead_and_both_are_led_from_above(place, tree):
    stand_in = place.employ("Sara Stand", tree["department"])
    employee = place.employ("Mette Dam", tree["department"])
    place.lead(stand_in, tree["department"], kind=STAND_IN, ends_on=day(10))
    assert leader_of(employee) == stand_in
    assert leader_of(stand_in) == tree["chief"]
    assert leader_of(tree["leader"]) == tree["chief"]
    assert led_by(place, stand_in.profile) == {employee}
    assert led_by(place, tree["leader"].profile) == set()


def test_when_the_standing_in_is_over_the_leader_leads_again(place, tree):
    stand_in = place.employ("Sara Stand", tree["department"])
    place.lead(stand_in, tree["department"], kind=STAND_IN, ends_on=day(-1))
    assert leader_of(stand_in) == tree["leader"]
    assert led_by(place, stand_in.profile) == set()


@pytest.mark.parametrize("gone", ["employment ended", "disabled", "leadership ended", "not yet"])
def test_a_leader_who_is_not_there_leaves_the_post_vacant(place, tree, gone):
    employee = place.employ("Mette Dam", tree["department"])
    leader = tree["leader"]
    if gone == "employment ended":
        Employment.objects.filter(pk=leader.pk).update(ends_on=day(-1))
    elif gone == "disabled":
        Profile.objects.filter(pk=leader.profile_id).update(disabled_at="2026-01-01T00:00Z")
    elif gone == "leadership ended":
        Leadership.objects.filter(employment=leader).update(ends_on=day(-1))
    else:
        Leadership.objects.filter(employment=leader).update(starts_on=day(1))
    assert leader_of(employee) == tree["chief"]
    assert employee in led_by(place, tree["chief"].profile)
    assert led_by(place, leader.profile) == set()


def test_nobody_above_is_a_problem_in_words(place, tree):
    assert leader_of(tree["chief"]) == Problem(str(NO_LEADER))


def test_a_circle_is_a_problem_in_words(place):
    one = place.unit("A")
    two = place.unit("B", one)
    Unit.objects.filter(pk=one.pk).update(parent=two)
    lost = place.employ("Mette Dam", one)
    leaders = Leaders(place.organisation.pk, day())
    assert leaders.of(lost) == Problem(str(CIRCLE))


def test_the_way_up_says_why(place, tree):
    employee = place.employ("Mette Dam", tree["team"])
    found = Leaders(place.organisation.pk, day()).find(employee.profile_id, employee.unit_id)
    assert found.unit_id == tree["department"].pk
    assert found.passed == ((tree["team"].pk, Passed.VACANT),)


def test_led_units_stop_where_somebody_else_leads(place, tree):
    assert led_units(place.actor(tree["chief"].profile)) == {
        tree["top"].pk: True,
        tree["department"].pk: False,
    }
    assert led_units(place.actor(tree["leader"].profile)) == {
        tree["department"].pk: True,
        tree["team"].pk: True,
    }
    assert led_units(place.actor(place.profile("Ingen Leder"))) == {}


def test_another_organisation_is_never_led(place, tree):
    other = Workplace("sandvig")
    neighbour = other.employ("Nabo Nielsen", other.unit("Sandvig"))
    assert neighbour not in led_by(place, tree["chief"].profile)


@pytest.mark.row("X9")
@pytest.mark.parametrize("seed", range(25))
def test_asked_from_both_ends_the_answer_is_the_same(place, seed):
    """Any tree, any posts: the leader leads exactly those whose leader she is."""
    chance = random.Random(seed)  # noqa: S311 (repeatable, not secret)
    units: list[Unit] = []
    for number in range(chance.randint(1, 9)):
        units.append(place.unit(f"Enhed {number}", chance.choice([None, *units])))
    profiles = [place.profile(f"Person {number}") for number in range(9)]
    jobs = [place.employ(chance.choice(profiles), chance.choice(units)) for _ in range(14)]
    for _ in range(chance.randint(1, 12)):
        kind = chance.choice(["leader", "leader", "stand_in"])
        place.lead(chance.choice(jobs), chance.choice(units), kind=kind)
    Profile.objects.filter(pk=chance.choice(profiles).pk).update(disabled_at="2026-01-01T00:00Z")

    leaders = Leaders(place.organisation.pk, day())
    up = {job: leaders.of(job) for job in Employment.objects.filter(profile__disabled_at=None)}
    for profile in profiles:
        down = {job for job, leader in up.items() if profile.pk == _who(leader)}
        assert led_by(place, profile) == down


def _who(leader: Employment | Problem) -> int:
    return 0 if isinstance(leader, Problem) else leader.profile_id


def test_the_queries_do_not_grow(place, tree, django_assert_num_queries):
    for number in range(30):
        place.employ(f"Person {number}", place.unit(f"Enhed {number}", tree["department"]))
    with django_assert_num_queries(4):
        assert len(led_by(place, tree["leader"].profile)) == 30
    nobody = place.profile("Ingen Leder")
    with django_assert_num_queries(1):
        assert led_by(place, nobody) == set()
