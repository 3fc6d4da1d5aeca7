"""Log-in in a real browser: each page at both widths, with axe; passkeys; a post that is held."""

import os
from pathlib import Path

import pytest
from django.core import mail
from playwright.sync_api import Page

from musling.people import activation
from musling.people.models import Profile
from musling.people.sessions import end_sessions
from tests.browser import DESKTOP, PHONE, Visit, assert_accessible
from tests.cast import booked_talk
from tests.identity.steps import PASSWORD, app_code, give_app, recovery_code

pytestmark = pytest.mark.django_db(transaction=True)
# Where to leave pictures of the pages, to look at; nothing where it is not set.
PICTURES = os.environ.get("MUSLING_TEST_PICTURES", "")
PUBLIC = [
    "/account/log-in/",
    "/account/log-in/code/",
    "/account/password/forgotten/",
    "/account/password/forgotten/mailed/",
    "/account/password/new/1-bad-token/",
    "/account/password/new/done/",
    "/account/closed/",
    "/account/logged-out/",
    "/account/activate/",
]
OWN = [
    "/account/",
    "/account/addresses/",
    "/account/password/",
    "/account/again/",
    "/account/second-step/",
    "/account/second-step/app/",
    "/account/passkeys/",
    "/account/passkeys/add/",
]


def send(page: Page, button: str = "main form button") -> None:
    """Presses the first such button and waits for the page that follows."""
    with page.expect_navigation():
        page.locator(button).first.click()


def log_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/account/log-in/")
    page.locator("#id_login").fill(email)
    page.locator("#id_password").fill(password)
    send(page)


def confirm(page: Page) -> None:
    """Types the password once more where it is asked for."""
    if "/again/" in page.url:
        page.locator("#id_password").fill(PASSWORD)
        send(page)


def look_at(page: Page, name: str, size: tuple[int, int]) -> None:
    """Nothing sticks out at the side, and axe finds nothing."""
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= size[0], f"{page.url} is {width} wide"
    if PICTURES:
        clean = name.strip("/").replace("/", "_") or "account"
        page.screenshot(path=Path(PICTURES) / f"{clean}-{size[0]}.png", full_page=True)
    assert_accessible(page)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_pages_before_log_in(size, visit: Visit, place):
    page = visit(size=size)
    for address in PUBLIC:
        page.goto(address)
        look_at(page, address, size)
    page.goto("/account/log-in/")
    send(page)
    look_at(page, "log-in-errors", size)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_pages_of_ones_own(size, visit: Visit, mette: Profile):
    page = visit(size=size)
    log_in(page, mette.person.email)
    for address in OWN:
        page.goto(address)
        if address != "/account/again/":
            confirm(page)
        look_at(page, address, size)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_from_the_slip_to_the_log_in(javascript, visit: Visit, place, hr, code_in_mail):
    anna = place.profile("Anna Holm", email="")
    place.employ(anna, place.unit("Vest"))
    slip = activation.print_slips(place.actor(hr), [anna])[0]
    page = visit(size=PHONE, javascript=javascript)
    page.goto(slip.link.partition("8000")[2] or slip.link)
    send(page)
    assert "Anna Holm" in page.locator("main").inner_text()
    if javascript:
        look_at(page, "activate-whose", PHONE)
    page.locator("#id_email").fill("anna@privat.example")
    page.locator("#id_password1").fill("otte store ænder")
    page.locator("#id_password2").fill("otte store ænder")
    send(page)
    if javascript:
        look_at(page, "activate-confirm", PHONE)
    page.locator("#id_code").fill(code_in_mail())
    send(page)
    anna.refresh_from_db()
    assert anna.person.email == "anna@privat.example"
    page.goto("/account/")
    assert "anna@privat.example" in page.locator("main").inner_text()


def test_an_app_for_codes(visit: Visit, mette: Profile):
    page = visit(size=PHONE)
    log_in(page, mette.person.email)
    page.goto("/account/second-step/app/")
    confirm(page)
    box = page.locator(".code-picture svg").bounding_box()
    assert box is not None
    assert box["width"] > 150
    secret = page.locator("#totp-key").text_content() or ""
    page.locator("#id_code").fill(app_code(secret))
    send(page, "main form button[type=submit]")
    codes = page.locator("#recovery-codes li").all_inner_texts()
    assert len(codes) == 10
    look_at(page, "recovery-codes", PHONE)
    page.goto("/account/second-step/")
    look_at(page, "second-step-set-up", PHONE)
    page.context.clear_cookies()
    log_in(page, mette.person.email)
    look_at(page, "second-step-asked", PHONE)
    page.locator("#id_code").fill(codes[0])
    send(page)
    page.goto("/account/")
    assert "mette@privat.example" in page.locator("main").inner_text()


