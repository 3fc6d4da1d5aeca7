"""A frame to take home: as paper (PDF), as a Word file, and as the file that Musling reads."""

from dataclasses import dataclass
from typing import Literal

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from musling.conversations.kinds import KINDS, Kind
from musling.conversations.models import Reveal
from musling.documents.letterhead import Letterhead
from musling.documents.preparation_paper import preparation_paper
from musling.frames.document import FrameDocument
from musling.web.frames.paper import SIDES, Names, Side, on_paper, sides_of
from musling.web.frames.seen import SEEN

Ending = Literal["pdf", "docx"]
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "toml": "application/toml; charset=utf-8",
}
# In a file's name: plain letters that every system keeps.
IN_NAME: dict[str, str] = {"employee": "medarbejder", "leader": "leder", "both": "samtale"}
_DANISH = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
FOR: dict[Side, str | Promise] = {
    "employee": _("For the employee"),
    "leader": _("For the leader"),
    "both": _("For the whole talk"),
}


@dataclass(frozen=True, slots=True)
class Paper:
    """One line of the links: for whom, and the addresses of both forms."""

    for_whom: str | Promise
    pdf: str
    docx: str


def side_of(document: FrameDocument, side: str) -> Side | None:
    """The side that an address names, where it has something to fill in."""
    return next((one for one in SIDES if one == side and one in sides_of(document)), None)


def papers(document: FrameDocument, pdf: str, docx: str, *where: str) -> list[Paper]:
    """The links to a frame's papers; ``pdf`` and ``docx`` name the addresses of each side."""
    return [
        Paper(FOR[side], reverse(pdf, args=[*where, side]), reverse(docx, args=[*where, side]))
        for side in sides_of(document)
    ]


def example_papers(name: str, document: FrameDocument) -> list[Paper]:
    """Those of a standard frame, which stand under Help."""
    return papers(document, "example-frame-pdf", "example-frame-docx", name)


def names_in(kind: Kind | None) -> Names:
    """What the two are called in a kind of talk; as in the first, where there is none."""
    row = kind or next(iter(KINDS.values()))
    return Names(str(row.employee), str(row.leader))


def kind_for(standard_frame: str) -> Kind | None:
    """The kind of talk that a standard frame is made for."""
    return next((row for row in KINDS.values() if standard_frame in row.standard_frames), None)


def made(
    document: FrameDocument, side: Side, ending: Ending, *, head: Letterhead, kind: Kind | None
) -> bytes:
    """The file. Raises TypesettingFailedError."""
    with head.wording():
        names = names_in(kind)
        sees = "" if side == "both" else str(SEEN[Reveal(document.preparation)])
    paper = on_paper(document, side, head=head, names=names, who_can_see=sees and f"{sees}.")
    if ending == "pdf":
        return preparation_paper(paper)
    from musling.documents.frame_docx import frame_docx  # noqa: PLC0415 (16 MB, for these only)

    return frame_docx(paper)


def in_letters(name: str) -> str:
    """A name as a part of a file's name: plain small letters, digits, hyphens; at most forty."""
    return slugify(name.casefold().translate(_DANISH))[:40].strip("-_").replace("_", "-")


def answer(content: bytes | str, name: str, ending: str) -> HttpResponse:
    """The file as a download. ``name`` is ours or plain letters."""
    return HttpResponse(
        content,
        content_type=CONTENT_TYPES[ending],
        headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"'},
    )
