"""A block: what belongs together as one heading, item or paragraph, with all known about it."""

from dataclasses import dataclass, field, replace
from typing import Literal

from musling.frames.reading.draft import Doubt, LeftOut, QuestionType, Reason

Role = Literal[
    "", "title", "heading", "item", "help", "option", "legend", "mark", "field", "table",
    "answer", "label", "prose", "page", "intro", "row", "theme",
]  # fmt: skip


@dataclass(slots=True)
class Block:
    """Joined lines with one marker before them.

    ``style`` names the kind of marker ("" none): two blocks of one style are of one rank if they
    stand equally deep. ``ordinal`` is the number that the marker says, -1 if it says none.
    ``role`` is what the block is, "" while undecided, ``reason`` why it would be left out.
    ``depth`` counts ranks within a section from 0. ``asks`` tells how much it asks for an answer,
    ``question`` whether in the form of a question, with or without its sign.
    ``type``, ``options``, ``columns`` and ``mandatory`` are what was found on its lines and on
    those that belong to it. ``room``: room to answer follows; ``rated``: steps stand right
    beneath; ``cell``: it stood in a table; ``colon``: the line ended in one; ``explains``: it tells
    what a mark means; ``by_bold``: bold type alone called it mandatory. ``peeled`` is text that
    stood on its lines and is no part of ``text``.
    """

    text: str
    lines: tuple[int, ...]
    style: str = ""
    ordinal: int = -1
    indent: float = 0.0
    gap: bool = False
    bold: bool = False
    italic: bool = False
    size: float = 1.0
    heading: int = 0
    page: int = 1
    role: Role = ""
    reason: Reason = "prose"
    depth: int = 0
    asks: int = 0
    question: bool = False
    type: QuestionType | Literal[""] = ""
    mandatory: bool | None = None
    by_bold: bool = False
    room: bool = False
    cell: bool = False
    rated: bool = False
    colon: bool = False
    explains: bool = False
    options: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    peeled: list[LeftOut] = field(default_factory=list)
    uncertain: Doubt = ""

    def peel(self, text: str, reason: Reason) -> None:
        """Notes text that is taken off this block."""
        if any(sign.isalnum() for sign in text):
            self.peeled.append(LeftOut(text.strip(), reason, self.lines))

    def leave(self, role: Role, reason: Reason) -> None:
        """Decides that the block is no part of the frame."""
        self.role, self.reason = role, reason

    def part(self, text: str, **changes: object) -> "Block":
        """A new block with a part of this one's text, and nothing peeled."""
        fresh: dict[str, object] = {
            "peeled": [], "options": [], "columns": [], "role": "", "type": "", "mandatory": None,
        }  # fmt: skip
        return replace(self, text=text, **(fresh | changes))  # type: ignore[arg-type]

    @property
    def words(self) -> int:
        """How many words the text has."""
        return len(self.text.split())

    @property
    def capitals(self) -> bool:
        """Whether it is written in capitals alone."""
        return self.text.isupper() and sum(sign.isalpha() for sign in self.text) > 3
