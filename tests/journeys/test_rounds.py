"""A whole round in the browser: HR plans and opens it, a leader does a part in it, HR closes it."""

import pytest

from musling.rounds.models import FormChoice, FormSent, HelpAsked, Round
from tests.browser import DESKTOP, PHONE
from tests.cast import make_cast
from tests.journeys.steps import comes_in
from tests.rounds.planned import worked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("C4")]
WAYS = pytest.mark.parametrize(
    ("size", "scripts"), [(DESKTOP, True), (PHONE, True), (PHONE, False)], ids=str
)


@pytest.mark.row("C5")
@pytest.mark.row("E2")
@pytest.mark.row("E4")
@WAYS
def test_a_round_from_plan_to_joint_note(visit, size, scripts):
    cast = make_cast()
    hanne = comes_in(visit, cast.hr, size, scripts)
    hanne.goes_to("/havneby/rounds/")
    hanne.presses("main a:has-text('Planlæg en runde')")
    today = cast.hr.actor.today
    # The last quarter is proposed (E2): this year's, or the next one's once it is over.
    proposed = hanne.page.locator("[name=starts_on]").input_value()
    assert proposed.endswith("-10-01")
    hanne.writes("starts_on", today.isoformat())
    hanne.writes("ends_on", today.replace(year=today.year + 1, month=1, day=31).isoformat())
    hanne.writes("choose_by", today.isoformat())
    hanne.presses()
    assert "Planlagt." in hanne.reads()
    row = Round.objects.get()
    home = f"/havneby/rounds/{row.public_id}/"

    # Whom it is about, and what is done about what is odd.
    hanne.goes_to(f"{home}people/")
    hanne.ticks("own_leader", "leave_out")
    hanne.presses()
    assert "Gemt." in hanne.reads()

    # The text is the organisation's own; then the round is opened.
    hanne.goes_to(f"{home}steps/2/")
    assert "Sig klart, hvem der ser hvad" in hanne.reads()
    assert "Til ledelsen" in hanne.reads()
    hanne.writes("text_da", "Kære alle. Nu er det tid.")
    hanne.presses()
    hanne.goes_to(f"{home}steps/2/do/")
    assert "Tilbuddene er dokumenterede" in hanne.reads()
    hanne.presses()
    worked()
    hanne.goes_to(home)
    assert "Åben" in hanne.reads()

    # The employee is told that a time comes, and can prepare meanwhile.
    mette = comes_in(visit, cast.employee, size, scripts)
    mette.goes_to("/havneby/talks/")
    mette.presses("main a[href*='/talks/']")
    assert "Lars foreslår et tidspunkt." in mette.reads()
    assert "Lars sender dig skemaet; så kan du forberede dig." in mette.reads()

    # The leader chooses the form, sends it, and asks for help.
    lars = comes_in(visit, cast.leader, size, scripts)
    lars.goes_to("/havneby/team/")
    lars.presses("main a:has-text('Samtalernes form')")
    lars.ticks("form", "both")
    lars.presses()
    lars.goes_to("/havneby/team/")
    lars.presses("main button:has-text('Send skemaet til mit team')")
    assert "tid til at forberede sig" in lars.reads()
    mette.goes_to("/havneby/talks/")
    mette.presses("main a[href*='/talks/']")
    mette.presses("main a:has-text('Forbered')")
    assert "Hvor meget tid har du?" in mette.reads()
    lars.presses("main button:has-text('Bed HR om hjælp')")
    assert (FormChoice.objects.get().form, FormSent.objects.count()) == ("both", 1)

    # HR answers, and closes the round with the joint note, which heads the next plan.
    hanne.goes_to(home)
    hanne.presses("main button:has-text('Jeg har været i kontakt')")
    assert HelpAsked.objects.get().answered_at
    hanne.goes_to(f"{home}close/")
    hanne.writes("note", "Vi begynder tidligere næste år.")
    hanne.presses()
    hanne.presses("main button:has-text('Kopiér den til året efter')")
    assert "Vi begynder tidligere næste år." in hanne.reads()
