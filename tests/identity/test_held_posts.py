"""A session that ended while writing: without a script the post is held for its author."""

import datetime as dt
import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.core import signing
from django.forms import PasswordInput
from django.test import Client
from django.urls import reverse

from musling.foundation import clock
from musling.identity import held
from musling.identity.models import HeldPost
from musling.people.sessions import end_sessions
from musling.vault import keys, ledger
from musling.vault.models import Key
from musling.web.forms import DkfdsForm
from musling.web.talks import room_forms  # noqa: F401 (its forms are looked at)
from tests.identity.steps import log_in

TEXT = "Jeg vil gerne tale om æbler & pærer.\nOg om vagterne."
URLENCODED = "application/x-www-form-urlencoded"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def send(client: Client, address: str, data: dict[str, str], **more):
    """Sends fields as a browser does, and not as a file would be sent."""
    body = urlencode(data)
    return client.post(path=address, data=body, content_type=URLENCODED, **more)


def form_on(client: Client, page: str, action: str) -> dict[str, str]:
    """The hidden fields of a form, as the browser would send them."""
    html = client.get(page).content.decode()
    form = re.search(rf'<form[^>]* action="{re.escape(action)}".*?</form>', html, re.DOTALL)
    assert form, html
    return {name: unescape(value) for name, value in HIDDEN.findall(form[0])}


@pytest.fixture
def address(place) -> str:
    """An address that only somebody logged in may post to, outside /account/."""
    return reverse("settings", args=[place.slug]) + "?from=talk"


@pytest.fixture
def browser(mette, browser_of):
    client = browser_of(mette)
    client.handler.enforce_csrf_checks = True
    return client


@pytest.fixture
def tokens(browser) -> dict[str, str]:
    """The hidden fields of a form on an open page."""
    return form_on(browser, reverse("account"), reverse("log-out-elsewhere"))


@pytest.fixture
def written(tokens) -> dict[str, str]:
    return tokens | {"wish": TEXT, "answer": "3", "action": "save"}


@pytest.fixture
def sent(browser, mette, address, written):
    """What was sent after the session had ended."""
    end_sessions([mette.person_id])
    response = send(browser, address, written)
    assert HeldPost.objects.count() == 1
    return response


def test_every_form_says_for_whom_it_was_made(tokens, mette):
    name, _stamp, _signature = tokens["posted_by"].split(":")
    assert name == mette.person.public_id


def test_a_form_for_somebody_logged_out_says_nothing(place):
    page = Client().get(reverse("account_login")).content
    assert b"csrfmiddlewaretoken" in page
    assert b"posted_by" not in page


def test_the_post_is_held_and_log_in_follows(sent):
    assert (sent.status_code, sent["Location"]) == (302, reverse("account_login"))


def test_after_log_in_it_is_there_with_one_button(sent, browser, mette, address):
    browser.handler.enforce_csrf_checks = False
    response = log_in(browser, mette.person.email)
    assert response["Location"] == reverse("kept")
    fields = form_on(browser, reverse("kept"), address.replace("&", "&amp;"))
    assert fields.pop("csrfmiddlewaretoken")
    assert fields.pop("posted_by")
    assert fields == {"wish": TEXT, "answer": "3", "action": "save"}


def test_it_is_sealed(sent):
    post = HeldPost.objects.get()
    raw = bytes(post.content)
    assert "æbler".encode() not in raw
    assert b"settings" not in raw
    assert held.content_of(post)[1][0] == ("wish", TEXT)


def test_another_person_does_not_see_it_and_it_is_destroyed(sent, browser, new_log_in):
    browser.handler.enforce_csrf_checks = False
    key = HeldPost.objects.get().key_id
    response = log_in(browser, new_log_in().email)
    assert response["Location"] == reverse("home")
    assert browser.get(reverse("kept"))["Location"] == reverse("home")
    assert not HeldPost.objects.exists()
    assert Key.objects.get(pk=key).destroyed_at is not None
    with pytest.raises(keys.KeyDestroyed):
        keys.open_key(key)


def test_another_browser_of_the_same_person_does_not_have_it(sent, mette, browser_of):
    other = browser_of(mette)
    assert other.get(reverse("kept"))["Location"] == reverse("home")


def test_half_an_hour_later_it_is_gone(sent, browser, mette):
    browser.handler.enforce_csrf_checks = False
    clock.move(dt.timedelta(minutes=31))
    assert log_in(browser, mette.person.email)["Location"] == reverse("home")
    assert held.destroy_old() in {0, 1}
    assert not HeldPost.objects.exists()


def test_what_nobody_came_back_for_is_destroyed(sent):
    assert held.destroy_old() == 0
    clock.move(dt.timedelta(minutes=31))
    key = HeldPost.objects.get().key.public_id
    assert held.destroy_old() == 1
    assert key in list(ledger.destroyed())


def test_it_can_be_thrown_away(sent, browser, mette):
    browser.handler.enforce_csrf_checks = False
    log_in(browser, mette.person.email)
    browser.post(reverse("kept"))
    assert not HeldPost.objects.exists()


def test_looking_at_it_destroys_nothing(sent, browser, mette):
    browser.handler.enforce_csrf_checks = False
    log_in(browser, mette.person.email)
    for _time in range(2):
        assert browser.get(reverse("kept")).status_code == 200
    assert HeldPost.objects.count() == 1


def test_log_out_destroys_it(sent, browser, mette):
    browser.handler.enforce_csrf_checks = False
    log_in(browser, mette.person.email)
    browser.post(reverse("log-out"))
    assert not HeldPost.objects.exists()


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "mettemetteme:1abcde:not-a-signature",
        signing.TimestampSigner(salt="other").sign("mette"),
    ],
)
def test_nothing_is_held_without_our_signature(token, browser, mette, address, written):
    end_sessions([mette.person_id])
    response = send(browser, address, written | {"posted_by": token})
    assert response["Location"] == reverse("account_login")
    assert not HeldPost.objects.exists()


