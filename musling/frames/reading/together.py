"""What only several sections together show: guides, repeated sheets, statements with questions."""

from musling.frames.reading import signs
from musling.frames.reading.sections import Entry, Section, tidy
from musling.frames.reading.words import Words


def settle_together(found: list[Section], words: Words) -> None:
    """What only several sections together show: statements with questions beneath them."""
    _leave_guides(found)
    for section in found:
        _free_rated_rows(section)
        _sort_labels(section)
    _give_companions(found)
    _leave_repeated(found)
    for section in found:
        for entry in section.entries:
            _settle_options(entry, words)
            _name_table(entry, section)
            if (
                section.heading
                and section.heading.mandatory is not None
                and entry.block.mandatory is None
            ):
                entry.block.mandatory = section.heading.mandatory


def _leave_guides(found: list[Section]) -> None:
    """Lists that ask nothing, before and after all that asks, are part of the guide around it."""
    asking = [n for n, section in enumerate(found) if any(_asks(e) for e in section.entries)]
    if sum(_asks(e) for section in found for e in section.entries) < 3:
        return
    for section in [*found[: asking[0]], *found[asking[-1] + 1 :]]:
        if section.entries and _is_told(section):
            _leave(section)


def _asks(entry: Entry) -> bool:
    block = entry.block
    return (
        block.asks > 1
        or block.role == "table"
        or block.room
        or bool(block.options)
        or (bool(entry.options) or block.cell)
    )


def _is_told(section: Section) -> bool:
    """Whether paragraphs or long points show that a list tells rather than asks."""
    if section.scale:
        return False
    around = [b for b in section.blocks if b.role in ("intro", "help") and not b.style]
    told = sum(block.words for block in around)
    points = [entry.block.words for entry in section.entries]
    return told >= 12 or sum(points) >= 6 * len(points)


def _leave(section: Section) -> None:
    for entry in section.entries:
        for block in (entry.block, *entry.help):
            block.leave("prose", "prose")
    section.entries = []


def _free_rated_rows(section: Section) -> None:
    """ "3. Din vurdering af dig selv:" over rows that each have steps: the rows are the items.

    What stands over them says how they are answered; a question of its own stays one.
    """
    kept: list[Entry] = []
    for entry in section.entries:
        rows = [block for block in entry.help if block.type == "scale"]
        over = entry.block
        if len(rows) < 2 or len(rows) < len(entry.help) or "?" in over.text or over.cell:
            kept.append(entry)
            continue
        for row in rows:
            row.role, row.options = "item", row.options or list(over.options)
            row.mandatory = over.mandatory if row.mandatory is None else row.mandatory
            kept.append(Entry(row))
        over.leave("legend", "legend")
    section.entries = kept


def _sort_labels(section: Section) -> None:
    """Short names among statements, each over its own questions, sort the help of the one before.

    A statement about phases of life has "Unge", "Senior" beneath, at times under its own bullet.
    """
    entries = section.entries
    stated = [e for e in entries if e.block.asks > 1 or e.block.text.endswith((".", "?"))]
    if not stated or len(stated) * 2 < len(entries) or entries[0] not in stated:
        return
    kept: list[Entry] = []
    for entry in entries:
        if kept and _is_name(entry) and entry.block.style == kept[-1].block.style:
            entry.block.role = "help"
            kept[-1].help += [entry.block, *entry.help]
            kept[-1].block.uncertain = "help"
        else:
            kept.append(entry)
    section.entries = kept


def _is_name(entry: Entry) -> bool:
    block = entry.block
    bare = (
        block.asks == 0
        and not block.type
        and not block.room
        and not block.text.endswith((".", ":"))
    )
    return bare and block.words <= 3 and len(entry.help) > 0 and block.style.startswith("bullet")


def _leave_repeated(found: list[Section]) -> None:
    """The same agreement sheet once more is a second page of it."""
    seen: list[list[str]] = []
    for section in found:
        for entry in list(section.entries):
            if entry.block.role != "table":
                continue
            if entry.block.columns in seen and len(section.entries) == 1:
                _leave_table(section, entry)
            seen.append(entry.block.columns)


def _leave_table(section: Section, entry: Entry) -> None:
    entry.block.text = " ".join([entry.block.text, *entry.block.columns])
    entry.block.leave("row", "table")
    for block in (*entry.help, *entry.options):
        block.leave("prose", "prose")
    section.entries.remove(entry)


def _give_companions(found: list[Section]) -> None:
    """Statements with questions right after them under the same bullet: the questions help.

    Told by the form as a whole: either other statements have their questions set below them, or
    most statements have some and no section with statements begins with a question.
    """
    telling = [section for section in found if any(_states(entry) for entry in section.entries)]
    stated = [entry for section in telling for entry in section.entries if _states(entry)]
    below = sum(any(one.question for one in entry.help) for entry in stated)
    if below < 3 and not _statements_lead(telling, stated):
        return
    for section in telling:
        _fold(section)


def _states(entry: Entry) -> bool:
    return (
        not entry.block.question
        and entry.block.asks > 0
        and entry.block.role == "item"
        and (not entry.block.cell)
    )


def _follows(entry: Entry, before: Entry) -> bool:
    """Whether an item is a question of the same rank as the statement before it, and no more."""
    one, other = entry.block, before.block
    alike = one.style == other.style and one.style.startswith("bullet")
    answered = bool(other.type)  # with steps on its own line a statement is complete
    return (
        alike
        and not answered
        and one.question
        and not one.type
        and not one.mandatory
        and not entry.help
    )


def _statements_lead(telling: list[Section], stated: list[Entry]) -> bool:
    if len(stated) < 3 or any(not _states(section.entries[0]) for section in telling):
        return False
    followed = 0
    for section in telling:
        for before, after in zip(section.entries, section.entries[1:], strict=False):
            followed += _states(before) and _follows(after, before)
    return followed * 5 >= len(stated) * 3


def _fold(section: Section) -> None:
    kept: list[Entry] = []
    leading: Entry | None = None
    for entry in section.entries:
        if _states(entry):
            leading = None if entry.help else entry
        if leading and entry is not leading and _follows(entry, leading):
            entry.block.role = "help"
            leading.help.append(entry.block)
            leading.block.uncertain = "help"
        else:
            leading = leading if _states(entry) else None
            kept.append(entry)
    section.entries = kept


def _settle_options(entry: Entry, words: Words) -> None:
    labels = [tidy(block.text) for block in entry.options]
    if not labels:
        return
    known = entry.block.type == "choice"  # some stood on a line of their own before
    labels = [*entry.block.options, *labels] if known else labels
    entry.block.type = "choice" if known else signs.kind_of_options(labels, words)  # type: ignore[assignment]
    entry.block.options = labels
    if entry.block.type == "scale":
        for block in entry.options:
            block.leave("legend", "legend")


def _name_table(entry: Entry, section: Section) -> None:
    if entry.block.role == "table" and not entry.block.text:
        # Without a heading the columns themselves are all that names it.
        entry.block.text = section.title or ", ".join(entry.block.columns)
