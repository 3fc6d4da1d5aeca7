"""CSV as Danish offices make it."""

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musling.people.import_files import UnreadableFile, delimited
from musling.people.import_files.unreadable import SourceRow


def cells(data: bytes) -> list[list[object]]:
    """The cells of all rows; none of them broken."""
    found = list(delimited.rows(data))
    assert [row.broken for row in found] == [""] * len(found)
    return [list(row.cells) for row in found]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "iso-8859-1", "utf-16"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_separator_encoding_and_line_end_are_found(
    separator: str, encoding: str, line_end: str
) -> None:
    table = [["fornavn", "efternavn"], ["Åse", "Bøgh"], ["Pär", "Müller"]]
    text = line_end.join(separator.join(row) for row in table) + line_end
    assert cells(text.encode(encoding)) == table


def test_a_value_in_quotes_may_hold_separators_quotes_and_line_breaks() -> None:
    text = 'a;b;c\r\n"1;2";"say ""hi""";"two\r\nlines"\r\n'
    assert cells(text.encode()) == [["a", "b", "c"], ["1;2", 'say "hi"', "two\r\nlines"]]


def test_commas_in_values_do_not_outvote_the_headings_separator() -> None:
    assert cells(b"a;b\r\n1,2,3;4,5,6\r\n") == [["a", "b"], ["1,2,3", "4,5,6"]]


@pytest.mark.parametrize("line", ["sep=;\r\n", "SEP=;\n", "sep=;\r"])
def test_the_separator_line_of_a_spreadsheet_is_no_row(line: str) -> None:
    found = list(delimited.rows(f"{line}a,x;b\r\n1;2\r\n".encode()))
    assert found == [SourceRow(1, ["a,x", "b"]), SourceRow(2, ["1", "2"])]


def test_five_bytes_that_only_one_encoding_has() -> None:
    """0x81 is nothing in Windows-1252 and a control character in ISO-8859-1."""
    assert cells(b"a;b\r\n\x81;\xe6\r\n") == [["a", "b"], ["\x81", "æ"]]


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    data = b'a;b\n\n"x\ny";1\n;;\nz;2\n'
    assert [(row.number, row.cells[:1]) for row in delimited.rows(data)] == [
        (1, ["a"]),
        (2, []),
        (3, ["x\ny"]),
        (4, [""]),
        (5, ["z"]),
    ]


def test_a_quote_in_the_middle_breaks_its_row_only() -> None:
    found = list(delimited.rows(b'a;b\n"Bo" Holm;1\nAse;2\n'))
    assert [row.number for row in found] == [1, 2, 3]
    assert "quotation mark" in found[1].broken or "anførselstegn" in found[1].broken
    assert found[1].cells == []
    assert found[2] == SourceRow(3, ["Ase", "2"])


@pytest.mark.parametrize(
    "rest", [b'"Bo;1\nAse;2\n', b'"' + b"x" * 200_000 + b'";1\n'], ids=["to the end", "too long"]
)
def test_a_quote_that_swallows_the_rows_after_it_makes_the_file_unreadable(rest: bytes) -> None:
    """They would count as people who left."""
    with pytest.raises(UnreadableFile, match="2"):
        list(delimited.rows(b"a;b\n" + rest))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"PK\x03\x04\x14\x00", ".xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
        (b"\r\n <html><table>", "HTML"),
        (b"{\\rtf1", "RTF"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ""),
    ],
)
def test_what_is_no_csv_is_told_by_what_it_is(data: bytes, said: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        list(delimited.rows(data))
    assert said in refused.value.message


def test_more_rows_than_anybody_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_ROWS", 3)
    assert len(cells(b"a\nb\nc\n")) == 3
    with pytest.raises(UnreadableFile):
        list(delimited.rows(b"a\nb\nc\nd\n"))


TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=20
)


@given(
    st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=8),
    st.sampled_from([";", ",", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig"]),
)
def test_what_a_spreadsheet_writes_reads_back(
    table: list[tuple[str, str, str]], separator: str, encoding: str
) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=separator).writerows([("a", "b", "c"), *table])
    assert cells(written.getvalue().encode(encoding))[1:] == [list(row) for row in table]


@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_one_clear_error(data: bytes) -> None:
    """No other exception gets out."""
    with suppress(UnreadableFile):
        found = list(delimited.rows(data))
        assert [row.number for row in found] == list(range(1, len(found) + 1))
