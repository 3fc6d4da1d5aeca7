"""What one talk asks: both parties read it, and its leader fits it until it is offered."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from musling.conversations import contents
from musling.conversations.actions.fitting import check_can_fit, fit_talk
from musling.conversations.queries.fitting import base_of
from musling.conversations.queries.talks import Talk, talk
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.frames.document import content_hash, text
from musling.frames.team_changes import TeamChanges
from musling.frames.team_editing import between, differences
from musling.gate import rules
from musling.web.access.eye import eye_line
from musling.web.frames.differences import told
from musling.web.frames.seen import as_seen
from musling.web.frames.team import seen_by
from musling.web.frames.team_drafts import Draft
from musling.web.frames.team_editor import Subject, page, posted
from musling.web.frames.team_picking import pick_into


@rules.member("GET")
def talk_asked(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """What this talk asks, as oneself will meet it, and what the leader fitted to the team."""
    found = talk(actor, public_id)
    base = base_of(found)
    shown = as_seen(actor, found.document_hash, found.document, str(found.me.part))
    return render(
        request,
        "frames/talk_asked.html",
        shown
        | {
            "found": found,
            "eye": eye_line(contents.FITTED, found) if found.is_fitted else "",
            "told": told(differences(base, found.document), actor.language),
            "frame": text(base.title, actor.language),
        },
    )


@rules.member("GET", "POST")
def talk_fit(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """The leader fits what this talk asks. Once it is too late, the page says so."""
    found = _led(actor, public_id)
    subject = _subject(request, actor, found)
    about = {
        "found": found,
        "closed": _closed(found),
        "eye": eye_line(contents.FITTED, found),
    }
    if request.method == "POST":
        return posted(request, actor, subject, about)
    return page(request, actor, subject, about)


@rules.member("GET")
def talk_fit_seen(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """What this talk would ask, as either party would see it; also what is not saved."""
    found = _led(actor, public_id)
    return seen_by(request, actor, _subject(request, actor, found))


@rules.member("GET", "POST")
def talk_fit_pick(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """Questions of the catalogue to ask in this talk, too."""
    found = _led(actor, public_id)
    return pick_into(request, actor, _subject(request, actor, found), found.conversation.kind)


def _led(actor: Actor, public_id: str) -> Talk:
    found = talk(actor, public_id)
    if not found.i_lead:
        raise NotThere
    return found


def _closed(found: Talk) -> str:
    """Why what it asks cannot be changed any more; empty where it can."""
    try:
        check_can_fit(found)
    except Refused as problem:
        return problem.message
    return ""


def _subject(request: HttpRequest, actor: Actor, found: Talk) -> Subject:
    base = base_of(found)
    names = [request.standing.slug, found.public_id]  # type: ignore[attr-defined]

    def save(changes: TeamChanges, draft: Draft) -> None:
        fit_talk(actor, public_id=found.public_id, changes=changes, seen=draft.seen)
        words = _("Saved. %(name)s sees it before preparing.")
        messages.success(request, words % {"name": found.other.profile.first_name})

    return Subject(
        name=found.public_id,
        base=base,
        stored=between(base, found.document),
        seen=content_hash(found.document),
        version="",
        here=reverse("talk-fit", args=names),
        preview=reverse("talk-fit-seen", args=names),
        catalogue=reverse("talk-fit-pick", args=names),
        save=save,
    )
