"""Reads a paper or Word form into a draft frame, by rules that can be explained.

``read`` takes the bytes and the name of a file, ``read_text`` what somebody pasted; both give a
``Draft`` or raise ``UnreadableForm``. The steps, each in a module: the format's own module makes
lines; ``pages`` takes headers and footers away; ``joining`` makes blocks of wrapped lines;
``signs``, ``marks`` and ``tables`` find what blocks carry; ``headings``, ``ranking`` and
``sections`` decide what each is; ``assembling`` makes the draft. docs/frames-from-paper.md tells it
to people.
"""

from pathlib import Path

from musling.frames.reading import files
from musling.frames.reading.assembling import assembled
from musling.frames.reading.draft import Draft, DraftQuestion, DraftTheme, LeftOut
from musling.frames.reading.lines import Line, words_in
from musling.frames.reading.plain import text_lines
from musling.frames.reading.problems import Limits, UnreadableForm, nothing_in_it
from musling.frames.reading.understanding import understood
from musling.frames.reading.words import language_of, of

__all__ = [
    "Draft", "DraftQuestion", "DraftTheme", "LeftOut", "Limits", "UnreadableForm", "drafted",
    "read", "read_file", "read_text",
]  # fmt: skip


def read_file(path: Path, limits: Limits | None = None) -> Draft:
    """The draft of a file on this machine. Raises UnreadableForm; or OSError."""
    kept = limits or Limits()
    return drafted(files.lines(files.contents(path, kept), path.name, kept))


def read(data: bytes, name: str, limits: Limits | None = None) -> Draft:
    """The draft of an uploaded file: its bytes and what it is called. Raises UnreadableForm."""
    return drafted(files.lines(data, name, limits or Limits()))


def read_text(text: str, limits: Limits | None = None) -> Draft:
    """The draft of pasted text. Raises UnreadableForm where there is nothing or far too much."""
    return drafted(text_lines(text, limits or Limits()))


def drafted(lines: list[Line]) -> Draft:
    """The draft of a form's lines. Raises UnreadableForm where they hold no word."""
    whole = words_in(lines)
    if not any(sign.isalpha() for sign in whole):
        raise nothing_in_it()
    words = of(language_of(whole))
    return assembled(understood(lines, words), words)
