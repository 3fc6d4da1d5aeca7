"""HR makes a frame: by mouse, by keyboard, on a phone, and without scripts."""

import pytest
from playwright.sync_api import Page

from musling.frames import drafting, editing
from musling.frames.document import text
from musling.frames.models import FrameDraft
from musling.frames.queries import document_of, in_use
from tests.browser import DESKTOP, PHONE, assert_accessible
from tests.cast import Cast, make_cast
from tests.frames.drafts import begun
from tests.journeys.steps import Visitor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("D6")]
ALL_WAYS = [(DESKTOP, True), (PHONE, True), (PHONE, False)]


def at_the_draft(visit, cast: Cast, size, scripts: bool = True) -> tuple[Visitor, FrameDraft]:
    hanne = Visitor(visit(size=size, javascript=scripts), cast.hr, looks_closely=scripts)
    hanne.logs_in()
    draft = begun(cast)
    hanne.goes_to(f"/havneby/frames/drafts/{draft.public_id}/")
    return hanne, draft


def order(draft: FrameDraft, theme: str = "tasks") -> list[str]:
    draft.refresh_from_db()
    return [item["id"] for item in editing.theme_of(draft.document, theme)["items"]]


def words_of(draft: FrameDraft, item: str = "tasks.time") -> str:
    draft.refresh_from_db()
    return editing.item_of(draft.document, item)[0]["text"]["da"]


def closed(page: Page) -> None:
    page.wait_for_selector("#element:not([open])", state="attached")


def settled(page: Page) -> None:
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(("size", "scripts"), ALL_WAYS, ids=str)
def test_hr_makes_the_next_version_and_new_talks_ask_it(visit, size, scripts):
    cast = make_cast()
    hanne = Visitor(visit(size=size, javascript=scripts), cast.hr, looks_closely=scripts)
    hanne.logs_in()
    hanne.goes_to("/havneby/frames/")
    hanne.presses("main .rows a")
    hanne.presses("main form[action$='/edit/'] button")
    page = hanne.page
    page.click("a[href$='/items/tasks.time/']")
    if scripts:
        page.wait_for_selector("dialog[open]")
        assert_accessible(page)
    page.fill("[name=text_da]", "Der er tid til det, jeg skal")
    page.fill("[name=help_da]", "Hvilke dage er der tid?\nHvilke er der ikke?")
    page.click("dialog button[type=submit]" if scripts else "main form.element .button-primary")
    page.wait_for_selector("#outline a:has-text('Der er tid til det, jeg skal')")
    if scripts:
        closed(page)
    hanne.presses("main a[href$='/publish/']")
    assert "Der er tid til det, jeg skal" in hanne.reads()
    page.fill("[name=note]", "Klarere ord om tid")
    hanne.presses("main form .button-primary")
    assert "Version 2 er udgivet." in hanne.reads()
    item = document_of(in_use(cast.havneby.pk, "mus").content).item("tasks.time")
    assert text(item.text, "da") == "Der er tid til det, jeg skal"
    assert [text(line, "da") for line in item.help] == [
        "Hvilke dage er der tid?",
        "Hvilke er der ikke?",
    ]
    hanne.presses("main a[href$='/history/']")
    assert "Klarere ord om tid" in hanne.reads()


def test_lines_are_dragged_within_a_theme_and_into_another(visit):
    cast = make_cast()
    hanne, draft = at_the_draft(visit, cast, DESKTOP)
    page = hanne.page

    def drag(item: str, onto: str) -> None:
        page.locator(f"[data-item='{onto}']").scroll_into_view_if_needed()
        start = page.locator(f"[data-item='{item}'] .handle").bounding_box()
        end = page.locator(f"[data-item='{onto}']").bounding_box()
        page.mouse.move(start["x"] + 8, start["y"] + 8)
        page.mouse.down()
        page.mouse.move(end["x"] + 40, end["y"] + 4, steps=12)
        page.mouse.move(end["x"] + 40, end["y"] + end["height"] / 2 + 4, steps=6)
        page.wait_for_timeout(200)
        with page.expect_response("**/do/"):
            page.mouse.up()
        settled(page)

    first, second, third = order(draft)[:3]
    drag(first, third)
    assert order(draft)[:3] == [second, third, first]
    drag(second, order(draft, "wellbeing")[-1])
    assert second in order(draft, "wellbeing")
    assert second not in order(draft)


