"""Making a frame: a draft that several can work on, every change stored, undone and done again."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.fingerprints import ChangedMeanwhile, of_values
from musling.foundation.problems import NotThere, Refused
from musling.frames import editing
from musling.frames.actions import keep_content, new_version, take_into_use
from musling.frames.document import (
    FrameDocument,
    FrameFault,
    text,
    to_json,
    without_claims,
)
from musling.frames.editing import Gone, Raw
from musling.frames.models import DraftStep, Frame, FrameDraft, FrameVersion
from musling.frames.parsing import parse
from musling.frames.sizes import refuse_too_large
from musling.organisations.models import Organisation

MOST_STEPS = 50
TYPING = dt.timedelta(minutes=1)  # one goes on with the same text: one step to undo
MOST_PRESSES = 100  # a press whose answer was lost comes again within minutes
_PRESS = re.compile(r"[0-9a-f-]{8,64}")

Deed = Callable[[Raw], Raw]


class ChangedByAnother(ChangedMeanwhile):
    """Somebody else changed the same theme or item; ``theirs`` is how it stands now."""

    def __init__(self, theirs: Mapping[str, Any]) -> None:
        super().__init__(
            _(
                "Somebody else changed this while you were writing. Nothing of yours is saved yet: "
                "compare, and choose what shall stand."
            )
        )
        self.theirs = dict(theirs)


class NewerVersion(Refused):
    """The frame has a version that was published after the draft was begun."""


class Removed(Refused):
    """What was to be changed is not in the draft any more."""


def mark(element: Mapping[str, Any]) -> str:
    """What a form carries of the theme or item that its reader saw; its items are their own."""
    return of_values({name: value for name, value in element.items() if name != "items"})


@transaction.atomic
def begin_draft(
    actor: Actor,
    *,
    kind: str,
    document: FrameDocument,
    frame: Frame | None = None,
    original_name: str = "",
    original: Any = None,
) -> FrameDraft:
    """A draft of a new frame, or of the frame's next version: then the one that there is, if any.

    ``kind`` is the kind of talk that it is for. ``original``: what the paper said, line by line.
    Raises Refused for what cannot be a frame of the organisation's own.
    """
    document = without_claims(document)
    try:
        parse(to_json(document), unfinished=True, own=True)
    except FrameFault as fault:
        raise Refused(
            _("No draft can be made of this: %(why)s") % {"why": fault.faults[0]}
        ) from None
    Organisation.objects.select_for_update().get(pk=actor.organisation_id)  # one after the other
    if frame is not None:
        there = FrameDraft.objects.filter(frame=frame).first()
        if there is not None:
            return there
    now = clock.now()
    draft = FrameDraft.objects.create(
        organisation_id=actor.organisation_id,
        frame=frame,
        kind=kind,
        document=to_json(document),
        made_at=now,
        made_by_id=actor.profile_id or None,
        changed_at=now,
        changed_by_id=actor.profile_id or None,
        original_name=original_name[:200],
        original=original,
    )
    log.note(actor, "frame.draft_begun", object_id=draft.pk)
    return draft


@transaction.atomic
def change(
    actor: Actor, *, public_id: str, what: str, element: str, deed: Deed, press: str = ""
) -> FrameDraft:
    """Does one thing to the draft and stores it, with the step back.

    ``press`` names the press of a button: the same one, sent again because its answer was lost,
    does nothing more. Raises NotThere where there is no such draft, Removed where the element has
    gone, FrameFault with its places where the outcome would not be a frame; nothing is stored then.
    """
    draft = _locked(actor, public_id)
    if press in draft.presses:
        return draft
    try:
        raw = deed(draft.document)
    except Gone:
        raise Removed(
            _(
                "Somebody else has taken this out while you were writing. What you wrote is not "
                "saved: add it anew, or leave it."
            )
        ) from None
    parsed = as_own(raw, unfinished=True)
    document = to_json(parsed)
    if document == draft.document:
        return draft
    refuse_too_large(parsed, parse(draft.document, unfinished=True))
    _step(actor, draft, what, element)
    DraftStep.objects.filter(draft=draft, undone=True).delete()
    _store(actor, draft, document, press)
    return draft


def as_own(raw: Raw, *, unfinished: bool = False) -> FrameDocument:
    """The draft as a document. Raises FrameFault for what an organisation cannot write itself."""
    return parse(editing.without_claims(raw), unfinished=unfinished, own=True)


def change_item(
    actor: Actor, *, public_id: str, item: str, fields: Mapping[str, Any], seen: str = ""
) -> FrameDraft:
    """Changes an item. ``seen``: the ``mark`` of what the form showed; else ChangedByAnother."""

    def deed(raw: Raw) -> Raw:
        changed = editing.change_item(raw, item, fields)
        _as_seen(editing.item_of(raw, item)[0], seen, raw, changed)
        return changed

    return change(actor, public_id=public_id, what="item.changed", element=item, deed=deed)


def change_theme(
    actor: Actor, *, public_id: str, theme: str, fields: Mapping[str, Any], seen: str = ""
) -> FrameDraft:
    """Changes a theme, not its items; ``seen`` as above."""

    def deed(raw: Raw) -> Raw:
        changed = editing.change_theme(raw, theme, fields)
        _as_seen(editing.theme_of(raw, theme), seen, raw, changed)
        return changed

    return change(actor, public_id=public_id, what="theme.changed", element=theme, deed=deed)


def change_frame(
    actor: Actor, *, public_id: str, fields: Mapping[str, Any], seen: str = ""
) -> FrameDraft:
    """Changes what stands outside the themes; ``seen`` as above."""

    def deed(raw: Raw) -> Raw:
        changed = editing.change_frame(raw, fields)
        _as_seen(outside_themes(raw), seen, raw, changed)
        return changed

    return change(actor, public_id=public_id, what="frame.changed", element="", deed=deed)


def outside_themes(raw: Mapping[str, Any]) -> Raw:
    """The draft's title, purpose, scale and the like, without the themes."""
    return {name: value for name, value in raw.items() if name in editing.FRAME_FIELDS}


