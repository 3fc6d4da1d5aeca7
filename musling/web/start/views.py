"""The front door, the start page, the neutral page, the language."""

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from musling.conversations.coverage.queries import starts
from musling.conversations.queries.glances import Glance
from musling.conversations.queries.steps import next_step
from musling.conversations.queries.talks import choices_that_wait
from musling.conversations.queries.team import (
    leads_unfinished,
    my_open_agreements,
    my_open_talks,
    team,
)
from musling.foundation.actor import Actor
from musling.frames.access import is_main_committee
from musling.frames.periods import missing_period
from musling.gate import rules
from musling.organisations.models import Organisation
from musling.people.models import Profile
from musling.people.own_settings import choose_language
from musling.privacy.asked import is_asked
from musling.rounds.evaluation.queries import to_answer
from musling.rounds.queries import rounds_that_wait
from musling.web.language import SESSION_KEY
from musling.web.staff.coverage import at_a_glance
from musling.web.talks.views import step_url

ACCENT = re.compile(r"#[0-9a-f]{6}")


@rules.public("GET")
def home(request: HttpRequest) -> HttpResponse:
    """Sends each to where she or he belongs; an empty installation to its beginning."""
    if not request.user.is_authenticated:
        if not Organisation.objects.exists():
            return redirect("create-organisation")
        return redirect("account_login")
    places = list(
        Profile.objects.filter(person_id=request.user.pk, disabled_at=None)
        .select_related("organisation")
        .order_by("organisation__name")
    )
    if len(places) == 1:
        return redirect("start", places[0].organisation.slug)
    return render(request, "start/places.html", {"places": places})


@rules.public("GET")
def hide(request: HttpRequest) -> HttpResponse:
    """A neutral page, one press from every page, for when somebody looks over the shoulder."""
    return render(request, "hide.html")


@rules.public("GET")
def accessibility(request: HttpRequest) -> HttpResponse:
    """The statement on accessibility that the law asks for."""
    return render(request, "start/accessibility.html")


@rules.public("POST")
def language(request: HttpRequest) -> HttpResponse:
    """Switches the language, for this session and on the log-in."""
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        request.session[SESSION_KEY] = chosen
        if request.user.is_authenticated:
            choose_language(person_id=request.user.pk, language=chosen)
    following = request.POST.get("next", "/")
    is_ours = url_has_allowed_host_and_scheme(following, {request.get_host()})
    # Not redirect(): it takes a word without a slash for the name of a view.
    return HttpResponseRedirect(following if is_ours and following[0] == "/" else reverse("home"))


@rules.member("GET")
def start(request: HttpRequest, actor: Actor) -> HttpResponse:
    """My next step and my agreements; what waits for me as a leader; no names, no text (T33)."""
    slug = request.standing.slug  # type: ignore[attr-defined]
    talks = my_open_talks(actor)
    agreements = my_open_agreements(actor)
    unfinished = {row.talk for row in agreements}
    leads = request.standing.leads or leads_unfinished(actor)  # type: ignore[attr-defined]
    coverage = at_a_glance(actor) if "hr" in request.standing.roles else None  # type: ignore[attr-defined]
    return render(
        request,
        "start/start.html",
        {
            "begins": coverage is not None and coverage["begins"],
            "talks": [_card(found, slug, found.pk in unfinished) for found in talks[:1]],
            "agreements": len(agreements),
            "late": sum(row.late for row in agreements),
            "next_due": next(
                (row.due_on for row in agreements if row.due_on and not row.late), None
            ),
            "asked": is_asked(actor),
            "choices": choices_that_wait(actor),
            "evaluations": to_answer(actor),
            "team": team(actor) if leads else None,
            "coverage": coverage,
            "rounds": rounds_that_wait(actor) if coverage else [],
            "below": bool(leads and not coverage and starts(actor)),
            "committee": _committee(actor) if "committee" in request.standing.roles else None,  # type: ignore[attr-defined]
        },
    )


def _committee(actor: Actor) -> dict[str, Any]:
    """What the committees' part of the page needs; two queries at most."""
    main = is_main_committee(actor)
    return {
        "main": main,
        "missing": missing_period(actor.organisation_id, actor.today) if main else None,
        # A round that goes into the new year is evaluated after it.
        "years": (actor.today.year, actor.today.year - 1),
    }


def _card(found: Glance, slug: str, unfinished: bool) -> dict[str, Any]:
    step = next_step(found, open_agreements=unfinished)
    return {"found": found, "step": step, "url": step_url(step, slug, found.public_id)}


@rules.member("GET")
def style(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The organisation's accent colour as a stylesheet of its own; nothing else gets in."""
    accent = request.standing.accent  # type: ignore[attr-defined]
    css = f":root{{--accent:{accent}}}" if ACCENT.fullmatch(accent) else ""
    return HttpResponse(css, content_type="text/css")
