"""Word files (.docx): bytes → lines.

Read from the file's own XML: styles and levels of lists say more than any rule could guess.
Headers, footers, comments and deleted text are left out; text boxes stand after the paragraph that
holds them.
"""

import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from django.utils.translation import gettext as _

from musling.frames.reading.lines import Line
from musling.frames.reading.problems import Limits, UnreadableForm, not_what_it_says, too_long
from musling.frames.reading.word_styles import (
    Lists,
    Style,
    Styles,
    indent_of,
    number_of,
    on,
    size_of,
    styles,
)
from musling.frames.reading.xml import Element, NotXml, tree

_PASSED = ("ins", "moveTo", "smartTag", "hyperlink", "fldSimple", "customXml", "dir", "bdo", "sdtContent", "AlternateContent", "Choice")  # fmt: skip # noqa: E501
_WANTED = ("word/document.xml", "word/styles.xml", "word/numbering.xml")
_STEP = 65_536  # bytes unpacked at a time
_BOXES = ("F0A8", "F06F", "F071", "F072", "F0FE", "F0FD", "2610", "2611", "2612")
_MARKS = {
    "bullet": "•",
    "number": "{}.",
    "letter": "{}",
    "LETTER": "{}",
    "roman": "{}",
    "ROMAN": "{}",
}


def lines(data: bytes, limits: Limits) -> list[Line]:
    """The lines of a Word file. Raises UnreadableForm."""
    try:
        parts = _parts(data, limits)
        reader = _Reader(parts, limits)
        body = parts["word/document.xml"].find("document", "body")
        reader.content(body or Element("body", {}))
    except UnreadableForm:
        raise
    except (
        NotXml,
        KeyError,
        zipfile.BadZipFile,
        zlib.error,
        RuntimeError,
        OSError,
        EOFError,
    ) as error:
        raise UnreadableForm(
            _("The file is no readable Word file. Open it in Word and save it as .docx again.")
        ) from error
    return reader.finished()


def _parts(data: bytes, limits: Limits) -> dict[str, Element]:
    """The parts that say something of the text, each as a tree.

    What the archive declares is believed only where it is too much: the bytes are counted while
    they are unpacked.
    """
    with _opened(data) as archive:
        entries = archive.infolist()
        if len(entries) > limits.parts:
            raise too_long()
        wanted = {name: archive.getinfo(name) for name in _WANTED if name in archive.namelist()}
        if _WANTED[0] not in wanted:
            raise not_what_it_says(".docx")
        unpacked = _unpacked(archive, wanted, limits.unpacked)
        return {name: tree(part, limits) for name, part in unpacked.items()}


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise not_what_it_says(".docx") from error


def _unpacked(
    archive: zipfile.ZipFile, wanted: dict[str, zipfile.ZipInfo], room: int
) -> dict[str, bytes]:
    """The parts' bytes. Raises UnreadableForm as soon as they are more than ``room``.

    Word stores or deflates. Other ways of packing are refused: zipfile unpacks those without a
    measure of how much comes out.
    """
    if sum(one.file_size for one in wanted.values()) > room:
        raise too_long()
    found: dict[str, bytes] = {}
    for name, entry in wanted.items():
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise zipfile.BadZipFile
        pieces = []
        with archive.open(entry) as stream:
            while piece := stream.read(_STEP):
                pieces.append(piece)
                room -= len(piece)
                if room < 0:
                    raise too_long()
        found[name] = b"".join(pieces)
    return found


@dataclass(slots=True)
class _Text:
    """A paragraph's text while it is put together."""

    pieces: list[str] = field(default_factory=list)
    bold: list[bool] = field(default_factory=list)
    italic: list[bool] = field(default_factory=list)
    sizes: Counter[float] = field(default_factory=Counter)
    boxes: list[Element] = field(default_factory=list)
    breaks: int = 0


