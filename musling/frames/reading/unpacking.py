"""Takes the lines out of one Word file or PDF and ends. Run as a program by ``apart``.

Reads one line of JSON (``kind``, ``limits``) and then the file from standard input; writes
``{"lines": [...]}`` or ``{"refused": "why, untranslated"}`` to standard output. What takes too much
ends without a word and not with 0.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))  # this Musling, not another one

from django.conf import settings

from musling.foundation.short_process import limited
from musling.frames.reading import docx, pdf
from musling.frames.reading.lines import Line
from musling.frames.reading.problems import Limits, UnreadableForm, too_long


def taken(kind: str, data: bytes, limits: Limits) -> list[Line]:
    """The lines of the file. Raises UnreadableForm."""
    found = docx.lines(data, limits) if kind == "docx" else pdf.lines(data, limits)
    sizes = [len(line.text) + sum(map(len, line.cells)) for line in found]
    if len(found) > limits.lines or sum(sizes) > limits.text or max(sizes, default=0) > limits.line:
        raise too_long()
    return found


def main() -> int:
    """Standard input to standard output."""
    settings.configure(USE_I18N=False)
    order = json.loads(sys.stdin.buffer.readline())
    limits = Limits(**order["limits"])
    data = sys.stdin.buffer.read(limits.file + 1)
    limited(processor_seconds=limits.processor, memory_bytes=limits.memory)
    told: dict[str, Any]
    try:
        told = {"lines": [asdict(line) for line in taken(order["kind"], data, limits)]}
    except UnreadableForm as refused:
        told = {"refused": refused.message}
    sys.stdout.write(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
