"""Where the letters of a page lie: to see that none runs over the edge."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream

# Typst places each piece of text by one matrix without scale or turning, the y axis apart.
Matrix = list[float]


def rightmost(pdf: bytes) -> float:
    """Where the piece of text that reaches furthest to the right ends, in points."""
    reader = PdfReader(BytesIO(pdf))
    return max(end for page in reader.pages for end in _ends(reader, page))


def _ends(reader: PdfReader, page: Any) -> Iterator[float]:
    fonts = {name: _widths(font) for name, font in page["/Resources"]["/Font"].items()}
    left, kept = 0.0, []
    at, size, widths = 0.0, 0.0, {}
    for operands, operator in ContentStream(page["/Contents"].get_object(), reader).operations:
        if operator == b"q":
            kept.append(left)
        elif operator == b"Q":
            left = kept.pop()
        elif operator == b"cm":
            left += float(operands[4])
        elif operator == b"Tf":
            widths, size = fonts[operands[0]], float(operands[1])
        elif operator == b"Tm":
            at = float(operands[4])
        elif operator in {b"Tj", b"TJ"}:
            at += _width(operands[0], widths) * size / 1000
            yield left + at


def _width(text: Any, widths: dict[int, float]) -> float:
    total = 0.0
    for part in text if isinstance(text, ArrayObject) else [text]:
        if isinstance(part, int | float):
            total -= float(part)
        else:
            codes = part.original_bytes
            total += sum(widths[codes[n] * 256 + codes[n + 1]] for n in range(0, len(codes), 2))
    return total


def _widths(font: Any) -> dict[int, float]:
    """The widths of a font's letters by their code, as the PDF writes them: first, last, width."""
    given = font.get_object()["/DescendantFonts"][0].get_object()["/W"]
    return {
        code: float(given[n + 2])
        for n in range(0, len(given), 3)
        for code in range(given[n], given[n + 1] + 1)
    }