def virtual_device(page: Page) -> None:
    """A phone with a fingerprint reader, as far as the browser can tell."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )


def test_a_passkey_logs_in_without_password(visit: Visit, mette: Profile):
    page = visit()
    virtual_device(page)
    log_in(page, mette.person.email)
    page.goto("/account/passkeys/add/")
    confirm(page)
    page.locator("main form button").first.click()
    page.wait_for_url("**/account/second-step/codes/")
    assert mail.outbox[-1].to == ["mette@privat.example"]
    page.goto("/account/passkeys/")
    look_at(page, "passkeys-one", DESKTOP)
    page.context.clear_cookies()
    page.goto("/account/log-in/")
    page.locator("#id_shared_device").check()
    page.locator("form[data-passkey] button").click()
    page.wait_for_url(lambda url: "/log-in/" not in url)
    page.goto("/account/")
    assert "mette@privat.example" in page.locator("main").inner_text()
    assert page.locator("html[data-shared-device]").count() == 1


def test_a_passkey_is_the_second_step(visit: Visit, mette: Profile):
    page = visit()
    virtual_device(page)
    log_in(page, mette.person.email)
    page.goto("/account/passkeys/add/")
    confirm(page)
    page.locator("main form button").first.click()
    page.wait_for_url("**/account/second-step/codes/")
    page.context.clear_cookies()
    log_in(page, mette.person.email)
    assert page.url.endswith("/account/log-in/second-step/")
    page.locator("form[data-passkey] button").click()
    page.wait_for_url(lambda url: "/second-step/" not in url)
    page.goto("/account/")
    assert "mette@privat.example" in page.locator("main").inner_text()


def test_a_passkey_that_is_not_there_is_told(visit: Visit, place):
    page = visit()
    virtual_device(page)
    page.goto("/account/log-in/")
    page.locator("form[data-passkey] button").click()
    page.locator("[data-passkey-problem]").wait_for(state="visible")


def test_without_a_script_a_post_after_the_session_is_held(visit: Visit, place, mette: Profile):
    page = visit(size=PHONE, javascript=False)
    log_in(page, mette.person.email)
    page.goto(f"/{place.slug}/me/mail/")
    end_sessions([mette.person_id])
    send(page)
    assert page.url.endswith("/account/log-in/")
    page.locator("#id_login").fill(mette.person.email)
    page.locator("#id_password").fill(PASSWORD)
    send(page)
    assert page.url.endswith("/account/kept/")
    send(page)
    assert f"/{place.slug}/" in page.url


def test_log_in_in_place_goes_on_where_one_was(visit: Visit, cast, quick_passwords):
    """The session ends while somebody writes: log-in opens over the page, with its second step."""
    person = cast.employee.person
    person.set_password(PASSWORD)
    person.save()
    give_app(person)
    talk = booked_talk(cast)
    page = visit()
    log_in(page, person.email)
    page.locator("#id_code").fill(app_code())
    send(page)
    page.goto(f"/havneby/talks/{talk.public_id}/prepare/")
    send(page)
    form = page.locator("form[data-autosave]")
    area = form.locator("textarea").first
    form.locator("details").first.evaluate("details => { details.open = true; }")
    end_sessions([person.pk])
    with page.expect_response(lambda answer: answer.status == 401):
        area.fill("Skrevet, efter at jeg var logget ud.")
        area.blur()
    dialog = page.locator("dialog[data-log-in]")
    dialog.locator("#id_login").fill(person.email)
    dialog.locator("#id_password").fill(PASSWORD)
    dialog.locator("form button").first.click()
    dialog.locator("#id_code").fill(recovery_code(person))
    with page.expect_response(lambda answer: answer.ok and "/save/" in answer.url):
        dialog.locator("form button").first.click()
    dialog.wait_for(state="hidden")
    page.reload()
    assert area.input_value() == "Skrevet, efter at jeg var logget ud."
