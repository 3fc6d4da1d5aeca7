"""From a template and plain data to a tagged PDF: the one door to Typst.

User text reaches Typst as JSON in ``sys.inputs`` and is shown as a string. It is never markup, so
``#import`` or ``{{ 7*7 }}`` in it stay what they are: letters.
"""

import datetime as dt
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from musling.documents.letters import showable
from musling.foundation.short_process import run_alone

PRESS = Path(__file__).with_name("press.py")
SECONDS = 40


class TypesettingFailedError(RuntimeError):
    """No document came out. The message tells why, and never holds the document's text."""


def typeset(template: str, data: Mapping[str, Any], *, made_at: dt.datetime) -> bytes:
    """The PDF of ``templates/<template>`` filled with ``data``.

    ``data`` holds strings, numbers, booleans, lists and dicts, among them ``title``, ``language``
    and ``organisation``, which end up in the PDF's own description. ``made_at`` is aware; the same
    data and moment give the same bytes. Raises TypesettingFailedError.
    """
    order = {
        "template": template,
        "data": json.dumps(showable(data), ensure_ascii=False),
        "made_at": int(made_at.timestamp()),
    }
    run = run_alone(PRESS, json.dumps(order).encode(), seconds=SECONDS)
    if run is None:
        raise TypesettingFailedError(f"{template}: not set within {SECONDS} seconds")
    if run.returncode != 0 or not run.stdout.startswith(b"%PDF-"):
        raise TypesettingFailedError(f"{template}: {_reason(run)}")
    return run.stdout


def _reason(run: subprocess.CompletedProcess[bytes]) -> str:
    """Why it failed, without quoting: Typst names the letters that it could not set."""
    words = run.stderr.decode(errors="replace").strip().splitlines()
    problem = words[-1] if words else "no message"
    return f"exit {run.returncode}, {problem.split(chr(34))[0][:120].strip()}"