class _Reader:
    """Goes through the body and collects lines."""

    def __init__(self, parts: dict[str, Element], limits: Limits) -> None:
        self.limits = limits
        self.styles: Styles = styles(parts.get("word/styles.xml", Element("", {})))
        self.lists = Lists(parts.get("word/numbering.xml"))
        self.lines: list[Line] = []
        self.sizes: Counter[float] = Counter()
        self.tables = self.number = 0
        self.page = 1
        self.gap = True

    def finished(self) -> list[Line]:
        """The lines, with sizes by the most common one."""
        usual = self.sizes.most_common(1)[0][0] if self.sizes else 1.0
        for line in self.lines:
            line.size = round(line.size / usual, 2) if line.size else 1.0
        return self.lines

    def content(self, holder: Element) -> None:
        """Paragraphs and tables, also those within content controls."""
        for child in holder.children:
            if child.name == "p":
                self._paragraph(child)
            elif child.name == "tbl":
                self._table(child)
            elif child.name == "sdt":
                inner = child.find("sdtContent")
                if inner:
                    self.content(inner)
            elif child.name in _PASSED:
                self.content(child)

    # paragraphs

    def _paragraph(self, paragraph: Element) -> None:
        properties = paragraph.find("pPr")
        style = self.styles.of(properties)
        text = self._text(paragraph, style)
        self.number += 1
        rows = "".join(text.pieces).split("\n")
        for place, row in enumerate(rows):
            if row.strip():
                self._add(self._line(row, text, style, properties, first=place == 0))
            elif len(rows) == 1 or not any(other.strip() for other in rows):
                self.gap = True
        self.page += text.breaks
        for box in text.boxes:
            self.content(box)

    def _add(self, line: Line) -> None:
        if len(self.lines) >= self.limits.lines:
            raise too_long()
        self.lines.append(line)
        self.gap = False

    def _line(
        self, row: str, text: _Text, style: Style, properties: Element | None, *, first: bool
    ) -> Line:
        size = text.sizes.most_common(1)[0][0] if text.sizes else self.styles.default_size
        line = Line(
            self.number,
            row.replace("\u00a0", " ").strip(),
            gap=self.gap and first,
            bold=bool(text.bold) and all(text.bold),
            italic=bool(text.italic) and all(text.italic),
            size=size * (1.6 if style.title else 1.0),
            heading=0 if style.title else style.heading,
            whole=True,
            page=self.page,
        )
        self.sizes[size] += len(row)
        self._note_list(line, style, properties, first=first)
        line.gap = line.gap or bool(line.heading)
        return line

    def _note_list(
        self, line: Line, style: Style, properties: Element | None, *, first: bool
    ) -> None:
        said = number_of(properties)
        number = said if said is not None else style.number
        level = self.lists.level(number)
        own = indent_of(properties)
        places = (own, level.indent if level else None, style.indent)
        line.indent = next((place for place in places if place is not None), 0.0)
        if level and level.marker and first and number:
            line.marker, line.ordinal = level.marker, self.lists.count(number, level)
            if own is None and level.indent is None:
                line.indent = 4.0 * number[1]

    # text within a paragraph

    def _text(self, paragraph: Element, style: Style) -> _Text:
        text = _Text()
        self._collect(paragraph, style, text)
        return text

    def _collect(self, holder: Element, style: Style, text: _Text) -> None:
        for child in holder.children:
            if child.name == "r":
                self._run(child, style, text)
            elif child.name == "sdt":
                self._control(child, style, text)
            elif child.name in _PASSED:
                self._collect(child, style, text)

    def _control(self, control: Element, style: Style, text: _Text) -> None:
        """A content control: a list to pick from, a text to type, or a tick."""
        properties = control.find("sdtPr")
        picks = list(properties.within("listItem")) if properties else []
        labels = [one.get("displayText") or one.get("value") for one in picks if one.get("value")]
        if labels:
            text.pieces.append("  " + "".join(f"  ☐ {label}" for label in labels))
        elif properties and properties.find("showingPlcHdr"):
            text.pieces.append(" ________ ")
        else:
            inner = control.find("sdtContent")
            if inner:
                self._collect(inner, style, text)

    def _run(self, run: Element, style: Style, text: _Text) -> None:
        properties = run.find("rPr")
        if on(properties, "vanish"):
            return
        for child in run.children:
            self._piece(child, properties, style, text)

    def _piece(self, child: Element, properties: Element | None, style: Style, text: _Text) -> None:
        if child.name == "t":
            self._typed(child.text, properties, style, text)
        elif child.name in ("tab", "ptab"):
            text.pieces.append("\t")
        elif child.name in ("br", "cr"):
            text.breaks += child.get("type") == "page"
            text.pieces.append("\n")
        elif child.name == "lastRenderedPageBreak":
            text.breaks += 1
        elif child.name == "noBreakHyphen":
            text.pieces.append("-")
        elif child.name in ("sym", "fldChar"):
            text.pieces.append(_symbol(child))
        elif child.name in ("drawing", "pict", "object", "AlternateContent"):
            text.boxes += _text_boxes(child)

    def _typed(self, typed: str, properties: Element | None, style: Style, text: _Text) -> None:
        text.pieces.append(typed)
        if any(sign.isalpha() for sign in typed):
            character = self._character(properties)
            bold, italic = on(properties, "b"), on(properties, "i")
            text.bold.append(bold if bold is not None else style.bold or character.bold)
            text.italic.append(italic if italic is not None else style.italic or character.italic)
            size = size_of(properties) or style.size or self.styles.default_size
            text.sizes[size] += len(typed)

    def _character(self, properties: Element | None) -> Style:
        named = properties.find("rStyle") if properties else None
        return self.styles.by_id.get(named.get("val"), Style()) if named else Style()

    # tables

    def _table(self, table: Element) -> None:
        rows = list(_rows(table))
        if all(len(list(_cells(row))) <= 1 for row in rows):
            self._layout(rows)
            return
        self.tables += 1
        number = self.tables
        for row in rows:
            self._row(row, number)
        self.gap = True

    def _layout(self, rows: list[Element]) -> None:
        """A frame around text, or a box to write in: its content is content as any other."""
        for row in rows:
            for cell in _cells(row):
                before = len(self.lines)
                self.content(cell)
                if len(self.lines) == before:
                    self.number += 1
                    self._add(Line(self.number, "________", whole=True, page=self.page))

    def _row(self, row: Element, table: int) -> None:
        self.number += 1
        cells, bold, heading = [], [], 0
        for cell in _cells(row):
            inner = _Reader.__new__(_Reader)
            inner.__dict__.update(self.__dict__, lines=[], gap=True)
            inner.content(cell)
            self.tables = inner.tables
            merged = cell.find("tcPr", "vMerge")
            hidden = merged is not None and merged.get("val") != "restart"
            cells.append("" if hidden else "\n".join(_marked(line) for line in inner.lines))
            bold += [line.bold for line in inner.lines]
            heading = heading or next((line.heading for line in inner.lines), 0)
        self._add(
            Line(
                self.number,
                "",
                gap=self.gap,
                bold=bool(bold) and all(bold),
                heading=9 if heading else 0,
                size=0.0,
                page=self.page,
                table=table,
                cells=tuple(cells),
            )
        )


