"""HR asks how the round went; a dozen answer without a name; HR reads what came of it."""

import pytest

from musling.foundation import clock
from musling.people.models import Person
from tests.browser import DESKTOP, PHONE
from tests.cast import make_cast
from tests.journeys.steps import Visitor
from tests.rounds.evaluation.evaluating import World, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("C4")]
WAYS = pytest.mark.parametrize(
    ("size", "scripts"), [(DESKTOP, True), (PHONE, True), (PHONE, False)], ids=str
)
WORDS = "Endelig ro til at tale om vagterne"


def somebody(visit, member, size, scripts: bool) -> Visitor:
    found = Visitor(visit(size=size, javascript=scripts), member, looks_closely=scripts)
    found.logs_in()
    return found


def everybody_else_answers(world: World) -> None:
    for number, one in enumerate(world.employees[1:], 1):
        world.answers(one, number % 6, text=f"Svar {number:02}")


@WAYS
def test_hr_asks_employees_answer_and_hr_reads(visit, size, scripts):
    world = make_world(make_cast(), employees=12, log_in=True)
    page = f"/havneby/rounds/{world.round.public_id}/evaluation/"
    hanne = somebody(visit, world.cast.hr, size, scripts)
    hanne.goes_to(page)
    hanne.writes("own_da", "Rummet var godt at tale i.")
    hanne.presses("main button:has-text('Spørg alle, der var med')")
    assert "12 er spurgt. Færre end 5 har svaret." in hanne.reads()

    anna = somebody(visit, world.employees[0], size, scripts)
    anna.presses("main a:has-text('Fortæl, hvordan det gik')")
    assert "Dit svar har intet navn" in anna.reads()
    anna.presses()  # without an answer
    assert "Svar på mindst ét af spørgsmålene" in anna.reads()
    anna.ticks("s.heard", "5")
    anna.ticks("s.own", "4")
    anna.writes("t.good", WORDS)
    anna.presses()
    assert "Dit svar ligger forseglet blandt de andres." in anna.reads()
    anna.presses("main a:has-text('Til startsiden')")
    assert "Fortæl, hvordan det gik" not in anna.reads()
    anna.goes_to(f"/havneby/evaluation/{world.round.public_id}/")
    assert "Der er ikke mere at svare på" in anna.reads()

    everybody_else_answers(world)
    hanne.goes_to(page)
    assert "Mindst 10 har svaret." in hanne.reads()
    assert WORDS not in hanne.reads()
    clock.move(world.evaluation.closes_on - clock.today())
    hanne.goes_to(page)
    hanne.ticks("confirm", "yes")
    hanne.presses("main button:has-text('Luk')")
    told = hanne.reads()
    assert "12 af 12 svarede." in told
    assert WORDS in told
    assert "så få kan ikke være anonyme" in told


def test_it_is_answered_by_keyboard_alone(visit):
    world = make_world(make_cast(), employees=12, log_in=True)
    world.asks()
    anna = somebody(visit, world.employees[0], DESKTOP, scripts=True)
    anna.goes_to(f"/havneby/evaluation/{world.round.public_id}/")
    page = anna.page
    page.locator("[name='s.prepared'][value='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator("[name='s.prepared']:checked").get_attribute("value") == "2"
    page.locator("[name='t.otherwise']").focus()
    page.keyboard.type("Mere tid")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/evaluation/thanks/")


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_page_of_it_passes_axe(visit, language: str):
    world = make_world(make_cast(), employees=12, leaders=5, log_in=True)
    Person.objects.update(language=language)
    size = DESKTOP if language == "da" else PHONE
    hanne = somebody(visit, world.cast.hr, size, scripts=True)
    page = f"/havneby/rounds/{world.round.public_id}/evaluation/"
    hanne.goes_to(page)
    world.asks()
    hanne.goes_to(page)
    anna = somebody(visit, world.employees[0], size, scripts=True)
    boss = somebody(visit, world.leaders[0], size, scripts=True)
    for one in (anna, boss):
        one.goes_to(f"/havneby/evaluation/{world.round.public_id}/")
    world.answers(world.employees[0], 3, text=WORDS)
    everybody_else_answers(world)
    for boss_too in world.leaders:
        world.answers(boss_too, 4, group="leaders")
    world.closes()
    hanne.goes_to(page)
    anna.goes_to(f"/havneby/evaluation/{world.round.public_id}/")
    anna.goes_to("/havneby/evaluation/thanks/")
    shown = anna.page.get_attribute("html", "lang")
    assert shown == language