def _as_seen(element: Mapping[str, Any], seen: str, raw: Raw, changed: Raw) -> None:
    """Raises ChangedByAnother, unless what is to be stored stands there already: then the same was
    sent twice, or both wrote the same.
    """
    if not seen or seen == mark(element):
        return
    if to_json(parse(changed, unfinished=True)) != raw:
        raise ChangedByAnother(element)


@transaction.atomic
def undo(actor: Actor, *, public_id: str, press: str = "") -> FrameDraft:
    """Takes back the latest change, if it is one's own. Raises Refused with the reason."""
    draft = _locked(actor, public_id)
    if press in draft.presses:
        return draft
    step = DraftStep.objects.filter(draft=draft, undone=False).order_by("-revision").first()
    if step is None:
        raise Refused(_("There is nothing to undo."))
    if step.made_by_id != (actor.profile_id or None):
        raise Refused(_("The latest change is somebody else's. Talk together before you undo it."))
    _turn(actor, draft, step, press)
    return draft


@transaction.atomic
def redo(actor: Actor, *, public_id: str, press: str = "") -> FrameDraft:
    """Does again what was undone last. Raises Refused where nothing is."""
    draft = _locked(actor, public_id)
    if press in draft.presses:
        return draft
    step = DraftStep.objects.filter(draft=draft, undone=True).order_by("revision").first()
    if step is None:
        raise Refused(_("There is nothing to do again."))
    _turn(actor, draft, step, press)
    return draft


def _turn(actor: Actor, draft: FrameDraft, step: DraftStep, press: str) -> None:
    """Swaps the draft's document with the step's, which from then on leads the other way."""
    before, step.document = step.document, draft.document
    step.undone = not step.undone
    step.save(update_fields=["document", "undone"])
    _store(actor, draft, before, press)


