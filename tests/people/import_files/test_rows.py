"""Typed rows of people and units; what is rejected, where and why."""

import datetime as dt
import io

import openpyxl
import pytest
from django.utils import translation

from musling.people.import_files import (
    PersonRow,
    ReadPeople,
    UnitRow,
    UnreadableFile,
    read_people,
    read_units,
    rows,
)

ENGLISH = (
    "employment_id;person_id;first_name;last_name;email;mobile;title;unit_id;is_leader;from;to;"
    "pay;leave_from;leave_until;agreement;language"
)
DANISH = (
    "Ansættelsesnummer;Medarbejdernummer;Fornavn;Efternavn;E-mail;Mobil;Stilling;Enhed;Leder;Fra;"
    "Til;Løn (månedsløn/timeløn);Orlov fra;Orlov til;Overenskomst;Sprog"
)
SIGNE = (
    "A-17;P-9;Signe;Bøgh;signe@havneby.example;+45 12 34 56 78;Pædagog;110;nej;1.2.2020;;månedsløn;"
    "01-03-2026;31-08-2026;BUPL;da"
)
SIGNE_READ = PersonRow(
    row=2,
    employment_id="A-17",
    person_id="P-9",
    first_name="Signe",
    last_name="Bøgh",
    email="signe@havneby.example",
    mobile="+4512345678",
    title="Pædagog",
    unit_id="110",
    is_leader=False,
    starts=dt.date(2020, 2, 1),
    ends=None,
    pay="monthly",
    leave_from=dt.date(2026, 3, 1),
    leave_until=dt.date(2026, 8, 31),
    agreement="BUPL",
    language="da",
)
SHORT = "employment_id;person_id;first_name;unit_id"


def people(*lines: str, heading: str = SHORT) -> ReadPeople:
    """A list of people as CSV, read."""
    return read_people("people.csv", "\r\n".join((heading, *lines)).encode())


def problems(read: ReadPeople) -> list[tuple[int, str]]:
    """Row and column of what was rejected; each comes with a sentence."""
    assert all(one.problem and one.file == "people.csv" for one in read.rejected)
    return [(one.row, one.column) for one in read.rejected]


@pytest.mark.parametrize(
    "heading",
    [
        ENGLISH,
        DANISH,
        DANISH.upper(),
        ENGLISH.replace("_", " ").title(),
        DANISH.replace(";", " ; ").replace("E-mail", "  e mail  "),
        DANISH.replace("Enhed", "Enhedsnr.").replace("Mobil", "Mobilnr."),
    ],
)
def test_headings_in_both_languages_and_any_spelling(heading: str) -> None:
    read = people(SIGNE, heading=heading)
    assert read.rows == [SIGNE_READ]
    assert read.rejected == []
    assert read.columns == frozenset(ENGLISH.split(";"))
    assert read.ignored == ()


def test_a_spreadsheet_reads_as_the_same_rows() -> None:
    book = openpyxl.Workbook()
    book.active.append(DANISH.split(";"))
    values: list[object] = list(SIGNE.split(";"))
    values[9] = dt.date(2020, 2, 1)
    values[10] = None
    book.active.append(values)
    file = io.BytesIO()
    book.save(file)
    assert read_people("Medarbejdere.XLSX", file.getvalue()).rows == [SIGNE_READ]


def test_columns_in_any_order_and_unknown_ones_left_alone() -> None:
    read = people(
        "110;x;Signe;A-17;P-9", heading="Enhed;CPR;Fornavn;Ansættelsesnummer;Medarbejdernr"
    )
    assert read.rows == [PersonRow(2, "A-17", "P-9", "Signe", "110")]
    assert read.ignored == ("CPR",)
    assert read.columns == {"unit_id", "first_name", "employment_id", "person_id"}


def test_blank_lines_and_trailing_separators_are_nothing() -> None:
    read = people("", "A;P;Bo;1;;;", ";;;;", "   ;;", "B;Q;Eva;1", "", heading=f"{SHORT};;;")
    assert [(row.row, row.first_name) for row in read.rows] == [(3, "Bo"), (6, "Eva")]
    assert read.rejected == []


