"""The scripts and the look of the components, in real Chromium, against a pretended site."""

import json
import mimetypes
from collections.abc import Callable, Generator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, BrowserContext, Page, Route

from musling.foundation import clock
from tests.browser import DESKTOP, PHONE, assert_accessible
from tests.web.test_face import HELP, STEPS, rendered

pytestmark = pytest.mark.urls("tests.web.test_face")

SITE = "http://musling.test"


def include(component: str, /, **values: str) -> str:
    """A component with fixed texts (quoted) or names of the context (a leading "=")."""
    given = [
        f"{key}={value[1:] if value.startswith('=') else json.dumps(value)}"
        for key, value in values.items()
    ]
    return f'{{% include "components/{component}.html" with {" ".join(given)} %}}'


FORM = [
    include("steps", label="Steps"),
    include("progress", done="=1", total="=2", text="1 of 2"),
    '<section class="sheet"><h2>Well-being</h2>',
    include("eye", line="Only you can see this."),
    include("scale", name="s", number="1", text="I am well", value="4", version="1",
            comment_name="c", help="=help"),
    include("text_item", name="t", number="2", text="More of what?", value="=said", version="1"),
    include("choice_item", name="k", number="3", text="Which?", options="=options",
            values="=chosen", many="yes"),
    include("button_row", primary="Next", quiet="Later", quiet_url="/later"),
    include("save_state", second=""),
    '<input type="hidden" name="about" value="mette">',
    "</section>",
]  # fmt: skip
REST = [
    '<section class="sheet">',
    include("pair", left_name="Mette", left_score="4", right_name="You", right_state="Nothing yet"),
    include("table", caption="Agreements", columns="=columns", rows="=rows"),
    include("mark", text="Waits", kind="wait"),
    include("mark", text="Done", kind="ok"),
    include("alert", kind="success", text="Handed in."),
    include("core_task", core_task="A safe life", minutes="45", started="=started"),
    include("empty", heading="No talks yet", text="The first will stand here."),
    "</section>",
]
PAGE = "\n".join(
    [
        '{% extends "base.html" %}{% block title %}Test{% endblock %}{% block content %}',
        '<form method="post" action="/done" data-autosave="/save" data-login-url="/login">',
        "{% csrf_token %}",
        *FORM,
        "</form>",
        *REST,
        "{% endblock %}",
    ]
)


class FakeSite:
    """Answers the browser: the page, the saved texts, log-in; nothing is served by Django."""

    def __init__(self) -> None:
        """Mette is logged in, the connection holds, nothing has been sent."""
        self.person: int | None = 7
        self.shared = False
        self.token = "first"
        self.said = ""
        self.posts: list[dict[str, list[str]]] = []
        self.answers: list[Callable[[Route], None]] = []
        self.version = 1

    def answer(self, route: Route) -> None:
        """One request of the browser; a fault of this pretended site must not look like silence."""
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            kind = mimetypes.guess_type(path)[0] or "font/woff2"
            return route.fulfill(body=Path(str(found)).read_bytes(), content_type=kind)
        if path == "/save":
            return self.save(route)
        if path == "/login":
            return self.login(route)
        return route.fulfill(body=self.page(), content_type="text/html")

    def page(self) -> str:
        """The page as whoever is logged in now sees it."""
        user = SimpleNamespace(
            is_authenticated=self.person is not None, pk=self.person, public_id="mettes"
        )
        return rendered(
            PAGE,
            user=user,
            shared_device=self.shared,
            me_name="Mette Dam",
            nav=[{"label": "My talks", "url": "/", "current": True}],
            csrf_token=self.token,
            said=self.said,
            steps=STEPS,
            help=HELP,
            options=[("a", "Young"), ("b", "Senior")],
            chosen=["b"],
            columns=["What", "Who"],
            rows=[["Partner", "Lars"]],
            started=clock.now().isoformat(),
        )

    def save(self, route: Route) -> None:
        """Saves, or what the test has prepared."""
        if self.answers:
            return self.answers.pop(0)(route)
        if self.person is None:
            return route.fulfill(status=401, body="")
        if route.request.headers["x-csrftoken"] != self.token:
            return route.fulfill(status=403, body="")
        sent = parse_qs(route.request.post_data or "", keep_blank_values=True)
        sent.pop("posted_by")  # for whom the form was made: every form says so
        self.posts.append(sent)
        self.version += 1
        versions = {name: self.version for name in sent if not name.startswith("version.")}
        self.said = sent.get("t", [self.said])[0]
        return fulfil(route, {"saved_at": "10.42", "versions": versions})

    def login(self, route: Route) -> None:
        """A log-in of two steps: a password, then a code; the code says who it is."""
        code = parse_qs(route.request.post_data or "").get("code")
        if code:
            self.person, self.token = int(code[0]), "second"
            return route.fulfill(body=self.page(), content_type="text/html")
        field = "code" if route.request.method == "POST" else "password"
        form = f'<main><form method="post" action="/login"><label>{field} <input name="{field}">'
        body = f"<html><body>{form}</label><button>Go</button></form></main></body></html>"
        return route.fulfill(body=body, content_type="text/html")


