"""The editor when something goes wrong: another took it out, the log-in ended, the server fails."""

import re

import pytest
from playwright.sync_api import Route

from musling.frames import drafting, editing
from tests.browser import DESKTOP, PHONE, assert_accessible
from tests.cast import PASSWORD, Cast, make_cast
from tests.journeys.test_editor import at_the_draft, closed, order, settled, words_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("D6")]
ITEM = "a[href$='/items/tasks.time/']"
TEXT = "dialog [name=text_da]"


def opened(page, link: str = ITEM) -> None:
    page.click(link)
    page.wait_for_selector("dialog[open] form.element")


def took_out(cast: Cast, draft, item: str = "tasks.time") -> None:
    drafting.change(
        cast.leader.actor,
        public_id=draft.public_id,
        what="remove",
        element=item,
        deed=lambda raw: editing.remove_item(raw, item),
    )


def texts(draft) -> list[str]:
    draft.refresh_from_db()
    themes = draft.document["themes"]
    return [item["text"]["da"] for theme in themes for item in theme.get("items", [])]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=str)
def test_what_is_written_to_what_another_took_out_is_added_anew(visit, size):
    cast = make_cast()
    hanne, draft = at_the_draft(visit, cast, size)
    page = hanne.page
    opened(page)
    took_out(cast, draft)
    page.fill(TEXT, "Et langt svar, der tog tid")
    page.wait_for_selector("dialog form[data-anew]")
    assert page.input_value(TEXT) == "Et langt svar, der tog tid"
    assert "En anden har taget dette ud" in page.inner_text("dialog .alert")
    assert_accessible(page)
    page.keyboard.press("Escape")  # adds nothing by itself, and loses nothing
    page.wait_for_timeout(700)  # twice at once hides the page
    page.keyboard.press("Escape")
    assert page.input_value(TEXT) == "Et langt svar, der tog tid"
    assert "Et langt svar, der tog tid" not in texts(draft)
    page.click("dialog .done button")
    closed(page)
    assert texts(draft).count("Et langt svar, der tog tid") == 1


def test_a_move_of_what_another_took_out_is_told_and_the_page_stays(visit):
    cast = make_cast()
    hanne, draft = at_the_draft(visit, cast, DESKTOP)
    page = hanne.page
    took_out(cast, draft)
    page.click("button[name=down][value='tasks.time']")
    page.wait_for_selector("#outline [data-problem]:focus")
    assert "En anden har taget dette ud" in page.inner_text("#outline [data-problem]")


