"""Reading one cell."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musling.people.import_files import values
from musling.people.import_files.values import Unusable


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("Åse", "Åse"),
        ("  Anne   Marie\t", "Anne Marie"),
        ("Anne\u00a0Marie", "Anne Marie"),
        ("\ufeffAnne\u00adMarie\u200b", "AnneMarie"),
        ("A\u030ase", "Åse"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("-Bo", "-Bo"),
        ("<b>Bo</b> {{7*7}}", "<b>Bo</b> {{7*7}}"),
        ("x" * 20, "x" * 20),
        (dt.date(2026, 2, 1), "2026-02-01"),
    ],
)
def test_text_is_kept_as_it_is_on_one_line(cell: values.Cell, read: str) -> None:
    assert values.text(20)(cell) == read


@pytest.mark.parametrize(
    "cell",
    ["a\nb", "a\r\nb", "a\x0bb", "a\x00b", "a\x1bb", "a\x85b", "a\u2028b", "a\u202eb", "a\u2066b"],
)
def test_text_with_a_line_break_or_a_control_character_is_refused(cell: str) -> None:
    """T19."""
    with pytest.raises(Unusable):
        values.text(20)(cell)


def test_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(Unusable, match="20"):
        values.text(20)("x" * 21)


@given(st.text(max_size=30))
def test_text_never_holds_what_ends_a_line(cell: str) -> None:
    try:
        value = values.one_line(cell)
    except Unusable:
        return
    assert value.isprintable()
    assert len(value.splitlines()) <= 1
    assert value == value.strip()
    assert values.one_line(value) == value


CPR = ["0101901234", "010190-1234", "010190 1234", "311299-0000", "2902001234", "610190-1234"]


@pytest.mark.parametrize("cell", CPR)
def test_a_cpr_number_is_no_number(cell: str) -> None:
    """T34's neighbour: it would show in lists and exports. The value is not repeated."""
    with pytest.raises(Unusable, match="CPR") as refused:
        values.number(40)(cell)
    assert cell not in str(refused.value)


@pytest.mark.parametrize(
    "cell",
    [
        "3201901234",  # no day 32
        "0113901234",  # no month 13
        "3002901234",  # no 30 February
        "2902011234",  # no leap year in either century
        "0001901234",  # no day 0
        "010190123",
        "01019012345",
        "01-01-90-1234",
        "T0101901234",
        "123456",
    ],
)
def test_other_numbers_are_no_cpr_number(cell: str) -> None:
    assert values.number(40)(cell) == cell


@pytest.mark.parametrize(
    "cell",
    [
        "1.2.2026",
        "01.02.2026",
        "01-02-2026",
        "1/2/2026",
        " 01 02 2026 ",
        "2026-02-01",
        "20260201",
        "2026-02-01T00:00:00",
        "2026-02-01 00:00:00.000",
        "01-02-2026 00:00",
        "01-02-2026 00.00.00",
        dt.date(2026, 2, 1),
    ],
)
def test_dates_as_they_are_written(cell: values.Cell) -> None:
    assert values.date(cell) == dt.date(2026, 2, 1)


@pytest.mark.parametrize("cell", ["31-12-9999", "9999-12-31", "31.12.2999", dt.date(9999, 12, 31)])
def test_a_far_year_means_no_end(cell: values.Cell) -> None:
    assert values.date(cell) is None


@pytest.mark.parametrize(
    "cell",
    [
        "31-02-2026",
        "2026-13-01",
        "1-2-26",
        "02/13/2026",
        "45000",
        "i dag",
        "01-02-2026 08:30",
        "01-02-0026",
        "1.2.2026 - 1.3.2026",
        "٠١-٠٢-٢٠٢٦x",
        dt.date(1899, 12, 31),
    ],
)
def test_what_is_no_date_is_refused(cell: values.Cell) -> None:
    with pytest.raises(Unusable):
        values.date(cell)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2899, 12, 31)))