def _rows(table: Element) -> Iterator[Element]:
    for child in table.children:
        if child.name == "tr":
            yield child
        elif child.name in ("sdt", *_PASSED):
            yield from _rows(child)


def _cells(row: Element) -> Iterator[Element]:
    for child in row.children:
        if child.name == "tc":
            yield child
        elif child.name in ("sdt", *_PASSED):
            yield from _cells(child)


def _marked(line: Line) -> str:
    """A line of a cell, with the marker of its list before it; rows of inner tables as text."""
    if line.table:
        return "  ".join(cell.replace("\n", " ") for cell in line.cells)
    kind = next((mark for name, mark in _MARKS.items() if line.marker.startswith(name)), "")
    if not kind:
        return line.text
    if line.marker.startswith("letter"):
        return f"{chr(ord('a') + (max(line.ordinal, 1) - 1) % 26)}) {line.text}"
    return f"{kind.format(max(line.ordinal, 1)) if '{' in kind else kind} {line.text}"


def _symbol(child: Element) -> str:
    if child.name == "fldChar":
        return "☐ " if child.find("ffData", "checkBox") else ""
    code = child.get("char").upper()
    if code in _BOXES:
        return "☐"
    return (
        chr(int(code, 16)) if code and len(code) <= 4 and code.isalnum() and _is_hex(code) else ""
    )


def _is_hex(code: str) -> bool:
    return all(sign in "0123456789ABCDEF" for sign in code)


def _text_boxes(holder: Element) -> list[Element]:
    """The contents of text boxes; Word writes each twice, for itself and for old programs."""
    found: list[Element] = []
    for child in holder.children:
        if child.name == "Fallback":
            continue
        if child.name == "txbxContent":
            found.append(child)
        else:
            found += _text_boxes(child)
    return found
