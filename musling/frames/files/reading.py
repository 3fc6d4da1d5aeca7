"""From a file to a document, with the line of every fault."""

import json
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal

from django.utils.translation import gettext as _

from musling.foundation.problems import Refused
from musling.frames.document import FrameDocument, FrameFault
from musling.frames.files.json_lines import JsonPlaces, json_places
from musling.frames.files.limits import Excess, too_much
from musling.frames.files.places import above
from musling.frames.files.toml_lines import toml_lines
from musling.frames.parsing import parse
from musling.frames.sizes import refuse_too_large

# Twenty times the largest frame that comes with Musling; what reading costs grows with it.
MOST_BYTES = 1_000_000
MOST_TOLD = 100  # faults; who has more will not read them
_TOML_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class FileFault:
    """What is wrong, at which place of the frame and on which line; 0 for the file as a whole."""

    line: int
    place: str
    problem: str


class FrameFileRefused(Refused):
    """The file is no frame. ``faults`` has every one, in the order of their lines.

    ``data``: what was read, where it could be read at all: the names of what the faults stand in.
    """

    def __init__(self, name: str, faults: Iterable[FileFault], data: Any = None) -> None:
        self.name = shown_name(name)
        self.data = data
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        told = self.told(lambda fault: ": ".join(filter(None, (fault.place, fault.problem))))
        super().__init__("\n".join(told), "file")

    def told(self, in_words: Callable[[FileFault], str]) -> list[str]:
        """A line for each fault: the file, the line in it, and what ``in_words`` says of it."""
        told = [self._where(fault) + in_words(fault) for fault in self.faults[:MOST_TOLD]]
        if left := len(self.faults) - len(told):
            told.append(_("… and %(count)s more") % {"count": left})
        return told

    def _where(self, fault: FileFault) -> str:
        line = _("line %(line)s") % {"line": fault.line} if fault.line else ""
        where = ", ".join(filter(None, (self.name, line)))
        return f"{where}: " if where else ""


def shown_name(name: str) -> str:
    """A file's name without its folders and whatever cannot be shown, of a length to read."""
    plain = "".join(letter for letter in PurePath(name).name if letter.isprintable())
    return plain[:80]


def read_frame_file(name: str, content: bytes) -> FrameDocument:
    """The document in a TOML or JSON file; its name's ending says which of them it is.

    Raises FrameFileRefused with every fault.
    """
    try:
        return _reader(name)(name, _text(content))
    except _Unreadable as problem:
        fault = FileFault(problem.line, problem.place, problem.problem)
        raise FrameFileRefused(name, [fault]) from None


class _Unreadable(Exception):
    def __init__(self, problem: str, line: int = 0, place: str = "") -> None:
        super().__init__(problem)
        self.problem, self.line, self.place = problem, line, place


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        most = {"most": MOST_BYTES // 1000}
        raise _Unreadable(_("the file is larger than %(most)s kB; a frame is not") % most)
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise _Unreadable(_("save the file as UTF-8"), line) from None


def _reader(name: str) -> Callable[[str, str], FrameDocument]:
    read = {".toml": _read_toml, ".json": _read_json}.get(PurePath(name).suffix.lower())
    if read is None:
        raise _Unreadable(_("a frame is a file that ends in .toml or .json"))
    return read


def _read_toml(name: str, source: str) -> FrameDocument:
    _refuse_excess(source, "toml")
    try:
        data = tomllib.loads(source)
    except ValueError as problem:
        raise _no_toml(str(problem), source) from None
    return _parsed(name, data, lambda: toml_lines(source))


def _refuse_excess(source: str, ending: Literal["toml", "json"]) -> None:
    found = too_much(source, ending)
    if found is None:
        return
    told: dict[Excess, str] = {
        "depth": _("there are brackets within brackets, far too many"),
        "parts": _("the name of a field has too many parts"),
        "values": _("there is more in the file than any frame holds"),
    }
    raise _Unreadable(told[found.what], found.line)


def _no_toml(message: str, source: str) -> _Unreadable:
    found = _TOML_PLACE.search(message)
    last = source.rstrip("\n").count("\n") + 1
    line = int(found[1] or last) if found else 0
    reason = _TOML_PLACE.sub("", message)
    return _Unreadable(_("this is not TOML (%(reason)s)") % {"reason": reason}, line)


def _read_json(name: str, source: str) -> FrameDocument:
    _refuse_excess(source, "json")
    try:
        data = json.loads(source)
    except json.JSONDecodeError as problem:
        reason = {"reason": problem.msg}
        raise _Unreadable(_("this is not JSON (%(reason)s)") % reason, problem.lineno) from None
    except ValueError as problem:  # a number of thousands of digits
        raise _Unreadable(_("this is not JSON (%(reason)s)") % {"reason": problem}) from None
    found = json_places(source)
    if faults := _not_in_toml(found):
        raise FrameFileRefused(name, faults)
    return _parsed(name, data, lambda: found.lines)


def _not_in_toml(found: JsonPlaces) -> list[FileFault]:
    """What JSON lets pass and TOML does not: the same frame means the same in both."""
    twice, null = _("this field is given twice"), _("leave the field out instead of writing null")
    faults = [FileFault(line, place, twice) for place, line in found.twice]
    return faults + [FileFault(line, place, null) for place, line in found.nulls]


def _parsed(name: str, data: Any, lines: Callable[[], dict[str, int]]) -> FrameDocument:
    try:
        document = parse(data, own=True)
        refuse_too_large(document)
    except FrameFault as refused:
        where = lines()
        faults = [FileFault(line_of(f.place, where), f.place, f.problem) for f in refused.faults]
    else:
        return document
    raise FrameFileRefused(name, faults, data)


def line_of(place: str, lines: dict[str, int]) -> int:
    """The line of the place, or of the nearest that holds it; 0 where none does."""
    while place and place not in lines:
        place = above(place)
    return lines.get(place, 0)
