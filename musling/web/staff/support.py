"""What HR does for one person: a mail sent again, the first log-in by link or on a slip."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from musling.foundation.actor import Actor
from musling.foundation.problems import Refused
from musling.gate import rules
from musling.mail.actions import send_again
from musling.mail.queries import told, undelivered
from musling.people.activation import print_slips, send_activation
from musling.people.queries import Standing
from musling.web.slips import slips_as_pdf
from musling.web.staff.people import PER_PAGE, found_person
from musling.web.staff.saving import public_id_in, slug_of


@rules.role("hr")
def undelivered_mails(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Mails that did not arrive, 50 a page: what a server refused, or what had no address."""
    without = request.GET.get("why") == "address"
    found = undelivered(actor, without_address=without).select_related("recipient")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "staff/mails.html",
        {
            "page": page,
            "rows": told(page),
            "without": without,
            "query": "&why=address" if without else "",
        },
    )


@rules.role("hr", methods=("POST",))
def mail_again(request: HttpRequest, actor: Actor, person: str) -> HttpResponse:
    """Has a mail sent once more, to the address that the person has now."""
    profile = found_person(actor, person).profile
    try:
        send_again(actor, delivery=public_id_in(request.POST, "delivery"))
        messages.success(request, _("The mail will be sent again in a moment."))
    except Refused as refused:
        messages.error(request, refused.message)
    if "from_list" in request.POST:
        return redirect("undelivered-mails", slug_of(request))
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
    return slips_as_pdf(print_slips(actor, [profile]), standing, profile.language, actor.at)
