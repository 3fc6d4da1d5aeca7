"""T24: open redirect in "next"; text reflected on log-in and error pages."""

from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from tests.identity.steps import PASSWORD, is_in, log_in

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "////evil.example",
    "/\\evil.example/",
    "\\\\evil.example/",
    "https:evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    " https://evil.example/",
    "\thttps://evil.example/",
    "/\t/evil.example/",
    "/%0d//evil.example",
    "http://testserver@evil.example/",
    "http://testserver/",
    "evil.example",
    "data:text/html,x",
    "https://localhost:8000.evil.example/",
]
HERE = "/havneby/?seen=1"
MARK = "<script>alert('reflected')</script>"


def ends_here(location: str) -> bool:
    """Whether a browser that follows this stays on our site: a path whose first part is no host."""
    cleaned = "".join(sign for sign in location if sign not in "\t\r\n").replace("\\", "/")
    return urlsplit(urljoin("http://testserver/account/log-in/", cleaned)).netloc == "testserver"


def test_the_check_itself_knows_the_tricks():
    assert not any(ends_here(there) for there in ("//evil.example/", "/\\evil.example", "/\t/x"))
    assert ends_here(HERE)


@pytest.mark.parametrize("there", ELSEWHERE)
def test_log_in_leads_nowhere_else(there, mette):
    response = log_in(Client(), mette.person.email, next=there)
    assert response.status_code == 302
    assert ends_here(response["Location"])
    assert "evil" not in response["Location"].partition("?")[0].replace("/%0d//evil.example", "")


@pytest.mark.parametrize("there", ELSEWHERE)
def test_nor_where_one_is_logged_in_already(there, mette, browser_of):
    client = browser_of(mette)
    for name in ("account_login", "account_request_login_code", "mfa_login_webauthn"):
        response = client.get(reverse(name), {"next": there})
        assert response.status_code == 302
        assert ends_here(response["Location"]), name


@pytest.mark.parametrize("there", ELSEWHERE)
def test_nor_after_confirming_that_it_is_oneself(there, mette, browser_of):
    response = browser_of(mette).post(
        reverse("account_reauthenticate"), {"password": PASSWORD, "next": there}
    )
    assert response.status_code == 302
    assert ends_here(response["Location"])


@pytest.mark.parametrize("there", ELSEWHERE)
def test_nor_with_a_code_by_mail(there, mette, code_in_mail):
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": mette.person.email, "next": there})
    response = client.post(
        reverse("account_confirm_login_code"), {"code": code_in_mail(), "next": there}
    )
    assert is_in(client)
    assert ends_here(response["Location"])


@pytest.mark.parametrize("there", ELSEWHERE)
def test_nor_by_the_switch_of_language(there, db):
    response = Client().post(reverse("language"), {"language": "en", "next": there})
    assert ends_here(response["Location"])


@pytest.mark.parametrize(
    "word",
    ["", "default", "account_login", "start", "x" * 5000, "a\r\nSet-Cookie: a=b", "\0", "?", "#"],
)
def test_a_word_that_is_no_place_leads_home(word, db):
    """Found by a scanner: Django takes such a word for the name of a view."""
    response = Client().post(reverse("language"), {"language": "en", "next": word})
    assert (response.status_code, response["Location"]) == (302, reverse("home"))


def test_a_place_of_ours_is_gone_to(mette):
    assert log_in(Client(), mette.person.email, next=HERE)["Location"] == HERE


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("account_login", "login"),
        ("account_login", "next"),
        ("account_request_login_code", "email"),
        ("account_reset_password", "email"),
        ("account_signup", "code"),
    ],
)
def test_what_was_typed_comes_back_as_text_only(name, field, db):
    for answer in (
        Client().post(reverse(name), {field: MARK}),
        Client().get(reverse(name), {field: MARK}),
    ):
        assert answer.status_code == 200
        assert MARK not in answer.content.decode()


def test_a_password_does_not_come_back(mette):
    response = log_in(Client(), mette.person.email, "my secret typed by mistake")
    assert b"typed by mistake" not in response.content


@pytest.mark.parametrize(
    "path",
    ["/nowhere/<script>alert(1)</script>/", "/account/nowhere/?q=<script>", "/account/<script>/"],
)
def test_an_error_page_reflects_nothing(path, mette, browser_of):
    for client in (Client(), browser_of(mette)):
        response = client.get(path, follow=True)
        assert b"<script>alert" not in response.content
        assert b"q=" not in response.content


def test_a_message_cannot_be_put_on_a_page_by_its_address(db):
    for name in ("message", "error", "problem", "title", "email", "token_fail"):
        page = Client().get(reverse("account_login"), {name: "Call 12345678"}).content.decode()
        assert "12345678" not in strip_tags(page)


def test_an_e_mail_address_as_markup_is_no_address(db):
    response = Client().post(
        reverse("account_reset_password"), {"email": f'"{MARK}"@privat.example'}, follow=True
    )
    assert MARK not in response.content.decode()