def test_blank_lines_before_the_heading() -> None:
    read = read_people("a.csv", f"\r\n;;;\r\n{SHORT}\r\nA;P;Bo;1\r\n".encode())
    assert read.rows == [PersonRow(4, "A", "P", "Bo", "1")]


def test_short_rows_end_in_empty_cells() -> None:
    read = people("A;P;Bo;1", heading=f"{SHORT};title;is_leader;from")
    assert read.rows == [PersonRow(2, "A", "P", "Bo", "1")]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (";P;Bo;1", "employment_id"),
        ("A;;Bo;1", "person_id"),
        ("A;P; ;1", "first_name"),
        ("A;P;Bo;", "unit_id"),
        ("A;P;Bo", "unit_id"),
        ("A;010190-1234;Bo;1", "person_id"),
        ("0101901234;P;Bo;1", "employment_id"),
        ('A;P;"Bo\nHolm";1', "first_name"),
        ("A;P;Bo\u202e;1", "first_name"),
        (f"A;P;{'x' * 81};1", "first_name"),
        (f"{'x' * 41};P;Bo;1", "employment_id"),
        ("A;P;Bo;1;extra", ""),
        ('"A" x;P;Bo;1', ""),
    ],
)
def test_a_bad_row_is_rejected_and_stops_no_other(line: str, column: str) -> None:
    read = people("X;X1;Åse;1", line, "Y;Y1;Ida;1")
    assert problems(read) == [(3, column)]
    assert [row.first_name for row in read.rows] == ["Åse", "Ida"]


FULL = dict(zip(ENGLISH.split(";"), SIGNE.split(";"), strict=True))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("email", "signe"),
        ("mobile", "ring"),
        ("is_leader", "måske"),
        ("from", "1.2.20"),
        ("to", "31-01-2020"),
        ("pay", "akkord"),
        ("leave_from", ""),
        ("leave_until", "28-02-2026"),
        ("language", "klingon"),
        ("title", "x" * 121),
        ("agreement", "x" * 81),
        ("last_name", "x" * 81),
    ],
)
def test_each_column_has_its_rule(column: str, value: str) -> None:
    line = ";".join((FULL | {column: value}).values())
    read = people(line, heading=ENGLISH)
    assert problems(read) == [(2, column)]
    assert read.rows == []
    # Rejected, but not gone: nobody ends because of a spelling mistake.
    assert read.mentioned == {"A-17": 2}


def test_all_problems_of_a_row_are_told_at_once() -> None:
    line = ";".join((FULL | {"email": "signe", "from": "x", "unit_id": ""}).values())
    assert problems(people(line, heading=ENGLISH)) == [(2, "email"), (2, "unit_id"), (2, "from")]


def test_the_second_row_with_the_same_number_is_rejected() -> None:
    read = people("A;P;Bo;1", "B;P;Bo;2", "A;P;Bo;3")
    assert [row.unit_id for row in read.rows] == ["1", "2"]
    assert problems(read) == [(4, "employment_id")]
    assert "2" in read.rejected[0].problem


def test_a_number_of_a_rejected_row_may_come_again() -> None:
    read = people("A;P;;1", "A;P;Bo;1")
    assert problems(read) == [(2, "first_name")]
    assert [row.row for row in read.rows] == [3]


def test_what_looks_like_a_formula_or_markup_is_a_name() -> None:
    """T13, T18: it is escaped where it leaves."""
    read = people("A;P;=2+5;1", "B;Q;<script>;1", "C;R;{{7*7}};1", "D;S;-Bo;1", "E;T;@SUM(1);1")
    assert [row.first_name for row in read.rows] == [
        "=2+5",
        "<script>",
        "{{7*7}}",
        "-Bo",
        "@SUM(1)",
    ]


def test_no_problem_repeats_what_the_file_held() -> None:
    hostile = "=cmd|'/C calc'!A0<script>alert(1)</script>"
    line = ";".join(hostile for _column in ENGLISH.split(";"))
    read = people(line, heading=ENGLISH)
    assert len(read.rejected) > 6
    assert not [one for one in read.rejected if "cmd" in one.problem or "script" in one.problem]


