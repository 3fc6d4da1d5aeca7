"""What every answer bears: the policy, no caching, nothing for other sites; cookies in production.

(Number 9 of the issue on privacy; T2, T11, T13, T33.)
"""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from musling.conversations.models import Conversation
from musling.vault import keys
from tests.access.addresses import ADDRESSES, ANYBODY, GROUPS, LOGGED_IN, MEMBERS
from tests.access.stages import STAGES
from tests.access.test_addresses import filled_in, methods, names
from tests.cast import Cast, Member
from tests.cli.installation import ROOT, migrated

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}
# What everybody may see, logged in or not, and says so itself.
MAY_BE_STORED = {"help-picture"}


def marks(answer: HttpResponse) -> dict[str, object]:
    """The marks of an answer, policies as sets."""
    policy = answer.headers.get("Content-Security-Policy", "")
    permissions = answer.headers.get("Permissions-Policy", "")
    return {
        "policy": {one.strip() for one in policy.split(";") if one.strip()},
        "sniffing": answer.headers.get("X-Content-Type-Options"),
        "referrer": answer.headers.get("Referrer-Policy"),
        "opener": answer.headers.get("Cross-Origin-Opener-Policy"),
        "resource": answer.headers.get("Cross-Origin-Resource-Policy"),
        "frames": answer.headers.get("X-Frame-Options"),
        "camera": "camera=()" in permissions,
        "microphone": "microphone=()" in permissions,
        "location": "geolocation=()" in permissions,
        "passkeys": "publickey-credentials-get=(self)" in permissions,
    }


MARKS = {
    "policy": POLICY,
    "sniffing": "nosniff",
    "referrer": "same-origin",
    "opener": "same-origin",
    "resource": "same-origin",
    "frames": "DENY",
    "camera": True,
    "microphone": True,
    "location": True,
    "passkeys": True,
}


def is_stored_nowhere(answer: HttpResponse) -> bool:
    told = {one.strip() for one in answer.headers.get("Cache-Control", "").split(",")}
    return {"no-store", "private", "max-age=0"} <= told


def one_who_may(cast: Cast, name: str) -> Client:
    """A browser of somebody who comes to the address, logged in now."""
    group = ADDRESSES[name]
    anyone = group in {ANYBODY, LOGGED_IN, MEMBERS} or not GROUPS[group]
    member: Member = cast.employee if anyone else cast.everybody[min(GROUPS[group])]
    member.person.refresh_from_db()  # one of the addresses ends all sessions
    return member.client


def answers_of(cast: Cast, name: str, address: str) -> Iterator[HttpResponse]:
    """The answers to every method, also one that is not allowed, from inside and outside."""
    for method in (*methods(name), "PUT"):
        for browser in (one_who_may(cast, name), Client()):
            yield browser.generic(method, address)


# HR's preview of a frame as on a phone: our own page may frame our own preview, and nothing else.
FRAMING = {
    "draft-preview": {
        "policy": POLICY - {"frame-ancestors 'none'"} | {"frame-ancestors 'self'"},
        "frames": "SAMEORIGIN",
    },
    "draft-phone": {"policy": POLICY | {"frame-src 'self'"}},
}


def marks_of(name: str, answer: HttpResponse) -> dict[str, object]:
    """The marks that an answer of the address must bear."""
    return MARKS | (FRAMING.get(name, {}) if answer.status_code == 200 else {})


@pytest.mark.long_walk
@pytest.mark.django_db
@pytest.mark.parametrize("stage", ["booked", "agreed"])
def test_every_answer_of_every_address_bears_the_marks_and_is_stored_nowhere(cast: Cast, stage):
    talk = STAGES[stage](cast)
    kinds: Counter[str] = Counter()
    statuses: Counter[int] = Counter()
    for name in sorted(names()):
        address = filled_in(cast, talk, name)
        with transaction.atomic():  # what one post changes is not there for the next
            for answer in answers_of(cast, name, address):
                told = (name, answer.request["REQUEST_METHOD"], answer.status_code)
                assert marks(answer) == marks_of(name, answer), told
                may_be = name in MAY_BE_STORED and answer.status_code == 200
                assert is_stored_nowhere(answer) is not may_be, told
                kinds[answer.headers.get("Content-Type", "").partition(";")[0]] += 1
                statuses[answer.status_code] += 1
            transaction.set_rollback(True)
    assert {200, 302, 404, 405} <= set(statuses)
    seen = {"text/html", "text/css", "text/csv", "application/json", "application/zip"}
    assert seen <= set(kinds)
    assert ("application/pdf" in kinds) or stage == "booked"


