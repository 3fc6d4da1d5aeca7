"""What the documents' fonts can show, and what stands there for what they cannot.

PDF/A and PDF/UA forbid a letter without a shape, and a document must not fail, or silently drop a
word, because somebody wrote an emoji. So text is made showable before it is set:

* what nobody sees goes (control characters, joiners, marks that turn the direction of reading –
  with the last, a name could be made to read as another);
* a letter that no font has stands there as its name in brackets, ``[beaming face with …]``;
* a run of letters too long for a line may be broken.
"""

import functools
import re
import struct
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import filterfalse
from pathlib import Path
from typing import Any

FONTS = Path(__file__).with_name("fonts")
# Shorter words are left to the hyphenation, addresses to their slashes and hyphens.
LONGEST_WORD = 30
LONGEST_RUN = 120
BREAK_EVERY = 8
BREAK = "\N{ZERO WIDTH SPACE}"
LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\U0001f3fb-\U0001f3ff]")
REGIONAL_A, REGIONAL_Z = 0x1F1E6, 0x1F1FF
LONG_WORD = re.compile(rf"[^\s{BREAK}/?&-]{{{LONGEST_WORD + 1},}}")
LONG_RUN = re.compile(rf"[^\s{BREAK}]{{{LONGEST_RUN + 1},}}")


def showable(value: Any) -> Any:
    """The same lists, dicts, numbers and strings, with every string made showable."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, Mapping):
        return {name: showable(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [showable(part) for part in value]
    return value


def shown(text: str) -> str:
    """The text with nothing in it that the fonts cannot show. Line breaks are ``\\n``."""
    text = LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text))
    text = VARIATION_SELECTORS.sub("", text).replace("\t", " ")
    return breakable("".join(_shape(cluster) for cluster in _clusters(text)))


def breakable(text: str) -> str:
    """The text with invisible places to break in words that would run off the page."""
    for too_long in (LONG_WORD, LONG_RUN):
        text = too_long.sub(lambda word: _with_breaks(word[0]), text)
    return text


def _with_breaks(word: str) -> str:
    parts = re.findall(rf".{{1,{BREAK_EVERY}}}", word)
    for at in range(1, len(parts)):  # a mark stays with the letter that it sits on
        while parts[at] and unicodedata.category(parts[at][0]).startswith("M"):
            parts[at - 1] += parts[at][0]
            parts[at] = parts[at][1:]
    return BREAK.join(filter(None, parts))


def _clusters(text: str) -> Iterator[str]:
    """Each letter together with the marks that sit on it; without what nobody sees."""
    cluster = ""
    for letter in text:
        category = unicodedata.category(letter)
        if letter != "\n" and category in {"Cc", "Cf"}:
            continue
        if category.startswith("M") and cluster:
            cluster += letter
            continue
        if cluster:
            yield cluster
        cluster = letter
    if cluster:
        yield cluster


def _shape(cluster: str) -> str:
    if cluster == "\n" or any(font.issuperset(map(ord, cluster)) for font in coverage()):
        return cluster
    return "".join(_instead(letter) for letter in cluster)


def _instead(letter: str) -> str:
    """One letter, or what stands for it."""
    code = ord(letter)
    if unicodedata.category(letter) == "Zs":
        return " "
    if REGIONAL_A <= code <= REGIONAL_Z:  # flags are spelt: two of these are a country
        return chr(ord("A") + code - REGIONAL_A)
    is_mark = unicodedata.category(letter).startswith("M")
    if not is_mark and any(code in font for font in coverage()):
        return letter
    name = unicodedata.name(letter, "")
    if not name or name.startswith(("CJK UNIFIED", "HANGUL SYLLABLE")):
        return f"[U+{code:04X}]"
    return f"[{name.lower()}]"


def _is_private(code: int) -> bool:
    return unicodedata.category(chr(code)) == "Co"


@functools.cache
def coverage() -> tuple[frozenset[int], ...]:
    """The code points that each font has a shape for; without those for private use.

    What such a code means is between two programs, so an archive (PDF/A) refuses it.
    """
    return tuple(
        frozenset(filterfalse(_is_private, _code_points(path.read_bytes())))
        for path in sorted(FONTS.glob("*.ttf"))
        if "SemiBold" not in path.name
    )


def _code_points(font: bytes) -> Iterator[int]:
    """Reads the font's character map (OpenType, table cmap, formats 4 and 12)."""
    tables = struct.unpack_from(">H", font, 4)[0]
    records = (struct.unpack_from(">4sIII", font, 12 + 16 * n) for n in range(tables))
    start = next(offset for tag, _sum, offset, _length in records if tag == b"cmap")
    maps = struct.unpack_from(">H", font, start + 2)[0]
    for n in range(maps):
        offset = start + struct.unpack_from(">I", font, start + 8 + 8 * n)[0]
        read = {4: _format_4, 12: _format_12}.get(struct.unpack_from(">H", font, offset)[0])
        if read is not None:
            yield from read(font, offset)


def _format_4(font: bytes, at: int) -> Iterator[int]:
    count = struct.unpack_from(">H", font, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + 2 * count)
    for first, last in zip(starts, ends, strict=True):
        yield from range(first, min(last, 0xFFFE) + 1)


def _format_12(font: bytes, at: int) -> Iterator[int]:
    groups = struct.unpack_from(">I", font, at + 12)[0]
    for n in range(groups):
        first, last, _glyph = struct.unpack_from(">III", font, at + 16 + 12 * n)
        yield from range(first, last + 1)
