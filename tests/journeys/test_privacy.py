"""Privacy one can see in the browser: who may see what, who looked, what goes and what is gone."""

import datetime as dt

import pytest
from django.core.cache import caches

from musling.conversations.actions import preparing
from musling.conversations.models import Conversation, Release
from musling.foundation import clock
from musling.privacy import destroying
from musling.privacy.models import AccessRequest
from musling.schedule.handing_over import hand_over
from tests.browser import DESKTOP, PHONE
from tests.cast import Cast, make_cast
from tests.conversations import stages
from tests.journeys.steps import comes_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("X11")]
SCREENS = pytest.mark.parametrize(
    ("size", "javascript"),
    [(PHONE, True), (DESKTOP, False)],
    ids=["360", "1280 without JavaScript"],
)
A_DAY = dt.timedelta(days=1)


@pytest.fixture
def people(transactional_db: None) -> Cast:
    caches["rendered"].clear()
    return make_cast()


def at(talk: Conversation, rest: str = "") -> str:
    return f"/havneby/talks/{talk.public_id}/{rest}"


@pytest.mark.row("X4")
@SCREENS
def test_who_can_see_it_stands_beside_the_field_and_as_a_page(visit, people, size, javascript):
    talk = stages.booked_talk(people)
    mette = comes_in(visit, people.employee, size, javascript)
    mette.goes_to(at(talk, "prepare/wellbeing/"))
    eye = mette.page.locator("main .eye").first
    assert "Kun du kan se det her, indtil du selv afleverer det" in eye.inner_text()
    field = mette.page.locator("main textarea, main input[type=radio]").first
    assert eye.evaluate(
        "(eye, field) => !!(eye.compareDocumentPosition(field) & 4)", field.element_handle()
    )
    mette.presses("main .eye a")
    words = mette.reads()
    for part in ("Hvem kan se hvad", "Forberedelse", "Livsfase", "Ser og ændrer", "Aldrig:"):
        assert part in words
    mette.presses("main nav a:has-text('Hjælper')")
    assert "Livsfase" not in mette.reads()


@pytest.mark.row("X3")
@SCREENS
def test_everybody_sees_who_has_opened_what_of_theirs(visit, people, size, javascript):
    talk = stages.approved_talk(people)
    lars = comes_in(visit, people.leader, size, javascript)
    lars.goes_to(at(talk, "minutes/"))
    mette = comes_in(visit, people.employee, size, javascript)
    mette.goes_to("/havneby/me/")
    assert "Lars Prøve" in mette.reads()
    assert "Referat" in mette.reads()
    hanne = comes_in(visit, people.hr, size, javascript)
    assert hanne.page.goto(at(talk, "minutes/")).status == 404
    mette.page.reload()
    assert "Hanne" not in mette.reads()


@pytest.mark.row("A5")
@SCREENS
def test_both_together_let_somebody_else_read_and_one_ends_it(visit, people, size, javascript):
    talk = stages.approved_talk(people)
    mette = comes_in(visit, people.employee, size, javascript)
    lars = comes_in(visit, people.leader, size, javascript)
    tanja = comes_in(visit, people.union_rep, size, javascript)
    mette.goes_to(at(talk))
    mette.presses("text=Lad en anden læse det")
    mette.writes("email", "ingen@havneby.example")
    mette.writes("why", "Hun hjælper mig videre")
    mette.presses()
    assert "Ingen her har den arbejdsmail" in mette.reads()
    assert mette.page.input_value("[name=why]") == "Hun hjælper mig videre"
    mette.writes("email", people.union_rep.profile.email)
    mette.presses()
    assert "Venter på et ja" in mette.reads()
    tanja.goes_to("/havneby/shared/")
    assert "Der er ikke delt noget med dig" in tanja.reads()

    lars.goes_to(at(talk))
    lars.presses("main section.next a:has-text('Svar')")
    assert "Hun hjælper mig videre" in lars.reads()
    lars.presses("main button:has-text('Ja, Tanja Prøve må læse det')")
    assert "Kan læse det" in lars.reads()

    tanja.goes_to("/havneby/talks/")
    tanja.presses("text=Læs det, to andre har delt med dig")
    assert "Mette Prøve og Lars Prøve" in tanja.reads()
    with tanja.page.expect_download() as download:
        tanja.page.locator("main a:has-text('Referatet')").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")

    mette.goes_to(at(talk, "releases/"))
    assert "åbnet første gang" in mette.reads()
    mette.presses("main a:has-text('Stop det')")
    assert "Det, der er læst, er læst" in mette.reads()
    mette.presses()
    assert "Stoppet" in mette.reads()
    row = Release.objects.get()
    assert tanja.page.goto(f"/havneby/shared/{row.public_id}.pdf").status == 404