def fulfil(route: Route, data: dict[str, Any], status: int = 200) -> None:
    """Answer with JSON."""
    route.fulfill(status=status, body=json.dumps(data), content_type="application/json")


@pytest.fixture
def site() -> FakeSite:
    return FakeSite()


@pytest.fixture
def context(browser: Browser, site: FakeSite) -> Generator[BrowserContext, None, None]:
    """A visitor's own cookies and storage."""
    context = browser.new_context(
        base_url=SITE, viewport={"width": PHONE[0], "height": PHONE[1]}, reduced_motion="reduce"
    )
    context.set_default_timeout(8000)
    context.route("**/*", site.answer)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """The page with a form that saves while one writes."""
    page = context.new_page()
    page.goto("/")
    return page


def state(page: Page) -> Any:
    """The line that says whether it is saved."""
    return page.locator("[data-save-state]")


def says(page: Page, words: str) -> None:
    """Wait until the line says this."""
    state(page).filter(has_text=words).wait_for()


def test_what_is_typed_is_saved_and_only_that(page: Page, site: FakeSite) -> None:
    page.locator("#t").fill("Weekends off")
    says(page, "Saved at 10.42")
    assert site.posts == [{"t": ["Weekends off"], "version.t": ["1"], "about": ["mette"]}]
    page.locator("#t").fill("Every second weekend off")
    page.wait_for_function("document.querySelector('[name=\"version.t\"]').value == '3'")
    assert site.posts[1]["version.t"] == ["2"]


def test_leaving_a_saved_field_sends_nothing_again(page: Page, site: FakeSite) -> None:
    page.locator("#t").fill("Weekends off")
    says(page, "Saved at 10.42")
    page.get_by_label("2 at question 1").focus()
    page.wait_for_timeout(300)
    assert len(site.posts) == 1


@pytest.mark.row("D3")
def test_an_answer_can_be_cleared(page: Page, site: FakeSite) -> None:
    assert page.locator("fieldset#s input[type=radio]").count() == 6
    page.get_by_label("2 at question 1").check(force=True)
    says(page, "Saved")
    page.get_by_role("button", name="Clear answer 1").click()
    page.wait_for_function("document.querySelector('[name=\"version.s\"]').value == '3'")
    assert [post["s"] for post in site.posts] == [["2"], [""]]
    assert page.locator("input[name=s]:checked").count() == 0


def test_the_last_tick_taken_away_is_saved_as_empty(page: Page, site: FakeSite) -> None:
    page.get_by_label("Senior").uncheck()
    says(page, "Saved")
    assert site.posts[0]["k"] == [""]


def test_a_lost_connection_loses_nothing(page: Page, site: FakeSite) -> None:
    site.answers = [lambda route: route.abort(), lambda route: route.abort()]
    page.locator("#t").fill("On the train")
    says(page, "Not saved – no connection")
    assert "On the train" in page.evaluate("JSON.stringify(sessionStorage)")
    says(page, "Saved at 10.42")
    assert site.said == "On the train"
    assert page.evaluate("sessionStorage.length") == 0


