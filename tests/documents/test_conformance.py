"""The checks can fail: each breach that is made on purpose is named."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    BooleanObject,
    DecodedStreamObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from musling.documents.agreement_sheet import agreement_sheet
from musling.documents.certificate import make
from musling.documents.seal import sealed
from tests.documents.conformance import problems
from tests.documents.examples import sheet

Breach = Callable[[PdfWriter], Any]


@pytest.fixture(scope="module")
def good() -> bytes:
    return sealed(agreement_sheet(sheet(2)), make("localhost"))


def broken(good: bytes, breach: Breach) -> list[str]:
    """What the checks say of a copy in which one thing was changed."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(good)))
    breach(writer)
    output = BytesIO()
    writer.write(output)
    return problems(output.getvalue())


def root(writer: PdfWriter) -> Any:
    return writer.root_object


def widget(writer: PdfWriter) -> Any:
    return writer.pages[-1]["/Annots"][0].get_object()


def objects(writer: PdfWriter, name: str, value: str) -> list[Any]:
    """All dictionaries of the file that say so of themselves."""
    found = (held.get_object() for held in writer._objects if held is not None)
    return [one for one in found if isinstance(one, dict) and one.get(name) == value]


def tag(writer: PdfWriter, kind: str) -> Any:
    return objects(writer, "/S", kind)[0]


def retag(old: str, new: str) -> Breach:
    return lambda writer: tag(writer, old).update({NameObject("/S"): NameObject(new)})


def setting(holder: Callable[[PdfWriter], Any], name: str, value: Any) -> Breach:
    return lambda writer: holder(writer).update({NameObject(name): value})


def without(holder: Callable[[PdfWriter], Any], name: str) -> Breach:
    return lambda writer: holder(writer).pop(name)


def page_text(change: Callable[[bytes], bytes]) -> Breach:
    """Another content of the first page."""

    def breach(writer: PdfWriter) -> None:
        page = writer.pages[0]
        stream = DecodedStreamObject()
        stream.set_data(change(page["/Contents"].get_object().get_data()))
        page[NameObject("/Contents")] = writer._add_object(stream)

    return breach


def description(old: bytes, new: bytes) -> Breach:
    """Another word in the XMP."""

    def breach(writer: PdfWriter) -> None:
        stream = DecodedStreamObject()
        stream.set_data(root(writer)["/Metadata"].get_object().get_data().replace(old, new))
        for name, value in (("/Type", "/Metadata"), ("/Subtype", "/XML")):
            stream[NameObject(name)] = NameObject(value)
        root(writer)[NameObject("/Metadata")] = writer._add_object(stream)

    return breach


BREACHES: list[tuple[str, Breach]] = [
    ("XMP does not say pdfaid:part", description(b"<pdfaid:part>3", b"<pdfaid:part>2")),
    ("XMP does not say pdfaid:conf", description(b"conformance>A", b"conformance>B")),
    ("XMP does not say pdfuaid:part", description(b"<pdfuaid:part>1", b"<pdfuaid:part>2")),
    ("A 6.2.3", without(root, "/OutputIntents")),
    ("A 6.5", setting(root, "/OpenAction", TextStringObject("x"))),
    ("A 6.2.11.7", without(lambda w: objects(w, "/Subtype", "/Type0")[0], "/ToUnicode")),
    ("A 6.2.11.4", without(lambda w: objects(w, "/Type", "/FontDescriptor")[0], "/FontFile2")),
    ("UA 7.2: no language", without(root, "/Lang")),
    (
        "UA 7.1: not marked",
        setting(lambda w: root(w)["/MarkInfo"], "/Marked", BooleanObject(False)),
    ),
    ("UA 7.1: the title is not", without(root, "/ViewerPreferences")),
    ("A 6.3.2", setting(widget, "/F", NumberObject(2 + 4))),
    ("A 6.3.2", setting(widget, "/F", NumberObject(0))),
    ("A 6.3.3", lambda w: widget(w)["/Rect"].__setitem__(2, FloatObject(90))),
    ("UA 7.18.3", lambda w: w.pages[-1].pop("/Tabs")),
    ("UA 7.18.1", without(widget, "/TU")),
    ("UA 7.18.4: a field", without(widget, "/StructParent")),
    ("UA 7.18.4: a field", retag("/Form", "/Div")),
    ("UA 7.18.4: an element", lambda w: tag(w, "/Form")["/K"].pop("/Type")),
    ("UA 7.1: an element Form", lambda w: tag(w, "/Document")["/K"].pop()),
    ("UA 7.1: the type Fancy", retag("/Div", "/Fancy")),
    ("UA 7.3", retag("/Div", "/Figure")),
    ("UA 7.4.2", retag("/H1", "/H3")),
    ("UA 7.2: rows", lambda w: tag(w, "/TR")["/K"].pop()),
    ("UA 7.5: a heading cell", lambda w: [a.pop("/Scope") for a in scopes(w)]),
    ("UA 7.5: a table", retag("/TH", "/TD")),
    ("UA 7.1: text that is", page_text(lambda text: b"BT /f0 9 Tf <0001> Tj ET " + text)),
    ("UA 7.1: the tag 0 belongs", lambda w: w.pages[0].pop("/StructParents")),
    ("UA 7.1: the tag", lambda w: owners(w).insert(0, owners(w)[-1])),
    ("A 6.2.11.8", page_text(lambda text: text + b" /Artifact BMC BT /f0 9 Tf <0000> Tj ET EMC")),
]


def owners(writer: PdfWriter) -> Any:
    """The elements that own the tags of the first page."""
    return root(writer)["/StructTreeRoot"]["/ParentTree"]["/Nums"][1].get_object()


def scopes(writer: PdfWriter) -> list[Any]:
    attributes = (cell["/A"] for cell in objects(writer, "/S", "/TH"))
    every = (
        a.get_object()
        for given in attributes
        for a in ([given] if isinstance(given, dict) else given)
    )
    return [a for a in every if "/Scope" in a]


def test_an_unchanged_copy_is_without_problems(good: bytes) -> None:
    assert broken(good, lambda writer: None) == []


@pytest.mark.parametrize(
    ("named", "breach"), BREACHES, ids=[f"{at} {named}" for at, (named, _) in enumerate(BREACHES)]
)
def test_a_breach_is_named(good: bytes, named: str, breach: Breach) -> None:
    found = broken(good, breach)

    assert any(problem.startswith(named) for problem in found), found
