"""T34: printed slip, one-time code. Reuse, guess, photograph after use, code of another person."""

import datetime as dt
import re
import time

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from musling.activity.models import Activity
from musling.foundation import clock
from musling.foundation.problems import NotThere, Refused
from musling.identity.session_store import SessionStore
from musling.people import activation
from musling.people.models import Activation, Person, Profile
from tests.identity.steps import PASSWORD, is_in, log_in
from tests.people.workplace import Workplace

TYPE = "/account/activate/"
WHOSE = "/account/activate/whose/"
CONFIRM = "/account/activate/confirm/"
LINK = "/account/activate/link/"
NEW = "otte store ænder"


@pytest.fixture
def anna(place) -> Profile:
    """Somebody without a work e-mail and without a log-in."""
    profile = place.profile("Anna Holm", email="")
    place.employ(profile, place.unit("Vest"))
    return profile


@pytest.fixture
def slip(anna, hr, place) -> activation.Slip:
    return activation.print_slips(place.actor(hr), [anna])[0]


def typed(code: str, client: Client | None = None) -> Client:
    """A browser in which the code has been typed."""
    client = client or Client()
    client.post(TYPE, {"code": code})
    return client


def new_log_in_form(email: str = "anna@privat.example", password: str = NEW) -> dict[str, str]:
    return {"email": email, "password1": password, "password2": password}


def is_open(client: Client) -> bool:
    """Whether this browser is told whose the code is."""
    return b"Anna Holm" in client.get(WHOSE).content


def linked_to(profile: Profile) -> int | None:
    return Profile.objects.get(pk=profile.pk).person_id


def activate(slip: activation.Slip, code_in_mail, **more: str) -> Client:
    """The whole way from the slip to a log-in."""
    client = typed(slip.code)
    client.post(WHOSE, new_log_in_form(**more))
    client.post(CONFIRM, {"code": code_in_mail()})
    return client


# --- the way that is meant ----------------------------------------------------------------------


def test_the_slip_leads_to_a_log_in_of_ones_own(slip, anna, code_in_mail):
    client = activate(slip, code_in_mail)
    person = Person.objects.get(email="anna@privat.example")
    assert linked_to(anna) == person.pk
    assert is_in(client)
    assert [a.verified for a in person.emailaddress_set.all()] == [True]
    fresh = Client()
    log_in(fresh, person.email, NEW)
    assert is_in(fresh)
    verbs = Activity.objects.filter(about_id=anna.pk).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["activation.printed", "activation.used"]


def test_the_code_is_typed_as_one_likes(slip):
    code = slip.code.lower()
    assert is_open(typed(f" {code[:4]}-{code[4:8]} {code[8:]} "))


def test_the_link_of_the_qr_code_brings_the_code_along_and_changes_nothing(slip):
    client = Client()
    page = client.get(f"{TYPE}{slip.code}/").content.decode()
    assert activation.spaced(slip.code) in page
    assert "Anna" not in page
    assert client.get(WHOSE).status_code == 410
    assert Activation.objects.get().used_at is None


def test_a_link_with_a_wrong_code_looks_the_same(slip):
    right = Client().get(f"{TYPE}{slip.code}/").content.decode()
    wrong = Client().get(f"{TYPE}ABCDEFGHJKMN/").content.decode()
    assert right.count("\n") == wrong.count("\n")
    assert len(right) == len(wrong)


def test_who_has_a_log_in_links_it(slip, anna, new_log_in):
    person = new_log_in("anna@privat.example")
    client = typed(slip.code)
    log_in(client, person.email, next=WHOSE)
    assert b"Anna Holm" in client.get(WHOSE).content
    mail.outbox.clear()
    client.post(LINK)
    assert linked_to(anna) == person.pk
    assert [message.to for message in mail.outbox] == [[person.email]]


def test_looking_links_nothing(slip, anna, new_log_in):
    client = typed(slip.code)
    log_in(client, new_log_in().email)
    assert client.get(LINK).status_code == 405
    client.get(WHOSE)
    assert linked_to(anna) is None


# --- reuse, photograph after use ----------------------------------------------------------------


def test_a_used_code_opens_nothing(slip, anna, code_in_mail):
    activate(slip, code_in_mail)
    owner = linked_to(anna)
    thief = typed(slip.code)
    assert thief.get(WHOSE).status_code == 410
    thief.post(WHOSE, new_log_in_form("thief@privat.example"))
    thief.post(LINK)
    assert linked_to(anna) == owner
    assert not Person.objects.filter(email="thief@privat.example").exists()


def test_a_code_typed_before_it_was_used_elsewhere_opens_nothing(slip, anna, code_in_mail):
    """Two browsers are halfway with the same slip: only the first to finish has it."""
    slow = typed(slip.code)
    slow.post(WHOSE, new_log_in_form("thief@privat.example"))
    code_of_slow = code_in_mail()
    activate(slip, code_in_mail)
    owner = linked_to(anna)
    assert slow.post(CONFIRM, {"code": code_of_slow}).status_code == 410
    assert linked_to(anna) == owner
    assert not Person.objects.filter(email="thief@privat.example").exists()


