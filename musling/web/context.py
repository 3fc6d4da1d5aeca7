"""What every page's template gets: the organisation, the menu, the person's name."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from musling import __version__
from musling.foundation import clock
from musling.organisations.models import Organisation
from musling.people.queries import Standing


def page(request: HttpRequest) -> dict[str, Any]:
    """The frame around a page; no queries."""
    standing: Standing | None = getattr(request, "standing", None)
    return {
        "actor": getattr(request, "actor", None),
        "organisation": _organisation(standing),
        "nav": _menu(standing, request.path) if standing else [],
        "ask_hr_url": _ask_hr(standing, request.path) if standing else "",
        "me_name": standing.name if standing else "",
        "clock_moved": settings.MUSLING_MODE == "demo" and bool(clock.offset()),
        "clock_now": clock.now(),
        "shared_device": request.session.get("shared_device", False),
        "version": __version__,
        "demo": settings.MUSLING_MODE == "demo",
    }


def _organisation(standing: Standing | None) -> dict[str, str] | None:
    if standing is None:
        return None
    return {
        "name": standing.organisation_name,
        "slug": standing.slug,
        "talk_name": standing.talk_name,
        "accent": standing.accent,
        "firmness": Organisation.firmness(standing.sector),
    }


def _ask_hr(standing: Standing, path: str) -> str:
    """Where a leader asks HR for help, on the pages of leading (row C4); on its own page, nothing.

    A talk's page knows itself whether one leads it.
    """
    team = reverse("team", args=[standing.slug])
    here = standing.leads and path.startswith(team) and path != team
    return f"{team}#ask-hr" if here else ""


def _menu(standing: Standing, path: str) -> list[dict[str, Any]]:
    """The few places that this person goes to, with the present one marked."""
    entries = [("start", _("Start")), ("talks", _("My talks")), ("agreements", _("My agreements"))]
    if standing.leads:
        entries.insert(1, ("team", _("My team")))
    if "hr" in standing.roles:
        entries += [("staff", _("People")), ("rounds", _("Rounds")), ("coverage", _("Coverage"))]
    places = [(reverse(name, args=[standing.slug]), label) for name, label in entries]
    here = max((url for url, _label in places if path.startswith(url)), key=len, default="")
    return [{"url": url, "label": label, "current": url == here} for url, label in places]
