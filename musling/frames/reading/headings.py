"""Which blocks are headings: by style, by number, or by standing over what asks.

Numbers and letters are judged as a group: the members of one rank are either all headings or all
items, whatever one of them looks like by itself.
"""

import itertools
import re
from collections.abc import Iterable

from musling.frames.reading.blocks import Block
from musling.frames.reading.joining import FOLLOWS
from musling.frames.reading.labels import all_known, label_of
from musling.frames.reading.words import Words

_RANKED = ("number", "letter", "LETTER", "roman", "ROMAN", "bullet", "question")
_TOP = 6  # blocks in which the form's name stands
_SHORT, _LONG = 9, 16  # words of a heading without and with a sign of its own
_SENTENCE_END = re.compile(r"[.!;,][)\"'”’»]*$")


def find(blocks: list[Block], words: Words) -> None:
    """Gives the role ``heading`` to each that is one. Each step sees what those before did."""
    open_ones = [
        block
        for block in blocks
        if block.role in ("", "heading", "table", "item", "legend", "answer")
    ]
    gaps = _as_if_apart(open_ones)
    _by_style(open_ones, words)
    _by_rank(open_ones, words)
    _asking_heads(open_ones)
    _by_colon(open_ones, words)
    _by_place(open_ones, words)
    _demote(open_ones, words)
    for block, gap in zip(open_ones, gaps, strict=True):
        block.gap = gap


def _as_if_apart(blocks: list[Block]) -> list[bool]:
    """Sets unmarked lines of a form without any blank line apart; gives what was there before.

    In such a form blank space tells nothing, so its lack must not speak against a heading.
    """
    gaps = [block.gap for block in blocks]
    if not any(gaps[1:]) and len(blocks) > _TOP:
        for block in blocks:
            block.gap = not block.style and block.role not in ("legend", "answer")
    return gaps


def _head(block: Block) -> None:
    block.role, block.reason = "heading", "heading"
    if block.by_bold:  # headings are bold, whatever bold says of items
        block.mandatory, block.by_bold = None, False


def strong(block: Block) -> bool:
    """Whether the form itself sets the block apart as a heading."""
    return bool(
        block.heading
        or block.style == "theme"
        or block.capitals
        or (block.bold and not block.style.startswith("bullet"))
        or block.size > 1.08
    )


def may_head(block: Block, words: Words, longest: int) -> bool:
    """Whether the text can be a heading at all."""
    text = block.text
    if not text or block.words > longest or block.type or block.room or block.style == "box":
        return False
    if _SENTENCE_END.search(text) and not block.heading and not words.has("abbreviations", text):
        return False
    if FOLLOWS.match(text):  # "Hvis ja: …" goes on with a question
        return False
    return any(sign.isalpha() for sign in text) and not label_of(text, words)


def _by_style(blocks: list[Block], words: Words) -> None:
    groups: dict[tuple[object, ...], list[int]] = {}
    for place, block in enumerate(blocks):
        if not block.role and strong(block) and may_head(block, words, _LONG):
            groups.setdefault(_look(block), []).append(place)
    for places in groups.values():
        _judge_look(blocks, places)


def _look(block: Block) -> tuple[object, ...]:
    """What makes two headings of one kind."""
    if block.heading:
        return ("heading", block.heading)
    return ("look", block.style == "theme", block.capitals, block.bold, round(block.size, 1))


def _judge_look(blocks: list[Block], places: list[int]) -> None:
    """Lines of one look are headings, unless most of them ask: then those that ask are items."""
    asking = [place for place in places if blocks[place].asks >= 3]
    mostly = len(asking) * 2 > len(places)
    for place in places:
        block = blocks[place]
        if block.by_bold and block.question:  # bold marks items here, so it makes no heading
            continue
        if (
            block.asks < 3
            or block.style == "theme"
            or (not mostly and _followed_by_items(blocks, place))
        ):
            _head(block)
        elif block.capitals or block.heading:
            _judge_asking_heading(blocks, place)


