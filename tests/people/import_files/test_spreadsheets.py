"""The first visible sheet of an .xlsx file, and files that mean harm."""

import datetime as dt
import io
import warnings
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from musling.people.import_files import UnreadableFile, spreadsheets
from musling.people.import_files.unreadable import Cell

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
OF_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(change: Callable[[openpyxl.Workbook], None]) -> bytes:
    """A file as openpyxl writes it."""
    book = openpyxl.Workbook()
    change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def of_rows(*rows: list[object]) -> bytes:
    """A file with these rows in its only sheet."""

    def fill(book: openpyxl.Workbook) -> None:
        for row in rows:
            book.active.append(row)

    return workbook(fill)


def by_hand(sheet: str, more: dict[str, str | bytes] | None = None, *, prolog: str = "") -> bytes:
    """A file put together part by part; ``sheet`` is what stands inside ``sheetData``."""
    contents: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{OF_SHEETS}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{OF_SHEETS}.sharedStrings+xml"/>'
        "</Types>",
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1"'
        f' Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>'
        '<sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1"'
        f' Type="{RELATED}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{prolog}<worksheet xmlns="{MAIN}"><sheetData>{sheet}'
        "</sheetData></worksheet>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (contents | (more or {})).items():
            archive.writestr(name, content)
    return file.getvalue()


def cells(data: bytes) -> list[list[Cell]]:
    """The cells of all rows."""
    return [row.cells for row in spreadsheets.rows(data)]


def test_text_numbers_dates_and_truth() -> None:
    midnight = dt.datetime.combine(dt.date(2026, 2, 1), dt.time())
    data = of_rows(
        ["Åse", 7, 12.0, 1.5, dt.date(2026, 2, 1), midnight, True, False, None, "x"],
        [None, "007", 1e15, -3, "1.2.2026", 0, "", "=1+1", None],
    )
    assert cells(data) == [
        [
            "Åse",
            "7",
            "12",
            "1.5",
            dt.date(2026, 2, 1),
            dt.date(2026, 2, 1),
            "true",
            "false",
            "",
            "x",
        ],
        # A formula counts as the value saved with it; openpyxl saves none.
        ["", "007", "1000000000000000", "-3", "1.2.2026", "0"],
    ]


def test_dates_that_count_from_1904() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.epoch = openpyxl.utils.datetime.MAC_EPOCH
        book.active.append([dt.date(2026, 2, 1)])

    assert cells(workbook(fill)) == [[dt.date(2026, 2, 1)]]


def test_a_number_in_a_date_format_that_is_no_day_becomes_none() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        for value in (0.5, 99_999_999, -5):
            book.active.append([value])
        for row in book.active.iter_rows():
            row[0].number_format = "dd-mm-yyyy"

    assert cells(workbook(fill)) == [["12:00:00"], ["#VALUE!"], [dt.date(1899, 12, 25)]]


def test_rows_and_columns_keep_their_places_where_cells_are_empty() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.active["C2"] = "c"
        book.active["AB5"] = "ab"

    found = list(spreadsheets.rows(workbook(fill)))
    assert [(row.number, row.cells) for row in found] == [
        (2, ["", "", "c"]),
        (5, [*[""] * 27, "ab"]),
    ]


def test_the_first_visible_sheet_is_read() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.active.append(["hidden"])
        book.active.sheet_state = "hidden"
        book.create_sheet("People").append(["seen"])
        book.create_sheet("More").append(["more"])

    assert cells(workbook(fill)) == [["seen"]]


def test_rich_text_is_joined() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.active["A1"] = CellRichText("Åse ", TextBlock(InlineFont(b=True), "Bøgh"))

    assert cells(workbook(fill)) == [["Åse Bøgh"]]


