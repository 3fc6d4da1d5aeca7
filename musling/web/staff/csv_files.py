"""Tables as CSV files that Danish offices open in a spreadsheet, without formulas (T18)."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

BOM = "\ufeff"  # tells spreadsheets that it is UTF-8
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(cell: object) -> str:
    """The cell as text that no spreadsheet takes for a formula: an apostrophe goes before it."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA) else text


def csv_file(
    name: str, columns: Sequence[object], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """The table to be downloaded as ``name``: semicolons, UTF-8, every cell harmless."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for row in (columns, *rows):
        writer.writerow([harmless(cell) for cell in row])
    response = HttpResponse(BOM + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
