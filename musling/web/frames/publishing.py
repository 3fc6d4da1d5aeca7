"""Publishing a draft: what is new, what came meanwhile, what to think about; then it stays."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from musling.conversations.kinds import KINDS
from musling.foundation.actor import Actor
from musling.foundation.fingerprints import ChangedMeanwhile
from musling.foundation.problems import Refused
from musling.frames import drafting, queries, standard
from musling.frames.differences import differences
from musling.frames.document import FrameDocument, FrameFault
from musling.frames.left_out import has_slot, left_out
from musling.frames.models import FrameDraft, FrameVersion
from musling.frames.parsing import parse
from musling.frames.queries import document_of
from musling.frames.sizes import refuse_too_large
from musling.gate import rules
from musling.web.frames.draft_forms import PublishForm
from musling.web.frames.history import published_meanwhile, remember_published
from musling.web.frames.outline import found_draft, outline
from musling.web.frames.places import faults_in_words
from musling.web.frames.words import difference_in_words, left_out_in_words
from musling.web.staff.saving import posted, slug_of


@rules.role("hr", methods=("GET", "POST"))
def publish(request: HttpRequest, actor: Actor, draft_id: str) -> HttpResponse:
    """What is new in words, what to think about, the note; then it is a version for ever."""
    if answer := published_meanwhile(request, actor, draft_id):
        return answer
    found = found_draft(actor, draft_id)
    used = queries.in_use(actor.organisation_id, found.kind)
    is_used = used is not None and used.frame_id == found.frame_id
    newer = drafting.newer_version(found)
    form = PublishForm(
        posted(request),
        initial={"seen": found.revision},
        is_used=is_used,
        newer=newer.number if newer else 0,
        replaces=(used.frame.name, used.number) if used and not is_used else None,
    )
    if request.method == "POST" and form.is_valid():
        version = _published(request, actor, found, form)
        if version is not None:
            remember_published(request, draft_id, version.public_id)
            messages.success(request, _("Version %(n)s is published.") % {"n": version.number})
            return redirect("frame", slug_of(request), version.public_id)
    shown = _to_publish(actor, found, newer) | {"form": form, "is_used": is_used}
    return render(request, "frames/publish.html", shown)


def _published(
    request: HttpRequest, actor: Actor, found: FrameDraft, form: PublishForm
) -> FrameVersion | None:
    """The version; None where the page says why there is none."""
    try:
        return drafting.publish(
            actor,
            public_id=found.public_id,
            note=form.cleaned_data["note"],
            take=form.cleaned_data.get("take", False),
            seen=form.cleaned_data["seen"],
            over=form.newer,
        )
    except FrameFault:
        pass  # the page lists what has to be put right
    except Refused as refused:
        form.add_error(None, refused.message)
        if isinstance(refused, ChangedMeanwhile):
            data = request.POST.copy()
            data["seen"] = str(found.revision)  # pressing again means what stands now
            form.data = data
    return None


def _to_publish(actor: Actor, found: FrameDraft, newer: FrameVersion | None) -> dict[str, Any]:
    newest = queries.newest_version(actor, found.frame.public_id) if found.frame else None
    new = parse(found.document, unfinished=True)
    about = outline(actor, found)
    return about | {
        "newest": newest,
        "changes": _changes(document_of(newest.content), new, actor) if newest else [],
        "newer": newer,
        "newer_changes": _since_begun(actor, found, newer) if newer else [],
        "left_out": what_is_left_out(actor, found.kind, new),
        "problems": _problems(found, actor.language),
    }


def _changes(old: FrameDocument, new: FrameDocument, actor: Actor) -> list[dict[str, str]]:
    return [difference_in_words(one) for one in differences(old, new, actor.language)]


def _since_begun(actor: Actor, found: FrameDraft, newer: FrameVersion) -> list[dict[str, str]]:
    """What others published after the draft was begun, compared with what stood then."""
    rows = queries.frame_history(actor, newer.frame.public_id)
    before = next((row for row in rows if row.published_at <= found.made_at), None)
    if before is None:
        return []
    (_row, old), (_newer, new) = queries.with_documents([before, newer])
    return _changes(old, new, actor)


def what_is_left_out(actor: Actor, kind: str, document: FrameDocument) -> list[str]:
    """What committees want and the frame has no place for, in words."""
    row = KINDS.get(kind)
    slot = row is not None and any(has_slot(standard.load(one)) for one in row.standard_frames)
    found = left_out(actor.organisation_id, kind, document, actor.today.year, slot=slot)
    return [left_out_in_words(one, actor.language) for one in found]


def _problems(found: FrameDraft, language: str) -> list[str]:
    """What has to be put right before it can be published."""
    try:
        refuse_too_large(drafting.as_own(found.document))
    except FrameFault as fault:
        return faults_in_words(fault.faults, found.document, language)
    return []
