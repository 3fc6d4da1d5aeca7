"""Minutes, activation slips and preparation paper: all that goes in comes out, tagged."""

import datetime as dt
from io import BytesIO

import pytest
from pypdf import PdfReader

from musling.documents.activation_slips import ActivationSlip, activation_slips, grouped
from musling.documents.minutes import (
    Approval,
    FocusArea,
    Initiative,
    Minutes,
    Section,
    minutes_document,
)
from musling.documents.preparation_paper import (
    PaperItem,
    PaperTheme,
    PreparationPaper,
    preparation_paper,
)
from tests.documents.conformance import elements, problems
from tests.documents.examples import DANISH, ENGLISH, PARTIES, letters, line, pages

MINUTES = Minutes(
    head=DANISH,
    held_on=dt.date(2026, 4, 28),
    written_by="Åse Møller",
    parties=PARTIES,
    core_task="Vi giver borgerne et trygt hverdagsliv.",
    sections=(Section("Trivsel", "Vagtplanen er bedre."), Section("Tomt", " ")),
    focus_areas=(
        FocusArea(title="Forflytning", what_i_do="Øver", leader_supports="Finder en afløser"),
    ),
    initiatives=(Initiative(title="Føl i nattevagt", when=dt.date(2026, 9, 1)),),
    agreements=(line(1), line(2)),
    conclusion="Et godt år.",
    ground_rules="Vi siger det på dagen.",
    approvals=(
        Approval("Leder", "Lars Friis", dt.date(2026, 5, 2)),
        Approval("Medarbejder", "Åse Møller"),
    ),
    unchanged_since=dt.date(2026, 5, 3),
)


def slip(name: str) -> ActivationSlip:
    return ActivationSlip(
        name=name,
        code="K7PMR4TZWQ2H",
        address="https://mus.havneby.example/kode",
        link="https://mus.havneby.example/kode#K7PMR4TZWQ2H",
        valid_until=dt.date(2026, 5, 17),
    )


PAPER = PreparationPaper(
    head=DANISH,
    for_whom="Medarbejder",
    purpose="Samtalen handler om dig.",
    who_can_see="Kun du ser papiret.",
    themes=(
        PaperTheme(
            title="Trivsel",
            phase="Lige nu",
            introduction="Hvordan går det?",
            help_questions=("Hvad giver energi?",),
            items=(
                PaperItem(text="Jeg har det godt", type="scale", mandatory=True),
                PaperItem(text="Fortæl", explanation="Kort er fint."),
            ),
        ),
        PaperTheme(
            title="Mål",
            items=(
                PaperItem(text="Hvilken form?", type="choice", options=("Kursus", "Følge en")),
                PaperItem(text="Plan", type="table", columns=("Hvad", "Hvornår")),
            ),
        ),
    ),
)


def test_minutes_hold_all_that_was_said_agreed_approved_and_signed() -> None:
    pdf = minutes_document(MINUTES)
    text = letters("".join(pages(pdf)))

    for words in (
        "Leder: Lars Friis · Medarbejder: Åse Møller · Samtalen blev holdt 28. april 2026",
        "Skrevet af Åse Møller",
        "Vores kerneopgave Vi giver borgerne et trygt hverdagsliv.",
        "Trivsel Vagtplanen er bedre.",
        "Forflytning Øver Finder en afløser",
        "Føl i nattevagt 1. september 2026",
        "Emne1 Løsningsforslag: Forslag1 Handling1 Person1 2. januar 2027 Siden1",
        "Konklusion Et godt år.",
        "Vores spilleregler Vi siger det på dagen.",
        "Lars Friis (Leder) godkendte 2. maj 2026",
        "Åse Møller (Medarbejder) har ikke godkendt endnu",
        "Underskrevet i Musling 3. maj 2026",
        "Uændret siden 3. maj 2026",
        "slet den selv",
    ):
        assert letters(words) in text
    assert "Tomt" not in text
    assert problems(pdf) == []


