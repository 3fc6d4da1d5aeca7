"""Small files that unpack to far more than any form, each in another way."""

import bz2
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable

from pypdf import PdfReader, PdfWriter

from tests.frames.reading.word_file import W

_MUCH = 120_000_000  # bytes


def _spaces(compressor: object, flush: Callable[[], bytes]) -> bytes:
    """So many spaces packed, without ever holding them all."""
    piece = b" " * 1_000_000
    made = [compressor.compress(piece) for _n in range(_MUCH // len(piece))]  # type: ignore[attr-defined]
    return b"".join(made) + flush()


def deflated(level: int = 9, wbits: int = 15) -> bytes:
    """Spaces as zlib packs them; ``wbits`` of -15 without its head, as a zip holds them."""
    packer = zlib.compressobj(level, zlib.DEFLATED, wbits)
    return _spaces(packer, packer.flush)


def _word(method: int, packed: bytes, size: int) -> bytes:
    """A .docx whose document has these packed bytes, and says that they are ``size`` unpacked."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    data = made.getvalue()
    place, count = data.rindex(b"PK\x01\x02"), 2
    name = b"word/document.xml"
    local = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, method, 0, 33, 0, len(packed), size, len(name), 0)  # fmt: skip # noqa: E501
    central = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, method, 0, 33, 0, len(packed), size, len(name), 0, 0, 0, 0, 0, place)  # fmt: skip # noqa: E501
    body = data[:place] + local + name + packed
    listed = data[place : data.rindex(b"PK\x05\x06")] + central + name
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(listed), len(body), 0)
    return body + listed + end


def word_forged() -> bytes:
    """It says that it is small."""
    return _word(zipfile.ZIP_DEFLATED, deflated(wbits=-15), 2_000)


def word_bzip2() -> bytes:
    """Packed in a way that is unpacked all at once."""
    packer = bz2.BZ2Compressor(9)
    return _word(zipfile.ZIP_BZIP2, _spaces(packer, packer.flush), 2_000)


def word_lzma() -> bytes:
    """The same with the other way."""
    packer = lzma.LZMACompressor(
        lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16}]
    )
    head = struct.pack("<BBH", 9, 4, 5) + bytes([0x5D]) + struct.pack("<I", 1 << 16)
    return _word(zipfile.ZIP_LZMA, head + _spaces(packer, packer.flush), 2_000)


def word_of_elements() -> bytes:
    """More elements than a form has words, each of four bytes."""
    made = io.BytesIO()
    inner = b"<w:b/>" * 9_000_000
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        whole = b'<w:document xmlns:w="%s"><w:body>%s</w:body></w:document>'
        archive.writestr("word/document.xml", whole % (W.encode(), inner))
    return made.getvalue()


def _pdf(contents: str, data: bytes, *more: bytes, resources: str = "") -> bytes:
    """A PDF of one page whose contents have these filters and bytes, with more objects behind."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<<{resources}>>>>".encode(),  # noqa: E501
        _stream(contents, data),
        *more,
    ]
    body, places = b"%PDF-1.5\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    end = (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    )
    return body + end % (count, table, count, len(body))


def _stream(dictionary: str, data: bytes) -> bytes:
    return f"<<{dictionary}/Length {len(data)}>>stream\n".encode() + data + b"\nendstream"


def pdf_chained() -> bytes:
    """Packed twice: once unpacked it is still small."""
    return _pdf("/Filter[/FlateDecode/FlateDecode]", zlib.compress(deflated(), 9))


def pdf_run_length() -> bytes:
    """Runs of 128 bytes, which were packed themselves."""
    runs = zlib.compress(b"\x81 " * (_MUCH // 128), 9)
    return _pdf("/Filter[/FlateDecode/RunLengthDecode]", runs)


def pdf_lzw() -> bytes:
    """LZW, whose table grows while it is unpacked: each code says one sign more."""
    bits, width, code = [(256, 9)], 9, 258
    bits.append((32, 9))
    for _n in range(3_800):
        bits.append((code, width))
        code += 1
        width = 9 if code < 511 else 10 if code < 1023 else 11 if code < 2047 else 12
    number = "".join(format(value, f"0{wide}b") for value, wide in bits)
    number += "0" * (-len(number) % 8)
    once = int(number, 2).to_bytes(len(number) // 8, "big")
    return _pdf("/Filter[/FlateDecode/LZWDecode]", zlib.compress(once * 60, 9))


def pdf_nested_forms() -> bytes:
    """Each of ten drawings shows the next one ten times."""
    forms = []
    for number in range(5, 15):
        inner = f"/Resources<</XObject<</F {number + 1} 0 R>>>>" if number < 14 else ""
        shown = b"/F Do " * 10 if number < 14 else b"BT (x) Tj ET"
        forms.append(_stream(f"/Type/XObject/Subtype/Form/BBox[0 0 9 9]{inner}", shown))
    return _pdf("", b"/F Do " * 10, *forms, resources="/XObject<</F 5 0 R>>")


def pdf_encrypted() -> bytes:
    """Encrypted with an empty password: what it unpacks to cannot be measured from outside."""
    plain = PdfReader(io.BytesIO(_pdf("/Filter/FlateDecode", deflated())))
    writer = PdfWriter(clone_from=plain)
    writer.encrypt(user_password="", owner_password="ejer")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


BOMBS = {
    "forged.docx": word_forged,
    "bzip2.docx": word_bzip2,
    "lzma.docx": word_lzma,
    "elements.docx": word_of_elements,
    "chained.pdf": pdf_chained,
    "runs.pdf": pdf_run_length,
    "lzw.pdf": pdf_lzw,
    "nested.pdf": pdf_nested_forms,
    "encrypted.pdf": pdf_encrypted,
}
