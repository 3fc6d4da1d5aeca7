"""A file → lines: by what it is called and what it really is, within the limits.

Nothing is unpacked or parsed before size and kind are known; Word files and PDFs are never unpacked
in this process (``apart``).
"""

import re
from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext as _

from musling.frames.reading import apart, markdown, plain
from musling.frames.reading.lines import Line
from musling.frames.reading.problems import (
    Limits,
    UnreadableForm,
    not_what_it_says,
    nothing_in_it,
    too_large,
)

ENDINGS = (".txt", ".md", ".docx", ".pdf")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old Word, and any Office file with a password


def contents(path: Path, limits: Limits) -> bytes:
    """The bytes of a file that is no larger than a form. Raises UnreadableForm, OSError."""
    if not path.is_file():
        raise UnreadableForm(_("There is no file %(name)s.") % {"name": path})
    if path.stat().st_size > limits.file:
        raise too_large(limits.file)
    with path.open("rb") as stream:
        data = stream.read(limits.file + 1)
    if len(data) > limits.file:  # it grew, or its size was unknown
        raise too_large(limits.file)
    return data


def lines(data: bytes, name: str, limits: Limits) -> list[Line]:
    """The lines of a form. ``name``: what the file is called, for its ending.

    Raises UnreadableForm.
    """
    if len(data) > limits.file:
        raise too_large(limits.file)
    if not data.strip():
        raise nothing_in_it()
    ending = Path(name.lower()).suffix
    return _reader(data, ending)(data, limits)


def _reader(data: bytes, ending: str) -> Callable[[bytes, Limits], list[Line]]:
    kind = _kind(data)
    if ending not in (*ENDINGS, ".markdown", ".text"):
        raise UnreadableForm(
            _("Only .docx, .pdf, .txt and .md can be read. Save the form as one of them.")
        )
    if kind == "old":
        raise UnreadableForm(
            _(
                "The file is protected by a password or in an old format. "
                "Save it as .docx without a password."
            )
        )
    if kind != _KINDS.get(ending, "text"):
        raise not_what_it_says(ending)
    if kind in ("pdf", "docx"):
        return apart.reader_of(kind)
    return markdown.lines if ending in (".md", ".markdown") else plain.lines


_KINDS = {".docx": "docx", ".pdf": "pdf"}  # all others are text


def _kind(data: bytes) -> str:
    """What the bytes begin as, whatever the file is called. What a zip holds, ``docx`` sees."""
    if data.startswith(_OLE):
        return "old"
    if re.search(rb"%PDF-\d", data[:1024]):
        return "pdf"
    return "docx" if data.startswith(b"PK\x03\x04") else "text"
