"""The table "who can see what", made from the rows that the program enforces."""

from dataclasses import dataclass

from musling.conversations import access as conversations
from musling.foundation.visibility import Content, PartPlayed, Row, Text
from musling.people import access as people

ROWS: tuple[Row, ...] = conversations.ROWS + people.ROWS


@dataclass(frozen=True)
class Line:
    """One class of content: who sees it and when, and who never does."""

    content: Content
    seen_by: tuple[tuple[PartPlayed, Text, bool], ...]
    never: tuple[PartPlayed, ...]


def table() -> list[Line]:
    """A line per class of content, in the order of the rows; nothing here is written by hand."""
    contents = list(dict.fromkeys(row.content for row in ROWS))
    return [_line(content) for content in contents]


def _line(content: Content) -> Line:
    seen: dict[str, tuple[PartPlayed, Text, bool]] = {}
    for row in ROWS:
        if row.content is content:
            seen.setdefault(row.part.id, (row.part, row.when, row.change))
    parts = conversations.PARTS if content in _talk_contents() else ()
    implied = {"employee", "leader"} if "author" in seen else set()
    never = tuple(part for part in parts if part.id not in seen and part.id not in implied)
    if "author" not in seen:
        never = tuple(part for part in never if part.id != "author")
    return Line(content, tuple(seen.values()), never)


def _talk_contents() -> set[Content]:
    return {row.content for row in conversations.ROWS}
