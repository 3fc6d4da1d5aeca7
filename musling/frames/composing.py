"""What one talk asks: the organisation's version, the period's theme, what committees require, and
the team's changes, made into one document.

Pure: the same in gives the same out, and neither a mandatory item nor an id can get lost. What no
longer fits is told as a misfit, never dropped in silence.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from musling.frames.document import AddedBy, FrameDocument, Item, Theme
from musling.frames.parsing import types_in
from musling.frames.raw_table import LONGEST_ID, MOST_ROWS, Text
from musling.frames.team_changes import TeamChanges

Why = Literal[
    "hidden-mandatory",  # the team hid it, and it has become mandatory
    "hidden-gone",  # the team hid it, and it is no longer asked at all
    "theme-gone",  # the team's own item stood in a theme that is gone
    "help-gone",  # the team's help questions belong to an item that is gone
    "required-gone",  # the committee requires an item that the organisation has never asked
    "required-together",  # the committee requires an item that nobody prepares any more
    "id-taken",  # the team's own item has an id that the frame uses
    "no-scale",  # the team's own item is answered on a scale, and the frame has none
]

ASKED_ONCE = ("life_phase", "agreements")
TEAM_THEME, COMMITTEE_THEME = "team", "committee"
TEAM_TITLE: Text = {"da": "Vores egne spørgsmål", "en": "Our own questions"}
COMMITTEE_TITLE: Text = {"da": "Bestemt af udvalget", "en": "Chosen by the committee"}


@dataclass(frozen=True, slots=True)
class Misfit:
    """Something that could not be put in as it was meant, and why."""

    what: str
    why: Why


@dataclass(frozen=True, slots=True)
class Required:
    """A committee's requirement: an item of the frame by its id, or one of the committee's own.

    Both: an item that the frame had when it was required and has no longer, in its last words.
    """

    item: str = ""
    own: Item | None = None


@dataclass(frozen=True, slots=True)
class Composed:
    """The document that a talk points to, and what did not fit."""

    document: FrameDocument
    misfits: tuple[Misfit, ...] = ()


def compose(
    document: FrameDocument,
    *,
    theme: Theme | None = None,
    required: Sequence[Required] = (),
    team: TeamChanges | None = None,
) -> Composed:
    """Puts everything together, in this order. ``theme``: the one in force on the day, if any."""
    misfits: list[Misfit] = []
    if theme is not None:
        document = with_period_theme(document, theme)
    document = with_required(document, required, misfits)
    if team:
        document = with_team(document, team, misfits)
    return Composed(document, tuple(misfits))


def with_period_theme(document: FrameDocument, theme: Theme) -> FrameDocument:
    """The organisation's theme of the period in its slot (row D8); without a slot nothing."""
    others = [one for one in document.themes if one.kind != "organisation"]
    if len(others) == len(document.themes):
        return document
    taken = {one.id for one in others} | {item.id for one in others for item in one.items}
    name = _free(theme.id, taken)
    items = tuple(_own_id(_answerable(item, document), taken) for item in theme.items)
    theme = replace(theme, id=name, items=items)
    themes = tuple(theme if one.kind == "organisation" else one for one in document.themes)
    return replace(document, themes=themes)


def _free(one: str, taken: set[str]) -> str:
    """The id, or where it is taken one that is not; taken from then on.

    Ids of what is added are kept for it (``parsing.ADDED_IDS``), so only a frame that is older than
    that rule can stand in its way. What is mandatory must not be lost to it.
    """
    name, number = one, 2
    while name in taken:
        name, number = f"{one[: LONGEST_ID - 4]}-{number}", number + 1
    taken.add(name)
    return name


def _own_id(item: Item, taken: set[str]) -> Item:
    return replace(item, id=_free(item.id, taken))


def with_required(
    document: FrameDocument, required: Sequence[Required], misfits: list[Misfit]
) -> FrameDocument:
    """What committees require is mandatory; their own items stand in a theme at the end."""
    known = {item.id: item for item in document.items}
    added: dict[str, Item] = {}  # by what the committees call them: two may require the same
    for one in required:
        if one.item not in known and one.own is not None:
            own = _answerable(one.own, document)
            added.setdefault(own.id, replace(_required(own), added_by="committee"))
    wanted = {one.item for one in required if one.item}
    for name in sorted(wanted):
        if name in known and known[name].together:
            misfits.append(Misfit(name, "required-together"))
        elif name not in known and name not in added:
            misfits.append(Misfit(name, "required-gone"))
    document = _with_items(document, lambda item: _required(item) if item.id in wanted else item)
    taken = set(known)
    items = [_own_id(item, taken) for item in added.values()]
    return _with_own(document, COMMITTEE_THEME, COMMITTEE_TITLE, items, "committee")


def _answerable(item: Item, document: FrameDocument) -> Item:
    """The item as this frame can ask it: one without a scale asks a statement in words."""
    kind = item.type
    if kind == "life_phase":  # asked once in a frame, beside the frame's phases
        kind = "scale"
    if kind == "agreements" or (kind == "scale" and document.scale is None):
        kind = "text"
    return item if kind == item.type else replace(item, type=kind)


