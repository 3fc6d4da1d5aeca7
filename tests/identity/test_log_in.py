"""Log-in and what follows: where one lands, in which language, and that it all fits together."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from musling.gate.checks import every_address
from musling.identity import adapters, counters
from musling.identity.models import CacheEntry
from musling.identity.urls import urlpatterns
from musling.people.log_ins import address_taken, make_log_in
from musling.web import language
from tests.identity.steps import PASSWORD, is_in, log_in


def test_log_in_leads_to_the_front_door(mette):
    client = Client()
    assert log_in(client, mette.person.email)["Location"] == reverse("home")
    assert is_in(client)


def test_the_address_may_be_typed_in_any_case(mette):
    client = Client()
    log_in(client, " METTE@privat.Example ")
    assert is_in(client)


def test_each_address_of_ones_own_logs_in(mette):
    mette.person.emailaddress_set.create(email="anden@privat.example", verified=True)
    client = Client()
    log_in(client, "anden@privat.example")
    assert is_in(client)


def test_an_address_that_was_never_confirmed_logs_nobody_in(mette):
    mette.person.emailaddress_set.create(email="ikke.min@privat.example", verified=False)
    client = Client()
    log_in(client, "ikke.min@privat.example")
    assert not is_in(client)


def test_what_was_typed_stays_when_the_password_is_wrong(mette):
    response = log_in(Client(), mette.person.email, "forkert", shared_device="on")
    page = response.content.decode()
    assert 'value="mette@privat.example"' in page
    assert "checked" in page


def test_the_session_speaks_the_persons_language(new_log_in):
    client = Client()
    log_in(client, new_log_in(language="en").email)
    assert client.session[language.SESSION_KEY] == "en"
    assert 'lang="en"' in client.get(reverse("account")).content.decode()


def test_both_sides_agree_on_where_the_language_lies():
    assert adapters.LANGUAGE_KEY == language.SESSION_KEY


def test_after_log_out_the_language_stays(new_log_in):
    client = Client()
    log_in(client, new_log_in(language="en").email)
    page = client.post(reverse("log-out"), follow=True).content.decode()
    assert 'lang="en"' in page
    assert not is_in(client)


def test_only_the_addresses_that_we_want_are_there():
    """A new release of allauth brings nothing along by itself."""
    names = {pattern.name for pattern in urlpatterns}
    assert names & {"account_logout", "account_signup_by_passkey", "mfa_trust"} == set()
    assert all(hasattr(pattern.callback, "gate_rule") for pattern in urlpatterns)
    mounted = {address for address, _pattern in every_address() if address.startswith("account/")}
    assert len(mounted) == len(urlpatterns)


def test_the_overview_names_all_that_is_ones_own(mette, browser_of):
    page = browser_of(mette).get(reverse("account")).content.decode()
    assert "mette@privat.example" in page
    assert "Havneby" in page


def test_a_log_in_has_a_verified_main_address(a_keyring, db):
    person = make_log_in(email=" Ny@Privat.example ", password=PASSWORD, language="en")
    address = person.emailaddress_set.get()
    assert (address.email, address.verified, address.primary) == ("ny@privat.example", True, True)
    assert address_taken("NY@privat.example")
    assert not address_taken("anden@privat.example")


# --- the cache that all processes share ---------------------------------------------------------


def test_the_table_of_the_cache_comes_by_migration(db):
    cache.set("counter", 1, 60)
    assert cache.get("counter") == 1
    assert CacheEntry.objects.count() == 1


def test_the_table_is_as_django_makes_it(db):
    """The columns that django.core.cache.backends.db reads and writes."""
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, "cache")
    assert [column.name for column in columns] == ["cache_key", "value", "expires"]


def test_many_tries_do_not_push_the_counters_out(db):
    """Django's own 300 entries would let a guesser wipe the count of wrong passwords."""
    assert cache._max_entries >= 100_000


def test_the_counter_of_a_used_code_holds_across_processes(db):
    assert cache.add("used", 1, 30) is True
    assert cache.add("used", 1, 30) is False


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password"])
def test_a_post_without_a_token_is_refused(name, db):
    response = Client(enforce_csrf_checks=True).post(reverse(name), {"login": "x", "email": "x"})
    assert response.status_code == 403


def test_counters_that_ran_out_are_removed_and_others_stay(db):
    cache.set("over", 1, 0.01)
    cache.set("running", 1, 600)
    CacheEntry.objects.filter(cache_key__contains="over").update(
        expires=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    )
    assert counters.forget_old() == 1
    assert cache.get("running") == 1