def _judge_asking_heading(blocks: list[Block], place: int) -> None:
    """A question in heading style with nothing that asks beneath is itself the item."""
    if _followed_by_items(blocks, place) and not _has_heading_above(blocks, place):
        _head(blocks[place])


def _has_heading_above(blocks: list[Block], place: int) -> bool:
    level = blocks[place].heading or 9
    near = blocks[max(0, place - 200) : place]  # the part that it stands in
    return any(1 < (other.heading or 9) < level for other in near if other.heading)


def _followed_by_items(blocks: list[Block], place: int) -> bool:
    after = _after_prose(blocks, place)
    return after is not None and not strong(after) and (bool(after.style) or after.asks > 1)


def _next(blocks: list[Block], place: int) -> Block | None:
    """The next block that says something of its own: steps and room do not."""
    return next(
        (b for b in blocks[place + 1 : place + 7] if b.role not in ("legend", "answer")), None
    )


def _by_rank(blocks: list[Block], words: Words) -> None:
    for places in _ranks(blocks).values():
        members = [blocks[place] for place in places]
        asking = sum(member.asks > 1 for member in members) / len(members)
        able = [place for place in places if may_head(blocks[place], words, _LONG)]
        over = [place for place in able if _stands_over(blocks, place, blocks[place].asks)]
        bullets = members[0].style.startswith("bullet")
        if asking < 0.5 and len(over) * 2 >= len(members) and _allowed(bullets, blocks, places):
            _head_all([blocks[place] for place in able if not blocks[place].role])
        else:
            _single_out(blocks, places, words)


def _allowed(bullets: bool, blocks: list[Block], places: list[int]) -> bool:
    """Bullets are headings only where no other heading stands over several of them."""
    if not bullets:
        return True
    heads = [place for place, block in enumerate(blocks) if block.role == "heading"]
    return len(places) > 1 and not any(h > places[0] for h in heads) and len(heads) <= 1


def _head_all(blocks: Iterable[Block]) -> None:
    for block in blocks:
        _head(block)


def _ranks(blocks: list[Block]) -> dict[tuple[str, int], list[int]]:
    """Places of marked blocks by kind of marker and how deep they are set."""
    by_style: dict[str, list[int]] = {}
    for place, block in enumerate(blocks):
        if block.style.startswith(_RANKED) and block.role == "" and not block.cell:
            by_style.setdefault(block.style, []).append(place)
    found: dict[tuple[str, int], list[int]] = {}
    for style, places in by_style.items():
        levels = _levels([blocks[place].indent for place in places])
        for place, level in zip(places, levels, strict=True):
            found.setdefault((style, level), []).append(place)
    return found


def _levels(indents: list[float]) -> list[int]:
    """How deep each stands, where steps of less than one and a half characters are none."""
    steps: list[float] = []
    for indent in sorted(set(indents)):
        if not steps or indent - steps[-1] > 1.5:
            steps.append(indent)
    return [sum(step <= indent + 0.01 for step in steps) - 1 for indent in indents]


def _stands_over(blocks: list[Block], place: int, own: int) -> bool:
    """Whether something of another rank that asks or is to be filled in comes before its like."""
    mine = blocks[place]
    for after in blocks[place + 1 : place + 8]:
        if after.role in ("table", "item"):
            return True
        if after.role in ("legend", "answer", "row"):
            continue
        if _ends_rank(mine, after):
            return False
        if after.asks > max(1, own) or (after.asks > 0 and own < 2):
            return True
        if after.style and after.words > 2:
            return own < 2 and _deeper(mine, after)
    return False


def _ends_rank(mine: Block, after: Block) -> bool:
    """What stands left of the block, is its like, a heading, or an answer to pick."""
    if after.style and after.indent < mine.indent - 1.5:
        return True
    alike = after.style == mine.style and abs(after.indent - mine.indent) < 1.5
    return alike or after.role == "heading" or after.style == "box"


def _deeper(mine: Block, after: Block) -> bool:
    """ "1. Trivsel" over "1.1 …": topics under a heading, though nothing asks."""
    return (after.style.startswith("number") and mine.style != after.style) or mine.bold


