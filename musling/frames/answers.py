"""What somebody answered, in words: what was chosen and what stands in a table, by the item."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from musling.frames.document import Item, text


@dataclass(frozen=True, slots=True)
class Filled:
    """A table with something in it; rows in which nothing stands are left out."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def lines(self) -> str:
        """The same as plain text: a row a line, each cell behind its column's name."""
        return "\n".join(
            "; ".join(
                f"{column}: {words}"
                for column, words in zip(self.columns, row, strict=True)
                if words
            )
            for row in self.rows
        )


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as its reader sees it."""

    score: int | None = None
    chosen: tuple[str, ...] = ()
    text: str = ""
    table: Filled | None = None

    def __bool__(self) -> bool:
        return self != Said()

    def words(self) -> str:
        """All but the number, as plain text."""
        table = self.table.lines() if self.table else ""
        return "\n".join(filter(None, (", ".join(self.chosen), self.text, table)))

    def data(self) -> dict[str, Any]:
        """What is there, for somebody's own copy."""
        table = self.table and {"columns": self.table.columns, "rows": self.table.rows}
        found = {
            "score": self.score,
            "chosen": list(self.chosen),
            "text": self.text,
            "table": table,
        }
        return {name: part for name, part in found.items() if part not in (None, [], "")}


def said(
    item: Item | None,
    value: Mapping[str, Any],
    language: str,
    names: Mapping[str, str] | None = None,
) -> Said:
    """The answer in the reader's language.

    ``value``: the stored answer. ``names``: what can be chosen where no item says it, in the order
    in which it is shown, such as the phases of life.
    """
    if item and item.options:
        names = {option.id: text(option.text, language) for option in item.options}
    chosen = value.get("chosen", ())
    return Said(
        score=value.get("score"),
        chosen=tuple(words for one, words in (names or {}).items() if one in chosen),
        text=value.get("text", ""),
        table=_filled(item, value.get("cells", {}), language) if item else None,
    )


def _filled(item: Item, cells: Mapping[str, str], language: str) -> Filled | None:
    width = len(item.columns)
    words = [cells.get(cell, "") for cell in item.cells]
    rows = (tuple(words[start : start + width]) for start in range(0, len(words), width or 1))
    filled = tuple(row for row in rows if any(row))
    columns = tuple(text(column.text, language) for column in item.columns)
    return Filled(columns, filled) if filled else None