def test_everything_is_done_by_keyboard(visit):
    cast = make_cast()
    hanne, draft = at_the_draft(visit, cast, DESKTOP)
    page = hanne.page
    first, second = order(draft)[:2]
    page.focus(f"button[name=down][value='{first}']")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "([a, b]) => document.getElementById(a).previousElementSibling?.id === b",
        arg=[first, second],
    )
    assert page.evaluate("document.activeElement.value") == first  # one can go on
    assert order(draft)[:2] == [second, first]
    page.focus("button[name=undo]")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "([a, b]) => document.getElementById(b).previousElementSibling?.id === a",
        arg=[first, second],
    )
    link = page.locator(f"[data-item='{first}'] a")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    assert page.evaluate("document.activeElement.name") == "text_da"
    page.keyboard.press("Control+A")
    page.keyboard.type("Jeg når det, jeg skal")
    with page.expect_response("**/items/**"):  # saved while one writes
        page.keyboard.press("Escape")
    closed(page)
    settled(page)
    assert page.evaluate("document.activeElement.textContent") == "Jeg når det, jeg skal"
    draft.refresh_from_db()
    assert editing.item_of(draft.document, first)[0]["text"]["da"] == "Jeg når det, jeg skal"


def test_the_fields_are_those_of_the_way_in_which_it_is_answered(visit):
    cast = make_cast()
    hanne, draft = at_the_draft(visit, cast, PHONE)
    page = hanne.page
    page.click("a[href$='/items/tasks.time/']")
    page.wait_for_selector("dialog[open]")
    options = page.locator("dialog [name=options_da]")
    assert not options.is_visible()
    page.select_option("dialog [name=type]", "choice")
    assert options.is_visible()
    options.fill("Ja\nNej")
    page.click("dialog button[type=submit]")
    closed(page)
    draft.refresh_from_db()
    item = editing.item_of(draft.document, "tasks.time")[0]
    assert [one["text"]["da"] for one in item["options"]] == ["Ja", "Nej"]


def test_what_is_wrong_stays_in_the_dialog_with_what_was_typed(visit):
    cast = make_cast()
    hanne, draft = at_the_draft(visit, cast, DESKTOP)
    page = hanne.page
    page.click("a[href$='/items/tasks.time/']")
    page.wait_for_selector("dialog[open]")
    page.fill("dialog [name=text_da]", "")
    page.fill("dialog [name=text_leader_da]", "Behold mig")
    page.click("dialog button[type=submit]")
    page.wait_for_selector("dialog .alert")
    assert_accessible(page)
    assert page.input_value("dialog [name=text_leader_da]") == "Behold mig"
    page.fill("dialog [name=text_da]", "Nu er der ord")
    page.click("dialog button[type=submit]")
    closed(page)
    draft.refresh_from_db()
    item = editing.item_of(draft.document, "tasks.time")[0]
    assert item["text_leader"]["da"] == "Behold mig"


def test_a_lost_connection_loses_nothing(visit):
    cast = make_cast()
    hanne, draft = at_the_draft(visit, cast, DESKTOP)
    page = hanne.page
    page.click("a[href$='/items/tasks.time/']")
    page.wait_for_selector("dialog[open]")
    page.context.set_offline(True)
    page.fill("dialog [name=text_da]", "Skrevet i en tunnel")
    page.wait_for_selector("#element-saved:has-text('Ikke gemt')")
    page.context.set_offline(False)
    page.wait_for_selector("#element-saved:has-text('Gemt'):not(:has-text('Ikke'))", timeout=15000)
    draft.refresh_from_db()
    item = editing.item_of(draft.document, "tasks.time")[0]
    assert item["text"]["da"] == "Skrevet i en tunnel"