def test_a_closed_lid_loses_nothing(context: BrowserContext, page: Page, site: FakeSite) -> None:
    site.answers = [lambda route: route.abort()] * 9
    page.locator("#t").fill("In the tunnel")
    says(page, "Not saved")
    page.on("dialog", lambda dialog: dialog.accept())  # "leave the page?" is asked, rightly
    site.answers = [lambda route: route.abort()]  # the last word on leaving does not get through
    page.reload()
    assert page.locator("#t").input_value() == "In the tunnel"
    says(page, "Saved at 10.42")
    assert site.said == "In the tunnel"


@pytest.mark.row("X11")
def test_the_button_waits_for_what_is_not_saved(page: Page, site: FakeSite) -> None:
    page.locator("#t").fill("Quickly")
    page.get_by_role("button", name="Next").click()
    page.wait_for_url("**/done")
    assert site.posts[0]["t"] == ["Quickly"]


def test_the_button_does_not_leave_without_a_connection(page: Page, site: FakeSite) -> None:
    site.answers = [lambda route: route.abort()] * 20
    page.locator("#t").fill("Still here")
    page.get_by_role("button", name="Next").click()
    says(page, "Not saved – no connection")
    assert page.url == f"{SITE}/"
    assert page.locator("#t").input_value() == "Still here"


@pytest.mark.parametrize(
    ("press", "stands"),
    [("Use my text", "Mine"), ("Use what is saved", "Theirs"), ("Keep both", "Theirs\n\nMine")],
)
def test_two_at_once_choose_between_both_texts(
    page: Page, site: FakeSite, press: str, stands: str
) -> None:
    clash = {"clash": {"field": "t", "theirs": "Theirs", "version": 9}}
    site.answers = [lambda route: fulfil(route, clash, 409)]
    page.locator("#t").fill("Mine")
    dialog = page.get_by_role("dialog")
    assert dialog.locator("[data-theirs]").inner_text() == "Theirs"
    dialog.get_by_role("button", name=press).click()
    dialog.wait_for(state="hidden")
    assert page.locator("#t").input_value() == stands
    if press != "Use what is saved":
        says(page, "Saved at 10.42")
        assert site.posts[0]["t"] == [stands]
        assert site.posts[0]["version.t"] == ["9"]


def test_the_same_text_twice_is_no_clash(page: Page, site: FakeSite) -> None:
    clash = {"clash": {"field": "t", "theirs": "One\r\nTwo", "version": 9}}
    site.answers = [lambda route: fulfil(route, clash, 409)]
    page.locator("#t").fill("One\nTwo")
    page.wait_for_function("document.querySelector('[name=\"version.t\"]').value == '9'")
    assert page.get_by_role("dialog").count() == 0


def test_what_is_refused_is_said_and_stays_on_the_page(page: Page, site: FakeSite) -> None:
    site.answers = [lambda route: fulfil(route, {"errors": {"t": "Too long."}}, 422)]
    page.locator("#t").fill("Much too long")
    says(page, "Too long.")
    page.locator("#t").fill("Short")
    says(page, "Saved at 10.42")
    assert site.said == "Short"


def test_what_is_refused_stays_said_when_something_else_is_saved(
    page: Page, site: FakeSite
) -> None:
    site.answers = [lambda route: fulfil(route, {"errors": {"t": "Too long."}}, 422)]
    page.locator("#t").fill("Much too long")
    says(page, "Too long.")
    page.get_by_label("2 at question 1").check(force=True)
    page.wait_for_timeout(1500)
    assert site.posts[-1]["s"] == ["2"]
    says(page, "Too long.")
    page.reload()
    assert page.locator("#t").input_value() == "Much too long"


def test_an_old_token_is_renewed_without_a_word(page: Page, site: FakeSite) -> None:
    site.token = "renewed in another tab"
    page.locator("#t").fill("After lunch")
    says(page, "Saved at 10.42")
    assert site.said == "After lunch"


