"""Word and PDF files, and files that cannot be read."""

import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import typst
from django.utils import translation
from pypdf import PdfReader, PdfWriter

from musling.cli.main import main
from musling.frames.reading import Draft, Limits, UnreadableForm, read, read_file
from tests.frames.reading.word_file import W, paragraph, table, word_file

FONTS = Path(__file__).parents[3] / "musling" / "documents" / "fonts"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """What is refused is looked at in the words of the code."""
    with translation.override("en"):
        yield


def outline(draft: Draft) -> dict[str, list[str]]:
    return {theme.title: [one.text for one in theme.questions] for theme in draft.themes}


def pdf(markup: str) -> bytes:
    return typst.compile(markup.encode(), font_paths=[str(FONTS)], ignore_system_fonts=True)


def test_word_styles_and_list_levels_tell_headings_items_and_help():
    draft = read(
        word_file(
            paragraph("Skema til MUS", style="Titel"),
            paragraph("Dagen i skoven", style="Overskrift1"),
            paragraph("Hvad ser børnene først", level=0),
            paragraph("dyr", level=1),
            paragraph("Hvem holder øje?", level=0),
        ),
        "skema.docx",
    )
    assert draft.title == "Skema til MUS"
    assert outline(draft) == {"Dagen i skoven": ["Hvad ser børnene først", "Hvem holder øje?"]}
    assert [one.help for one in draft.questions] == [["dyr"], []]


def test_bold_lines_of_a_word_file_are_headings():
    draft = read(
        word_file(
            paragraph("MUS"),
            paragraph("Køkkenet", bold=True),
            paragraph("Hvad koger over?"),
            paragraph("Stuen", bold=True),
            paragraph("Hvem sidder der?"),
        ),
        "a.docx",
    )
    assert outline(draft) == {"Køkkenet": ["Hvad koger over?"], "Stuen": ["Hvem sidder der?"]}


def test_word_tables_of_questions_statements_and_agreements():
    draft = read(
        word_file(
            paragraph("MUS", style="Titel"),
            paragraph("Året", style="Overskrift1"),
            table(("Spørgsmål", "Svar"), ("Hvad lykkedes?", ""), ("Hvad drillede?", "")),
            paragraph("Hverdagen", style="Overskrift1"),
            table(("", "Uenig", "Delvist enig", "Enig"), ("Stolen er god", "", "", "")),
            paragraph("Aftaler", style="Overskrift1"),
            table(("Hvad", "Hvem", "Hvornår"), ("", "", "")),
            table(("Navn:", ""), ("Dato:", "")),
        ),
        "a.docx",
    )
    assert outline(draft) == {
        "Året": ["Hvad lykkedes?", "Hvad drillede?"],
        "Hverdagen": ["Stolen er god"],
        "Aftaler": ["Aftaler"],
    }
    assert [one.type for one in draft.questions] == ["text", "text", "scale", "table"]


def test_deleted_text_is_left_out_and_controls_give_answers():
    control = (
        "<w:sdt><w:sdtPr><w:dropDownList><w:listItem w:displayText='Ja' w:value='1'/>"
        "<w:listItem w:displayText='Nej' w:value='2'/></w:dropDownList></w:sdtPr></w:sdt>"
    )
    gone = "<w:del><w:r><w:t>slettet</w:t></w:r></w:del>"
    asked = f"<w:p><w:r><w:t>Kører du bil?</w:t></w:r>{gone}{control}</w:p>"
    (one,) = read(word_file(paragraph("Bilen", style="Overskrift1"), asked), "a.docx").questions
    assert (one.text, one.type, one.options) == ("Kører du bil?", "choice", ["Ja", "Nej"])


LONG = (
    "Hvad gør du, når der er kø helt ud på parkeringspladsen, og den anden kasse er lukket, fordi "
    "der mangler folk?"
)
MARKUP = """
#set page(footer: [Skema fra Nordby – side #context counter(page).display() af 2])
#set text(font: "IBM Plex Sans", size: 10pt)
#text(size: 18pt)[*MUS på lageret*]

*Kassen*
+ Hvad gør du, når der er kø helt ud på parkeringspladsen, og den anden kasse er lukket, fordi der
  mangler folk?
+ Har du nøgle? #box(rect(width: 8pt, height: 8pt)) Ja #box(rect(width: 8pt, height: 8pt)) Nej

*Lageret*
#table(columns: (1fr, 2cm, 2cm, 2cm), [], [Uenig], [Delvist enig], [Enig],
  [Hylderne er lette at nå, også når varerne kommer sent, og der er travlt], [], [], [])
#pagebreak()
*Aftaler*
#table(columns: (1fr, 1fr, 1fr), [Hvad skal der ske?], [Hvem gør det?], [Hvornår?], [~], [], [])
"""


def test_a_pdf_is_read_by_place_size_and_drawn_lines():
    draft = read(pdf(MARKUP), "skema.pdf")
    assert draft.title == "MUS på lageret"
    assert outline(draft) == {
        "Kassen": [
            LONG,
            "Har du nøgle?",
        ],
        "Lageret": ["Hylderne er lette at nå, også når varerne kommer sent, og der er travlt"],
        "Aftaler": ["Aftaler"],
    }
    assert [one.type for one in draft.questions] == ["text", "choice", "scale", "table"]
    assert {one.reason for one in draft.left_out if "Nordby" in one.text} == {"page"}


