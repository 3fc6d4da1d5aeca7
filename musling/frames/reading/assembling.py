"""Blocks → the draft: themes with their items and help, and all that is left out.

``Assembly`` walks once through the blocks and knows the theme and the item it is in.
"""

from collections.abc import Iterable

from musling.frames.reading import headings, sections, signs, together, types, walking
from musling.frames.reading.blocks import Block
from musling.frames.reading.draft import Draft, DraftTheme, LeftOut
from musling.frames.reading.durations import minutes_of_talk
from musling.frames.reading.naming import kind_of, title_of
from musling.frames.reading.sections import Section
from musling.frames.reading.words import Words

_LONG = 1500  # characters of a paragraph that is looked at for how long the talk takes


def assembled(blocks: list[Block], words: Words) -> Draft:
    """The draft of the blocks of one form, in their order."""
    headings.find(blocks, words)
    title = title_of(blocks, words)
    found = _sections(blocks)
    scaled = any(signs.legend(b.text, words) for b in blocks if len(b.text) < 1500)
    for section in found:
        walking.settle(section, words, scaled=scaled)
    together.settle_together(found, words)
    types.decide(found, words)
    _doubt_unrated(found, scaled=scaled)
    draft = Draft(language=words.language)
    draft.title = title.text.strip() if title else ""
    draft.kind = kind_of(draft.title, blocks, words)
    themes = [theme for section in found if (theme := section.theme())]
    draft.themes, repeated = _continued(themes)
    draft.left_out = sorted([*_left_out(blocks, title), *repeated], key=lambda one: one.lines)
    draft.minutes = next((m for b in blocks if (m := _minutes(b))), None)
    return draft


def _doubt_unrated(found: list[Section], *, scaled: bool) -> None:
    """A statement without steps, in a form that explains a scale: perhaps it is answered on it."""
    for section in found if scaled else ():
        for entry in section.entries:
            block = entry.block
            states = not block.question and block.text.endswith(".") and not block.room
            if states and not block.type and not block.uncertain:
                block.uncertain = "scale"


def _minutes(block: Block) -> int | None:
    """How long the talk takes, where a paragraph or a field says it."""
    told = block.role in ("prose", "intro", "field", "label") and len(block.text) < _LONG
    return minutes_of_talk(block.text) if told else None


def _sections(blocks: Iterable[Block]) -> list[Section]:
    """Each heading with what follows it; what stands before any heading has none."""
    found = [Section(None)]
    for block in blocks:
        if block.role == "heading":
            found.append(Section(block))
        elif block.role != "title":
            found[-1].blocks.append(block)
    return found


def _continued(themes: list[DraftTheme]) -> tuple[list[DraftTheme], list[LeftOut]]:
    """ "Samarbejde (fortsat)" on the next page goes on with "Samarbejde"; headings so left."""
    found: list[DraftTheme] = []
    repeated: list[LeftOut] = []
    for theme in themes:
        before = found[-1] if found else None
        if before and before.title and sections.is_continued(theme.title, before.title):
            before.questions += theme.questions
            before.help, before.intro = before.help + theme.help, before.intro + theme.intro
            before.help_lines, before.intro_lines = (
                before.help_lines + theme.help_lines,
                before.intro_lines + theme.intro_lines,
            )
            repeated.append(LeftOut(theme.title, "heading", theme.lines))
        else:
            found.append(theme)
    return found, repeated


def _left_out(blocks: Iterable[Block], title: Block | None) -> list[LeftOut]:
    found = []
    for block in blocks:
        found += block.peeled
        kept = block.role in ("item", "help", "option", "table", "intro", "theme") or block is title
        if not kept and any(sign.isalnum() for sign in block.text):
            found.append(LeftOut(block.text, block.reason, block.lines))
    return found
