"""On which line of a JSON file each part of it stands, and what JSON allows but a frame does not.

The standard library reads JSON, keeps no positions, and of a field given twice keeps the second
without a word. This walks through a file that it has read.
"""

import json
import re
from bisect import bisect_right
from dataclasses import dataclass, field

from musling.frames.files.places import at_key, at_row

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_BARE = re.compile(r"[^\s,\]}]+")


@dataclass
class JsonPlaces:
    """``lines``: of every place, counted from 1. ``twice`` and ``nulls``: (place, line) each."""

    lines: dict[str, int] = field(default_factory=dict)
    twice: list[tuple[str, int]] = field(default_factory=list)
    nulls: list[tuple[str, int]] = field(default_factory=list)


def json_places(source: str) -> JsonPlaces:
    """Where everything stands. ``source`` must be JSON that ``json.loads`` reads.

    ``limits`` has refused what is nested deeply.
    """
    walk = _Walk(source)
    walk.value("")
    return walk.found


class _Walk:
    def __init__(self, source: str) -> None:
        self.found = JsonPlaces()
        self._source = source
        self._at = 0
        self._ends = [found.start() for found in re.finditer("\n", source)]

    def value(self, place: str) -> None:
        """The value that begins here, and all in it."""
        if self._next("{"):
            self._table(place)
        elif self._next("["):
            self._list(place)
        elif self._source[self._at] == '"':
            self._take(_STRING)
        else:
            self._bare(place)
        self._skip()

    def _table(self, place: str) -> None:
        names: set[str] = set()
        while not self._next("}"):
            self._skip()
            line = self._line()
            name = json.loads(self._take(_STRING))
            inner = at_key(place, name)
            if name in names:
                self.found.twice.append((inner, line))
            names.add(name)
            self._note(inner, line)
            self._next(":")
            self.value(inner)
            self._next(",")

    def _list(self, place: str) -> None:
        row = 0
        while not self._next("]"):
            self._skip()
            self._note(at_row(place, row), self._line())
            self.value(at_row(place, row))
            self._next(",")
            row += 1

    def _bare(self, place: str) -> None:
        line = self._line()
        if self._take(_BARE) == "null":
            self.found.nulls.append((place, line))

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._source, self._at)
        if found is None:
            raise ValueError(f"line {self._line()} is not what JSON allows")
        self._at = found.end()
        return found.group()

    def _note(self, place: str, line: int) -> None:
        self.found.lines.setdefault(place, line)

    def _line(self) -> int:
        return bisect_right(self._ends, self._at - 1) + 1

    def _next(self, sign: str) -> bool:
        self._skip()
        if not self._source.startswith(sign, self._at):
            return False
        self._at += 1
        return True

    def _skip(self) -> None:
        self._take(_SPACE)
