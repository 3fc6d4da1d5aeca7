"""A frame on paper and for Word: all that is asked is there, for everybody who can read it."""

import zipfile
from io import BytesIO
from itertools import pairwise
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from hypothesis import Phase, given, settings
from pypdf import PdfReader

from musling.documents import word
from musling.documents.frame_docx import frame_docx
from musling.documents.preparation_paper import MOST_COLUMNS, PreparationPaper, preparation_paper
from musling.frames import standard
from musling.frames.document import FrameDocument
from musling.frames.parsing import parse
from musling.web.frames.paper import SIDES, Names, on_paper, sides_of
from tests.documents.conformance import elements, problems
from tests.documents.examples import DANISH, ENGLISH, letters, pages
from tests.documents.layout import rightmost
from tests.frames.made_up import frames

NAMES = Names("Medarbejder", "Leder")
A4 = (210 / 25.4 * 72, 297 / 25.4 * 72)
MARGIN = 16 / 25.4 * 72
LONG = "Speciallægepraksisplanlægningsstabiliseringsperiode" * 2
MARKUP = '#import "x": y <b>fed</b> {{ 7*7 }} {% x %} $x^2$ *a* _b_ =1+1 \\u{41} &amp; ]]>'


def t(da: str) -> dict[str, str]:
    return {"da": da}


def options(*words: str) -> list[dict[str, Any]]:
    return [{"id": f"o-{n}", "text": t(one)} for n, one in enumerate(words)]


def every_kind(**changes: Any) -> FrameDocument:
    """A frame with one of every kind of question, for each of those who can answer."""
    items = [
        {"id": "a.1", "type": "scale", "text": t("Jeg trives"), "text_leader": t("Hun trives")},
        {"id": "a.2", "type": "text", "text": t("Hvad fylder?"), "help": [t("Ugen?")]},
        {
            "id": "a.3",
            "type": "choice",
            "text": t("Hvilken form?"),
            "options": options("Kursus", "Makker"),
        },
        {
            "id": "a.4",
            "type": "several",
            "text": t("Hvad mere?"),
            "options": options("Ro", "Tid", "Ord"),
        },
        {
            "id": "a.5",
            "type": "table",
            "text": t("Plan"),
            "rows": 3,
            "columns": options("Hvad", "Hvornår"),
        },
        {"id": "a.6", "type": "agreements", "text": t("Aftaler fra sidst?"), "phase": "back"},
        {"id": "a.7", "type": "life_phase", "text": t("Livet fylder"), "mandatory": True},
        {"id": "a.8", "type": "text", "text": t("Kun lederen"), "for_parts": ["leader"]},
        {"id": "a.9", "type": "text", "text": t("Begge to"), "for_parts": []},
    ]
    return parse(
        {
            "kind": "mus",
            "title": t("Prøve"),
            "preparation": "handed_in",
            "minutes": 60,
            "scale": {"low": t("Slet ikke"), "high": t("Helt"), "explanation": t("0 er lavest.")},
            "purpose": {
                "paragraphs": [t("Derfor taler vi."), t("Og derfor.")],
                "aims": [{"id": "x", "title": t("Retning"), "text": t("Vi ser frem.")}],
            },
            "four_points": [
                {"id": f"p-{n}", "title": t(f"Punkt {n}"), "text": t("Ens?")} for n in range(4)
            ],
            "guidance": {"employee": [t("Skriv kort.")], "leader": [t("Lyt først.")]},
            "life_phases": [
                {"id": "ung", "title": t("Ung"), "help": [t("Hvad er nyt?")]},
                {"id": "sen", "title": t("Senior"), "explanation": t("Sent i livet.")},
            ],
            "themes": [
                {
                    "id": "a",
                    "title": t("Trivsel"),
                    "phase": "now",
                    "minutes": 10,
                    "intro": t("Her taler I om dagen."),
                    "help": [t("Hvordan går det?")],
                    "items": items,
                },
                {
                    "id": "g",
                    "kind": "goals",
                    "title": t("Mål"),
                    "phase": "ahead",
                    "items": [
                        {
                            "id": "g.1",
                            "type": "table",
                            "text": t("Mål?"),
                            "columns": options("Hvem"),
                        }
                    ],
                },
            ],
        }
        | changes
    )