def test_problems_are_told_in_the_readers_language() -> None:
    with translation.override("en"):
        read = people("A;010190-1234;Bo;1")
    assert read.rejected[0].problem.startswith("This looks like a CPR number.")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("people.csv", b""),
        ("people.csv", b" \r\n\r\n"),
        ("people.csv", b";;;\r\n;;\r\n"),
        ("people.xlsx", b""),
        ("people.csv", b"%PDF-1.4"),
        ("people.xlsx", SHORT.encode()),
        ("people.xls", b"\xd0\xcf\x11\xe0"),
        ("people.pdf", b"%PDF-1.4"),
        ("people", SHORT.encode()),
        ("people.csv", b"A;P;Bo;1\r\n"),
        ("people.csv", b"person_id;first_name;unit_id\r\nP;Bo;1\r\n"),
        ("people.csv", f"{SHORT};Fornavn\r\nA;P;Bo;1;Bo\r\n".encode()),
        ("people.csv", f'{SHORT}\r\nA;P;"Bo;1\r\n'.encode()),
    ],
    ids=[
        "empty",
        "blank",
        "separators only",
        "empty xlsx",
        "pdf as csv",
        "csv as xlsx",
        "old spreadsheet",
        "pdf",
        "no ending",
        "no heading",
        "missing column",
        "column twice",
        "open quotation mark",
    ],
)
def test_a_file_that_cannot_be_read_gives_one_clear_error(name: str, data: bytes) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_people(name, data)
    assert refused.value.message


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_FILE", 10)
    with pytest.raises(UnreadableFile):
        people("A;P;Bo;1")


def test_the_file_is_named_without_its_folder() -> None:
    read = read_people("/home/hr/people.csv", f"{SHORT}\r\n;P;Bo;1\r\n".encode())
    assert (read.file, read.rejected[0].file) == ("people.csv", "people.csv")


# --- units -----------------------------------------------------------------------------------


def test_units_in_danish_and_english() -> None:
    danish = (
        "Enhedsnummer,Navn,Overenhed,Leder ansættelsesnummer,Lukket\n"
        '1,Havneby Kommune,,A-1,\n110,"Skoler, børn og unge",1,A-17,nej\n'
        "120,Gammel afdeling,1,,31-12-2025\n130,Anden,1,,ja\n"
    )
    english = danish.replace(
        "Enhedsnummer,Navn,Overenhed,Leder ansættelsesnummer,Lukket",
        "unit_id,name,parent_id,leader_employment_id,closed",
    )
    expected = [
        UnitRow(2, "1", "Havneby Kommune", leader_employment_id="A-1"),
        UnitRow(3, "110", "Skoler, børn og unge", "1", "A-17"),
        UnitRow(4, "120", "Gammel afdeling", "1", closed=True, closed_on=dt.date(2025, 12, 31)),
        UnitRow(5, "130", "Anden", "1", closed=True),
    ]
    for text in (danish, english):
        read = read_units("units.csv", text.encode("cp1252"))
        assert (read.rows, read.rejected) == (expected, [])


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (";Skoler;1;", "unit_id"),
        ("110;;1;", "name"),
        ("110;Skoler;110;", "parent_id"),
        ("110;Skoler;1;010190-1234", "leader_employment_id"),
        ("1;Skoler;;", "unit_id"),
        (f"110;{'x' * 121};1;", "name"),
    ],
)
def test_a_bad_unit_is_rejected(line: str, column: str) -> None:
    heading = "unit_id;name;parent_id;leader_employment_id"
    read = read_units("units.csv", f"{heading}\n1;Havneby;;\n{line}\n".encode())
    assert [one.unit_id for one in read.rows] == ["1"]
    assert [(one.row, one.column) for one in read.rejected] == [(3, column)]


def test_rows_keep_their_numbers_to_the_end_of_a_long_file() -> None:
    lines = [f"A{n};P{n};Bo;1" for n in range(5000)]
    read = people(*lines)
    assert len(read.rows) == 5000
    assert read.rows[-1].row == 5001
