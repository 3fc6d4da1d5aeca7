"""Taking frames into use and off the list, and publishing versions."""

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import Refused
from musling.frames import standard
from musling.frames.document import FrameDocument, content_hash, text, to_json
from musling.frames.models import Frame, FrameContent, FrameVersion
from musling.frames.queries import in_use, remember
from musling.organisations.models import Organisation


@transaction.atomic
def adopt_standard(actor: Actor, *, name: str, kind: str) -> FrameVersion:
    """Takes a standard frame into use for a kind of talk; the same twice changes nothing.

    Talks that have begun keep what they began with. Which frames suit a kind, its row says
    (``conversations.kinds``). Raises KeyError where there is no such frame.
    """
    document = standard.load(name)
    Organisation.objects.select_for_update().get(pk=actor.organisation_id)  # one after the other
    content = keep_content(actor.organisation_id, document)
    frame, _made = Frame.objects.get_or_create(
        organisation_id=actor.organisation_id,
        kind=kind,
        standard=name,
        defaults={"name": text(document.title, "da")},
    )
    used = in_use(actor.organisation_id, kind)
    if used and used.content_id == content.pk and used.frame_id == frame.pk:
        return used
    newest = frame.versions.select_related("content").order_by("-number").first()
    if newest is None or newest.content_id != content.pk:
        newest = new_version(actor, frame, content)
    take_into_use(actor, frame=frame)
    return newest


def new_version(actor: Actor, frame: Frame, content: FrameContent, note: str = "") -> FrameVersion:
    """The frame's next version; the caller holds the organisation's row."""
    newest = frame.versions.order_by("-number").values_list("number", flat=True).first()
    version = FrameVersion.objects.create(
        organisation_id=actor.organisation_id,
        frame=frame,
        number=(newest or 0) + 1,
        content=content,
        published_at=clock.now(),
        published_by_id=actor.profile_id or None,
        note=note,
    )
    log.note(actor, "frame.published", object_id=version.pk)
    return version


@transaction.atomic
def take_into_use(actor: Actor, *, frame: Frame) -> None:
    """Talks of its kind that begin from now on ask this frame; those that have begun do not.

    Of a frame that is in use nothing changes. A retired one stands on the list again.
    """
    Organisation.objects.select_for_update().get(pk=actor.organisation_id)  # one after the other
    used = in_use(actor.organisation_id, frame.kind)
    if used is not None and used.frame_id == frame.pk:
        return
    frame.taken_at, frame.retired_at = clock.now(), None
    frame.save(update_fields=["taken_at", "retired_at"])
    log.note(actor, "frame.taken", object_id=frame.pk)


@transaction.atomic
def retire(actor: Actor, *, frame: Frame) -> None:
    """Takes a frame off the list of those to choose from. Raises Refused while it is in use."""
    Organisation.objects.select_for_update().get(pk=actor.organisation_id)  # one after the other
    used = in_use(actor.organisation_id, frame.kind)
    if used is not None and used.frame_id == frame.pk:
        raise Refused(_("This frame is in use. Take another into use first."))
    frame.refresh_from_db()
    if frame.retired_at is None:
        frame.retired_at = clock.now()
        frame.save(update_fields=["retired_at"])
        log.note(actor, "frame.retired", object_id=frame.pk)


def keep_content(organisation_id: int, document: FrameDocument) -> FrameContent:
    """The row of that document: one per organisation and distinct content, found by its hash."""
    content, _made = FrameContent.objects.get_or_create(
        organisation_id=organisation_id,
        hash=content_hash(document),
        defaults={"document": to_json(document)},
    )
    remember(content.hash, document)
    return content
