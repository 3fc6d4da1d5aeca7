"""What of Word's format python-docx has no words for: language, boxes, numbers, heading rows.

Text goes in as text: python-docx writes it into XML with everything escaped, and a line break as
one. So nothing that somebody wrote becomes a field, a link or markup.
"""

import datetime as dt
import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE as RELATIONSHIP
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table
from docx.table import _Cell as Cell
from docx.text.paragraph import Paragraph

FONT = "Arial"
QUIET, INK = RGBColor(0x5B, 0x61, 0x63), RGBColor(0x1A, 0x1A, 0x1A)
RULE = "868D8C"
# What XML cannot hold, and marks that turn the direction of reading.
_UNWRITABLE = re.compile(
    "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]"
)


def writable(words: str) -> str:
    """The text without what a Word file cannot hold."""
    return _UNWRITABLE.sub("", words)


def new_document(*, title: str, organisation: str, language: str, made_at: dt.datetime) -> Document:
    """An empty A4 document that says in which language it is. ``language``: such as ``da-DK``."""
    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(18)
    page.top_margin, page.bottom_margin = Mm(16), Mm(18)
    about = document.core_properties
    about.title, about.author, about.language = writable(title), writable(organisation), language
    about.created = about.modified = made_at.astimezone(dt.UTC).replace(tzinfo=None)
    about.comments = ""
    _say_language(document, language)
    _say_version(document)
    _drop_thumbnail(document)
    return document


def _say_language(document: Document, language: str) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for said in defaults.iter(qn("w:lang")):
        said.set(qn("w:val"), language)


def _say_version(document: Document) -> None:
    """Otherwise Word opens the file in a mode for an older Word."""
    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def _drop_thumbnail(document: Document) -> None:
    """The picture of an empty page that python-docx's own template brings along."""
    links = document.part.package.rels
    for name in [name for name, link in links.items() if link.reltype == RELATIONSHIP.THUMBNAIL]:
        del links[name]


def _element(tag: str, **values: str) -> Any:
    element = OxmlElement(tag)
    for name, value in values.items():
        element.set(qn(f"w:{name}"), value)
    return element


# --- styles ---------------------------------------------------------------------------------------


def look(
    style: ParagraphStyle,
    size: float,
    *,
    bold: bool = False,
    quiet: bool = False,
    before: float = 0,
    after: float = 4,
    with_next: bool = False,
) -> ParagraphStyle:
    """Gives a style its letters and its space, in points."""
    style.font.name, style.font.size, style.font.bold = FONT, Pt(size), bold
    style.font.italic, style.font.color.rgb = False, QUIET if quiet else INK
    fonts = style.element.rPr.rFonts
    for name in [name for name in fonts.attrib if name.endswith("Theme")]:
        del fonts.attrib[name]  # a theme's font would win over ours
    form = style.paragraph_format
    form.space_before, form.space_after = Pt(before), Pt(after)
    form.keep_with_next, form.line_spacing = with_next, 1.15
    return style


def new_style(document: Document, name: str) -> ParagraphStyle:
    """A paragraph style of ours, made like ordinary text."""
    style: ParagraphStyle = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    return style


def boxed(style: ParagraphStyle) -> None:
    """Paragraphs of the style stand in a box, to write in."""
    sides = _element("w:pBdr")
    for side in ("top", "left", "bottom", "right"):
        sides.append(_element(f"w:{side}", val="single", sz="6", space="4", color=RULE))
    style.element.get_or_add_pPr().insert_element_before(
        sides, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
    )


def numbered(document: Document, style: ParagraphStyle) -> None:
    """Paragraphs of the style are numbered through: 1, 2, 3 …, whatever is put in between."""
    numbering = document.part.numbering_part.element
    ids = [int(one.get(qn("w:abstractNumId"))) for one in numbering.iter(qn("w:abstractNum"))]
    own = str(max(ids, default=0) + 1)
    definition = _element("w:abstractNum", abstractNumId=own)
    level = _element("w:lvl", ilvl="0")
    for tag, value in (
        ("w:start", "1"),
        ("w:numFmt", "decimal"),
        ("w:pStyle", style.style_id),
        ("w:lvlText", "%1"),
        ("w:lvlJc", "left"),
    ):
        level.append(_element(tag, val=value))
    indent = _element("w:pPr")
    indent.append(_element("w:ind", left="454", hanging="454"))
    level.append(indent)
    definition.append(_element("w:multiLevelType", val="singleLevel"))
    definition.append(level)
    numbering.insert(len(ids), definition)
    number = numbering.add_num(int(own)).numId
    style.element.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = number


# --- what stands in it ----------------------------------------------------------------------------


def add(document: Document, words: str, style: str) -> Paragraph:
    """A paragraph."""
    return document.add_paragraph(writable(words), style=style)


def add_field(paragraph: Paragraph, code: str) -> None:
    """A number that Word counts itself: ``PAGE`` or ``NUMPAGES``."""
    for kind in ("begin", "", "separate", "1", "end"):
        run = paragraph.add_run()
        if kind == "1":
            run.text = kind
        elif kind:
            run._r.append(_element("w:fldChar", fldCharType=kind))  # noqa: SLF001
        else:
            instruction = _element("w:instrText")
            instruction.text = code
            run._r.append(instruction)  # noqa: SLF001


def add_table(
    document: Document, columns: Sequence[str], *, heights: Sequence[float], about: str
) -> Table:
    """A table with a heading row that comes again on each page, and empty rows to write in.

    ``heights`` of these at least, in millimetres. ``about``: what a screen reader says of it.
    """
    table: Table = document.add_table(rows=1 + len(heights), cols=len(columns), style="Table Grid")
    for cell, words in zip(table.rows[0].cells, columns, strict=True):
        cell.paragraphs[0].text = writable(words)
        cell.paragraphs[0].style = "Table Heading"
    table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader"))  # noqa: SLF001
    for row in table.rows:
        row._tr.get_or_add_trPr().append(_element("w:cantSplit"))  # noqa: SLF001
    for row, height in zip(list(table.rows)[1:], heights, strict=True):
        row.height = Mm(height)
    properties = table._tbl.tblPr  # noqa: SLF001
    properties.append(_element("w:tblCaption", val=writable(about)))
    return table


def fill(cell: Cell, rows: Sequence[str], style: str) -> None:
    """Puts a paragraph for each row into an empty cell."""
    first, *more = rows
    cell.paragraphs[0].text, cell.paragraphs[0].style = writable(first), style
    for row in more:
        cell.add_paragraph(writable(row), style=style)


def saved(document: Document) -> bytes:
    """The file."""
    output = BytesIO()
    document.save(output)
    return output.getvalue()