def paper(side: Any, document: FrameDocument | None = None, head: Any = DANISH) -> PreparationPaper:
    return on_paper(
        document or every_kind(), side, head=head, names=NAMES, who_can_see="Kun du ser papiret."
    )


def pdf_text(pdf: bytes) -> str:
    return " ".join(pages(pdf))


def opened(content: bytes) -> Document:
    return docx.Document(BytesIO(content))


def in_order(document: Document) -> str:
    """All words as they stand, tables among them, each on a line of its own."""
    words = []
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            words += [cell.text for row in block.rows for cell in row.cells]
        else:
            words.append(block.text)
    return "\n".join(words)


# What stands on whose paper, in its order.
FIRST = ["60 minutter", "Kun du ser papiret.", "Formålet med samtalen", "Derfor taler vi."]
FIRST += ["Og derfor.", "Retning: Vi ser frem.", "Det her ser I ens på", "Punkt 3: Ens?"]
THEME = ["0 er lavest.", "Trivsel", "Her taler I om dagen.", "Hvordan går det?"]
ASKED = ["Hvad fylder?", "Ugen?", "Hvilken form?", "Kursus", "Makker", "Hvad mere?", "Ro", "Tid"]
ASKED += ["Ord", "Plan", "Hvad", "Hvornår", "Aftaler fra sidst?"]
LIFE = ["Ung", "Hvad er nyt?", "Senior", "Sent i livet."]
STANDS = {
    "employee": [*FIRST, "Skriv kort.", *THEME, "Jeg trives", *ASKED, "Livet fylder", *LIFE],
    "leader": [
        *FIRST,
        "Lyt først.",
        *THEME,
        "Hun trives",
        *ASKED,
        "Livet fylder",
        *LIFE,
        "Kun lederen",
    ],
    "both": [
        *(*FIRST, *THEME, "Jeg trives", "Leder: Hun trives", "Medarbejder", "Leder", *ASKED),
        *("Livet fylder", *LIFE, "Kun lederen", "Leder", "Begge to", "Sammen", "Mål", "Hvem"),
    ],
}
NOT_THERE = {
    "employee": ["Lyt først.", "Hun trives", "Kun lederen", "Begge to", "Hvem"],
    "leader": ["Skriv kort.", "Jeg trives", "Begge to", "Hvem"],
    "both": ["Skriv kort.", "Lyt først."],
}


def assert_stands(text: str, side: str) -> None:
    plain, at = letters(text), 0
    for words in STANDS[side]:
        found = plain.find(letters(words), at)
        assert found >= 0, (words, plain[at : at + 200])
        at = found
    for words in NOT_THERE[side]:
        assert letters(words) not in plain, words


# --- paper ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", SIDES)
def test_all_that_is_asked_stands_on_the_paper_in_its_order(side: str) -> None:
    pdf = preparation_paper(paper(side))
    assert problems(pdf) == []
    assert_stands(
        pdf_text(pdf).replace("Together, in the talk", "Sammen").replace(" minutes", " minutter"),
        side,
    )


@pytest.mark.parametrize("side", SIDES)
def test_the_paper_is_a4_and_nothing_runs_off_it(side: str) -> None:
    document = every_kind(title=t(LONG))
    hard = on_paper(document, side, head=DANISH, names=Names(LONG, LONG), who_can_see=LONG)
    for pdf in (preparation_paper(paper(side)), preparation_paper(hard)):
        for page in PdfReader(BytesIO(pdf)).pages:
            assert [round(float(x), 1) for x in page.mediabox[2:]] == [round(x, 1) for x in A4]
        assert rightmost(pdf) <= A4[0] - MARGIN + 0.5


def test_tables_have_heading_cells_and_as_many_empty_rows_as_the_frame_says() -> None:
    reader = PdfReader(BytesIO(preparation_paper(paper("employee"))))
    (table,) = [one for one in elements(reader) if one["/S"] == "/Table"]
    kinds = [str(one["/S"]) for one in _below(table)]
    assert (kinds.count("/TH"), kinds.count("/TD"), kinds.count("/TR")) == (2, 6, 4)


