"""T8: leader changes, acting leaders, leaders of themselves, circles, vacant posts, two leaders.

The arithmetic of who leads whom is proved in tests/people/test_leading.py; here, what that opens.
"""

import pytest

from musling.conversations import access as talks
from musling.organisations.models import Unit
from musling.people import actions
from musling.people.access import readable_profiles
from musling.people.leading import led_employments
from musling.people.models import Employment, Leadership, Profile
from tests.cast import Cast, Member, booked_talk
from tests.people.workplace import day

pytestmark = pytest.mark.django_db


def team(member: Member) -> set[str]:
    rows = led_employments(member.actor).select_related("profile")
    return {row.profile.first_name for row in rows}


def give(cast: Cast, unit: Unit, to: Member, **more: object) -> Leadership:
    facts = {"starts_on": day(), "kind": "leader"} | more
    return actions.give_leadership(cast.hr.actor, unit=unit, employment=to.employment, **facts)


def opens(member: Member, address: str) -> int:
    member.person.refresh_from_db()
    return member.client.get(address).status_code


def test_the_new_leader_leads_the_people_and_reads_nothing_that_was_said(cast):
    talk = booked_talk(cast)
    address = f"/havneby/talks/{talk.public_id}/"
    assert opens(cast.leader, address) == 200
    give(cast, cast.unit, cast.colleague)
    assert team(cast.colleague) == {"Mette", "Tanja", "Vilma", "Lars"}
    assert team(cast.leader) == set()
    assert opens(cast.colleague, address) == 404
    assert not talks.readable_dates(cast.colleague.actor).exists()


def test_the_former_leader_sees_no_profiles_of_the_team_any_more(cast):
    mette = Profile.objects.filter(pk=cast.employee.profile.pk)
    assert readable_profiles(cast.leader.actor) & mette
    give(cast, cast.unit, cast.colleague)
    assert not readable_profiles(cast.leader.actor).filter(pk=cast.employee.profile.pk).exists()


def test_an_acting_leader_leads_only_while_it_lasts(cast):
    give(cast, cast.unit, cast.colleague, kind="stand_in", ends_on=day(5))
    assert team(cast.colleague) == {"Mette", "Tanja", "Vilma"}
    assert team(cast.leader) == set()
    Leadership.objects.filter(kind="stand_in").update(ends_on=day(-1))
    assert team(cast.colleague) == set()
    assert opens(cast.colleague, "/havneby/team/") == 404


def test_the_leaders_leader_leads_the_leader_and_no_further(cast):
    booked = booked_talk(cast)
    assert team(cast.leaders_leader) == {"Lars", "Hanne", "Mogens", "Karen", "Ove"}
    assert opens(cast.leaders_leader, f"/havneby/talks/{booked.public_id}/") == 404


def test_nobody_leads_oneself(cast):
    for member in (cast.leader, cast.leaders_leader):
        assert member.profile.first_name not in team(member)


def test_a_vacant_post_is_led_from_above(cast):
    Leadership.objects.filter(unit=cast.unit).update(ends_on=day(-1))
    assert {"Mette", "Jonas", "Lars"} <= team(cast.leaders_leader)


def test_a_circle_in_the_data_breaks_no_page(cast):
    Leadership.objects.all().delete()
    Unit.objects.filter(pk=cast.top.pk).update(parent=cast.unit)
    for member, address in (
        (cast.employee, "/havneby/"),
        (cast.employee, "/havneby/talks/"),
        (cast.hr, "/havneby/people/"),
        (cast.hr, "/havneby/people/units/"),
        (cast.hr, "/havneby/coverage/"),
        (cast.hr, f"/havneby/people/{cast.employee.profile.public_id}/"),
        (cast.hr, f"/havneby/people/units/{cast.unit.public_id}/"),
    ):
        assert opens(member, address) == 200, address


def test_each_of_two_leaders_sees_the_employment_that_is_theirs(cast):
    Employment.objects.create(
        organisation=cast.havneby,
        profile=cast.employee.profile,
        number="second",
        unit=cast.top,
        title="Vikar",
        starts_on=day(-1),
    )
    rows = led_employments(cast.leader.actor).filter(profile=cast.employee.profile)
    assert [row.title for row in rows] == ["Assistent"]
    rows = led_employments(cast.leaders_leader.actor).filter(profile=cast.employee.profile)
    assert [row.title for row in rows] == ["Vikar"]
