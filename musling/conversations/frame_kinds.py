"""Which kind of talk a frame is for: what it is called, and how a frame of another is made to suit.

A frame's document names one of ``document.Kind``; of these Musling holds some talks (``KINDS``).
"""

from dataclasses import replace

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from musling.conversations.kinds import KINDS, Kind
from musling.frames import standard
from musling.frames.document import FrameDocument

NAMES: dict[str, str | Promise] = {
    "mus": gettext_lazy("MUS"),
    "grus": gettext_lazy("GRUS"),
    "tus": gettext_lazy("TUS"),
    "lus": gettext_lazy("LUS"),
    "senior": gettext_lazy("Senior talk"),
    "one_to_one": gettext_lazy("One-to-one talk"),
}


def name_of(kind: str) -> str:
    """What talks of a kind are called; of one that Musling does not know, its id."""
    return str(KINDS[kind].name if kind in KINDS else NAMES.get(kind, kind))


def suited(document: FrameDocument, kind: Kind) -> tuple[FrameDocument, list[str]]:
    """The document as talks of this kind ask it, and a sentence for each thing that is another.

    It is of the kind that the kind's own standard frame is of. Where preparation never leaves its
    author (row A4), it does not do so in any frame.
    """
    told = []
    own = standard.load(kind.standard_frame).kind
    if document.kind != own:
        names = {"was": name_of(document.kind), "kind": str(kind.name), "for": str(kind.employee)}
        told.append(
            _("The file is a frame for %(was)s. As you chose, it is for %(kind)s now (%(for)s).")
            % names
        )
        document = replace(document, kind=own)
    if not kind.hands_in and document.preparation != "never":
        told.append(
            _("In talks of this kind nobody hands in, so what one prepares stays with oneself.")
        )
        document = replace(document, preparation="never")
    return document, told