@transaction.atomic
def publish(
    actor: Actor,
    *,
    public_id: str,
    note: str = "",
    take: bool = True,
    seen: int | None = None,
    over: int = 0,
) -> FrameVersion:
    """Makes the draft the frame's next version, and the draft goes.

    ``take``: talks that begin from now on ask it. ``seen``: the revision that was looked at.
    ``over``: the number of the version, newer than the draft's beginning, that it may replace.
    Raises FrameFault where the frame is not finished, NewerVersion where there is one that was not
    looked at, Refused where it says nothing new or was changed meanwhile.
    """
    Organisation.objects.select_for_update().get(pk=actor.organisation_id)
    draft = _locked(actor, public_id)
    if seen is not None and seen != draft.revision:
        raise ChangedMeanwhile(
            _("The frame was changed after you opened this page. Look at it again.")
        )
    meanwhile = newer_version(draft)
    if meanwhile is not None and meanwhile.number > over:
        raise NewerVersion(
            _(
                "Version %(number)s was published after this draft was begun. Look at what it "
                "changed, then say whether yours is to replace it."
            )
            % {"number": meanwhile.number}
        )
    document = as_own(draft.document)
    refuse_too_large(document)
    return _published(actor, draft, document, note, take)


def newer_version(draft: FrameDraft) -> FrameVersion | None:
    """The newest version of the draft's frame, if it came after the draft's beginning."""
    if draft.frame is None:
        return None
    rows = draft.frame.versions.filter(published_at__gt=draft.made_at)
    return rows.select_related("content").order_by("-number").first()


def _published(
    actor: Actor, draft: FrameDraft, document: FrameDocument, note: str, take: bool
) -> FrameVersion:
    title = text(document.title, "da")
    content = keep_content(actor.organisation_id, document)
    frame = draft.frame or Frame.objects.create(
        organisation_id=actor.organisation_id, kind=draft.kind, name=title
    )
    newest = frame.versions.order_by("-number").first()
    if newest is not None and newest.content_id == content.pk:
        raise Refused(_("Nothing is changed since the newest version."))
    version = new_version(actor, frame, content, note.strip())
    if frame.name != title:
        frame.name = title
        frame.save(update_fields=["name"])
    if take:
        take_into_use(actor, frame=frame)
    draft.delete()
    return version


@transaction.atomic
def throw_away(actor: Actor, *, public_id: str) -> None:
    """Removes the draft; published versions stay."""
    draft = _locked(actor, public_id)
    log.note(actor, "frame.draft_thrown_away", object_id=draft.pk)
    draft.delete()


def _locked(actor: Actor, public_id: str) -> FrameDraft:
    rows = FrameDraft.objects.select_for_update(of=("self",)).select_related("frame")
    draft = rows.filter(organisation_id=actor.organisation_id, public_id=public_id).first()
    if draft is None:
        raise NotThere
    return draft


def _step(actor: Actor, draft: FrameDraft, what: str, element: str) -> None:
    """Keeps what stood before; going on typing in the same place is the same step."""
    now, who = clock.now(), actor.profile_id or None
    steps = DraftStep.objects.filter(draft=draft, undone=False).order_by("-revision")
    last = steps.first()
    goes_on = (
        last is not None
        and what.endswith(".changed")
        and (last.what, last.element, last.made_by_id) == (what, element, who)
        and now - last.made_at < TYPING
    )
    if goes_on:
        return
    DraftStep.objects.create(
        organisation_id=draft.organisation_id,
        draft=draft,
        revision=draft.revision,
        document=draft.document,
        what=what,
        element=element,
        made_at=now,
        made_by_id=who,
    )
    old = steps.values_list("pk", flat=True)[MOST_STEPS:]
    DraftStep.objects.filter(pk__in=list(old)).delete()


def _store(actor: Actor, draft: FrameDraft, document: Raw, press: str) -> None:
    if _PRESS.fullmatch(press):
        draft.presses = [*draft.presses, press][-MOST_PRESSES:]
    draft.document = document
    draft.revision += 1
    draft.changed_at = clock.now()
    draft.changed_by_id = actor.profile_id or None
    draft.save(update_fields=["document", "revision", "changed_at", "changed_by_id", "presses"])