@pytest.mark.parametrize("status", [404, 500])
def test_an_error_page_never_stands_in_the_outline_or_the_dialog(visit, status: int):
    cast = make_cast()
    hanne, draft = at_the_draft(visit, cast, DESKTOP)
    page = hanne.page
    broken = {"status": status, "content_type": "text/html", "body": "<main><h1>Oops</h1></main>"}

    def answers(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(**broken)
        else:
            route.continue_()

    hanne.page.route("**/do/", answers)
    page.click("button[name=down][value='tasks.time']")
    page.wait_for_selector("#outline > [data-problem]:focus", timeout=15000)
    assert "Oops" not in page.content()
    assert page.locator("[data-item='tasks.time']").count() == 1
    page.route(re.compile("/items/"), answers)
    opened(page)
    page.fill(TEXT, "Skal ikke gå tabt")
    page.click("dialog .done button")
    page.wait_for_selector("dialog .alert:focus", timeout=15000)
    assert "Oops" not in page.content()
    assert page.input_value(TEXT) == "Skal ikke gå tabt"
    page.unroute(re.compile("/items/"))
    if status == 500:
        page.click("dialog .done button")
        closed(page)
        assert words_of(draft) == "Skal ikke gå tabt"


def test_a_lost_answer_does_nothing_twice(visit):
    cast = make_cast()
    hanne, draft = at_the_draft(visit, cast, DESKTOP)
    page, lost = hanne.page, []

    def loses_the_first(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)  # the server does it, and the answer never comes
            route.abort()
        else:
            route.continue_()

    before = order(draft)
    page.route("**/do/", loses_the_first)
    with page.expect_response("**/do/", timeout=15000):
        page.click("button[name=copy][value='tasks.time']")
    settled(page)
    assert lost == [200]
    assert len(order(draft)) == len(before) + 1
    lost.clear()
    page.route("**/add/", loses_the_first)
    opened(page, "a[href$='/themes/tasks/add/']")
    page.fill(TEXT, "Kun én gang")
    with page.expect_response("**/add/", timeout=15000):
        page.click("dialog .done button")
    closed(page)
    assert texts(draft).count("Kun én gang") == 1


def test_who_logs_in_again_in_another_tab_goes_on_where_the_words_stand(visit):
    cast = make_cast()
    hanne, draft = at_the_draft(visit, cast, DESKTOP)
    page = hanne.page
    opened(page)
    page.context.clear_cookies()
    page.fill(TEXT, "Skrevet, da log ind var slut")
    page.wait_for_selector("#element-saved:has-text('Log ind igen')")
    tab = page.context.new_page()
    tab.goto(page.url.partition("/havneby/")[0] + "/account/log-in/")
    tab.fill("input[name=login]", cast.hr.person.email)
    tab.fill("input[name=password]", PASSWORD)
    with tab.expect_navigation():
        tab.click("main form [type=submit].button-primary")
    page.wait_for_selector("#element-saved:has-text('Gemt'):not(:has-text('Ikke'))", timeout=20000)
    assert words_of(draft) == "Skrevet, da log ind var slut"
    page.click("dialog .done button")
    closed(page)


def test_what_is_refused_stays_and_leaving_the_page_asks(visit):
    cast = make_cast()
    hanne, draft = at_the_draft(visit, cast, DESKTOP)
    page = hanne.page
    opened(page)
    page.fill(TEXT, "x" * 301)
    page.wait_for_selector("#element-saved:has-text('Ikke gemt endnu')")
    assert not page.locator("dialog .alert").count()  # no red box while one writes
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("location.reload()")
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert page.input_value(TEXT) == "x" * 301
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog .alert:focus")
    assert "301" in page.inner_text("dialog .alert")
    before = words_of(draft)
    page.click("dialog [data-drop]")
    closed(page)
    assert words_of(draft) == before


@pytest.mark.parametrize(
    ("link", "words", "field"),
    [
        ("a[href$='/themes/tasks/add/']", "Smid det nye spørgsmål væk", "help_da"),
        ("a[href$='/themes/']", "Smid det nye tema væk", "intro_da"),
    ],
)
def test_what_is_new_and_not_right_is_thrown_away_by_its_name(visit, link, words, field):
    cast = make_cast()
    hanne, draft = at_the_draft(visit, cast, PHONE)
    page, before = hanne.page, texts(draft)
    opened(page, link)
    page.fill(f"dialog [name={field}]", "Mere ved jeg ikke endnu")
    page.click("dialog .done button")
    page.wait_for_selector("dialog .alert:focus")
    assert_accessible(page)
    page.click(f"dialog [data-drop]:has-text('{words}')")
    closed(page)
    assert texts(draft) == before


def test_choosing_an_answer_to_choose_does_not_scold_before_there_was_a_chance(visit):
    cast = make_cast()
    hanne, draft = at_the_draft(visit, cast, DESKTOP)
    page = hanne.page
    opened(page)
    page.select_option("dialog [name=type]", "table")
    page.wait_for_selector("#element-saved:has-text('Ikke gemt endnu')")
    assert page.locator("dialog [name=columns_da]").is_visible()
    assert not page.locator("dialog .alert").count()
    page.click("dialog .done button")
    page.wait_for_selector("dialog .alert:focus")
    page.fill("dialog [name=columns_da]", "Hvad\nHvornår")
    page.wait_for_selector("dialog:not(:has(.alert))")  # the box goes by itself
    page.click("dialog .done button")
    closed(page)
    draft.refresh_from_db()
    assert len(editing.item_of(draft.document, "tasks.time")[0]["columns"]) == 2


def test_a_new_name_stands_in_the_heading_at_once(visit):
    cast = make_cast()
    hanne, _draft = at_the_draft(visit, cast, DESKTOP)
    page = hanne.page
    opened(page, "a[href$='/frame/']")
    page.fill("dialog [name=title_da]", "Samtalen i hjemmeplejen")
    page.click("dialog .done button")
    closed(page)
    assert page.inner_text("main h1") == "Samtalen i hjemmeplejen"


def test_the_focus_stays_near_what_was_taken_out_and_goes_on_after_undo(visit):
    cast = make_cast()
    hanne, draft = at_the_draft(visit, cast, DESKTOP)
    page = hanne.page
    _first, second, third = order(draft)[:3]
    page.focus(f"button[name=remove][value='{second}']")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"button[name=remove][value='{third}']:focus")
    page.focus("button[name=undo]")
    page.keyboard.press("Enter")
    page.wait_for_selector("button[name=redo]:focus")  # there is no more to undo
    assert second in order(draft)


def test_one_esc_as_the_page_opens_hides_nothing(visit):
    cast = make_cast()
    hanne, _draft = at_the_draft(visit, cast, DESKTOP)
    page = hanne.page
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => document.dispatchEvent("
        "new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })))"
    )
    page.reload()
    assert not page.locator("html.covered").count()