def test_every_day_reads_back_in_every_way(day: dt.date) -> None:
    ways = (
        day.isoformat(),
        f"{day.day}.{day.month}.{day.year}",
        f"{day.day:02}-{day.month:02}-{day.year}",
        f"{day.day:02}/{day.month:02}/{day.year} 00:00",
    )
    assert [values.date(way) for way in ways] == [day] * 4


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("signe@havneby.example", "signe@havneby.example"),
        (" Signe@Havneby.Example ", "Signe@havneby.example"),
        ("o'brien+mus@havneby.example", "o'brien+mus@havneby.example"),
        ("signe@blåbær.example", "signe@blåbær.example"),
    ],
)
def test_addresses(cell: str, read: str) -> None:
    assert values.email(cell) == read


@pytest.mark.parametrize(
    "cell",
    [
        "signe",
        "signe@",
        "@havneby.example",
        "signe@havneby",
        "signe@havneby..example",
        "Signe <signe@havneby.example>",
        "mailto:signe@havneby.example,bo@havneby.example",
        "signe@havneby.example; bo@havneby.example",
        "signe@havneby.example\nBcc: x@evil.example",
        "-oQ/tmp@havneby.example",
        '"a b"@havneby.example',
        f"{'x' * 250}@a.example",
    ],
)
def test_what_is_no_address_is_refused(cell: str) -> None:
    with pytest.raises(Unusable):
        values.email(cell)


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("12345678", "12345678"),
        ("12 34 56 78", "12345678"),
        ("+45 12 34 56 78", "+4512345678"),
        ("0045 12345678", "+4512345678"),
        ("(+45) 12-34-56-78", "+4512345678"),
    ],
)
def test_telephone_numbers(cell: str, read: str) -> None:
    assert values.phone(cell) == read


@pytest.mark.parametrize("cell", ["12345", "ring til mig", "1234567890123456", "12+345678", "="])
def test_what_is_no_telephone_number_is_refused(cell: str) -> None:
    with pytest.raises(Unusable):
        values.phone(cell)


@pytest.mark.parametrize(
    ("reader", "cell", "read"),
    [
        (values.yes_or_no, "Ja", True),
        (values.yes_or_no, "X", True),
        (values.yes_or_no, "true", True),
        (values.yes_or_no, "NEJ", False),
        (values.yes_or_no, "0", False),
        (values.pay, "Månedsløn", "monthly"),
        (values.pay, "timelønnet", "hourly"),
        (values.pay, "hourly", "hourly"),
        (values.language, "DA", "da"),
        (values.language, "Engelsk", "en"),
        (values.closed, "ja", (True, None)),
        (values.closed, "x", (True, None)),
        (values.closed, "1", (True, None)),
        (values.closed, "nej", (False, None)),
        (values.closed, "31-12-2025", (True, dt.date(2025, 12, 31))),
        (values.closed, dt.date(2025, 12, 31), (True, dt.date(2025, 12, 31))),
        (values.closed, "31-12-9999", (False, None)),
    ],
)
def test_choices(reader: values.Reader, cell: values.Cell, read: Any) -> None:
    assert reader(cell) == read


@pytest.mark.parametrize(
    ("reader", "cell"),
    [
        (values.yes_or_no, "måske"),
        (values.yes_or_no, "2"),
        (values.pay, "akkord"),
        (values.language, "de"),
        (values.closed, "snart"),
        (values.closed, "31-02-2025"),
    ],
)
def test_what_is_no_choice_is_refused(reader: values.Reader, cell: str) -> None:
    with pytest.raises(Unusable):
        reader(cell)


def test_no_reader_keeps_what_people_are_called() -> None:
    """The one cache holds dates: texts of people must not outlive the reading of a file."""
    cached = [name for name, one in vars(values).items() if hasattr(one, "cache_info")]
    assert cached == ["_written_date"]
