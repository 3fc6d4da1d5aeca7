"""Keyboard alone gets through: log in, take a time, answer, hand in."""

import pytest
from playwright.sync_api import Page

from musling.conversations.models import Conversation, HandedIn
from tests.access.stages import offered
from tests.cast import PASSWORD, make_cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("X11")]
FAR = 120  # more tabs than any page has


def tab_to(page: Page, what: str) -> None:
    """Presses Tab until what has the focus, and it is seen; fails where it is not reached."""
    for _press in range(FAR):
        page.keyboard.press("Tab")
        if page.evaluate("what => document.activeElement?.matches(what)", what):
            box = page.evaluate(
                "() => { const b = document.activeElement.getBoundingClientRect();"
                " return [b.width, b.height]; }"
            )
            assert min(box) > 0, what
            return
    raise AssertionError(f"{what} is not reached by Tab on {page.url}")


def enters(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_load_state()


def test_the_whole_way_by_keyboard(visit, transactional_db):
    cast = make_cast()
    offered(cast)
    page = visit()
    page.goto("/account/log-in/")
    tab_to(page, "[name=login]")
    page.keyboard.type(cast.employee.person.email)
    tab_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    enters(page)
    tab_to(page, "main .button-primary")
    enters(page)
    tab_to(page, "[name=time]")
    page.keyboard.press("Space")
    tab_to(page, "main .button-primary")
    enters(page)
    assert Conversation.objects.get().state == "booked"
    tab_to(page, "main .button-primary")
    enters(page)
    tab_to(page, "[name=length]")
    tab_to(page, "main .button-primary")
    enters(page)
    tab_to(page, '[name="a.wellbeing.general"]')
    for _step in range(3):
        page.keyboard.press("ArrowRight")
    chosen = page.locator('[name="a.wellbeing.general"]:checked').get_attribute("value")
    assert chosen in {"3", "4"}
    tab_to(page, "main form .button-primary")
    enters(page)
    talk = Conversation.objects.get()
    page.goto(f"/havneby/talks/{talk.public_id}/prepare/hand-in/")
    tab_to(page, "main form .button-primary")
    enters(page)
    assert HandedIn.objects.get().item == "wellbeing.general"
