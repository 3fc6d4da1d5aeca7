"""The main committee's theme and topics, HR's core task, the unit's contribution, four points."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from musling.conversations.actions.planning import plan_talks
from musling.foundation import clock
from musling.foundation.clock import COPENHAGEN
from musling.frames.core_task_actions import word_core_task
from tests.browser import DESKTOP, PHONE, assert_accessible
from tests.cast import booked, booked_talk, make_cast
from tests.conversations import stages
from tests.frames.committees import sits_locally
from tests.journeys.steps import Visitor, comes_in

pytestmark = pytest.mark.django_db(transaction=True)
SOON = 15_000  # milliseconds: one round of asking, and some
WAYS = pytest.mark.parametrize(
    ("size", "scripts"), [(DESKTOP, True), (PHONE, True), (PHONE, False)], ids=str
)
QUESTION = "Ved du, hvem du går til, hvis nogen truer dig?"


def opens_step(visitor: Visitor, name: str) -> None:
    """A step of the preparation, which is folded away on a phone."""
    step = visitor.page.locator(f"main a.step:has-text('{name}')").first
    visitor.goes_to(step.get_attribute("href") or "")


@pytest.mark.row("D8")
@WAYS
def test_the_main_committee_chooses_the_coming_theme_and_it_enters_by_itself(visit, size, scripts):
    clock.move(dt.datetime(2026, 11, 2, 9, tzinfo=COPENHAGEN) - clock.now())
    cast = make_cast()
    mogens = comes_in(visit, cast.committee, size, scripts)
    assert "Temaet for 2027–2028 er ikke valgt endnu." in mogens.reads()
    mogens.presses("main a:has-text('Vælg temaet')")
    mogens.writes("title_da", "Sammen om opgaven")
    mogens.writes("intro_da", "Fordi ingen løser den alene.")
    mogens.writes("s0-text_da", "Jeg ved, hvem jeg løser opgaven sammen med")
    mogens.writes("s0-leader_da", "Min medarbejder ved, hvem opgaven løses sammen med")
    mogens.writes("s1-text_da", "Hvad vil du gerne gøre mere sammen?")
    mogens.ticks("s1-type", "text")
    mogens.presses("main button:has-text('Et udsagn mere')")
    mogens.writes("s2-text_da", "Vi hjælper hinanden i tide")
    mogens.presses("main button:has-text('Se, hvordan det bliver')")
    assert "Intet er gemt endnu" in mogens.reads()
    assert "Min medarbejder ved, hvem opgaven løses sammen med" in mogens.reads()
    mogens.presses()
    assert "Gemt. Temaet er med i 2027–2028." in mogens.reads()
    mogens.goes_to("/havneby/theme/")
    assert "Sammen om opgaven" in mogens.reads()
    clock.move(dt.datetime(2027, 1, 4, 9, tzinfo=COPENHAGEN) - clock.now())
    (talk,) = plan_talks(cast.leader.actor, employments=[cast.employee.employment])
    booked(cast, talk)
    mette = comes_in(visit, cast.employee, size, scripts)
    mette.goes_to(f"/havneby/talks/{talk.public_id}/prepare/")
    mette.presses()
    opens_step(mette, "Sammen om opgaven")
    assert "Jeg ved, hvem jeg løser opgaven sammen med" in mette.reads()
    hanne = comes_in(visit, cast.hr, size, scripts)
    hanne.goes_to("/havneby/frames/")
    hanne.presses("main a:has-text('Organisationens tema')")
    assert "Sammen om opgaven" in hanne.reads()
    assert "Vælg det" not in hanne.reads()


@pytest.mark.row("E11")
@WAYS
def test_a_local_committee_makes_its_own_topic_mandatory_in_its_units(visit, size, scripts):
    cast = make_cast()
    tanja = comes_in(visit, sits_locally(cast, cast.union_rep, cast.unit), size, scripts)
    tanja.presses("main a:has-text('Udvalgenes emner')")
    tanja.presses("main a:has-text('Skriv jeres eget')")
    tanja.writes("text_da", QUESTION)
    tanja.ticks("kinds", "mus")
    tanja.writes("unit", "Kommunen")
    tanja.presses()
    assert "Der er ikke noget, der hedder sådan." in tanja.reads() or "Kommunen" in (
        tanja.page.input_value("[name=unit]")
    )
    tanja.writes("unit", "Hjemmeplejen")
    tanja.presses()
    assert f"{QUESTION}" in tanja.reads()
    tanja.presses("main a:has-text('Gør et spørgsmål obligatorisk')")
    tanja.page.select_option("[name=item]", "wellbeing.influence")
    tanja.ticks("kinds", "mus")
    tanja.writes("unit", "Hjemmeplejen")
    tanja.presses()
    talk = booked_talk(cast)
    mette = comes_in(visit, cast.employee, size, scripts)
    mette.goes_to(f"/havneby/talks/{talk.public_id}/prepare/")
    mette.presses()
    opens_step(mette, "Bestemt af udvalget")
    assert QUESTION in mette.reads()
    assert "Obligatorisk" in mette.reads()
    lars = comes_in(visit, cast.leader, size, scripts)
    lars.goes_to("/havneby/team/")
    lars.presses("main a:has-text('Se, hvad udvalgene har gjort obligatorisk')")
    assert "Hjemmeplejen" in lars.reads()
    tanja.presses(f"main li:has-text('{QUESTION}') a:has-text('Stop det')")
    assert "Ikke obligatorisk længere?" in tanja.reads()
    tanja.presses("main button:has-text('Stop det')")
    assert "Samtaler, der er begyndt, beholder det." in tanja.reads()


@pytest.mark.row("C1")
@WAYS
def test_the_core_task_is_worded_validated_and_told_and_the_unit_adds_its_own(visit, size, scripts):
    cast = make_cast()
    hanne = comes_in(visit, cast.hr, size, scripts)
    hanne.goes_to("/havneby/frames/")
    hanne.presses("main a:has-text('Kerneopgaven: skriv, godkend, fortæl')")
    hanne.presses()
    hanne.writes("core_task", "Vi gør hverdagen tryg.")
    hanne.presses()
    assert "Ledelsen har ikke godkendt denne version endnu" in hanne.reads()
    hanne.presses()
    hanne.writes("validated_by", "Direktionen")
    hanne.presses()
    hanne.presses()
    assert "personer får besked." in hanne.reads()
    lars = comes_in(visit, cast.leader, size, scripts)
    lars.goes_to("/havneby/team/")
    lars.presses("main a:has-text('bidrager med til kerneopgaven')")
    lars.presses("main a:has-text('Skriv, hvad Hjemmeplejen bidrager med')")
    lars.writes("core_task", "Vi kommer til tiden.")
    lars.presses()
    talk = booked_talk(cast)
    mette = comes_in(visit, cast.employee, size, scripts)
    for rest in ("", "prepare/", "room/"):
        mette.goes_to(f"/havneby/talks/{talk.public_id}/{rest}")
        assert "Vi gør hverdagen tryg." in mette.reads()
        assert "Vi kommer til tiden." in mette.reads()


@pytest.mark.row("C2")
@WAYS
def test_the_leader_presents_and_the_employee_ticks(visit, size, scripts):
    cast = make_cast()
    word_core_task(cast.hr.actor, words="Vi gør hverdagen tryg.")
    talk = stages.open_talk(cast)
    here = f"/havneby/talks/{talk.public_id}/room/"
    lars = comes_in(visit, cast.leader, DESKTOP, scripts)
    lars.goes_to(here)
    assert "Læg hvert punkt frem." in lars.reads()
    assert lars.page.locator("[name=alike]").count() == 0
    mette = comes_in(visit, cast.employee, size, scripts)
    mette.goes_to(here)
    assert "Lars lægger hvert punkt frem." in mette.reads()
    boxes = mette.page.locator("[name=alike]")
    assert boxes.count() == 4
    if scripts:
        boxes.nth(0).focus()
        mette.page.keyboard.press("Space")
        expect(mette.page.locator("#alike")).to_contain_text("1 af 4", timeout=SOON)
        expect(boxes.nth(0)).to_be_focused()  # the keyboard goes on where it was
        mette.page.keyboard.press("Tab")
        mette.page.keyboard.press("Space")
        expect(mette.page.locator("#alike")).to_contain_text("2 af 4", timeout=SOON)
        expect(lars.page.locator("#alike .mark.ok")).to_have_count(2, timeout=SOON)
        assert_accessible(mette.page)
        assert_accessible(lars.page)
    else:
        boxes.nth(0).check(force=True)
        boxes.nth(1).check(force=True)
        mette.presses("#alike button")
        lars.goes_to(here)
        assert lars.page.locator("#alike .mark.ok").count() == 2
    mette.goes_to(here)
    assert boxes.nth(1).is_checked()
    assert not boxes.nth(2).is_checked()