def test_a_session_that_ended_goes_on_in_place(page: Page, site: FakeSite) -> None:
    site.person = None
    page.locator("#t").fill("While away")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("password").fill("musling")
    dialog.get_by_role("button", name="Go").click()
    dialog.get_by_label("code").fill("7")
    dialog.get_by_role("button", name="Go").click()
    says(page, "Saved at 10.42")
    assert site.said == "While away"
    assert page.url == f"{SITE}/"


def test_nothing_is_sent_when_somebody_else_logs_in(page: Page, site: FakeSite) -> None:
    site.person = None
    page.locator("#t").fill("For Mette alone")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("password").fill("musling")
    dialog.get_by_role("button", name="Go").click()
    dialog.get_by_label("code").fill("8")
    dialog.get_by_role("button", name="Go").click()
    page.wait_for_function("document.documentElement.dataset.person === '8'")
    assert site.posts == []
    assert page.locator("#t").input_value() == ""
    assert "Mette alone" not in page.evaluate("JSON.stringify(sessionStorage)")


def test_a_shared_device_keeps_nothing(context: BrowserContext, site: FakeSite) -> None:
    site.shared = True
    site.answers = [lambda route: route.abort()]
    page = context.new_page()
    page.goto("/")
    page.locator("#t").fill("At the library")
    says(page, "Not saved")
    assert page.evaluate("sessionStorage.length") == 0


def test_a_shared_device_locks_after_five_minutes_and_saves_first(
    context: BrowserContext, site: FakeSite
) -> None:
    site.shared = True
    page = context.new_page()
    page.clock.install()
    page.goto("/")
    page.locator("#t").fill("Called away")
    page.clock.fast_forward(4 * 60_000)
    assert page.title() == "Test"
    page.clock.fast_forward(2 * 60_000)
    assert page.title() == "Blank page"
    with page.expect_request("**/log-out/") as left:
        page.clock.run_for(4_000)
    assert left.value.method == "POST"
    assert site.said == "Called away"


def test_unsent_text_of_another_person_is_thrown_away(page: Page, site: FakeSite) -> None:
    page.evaluate('sessionStorage.setItem(\'unsent 8 /save\', \'{"t":{"v":["Not yours"]}}\')')
    page.reload()
    assert page.locator("#t").input_value() == ""
    assert page.evaluate("sessionStorage.length") == 0


@pytest.mark.parametrize("way", ["press", "escape twice"])
def test_hide_covers_everything_and_loses_nothing(page: Page, site: FakeSite, way: str) -> None:
    page.locator("#t").fill("Private")
    if way == "press":
        page.get_by_role("link", name="Hide").click()
    else:
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
    assert page.title() == "Blank page"
    assert not page.locator("h1").is_visible()
    assert not page.locator("#t").is_visible()
    page.get_by_role("link", name="Show the page").click()
    assert page.title() == "Test"
    assert page.locator("#t").input_value() == "Private"


@pytest.mark.row("X11")
def test_hide_needs_no_script(browser: Browser, site: FakeSite) -> None:
    with browser.new_context(base_url=SITE, java_script_enabled=False) as context:
        context.set_default_timeout(8000)
        context.route("**/*", site.answer)
        page = context.new_page()
        page.goto("/")
        page.locator("#t").fill("Private")
        page.get_by_role("link", name="Hide").click()
        assert not page.locator("#t").is_visible()
        page.get_by_role("link", name="Show the page").click()
        assert page.locator("#t").input_value() == "Private"


def test_big_text_is_remembered(page: Page) -> None:
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Big text").click()
    page.reload()
    assert "big" in page.evaluate("document.documentElement.className").split()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_the_clock_can_be_put_away(page: Page) -> None:
    assert page.locator("[data-clock-time]").is_visible()
    page.get_by_role("button", name="Put the clock away").click()
    assert not page.locator("[data-clock-time]").is_visible()
    page.get_by_role("button", name="Show the clock").click()
    assert page.locator("[data-clock-time]").is_visible()


@pytest.mark.row("X11")
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_components_are_accessible(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.locator("details.comment > summary").click()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.row("X11")
def test_scale_targets_are_large_enough_for_a_thumb(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    for label in page.locator(".scale label").all():
        box = label.bounding_box()
        assert box is not None
        assert box["width"] >= 44
        assert box["height"] >= 44