def _single_out(blocks: list[Block], places: list[int], words: Words) -> None:
    """Headings that share their marker with items: they do not ask, and numbering begins anew."""
    for place, after in itertools.pairwise(places):
        block, following = blocks[place], blocks[after]
        if block.asks > 1 or not may_head(block, words, 6) or after - place > 3:
            continue
        if 0 <= following.ordinal <= 1 and following.asks > 1 and block.style.startswith("number"):
            _head(block)


def _asking_heads(blocks: list[Block]) -> None:
    """Questions over lists of questions, where the form has no other headings: they are its themes.

    Under a heading such a question is an item, and the list beneath it helps.
    """
    if any(block.role == "heading" for block in blocks[1:]):
        return
    over = [n for n, block in enumerate(blocks) if _is_asking_head(blocks, n)]
    plain = [
        n for n, b in enumerate(blocks) if b.asks == 3 and not b.style and not b.role and not b.cell
    ]
    if len(over) > 1 and len(over) * 5 >= len(plain) * 4:
        _head_all([blocks[place] for place in over])


def _by_colon(blocks: list[Block], words: Words) -> None:
    """Short lines with a colon, each over a list of its own: several of them are the headings.

    Judged together, for the lists may ask nothing: "Mig og mit fag:" over topics in a few words.
    """
    if any(b.asks == 3 for b in blocks) or any(b.role == "heading" for b in blocks[_TOP:]):
        return
    over = [n for n in range(len(blocks)) if _is_over_list(blocks, n, words)]
    if len(over) > 1:
        _head_all([blocks[place] for place in over])


def _is_over_list(blocks: list[Block], place: int, words: Words) -> bool:
    block, after = blocks[place], blocks[place + 1 : place + 3]
    bare = not (block.role or block.style or block.type or block.cell)
    if not bare or not block.gap or not block.text.endswith(":") or block.words > _SHORT:
        return False
    if label_of(block.text, words) or words.starts("guide", block.text) or len(after) < 2:
        return False
    return all(one.style.startswith("bullet") and not one.role for one in after)


def _is_asking_head(blocks: list[Block], place: int) -> bool:
    block, after = blocks[place], blocks[place + 1 : place + 3]
    bare = not (block.role or block.style or block.type or block.room or block.cell)
    if not bare or not block.gap or block.asks < 3 or block.words > _SHORT or not after:
        return False
    listed = len(after) > 1 and all(
        one.style and one.style == after[0].style and one.asks > 1 for one in after
    )
    return listed or after[0].role == "table"


def _by_place(blocks: list[Block], words: Words) -> None:
    """Unmarked short lines that stand over what asks."""
    for place, block in enumerate(blocks):
        if block.role or block.style or block.cell or label_of(block.text, words):
            continue
        if _asks_over_prose(blocks, place):
            _head(block)
            continue
        if _is_subtitle(blocks, place):
            continue
        if _is_colon_heading(blocks, place, words) or _is_plain_heading(blocks, place, words):
            _head(block)


def _asks_over_prose(blocks: list[Block], place: int) -> bool:
    """ "Hvad er MUS?" over a paragraph that answers it: a heading of the guide, asked of nobody."""
    block = blocks[place]
    after = blocks[place + 1] if place + 1 < len(blocks) else None
    if not block.question or block.type or block.room or block.words > 10 or after is None:
        return False
    told = not after.role and not after.style and "?" not in after.text and after.text.endswith(".")
    return told and after.words >= 20


def _is_subtitle(blocks: list[Block], place: int) -> bool:
    """The line right beneath the title: of the workplace, or of whom the form is for."""
    if place != 1 or blocks[0].style:
        return False
    after = blocks[2] if len(blocks) > 2 else None
    direct = after is not None and _is_itemlike(after)
    return (not blocks[1].gap or blocks[1].italic) and not direct