@pytest.mark.row("X7")
@SCREENS
def test_another_leader_comes_and_the_employee_decides_what_goes_along(
    visit, people, size, javascript
):
    talk = stages.approved_talk(people)
    hanne = comes_in(visit, people.hr, size, javascript)
    hanne.goes_to(f"/havneby/people/units/{people.unit.public_id}/leader/")
    hanne.writes("employment", "Jonas")
    hanne.presses()
    if "Jonas Prøve" not in hanne.reads():
        hanne.presses()
    hand_over()

    lars = comes_in(visit, people.leader, size, javascript)
    assert lars.page.goto(at(talk)).status == 404
    jonas = comes_in(visit, people.colleague, size, javascript)
    jonas.goes_to(at(talk, "agreements/"))
    assert "Fast makker" in jonas.reads()
    assert jonas.page.goto(at(talk, "minutes/")).status == 404

    mette = comes_in(visit, people.employee, size, javascript)
    mette.goes_to(at(talk))
    assert "Jonas Prøve er din leder nu" in mette.reads()
    mette.ticks("choice", "minutes")
    mette.presses("main button:has-text('Gem mit valg')")
    jonas.goes_to(at(talk, "minutes/"))
    assert "Vi talte om vagterne" in jonas.reads()
    mette.ticks("choice", "nothing")
    mette.presses("main button:has-text('Gem mit valg')")
    assert jonas.page.goto(at(talk, "minutes/")).status == 404


@pytest.mark.row("X1", "E8")
@SCREENS
def test_both_are_told_take_their_copy_and_see_the_receipt(visit, people, size, javascript):
    talk = stages.approved_talk(people)
    hanne = comes_in(visit, people.hr, size, javascript)
    hanne.goes_to("/havneby/kept/")
    hanne.presses("main a[href$='/kept/mus/next_held/']")
    hanne.writes("number", "10")
    hanne.presses()
    assert "10 dage" in hanne.reads()

    following = stages.next_year(people)
    stages.agreed_frame(people, following)
    stages.talking.end_talk(people.leader.actor, public_id=following.public_id)
    destroying.run()
    mette = comes_in(visit, people.employee, size, javascript)
    mette.goes_to(at(talk))
    assert "destrueres" in mette.reads(), mette.reads()
    with mette.page.expect_download() as download:
        mette.page.locator("main a:has-text('PDF')").first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")

    clock.move(11 * A_DAY)
    assert destroying.run()["talks"] == 1
    for member in (people.employee, people.leader):
        one = comes_in(visit, member, size, javascript)
        one.goes_to(at(talk))
        assert "blev destrueret" in one.reads()
        assert "er det op til dig at slette" in one.reads()
        assert one.page.goto(at(talk, "minutes/")).status == 410
        assert "Vi talte om vagterne" not in one.page.content()


@pytest.mark.row("X3")
@SCREENS
def test_what_a_leader_wrote_is_asked_for_and_handed_out(visit, people, size, javascript):
    talk = stages.booked_talk(people)
    preparing.save_answers(
        people.leader.actor,
        public_id=talk.public_id,
        answers={"feedback.contribution": {"text": "Rolig, når det brænder på"}},
        versions={},
    )
    mette = comes_in(visit, people.employee, size, javascript)
    mette.goes_to("/havneby/me/data/")
    mette.presses("main button:has-text('Bed om at se det')")
    assert "Venter på svar" in mette.reads()
    lars = comes_in(visit, people.leader, size, javascript)
    lars.presses("main a:has-text('Svar')")
    lars.presses("main a:has-text('Mette Prøve')")
    assert "Rolig, når det brænder på" in lars.reads()
    lars.presses("main button[value=refuse]")
    assert "Skriv grunden" in lars.reads()
    lars.presses("main button[value=hand_out]")
    assert "Ingen har spurgt" in lars.reads()
    mette.page.reload()
    mette.presses("main a:has-text('Læs svaret')")
    assert "Rolig, når det brænder på" in mette.reads()
    hanne = comes_in(visit, people.hr, size, javascript)
    row = AccessRequest.objects.get()
    assert hanne.page.goto(f"/havneby/me/access/{row.public_id}/").status == 404
