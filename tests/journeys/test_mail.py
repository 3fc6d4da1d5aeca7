"""Own mail and quiet hours; what did not arrive; a trial of the mail server, in the browser."""

import pytest

from musling.mail.models import Delivery
from tests.browser import DESKTOP, PHONE
from tests.cast import make_cast
from tests.journeys.steps import comes_in
from tests.web.test_mail_pages import Office, office, undelivered

__all__ = ("office",)  # a fixture: a mail server on this machine
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("E2")]
WAYS = pytest.mark.parametrize(("size", "scripts"), [(DESKTOP, True), (PHONE, False)], ids=str)


@WAYS
def test_each_chooses_and_hr_sees_what_did_not_arrive(visit, office: Office, size, scripts):
    cast = make_cast()
    undelivered(cast)

    mette = comes_in(visit, cast.employee, size, scripts)
    mette.goes_to("/havneby/me/")
    mette.presses("main a[href$='/me/mail/']")
    mette.page.locator("main [name=handed-in]").set_checked(False, force=True)
    mette.writes("quiet_from", "08:00")
    mette.presses()  # until when is missing: said, and what was chosen stays
    assert "Angiv begge tidspunkter eller ingen af dem." in mette.reads()
    assert not mette.page.locator("main [name=handed-in]").is_checked()
    mette.writes("quiet_until", "16:00")
    mette.presses()
    mette.goes_to("/havneby/me/mail/")
    assert not mette.page.locator("main [name=handed-in]").is_checked()
    assert mette.page.locator("main [name=quiet_until]").input_value() == "16:00"

    hanne = comes_in(visit, cast.hr, size, scripts)
    hanne.goes_to("/havneby/people/")
    hanne.presses("main a[href$='/people/mails/']")
    assert "550 5.1.1 User unknown" in hanne.reads()
    hanne.presses("main button:has-text('Send igen')")
    assert Delivery.objects.get().state != "given_up"
    hanne.goes_to("/havneby/people/mails/server/")
    hanne.presses("main button.button-primary, main form .button")
    hanne.looks()
    assert "250 2.0.0 Queued as 42" in hanne.reads()
    assert len(office.mails) == 1