def _below(node: Any) -> list[Any]:
    kids = node.get("/K", [])
    kids = kids if isinstance(kids, list) else [kids]
    inner = [kid.get_object() for kid in kids]
    found = [kid for kid in inner if isinstance(kid, dict) and "/S" in kid]
    return found + [deeper for kid in found for deeper in _below(kid)]


def test_more_columns_than_fit_go_on_in_a_next_table() -> None:
    columns = options(*(f"Kolonne{n} {LONG}"[:110] for n in range(12)))
    item = {"id": "a.1", "type": "table", "text": t("Plan"), "columns": columns}
    theme = {"id": "a", "title": t("T"), "phase": "now", "items": [item]}
    wide = paper("employee", every_kind(themes=[theme], life_phases=[]))
    pdf = preparation_paper(wide)
    assert problems(pdf) == []
    assert rightmost(pdf) <= A4[0] - MARGIN + 0.5
    text = letters(pdf_text(pdf))
    assert all(f"Kolonne{n}Spec" in text for n in range(12))
    tables = opened(frame_docx(wide)).tables
    assert [len(table.columns) for table in tables] == [MOST_COLUMNS, MOST_COLUMNS, 2]


def test_phases_of_life_are_chosen_on_ones_own_paper_only() -> None:
    own, leaders = (frame_docx(paper(side)) for side in ("employee", "leader"))
    assert "☐ Ung" in in_order(opened(own))
    assert "☐ Ung" not in in_order(opened(leaders))
    assert "Ung" in in_order(opened(leaders))


@pytest.mark.parametrize("name", standard.names())
def test_every_standard_frame_can_be_printed_and_opened_in_word(name: str) -> None:
    document = standard.load(name)
    for side in sides_of(document):
        made = on_paper(document, side, head=ENGLISH, names=NAMES)
        pdf = preparation_paper(made)
        assert problems(pdf) == []
        asked = document.items if side == "both" else document.items_for(side)
        text, form = letters(pdf_text(pdf)), letters(in_order(opened(frame_docx(made))))
        for item in asked:
            words = item.text_for("leader") if side == "leader" else item.text
            if side == "both" and item.for_parts == ("leader",):
                words = item.text_for("leader")
            assert letters(words["en"]) in text
            assert letters(words["en"]) in form


# --- Word -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", SIDES)
def test_all_that_is_asked_stands_in_the_word_file_in_its_order(side: str) -> None:
    text = in_order(opened(frame_docx(paper(side))))
    assert_stands(
        text.replace("Together, in the talk", "Sammen").replace(" minutes", " minutter"), side
    )


@pytest.mark.parametrize("side", SIDES)
def test_headings_are_in_order_and_questions_are_numbered_by_word(side: str) -> None:
    document = opened(frame_docx(paper(side)))
    names = [one.style.name for one in document.paragraphs]
    levels = [int(name[-1]) for name in names if name.startswith("Heading")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(next_ <= level + 1 for level, next_ in pairwise(levels))
    assert levels.count(3) == {"employee": 7, "leader": 8, "both": 10}[side]
    assert document.styles["Heading 3"].element.pPr.numPr.numId.val > 0
    assert not any(
        one.text[:1].isdigit() for one in document.paragraphs if "Heading" in one.style.name
    )


@pytest.mark.parametrize("side", SIDES)
def test_every_table_has_a_heading_row_that_comes_again_and_a_name(side: str) -> None:
    tables = opened(frame_docx(paper(side))).tables
    assert len(tables) == {"employee": 1, "leader": 1, "both": 9}[side]
    for table in tables:
        first, *rest = table.rows
        assert first._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:tblHeader")) is None for row in rest)
        assert all(cell.text for cell in first.cells)
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))


@pytest.mark.parametrize("side", SIDES)
def test_only_what_is_written_in_is_empty(side: str) -> None:
    document = opened(frame_docx(paper(side)))
    empty = [one.style.name for one in document.paragraphs if not one.text.strip()]
    assert set(empty) == {"Answer"}