@pytest.mark.django_db
def test_a_refusal_on_the_way_in_bears_them_too(cast: Cast, monkeypatch):
    talk = STAGES["agreed"](cast)
    browser = cast.employee.client
    base = f"/havneby/talks/{talk.public_id}/"
    strict = Client(enforce_csrf_checks=True)
    log_in = "/account/log-in/"
    forgotten = "/account/password/forgotten/"
    asking = [Client().post(forgotten, {"email": "x@y.example"}) for _time in range(4)]
    keys.destroy([Conversation.objects.get(pk=talk.pk).key], reason="next_held")
    answers = {
        400: browser.get(base, headers={"Host": "evil.example"}),
        401: Client().post(base + "prepare/save/", headers={"X-Musling-Autosave": "1"}),
        403: strict.post(log_in, {"login": "x"}),
        404: browser.get("/nothing/at/all"),
        410: browser.get(base + "minutes/"),
        429: asking[-1],
        301: browser.get(base.rstrip("/")),
    }
    monkeypatch.setattr("musling.web.start.views.render", lambda *a, **k: 1 / 0)
    careless = cast.employee.client
    careless.raise_request_exception = False
    answers[500] = careless.get("/havneby/")
    for status, answer in answers.items():
        assert answer.status_code == status
        assert marks(answer) == MARKS, status
        assert is_stored_nowhere(answer), status


def test_the_policy_lets_nothing_unsafe_nor_anybody_else_in():
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    allowed = {source for sources in policy.values() for source in sources}
    assert allowed == {"'self'", "'none'"}


# --- production: cookies, TLS --------------------------------------------------------------------

SHOWN = """
import json, django
django.setup()
from django.test import Client
from musling.people.models import Person
Person.objects.create_user("mette@kommune.invalid", "otte små ænder")
host = {"SERVER_NAME": "musling.kommune.invalid"}
browser = Client(**host)
plain = browser.get("/account/log-in/")
over_tls = {"HTTP_X_FORWARDED_PROTO": "https"}
page = browser.get("/account/log-in/", **over_tls)
wrong_host = Client(SERVER_NAME="evil.invalid").get("/account/log-in/", **over_tls)
done = browser.post(
    "/account/log-in/", {"login": "mette@kommune.invalid", "password": "otte små ænder"}, **over_tls
)
print(json.dumps({
    "plain": [plain.status_code, plain.headers.get("Location")],
    "wrong host": wrong_host.status_code,
    "sts": page.headers.get("Strict-Transport-Security"),
    "policy": page.headers.get("Content-Security-Policy"),
    "done": [done.status_code, done.headers.get("Location")],
    "cookies": {name: dict(value) for name, value in browser.cookies.items()},
}))
"""


@pytest.fixture(scope="module")
def shown(tmp_path_factory, django_db_setup, django_db_blocker):
    """What production answers over TLS, told by a proxy."""
    with django_db_blocker.unblock():
        made = migrated(tmp_path_factory.mktemp("production"), "musling_production")
    production = {
        "MUSLING_MODE": "production",
        "MUSLING_SECRET_KEY": "k" * 20 + "5f3c9a7e1b2d4860" * 3,
        "MUSLING_HOSTS": "musling.kommune.invalid",
        "MUSLING_BASE_URL": "https://musling.kommune.invalid",
        "MUSLING_BEHIND_PROXY": "1",
        "DJANGO_SETTINGS_MODULE": "musling.config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", SHOWN],
        env=made.environment | production,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_production_speaks_tls_alone(shown):
    to = "https://musling.kommune.invalid/account/log-in/"
    assert shown["plain"] == [301, to]
    assert int(re.search(r"max-age=(\d+)", shown["sts"])[1]) >= 31_536_000
    assert shown["wrong host"] == 400
    assert "unsafe" not in shown["policy"]


def test_cookies_are_for_this_host_over_tls_and_for_no_script(shown):
    assert shown["done"][0] == 302
    assert set(shown["cookies"]) == {"__Host-session", "__Host-csrf"}
    for name, cookie in shown["cookies"].items():
        assert cookie["secure"] is True, name
        assert cookie["httponly"] is True, name
        assert (cookie["path"], cookie["domain"]) == ("/", ""), name
    assert shown["cookies"]["__Host-session"]["samesite"] == "Lax"
    assert shown["cookies"]["__Host-csrf"]["samesite"] == "Strict"


@pytest.mark.django_db
def test_nobody_gets_any_other_cookie(cast: Cast):
    browser = cast.employee.client
    talk = STAGES["agreed"](cast)
    for name in sorted(names()):
        if "GET" in methods(name):
            browser.get(filled_in(cast, talk, name))
    assert browser.get("/havneby/").status_code == 200
    assert set(browser.cookies) == {"session", "csrf"}
