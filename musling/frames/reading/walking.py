"""Walks through a section and says of each block whether it is an item, its help, or neither."""

import re
from itertools import pairwise

from musling.frames.reading import signs
from musling.frames.reading.blocks import Block
from musling.frames.reading.labels import Label, label_of
from musling.frames.reading.ranking import STEP, Ranks
from musling.frames.reading.sections import Entry, Section
from musling.frames.reading.words import Words


def settle(section: Section, words: Words, *, scaled: bool) -> None:
    """Gives every block of the section its place. ``scaled``: the form explains a scale."""
    _Walk(section, words, scaled).run()


def _leads_to_room(block: Block, after: Block) -> bool:
    """ "Det er aftalt, at" over a line to write on."""
    drawn = after.role == "answer" and ("_" in after.text or ".." in after.text)
    return drawn and not block.role and block.words <= 12 and not block.text.endswith((".", "!"))


class _Walk:
    """Goes through a section's blocks and knows the last item."""

    def __init__(self, section: Section, words: Words, scaled: bool) -> None:
        self.section, self.words, self.scaled = section, words, scaled
        self.ranks = Ranks()
        self.last: Entry | None = None
        self.under_label = self.for_theme = False
        self.before_items = ""
        self.guide = self._is_guide()
        plain = [b for b in section.blocks if not b.style and b.words > 6]
        self.told = sum(b.asks == 0 for b in plain) * 2 > len(plain)

    def run(self) -> None:
        """Settles each block, then what only the whole section shows."""
        deeds = {
            "": self._open, "table": self._table, "item": self._item, "help": self._help,
            "legend": self._legend, "answer": self._answer,
        }  # fmt: skip
        for place, block in enumerate(self.section.blocks):
            deed = deeds.get(block.role)
            if deed:
                deed(block, place)
        self._alone()

    def _is_guide(self) -> bool:
        """Advice on the talk: its bullets ask nothing, or its heading says so."""
        marked = [b for b in self.section.blocks if b.style not in ("", "box") and b.role == ""]
        asking = sum(block.asks > 1 for block in marked)
        if any(b.role in ("table", "item") or b.type or b.room for b in self.section.blocks):
            return False
        if any(_leads_to_room(one, other) for one, other in pairwise(self.section.blocks)):
            return False
        title = self.section.title
        if self.words.starts("guide", title) and not any(b.question for b in self.section.blocks):
            return True
        if asking * 2 > len(marked) or not marked:
            return not marked and not self._asking_plain() and not self._has_boxes()
        if self.words.starts("guide", title) or (self.words.holds("guide", title) and asking == 0):
            return True
        advice = sum(self.words.starts("howto", block.text) for block in marked)
        return asking == 0 and (advice * 2 >= len(marked) or not title)

    def _has_boxes(self) -> bool:
        return any(self._is_over_boxes(b, n) for n, b in enumerate(self.section.blocks))

    def _asking_plain(self) -> bool:
        return any(b.asks > 1 for b in self.section.blocks if not b.role)

    def _near(self, place: int, count: int) -> list[Block]:
        """So many blocks after a place, or before it where the count is negative.

        Never the whole rest: that would make long files slow.
        """
        if count < 0:
            return self.section.blocks[max(0, place + count) : place]
        return self.section.blocks[place + 1 : place + 1 + count]

    # What each role means here. A block without role is judged by its marker and place.

    def _table(self, block: Block, place: int) -> None:
        self.under_label = False
        text = self._introduction(place)
        if text:
            block.text, block.lines = text.text, (*text.lines, *block.lines)
            block.mandatory = text.mandatory
            text.leave("intro", "label")
            text.role = "intro"
        self.last = Entry(block)
        self.section.entries.append(self.last)

    def _introduction(self, place: int) -> Block | None:
        """The sentence right before a table that says what is to be filled in."""
        before = self.section.blocks[place - 1] if place else None
        if before is None or before.words > 20:
            return None
        alone = (
            len(self.section.entries) == 1 or before.colon or self.words.holds("sheet", before.text)
        )
        if (
            before.role == "item"
            and not before.room
            and self.last
            and before is self.last.block
            and alone
        ):
            self.section.entries.pop()
            return before
        told = before.text.endswith((":", "?")) or self.words.holds("here", before.text)
        if before in self.section.intro and told:
            self.section.intro.remove(before)
            return before
        return None

    def _item(self, block: Block, _place: int) -> None:
        self.ranks = Ranks()  # a table ends the lists before it
        self.under_label = False
        self.last = Entry(block)
        self.section.entries.append(self.last)

    def _help(self, block: Block, _place: int) -> None:
        if (
            block.asks > 2
            and block.cell
            and not block.style
            and self.last
            and not self._explains(block)
        ):
            self._item_of(block)
        else:
            self._give_help(block)

    def _explains(self, block: Block) -> bool:
        return (
            block.italic
            or block.text.startswith("(")
            or self.words.starts("help_label", block.text)
        )

    def _legend(self, block: Block, place: int) -> None:
        """Steps under an item are its answers; before all items they are for all of them."""
        if self._continues_answers(block, place):
            return
        if self.last and not self.last.block.type and self._belongs(place):
            self.last.block.type = block.type
            self.last.block.options = list(block.options)
            if block.type == "choice":
                block.role = "option"
        elif not self.section.scale and block.type == "scale":
            self.section.scale = block

    def _continues_answers(self, block: Block, place: int) -> bool:
        """A second row of boxes right under the first: more answers to the same."""
        before = self.section.blocks[place - 1] if place else None
        if before is None or self.last is None or before.role != "option" or block.gap:
            return False
        if not (before.style == block.style == "" and before.options and block.options):
            return False
        whole = [*self.last.block.options, *block.options]
        self.last.block.options = whole
        self.last.block.type = signs.kind_of_options(whole, self.words)  # type: ignore[assignment]
        kept = self.last.block.type == "choice"
        block.role = "option" if kept else "legend"
        return True

    def _belongs(self, place: int) -> bool:
        before = next((b for b in reversed(self._near(place, -8)) if b.role != "answer"), None)
        return before is not None and before.role in ("item", "help")

    def _answer(self, _block: Block, _place: int) -> None:
        if self.last:
            self.last.block.room = True

    def _open(self, block: Block, place: int) -> None:
        label = "" if block.style else label_of(block.text, self.words)
        if label:
            self._label(block, label, place)
        elif block.style == "box" and self._takes_options() and block.asks < 3:
            self._give_option(block)
        elif block.style:
            self._marked(block)
        else:
            self._plain(block, place)

    def _takes_options(self) -> bool:
        return self.last is not None and self.last.block.role != "table"

    def _first_rank(self, place: int) -> str:
        """The marker of a list before the items, which have another; empty where all have one."""
        styles = [b.style for b in self._near(place, 60) if b.style and not b.role]
        return styles[0] if len(set(styles)) > 1 else ""

    def _label(self, block: Block, label: Label, place: int) -> None:
        """What stands under the label is help of the last item, or of the theme as a whole."""
        block.leave("label", "label")
        if label == "help" and self.last is None:
            self.before_items = self._first_rank(place)
        if label == "help" and self.last is not None:
            self.under_label = True
            shared = block.gap and len(self.section.entries) > 1
            self.for_theme = shared and all(entry.help for entry in self.section.entries)

    def _marked(self, block: Block) -> None:
        if self.before_items and block.style == self.before_items and self.last is None:
            block.role = "help"
            self.section.help.append(block)
            return
        if block.style == "help" and self.last:
            self._give_help(block)
            return
        depth = self.ranks.depth_of(block)
        block.depth = depth
        if self.guide and block.asks < 3:
            block.leave("prose", "prose")
        elif (depth > 0 or (self.under_label and not self._goes_on_counting(block))) and self.last:
            self._give_help(block)
        else:
            self._item_of(block)

    def _goes_on_counting(self, block: Block) -> bool:
        """The next number after a list of help belongs to the next item."""
        last = self.last.block if self.last else None
        return (
            last is not None and block.style == last.style and not block.style.startswith("bullet")
        )

    def _legend_line(self, block: Block) -> None:
        """The scale of all that follows in the section."""
        block.leave("legend", "legend")
        self.ranks, self.under_label = Ranks(), False
        if self.section.scale is None and not self.section.entries:
            told = signs.legend(block.text, self.words)
            block.options = block.options or (told.options if told else [])
            block.type = "scale"
            self.section.scale = block

    def _item_of(self, block: Block) -> None:
        block.role = "item"
        self.last = Entry(block)
        self.section.entries.append(self.last)
        self.under_label = False

    def _give_help(self, block: Block) -> None:
        if self.last is None:
            block.leave("prose", "prose")
            return
        block.role = "help"
        (self.section.help if self.under_label and self.for_theme else self.last.help).append(block)
        if block.type:
            self._take_answers(block)

    def _take_answers(self, block: Block) -> None:
        if self.last and not self.last.block.type:
            self.last.block.type, self.last.block.options = block.type, list(block.options)

    def _give_option(self, block: Block) -> None:
        if self.last is None:
            return
        block.role = "option"
        self.last.options.append(block)

    def _has_room(self, block: Block, place: int) -> bool:
        """Room behind or beneath the line; a colon with nothing under it leaves room, too."""
        after = self.section.blocks[place + 1] if place + 1 < len(self.section.blocks) else None
        if block.room or (after is not None and after.role == "answer" and not after.cell):
            return True
        listed = after is not None and (
            bool(after.style) or after.role in ("legend", "table", "item")
        )
        return block.colon and not listed and block.words <= 10

    def _introduces_scale(self, block: Block, place: int) -> bool:
        """ "Angiv fra 1 til 5, hvor enig du er:" over a list is the legend of that list."""
        if self._asks_about_claims(block, place):
            return True
        if "?" in block.text or block.style or block.room:
            return False
        if signs.legend(block.text, self.words) is not None:
            return True
        told = block.colon or self.words.starts("rate", block.text)
        return block.type == "scale" and len(block.options) <= 2 and told

    def _asks_about_claims(self, block: Block, place: int) -> bool:
        """ "Hvor enig er du i disse udsagn?" over a list of statements."""
        scaled = block.type == "scale" or self.words.starts("degree", block.text)
        claims = self.words.holds("claims", block.text) or (
            block.type == "scale" and "?" not in block.text
        )
        if not scaled or not claims or len(block.options) > 2:
            return False
        after = [b for b in self._near(place, 5) if b.role not in ("legend", "answer")][:2]
        return len(after) == 2 and all(
            one.style and not one.role and "?" not in one.text for one in after
        )

    def _is_over_boxes(self, block: Block, place: int) -> bool:
        """ "Sæt kryds ved det, du gerne vil høre mere om" over boxes: the item they answer."""
        after = self._near(place, 2)
        boxes = [b for b in after if b.style == "box" and not b.role and not b.asks > 2]
        return len(boxes) == 2 and not block.style and not block.role

    def _takes_told_steps(self, block: Block) -> bool:
        """Steps in brackets before or after statements are the scale of the section."""
        steps = signs.told_steps(block.text, self.words) if not self.section.scale else []
        if steps:
            block.leave("legend", "legend")
            block.type, block.options = "scale", steps
            self.section.scale = block
        return bool(steps)

    def _plain(self, block: Block, place: int) -> None:
        if self._takes_told_steps(block):
            return
        if self._introduces_scale(block, place):
            self._legend_line(block)
        elif not self.guide and self._is_over_boxes(block, place):
            self._item_of(block)
        else:
            self._judge(block, place)

    def _judge(self, block: Block, place: int) -> None:
        """An unmarked line that is no part of a scale or a choice: item, help, or neither."""
        if self._has_room(block, place):
            block.room, block.asks = True, max(block.asks, 1)
        if self.last and self.last.block.role == "table" and block.asks < 3 and not block.type:
            block.leave("field" if block.room else "prose", "form field" if block.room else "prose")
        elif self._is_help(block):
            self._give_help(block)
        elif self._is_item(block, place):
            self.ranks.depth_of(block)
            self._item_of(block)
        elif self._explains_the_last(block, place):
            self._give_help(block)
        elif not self.section.entries and self.section.heading is not None:
            block.role = "intro"
            self.section.intro.append(block)
        else:
            block.leave("prose", "prose")

    def _explains_the_last(self, block: Block, place: int) -> bool:
        """A paragraph between two marked items of one rank says more of the first."""
        last = self.last.block if self.last else None
        after = next((b for b in self._near(place, 8) if b.role != "answer"), None)
        if (
            last is None
            or after is None
            or not last.style
            or self.words.starts("howto", block.text)
        ):
            return False
        return after.style == last.style and not self.guide and not block.text.endswith(":")

    def _is_like_the_last(self, block: Block) -> bool:
        """A sentence among statements to be rated, set as they are, is one of them."""
        last = self.last.block if self.last else None
        if last is None or not self.scaled or not block.gap or last.style or "?" in block.text:
            return False
        if self.words.starts("howto", block.text) or block.words > 25 or self._is_prose(block):
            return False
        return (
            "?" not in last.text
            and abs(block.indent - last.indent) <= STEP
            and block.text.endswith(".")
        )

    def _is_item(self, block: Block, _place: int) -> bool:
        if self._is_like_the_last(block):
            return True
        if block.asks == 0 or (self.guide and block.asks < 3):
            return False
        if block.type or block.room:
            return True
        return not self._is_prose(block) and not self._tells_among_prose(block)

    def _tells_among_prose(self, block: Block) -> bool:
        """An imperative that ends in a full stop, between paragraphs: advice, and no prompt."""
        if "?" in block.text or not block.text.endswith("."):
            return False
        return self.told

    def _is_prose(self, block: Block) -> bool:
        """Several sentences, or one that tells and does not ask."""
        told = len(re.findall(r"[.!](?:\s|$)", block.text))
        # Before the first heading people are told what the form is; sentences there are no items.
        several = 10 if self.section.heading is None and not block.style else 20
        return (told > 1 and block.words > several) or (told == 1 and block.words > 30)

    def _is_help(self, block: Block) -> bool:
        """Unmarked lines under an item: in brackets, italic, set in, or right beneath it."""
        last = self.last
        if last and (block.text.startswith("(") or self.words.starts("help_label", block.text)):
            return True
        if last is None or (
            block.room and block.asks > 0 and not block.indent > last.block.indent + STEP
        ):
            return False
        if (block.italic and not last.block.italic) or block.indent > last.block.indent + STEP + 1:
            return not self._is_prose(block) or block.asks < 2
        if not last.block.style and not block.gap and block.asks < 1 and block.words < 40:
            return not self.words.starts("howto", block.text)
        if last.block.style and not block.gap and not block.type:
            return not (block.asks < 2 and self.words.starts("howto", block.text))
        follows = re.match(r"(?:hvis|if|wenn|om|falls|hvorfor|begrund|uddyb)\b", block.text.lower())
        return bool(follows) and not block.gap and not block.room and last.block.type == "choice"

    def _alone(self) -> None:
        """A heading with nothing but room to write under it is theme and item."""
        section = self.section
        heading = section.heading
        if section.entries or heading is None or heading.cell:
            return
        room = any(block.role == "answer" for block in section.blocks[:3])
        if room and not any(block.role == "field" for block in section.blocks[:1]):
            item = heading.part(heading.text, role="item", mandatory=heading.mandatory, room=True)
            section.entries.append(Entry(item, section.help))