def test_two_at_the_same_question_see_what_the_other_wrote(visit):
    cast = make_cast()
    hanne, draft = at_the_draft(visit, cast, DESKTOP)
    page = hanne.page
    page.click("a[href$='/items/tasks.time/']")
    page.wait_for_selector("dialog[open]")
    drafting.change_item(
        cast.leader.actor,
        public_id=draft.public_id,
        item="tasks.time",
        fields={"text": {"da": "Skrevet af en anden"}},
    )
    page.fill("dialog [name=text_da]", "Skrevet af Hanne")
    page.click("dialog button[type=submit]")
    page.wait_for_selector("dialog [data-clash]:has-text('Skrevet af en anden')")
    assert page.input_value("dialog [name=text_da]") == "Skrevet af Hanne"
    assert_accessible(page)
    page.keyboard.press("Escape")  # nothing is chosen, so nothing is stored
    page.wait_for_selector("#element-saved:has-text('Vælg')")
    assert words_of(draft) == "Skrevet af en anden"
    with page.expect_response("**/items/**"):
        page.click("dialog [data-keep=mine]")
    settled(page)
    assert words_of(draft) == "Skrevet af Hanne"


def test_of_two_at_the_same_question_the_others_words_can_stand(visit):
    cast = make_cast()
    hanne, draft = at_the_draft(visit, cast, PHONE)
    page = hanne.page
    page.click("a[href$='/items/tasks.time/']")
    page.wait_for_selector("dialog[open]")
    drafting.change_item(
        cast.leader.actor,
        public_id=draft.public_id,
        item="tasks.time",
        fields={"text": {"da": "Skrevet af en anden"}},
    )
    page.fill("dialog [name=text_da]", "Skrevet af Hanne")
    page.wait_for_selector("dialog [data-clash]")  # it saves while one writes
    page.click("dialog [data-keep=theirs]")
    page.wait_for_selector("dialog:not(:has([data-clash]))")
    assert page.input_value("dialog [name=text_da]") == "Skrevet af en anden"
    page.keyboard.press("Escape")
    closed(page)
    assert words_of(draft) == "Skrevet af en anden"
    page.wait_for_selector("#outline .said a:has-text('Skrevet af en anden')")


@pytest.mark.row("E6")
@pytest.mark.parametrize(("size", "scripts"), [(DESKTOP, True), (PHONE, False)], ids=str)
def test_hr_picks_questions_from_the_catalogue(visit, size, scripts):
    cast = make_cast()
    hanne, draft = at_the_draft(visit, cast, size, scripts)
    page = hanne.page
    hanne.presses("a[href$='/themes/tasks/pick/']")
    hanne.presses("main form .button-primary")  # nothing is ticked yet
    assert "Sæt flueben ved mindst ét spørgsmål." in hanne.reads()
    page.locator("[name=question]:not([type=hidden])").first.check(force=True)
    hanne.presses("main form button[name=page]")  # the next page
    page.locator("[name=question]:not([type=hidden])").nth(1).check(force=True)
    page.fill("[name=q]", "stolt")
    hanne.presses("main form button[name=look]")
    assert "2 flere har flueben" in hanne.reads()
    page.locator("[name=question]:not([type=hidden])").first.check(force=True)
    hanne.presses("main form .button-primary")
    assert all(item.startswith("catalogue.") for item in order(draft)[-3:])
    assert "3 spørgsmål er tilføjet." in hanne.reads()


def test_the_preview_stands_beside_as_on_a_phone(visit):
    cast = make_cast()
    hanne, _draft = at_the_draft(visit, cast, DESKTOP)
    hanne.presses("main a[href$='/preview/']")
    hanne.presses("main nav.ways a[href*='/phone/']")
    phone = hanne.page.frame_locator("iframe.phone")
    phone.locator(".scale").first.wait_for()
    width = phone.locator("html").evaluate("e => [e.clientWidth, e.scrollWidth]")
    assert width[0] <= 360
    assert width[1] <= width[0]
    top = phone.locator("h1").evaluate("e => e.getBoundingClientRect().top")
    assert top >= 20  # the rounded corner cuts nothing
