"""What a Word file says of styles and lists: heading levels, bold, sizes, bullets, indents."""

from collections import Counter
from dataclasses import dataclass, field

from musling.frames.reading.xml import Element

TWIPS = 120  # twentieths of a point that make up one character's width
_FORMATS = {
    "bullet": "bullet", "decimal": "number.", "lowerLetter": "letter", "upperLetter": "LETTER",
    "lowerRoman": "roman", "upperRoman": "ROMAN", "decimalZero": "number.", "none": "",
}  # fmt: skip


@dataclass(slots=True)
class Style:
    """The resolved properties of a paragraph's style; None where it says nothing."""

    heading: int = 0
    title: bool = False
    bold: bool = False
    italic: bool = False
    size: float | None = None
    indent: float | None = None
    number: tuple[str, int] | None = None


def on(properties: Element | None, name: str) -> bool | None:
    """Whether a switch such as bold is on; None where nothing is said."""
    switch = properties.find(name) if properties else None
    if switch is None:
        return None
    return switch.get("val", "true") not in ("0", "false", "off", "none")


def number_of(properties: Element | None) -> tuple[str, int] | None:
    """The list that a paragraph belongs to, and its level."""
    wanted = properties.find("numPr") if properties else None
    if wanted is None:
        return None
    number, level = wanted.find("numId"), wanted.find("ilvl")
    return (number.get("val") if number else "", _whole(level.get("val") if level else "0"))


def indent_of(properties: Element | None) -> float | None:
    """The left indent in characters; None where nothing is said."""
    indent = properties.find("ind") if properties else None
    if indent is None or not (indent.get("left") or indent.get("start")):
        return None
    return _whole(indent.get("left") or indent.get("start")) / TWIPS


def size_of(properties: Element | None) -> float | None:
    """The size of type in points."""
    size = properties.find("sz") if properties else None
    return _whole(size.get("val")) / 2 if size else None


def _whole(text: str) -> int:
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return 0


@dataclass(slots=True)
class Styles:
    """All styles of a file by id."""

    by_id: dict[str, Style] = field(default_factory=dict)
    default_size: float = 11.0
    default: str = ""

    def of(self, paragraph: Element | None) -> Style:
        """The style of a paragraph's properties."""
        named = paragraph.find("pStyle") if paragraph else None
        return self.by_id.get(named.get("val") if named else self.default, Style())


def styles(root: Element) -> Styles:
    """The styles of ``word/styles.xml``; each inherits from what it is based on."""
    raw = {one.get("styleId"): one for one in root.within("style")}
    found = Styles()
    size = size_of(root.find("styles", "docDefaults", "rPrDefault", "rPr"))
    found.default_size = size or found.default_size
    for name, one in raw.items():
        found.by_id[name] = _resolved(name, raw)
        if one.get("default") == "1" and one.get("type", "paragraph") == "paragraph":
            found.default = name
    return found


def _resolved(name: str, raw: dict[str, Element]) -> Style:
    chain: list[Element] = []
    while name in raw and len(chain) < 20:
        chain.append(raw[name])
        based = raw[name].find("basedOn")
        name = based.get("val") if based else ""
    style = Style()
    for one in reversed(chain):
        _apply(style, one)
    return style


def _apply(style: Style, one: Element) -> None:
    paragraph, run = one.find("pPr"), one.find("rPr")
    _apply_name(style, one)
    level = paragraph.find("outlineLvl") if paragraph else None
    if level and _whole(level.get("val")) < 9 and not style.title:
        style.heading = _whole(level.get("val")) + 1
    bold, italic = on(run, "b"), on(run, "i")
    style.bold = style.bold if bold is None else bold
    style.italic = style.italic if italic is None else italic
    style.size = size_of(run) or style.size
    style.indent = indent_of(paragraph) if indent_of(paragraph) is not None else style.indent
    style.number = number_of(paragraph) or style.number


def _apply_name(style: Style, one: Element) -> None:
    """Built-in styles keep their English names in every language of Word."""
    named = one.find("name")
    name = named.get("val").lower() if named else ""
    if name == "title":
        style.title = True
    kind, _space, level = name.rpartition(" ")
    if kind == "heading" and level.isdecimal():
        style.heading = int(level)


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: the kind of marker, the indent in characters, where it starts."""

    marker: str
    indent: float | None
    start: int


class Lists:
    """The lists of ``word/numbering.xml``, and how far each has counted."""

    def __init__(self, root: Element | None) -> None:
        self._levels: dict[str, dict[int, Level]] = {}
        self._counts: Counter[tuple[str, int]] = Counter()
        if root:
            self._read(root)

    def _read(self, root: Element) -> None:
        abstract = {
            one.get("abstractNumId"): {
                _whole(lvl.get("ilvl")): _level(lvl) for lvl in one.all("lvl")
            }
            for one in root.within("abstractNum")
        }
        for one in root.within("num"):
            link = one.find("abstractNumId")
            self._levels[one.get("numId")] = abstract.get(link.get("val") if link else "", {})

    def level(self, number: tuple[str, int] | None) -> Level | None:
        """What a list says of a level; None for no list."""
        if number is None or number[0] in ("", "0"):
            return None
        return self._levels.get(number[0], {}).get(number[1], Level("bullet", None, 1))

    def count(self, number: tuple[str, int], level: Level) -> int:
        """The next number at this level; deeper levels begin anew."""
        self._counts[number] += 1
        for key in [k for k in self._counts if k[0] == number[0] and k[1] > number[1]]:
            del self._counts[key]
        return level.start + self._counts[number] - 1


def _level(raw: Element) -> Level:
    kind, text, start = raw.find("numFmt"), raw.find("lvlText"), raw.find("start")
    marker = _FORMATS.get(kind.get("val") if kind else "decimal", "number.")
    parts = text.get("val").count("%") if text else 1
    if marker == "bullet":
        marker = f"bullet {(text.get('val') if text else '') or '•'}"
    elif marker == "number." and parts > 1:
        marker = f"number{parts}"
    elif marker and text and text.get("val").endswith(")") and marker == "number.":
        marker = "number)"
    return Level(marker, indent_of(raw.find("pPr")), _whole(start.get("val")) if start else 1)