def shared(texts: str, sheet: str) -> bytes:
    """A file whose cells refer to texts that they share; ``texts`` is what stands in ``sst``."""
    relations = (
        f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="r1" Type="{RELATED}/worksheet" Target="/xl/worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{RELATED}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>"
    )
    data = by_hand(sheet, {"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>'})
    return replaced(data, "xl/_rels/workbook.xml.rels", relations)


def test_shared_texts_without_their_reading_aids() -> None:
    aside = '<rPh sb="0" eb="1"><t>aside</t></rPh>'
    texts = f"<si><t>b</t></si><si><r><t>a_x000D_</t></r><r><t>c</t></r>{aside}</si>"
    sheet = '<row><c t="s"><v>1</v></c><c t="s"/><c t="s"><v>0</v></c></row>'
    assert cells(shared(texts, sheet)) == [["a\rc", "", "b"]]


def replaced(data: bytes, name: str, content: str) -> bytes:
    """The file with one part exchanged."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return file.getvalue()


def test_a_cell_with_its_text_inside_it() -> None:
    sheet = '<row r="3"><c r="B3" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c></row>'
    (row,) = spreadsheets.rows(by_hand(sheet))
    assert (row.number, row.cells) == (3, ["", "ab"])


def test_a_formula_counts_as_the_value_saved_with_it() -> None:
    sheet = '<row><c t="str"><f>A2&amp;"x"</f><v>saved</v></c><c><f>1+1</f><v>2</v></c></row>'
    assert cells(by_hand(sheet)) == [["saved", "2"]]


@pytest.mark.parametrize("says", ["A1", "A1:XFD1048576", "B2:B2"])
def test_what_a_file_says_of_its_own_size_is_not_believed(says: str) -> None:
    sheet = (
        f'<worksheet xmlns="{MAIN}"><dimension ref="{says}"/><sheetData><row><c><v>1</v></c>'
        "<c><v>2</v></c></row><row><c><v>3</v></c></row></sheetData></worksheet>"
    )
    data = replaced(by_hand(""), "xl/worksheets/sheet1.xml", sheet)
    assert cells(data) == [["1", "2"], ["3"]]


def test_what_openpyxl_leaves_out_is_not_told(recwarn: pytest.WarningsRecorder) -> None:
    """Its warnings quote cells; here a day outside the calendar, and a list of choices."""

    def fill(book: openpyxl.Workbook) -> None:
        book.active["A1"] = 99_999_999
        book.active["A1"].number_format = "dd-mm-yyyy"

    more = f'<extLst xmlns="{MAIN}"><ext uri="{{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}}"/></extLst>'
    with zipfile.ZipFile(io.BytesIO(workbook(fill))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    sheet = sheet.replace("</worksheet>", f"{more}</worksheet>")
    data = replaced(workbook(fill), "xl/worksheets/sheet1.xml", sheet)
    assert cells(data) == [["#VALUE!"]]
    assert not recwarn.list
    warnings.warn("of our own", UserWarning, stacklevel=1)
    assert [str(one.message) for one in recwarn.list] == ["of our own"]


def test_the_file_is_closed_also_when_nobody_reads_on(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    load = openpyxl.load_workbook
    monkeypatch.setattr(
        openpyxl,
        "load_workbook",
        lambda *args, **how: opened.append(load(*args, **how)) or opened[0],
    )
    reading = spreadsheets.rows(of_rows(["a"], ["b"]))
    assert next(reading).cells == ["a"]
    (archive,) = (book._archive for book in opened)
    assert archive.fp
    reading.close()
    assert archive.fp is None


@pytest.mark.parametrize("prefix", ["x:", ""])
def test_elements_may_have_a_prefix(prefix: str) -> None:
    name = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    sheet = (
        f'<{prefix}worksheet {name}="{MAIN}"><{prefix}sheetData><{prefix}row><{prefix}c>'
        f"<{prefix}v>5</{prefix}v></{prefix}c></{prefix}row></{prefix}sheetData></{prefix}worksheet>"
    )
    assert cells(replaced(by_hand(""), "xl/worksheets/sheet1.xml", sheet)) == [["5"]]


# --- files that mean harm (T12) --------------------------------------------------------------

ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("prolog", [ENTITIES, OUTSIDE], ids=["growing", "from outside"])
def test_entities_are_refused(prolog: str) -> None:
    sheet = '<row><c t="str"><v>&a;</v></c></row>'
    with pytest.raises(UnreadableFile):
        cells(by_hand(sheet, prolog=prolog))


def test_entities_are_refused_in_every_part_that_is_read() -> None:
    for name in ("_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        with zipfile.ZipFile(io.BytesIO(by_hand(""))) as archive:
            content = archive.read(name).decode()
        assert cells(replaced(by_hand(""), name, content)) == []
        with pytest.raises(UnreadableFile):
            cells(replaced(by_hand(""), name, ENTITIES + content))


def test_a_file_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = by_hand("", {"xl/media/image1.bmp": b"\0" * 3_000_000})
    assert len(data) < 10_000
    assert cells(data) == []
    monkeypatch.setattr(spreadsheets, "MAX_UNPACKED", 2_999_999)
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    with pytest.raises(UnreadableFile):
        cells(data)


def test_a_file_that_is_packed_too_well_is_refused_before_it_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = by_hand("<row><c/></row>" * 20_000)
    assert cells(data) == []
    monkeypatch.setattr(spreadsheets, "UNSUSPECTED", 100_000)
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    with pytest.raises(UnreadableFile):
        cells(data)


def test_the_limits_hold_what_the_largest_employer_needs() -> None:
    """100,000 rows of 16 columns are 75 MB of sheet, packed to a 14th, and 4 million elements."""
    assert 200_000_000 < spreadsheets.MAX_UNPACKED <= 500_000_000
    assert 8_000_000 < spreadsheets.MAX_ELEMENTS <= 20_000_000
    assert 50 < spreadsheets.MAX_RATIO <= 200


@pytest.mark.parametrize(
    ("limit", "value"),
    [("MAX_PARTS", 3), ("MAX_ELEMENTS", 10), ("MAX_ROWS", 1), ("LAST_ROW", 1)],
)
def test_each_limit_is_kept(monkeypatch: pytest.MonkeyPatch, limit: str, value: int) -> None:
    data = by_hand("<row><c><v>1</v></c></row><row><c><v>2</v></c></row>")
    assert cells(data) == [["1"], ["2"]]
    monkeypatch.setattr(spreadsheets, limit, value)
    with pytest.raises(UnreadableFile):
        cells(data)


def test_a_declared_size_that_lies_gives_no_more_than_it_says() -> None:
    """The archive says that the sheet is small; what lies beyond is never unpacked."""
    data = by_hand("<row><c><v>1</v></c></row>" * 100_000)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        real = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lying = data.replace(real.to_bytes(4, "little"), (500).to_bytes(4, "little"))
    assert lying != data
    with pytest.raises(UnreadableFile):
        cells(lying)


def test_a_cell_far_out_costs_nothing() -> None:
    sheet = '<row r="1048576"><c r="A1048576"><v>2</v></c><c r="XFD1048576"><v>1</v></c></row>'
    (row,) = spreadsheets.rows(by_hand(sheet))
    assert (row.number, row.cells) == (1048576, ["2"])
    with pytest.raises(UnreadableFile):
        cells(by_hand(sheet.replace("1048576", "99999999999")))


@pytest.mark.parametrize(
    "sheet",
    [
        '<row><c r="ÆA1"><v>1</v></c></row>',
        '<row><c r="AAAA1"><v>1</v></c></row>',
        '<row><c t="s"><v>9</v></c></row>',
        '<row><c t="s"><v>x</v></c></row>',
        '<row r="x"><c><v>1</v></c></row>',
        "<row><c><v>1</c></row>",
        f'<row><c t="str"><v>{"x" * 40_000}</v></c></row>',
    ],
    ids=["letters", "far", "no such text", "no number", "no row", "not closed", "long"],
)
def test_a_damaged_sheet_gives_the_one_error(sheet: str) -> None:
    with pytest.raises(UnreadableFile):
        cells(by_hand(sheet))


def locked(data: bytes) -> bytes:
    """The archive with its parts marked as encrypted, by the flag in front of each."""
    local, central = b"PK\x03\x04\x14\x00", b"PK\x01\x02\x14\x03\x14\x00"
    assert local in data
    assert central in data
    for header in (local, central):
        data = data.replace(header + b"\0", header + b"\1")
    return data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"fornavn;efternavn\r\nBo;Holm\r\n",
        b"%PDF-1.7",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        b"PK\x05\x06" + b"\0" * 18,
        of_rows(["a"])[:-100],
        locked(of_rows(["a"])),
        of_rows(["a"]).replace(b"xl/workbook.xml", b"xl/elsewhere.xm"),
    ],
    ids=["empty", "csv", "pdf", "xls or encrypted", "no parts", "cut off", "password", "no book"],
)
def test_what_is_no_xlsx_gives_the_one_error(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        cells(data)


def test_a_spreadsheet_of_the_strict_kind_is_not_taken_for_an_empty_one() -> None:
    """Its namespaces are unknown to openpyxl; the person is asked to save it again."""
    strict = replaced(
        by_hand("<row><c><v>1</v></c></row>"),
        "xl/workbook.xml",
        '<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"'
        ' xmlns:r="http://purl.oclc.org/ooxml/officeDocument/relationships"><sheets>'
        '<sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
    )
    with pytest.raises(UnreadableFile):
        cells(strict)


def test_a_sheet_whose_bytes_were_damaged_gives_the_one_error() -> None:
    data = by_hand("<row><c><v>12345</v></c></row>" * 50)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        start = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 60
    with pytest.raises(UnreadableFile):
        cells(data[:start] + b"\xff" * 20 + data[start + 20 :])


def test_what_lies_outside_the_file_is_never_followed() -> None:
    outside = (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" TargetMode="External"'
        f' Type="{RELATED}/worksheet" Target="http://evil.example/sheet1.xml"/></Relationships>'
    )
    with pytest.raises(UnreadableFile):
        cells(replaced(by_hand(""), "xl/_rels/workbook.xml.rels", outside))
    upwards = outside.replace(' TargetMode="External"', "").replace(
        "http://evil.example/sheet1.xml", "../../../etc/passwd"
    )
    with pytest.raises(UnreadableFile):
        cells(replaced(by_hand(""), "xl/_rels/workbook.xml.rels", upwards))
