"""The same table as a page of the documentation (written by ``make access-page``)."""

from pathlib import Path

from django.utils import translation

from musling.web.access.table import Line, table

HEAD = """# Who can see what

Made from the rows in `access.py` by `make access-page`; do not edit by hand. A test fails when it
differs from the rows. What has no row is seen by nobody.

"""
FILE = Path(__file__).parents[3] / "docs" / "access.md"


def markdown() -> str:
    """The table in English, one section per class of content."""
    with translation.override("en"):
        return HEAD + "\n".join(_section(line) for line in table())


def _section(line: Line) -> str:
    rows = "".join(
        f"| {part.name} | {when} | {'yes' if change else 'no'} |\n"
        for part, when, change in line.seen_by
    )
    never = ", ".join(str(part.name) for part in line.never)
    return (
        f"## {line.content.name}\n\n{line.content.what}.\n\n"
        f"| who sees it | when | may change it |\n|---|---|---|\n{rows}"
        + (f"\nNever: {never}.\n" if never else "")
    )
