"""What a person does in the browser, named as the person would say it."""

import datetime as dt

from playwright.sync_api import Error, Page

from musling.foundation import clock
from tests.browser import Visit, assert_accessible
from tests.cast import PASSWORD, Member


class Visitor:
    """Somebody at a screen. Looks at every new page with axe where scripts run."""

    def __init__(self, page: Page, member: Member, *, looks_closely: bool) -> None:
        self.page = page
        self.member = member
        self.looks_closely = looks_closely

    def goes_to(self, path: str) -> None:
        """Opens an address by hand."""
        try:
            answer = self.page.goto(path)
        except Error as error:
            # The page was just leading on by itself, as the threshold does when the room opens.
            if "ERR_ABORTED" not in error.message:
                raise
            self.page.wait_for_load_state()
            answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == 200, (path, answer.status)
        self.looks()

    def looks(self) -> None:
        """What every page must pass: axe, no sideways scrolling."""
        self.page.wait_for_load_state()
        wide = self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wide, f"{self.page.url} scrolls sideways"
        if self.looks_closely:
            assert_accessible(self.page)

    def logs_in(self) -> None:
        """With address and password."""
        self.goes_to("/account/log-in/")
        self.page.fill("input[name=login]", self.member.person.email)
        self.page.fill("input[name=password]", PASSWORD)
        self.presses("main form [type=submit].button-primary")
        assert self.page.url.endswith(f"/{self.member.organisation.slug}/"), self.page.url

    def presses(self, what: str = "main .button-primary:visible") -> None:
        """Presses a button or link that leads to a new page."""
        with self.page.expect_navigation():
            self.page.locator(what).first.click()
        self.looks()

    def writes(self, name: str, words: str) -> None:
        """Fills a field by its name, unfolding it where it is folded."""
        field = self.page.locator(f'[name="{name}"]').first
        if not field.is_visible():
            self.page.locator(f'details:has([name="{name}"]) > summary').last.click()
        field.fill(words)

    def ticks(self, name: str, value: str) -> None:
        """Chooses a radio or ticks a box, by its label as a finger would."""
        self.page.locator(f'[name="{name}"][value="{value}"]').check(force=True)

    def reads(self) -> str:
        """All words of the page."""
        return self.page.inner_text("main")


def comes_in(visit: Visit, member: Member, size: tuple[int, int], scripts: bool) -> Visitor:
    """Somebody who has logged in at a screen of that size; where scripts run, axe looks, too."""
    visitor = Visitor(visit(size=size, javascript=scripts), member, looks_closely=scripts)
    visitor.logs_in()
    return visitor


def local(moment: dt.datetime) -> str:
    """A moment as the browser's own control takes it."""
    return moment.astimezone(clock.COPENHAGEN).strftime("%Y-%m-%dT%H:%M")
