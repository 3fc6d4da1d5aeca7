"""How deep each block of a section stands: items at the top, what helps with them below.

A marker that was seen before brings back its rank; a new one after an item goes deeper, and so does
a greater indentation. Nothing else is known of flattened lists, and it is enough for them.
"""

from dataclasses import dataclass, field

from musling.frames.reading.blocks import Block

STEP = 1.5  # characters; less is the ragged edge of a PDF


@dataclass(slots=True)
class Ranks:
    """The open ranks of a section, from the top down: style and indentation of each."""

    open: list[tuple[str, float]] = field(default_factory=list)

    def depth_of(self, block: Block) -> int:
        """The depth of the block, which is open from now on."""
        style = _style(block)
        self._close_deeper(block)
        place = self._found(style, block.indent)
        if place is None:
            self.open.append((style, block.indent))
            return len(self.open) - 1
        del self.open[place + 1 :]
        self.open[place] = (style, block.indent)
        return place

    def _close_deeper(self, block: Block) -> None:
        """What is set clearly left of the deepest one ends it."""
        while len(self.open) > 1 and block.indent < self.open[-1][1] - STEP:
            if any(block.indent >= indent - STEP for _style, indent in self.open[:-1]):
                self.open.pop()
            else:
                break

    def _found(self, style: str, indent: float) -> int | None:
        near = [
            place
            for place, (known, where) in enumerate(self.open)
            if known == style and abs(where - indent) <= STEP
        ]
        if near:
            return near[-1]
        deepest = self.open[-1][1] if self.open else indent
        if indent > deepest + STEP:
            return None
        same = [place for place, (known, _where) in enumerate(self.open) if known == style]
        return same[-1] if same else None


def _style(block: Block) -> str:
    """Dashes of any length are one kind of bullet."""
    if block.style in ("bullet –", "bullet —", "bullet ‣"):
        return "bullet -"
    return block.style or "plain"
