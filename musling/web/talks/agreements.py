"""Agreements through the year: the list, one with its history, last year's typed in."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from musling.conversations import contents
from musling.conversations.actions import following_up
from musling.conversations.models import State
from musling.conversations.queries import agreements as queries
from musling.conversations.queries.agreements import TalkAgreements
from musling.conversations.queries.talks import Talk, talk
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.gate import rules
from musling.web.access.eye import eye_line
from musling.web.talks.room_forms import FollowUpForm, TypeInForm


def _slug(request: HttpRequest) -> str:
    return str(request.standing.slug)  # type: ignore[attr-defined]


@rules.member("GET")
def agreements(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All that one has agreed, as employee and as leader, talk by talk."""
    groups = queries.my_agreements(actor)
    mine = [group for group in groups if group.found and not group.found.i_lead]
    led = [group for group in groups if group.found and group.found.i_lead]
    coming = [group for group in groups if group.found is None]
    parts = [
        (_("My own"), _shown(mine)),
        (_("With those I lead"), _shown(led)),
        (_("Open from before, for a talk that you will lead"), _shown(coming)),
    ]
    return render(
        request,
        "talks/agreements.html",
        {"parts": [part for part in parts if part[1]], "today": actor.today},
    )


def _shown(groups: list[TalkAgreements]) -> list[tuple[TalkAgreements, str]]:
    """Groups with something in them, each with the line that says who can see it."""
    return [
        (group, eye_line(contents.AGREEMENT, group.found) if group.found else "")
        for group in groups
        if group.rows
    ]


@rules.member("GET")
def agreements_of(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """What lies in one talk."""
    found = talk(actor, public_id)
    group = queries.agreements_in(actor, found)
    return render(
        request,
        "talks/agreements_of.html",
        {
            "found": found,
            "group": group,
            "eye": eye_line(contents.AGREEMENT, found),
            "may_type_in": _may_type_in(found),
            "has_minutes": found.conversation.opened_at or found.conversation.held_at,
            "today": actor.today,
        },
    )


def _may_type_in(found: Talk) -> bool:
    conversation = found.conversation
    ended = conversation.held_at is not None or found.state == State.CANCELLED
    return conversation.previous_id is None and not ended


@rules.member("GET", "POST")
def agreement(request: HttpRequest, actor: Actor, agreement: str) -> HttpResponse:
    """One agreement with its history; a note, "done", or "not done after all"."""
    followed = queries.agreement(actor, agreement)
    form = FollowUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if followed.found is None:
            raise NotThere
        try:
            done = _follow_up(actor, agreement, request, form)
        except Refused as problem:
            form.add_error(problem.field if problem.field in form.fields else None, problem.message)
        else:
            messages.success(request, done)
            return redirect(request.path)
    found = followed.found
    return render(
        request,
        "talks/agreement.html",
        {
            "followed": followed,
            "found": found,
            "form": form,
            "eye": eye_line(contents.FOLLOW_UP, found) if found else "",
            "in_room": found is not None and found.state == State.OPEN,
            "today": actor.today,
        },
        status=422 if form.errors else 200,
    )


def _follow_up(actor: Actor, agreement: str, request: HttpRequest, form: FollowUpForm) -> str:
    if "not_done" in request.POST:
        following_up.not_done_after_all(actor, agreement=agreement)
        return _("Taken back. The agreement is open again.")
    says_done = "done" in request.POST
    row = following_up.note_follow_up(
        actor, agreement=agreement, note=form.cleaned_data["note"], says_done=says_done
    )
    if says_done and row.done_by_employee_at and row.done_by_leader_at:
        return _("You both say that it is done.")
    if says_done:
        return _("Noted. It is done when you both say so.")
    return _("Noted.")


# --- the first year: last year's agreements, typed in from paper --------------------------------


@rules.member("GET", "POST")
def type_in(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """Up to ten of last year's agreements; the other party confirms each."""
    found = talk(actor, public_id)
    if request.method == "GET" and not _may_type_in(found):
        return redirect("agreements-of", _slug(request), public_id)
    form = TypeInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            following_up.type_in_agreement(
                actor,
                public_id=public_id,
                content=form.content(),
                due_on=form.cleaned_data["due_on"],
            )
        except Refused as problem:
            form.add_error(problem.field if problem.field in form.fields else None, problem.message)
        else:
            messages.success(
                request,
                _("Typed in. %(name)s confirms it.") % {"name": found.other.profile.first_name},
            )
            return redirect("type-in", _slug(request), public_id)
    group = queries.agreements_in(actor, found)
    return render(
        request,
        "talks/type_in.html",
        {
            "found": found,
            "form": form,
            "typed_in": [row for row in group.rows if row.row.typed_in_by_id],
            "most": following_up.MOST_TYPED_IN,
            "eye": eye_line(contents.AGREEMENT, found),
        },
        status=422 if form.errors else 200,
    )


@rules.member("POST")
def typed_in(request: HttpRequest, actor: Actor, agreement: str) -> HttpResponse:
    """The answer to what was typed in: it was so, it was not so, or taken away by its writer."""
    followed = queries.agreement(actor, agreement)
    if followed.found is None:
        raise NotThere
    deeds: dict[str, tuple[Callable[[], Any], str]] = {
        "yes": (
            lambda: following_up.confirm_typed_in(actor, agreement=agreement, confirm=True),
            _("Confirmed."),
        ),
        "no": (
            lambda: following_up.confirm_typed_in(actor, agreement=agreement, confirm=False),
            _("Taken away. Talk about it when you meet."),
        ),
        "withdraw": (
            lambda: following_up.withdraw_typed_in(actor, agreement=agreement),
            _("Taken away."),
        ),
    }
    act, done = deeds.get(request.POST.get("answer", ""), (None, ""))
    if act is not None:
        try:
            act()
        except Refused as problem:
            messages.error(request, problem.message)
        else:
            messages.success(request, done)
    page = "type-in" if _may_type_in(followed.found) else "agreements-of"
    return redirect(reverse(page, args=[_slug(request), followed.found.public_id]))
