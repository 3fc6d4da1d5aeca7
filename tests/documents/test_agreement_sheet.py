"""The agreement sheet: what was agreed is there, on the right side, and nothing is cut."""

import datetime as dt
import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from musling.documents.agreement_sheet import (
    AgreementLine,
    agreement_sheet,
    empty_agreement_sheet,
)
from musling.documents.parties import Party, Signature
from tests.documents.conformance import elements, problems
from tests.documents.examples import DANISH, ENGLISH, PARTIES, letters, pages, sheet
from tests.documents.layout import rightmost

pytestmark = pytest.mark.row("A6")

# Where the margin begins, in points, and a little for what kerning rounds away.
RIGHT_EDGE = 595.28 - 16 * 72 / 25.4 + 1

HOSTILE = (
    '#import "@preview/cetz:0.3.0": *',
    '#read("/etc/passwd") #image("../press.py") #sys.inputs',
    "{{ 7*7 }} {% load static %} ${7*7} #(7*7)",
    "*bold* _em_ = heading $x^2$ `raw` @label <label> // comment /* c */ \\u{41}",
    "<script>alert(1)</script> &lt; ]>]]> %PDF- endobj",
)


@pytest.mark.parametrize("count", [0, 1, 3, 4])
def test_up_to_four_agreements_and_the_conclusion_stand_on_one_side(count: int) -> None:
    (side,) = pages(agreement_sheet(sheet(count)))

    found = [number for number in range(1, 12) if f"Emne{number} " in side]
    assert found == list(range(1, count + 1))
    assert "Et godt år." in side
    assert "Vi siger det på dagen." in side


@pytest.mark.parametrize("count", [5, 10])
def test_from_the_fifth_on_they_stand_on_the_second_side(count: int) -> None:
    first, second = pages(agreement_sheet(sheet(count)))

    assert [n for n in range(1, count + 1) if f"Emne{n} " in first] == [1, 2, 3, 4]
    assert [n for n in range(1, count + 1) if f"Emne{n} " in second] == list(range(5, count + 1))
    assert "Et godt år." not in first
    assert "Et godt år." in second


def test_each_field_of_an_agreement_is_there() -> None:
    (side,) = pages(agreement_sheet(sheet(1)))

    for words in ("Emne1", "Forslag1", "Handling1", "Person1", "2. januar 2027", "Siden1"):
        assert words in side


def test_without_agreements_the_sheet_says_so() -> None:
    (side,) = pages(agreement_sheet(sheet(0)))

    assert "Der er ikke lavet nogen aftaler." in side


@pytest.mark.parametrize("count", [3, 10])
def test_every_side_has_the_date_of_the_talk_and_both_signature_fields(count: int) -> None:
    for side in pages(agreement_sheet(sheet(count))):
        assert "Dato for samtalen: 28. april 2026" in side
        assert "Underskrevet i Musling 3. maj 2026" in side
        assert "Dato Underskrift – Medarbejder" in side


def test_thirty_long_agreements_run_on_and_nothing_is_lost() -> None:
    tokens = [f"x{number}y{at}z" for number in range(30) for at in range(60)]
    agreements = tuple(
        AgreementLine(
            what=" ".join(words[:20]),
            action=" ".join(words[20:40]),
            who="L",
            when=" ".join(words[40:]),
        )
        for words in (tokens[at : at + 60] for at in range(0, len(tokens), 60))
    )
    pdf = agreement_sheet(sheet(agreements=agreements))

    sides = pages(pdf)
    assert len(sides) > 5
    assert set(tokens) <= set(re.findall(r"x\d+y\d+z", letters(" ".join(sides)).replace("z", "z ")))
    for side in sides:
        assert "Dato for samtalen: 28. april 2026" in side
        assert "Underskrift – Medarbejder" in side
    assert problems(pdf) == []


@pytest.mark.parametrize("length", [12, 16, 24, 30, 31, 400])
def test_a_word_without_end_stays_on_the_page(length: int) -> None:
    endless = "w" * length
    line = AgreementLine(what=endless, action=endless, who=endless, when=endless, follow_up=endless)
    pdf = agreement_sheet(sheet(agreements=(line,), conclusion=endless))

    assert letters("".join(pages(pdf))).count("w") >= 6 * length
    assert problems(pdf) == []
    assert rightmost(pdf) < RIGHT_EDGE


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_code_stays_letters(text: str) -> None:
    line = AgreementLine(what=text, proposed_solution=text, action=text, who=text, when=text)
    head = type(DANISH)(language="da", organisation=text, talk_name=text, made_at=DANISH.made_at)
    pdf = agreement_sheet(
        sheet(head=head, agreements=(line,), conclusion=text, parties=(Party(text, text),))
    )

    assert letters("".join(pages(pdf))).count(letters(text)) >= 8
    assert PdfReader(BytesIO(pdf)).metadata.author == text
    assert problems(pdf) == []


