"""The one next step of a party, decided once for the talk's page, the start page and the board."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from musling.conversations.models import Minutes, Offer, Reveal, State
from musling.conversations.queries.glances import Glance
from musling.foundation import clock
from musling.foundation.clock import COPENHAGEN

ME, OTHER, NOBODY = "me", "other", "nobody"


@dataclass(frozen=True, slots=True)
class Step:
    """What is next, in words; who it waits for; and the name of the page where it is done."""

    text: str
    waits: str
    page: str = ""


def next_step(found: Glance, name: str = "", *, open_agreements: bool = True) -> Step:
    """The next step of whoever sees the talk so. ``name``: what the words call the other party.

    Without a name it says "the other": the start page tells nobody who stands behind one (T33).
    ``open_agreements``: whether anything that the two agreed on is not done yet.
    """
    name = name or _("the other")
    if found.state == State.AGREED and not open_agreements:
        return Step(_("Agreed, and no agreement is open"), NOBODY, "talk")
    before = _before_the_talk(found, name)
    return before or _after_the_talk(found, name)


def _before_the_talk(found: Glance, name: str) -> Step | None:
    if found.state == State.OPEN:
        return Step(_("Go on with the talk"), ME, "room")
    with_time = found.state in {State.OFFERED, State.BOOKED}
    if found.answer == Offer.Answer.OUTSIDE and with_time:
        page = "move" if found.state == State.BOOKED else "offer"
        if found.i_lead:
            return Step(_("Propose a time within working hours"), ME, page)
        return Step(_("Another time is being proposed to you"), OTHER, "talk")
    if found.answer == Offer.Answer.OTHER_TIME and with_time:
        if found.i_lead:
            return Step(_("Answer the proposal of another time"), ME, "talk")
        return Step(_("Your proposal is being answered"), OTHER, "talk")
    if found.state == State.BOOKED:
        return _while_booked(found, name)
    return _while_no_time(found, name)


def _while_no_time(found: Glance, name: str) -> Step | None:
    if found.state == State.PLANNED or found.needs_time:
        if found.i_lead:
            put_off = _("Put off: propose a new time")
            return Step(put_off if found.postponed else _("Propose times"), ME, "offer")
        return Step(_("A time is being proposed to you"), OTHER)
    if found.times_passed:
        if found.i_lead:
            return Step(_("The times have passed: propose new ones"), ME, "offer")
        return Step(_("A time is being proposed to you"), OTHER, "talk")
    if found.state == State.OFFERED:
        if found.i_lead:
            return Step(_("Waits for %(name)s to choose a time") % {"name": name}, OTHER, "talk")
        return Step(_("Choose a time"), ME, "talk")
    return None


def _while_booked(found: Glance, name: str) -> Step:
    if found.day_passed:
        if found.i_lead:
            return Step(_("The day has passed: note it as held, or move it"), ME, "talk")
        return Step(_("The day of the talk has passed"), OTHER, "talk")
    if found.form_waits:
        if found.i_lead:
            return Step(_("Send the form to your team"), ME, "team")
        return Step(_("%(name)s sends the form; then you can prepare") % {"name": name}, OTHER)
    if found.reveal != Reveal.NEVER and found.i_handed_in_at is None:
        return Step(_("Prepare"), ME, "prepare")
    if found.reveal == Reveal.NEVER and not found.i_lead and _lies_ahead(found):
        return Step(_("Prepare"), NOBODY, "prepare")
    return Step(_("Meet for the talk"), NOBODY, "room")


def _lies_ahead(found: Glance) -> bool:
    """Whether the talk's day has not come yet."""
    starts_at = found.starts_at
    return starts_at is not None and starts_at.astimezone(COPENHAGEN).date() > clock.today()


def _after_the_talk(found: Glance, name: str) -> Step:
    if found.state == State.HELD:
        if found.i_write:
            again = found.minutes_state == Minutes.State.RETURNED
            text = _("Look at the minutes again") if again else _("Finish and send the minutes")
            return Step(text, ME, "minutes")
        return Step(_("The minutes are being written"), OTHER, "minutes")
    if found.state == State.MINUTES_OUT:
        if found.i_write:
            return Step(_("Waits for %(name)s to approve") % {"name": name}, OTHER, "minutes")
        return Step(_("Read and approve the minutes"), ME, "minutes")
    if found.state == State.AGREED:
        return Step(_("Follow up on what you agreed"), NOBODY, "agreements-of")
    if found.state == State.DECLINED:
        return Step(_("Declined this year"), NOBODY, "talk")
    return Step(_("Nothing more to do"), NOBODY, "talk")
