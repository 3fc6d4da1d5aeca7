"""The versions of a frame: who published them, when, and what each changed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.frames import drafting, queries
from musling.frames.actions import take_into_use
from musling.frames.differences import differences
from musling.frames.models import FrameVersion
from musling.frames.queries import document_of
from musling.gate import rules
from musling.web.frames.words import difference_in_words
from musling.web.staff.saving import slug_of

PUBLISHED, MOST_PUBLISHED = "published_drafts", 10  # in the session, draft by version


def _found(actor: Actor, version_id: str) -> FrameVersion:
    row = queries.version(actor, version_id)
    if row is None:
        raise NotThere
    return row


def remember_published(request: HttpRequest, draft_id: str, version_id: str) -> None:
    """Whoever goes back in the browser to a draft that became a version is led there."""
    kept = {**request.session.get(PUBLISHED, {}), draft_id: version_id}
    request.session[PUBLISHED] = dict(list(kept.items())[-MOST_PUBLISHED:])


def published_meanwhile(request: HttpRequest, actor: Actor, draft_id: str) -> HttpResponse | None:
    """The answer to a page of a draft that one has published oneself; None for any other."""
    version_id = request.session.get(PUBLISHED, {}).get(draft_id)
    if version_id is None or queries.draft(actor, draft_id) is not None:
        return None
    row = queries.version(actor, version_id)
    if row is None:
        return None
    words = _("This draft is published as version %(n)s. It is no draft any more.")
    messages.info(request, words % {"n": row.number})
    return redirect("frame-history", slug_of(request), version_id)


@rules.role("hr", methods=("GET",))
def history(request: HttpRequest, actor: Actor, version_id: str) -> HttpResponse:
    """Every version of the frame that this one belongs to, newest first."""
    frame = _found(actor, version_id).frame
    rows = queries.frame_history(actor, frame.public_id)
    names = queries.names_of([row.published_by_id for row in rows])
    used = queries.in_use(actor.organisation_id, frame.kind)
    older = [*rows[1:], None]
    versions = [
        {
            "row": row,
            "by": names.get(row.published_by_id or 0, ""),
            "used": used is not None and used.pk == row.pk,
            "changes": [
                difference_in_words(one)
                for one in differences(
                    document_of(before.content), document_of(row.content), actor.language
                )
            ]
            if before
            else None,
        }
        for row, before in zip(rows, older, strict=True)
    ]
    return render(request, "frames/history.html", {"frame": frame, "versions": versions})


@rules.role("hr", methods=("POST",))
def take(request: HttpRequest, actor: Actor, version_id: str) -> HttpResponse:
    """Takes the frame into use with its newest version. Safe to press twice."""
    row = _found(actor, version_id)
    used = queries.in_use(actor.organisation_id, row.frame.kind)
    if used is None or used.frame_id != row.frame_id:
        take_into_use(actor, frame=row.frame)
    messages.success(
        request,
        _("%(frame)s is in use for talks that begin from now on.") % {"frame": row.frame.name},
    )
    return redirect("frames", slug_of(request))


@rules.role("hr", methods=("POST",))
def retire(request: HttpRequest, actor: Actor, version_id: str) -> HttpResponse:
    """Takes the frame off the list; its versions stay with the talks that asked them."""
    row = _found(actor, version_id)
    try:
        drafting.retire(actor, frame=row.frame)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("frame", slug_of(request), version_id)
    messages.success(request, _("The frame is off the list. Talks that asked it keep it."))
    return redirect("frames", slug_of(request))