def column(name: str) -> str:
    asked = [f"+ Hvad siger {name} nummer {n} til det nye hold?" for n in (1, 2, 3, 4)]
    return "\n".join([f"*{name}*", *asked])


def test_two_columns_of_a_pdf_are_read_one_after_the_other():
    page = '#set page(columns: 2)\n#set text(font: "IBM Plex Sans")'
    draft = read(pdf("\n".join([page, column("Jens"), "#colbreak()", column("Karen")])), "a.pdf")
    assert [(theme.title, len(theme.questions)) for theme in draft.themes] == [
        ("Jens", 4),
        ("Karen", 4),
    ]
    assert all(theme.title in one.text for theme in draft.themes for one in theme.questions)


def locked_pdf() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("Hvad?"))))
    writer.encrypt("hemmelig")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def zipped(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", data)
    return made.getvalue()


ENTITIES = f"""<!DOCTYPE a [<!ENTITY b "hvad?"><!ENTITY c "&b;&b;&b;&b;">]>
<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&c;</w:t></w:r></w:p></w:body></w:document>"""
OUTSIDE = f"""<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>
<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"""

BAD = {
    "empty.txt": (b"", "no text"),
    "blank.md": (b" \n\n", "no text"),
    "lines.txt": (b"____\n....\n", "no text"),
    "bytes.txt": (bytes(range(256)) * 40, "not readable text"),
    "form.odt": (b"Hvad?", "Only .docx"),
    "word.docx": (b"Hvad?", "not what its name says"),
    "text.pdf": (b"Hvad?", "not what its name says"),
    "other.docx": (zipped(xl__workbook=b"<a/>"), "not what its name says"),
    "old.docx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "password"),
    "locked.pdf": (locked_pdf(), "password"),
    "pictures.pdf": (pdf("#rect(width: 3cm)"), "pictures of text"),
    "broken.pdf": (b"%PDF-1.7\nnothing of the kind", "readable PDF"),
    "entities.docx": (word_file(document=ENTITIES), "readable Word"),
    "outside.docx": (word_file(document=OUTSIDE), "readable Word"),
    "cut.docx": (word_file(paragraph("Hvad?"))[:-60], "not what its name says"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_what_to_do(name: str):
    data, told = BAD[name]
    with pytest.raises(UnreadableForm, match=told):
        read(data, name)


def test_a_word_file_that_unpacks_to_far_more_is_refused():
    bomb = zipped(word__document=b" " * 70_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(UnreadableForm, match="far more"):
        read(bomb, "bomb.docx")


def test_a_pdf_that_unpacks_to_far_more_is_refused():
    import zlib  # noqa: PLC0415 (for this one)

    packed = zlib.compress(b" " * 70_000_000, 9)
    data = b"%PDF-1.4\n1 0 obj<</Filter/FlateDecode>>stream\n" + packed + b"\nendstream endobj"
    with pytest.raises(UnreadableForm, match="far more"):
        read(data, "bomb.pdf")


FORM = "MUS\n\nHolder\n- Hvad?\n- Hvem?"


@pytest.mark.parametrize("limits", [Limits(lines=3), Limits(line=5), Limits(file=10)])
def test_the_limits_of_a_text_hold(limits: Limits):
    assert read(FORM.encode(), "a.txt").themes
    with pytest.raises(UnreadableForm):
        read(FORM.encode(), "a.txt", limits)


@pytest.mark.parametrize(
    "limits", [Limits(lines=3), Limits(elements=5), Limits(depth=2), Limits(unpacked=50)]
)
def test_the_limits_of_a_word_file_hold(limits: Limits):
    data = word_file(*[paragraph(line) for line in FORM.split("\n") if line])
    assert read(data, "a.docx").title == "MUS"
    with pytest.raises(UnreadableForm):
        read(data, "a.docx", limits)


def test_pages_have_a_limit():
    with pytest.raises(UnreadableForm, match="far more"):
        read(pdf("Hvad?#pagebreak()Hvem?#pagebreak()Hvor?"), "a.pdf", Limits(pages=2))


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path):
    huge = tmp_path / "huge.pdf"
    with huge.open("wb") as stream:
        os.truncate(stream.fileno(), 200_000_000)  # takes no room on the disk
    with pytest.raises(UnreadableForm, match="larger than 10 MB"):
        read_file(huge)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_in_the_encodings_that_people_have(encoding: str):
    draft = read("MUS\n\nÅret\n- Hvad lærte du på øen?".encode(encoding), "a.txt")
    assert outline(draft) == {"Året": ["Hvad lærte du på øen?"]}


def test_the_command_prints_the_contract_and_refuses_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    import json  # noqa: PLC0415 (for this one)

    form = tmp_path / "form.txt"
    form.write_text("MUS\n\nÅret\n- Hvad lykkedes?\n", "utf-8")
    assert main(["frames", "read", str(form), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"title", "language", "kind", "themes", "left_out"} <= set(told)
    (question,) = told["themes"][0]["questions"]
    assert {"text", "type", "mandatory", "help", "options", "columns"} <= set(question)
    assert (question["lines"], question["mandatory"]) == ([4], None)
    assert main(["frames", "read", str(form)]) == 0
    assert "Hvad lykkedes?" in capsys.readouterr().out
    assert main(["frames", "read", str(tmp_path / "none.txt")]) == 1
    with pytest.raises(SystemExit) as usage:
        main(["frames", "read"])
    assert usage.value.code == 2
