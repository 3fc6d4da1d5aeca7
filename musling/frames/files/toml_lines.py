"""On which line of a TOML file each part of it stands.

The standard library reads TOML and keeps no positions. This walks through a file that it has read
(so that it is known to be right) and looks only at keys, brackets and where values end.
"""

import re
import tomllib
from bisect import bisect_right

from musling.frames.files.places import at_key, at_row

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'""")
_STRINGS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r'"""(?:[^\\]|\\.)*?"""{1,3}',  # may end in one or two quotes of its own
        r"'''.*?'''{1,3}",
        r'"(?:[^"\\]|\\.)*"',
        r"'[^']*'",
    )
)
_BARE = re.compile(r"\d{4}-\d\d-\d\d \d\d:[^\s,\]}#]+|[^\s,\]}#]+")


def toml_lines(source: str) -> dict[str, int]:
    """The line of every place (``themes[2].items[1].text``), counted from 1.

    ``source`` must be TOML that ``tomllib`` reads. ``limits`` has refused what is
    nested deeply.
    """
    walk = _Walk(source)
    walk.all()
    return walk.lines


class _Walk:
    def __init__(self, source: str) -> None:
        self.lines: dict[str, int] = {}
        self._source = source
        self._at = 0
        self._ends = [found.start() for found in re.finditer("\n", source)]
        self._rows: dict[str, int] = {}  # how many tables each array of tables has so far

    def all(self) -> None:
        """The whole file."""
        table = ""
        self._skip(_BLANK)
        while self._at < len(self._source):
            if self._next("[["):
                table = self._heading(rows=True)
            elif self._next("["):
                table = self._heading(rows=False)
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _heading(self, *, rows: bool) -> str:
        """Behind the opening brackets: the place of the table that begins here."""
        line = self._line()
        *above, last = self._key()
        place = ""
        for part in above:
            place = self._newest_row(at_key(place, part))
            self._note(place, line)
        place = at_key(place, last)
        self._note(place, line)
        if rows:
            self._rows[place] = self._rows.get(place, 0) + 1
        self._next("]]" if rows else "]")
        place = self._newest_row(place)
        self._note(place, line)
        return place

    def _newest_row(self, place: str) -> str:
        rows = self._rows.get(place)
        return place if rows is None else at_row(place, rows - 1)

    def _pair(self, table: str) -> None:
        line, place = self._line(), table
        for part in self._key():
            place = at_key(place, part)
            self._note(place, line)
        self._next("=")
        self._value(place)

    def _key(self) -> list[str]:
        parts = [self._key_part()]
        while self._next("."):
            parts.append(self._key_part())
        return parts

    def _key_part(self) -> str:
        self._skip(_SPACE)
        part = self._take(_KEY)
        if part[0] in "\"'":
            return str(tomllib.loads(f"key = {part}")["key"])
        return part

    def _value(self, place: str) -> None:
        self._skip(_SPACE)
        if self._next("["):
            self._list(place)
        elif self._next("{"):
            self._inline_table(place)
        else:
            self._skip(self._pattern())

    def _pattern(self) -> re.Pattern[str]:
        matching = (one for one in _STRINGS if one.match(self._source, self._at))
        return next(matching, _BARE)

    def _list(self, place: str) -> None:
        row = 0
        self._skip(_BLANK)
        while not self._next("]"):
            self._note(at_row(place, row), self._line())
            self._value(at_row(place, row))
            row += 1
            self._skip(_BLANK)
            self._next(",")
            self._skip(_BLANK)

    def _inline_table(self, place: str) -> None:
        self._skip(_BLANK)
        while not self._next("}"):
            self._pair(place)
            self._skip(_BLANK)
            self._next(",")
            self._skip(_BLANK)

    def _note(self, place: str, line: int) -> None:
        self.lines.setdefault(place, line)

    def _line(self) -> int:
        return bisect_right(self._ends, self._at - 1) + 1

    def _next(self, sign: str) -> bool:
        """Steps over the sign if it stands here, spaces before it or not."""
        behind = _SPACE.match(self._source, self._at).end()  # type: ignore[union-attr]
        if not self._source.startswith(sign, behind):
            return False
        self._at = behind + len(sign)
        return True

    def _skip(self, pattern: re.Pattern[str]) -> None:
        self._take(pattern)

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._source, self._at)
        if found is None:
            raise ValueError(f"line {self._line()} is not what TOML allows")
        self._at = found.end()
        return found.group()