def test_all_other_codes_of_the_person_end_with_the_use(anna, hr, place, code_in_mail):
    anna.email = "anna@havneby.example"
    anna.save()
    actor = place.actor(hr)
    mailed = activation.send_activation(actor, anna)
    code = activation.code_to_mail(mailed.pk)
    slip = activation.print_slips(actor, [anna])[0]
    activate(slip, code_in_mail)
    assert activation.find(code) is None
    assert activation.code_to_mail(mailed.pk) is None
    mailed.refresh_from_db()
    assert mailed.ended_at is not None


def test_a_newer_slip_ends_the_older(slip, anna, hr, place):
    activation.print_slips(place.actor(hr), [anna])
    assert activation.find(slip.code) is None


def test_a_slip_lasts_fourteen_days(slip, anna):
    clock.move(dt.timedelta(days=13, hours=23))
    assert activation.find(slip.code) is not None
    clock.move(dt.timedelta(hours=2))
    assert activation.find(slip.code) is None


def test_a_slip_ends_when_the_person_leaves(slip, anna):
    anna.disabled_at = clock.now()
    anna.save()
    assert activation.find(slip.code) is None


def test_a_mail_sent_again_has_another_code(anna, hr, place):
    anna.email = "anna@havneby.example"
    anna.save()
    sent = activation.send_activation(place.actor(hr), anna)
    first, second = activation.code_to_mail(sent.pk), activation.code_to_mail(sent.pk)
    assert activation.find(first) is None
    assert activation.find(second) is not None


# --- guessing -----------------------------------------------------------------------------------


def test_codes_are_long_and_unlike_each_other(anna, hr, place):
    codes = {activation.new_code() for _time in range(2000)}
    assert len(codes) == 2000
    assert {len(code) for code in codes} == {12}
    assert set("".join(codes)) <= set("ABCDEFGHJKMNPQRSTUVWXYZ23456789")


def test_guessing_is_stopped_per_address(slip):
    statuses = [
        Client().post(TYPE, {"code": f"GUESS{guess:07}"}).status_code for guess in range(32)
    ]
    assert statuses == [200] * 30 + [429] * 2
    assert Client().post(TYPE, {"code": slip.code}).status_code == 429


def test_many_right_codes_from_one_address_are_no_guessing(place, hr):
    unit = place.unit("Nord")
    people = [place.employ(f"Person{n} Prøve", unit).profile for n in range(40)]
    for slip in activation.print_slips(place.actor(hr), people):
        response = Client().post(TYPE, {"code": slip.code})
        assert (response.status_code, response["Location"]) == (302, WHOSE)


def test_a_copy_of_the_database_holds_no_code(slip):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_activation")
        rows = str(cursor.fetchall())
        cursor.execute("SELECT * FROM activity_activity")
        rows += str(cursor.fetchall())
    assert slip.code not in rows
    assert activation.spaced(slip.code) not in rows


def test_a_copy_of_the_database_confirms_no_guess(slip, settings):
    """The hash is keyed with the installation's secret, which is not in the database."""
    stored = Activation.objects.get().code_hash
    assert activation.hash_of(slip.code) == stored
    settings.SECRET_KEY = "another installation's"
    assert activation.hash_of(slip.code) != stored


def test_the_code_of_the_mail_is_guessed_five_times_at_most(slip, anna, code_in_mail):
    client = typed(slip.code)
    client.post(WHOSE, new_log_in_form())
    for _guess in range(5):
        client.post(CONFIRM, {"code": "BBBB-BBBB"})
    client.post(CONFIRM, {"code": code_in_mail()})
    assert linked_to(anna) is None


def test_the_code_of_the_mail_lasts_fifteen_minutes(slip, anna, code_in_mail, monkeypatch):
    client = typed(slip.code)
    client.post(WHOSE, new_log_in_form())
    later = time.time() + 15 * 60 + 1
    monkeypatch.setattr("musling.identity.activation_views.time.time", lambda: later)
    client.post(CONFIRM, {"code": code_in_mail()})
    assert linked_to(anna) is None


def test_whoever_has_a_slip_cannot_send_mails_without_end(slip):
    sent = []
    for number in range(7):
        mail.outbox.clear()
        typed(slip.code).post(WHOSE, new_log_in_form(f"victim{number}@privat.example"))
        sent.append(len(mail.outbox))
    assert sent == [1, 1, 1, 1, 1, 0, 0]


def test_hr_cannot_flood_a_mailbox(anna, hr, place):
    anna.email = "anna@havneby.example"
    anna.save()
    for _time in range(activation.A_DAYS_LIMIT):
        activation.send_activation(place.actor(hr), anna)
    with pytest.raises(Refused):
        activation.send_activation(place.actor(hr), anna)


