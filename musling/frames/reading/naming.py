"""What a form is called, and which kind of talk it is for."""

import re

from musling.frames.reading.blocks import Block
from musling.frames.reading.draft import Kind
from musling.frames.reading.words import Words

_TOP = 12  # blocks in which the title stands
_LONGEST = 16  # words
_NEAR = 4  # lines among which the one that names a form is looked for
_LARGER = 1.08  # times the usual size


def title_of(blocks: list[Block], words: Words) -> Block | None:
    """The block that names the form; from now on it is no heading. None where nothing does."""
    able = []
    for block in blocks[:_TOP]:
        if _asks(block):
            break
        if _may_name(block):
            able.append(block)
    if not able:
        return None
    chosen = _chosen(able, words)
    if _is_first_theme(chosen, blocks, words):
        return None
    chosen.leave("title", "title")
    return chosen


def _is_first_theme(chosen: Block, blocks: list[Block], words: Words) -> bool:
    """A heading right over items that looks like the headings after it: the form has no name."""
    if chosen.role != "heading" or _kinds(chosen.text, words):
        return False
    place = blocks.index(chosen)
    after = blocks[place + 1] if place + 1 < len(blocks) else None
    alike = [b for b in blocks[place + 1 :] if b.role == "heading" and _look(b) == _look(chosen)]
    direct = after is not None and not after.role and after.asks > 1
    return direct and bool(alike)


def _look(block: Block) -> tuple[int, bool, bool, float]:
    return block.heading, block.bold, block.capitals, round(block.size, 1)


def _asks(block: Block) -> bool:
    return block.role in ("table", "item") or (block.asks > 2 and block.role != "heading")


def _may_name(block: Block) -> bool:
    if block.role not in ("", "heading") or (block.cell and block.heading == 9):
        return False
    marked = block.style in ("theme", "question") or block.style.startswith(
        ("number", "bullet", "box")
    )
    return not marked and 0 < block.words <= _LONGEST and not block.text.endswith((".", ":", "?"))


def _chosen(able: list[Block], words: Words) -> Block:
    """The largest; among the largest one that names a kind of talk; else the first."""
    largest = max(block.size for block in able)
    level = min((block.heading for block in able if block.heading), default=0)
    best = [b for b in able if b.size >= largest - 0.05] if largest > _LARGER else able
    if level and largest <= _LARGER:
        best = [block for block in able if block.heading == level]
    first = best[0]
    if _names_form(first, words):
        return first
    # The first heading of style may be the first theme's: then the name stands above it.
    styled = first.heading and largest <= _LARGER
    above = able[: able.index(first)] if styled else best[:_NEAR]
    named = [block for block in above if _names_form(block, words)]
    named = [block for block in named if _kinds(block.text, words)] or named
    others = [block for block in best if not _is_letterhead(block, words)]
    return (named or others or best)[0]


def _names_form(block: Block, words: Words) -> bool:
    """Whether the line names a kind of talk, or a form by a word that ends in one for it."""
    if _kinds(block.text, words):
        return True
    told = re.findall(r"[^\W\d_][\w-]*", block.text)
    return not _is_letterhead(block, words) and any(words.ends("form_name", one) for one in told)


def _is_letterhead(block: Block, words: Words) -> bool:
    """The workplace's name, or what stands at both edges of the paper."""
    apart = bool(re.search(r"\S(?:\s{4,}|\t)\S", block.text))
    return apart or words.holds("workplace", block.text)


def _kinds(text: str, words: Words) -> list[Kind]:
    return [kind for kind, pattern in words.kind_patterns.items() if pattern.search(text)]


def kind_of(title: str, blocks: list[Block], words: Words) -> Kind:
    """The kind that the title names, else the one that the text names most often."""
    for text in (title, " ".join(block.text for block in blocks[:6])):
        found = _kinds(text, words)
        if found:
            return _special(found)
    whole = " ".join(block.text for block in blocks)
    counts = {kind: len(pattern.findall(whole)) for kind, pattern in words.kind_patterns.items()}
    best = max(counts, key=lambda kind: counts[kind])
    return best if counts[best] else "MUS"


def _special(found: list[Kind]) -> Kind:
    """MUS is said of all talks; a word for a special one means that one."""
    special = [kind for kind in found if kind != "MUS"]
    return special[0] if special else "MUS"


def clean_title(text: str) -> str:
    """A theme's title without colon and marks at its end."""
    return re.sub(r"[\s:]+$", "", text).strip()
