"""That a file is of a frame's size and shape, told before anything is made of it.

One walk over the signs of the file: strings and comments are stepped over, brackets, parts of names
and values counted. What is far from any frame is never read, so that nobody's mistake (or attack)
costs time or memory that grows faster than the file.
"""

import re
from dataclasses import dataclass
from typing import Literal

Excess = Literal["depth", "parts", "values"]

MOST_DEPTH = 16  # brackets within brackets; a frame needs nine
MOST_PARTS = 8  # of a name such as themes.items.text.da, which has four
MOST_VALUES = 40_000  # more than a file of the largest size holds, if each has ten letters

# Unfinished strings end with the line, or with the file: the reader that comes next tells them.
_STRING = r'"(?:[^"\\\n]|\\.)*+(?:"|(?=\n)|\Z)'
_JSON = re.compile(rf"(?P<text>{_STRING})|(?P<sign>[\[\]{{}},])", re.DOTALL)
_TOML = re.compile(
    "|".join(
        (
            r'(?P<text>"""(?:[^"\\]|\\.|"(?!""))*+(?:"{3,5}|\Z)',
            r"'''(?:[^']|'(?!''))*+(?:'{3,5}|\Z)",
            _STRING,
            r"'[^'\n]*+(?:'|(?=\n)|\Z))",
            r"(?P<comment>\#[^\n]*+)",
            r"(?P<sign>[\[\]{},=.\n])",
        )
    ),
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class TooMuch:
    """What there is too much of, and on which line; ``seen``: how many signs were looked at."""

    what: Excess
    line: int
    seen: int


def too_much(source: str, ending: Literal["toml", "json"]) -> TooMuch | None:
    """The first thing in the file that no frame needs, or None.

    Time and memory: in proportion to the part of the file in front of it.
    """
    depth = parts = values = seen = 0
    for seen, found in enumerate((_TOML if ending == "toml" else _JSON).finditer(source), 1):
        sign = found["sign"]
        if sign is None:
            continue
        depth += (sign in "[{") - (sign in "]}")
        parts = parts + 1 if sign == "." else 0
        values += sign in "[{,="
        excess = _excess(depth, parts, values)
        if excess:
            return TooMuch(excess, source.count("\n", 0, found.start()) + 1, seen)
    return None


def _excess(depth: int, parts: int, values: int) -> Excess | None:
    if depth > MOST_DEPTH:
        return "depth"
    if parts >= MOST_PARTS:
        return "parts"
    return "values" if values > MOST_VALUES else None
