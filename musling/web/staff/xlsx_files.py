"""Tables as spreadsheets: numbers are numbers, and no text is a formula (T18)."""

import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from musling.web.staff.csv_files import harmless

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDE, NARROW = 40, 12  # columns, in letters


def xlsx_file(
    name: str, columns: Sequence[object], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """The table to be downloaded as ``name``: the first row are headings, every text harmless."""
    from openpyxl import Workbook  # noqa: PLC0415 (20 MB that only a file needs)
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 (as above)

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Musling")
    sheet.freeze_panes = "B2"
    for place in range(len(columns)):
        sheet.column_dimensions[get_column_letter(place + 1)].width = NARROW if place else WIDE
    for row in (columns, *rows):
        sheet.append([_cell(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    response = HttpResponse(out.getvalue(), content_type=TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _cell(value: object) -> int | str:
    """A number as it is; a text without what XML cannot hold, and not as a formula."""
    if isinstance(value, int):
        return value
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415 (as above)

    return harmless(ILLEGAL_CHARACTERS_RE.sub("", str(value)))
