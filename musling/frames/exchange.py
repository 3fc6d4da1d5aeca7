"""A frame that comes from a file, as a frame of the organisation."""

from django.db import transaction
from django.utils.translation import gettext as _

from musling.foundation.actor import Actor
from musling.foundation.problems import Refused
from musling.frames.actions import keep_content, new_version, take_into_use
from musling.frames.document import TITLE, FrameDocument, FrameFault, text, to_json
from musling.frames.models import Frame, FrameVersion
from musling.frames.parsing import parse
from musling.organisations.models import Organisation

LONGEST_NOTE = 300


@transaction.atomic
def import_frame(
    actor: Actor,
    *,
    document: FrameDocument,
    kind: str,
    name: str = "",
    note: str = "",
    use: bool = False,
) -> FrameVersion:
    """Makes a frame of the document for a kind of talk, or its next version; handed back.

    ``name``: what HR calls the frame; the document's title where it is empty. A frame of that name
    and kind gets a version more, and none where its newest says the same: the same file twice
    changes nothing. ``use``: talks that begin from now on ask it. Without it none does; so where a
    frame of that name is or was in use, a new version is refused, as is a document that an
    organisation cannot write itself.
    """
    try:
        parse(to_json(document), own=True)
    except FrameFault as fault:
        raise Refused(str(fault)) from None
    name = (name or text(document.title, "da")).strip()
    if not 0 < len(name) <= TITLE or len(note) > LONGEST_NOTE:
        most = {"name": TITLE, "note": LONGEST_NOTE}
        raise Refused(
            _("A frame needs a name of at most %(name)s characters; its note has at most %(note)s.")
            % most
        )
    Organisation.objects.select_for_update().get(pk=actor.organisation_id)  # one after the other
    content = keep_content(actor.organisation_id, document)
    frame = _frame(actor, kind, name)
    newest = frame.versions.select_related("content").order_by("-number").first()
    if newest is None or newest.content_id != content.pk:
        if newest and frame.taken_at and not use:
            raise Refused(_would_be_in_use(name))
        newest = new_version(actor, frame, content, note)
    if use:
        take_into_use(actor, frame=frame)
    return newest


def _frame(actor: Actor, kind: str, name: str) -> Frame:
    """The organisation's own frame of that name and kind, made where there is none."""
    own = Frame.objects.filter(organisation_id=actor.organisation_id, kind=kind, name=name)
    found = own.filter(retired_at=None, standard="").order_by("pk").first()
    return found or Frame.objects.create(
        organisation_id=actor.organisation_id, kind=kind, name=name
    )


def _would_be_in_use(name: str) -> str:
    told = _(
        "“%(name)s” is in use, so a new version would be asked from now on. "
        "Say that it is to be used, or give the frame another name."
    )
    return told % {"name": name}
