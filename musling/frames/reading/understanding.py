"""Lines → blocks that know what they carry: the steps before anything is decided by structure."""

from collections.abc import Iterator
from itertools import groupby, pairwise

from musling.frames.reading import flattened, marks, pages, signs, tables
from musling.frames.reading.blocks import Block
from musling.frames.reading.joining import joined
from musling.frames.reading.lines import Line
from musling.frames.reading.words import Words

_LONG = 400  # characters: a longer block is prose, and carries no answers at its end


def understood(lines: list[Line], words: Words) -> list[Block]:
    """The blocks of a form, each with answers, marks and room taken off and noted."""
    kept, paged = pages.split(lines)
    found = list(_blocks(kept, words))
    found = [piece for block in found for piece in _with_answers(block, words)]
    _fields_beside(found)
    _note_rated(found, words)
    known = marks.found_in(found, words)
    for block in found:
        if block.role in ("", "item", "heading") and not block.explains:
            marks.apply(block, known, words)
        block.asks = asks(block, words)
        block.question = is_question(block.text, words)
        _whole_form(block, known)
    found += [_page(line) for line in paged]
    return found


def _note_rated(found: list[Block], words: Words) -> None:
    """What has steps right beneath it is to be answered with one of them, whatever it says."""
    for place, (block, after) in enumerate(pairwise(found)):
        steps = after.role == "legend" and after.type == "scale" and not after.gap
        if not steps or block.role or block.words > 35 or block.text.endswith(":"):
            continue
        block.rated = not words.starts("howto", block.text) and not _is_over_rows(
            found[place + 2 : place + 4]
        )


def _is_over_rows(following: list[Block]) -> bool:
    """Whether steps are the head of a matrix: rows come after them, not the next item's steps."""
    if not following or following[0].role == "heading":
        return False
    row = following[0]
    own_steps = len(following) > 1 and following[1].role == "legend"
    return bool(row.type) or not (own_steps or row.gap or "?" in row.text)


def _fields_beside(found: list[Block]) -> None:
    """A short line with room right beside a name or date is of the same kind."""
    for before, after in pairwise(found):
        if after.gap or after.cell:
            continue
        for one, other in ((before, after), (after, before)):
            if one.role == "field" and _is_short_room(other):
                other.leave("field", "form field")


def _is_short_room(block: Block) -> bool:
    return (
        not block.role
        and block.room
        and block.words <= 5
        and "?" not in block.text
        and (not block.style)
    )


def _whole_form(block: Block, known: marks.Marks) -> None:
    if known.all is not None and block.mandatory is None:
        block.mandatory = known.all


def _page(line: Line) -> Block:
    return Block(line.text, (line.number,), role="page", reason="page")


def _blocks(lines: list[Line], words: Words) -> Iterator[Block]:
    for table, rows in groupby(lines, key=lambda line: line.table):
        if table:
            yield from tables.blocks(list(rows), words)
        else:
            yield from _text_blocks(flattened.collapsed(list(rows), words), words)


def _text_blocks(lines: list[Line], words: Words) -> Iterator[Block]:
    """Joined lines, with the heads of flattened agreement sheets lifted out."""
    waiting: list[Line] = []
    place = 0
    while place < len(lines):
        head = _head(lines, place, words)
        if head:
            yield from joined(waiting, words)
            waiting = []
            yield head
            place += len(head.lines)
            end = _end_of_rows(lines, place, words)
            yield from (_row(line) for line in lines[place:end])
            place = end
        else:
            waiting.append(lines[place])
            place += 1
    yield from joined(waiting, words)


def _head(lines: list[Line], place: int, words: Words) -> Block | None:
    columns = flattened.head_of(lines[place].text, words)
    count = 1 if columns else flattened.standing_head(lines, place, words)
    if not count:
        return None
    names = columns or [line.text.rstrip(" :_.…") for line in lines[place : place + count]]
    numbers = tuple(line.number for line in lines[place : place + count])
    named = [name for name in names if not _is_number_column(name)]
    block = Block("", numbers, role="table", type="table", columns=named, gap=lines[place].gap)
    block.peel(" ".join(name for name in names if name not in named), "table")
    return block


def _is_number_column(name: str) -> bool:
    return name.lower().strip(".:") in ("nr", "no", "#", "nummer")


def _end_of_rows(lines: list[Line], place: int, words: Words) -> int:
    while place < len(lines) and flattened.is_empty_row(lines[place].text, words):
        place += 1
    return place


def _row(line: Line) -> Block:
    return Block(line.text, (line.number,), role="row", reason="table")


def _with_answers(block: Block, words: Words) -> Iterator[Block]:
    """The block without answers and room at its end; a block of answers alone gets its role."""
    if block.role not in ("", "item"):
        yield block
        return
    if signs.is_room(block.text) and not signs.answers(block.text, words):
        block.leave("answer", "table")
    elif len(block.text) < _LONG:
        _find_answers(block, words)
    yield block


def _find_answers(block: Block, words: Words) -> None:
    alone = signs.answers(_whole(block), words)
    if block.style == "box" and not alone:
        block.text, block.room = signs.without_room(block.text)
        return  # one answer of several that stand under each other
    if alone and not block.cell:
        block.style = ""
        _note(block, alone)
        block.leave("legend", "legend")
        return
    if signs.is_form_line(block.text, words) and not block.cell:
        block.leave("field", "form field")
        return
    block.text, block.room = signs.without_room(block.text)
    block.colon = block.text.rstrip().endswith(":")
    if signs.is_field(block.text, words) and (block.room or _names_many(block.text)):
        block.leave("field", "form field")
        return
    split = signs.split_answers(block.text, words)
    if split:
        block.text, tail, found = split
        _note(block, found)
        if found.type == "scale" or len(found.options) == 0:
            block.peel(tail, "legend")
        block.text, rating = signs.without_rating(signs.without_room(block.text)[0], words)
        block.peel(rating, "legend")


def _whole(block: Block) -> str:
    """The text with a number that was taken for its marker: "1  2  3  4  5"."""
    if block.style == "box":
        return f"☐ {block.text}"
    number = next((one.text for one in block.peeled if one.reason == "number"), "")
    return f"{number} {block.text}" if number[:1].isdecimal() else block.text


def _note(block: Block, found: signs.Answers) -> None:
    block.type = "scale" if found.type == "scale" else "choice"
    block.options = found.options


def _names_many(text: str) -> bool:
    """Names alone in a row, or before a colon, are a line to fill in; a single word may be one."""
    return len(signs.columns(text)) > 1 or text.rstrip().endswith(":") or ":" in text


def asks(block: Block, words: Words) -> int:
    """How much the text asks for an answer: 0 not, 1 perhaps, 2 by its words, 3 by its sign."""
    text = block.text
    if not any(sign.isalpha() for sign in text):
        return 0
    if "?" in text:
        return 3
    if block.type or block.rated or _asks_without_sign(text, words):
        return 2
    return 1 if block.room else 0


def is_question(text: str, words: Words) -> bool:
    """Whether the text has the form of a question: its sign, or a question's first words."""
    if "?" in text:
        return True
    first, _space, rest = text.partition(" ")
    if words.starts("question", text):
        return len(text.split()) > 2
    return words.has("verbs", first.strip(",")) and words.starts("you", rest)


def _asks_without_sign(text: str, words: Words) -> bool:
    if words.starts("howto", text) and not words.starts("own", text):
        return False
    if words.starts("ask", text) or words.starts("own", text) or words.starts("degree", text):
        return True
    return is_question(text, words)
