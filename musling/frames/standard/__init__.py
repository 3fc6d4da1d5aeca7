"""The frames that come with Musling: data files in our own wording, read and checked on request.

A file's name is the frame's name. Its format is what ``musling.frames.document.parse`` takes.
"""

import tomllib
from functools import cache
from pathlib import Path

from musling.frames.document import FrameDocument
from musling.frames.parsing import parse

_FOLDER = Path(__file__).parent


def names() -> tuple[str, ...]:
    """The names of the standard frames, sorted."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


@cache
def load(name: str) -> FrameDocument:
    """The standard frame with this name. Raises KeyError when there is none."""
    if name not in names():
        raise KeyError(name)
    return parse(tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8")))


def source(name: str) -> bytes:
    """The file itself, in both languages. Raises KeyError when there is none."""
    if name not in names():
        raise KeyError(name)
    return (_FOLDER / f"{name}.toml").read_bytes()