def _required(item: Item) -> Item:
    """The item as mandatory by the committee, unless the organisation has made it so already."""
    if item.mandatory or item.together:
        return item
    return replace(item, mandatory=True, short=True, mandatory_by="committee")


def with_team(document: FrameDocument, team: TeamChanges, misfits: list[Misfit]) -> FrameDocument:
    """The leader's changes; a mandatory item stays through every door (row D4)."""
    fitted = _with_help(document, team.help, misfits)
    fitted = _without_hidden(fitted, team.hidden, misfits)
    fitted = _with_added(fitted, team, misfits)
    kept = tuple(theme for theme in fitted.themes if theme.items)
    if not kept:  # a frame asks something
        return document
    asks = any(item.type == "life_phase" for theme in kept for item in theme.items)
    phases = document.life_phases if asks else ()
    return _in_order(replace(fitted, themes=kept, life_phases=phases), team)


def may_hold(theme: Theme, item: Item) -> bool:
    """Whether an item of one's own may stand in the theme: it suits its kind and its parts."""
    return set(item.for_parts) <= set(theme.for_parts) and item.type in types_in(theme.kind)


def may_hide(item: Item) -> bool:
    """Whether a leader may leave the item out for the team."""
    return not item.mandatory


def _without_hidden(
    document: FrameDocument, hidden: Collection[str], misfits: list[Misfit]
) -> FrameDocument:
    known = {item.id: item for item in document.items}
    for one in sorted(hidden):
        if one not in known:
            misfits.append(Misfit(one, "hidden-gone"))
        elif not may_hide(known[one]):
            misfits.append(Misfit(one, "hidden-mandatory"))
    gone = {one for one in hidden if one in known and may_hide(known[one])}
    themes = tuple(
        replace(theme, items=tuple(item for item in theme.items if item.id not in gone))
        for theme in document.themes
    )
    return replace(document, themes=themes)


def _with_help(
    document: FrameDocument, own: Mapping[str, tuple[Text, ...]], misfits: list[Misfit]
) -> FrameDocument:
    known = {item.id for item in document.items}
    misfits.extend(Misfit(one, "help-gone") for one in sorted(own) if one not in known)
    return _with_items(
        document,
        lambda item: replace(item, help=(*item.help, *own[item.id])) if item.id in own else item,
    )


def _with_added(document: FrameDocument, team: TeamChanges, misfits: list[Misfit]) -> FrameDocument:
    themes = {theme.id: theme for theme in document.themes}
    homeless: list[Item] = []
    taken = {item.id for item in document.items}
    for one in team.added:
        # A leader's own question is an offer to the team: never mandatory.
        item = replace(one.item, added_by="team", mandatory=False, mandatory_by="")
        if item.type in ASKED_ONCE:
            item = _answerable(item, document)
        home = themes.get(one.theme)
        if item.id in taken:
            misfits.append(Misfit(item.id, "id-taken"))
        elif item.has_score and document.scale is None:
            misfits.append(Misfit(item.id, "no-scale"))
        elif home is None or not may_hold(home, item):
            if one.theme != TEAM_THEME:
                misfits.append(Misfit(item.id, "theme-gone"))
            homeless.append(item)
        else:
            themes[home.id] = replace(home, items=(*home.items, item))
        taken.add(item.id)
    document = replace(document, themes=tuple(themes.values()))
    return _with_own(document, TEAM_THEME, TEAM_TITLE, homeless, "team")


def _with_own(
    document: FrameDocument, theme_id: str, title: Text, items: Sequence[Item], added_by: AddedBy
) -> FrameDocument:
    """Items in a theme of their own at the end; in more than one where there are very many."""
    taken = {theme.id for theme in document.themes} | {item.id for item in document.items}
    themes = []
    for first in range(0, len(items), MOST_ROWS):
        name = f"{theme_id}.own" if theme_id in taken else theme_id
        theme = Theme(
            id=_free(name, taken),
            kind="questions",
            title=title,
            phase="now",
            for_parts=("employee", "leader"),
            items=tuple(items[first : first + MOST_ROWS]),
            added_by=added_by,
        )
        themes.append(theme)
    return replace(document, themes=(*document.themes, *themes))


def _in_order(document: FrameDocument, team: TeamChanges) -> FrameDocument:
    themes = tuple(
        replace(theme, items=in_order(theme.items, team.order)) for theme in document.themes
    )
    return replace(document, themes=in_order(themes, team.themes))


Named = TypeVar("Named", Item, Theme)


def in_order(rows: tuple[Named, ...], wanted: Sequence[str]) -> tuple[Named, ...]:
    """The rows in the wanted order; what it does not name stays behind what stood before it."""
    if not wanted:
        return rows
    place = {one: n for n, one in enumerate(wanted)}
    keys: list[tuple[int, int]] = []
    last = -1
    for number, row in enumerate(rows):
        last = place.get(row.id, last)
        keys.append((last, number if row.id not in place else -1))
    order = sorted(range(len(rows)), key=lambda n: keys[n])
    return tuple(rows[n] for n in order)


def _with_items(document: FrameDocument, change: Callable[[Item], Item]) -> FrameDocument:
    themes = tuple(
        replace(theme, items=tuple(change(item) for item in theme.items))
        for theme in document.themes
    )
    return replace(document, themes=themes)