@pytest.mark.parametrize(("head", "language"), [(DANISH, "da-DK"), (ENGLISH, "en-GB")])
def test_the_file_says_its_language_its_title_and_from_whom(head: Any, language: str) -> None:
    document = opened(frame_docx(paper("employee", head=head)))
    about = document.core_properties
    assert (about.language, about.author) == (language, "Havneby Kommune")
    assert about.title.endswith(" – MUS")
    said = [one.get(qn("w:val")) for one in document.styles.element.iter(qn("w:lang"))]
    assert said[0] == language
    assert about.created.isoformat() == "2026-05-03T12:00:00+00:00"


def test_help_questions_are_a_list_and_boxes_are_letters() -> None:
    document = opened(frame_docx(paper("employee")))
    styles = {one.text: one.style.name for one in document.paragraphs}
    assert styles["Ugen?"] == styles["Punkt 0: Ens?"] == "List Bullet"
    assert styles["☐ Kursus"] == styles["☐ Ung"] == "Choice"
    assert styles["Slet ikke   ☐ 0   ☐ 1   ☐ 2   ☐ 3   ☐ 4   ☐ 5   Helt"] == "Choice"
    assert "Livet fylder (obligatorisk)" in styles


def test_the_page_is_a4_with_the_page_number_counted_by_word() -> None:
    document = opened(frame_docx(paper("employee")))
    page = document.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    footer = page.footer.paragraphs[0]
    codes = [one.text for one in footer._p.iter(qn("w:instrText"))]
    assert codes == ["PAGE", "NUMPAGES"]
    assert "Side 1 af 1" in footer.text


def test_a_changed_word_file_stays_one() -> None:
    """HR writes into it and saves it, as Word would."""
    document = opened(frame_docx(paper("both")))
    document.paragraphs[0].insert_paragraph_before("Nyt", style="Heading 1")
    document.tables[0].rows[1].cells[0].text = "Svar"
    assert "Svar" in in_order(opened(word.saved(document)))


# --- texts that somebody wrote to do harm ---------------------------------------------------------

HOSTILE = [
    MARKUP,
    LONG,
    "a\n\nb\nc",
    "\u202egnilsuM\u202c",
    "=cmd|' /C calc'!A0",
    "😀 张伟",
    "]]><w:p/>",
]


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("side", SIDES)
def test_words_stay_words(side: str, words: str) -> None:
    item = {"id": "a.1", "type": "text"} | {
        f: t(words) for f in ("text", "text_leader", "explanation")
    }
    choice = {"id": "a.2", "type": "choice", "text": t("Hvad?"), "options": options(words, words)}
    table = {"id": "a.3", "type": "table", "text": t("Hvad?"), "columns": options(words)}
    theme = {"id": "a", "phase": "now", "title": t(words), "intro": t(words)}
    theme["items"] = [item | {"help": [t(words)]}, choice, table]
    document = every_kind(themes=[theme], life_phases=[], title=t(words))
    made = on_paper(document, side, head=DANISH, names=Names(words, words), who_can_see=words)
    pdf, form = preparation_paper(made), frame_docx(made)
    assert problems(pdf) == []
    assert rightmost(pdf) <= A4[0] - MARGIN + 0.5
    assert in_order(opened(form)).count(word.writable(words).split("\n")[0]) >= 5
    assert_nothing_acts(form)


def assert_nothing_acts(form: bytes) -> None:
    """No macro, no link to elsewhere, no field but the numbers of pages."""
    with zipfile.ZipFile(BytesIO(form)) as parts:
        names = parts.namelist()
        assert not [n for n in names if "vba" in n.lower() or "embed" in n.lower()]
        for name in names:
            if name.endswith(".rels"):
                assert b'TargetMode="External"' not in parts.read(name)
        body = parts.read("word/document.xml")
    assert b"instrText" not in body
    assert b"w:hyperlink" not in body
    assert b"w:sdt" not in body


# Making a smaller example of one that fails would set thousands of documents.
@settings(max_examples=8, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(frames())
def test_any_frame_can_be_printed_and_opened(data: dict[str, Any]) -> None:
    document = parse(data)
    for side in sides_of(document):
        made = on_paper(document, side, head=DANISH, names=NAMES)
        assert problems(preparation_paper(made)) == []
        assert opened(frame_docx(made)).paragraphs
