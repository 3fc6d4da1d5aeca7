"""Slips for the first log-in as PDF: for HR and for leaders alike."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from musling.documents.activation_slips import ActivationSlip, activation_slips
from musling.documents.letterhead import Letterhead
from musling.foundation.clock import COPENHAGEN
from musling.people.activation import Slip
from musling.people.queries import Standing


def slips_as_pdf(
    slips: Sequence[Slip], standing: Standing, language: str, made_at: dt.datetime
) -> HttpResponse:
    """The slips on paper, in that language: one on a page of its own, several four to a page."""
    head = Letterhead(
        language=language,
        organisation=standing.organisation_name,
        talk_name=standing.talk_name,
        made_at=made_at,
    )
    address = f"{settings.MUSLING_BASE_URL}{reverse('account_signup')}"
    pdf = activation_slips(
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
        per_page=1 if len(slips) == 1 else 4,
    )
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="musling.pdf"'
    return response