def test_nothing_is_held_from_a_page_that_lay_open_for_more_than_a_week(
    browser, mette, address, written, monkeypatch
):
    end_sessions([mette.person_id])
    monkeypatch.setattr(held, "A_FORM_LIVES", dt.timedelta(seconds=-1))
    send(browser, address, written)
    assert not HeldPost.objects.exists()


def test_nothing_is_held_without_the_csrf_token_of_this_browser(mette, address, written):
    """Another site cannot lay words in somebody's session: it has neither cookie nor signature."""
    stranger = Client(enforce_csrf_checks=True)
    response = send(stranger, address, written | {"posted_by": ""})
    assert response.status_code == 403
    assert not HeldPost.objects.exists()


def test_nothing_too_large_is_held(browser, mette, address, written):
    end_sessions([mette.person_id])
    send(browser, address, written | {"wish": "x" * 100_001})
    assert not HeldPost.objects.exists()


def test_no_file_is_held(browser, mette, address, written, tmp_path):
    (tmp_path / "people.csv").write_text("x")
    end_sessions([mette.person_id])
    with (tmp_path / "people.csv").open("rb") as file:
        browser.post(address, written | {"file": file})
    assert not HeldPost.objects.exists()


def test_no_password_is_held(browser, mette, tokens):
    end_sessions([mette.person_id])
    there = reverse("account_change_password")
    send(browser, there, tokens | {"oldpassword": "a", "password1": "b", "password2": "b"})
    assert not HeldPost.objects.exists()


def test_at_most_five_are_held_for_a_person(mette, browser_of, address):
    for _time in range(7):
        client = browser_of(mette)
        tokens = form_on(client, reverse("account"), reverse("log-out-elsewhere"))
        end_sessions([mette.person_id])
        send(client, address, tokens | {"wish": TEXT})
    assert HeldPost.objects.count() == 5


def test_a_newer_one_of_the_same_browser_takes_the_place(sent, browser, address, written):
    send(browser, address, written | {"wish": "second"})
    assert held.content_of(HeldPost.objects.get())[1][0] == ("wish", "second")


# --- a script saves while one writes --------------------------------------------------------------


def test_a_script_is_told_that_the_session_ended(browser, mette, address, written):
    end_sessions([mette.person_id])
    token = written["csrfmiddlewaretoken"]
    headers = {"X-Musling-Autosave": "1", "X-CSRFToken": token}
    response = send(browser, address, written, headers=headers)
    assert (response.status_code, response.content) == (401, b"")
    assert not HeldPost.objects.exists()


def test_the_page_of_log_in_gives_the_script_form_and_token(place):
    """musling.js takes the first form of the page, and the token in it."""
    html = Client().get(reverse("account_login"), {"next": "/havneby/"}).content.decode()
    main = html[html.index("<main") :]
    first = re.search(r'<form method="post".*?</form>', main, re.DOTALL)[0]
    assert f'action="{reverse("account_login")}"' in first
    fields = dict(HIDDEN.findall(first))
    assert fields["next"] == "/havneby/"
    assert len(fields["csrfmiddlewaretoken"]) == 64


# --- a token that no longer fits ----------------------------------------------------------------


def test_who_logged_in_in_another_tab_meanwhile_gets_the_text_back(
    browser, mette, address, written
):
    browser.handler.enforce_csrf_checks = False
    end_sessions([mette.person_id])
    log_in(browser, mette.person.email)  # which changes the token
    browser.handler.enforce_csrf_checks = True
    response = send(browser, address, written)
    assert response.status_code == 403
    page = response.content.decode()
    fields = {name: unescape(value) for name, value in HIDDEN.findall(page)}
    assert fields["wish"] == TEXT
    assert not HeldPost.objects.exists()


def test_a_forged_post_gets_no_page_with_its_words(browser, address, written):
    forged = written | {"csrfmiddlewaretoken": "x" * 64, "posted_by": "forged:1abc:x"}
    response = send(browser, address, forged)
    assert response.status_code == 403
    assert "æbler" not in response.content.decode()


def test_the_words_of_another_are_not_shown(browser, address, written, new_log_in):
    other = new_log_in()
    theirs = signing.TimestampSigner(salt=held.SALT).sign(other.public_id)
    forged = written | {"csrfmiddlewaretoken": "x" * 64, "posted_by": theirs}
    response = send(browser, address, forged)
    assert response.status_code == 403
    assert "æbler" not in response.content.decode()


@pytest.mark.parametrize("name", sorted(held.SECRETS))
def test_a_post_with_a_secret_is_never_held_nor_shown_again(mette, browser, address, tokens, name):
    """The other party's password, typed on this screen to sign together."""
    secret = "fire ord på række"
    shown = send(browser, address, tokens | {name: secret, "csrfmiddlewaretoken": "x" * 64})
    assert shown.status_code == 403
    assert secret not in shown.content.decode()
    end_sessions([mette.person_id])
    send(browser, address, tokens | {name: secret})
    assert not HeldPost.objects.exists()


def test_what_a_page_asks_for_as_a_secret_is_on_the_list():
    forms = [one for one in DkfdsForm.__subclasses__() if one.__module__.startswith("musling.web")]
    secrets = {
        name
        for form in forms
        for name, field in form.base_fields.items()
        if isinstance(field.widget, PasswordInput)
    }
    assert "password" in secrets
    assert secrets <= held.SECRETS
