"""T35: import or HR redirects somebody's address, renames or captures a log-in that is shared.

No access follows, and the holder is told what concerns the log-in.
"""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from musling.foundation import clock
from musling.foundation.problems import NotThere, Refused
from musling.people import activation
from musling.people.access import readable_profiles
from musling.people.models import Activation, Profile
from tests.identity.steps import PASSWORD, confirm_it_is_me, is_in, log_in
from tests.people.workplace import Workplace

EVIL = "hr.own@havneby.example"


@pytest.fixture
def redirected(mette) -> Profile:
    """What HR or an import can do: another work e-mail, another name."""
    Profile.objects.filter(pk=mette.pk).update(
        email=EVIL, first_name="Somebody", last_name="Else", number="x1"
    )
    mette.refresh_from_db()
    return mette


@pytest.mark.parametrize("name", ["account_reset_password", "account_request_login_code"])
def test_the_work_e_mail_opens_no_log_in(name, redirected):
    Client().post(reverse(name), {"email": EVIL})
    assert mail.outbox[-1].to == [EVIL]
    assert "password/new" not in mail.outbox[-1].body
    assert mail.outbox[-1].subject != "Din kode"
    client = Client()
    log_in(client, EVIL)
    assert not is_in(client)


def test_the_holder_goes_on_as_before(redirected, place):
    client = Client()
    log_in(client, "mette@privat.example")
    assert client.get(reverse("organisation-style", args=[place.slug])).status_code == 200


def test_nobody_prints_or_mails_a_code_for_somebody_linked(redirected, hr, place):
    actor = place.actor(hr)
    with pytest.raises(NotThere):
        activation.send_activation(actor, redirected)
    with pytest.raises(NotThere):
        activation.print_slips(actor, [redirected])
    assert not Activation.objects.exists()


def test_an_old_code_opens_nothing_when_somebody_has_been_linked_meanwhile(place, hr, new_log_in):
    """HR prints before the holder links by another way, and keeps a copy."""
    anna = place.profile("Anna Holm")
    slip = activation.print_slips(place.actor(hr), [anna])[0]
    anna.person = new_log_in("anna@privat.example")
    anna.save()
    assert activation.find(slip.code) is None
    with pytest.raises(NotThere):
        activation.use(Activation.objects.get().pk, new_log_in("evil@privat.example"))
    anna.refresh_from_db()
    assert anna.person.email == "anna@privat.example"


def test_a_log_in_with_the_same_address_is_not_linked_by_itself(place, new_log_in):
    """An address that HR types in is no proof: the holder confirms with a code."""
    new_log_in("nina@privat.example")
    typed_by_hr = place.profile("Nina Krog", email="nina@privat.example")
    client = Client()
    log_in(client, "nina@privat.example")
    assert client.get(reverse("organisation-style", args=[place.slug])).status_code == 404
    typed_by_hr.refresh_from_db()
    assert typed_by_hr.person is None


def test_one_log_in_and_two_worlds(mette, place, browser_of):
    """The other workplace links her too, by her own confirmation; neither sees the other."""
    other = Workplace("sandvig")
    there = other.profile("M. Dam")
    slip = activation.print_slips(other.hr("Nina Krog"), [there])[0]
    client = browser_of(mette)
    client.post(reverse("account_signup"), {"code": slip.code})
    mail.outbox.clear()
    client.post(reverse("activate-link"))
    there.refresh_from_db()
    assert there.person_id == mette.person_id
    assert [message.to for message in mail.outbox] == [["mette@privat.example"]]
    for workplace in (place, other):
        assert client.get(reverse("organisation-style", args=[workplace.slug])).status_code == 200


def test_the_other_workplace_learns_nothing_of_the_first(mette, place, new_log_in):
    other = Workplace("sandvig")
    boss = other.hr("Nina Krog")
    there = other.profile("M. Dam")
    there.person = mette.person
    there.save()
    seen = set(readable_profiles(boss).values_list("organisation_id", flat=True))
    assert seen == {other.organisation.pk}


def test_disabled_at_one_workplace_leaves_the_other(mette, browser_of, place):
    other = Workplace("sandvig")
    there = other.profile("M. Dam", disabled_at=clock.now())
    there.person = mette.person
    there.save()
    client = browser_of(mette)
    assert client.get(reverse("organisation-style", args=[place.slug])).status_code == 200
    assert client.get(reverse("organisation-style", args=["sandvig"])).status_code == 404


# --- the holder's own changes are told ------------------------------------------------------------


def test_a_new_address_is_told_to_the_main_one(mette, browser_of, code_in_mail):
    client = browser_of(mette)
    confirm_it_is_me(client)
    client.post(reverse("account_email"), {"action_add": "1", "email": "ny@privat.example"})
    assert mail.outbox[-1].to == ["ny@privat.example"]
    client.post(reverse("account_email_verification_sent"), {"code": code_in_mail()})
    assert mail.outbox[-1].to == ["mette@privat.example"]
    assert {a.email for a in mette.person.emailaddress_set.filter(verified=True)} == {
        "mette@privat.example",
        "ny@privat.example",
    }


def test_a_change_of_the_main_address_is_told_to_old_and_new(mette, browser_of):
    mette.person.emailaddress_set.create(email="ny@privat.example", verified=True)
    client = browser_of(mette)
    confirm_it_is_me(client)
    mail.outbox.clear()
    client.post(reverse("account_email"), {"action_primary": "1", "email": "ny@privat.example"})
    mette.person.refresh_from_db()
    assert mette.person.email == "ny@privat.example"
    told = {message.to[0] for message in mail.outbox}
    assert told == {"mette@privat.example", "ny@privat.example"}


def test_an_open_session_alone_adds_no_address(mette, browser_of):
    client = browser_of(mette)
    data = {"action_add": "1", "email": EVIL}
    response = client.post(reverse("account_email"), data)
    assert response["Location"].startswith(reverse("account_reauthenticate"))
    assert mail.outbox == []


def test_an_address_of_somebody_else_is_not_taken(mette, hr, browser_of, code_in_mail):
    """Even with the code from that mailbox: one address, one log-in."""
    client = browser_of(mette)
    confirm_it_is_me(client)
    client.post(reverse("account_email"), {"action_add": "1", "email": hr.person.email})
    client.post(reverse("account_email_verification_sent"), {"code": code_in_mail()})
    assert not mette.person.emailaddress_set.filter(email=hr.person.email).exists()
    thief = Client()
    log_in(thief, hr.person.email, PASSWORD)
    assert thief.session["_auth_user_id"] == str(hr.person_id)


def test_addresses_differ_by_more_than_case(new_log_in):
    new_log_in("nina@privat.example")
    with pytest.raises(Refused):
        new_log_in("Nina@Privat.example")