# --- the address must be one's own, and tells nothing -------------------------------------------


def test_no_log_in_is_made_before_the_address_is_proved(slip, anna):
    client = typed(slip.code)
    client.post(WHOSE, new_log_in_form("somebody.else@privat.example"))
    assert not Person.objects.filter(email="somebody.else@privat.example").exists()
    assert linked_to(anna) is None


def test_an_address_in_use_looks_like_any_other(slip, new_log_in):
    new_log_in("taken@privat.example")
    answers = []
    for email in ("taken@privat.example", "free@privat.example"):
        mail.outbox.clear()
        client = typed(slip.code)
        response = client.post(WHOSE, new_log_in_form(email), follow=True)
        text = response.content.decode().replace(email, "ADDRESS")
        wrong = client.post(CONFIRM, {"code": "BBBB-BBBB"}).status_code
        token = str(response.context["csrf_token"])
        answers.append((text.replace(token, ""), response.redirect_chain, wrong, len(mail.outbox)))
    assert answers[0] == answers[1]


def test_an_address_in_use_is_not_taken_over(slip, anna, new_log_in):
    owner = new_log_in("taken@privat.example")
    client = typed(slip.code)
    client.post(WHOSE, new_log_in_form("Taken@Privat.example"))
    assert not re.search(r"[A-Z]{4}-[A-Z]{4}", mail.outbox[-1].body)
    assert client.session["activation_new_log_in"]["code"] == ""
    for code in ("", " ", "-", "BBBB-BBBB"):
        client.post(CONFIRM, {"code": code})
    assert linked_to(anna) is None
    assert Person.objects.get(pk=owner.pk).check_password(PASSWORD)


def test_the_password_lies_in_no_session_as_it_was_typed(slip):
    client = typed(slip.code)
    client.post(WHOSE, new_log_in_form())
    stored = str([SessionStore().decode(row.session_data) for row in Session.objects.all()])
    assert "activation_new_log_in" in stored
    assert NEW not in stored


# --- the code of another person -----------------------------------------------------------------


def test_a_colleague_cannot_add_anothers_profile_to_a_log_in(slip, anna, mette, browser_of):
    client = typed(slip.code, browser_of(mette))
    response = client.post(LINK)
    assert response.status_code == 200
    assert response.context["problem"]
    assert linked_to(anna) is None


def test_nobody_learns_whose_without_the_code(slip):
    assert b"Anna" not in Client().get(WHOSE).content
    assert b"Anna" not in typed("ABCDEFGHJKMN").get(WHOSE).content


def test_a_session_cannot_be_led_to_another_activation(slip, anna, hr, place):
    """The browser holds an id in its session, which it cannot write."""
    other = place.profile("Bo Bang", email="")
    activation.print_slips(place.actor(hr), [other])
    client = typed(slip.code)
    client.post(WHOSE, new_log_in_form() | {"activation": "1", "profile": other.public_id})
    assert is_open(client)


# --- who may give one out -----------------------------------------------------------------------


def test_the_nearest_leader_may(place, anna):
    leader = place.employ(place.profile("Lars Lund", log_in=True), place.unit("Top"))
    unit = anna.employments.get().unit
    place.lead(leader, unit)
    assert activation.print_slips(place.actor(leader.profile), [anna])[0].profile == anna


def test_a_colleague_may_not(place, anna, mette):
    with pytest.raises(NotThere):
        activation.print_slips(place.actor(mette), [anna])
    with pytest.raises(NotThere):
        activation.send_activation(place.actor(mette), anna)
    assert not Activation.objects.exists()


def test_hr_of_another_workplace_may_not(place, anna, new_log_in):
    other = Workplace("sandvig")
    with pytest.raises(NotThere):
        activation.print_slips(other.hr("Nina Krog"), [anna])


def test_nobody_may_for_somebody_who_has_a_log_in(place, hr, mette):
    with pytest.raises(NotThere):
        activation.print_slips(place.actor(hr), [mette])
    with pytest.raises(NotThere):
        activation.send_activation(place.actor(hr), mette)


def test_one_who_may_not_be_activated_stops_the_whole_print(place, hr, anna, mette):
    with pytest.raises(NotThere):
        activation.print_slips(place.actor(hr), [anna, mette])
    assert not Activation.objects.exists()


def test_a_mail_needs_an_address(place, hr, anna):
    with pytest.raises(Refused) as refused:
        activation.send_activation(place.actor(hr), anna)
    assert refused.value.field == "email"


def test_many_slips_cost_as_many_queries_as_one(place, hr, django_assert_num_queries):
    unit = place.unit("Nord")
    people = [place.employ(f"Person{n} Prøve", unit).profile for n in range(30)]
    actor = place.actor(hr)
    with CaptureQueriesContext(connection) as one:
        activation.print_slips(actor, people[:1])
    with django_assert_num_queries(len(one)):
        slips = activation.print_slips(actor, people)
    assert [slip.profile for slip in slips] == people
