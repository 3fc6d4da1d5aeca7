"""Word files and PDFs are read in a short process of their own (docs/decisions/0005).

A file of some kilobytes can unpack to gigabytes in more ways than anybody can list: filters within
filters, forms within forms, a lie about sizes. So what they unpack to stays out of the server:
``unpacking`` does it under limits on time and memory, and hands the lines back.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from django.utils.translation import gettext

from musling.foundation.short_process import run_alone
from musling.frames.reading.lines import Line
from musling.frames.reading.problems import Limits, UnreadableForm, too_heavy

PROGRAM = Path(__file__).with_name("unpacking.py")


def reader_of(kind: str) -> Callable[[bytes, Limits], list[Line]]:
    """What reads files of the kind, ``docx`` or ``pdf``."""
    return lambda data, limits: lines(kind, data, limits)


def lines(kind: str, data: bytes, limits: Limits) -> list[Line]:
    """The lines of a Word file or a PDF.

    Raises UnreadableForm for one that cannot be read, and for one that takes more than the limits.
    """
    order = json.dumps({"kind": kind, "limits": asdict(limits)}).encode()
    run = run_alone(PROGRAM, order + b"\n" + data, seconds=limits.wall)
    if run is None or run.returncode != 0:
        raise too_heavy()
    told = json.loads(run.stdout)
    if "refused" in told:
        # The program speaks the language of the code, and its sentences are all in the catalogue.
        raise UnreadableForm(gettext(told["refused"]))
    return [Line(**line | {"cells": tuple(line["cells"])}) for line in told["lines"]]
