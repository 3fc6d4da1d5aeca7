"""T30: gaining a role or a unit to lead by one's own profile, by hidden fields, by oneself."""

import pytest

from musling.foundation.problems import Refused
from musling.mail.models import MailChoices
from musling.people import actions
from musling.people.models import Leadership, Person, Profile, Role
from tests.cast import Cast
from tests.people.workplace import day
from tests.web.staff_pages import at, english, words

pytestmark = pytest.mark.django_db
EXTRA = {
    "role": "hr",
    "roles": "hr",
    "name": "hr",
    "is_leader": "on",
    "is_superuser": "1",
    "is_staff": "1",
    "person": "1",
    "person_id": "1",
    "organisation": "2",
    "organisation_id": "2",
    "disabled_at": "",
    "public_id": "abcdefghjkmn",
    "linked_at": "2020-01-01",
    "imported": "on",
}


@pytest.mark.parametrize("who", ["employee", "leader", "colleague", "operator"])
def test_ones_own_settings_give_no_role(cast: Cast, who):
    member = cast.everybody[who]
    held = list(Role.objects.values())
    before = Profile.objects.filter(pk=member.profile.pk).values().get()
    answer = member.client.post(at("mail-choices"), EXTRA | {"quiet_from": "08:00"})
    assert answer.status_code == 422
    answer = member.client.post(at("mail-choices"), EXTRA | {"due": "on"})
    assert answer.status_code == 302
    assert list(MailChoices.objects.values_list("profile", "organisation")) == [
        (member.profile.pk, member.organisation.pk)
    ]
    after = Profile.objects.filter(pk=member.profile.pk).values().get()
    assert after == before
    assert list(Role.objects.values()) == held


def test_hidden_fields_of_hrs_form_change_nothing_else(cast: Cast):
    profile = cast.colleague.profile
    browser = cast.hr.client
    before = Profile.objects.filter(pk=profile.pk).values().get()
    facts = {name: before[name] for name in actions.PERSON_FIELDS}
    browser.post(at("person-change", profile.public_id), facts | EXTRA | {"mobile": "20304050"})
    after = Profile.objects.filter(pk=profile.pk).values().get()
    assert after == before | {"mobile": "20304050"}


@pytest.mark.parametrize("role", Role.Name.values)
def test_hr_gives_no_role_to_oneself(cast: Cast, role):
    address = at("role-add", cast.hr.profile.public_id)
    browser = english(cast.hr)
    answer = browser.post(address, {"name": role, "starts_on": day().isoformat()})
    assert "Nobody gives a role to oneself" in words(answer)
    assert Role.objects.filter(profile=cast.hr.profile).count() == 1


def test_hr_does_not_lengthen_the_own_role_by_giving_it_anew(cast: Cast):
    Role.objects.filter(profile=cast.hr.profile).update(ends_on=day(1))
    with pytest.raises(Refused):
        actions.give_role(cast.hr.actor, profile=cast.hr.profile, name="hr")


def test_a_role_that_there_is_not_is_not_given(cast: Cast):
    for name in ("superuser", "", "HR", "hr' OR 1=1"):
        with pytest.raises(Refused):
            actions.give_role(cast.hr.actor, profile=cast.colleague.profile, name=name)


def test_hr_does_not_become_a_leader_by_oneself_while_there_are_others(cast: Cast):
    Role.objects.create(
        organisation=cast.havneby, profile=cast.operator.profile, name="hr", starts_on=day(-9)
    )
    browser = english(cast.hr)
    facts = {"employment": "Hanne", "kind": "leader", "starts_on": day().isoformat()}
    for kind in ("leader", "stand_in"):
        answer = browser.post(at("post-add", cast.unit.public_id), facts | {"kind": kind})
        assert "Nobody makes oneself a leader" in words(answer)
    assert not Leadership.objects.filter(employment=cast.hr.employment).exists()


def test_who_is_alone_in_hr_may_lead_since_nobody_else_could_say_so(cast: Cast):
    actions.give_leadership(
        cast.hr.actor, unit=cast.unit, employment=cast.hr.employment, starts_on=day()
    )
    assert Leadership.objects.filter(employment=cast.hr.employment).count() == 1


def test_nobody_puts_oneself_above_oneself(cast: Cast):
    """An employee who becomes the leader of the own unit is led from above."""
    actions.give_leadership(
        cast.hr.actor, unit=cast.unit, employment=cast.employee.employment, starts_on=day()
    )
    page = words(english(cast.hr).get(at("person", cast.employee.profile.public_id)))
    assert "Leader: Christian Prøve" in page


def test_the_log_in_of_nobody_is_in_reach_of_hr(cast: Cast):
    """No address of HR's pages takes a password or an address of a log-in."""
    before = list(Person.objects.order_by("pk").values("pk", "email", "password", "is_active"))
    browser = cast.hr.client
    person = cast.employee.profile
    facts = {name: getattr(person, name) for name in actions.PERSON_FIELDS}
    taken = facts | EXTRA | {"email": "hanne@havneby.example", "password": "x", "is_active": ""}
    browser.post(at("person-change", person.public_id), taken)
    browser.post(at("person-access", person.public_id), taken)
    browser.post(at("person-end", person.public_id), taken | {"last_day": day(-1).isoformat()})
    after = list(Person.objects.order_by("pk").values("pk", "email", "password", "is_active"))
    assert after == before
