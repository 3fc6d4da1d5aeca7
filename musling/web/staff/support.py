"""What HR does for one person: a mail sent again, the first log-in by link or on a slip."""

import datetime as dt

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from musling.documents.activation_slips import ActivationSlip, activation_slips
from musling.documents.letterhead import Letterhead
from musling.foundation.actor import Actor
from musling.foundation.clock import COPENHAGEN
from musling.foundation.problems import Refused
from musling.gate import rules
from musling.mail.actions import send_again
from musling.people.activation import Slip, print_slips, send_activation
from musling.people.queries import Standing
from musling.web.staff.people import found_person
from musling.web.staff.saving import public_id_in, slug_of


@rules.role("hr", methods=("POST",))
def mail_again(request: HttpRequest, actor: Actor, person: str) -> HttpResponse:
    """Has a mail sent once more, to the address that the person has now."""
    profile = found_person(actor, person).profile
    try:
        send_again(actor, delivery=public_id_in(request.POST, "delivery"))
        messages.success(request, _("The mail will be sent again in a moment."))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("person", slug_of(request), profile.public_id)


@rules.role("hr", methods=("POST",))
def activation_mail(request: HttpRequest, actor: Actor, person: str) -> HttpResponse:
    """Has a link for the first log-in mailed to the work e-mail."""
    profile = found_person(actor, person).profile
    try:
        send_activation(actor, profile)
        messages.success(request, _("A link is on its way. It works once, for 14 days."))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("person", slug_of(request), profile.public_id)


@rules.role("hr", methods=("POST",))
def slip(request: HttpRequest, actor: Actor, person: str) -> HttpResponse:
    """A slip for the first log-in as PDF; an earlier one of this person ends."""
    profile = found_person(actor, person).profile
    standing: Standing = request.standing  # type: ignore[attr-defined]
    pdf = slips_as_pdf(print_slips(actor, [profile]), standing, profile.language, actor.at)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="musling.pdf"'
    return response


def slips_as_pdf(
    slips: list[Slip], standing: Standing, language: str, made_at: dt.datetime
) -> bytes:
    """The slips on paper, in that language."""
    head = Letterhead(
        language=language,
        organisation=standing.organisation_name,
        talk_name=standing.talk_name,
        made_at=made_at,
    )
    address = f"{settings.MUSLING_BASE_URL}{reverse('account_signup')}"
    return activation_slips(
        head,
        [
            ActivationSlip(
                name=slip.profile.name,
                code=slip.code,
                address=address.partition("://")[2],
                link=slip.link,
                valid_until=slip.expires_at.astimezone(COPENHAGEN).date(),
            )
            for slip in slips
        ],
    )
