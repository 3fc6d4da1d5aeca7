"""Type and mandatory of each item, where they come from the section or the whole form."""

from musling.frames.reading import signs
from musling.frames.reading.blocks import Block
from musling.frames.reading.sections import Entry, Section
from musling.frames.reading.words import Words


def decide(found: list[Section], words: Words) -> None:
    """Gives each item its type, and false to those that a form with marks leaves unmarked."""
    whole = _whole_form(found, words)
    for section in found:
        own = _own(section, words)
        for entry in section.entries:
            _type(entry, section, own, whole, words)
    _mandatory([entry.block for section in found for entry in section.entries])


def _whole_form(found: list[Section], words: Words) -> signs.Answers | None:
    """The legend that stands before the first item, and so is for all statements."""
    for section in found:
        legend = _legend_in(_before_items(section), words)
        if (legend and not section.entries) or (legend and section is found[0]):
            return legend
        if len(section.entries) > 1:
            return None
    return None


def _before_items(section: Section) -> list[Block]:
    first = section.entries[0].block if section.entries else None
    end = next((n for n, block in enumerate(section.blocks) if block is first), len(section.blocks))
    head = [section.heading] if section.heading else []
    return head + section.blocks[:end]


def _legend_in(blocks: list[Block], words: Words) -> signs.Answers | None:
    found: list[signs.Answers] = []
    for block in blocks:
        if block.role == "legend" and block.type == "scale":
            found.append(signs.Answers("scale", block.options))
        elif block.role != "item" and len(block.text) < 1500:
            legend = signs.legend(block.text, words)
            if legend:
                found.append(legend)
                block.reason = "legend"
    return max(found, key=lambda one: len(one.options)) if found else None


def _own(section: Section, words: Words) -> signs.Answers | None:
    if section.scale:
        return (
            signs.Answers("scale", section.scale.options)
            if section.scale.options
            else (_legend_in(_before_items(section), words) or signs.Answers("scale", []))
        )
    return _legend_in(_before_items(section), words)


def _type(
    entry: Entry,
    section: Section,
    own: signs.Answers | None,
    whole: signs.Answers | None,
    words: Words,
) -> None:
    block = entry.block
    if not block.type and signs.asks_for_step(block.text, words):
        block.type = "scale"
    legend = whole if own and whole and not own.options else own or whole
    if not block.type and legend and _takes(block, own is not None, section, words):
        block.type = "scale"
    if block.type == "scale" and not block.options and legend:
        block.options = list(legend.options)


def _takes(block: Block, own: bool, section: Section, words: Words) -> bool:
    """Whether a legend over the item gives it its type: open questions take none."""
    if block.room and not block.cell and not (own and words.starts("own", block.text)):
        return False
    if words.starts("degree", block.text):
        return True
    if "?" in block.text or words.starts("ask", block.text) or words.starts("question", block.text):
        return own and _only_closed(section, words)
    return own or block.asks > 1 or block.text.endswith(".")


def _only_closed(section: Section, words: Words) -> bool:
    """No statement in the section, and no question that needs words: then its scale is for them."""
    texts = [entry.block.text for entry in section.entries if not entry.block.type]
    return all("?" in text and not _is_open(text, words) for text in texts)


def _is_open(text: str, words: Words) -> bool:
    return words.starts("question", text) and not words.starts("degree", text)


def _mandatory(items: list[Block]) -> None:
    """Where the form says of some that they are mandatory, the others are not."""
    if any(item.mandatory for item in items):
        for item in items:
            item.mandatory = bool(item.mandatory)