def _demote(blocks: list[Block], words: Words) -> None:
    """ "Spørgsmål til samtalen" right under a heading announces its items; it is none itself."""
    heads = [place for place, block in enumerate(blocks) if block.role == "heading"]
    for before, place in itertools.pairwise(heads):
        between = blocks[before + 1 : place]
        told = all(not b.style and b.asks < 2 and b.role not in ("table", "item") for b in between)
        if before and told and not blocks[place].heading and all_known(blocks[place].text, words):
            blocks[place].leave("label", "label")


def _is_plain_heading(blocks: list[Block], place: int, words: Words) -> bool:
    block = blocks[place]
    if not may_head(block, words, _SHORT) or "?" in block.text or block.text.endswith(":"):
        return False
    if block.text[:1].islower() or block.text.startswith("("):
        return False
    over_table = place + 1 < len(blocks) and blocks[place + 1].role == "table"
    free = block.gap or place == 0 or over_table
    if not (free or (block.asks == 0 and _after_end(blocks, place))):
        return False
    following = _after_prose(blocks, place)
    if following is None:
        return False
    if block.asks == 2 and block.words <= 4 and following.role == "table":
        return True  # "Vi aftaler" over the sheet, also where no blank line stands between
    if block.asks > 1:  # "Mit arbejde i dag": may be a heading if only marked ones ask
        apart = bool(following.style) or following.role == "table"
        return block.gap and apart and block.words < 8
    return _is_itemlike(following) or _is_answered(blocks, place)


def _is_answered(blocks: list[Block], place: int) -> bool:
    """Whether the next line is a prompt: right over a line to write on, or over boxes."""
    after = blocks[place + 1 : place + 4]
    if len(after) < 2 or after[0].style or after[0].role or after[0].words < 3:
        return False
    drawn = after[1].role == "answer" and any(room in after[1].text for room in ("__", ".."))
    return drawn or (len(after) > 2 and all(b.style == "box" and not b.role for b in after[1:]))


def _after_end(blocks: list[Block], place: int) -> bool:
    """The block before was complete: an item, room, a field, not a heading without its items."""
    return place > 0 and blocks[place - 1].role != "heading"


def _is_itemlike(block: Block) -> bool:
    return block.role in ("table", "item") or block.asks > 0 or block.style.startswith(_RANKED)


def _after_prose(blocks: list[Block], place: int) -> Block | None:
    """What comes first under a line, past what the theme says of itself; None for nothing."""
    for after in blocks[place + 1 : place + 8]:
        if after.role == "heading":
            return None
        if after.role in ("legend", "answer", "mark"):
            continue
        if _is_itemlike(after) or not _says_of_itself(after):
            return after
    return None


def _says_of_itself(block: Block) -> bool:
    return (
        not block.style
        and block.asks == 0
        and (block.words > 5 or block.text.endswith((".", ":")) or block.text.startswith("("))
    )


def _is_last_colon(blocks: list[Block], place: int) -> bool:
    """ "Det aftaler vi:" with room beneath, after marked items: it is no item of their rank."""
    block = blocks[place]
    if not block.gap or "?" in block.text or place + 1 >= len(blocks):
        return False
    near = reversed(blocks[max(0, place - 8) : place])
    before = next((b for b in near if b.role not in ("legend", "answer")), None)
    if before is None or before.role == "heading":  # right under a heading it is the item itself
        return False
    return blocks[place + 1].role in ("answer", "row") and bool(before.style)


def _is_colon_heading(blocks: list[Block], place: int, words: Words) -> bool:
    """A whole sentence that ends in a colon and stands, after a gap, over a list."""
    block = blocks[place]
    if not block.text.endswith(":") or block.words > 20 or words.starts("help_label", block.text):
        return False
    if _is_last_colon(blocks, place):
        return True
    following = _next(blocks, place)
    if following is None or (place > 1 and blocks[place - 1].role == "heading"):
        return False  # right under a heading it introduces; under the first one, that is the title
    if block.asks > 1 and following.asks < 2 and following.role != "table":
        return False
    return block.gap and (following.role == "table" or bool(following.style) or following.asks > 1)