def test_emoji_and_foreign_letters_do_not_stop_the_sheet() -> None:
    text = "Godt gået 😀👍🏽 – 中文, Żółć, Жанна, عائشة, שלום, Nguyễn, ﬁ, e\u0301, \x00\u202e\ue000"
    pdf = agreement_sheet(sheet(conclusion=text))

    (side,) = pages(pdf)
    for words in (
        "😀[thumbs up sign]",
        "[U+4E2D][U+6587]",
        "Żółć",
        "Жанна",
        "Nguyễn",
        "é",
        "[U+E000]",
    ):
        assert words in side
    assert problems(pdf) == []


def test_paragraphs_and_line_breaks_stay() -> None:
    pdf = agreement_sheet(sheet(0, conclusion="Først.\r\nSå.\n\nTil sidst."))
    words = PdfReader(BytesIO(pdf)).pages[0].extract_text()

    assert re.search(r"Først\.\s*\nSå\.\s*\nTil sidst\.", words)


def test_a_sheet_in_english_has_english_words_and_dates() -> None:
    (side,) = pages(agreement_sheet(sheet(1, ENGLISH)))

    for words in (
        "Agreement sheet",
        "Date of the talk: 28 April 2026",
        "Unchanged since 3 May 2026",
        "Signed in Musling on 3 May 2026",
        "Proposed solution",
        "Page 1 of 1",
    ):
        assert words in side


def test_a_sheet_in_danish_has_danish_words_and_dates() -> None:
    (side,) = pages(agreement_sheet(sheet(1)))

    for words in (
        "Aftaleskema",
        "Uændret siden 3. maj 2026",
        "Det aftaler vi Handling Hvem Hvornår",
        "Løsningsforslag",
        "Side 1 af 1",
    ):
        assert words in side


def test_how_each_party_signed_is_told() -> None:
    parties = tuple(
        Party("Hjælper", "Bo", Signature(dt.date(2026, 5, 3), how))
        for how in ("here", "together", "paper")
    )
    (side,) = pages(agreement_sheet(sheet(1, ENGLISH, parties=parties)))

    assert "Signed in Musling on 3 May 2026" in side
    assert "Signed together on one screen on 3 May 2026" in side
    assert "Signed on paper on 3 May 2026" in side


def test_without_a_date_there_is_a_line_to_write_it_on() -> None:
    (side,) = pages(agreement_sheet(sheet(1, held_on=None, unchanged_since=None)))

    assert "Dato for samtalen:" in side
    assert "2026 Det aftaler vi" not in side
    assert "Uændret" not in side


def test_the_empty_sheet_has_ten_rows_on_two_sides_and_room_to_sign() -> None:
    pdf = empty_agreement_sheet(DANISH, ["Bruger", "Hjælper"])

    first, second = pages(pdf)
    assert re.findall(r"Aftale (\d+)", first) == ["1", "2", "3", "4"]
    assert re.findall(r"Aftale (\d+)", second) == ["5", "6", "7", "8", "9", "10"]
    for side in (first, second):
        assert "Underskrift – Bruger" in side
        assert "Underskrift – Hjælper" in side
    assert "Konklusion" in second
    assert problems(pdf) == []


def test_long_names_do_not_push_the_empty_sheet_to_a_third_side() -> None:
    head = type(DANISH)(
        language="da",
        organisation="Foreningen af borgere med hjælpere i Østjylland og omegn",
        talk_name="Medarbejderudviklingssamtale",
        made_at=DANISH.made_at,
    )
    assert len(pages(empty_agreement_sheet(head, ["Arbejdsleder", "Handicaphjælper"]))) == 2


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert agreement_sheet(sheet()) == agreement_sheet(sheet())


def test_a_screen_reader_meets_heading_table_and_signatures_in_this_order() -> None:
    kinds = [str(e["/S"]) for e in elements(PdfReader(BytesIO(agreement_sheet(sheet(2)))))]

    assert kinds.count("/H1") == 1
    assert kinds.count("/TH") == 4
    assert kinds.count("/TD") == 8
    assert kinds.index("/H1") < kinds.index("/Table") < kinds.index("/H2")


def test_the_title_tells_nothing_about_persons() -> None:
    title = PdfReader(BytesIO(agreement_sheet(sheet()))).metadata.title

    assert title == "Aftaleskema – MUS"
    assert not any(party.name in title for party in PARTIES)
