"""T22: sessions end on disabling, password change, role removal, leader change."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from musling.foundation import clock
from musling.people.access import readable_profiles
from musling.people.actions import close_access, end_leadership, end_role
from musling.people.models import Leadership, Person, Role
from musling.people.queries import standing
from musling.people.sessions import end_sessions
from tests.identity.steps import PASSWORD, app_code, confirm_it_is_me, is_in, log_in

NEW = "otte store ænder"


def inside(place) -> str:
    """An address inside the organisation that every member may see."""
    return reverse("organisation-style", args=[place.slug])


def test_a_closed_log_in_is_out_at_once(mette, browser_of):
    client = browser_of(mette)
    Person.objects.filter(pk=mette.person_id).update(is_active=False)
    assert not is_in(client)
    assert log_in(Client(), mette.person.email)["Location"] == reverse("account_inactive")


def test_who_is_disabled_at_a_workplace_is_out_of_it_at_once(mette, browser_of, place):
    client = browser_of(mette)
    assert client.get(inside(place)).status_code == 200
    mette.disabled_at = clock.now()
    mette.save()
    assert client.get(inside(place)).status_code == 404


def test_ended_sessions_are_out_everywhere_and_others_are_not(mette, hr, browser_of):
    phone, computer, another = browser_of(mette), browser_of(mette), browser_of(hr)
    assert end_sessions([mette.person_id]) == 1
    assert [is_in(phone), is_in(computer), is_in(another)] == [False, False, True]
    assert is_in(browser_of(mette))


def test_ending_the_sessions_of_many_is_one_statement(mette, hr, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert end_sessions([mette.person_id, hr.person_id]) == 2


def test_ending_nobodys_sessions_is_nothing(db):
    assert end_sessions([]) == 0


def test_a_new_password_ends_the_others_and_not_the_one_in_which_it_was_chosen(mette, browser_of):
    here, elsewhere = browser_of(mette), browser_of(mette)
    data = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert here.post(reverse("account_change_password"), data)["Location"] == reverse("account")
    assert is_in(here)
    assert not is_in(elsewhere)


def test_a_wrong_present_password_changes_nothing(mette, browser_of):
    here, elsewhere = browser_of(mette), browser_of(mette)
    data = {"oldpassword": "guessed", "password1": NEW, "password2": NEW}
    assert here.post(reverse("account_change_password"), data).status_code == 200
    assert is_in(elsewhere)


def test_log_out_ends_the_session_on_the_server(mette, browser_of):
    client = browser_of(mette)
    stolen = client.cookies["session"].value
    client.post(reverse("log-out"))
    thief = Client()
    thief.cookies["session"] = stolen
    assert not is_in(thief)


def test_log_out_elsewhere_leaves_this_one(mette, browser_of):
    here, elsewhere = browser_of(mette), browser_of(mette)
    here.post(reverse("log-out-elsewhere"))
    assert [is_in(here), is_in(elsewhere)] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_a_second_step_ends_the_sessions_that_did_not_pass_it(mette, browser_of):
    here, elsewhere = browser_of(mette), browser_of(mette)
    confirm_it_is_me(here)
    secret = here.get(reverse("mfa_activate_totp")).context["form"].secret
    response = here.post(reverse("mfa_activate_totp"), {"code": app_code(secret)})
    assert response["Location"] == reverse("mfa_view_recovery_codes")
    assert [is_in(here), is_in(elsewhere)] == [True, False]


def test_a_role_that_ends_takes_sessions_and_rights_along(hr, mette, browser_of, place):
    role = place.role(mette, Role.Name.COMMITTEE)
    client = browser_of(mette)
    end_role(place.actor(hr), role)
    assert not is_in(client)
    stands = standing(person_id=mette.person_id, slug=place.slug, today=clock.today())
    assert stands.roles == frozenset()


def test_access_that_is_closed_takes_the_sessions_along(hr, mette, browser_of, place):
    client = browser_of(mette)
    close_access(place.actor(hr), mette)
    assert not is_in(client)
    again = browser_of(mette)
    assert again.get(inside(place)).status_code == 404


def test_a_leadership_that_ends_takes_the_sessions_along(hr, mette, browser_of, place):
    job = mette.employments.get()
    post = place.lead(job, job.unit)
    client = browser_of(mette)
    end_leadership(place.actor(hr), post)
    assert not is_in(client)


def test_rights_of_a_leader_go_with_the_leadership(mette, place, browser_of):
    """Nothing about who leads whom is kept in the session: it is asked anew every time."""
    anna = place.employ("Anna Holm", mette.employments.get().unit).profile
    place.lead(mette.employments.get(), anna.employments.get().unit)
    assert anna in readable_profiles(place.actor(mette))
    Leadership.objects.update(ends_on=clock.today() - dt.timedelta(days=1))
    assert anna not in readable_profiles(place.actor(mette))


def test_a_session_is_not_taken_over_from_before_log_in(mette):
    """Session fixation: the cookie that somebody was given before log-in is worth nothing after."""
    client = Client()
    client.post(reverse("language"), {"language": "en"})
    planted = client.cookies["session"].value
    log_in(client, mette.person.email)
    thief = Client()
    thief.cookies["session"] = planted
    assert is_in(client)
    assert not is_in(thief)


@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_only_a_post_logs_out(method, mette, browser_of):
    client = browser_of(mette)
    assert getattr(client, method)(reverse("log-out")).status_code == 405
    assert is_in(client)