def test_minutes_of_next_to_nothing_have_no_empty_headings() -> None:
    bare = Minutes(head=ENGLISH, held_on=None, written_by="", parties=PARTIES)
    pdf = minutes_document(bare)
    (side,) = pages(pdf)

    for heading in ("Focus areas", "Agreements", "Conclusion", "Approved", "core task"):
        assert heading not in side
    assert problems(pdf) == []


def test_long_minutes_run_on_and_keep_their_end() -> None:
    text = "\n\n".join(f"afsnit{at} " + "ord " * 80 for at in range(60))
    pdf = minutes_document(
        Minutes(
            head=DANISH,
            held_on=None,
            written_by="",
            parties=PARTIES,
            sections=(Section("Trivsel", text),),
            conclusion="Slutningen",
        )
    )
    sides = pages(pdf)

    assert len(sides) > 3
    assert all(f"afsnit{at} " in "".join(sides) for at in range(60))
    assert "Slutningen" in sides[-1]
    assert problems(pdf) == []


def test_a_slip_says_who_where_until_when_and_what_to_do() -> None:
    pdf = activation_slips(DANISH, [slip("Amina Yusuf")])
    (side,) = pages(pdf)

    for words in (
        "Til Amina Yusuf",
        "K7PM R4TZ WQ2H",
        "https://mus.havneby.example/kode",
        "17. maj 2026",
        "Smid sedlen ud.",
    ):
        assert words in side
    assert problems(pdf) == []


def test_the_picture_with_the_code_has_words_that_do_not_tell_the_code() -> None:
    reader = PdfReader(BytesIO(activation_slips(DANISH, [slip("Amina")])))
    (figure,) = [e for e in elements(reader) if e["/S"] == "/Figure"]

    assert figure["/Alt"] == "QR-kode, der åbner siden med din kode udfyldt"


@pytest.mark.parametrize(("per_page", "sides"), [(1, 5), (4, 2)])
def test_every_person_gets_a_slip_in_the_order_given(per_page: int, sides: int) -> None:
    names = ["Amina", "Jens Østergård", "Søren Ærø", "Åse", 'Bo #import "x"']
    pdf = activation_slips(DANISH, [slip(name) for name in names], per_page=per_page)
    found = pages(pdf)

    assert len(found) == sides
    text = "".join(found)
    places = [text.index(f"Til {name}") for name in names]
    assert places == sorted(places)
    assert problems(pdf) == []


def test_no_slips_are_refused() -> None:
    with pytest.raises(ValueError, match="No slips"):
        activation_slips(DANISH, [])


def test_a_code_is_read_in_groups() -> None:
    assert grouped("ABCDEFGHJK") == "ABCD EFGH JK"


def test_the_paper_asks_all_that_the_frame_asks() -> None:
    pdf = preparation_paper(PAPER)
    text = " ".join(pages(pdf))

    for words in (
        "Kun du ser papiret.",
        "Samtalen handler om dig.",
        "Trivsel Lige nu",
        "Hvordan går det?",
        "Hvad giver energi?",
        "1 Jeg har det godt Obligatorisk",
        "I meget lav grad 0 1 2 3 4 5 I meget høj grad",
        "2 Fortæl Kort er fint.",
        "3 Hvilken form?",
        "Kursus Følge en",
        "4 Plan Hvad Hvornår",
        "Det vil jeg helst tale om",
    ):
        assert words in text
    assert problems(pdf) == []


def test_the_paper_can_do_without_topics_and_scale() -> None:
    bare = PreparationPaper(
        head=ENGLISH,
        for_whom="Helper",
        asks_topics=False,
        themes=(PaperTheme(title="Work", items=(PaperItem(text="How is it?"),)),),
    )
    pdf = preparation_paper(bare)
    (side,) = pages(pdf)

    assert "1 How is it?" in side
    assert "What I most want" not in side
    assert "From 0 to 5" not in side
    assert problems(pdf) == []
