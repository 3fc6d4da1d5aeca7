"""Journeys in the system's Chromium, against a server in this process.

``visit`` opens a page as one visitor with cookies of their own; ``assert_accessible`` runs axe.
Whatever else a journey looks at, it fails when a page asks anybody but our own server for
something, or when the browser reports an error, such as a breach of the content security policy.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from pytest_django.live_server_helper import LiveServer

from setup.system import chromium
from tests.databases import needs_browser

AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"
WCAG_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PLAIN_STATIC_FILES = "django.contrib.staticfiles.storage.StaticFilesStorage"
DESKTOP = (1280, 800)
PHONE = (360, 740)

Visit = Callable[..., Page]


class Counted:
    """A WSGI application that knows how many of its answers are under way."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application
        self.under_way = 0
        self.changed = threading.Condition()

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Generator[bytes, None, None]:
        """Answers, and counts until the server has closed the answer."""
        with self.changed:
            self.under_way += 1
        return self._answer(environ, start_response)

    def _answer(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Generator[bytes, None, None]:
        try:
            answer = self.application(environ, start_response)
            try:
                yield from answer
            finally:
                if close := getattr(answer, "close", None):
                    close()
        finally:
            with self.changed:
                self.under_way -= 1
                self.changed.notify_all()

    def wait_until_idle(self, seconds: float = 20) -> None:
        """Waits for the last answer. Raises TimeoutError with how many there still are."""
        with self.changed:
            if not self.changed.wait_for(lambda: not self.under_way, seconds):
                raise TimeoutError(f"{self.under_way} answers under way after {seconds} s")


class Server(LiveServer):
    """The program on a free port of localhost, with its static files as in production.

    pytest-django's own serves them unhashed and uncompressed; here WhiteNoise does.
    """

    counted: Counted

    def __init__(self, static_files: dict[str, Any]) -> None:
        """Start; ``static_files`` is the setting STORAGES to serve with."""
        super().__init__("localhost", start=False)
        self.thread.static_handler = self._count
        with override_settings(STORAGES=static_files):
            self.start()
        self._live_server_modified_settings = override_settings(
            STORAGES=static_files, MUSLING_BASE_URL=self.url, CSRF_TRUSTED_ORIGINS=[self.url]
        )

    def _count(self, application: WSGIApplication) -> Counted:
        self.counted = Counted(application)
        return self.counted


@contextmanager
def without_playwrights_loop(item: pytest.Item) -> Iterator[None]:
    """Hide Playwright's event loop from a test that needs no browser.

    From its first use to its end it counts as running in this thread, where ``asyncio.run`` would
    then refuse to run.
    """
    if needs_browser(item):
        yield
        return
    playwrights = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(playwrights)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Hide the loop from fixtures; not from their end, which may be that of the browser."""
    with without_playwrights_loop(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Hide the loop from the test."""
    with without_playwrights_loop(item):
        return (yield)


@pytest.fixture(scope="session", autouse=True)
def _static_files() -> Generator[dict[str, Any], None, None]:
    """Plain static files for the tests that start no server; hands on production's setting."""
    production = settings.STORAGES
    plain = {**production, "staticfiles": {"BACKEND": PLAIN_STATIC_FILES}}
    with override_settings(STORAGES=plain):
        yield production


@pytest.fixture(scope="session")
def live_server(_static_files: dict[str, Any]) -> Generator[Server, None, None]:
    """The running program; a test that asks for it works with real transactions."""
    with override_settings(STORAGES=_static_files):
        call_command("collectstatic", interactive=False, verbosity=0)
    server = Server(_static_files)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def playwright() -> Generator[Playwright, None, None]:
    """Playwright's driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Generator[Browser, None, None]:
    """The system's Chromium."""
    program = chromium()
    if program is None:
        raise pytest.UsageError("Chromium is not installed (Debian: apt-get install chromium).")
    browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture
def visit(browser: Browser, live_server: Server) -> Generator[Visit, None, None]:
    """Give a page to a new visitor: ``visit(size=PHONE, javascript=False, locale="en-GB")``."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def visit(
        *, size: tuple[int, int] = DESKTOP, javascript: bool = True, locale: str = "da-DK"
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=javascript,
            locale=locale,
            timezone_id="Europe/Copenhagen",
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        watch(context, live_server.url, troubles)
        return context.new_page()

    yield visit
    for context in contexts:
        context.close()
    # A page may have asked for news as it closed: emptying the tables would wait for that answer,
    # and that answer for the tables.
    live_server.counted.wait_until_idle()
    assert not troubles, "\n".join(troubles)


def watch(context: BrowserContext, home: str, troubles: list[str]) -> None:
    """Note in ``troubles`` every request that leaves our server and every error of a page.

    That a page was not there or refused is the test's own affair; the browser's line about it is
    left out.
    """

    def note(kind: str, text: str) -> None:
        if "Failed to load resource" not in text:
            troubles.append(f"{kind}: {text}")

    context.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((home, "data:", "blob:"))
            else note("request to somebody else", request.url)
        ),
    )
    context.on(
        "console",
        lambda message: note("console", message.text) if message.type == "error" else None,
    )
    context.on("weberror", lambda problem: note("script", str(problem.error)))


def assert_accessible(page: Page) -> None:
    """Fail with a readable list of what axe finds against WCAG 2.2 A and AA on the page as it is.

    The page must run with JavaScript, which axe itself needs.
    """
    page.evaluate(AXE.read_text("utf-8"))
    rules = json.dumps({"runOnly": WCAG_AA})
    found = page.evaluate(f"axe.run(document, {rules}).then(result => result.violations)")
    assert not found, f"{page.url}\n" + "\n".join(finding(violation) for violation in found)


def finding(violation: dict[str, Any]) -> str:
    """One violation of axe as text: the rule, and where and why."""
    places = "\n".join(
        f"  {' '.join(map(str, node['target']))}\n    {node['failureSummary']}"
        for node in violation["nodes"]
    )
    return f"{violation['id']}: {violation['help']}\n{places}"
