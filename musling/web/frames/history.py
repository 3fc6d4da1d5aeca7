"""The versions of a frame: who published them, when, and what each changed."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.frames import actions, queries
from musling.frames.differences import differences
from musling.frames.document import FrameDocument
from musling.frames.models import FrameVersion
from musling.gate import rules
from musling.web.frames.words import difference_in_words
from musling.web.staff.saving import slug_of

ON_A_PAGE = 10
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
    """The versions of the frame that this one belongs to, newest first, ten at a time."""
    frame = _found(actor, version_id).frame
    rows = queries.frame_history(actor, frame.public_id)
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    first = page.start_index() - 1
    # The one before the last shown, too: what that changed is a difference.
    shown = queries.with_documents(rows[first : first + ON_A_PAGE + 1])
    names = queries.names_of([row.published_by_id for row in page])
    used = queries.in_use(actor.organisation_id, frame.kind)
    before = [document for _row, document in shown[1:]] + [None]
    versions = [
        {
            "row": row,
            "by": names.get(row.published_by_id or 0, ""),
            "used": used is not None and used.pk == row.pk,
            "older": row.pk != rows[0].pk,
            "changes": _changes(old, document, actor.language),
        }
        for (row, document), old in list(zip(shown, before, strict=True))[:ON_A_PAGE]
    ]
    about = {"frame": frame, "versions": versions, "page": page}
    return render(request, "frames/history.html", about)


def _changes(
    old: FrameDocument | None, new: FrameDocument, language: str
) -> list[dict[str, str]] | None:
    """None for the first version."""
    if old is None:
        return None
    return [difference_in_words(one) for one in differences(old, new, language)]


@rules.role("hr", methods=("POST",))
def take(request: HttpRequest, actor: Actor, version_id: str) -> HttpResponse:
    """Takes the frame into use with its newest version. Safe to press twice."""
    row = _found(actor, version_id)
    actions.take_into_use(actor, frame=row.frame)
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
        actions.retire(actor, frame=row.frame)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("frame", slug_of(request), version_id)
    messages.success(request, _("The frame is off the list. Talks that asked it keep it."))
    return redirect("frames", slug_of(request))
