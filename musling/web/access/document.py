"""The same table as a page of the documentation (written by ``make access-page``)."""

from pathlib import Path

from django.utils import translation

from musling.conversations.contents import STAGES
from musling.conversations.kinds import KINDS, Kind
from musling.web.access.table import Line, Reader, of_people, of_talks

HEAD = """# Who can see what

Made from the rows in `access.py` by `make access-page`; do not edit by hand. A test fails when it
differs from the rows, and another tries every cell over HTTP. What has no row is seen by nobody.

"""
FILE = Path(__file__).parents[3] / "docs" / "access.md"


def markdown() -> str:
    """The table in English: per kind of talk, and of people, one section per class of content."""
    with translation.override("en"):
        talks = "\n".join(_kind(kind) for kind in KINDS.values())
        people = "\n".join(_of_people(line) for line in of_people())
        return f"{HEAD}{talks}\n## What the organisation knows of a person\n\n{people}"


def _kind(kind: Kind) -> str:
    sections = "\n".join(_of_talk(line) for line in of_talks(kind))
    return f"## {kind.name} ({kind.employee}, `{kind.id}`)\n\n{sections}"


def _of_talk(line: Line) -> str:
    heads = " | ".join(str(stage.name) for stage in STAGES)
    rows = "".join(_row(reader) for reader in line.seen_by)
    never = ", ".join(str(part.name) for part in line.never)
    table = f"| who sees it | {heads} |\n|---|{'---|' * len(STAGES)}\n{rows}"
    return f"{_heads(line)}{table}\nNever: {never}.\n"


def _heads(line: Line) -> str:
    names = " · ".join(str(content.name) for content in line.contents)
    what = "".join(f"- {content.name}: {content.what}.\n" for content in line.contents)
    return f"### {names}\n\n{what}\n"


def _row(reader: Reader) -> str:
    who = f"{reader.part.name}, {reader.when}" if reader.when else str(reader.part.name)
    cells = " | ".join(
        "sees and changes" if changes else "sees" if sees else "–"
        for _stage, sees, changes in reader.cells()
    )
    return f"| {who} | {cells} |\n"


def _of_people(line: Line) -> str:
    rows = "".join(
        f"| {reader.part.name} | {reader.when} | {'yes' if reader.may_change else 'no'} |\n"
        for reader in line.seen_by
    )
    return f"{_heads(line)}| who sees it | when | may change it |\n|---|---|---|\n{rows}"
