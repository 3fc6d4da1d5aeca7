"""One heading with what stands under it: which blocks are items, which help, which neither."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from musling.frames.reading.blocks import Block
from musling.frames.reading.draft import Doubt, DraftQuestion, DraftTheme
from musling.frames.reading.durations import minutes_alone
from musling.frames.reading.naming import clean_title

_LONG = 60  # words; longer questions are most often two, or a paragraph
_MUCH_HELP = 6  # lines; most items have one to three
_CONTINUED = re.compile(r"\s*[(–-]*\s*(?:fortsat|forts\.?|fortsättning|fortsatt|fortsetzung|continued|cont\.?)\)?\W*$", re.IGNORECASE)  # fmt: skip # noqa: E501


@dataclass(slots=True)
class Entry:
    """An item with its help."""

    block: Block
    help: list[Block] = field(default_factory=list)
    options: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class Section:
    """A heading (None before the first) and the blocks under it, in order."""

    heading: Block | None
    blocks: list[Block] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    intro: list[Block] = field(default_factory=list)
    help: list[Block] = field(default_factory=list)
    scale: Block | None = None

    @property
    def title(self) -> str:
        """The heading's text, or nothing."""
        return clean_title(self.heading.text) if self.heading else ""

    def theme(self) -> DraftTheme | None:
        """The theme; None where nothing in it is asked."""
        for entry in self.entries:
            if not _says_anything(entry):
                _leave_out(entry)
        self.entries = [entry for entry in self.entries if _says_anything(entry)]
        if not self.entries:
            for block in (*self.intro, *self.help):
                block.leave("prose", "prose")
            return None
        if self.heading:
            self.heading.role = "theme"
        return DraftTheme(
            self.title,
            [_question(entry) for entry in self.entries],
            [tidy(block.text) for block in self.help],
            [block.text for block in self.intro],
            self.heading.lines if self.heading else (),
            _lines_of(self.intro),
            _lines_of(self.help),
            "" if self.heading else "no-heading",
            next((m for b in self.intro if (m := minutes_alone(b.text))), None),
        )


def is_continued(title: str, before: str) -> bool:
    """Whether the title is the one before, "(fortsat)"."""
    bare = _CONTINUED.sub("", title).strip().lower()
    return bare != title.strip().lower() and bare == before.strip().lower()


def _says_anything(entry: Entry) -> bool:
    return any(sign.isalnum() for sign in entry.block.text)


def _leave_out(entry: Entry) -> None:
    """With its answers: those on a line of their own are the block's by now, and nowhere else."""
    for block in (entry.block, *entry.help, *entry.options):
        block.leave("prose", "prose")
    listed = {tidy(block.text) for block in entry.options}
    if entry.block.type == "choice":
        own = [option for option in entry.block.options if option not in listed]
        entry.block.peel(" ☐ ".join(own), "legend")


def _doubt(entry: Entry) -> Doubt:
    """What a person should look at: what does not ask, is very long, or took help from its like."""
    block = entry.block
    if block.uncertain:
        return block.uncertain
    if block.words > _LONG:
        return "long"
    if len(entry.help) > _MUCH_HELP or any(_may_be_item(one, block) for one in entry.help):
        return "help"
    return "topic" if block.asks == 0 and not block.type and not block.room else ""


def _may_be_item(one: Block, item: Block) -> bool:
    """A question without a marker that stands no deeper than the item: help only by its place."""
    return "?" in one.text and not one.style and not one.cell and one.indent <= item.indent


def tidy(text: str) -> str:
    """The text with single spaces."""
    return re.sub(r"\s+", " ", text).strip()


def _question(entry: Entry) -> DraftQuestion:
    block = entry.block
    return DraftQuestion(
        clean_title(tidy(block.text)),
        block.type or "text",
        block.mandatory,
        [tidy(one.text) for one in entry.help],
        [tidy(one) for one in block.options],
        [tidy(one) for one in block.columns],
        _lines_of((block, *entry.help, *entry.options)),
        _lines_of(entry.help),
        _doubt(entry),
    )


def _lines_of(blocks: Iterable[Block]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(number for block in blocks for number in block.lines))
