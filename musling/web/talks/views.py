"""The list of talks and the page of one talk: where it stands and what is next."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from musling.conversations import contents
from musling.conversations.actions.new_leader import choose_what_goes_along
from musling.conversations.joint.queries import own_employments
from musling.conversations.models import GoesAlong, Minutes, Offer, Part, Reveal, State
from musling.conversations.queries.deputies import handed_over_by
from musling.conversations.queries.glances import Glance
from musling.conversations.queries.releases import is_shared_with, release_waits
from musling.conversations.queries.stand_ins import stand_in_of
from musling.conversations.queries.steps import Step, next_step
from musling.conversations.queries.talks import Talk, my_talks, paper_of, talk
from musling.conversations.queries.team import has_open_agreements
from musling.conversations.queries.times import ANSWERABLE, times_left
from musling.foundation.actor import Actor
from musling.foundation.problems import Refused
from musling.gate import rules
from musling.privacy.lifetimes import lifetime
from musling.rounds.queries import form_comes_on, leader_word_of
from musling.web.access.eye import eye_line
from musling.web.talks.handed_in import is_anything_to_read
from musling.web.talks.heading import core_task_head


@rules.member("GET")
def talks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All talks one takes part in, newest first, as employee and as leader apart."""
    rows = my_talks(actor)
    return render(
        request,
        "talks/talks.html",
        {
            "groups": [
                (_("My own"), [row for row in rows if row["part"] == Part.EMPLOYEE]),
                (_("That I lead"), [row for row in rows if row["part"] == Part.LEADER]),
            ],
            "empty": not rows,
            "shared": is_shared_with(actor),
            "several": len(own_employments(actor)) > 1,
        },
    )


@rules.member("GET")
def talk_page(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """Where one talk stands: the next step, the offer, how far each is, what one can do."""
    found = talk(actor, public_id)
    minutes = Minutes.objects.filter(conversation=found.conversation).first()
    paper, glance = paper_of(found), found.at_a_glance(minutes)
    slug = request.standing.slug  # type: ignore[attr-defined]
    return render(
        request,
        "talks/talk.html",
        {
            **core_task_head(actor, found),
            "found": found,
            "minutes": minutes,
            "paper": paper,
            "paper_waits_for_me": paper is not None
            and paper.confirmed_at is None
            and paper.contested_at is None
            and paper.registered_by.part != found.me.part,
            "offered": times_left(actor, found.offer) if found.offer else [],
            "shared_times": found.offer is not None and found.offer.shared_id is not None,
            "proposed": moments(found.offer.proposed_times) if found.offer else [],
            "step": _step(actor, found, glance, slug),
            "lifetime": lifetime(found.conversation, found.me),
            "dates_eye": eye_line(contents.DATES, found),
            "handed_over": handed_over_by(found),
            "handed_in_readable": is_anything_to_read(actor, found),
            "stand_in": stand_in_of(found) if found.state == State.AGREED else None,
            "choices": GoesAlong.choices if not found.i_lead and found.leader.goes_along else (),
            "releases_wait": found.state == State.AGREED and release_waits(actor, found),
            "never": found.conversation.reveal == Reveal.NEVER,
            "answerable": found.state == State.OFFERED
            and found.offer is not None
            and found.offer.answer in ANSWERABLE,
            "other_time": found.offer is not None and found.offer.answer == Offer.Answer.OTHER_TIME,
            "needs_time": found.offer is not None
            and not found.offer.times
            and found.offer.answer == Offer.Answer.NONE,
            "form_day": form_comes_on(found.conversation),
            "leader_word": leader_word_of(found.conversation),
            "times_passed": glance.times_passed,
            "day_passed": glance.day_passed,
            "outside": found.offer is not None and found.offer.answer == Offer.Answer.OUTSIDE,
        },
    )


@rules.member("POST")
def goes_along(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """The employee chooses what a new leader may see of a talk held with the one before."""
    try:
        choose_what_goes_along(actor, public_id=public_id, choice=request.POST.get("choice", ""))
    except Refused as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _("Saved. You can change it whenever you like."))
    return redirect("talk", request.standing.slug, public_id)  # type: ignore[attr-defined]


def moments(texts: list[str]) -> list[Any]:
    """Moments from their ISO texts, for pages."""
    return [moment for text in texts if (moment := parse_datetime(text))]


def _step(actor: Actor, found: Talk, glance: Glance, slug: str) -> dict[str, str]:
    """The next step with its address."""
    step = next_step(
        glance,
        found.other.profile.first_name,
        open_agreements=found.state != State.AGREED
        or has_open_agreements(actor, found.conversation.pk),
    )
    here = step.page in {"", "talk"}
    return {"text": step.text, "url": "" if here else step_url(step, slug, found.public_id)}


def step_url(step: Step, slug: str, public_id: str) -> str:
    """Where the step is done; empty where there is nothing for oneself to do."""
    if step.page == "team":
        return reverse("team", args=[slug])
    return reverse(step.page, args=[slug, public_id]) if step.page else ""
