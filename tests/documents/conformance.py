"""What of PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1) can be read from a file's structure.

This is no validator, and none has been run: veraPDF is on no registry that the project uses. Typst
refuses to write much that the standards forbid; these checks look at the finished, sealed file, at
the clauses that a template or the seal could break. Colours, contrast, reading order and whether a
text alternative is a good one are for people.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, IndirectObject, StreamObject
from pypdf.xmp import XmpInformation

STANDARD_TYPES = {
    *("Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Index"),
    *("NonStruct", "Private", "P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "L", "LI", "Lbl"),
    *("LBody", "Table", "TR", "TH", "TD", "THead", "TBody", "TFoot", "Span", "Quote", "Note"),
    *("Reference", "BibEntry", "Code", "Link", "Annot", "Figure", "Formula", "Form"),
}
INVISIBLE, HIDDEN, PRINT, NO_VIEW, TOGGLE_NO_VIEW = 1, 2, 4, 32, 256
SHOWS_TEXT = {b"Tj", b"TJ", b"'", b'"'}


def problems(pdf: bytes) -> list[str]:
    """Each breach with its clause; empty for a file in which these checks find none."""
    reader = PdfReader(BytesIO(pdf))
    checks = (_claims, _archive, _fonts, _catalogue, _annotations, _structure, _tables, _content)
    return [problem for check in checks for problem in check(reader)]


def _root(reader: PdfReader) -> DictionaryObject:
    return reader.trailer["/Root"].get_object()


def _is_true(holder: DictionaryObject, name: str) -> bool:
    return bool(getattr(holder.get(name), "value", False))


def _claims(reader: PdfReader) -> Iterator[str]:
    description = reader.xmp_metadata
    if not isinstance(description, XmpInformation):
        yield "A 6.6.2: no XMP"
        return
    xmp = description.stream.get_data().decode()
    for name, value in (("pdfaid:part", "3"), ("pdfaid:conformance", "A"), ("pdfuaid:part", "1")):
        if f"<{name}>{value}</{name}>" not in xmp:
            yield f"XMP does not say {name} = {value}"
    if not (description.dc_title or {}).get("x-default"):
        yield "UA 7.1: no dc:title"


def _archive(reader: PdfReader) -> Iterator[str]:
    root = _root(reader)
    if "/Encrypt" in reader.trailer or "/ID" not in reader.trailer:
        yield "A 6.1.3: encrypted, or without ID"
    intents = [intent.get_object() for intent in root.get("/OutputIntents", [])]
    if not any(i["/S"] == "/GTS_PDFA1" and "/DestOutputProfile" in i for i in intents):
        yield "A 6.2.3: no output intent with a profile"
    for key in ("/OpenAction", "/AA", "/Names", "/XFA"):
        if key in root:
            yield f"A 6.5: {key} in the catalogue"
    if _is_true(root.get("/AcroForm", {}), "/NeedAppearances"):
        yield "A 6.4.1: NeedAppearances"


def _fonts(reader: PdfReader) -> Iterator[str]:
    for page in reader.pages:
        for reference in page["/Resources"].get("/Font", {}).values():
            font = reference.get_object()
            if "/ToUnicode" not in font:
                yield f"A 6.2.11.7: {font['/BaseFont']} says no letters"
            for inner in font.get("/DescendantFonts", [font]):
                described = inner.get_object()["/FontDescriptor"]
                if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(described):
                    yield f"A 6.2.11.4: {font['/BaseFont']} is not embedded"


def _catalogue(reader: PdfReader) -> Iterator[str]:
    root = _root(reader)
    if not re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", str(root.get("/Lang", ""))):
        yield "UA 7.2: no language"
    marks = root.get("/MarkInfo", {})
    if not _is_true(marks, "/Marked") or _is_true(marks, "/Suspects"):
        yield "UA 7.1: not marked as tagged"
    if not _is_true(root.get("/ViewerPreferences", {}), "/DisplayDocTitle"):
        yield "UA 7.1: the title is not shown"
    if "/StructTreeRoot" not in root:
        yield "UA 7.1: no structure tree"


def _annotations(reader: PdfReader) -> Iterator[str]:
    parents = _parent_tree(reader)
    for page in reader.pages:
        annotations = page.get("/Annots", [])
        if annotations and page.get("/Tabs") != "/S":
            yield "UA 7.18.3: tabs do not follow the structure"
        for annotation in annotations:
            yield from _annotation(annotation, parents)


def _annotation(reference: IndirectObject, parents: dict[int, Any]) -> Iterator[str]:
    annotation = reference.get_object()
    flags = annotation.get("/F", 0)
    if not flags & PRINT or flags & (INVISIBLE | HIDDEN | NO_VIEW | TOGGLE_NO_VIEW):
        yield f"A 6.3.2: flags {flags}"
    left, bottom, right, top = annotation["/Rect"]
    if (left != right or bottom != top) and "/AP" not in annotation:
        yield "A 6.3.3: visible without an appearance"
    if "/A" in annotation or "/AA" in annotation:
        yield "A 6.4.1: a field with an action"
    if not annotation.get("/TU"):
        yield "UA 7.18.1: a field without description"
    element = parents.get(annotation.get("/StructParent", -1))
    if element is None or element.get("/S") != "/Form":
        yield "UA 7.18.4: a field outside an element Form"
        return
    child = element["/K"]
    if child.get("/Type") != "/OBJR" or child.raw_get("/Obj") != reference:
        yield "UA 7.18.4: an element Form without its field"
    if not any(kid.get_object() is element for kid in element["/P"]["/K"]):
        yield "UA 7.1: an element Form that hangs nowhere"


def _parent_tree(reader: PdfReader) -> dict[int, Any]:
    numbers = _root(reader).get("/StructTreeRoot", {}).get("/ParentTree", {}).get("/Nums", [])
    return {
        int(key): value.get_object() for key, value in zip(numbers[::2], numbers[1::2], strict=True)
    }


def elements(reader: PdfReader) -> Iterator[DictionaryObject]:
    """The structure elements in reading order, each before its children."""

    def walk(node: DictionaryObject) -> Iterator[DictionaryObject]:
        kids = node.get("/K", [])
        for kid in kids if isinstance(kids, ArrayObject) else [kids]:
            child = kid.get_object()
            if isinstance(child, DictionaryObject) and "/S" in child:
                yield child
                yield from walk(child)

    yield from walk(_root(reader)["/StructTreeRoot"])


def _structure(reader: PdfReader) -> Iterator[str]:
    roles = _root(reader)["/StructTreeRoot"].get("/RoleMap", {})
    level = 0
    for element in elements(reader):
        kind = str(roles.get(element["/S"], element["/S"])).removeprefix("/")
        if kind not in STANDARD_TYPES:
            yield f"UA 7.1: the type {kind} is not known"
        if kind == "Figure" and not element.get("/Alt"):
            yield "UA 7.3: a figure without alternative text"
        if re.fullmatch("H[1-6]", kind):
            if int(kind[1]) > level + 1:
                yield f"UA 7.4.2: {kind} after level {level}"
            level = int(kind[1])


def _tables(reader: PdfReader) -> Iterator[str]:
    for table in (element for element in elements(reader) if element["/S"] == "/Table"):
        rows = [row for group in table["/K"] for row in _rows(group.get_object())]
        if len({len(row) for row in rows}) != 1:
            yield "UA 7.2: rows of different length"
        for cell in (cell for row in rows for cell in row):
            if cell["/S"] == "/TH" and "/Scope" not in _attributes(cell):
                yield "UA 7.5: a heading cell that does not say for what"
        if any(cell["/S"] != "/TH" for cell in rows[0]):
            yield "UA 7.5: a table without heading cells"


def _rows(group: DictionaryObject) -> list[list[DictionaryObject]]:
    rows = [group] if group["/S"] == "/TR" else [row.get_object() for row in group["/K"]]
    return [[cell.get_object() for cell in row["/K"]] for row in rows]


def _attributes(element: DictionaryObject) -> dict[str, Any]:
    given = element.get("/A", [])
    given = given if isinstance(given, ArrayObject) else [given]
    return {name: value for one in given for name, value in one.get_object().items()}


def _content(reader: PdfReader) -> Iterator[str]:
    """Every text is tagged or an artifact, every tag is found again, every letter has a shape."""
    parents = _parent_tree(reader)
    for page in reader.pages:
        stream = ContentStream(page["/Contents"].get_object(), reader)
        # A page of nothing but lines to write on, or empty cells, owns no tags.
        owners = parents.get(page.get("/StructParents", -1), ArrayObject())
        yield from _page(stream, owners)
        for drawn in page["/Resources"].get("/XObject", {}).values():
            if isinstance(drawn.get_object(), StreamObject) and drawn.get("/Subtype") == "/PS":
                yield "A 6.2.9: PostScript"


def _page(stream: ContentStream, owners: ArrayObject) -> Iterator[str]:
    inside: list[int | str | None] = []
    for operands, operator in stream.operations:
        if operator == b"BMC":
            inside.append(str(operands[0]))
        elif operator == b"BDC":
            inside.append(operands[1].get("/MCID", str(operands[0])))
        elif operator == b"EMC":
            inside.pop()
        elif operator in SHOWS_TEXT:
            yield from _shown(operands[0], inside, owners)


def _shown(text: Any, inside: list[int | str | None], owners: ArrayObject) -> Iterator[str]:
    mark = next((m for m in reversed(inside) if isinstance(m, int) or m == "/Artifact"), None)
    if mark is None:
        yield "UA 7.1: text that is neither tagged nor an artifact"
    elif isinstance(mark, int) and mark >= len(owners):
        yield f"UA 7.1: the tag {mark} belongs to no element"
    elif isinstance(mark, int):
        owner = owners[mark].get_object()
        kids = owner["/K"] if isinstance(owner["/K"], ArrayObject) else [owner["/K"]]
        if mark not in [kid if isinstance(kid, int) else kid.get("/MCID") for kid in kids]:
            yield f"UA 7.1: the tag {mark} is not found from its element"
    for part in text if isinstance(text, ArrayObject) else [text]:
        letters = getattr(part, "original_bytes", b"") if not isinstance(part, int | float) else b""
        if any(letters[at : at + 2] == b"\0\0" for at in range(0, len(letters), 2)):
            yield "A 6.2.11.8: a letter without a shape"
