"""Sets one document and ends. Run as a program of its own by ``typesetting``; never imported.

Reads one JSON object from standard input (``template``, ``data``, ``made_at`` in Unix seconds) and
writes the PDF to standard output. What goes wrong is one line on standard error and exit 1.

Why a process of its own:

* Typst remembers what it set (some thirty documents and 130 MB, measured); text that is sealed in
  the database must not linger in a server's memory.
* It has no secrets: an empty environment, no database, no keys.
* It can reach nothing: Typst reads below ``templates`` only, fonts come from ``fonts`` only, and
  the proxy of its package downloads leads nowhere (``short_process`` sets it).
* It cannot run on: the limits below, and the caller's patience.
"""

import json
import sys
from pathlib import Path

import typst

HERE = Path(__file__).resolve().parent
TEMPLATES = HERE / "templates"
PROCESSOR_SECONDS = 30
MEMORY_BYTES = 2 * 1024**3


def limit() -> None:
    """Sets hard limits on time and memory where the system knows them."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def press(template: str, data: str, made_at: int) -> bytes:
    """The PDF. ``data`` is JSON that the template reads; none of it is ever markup."""
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(HERE / "fonts")],
    )
    pdf = typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        font_paths=fonts,
        sys_inputs={"data": data},
        format="pdf",
        # Both at once: kept for decades (A: tagged, with real text), readable by everybody (UA).
        pdf_standards=["a-3a", "ua-1"],
        timestamp=made_at,
        package_path=str(TEMPLATES / "no-packages"),
        package_cache_path=str(TEMPLATES / "no-packages"),
    )
    return bytes(pdf)


def main() -> int:
    """Standard input to standard output."""
    limit()
    order = json.load(sys.stdin)
    try:
        pdf = press(order["template"], order["data"], order["made_at"])
    except typst.TypstError as problem:
        print(problem.message, file=sys.stderr)  # noqa: T201 - to the caller, not to a log
        return 1
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
