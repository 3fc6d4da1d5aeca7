"""What one talk asks: the organisation's version, the period's theme, what committees require, and
the team's changes, made into one document.

Pure: the same in gives the same out, and neither a mandatory item nor an id can get lost. What no
longer fits is told as a misfit, never dropped in silence.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from musling.frames.document import FrameDocument, Item, Theme
from musling.frames.parsing import types_in
from musling.frames.raw_table import Text
from musling.frames.team_changes import TeamChanges

Why = Literal[
    "hidden-mandatory",  # the team hid it, and it has become mandatory
    "hidden-gone",  # the team hid it, and it is no longer asked at all
    "theme-gone",  # the team's own item stood in a theme that is gone
    "help-gone",  # the team's help questions belong to an item that is gone
    "required-gone",  # the committee requires an item that the frame no longer has
    "id-taken",  # an added item or theme has an id that the frame uses
    "no-scale",  # the team's own item is answered on a scale, and the frame has none
]

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
    """A committee's requirement: an item of the frame by its id, or one of the committee's own."""

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
        document = with_period_theme(document, theme, misfits)
    document = with_required(document, required, misfits)
    if team:
        document = with_team(document, team, misfits)
    return Composed(document, tuple(misfits))


def with_period_theme(
    document: FrameDocument, theme: Theme, misfits: list[Misfit]
) -> FrameDocument:
    """The organisation's theme of the period in its slot (row D8); without a slot nothing."""
    others = [one for one in document.themes if one.kind != "organisation"]
    taken = {one.id for one in others} | {item.id for one in others for item in one.items}
    clashing = [item.id for item in theme.items if item.id in taken]
    if len(others) == len(document.themes):
        return document
    if theme.id in taken or clashing:
        misfits.extend(Misfit(one, "id-taken") for one in clashing or [theme.id])
        return document
    theme = replace(theme, items=tuple(_answerable(item, document) for item in theme.items))
    themes = tuple(theme if one.kind == "organisation" else one for one in document.themes)
    return replace(document, themes=themes)


def with_required(
    document: FrameDocument, required: Sequence[Required], misfits: list[Misfit]
) -> FrameDocument:
    """What committees require is mandatory; their own items stand in a theme at the end."""
    known = {item.id for item in document.items}
    wanted = {one.item for one in required if one.item}
    misfits.extend(Misfit(one, "required-gone") for one in sorted(wanted - known))
    document = _with_items(document, lambda item: _required(item) if item.id in wanted else item)
    own = [
        replace(_answerable(one.own, document), added_by="committee")
        for one in required
        if one.own is not None
    ]
    return _with_own(document, COMMITTEE_THEME, COMMITTEE_TITLE, map(_required, own), misfits)


def _answerable(item: Item, document: FrameDocument) -> Item:
    """The item as this frame can ask it: one without a scale asks a statement in words."""
    if item.type == "scale" and document.scale is None:
        return replace(item, type="text")
    return item


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
    return _with_own(document, TEAM_THEME, TEAM_TITLE, homeless, misfits)


def _with_own(
    document: FrameDocument,
    theme_id: str,
    title: Text,
    items: Iterable[Item],
    misfits: list[Misfit],
) -> FrameDocument:
    """Items in a theme of their own at the end; none that has an id of the frame's."""
    taken = {item.id for item in document.items}
    fresh: list[Item] = []
    for item in items:
        if item.id in taken:
            misfits.append(Misfit(item.id, "id-taken"))
        else:
            taken.add(item.id)
            fresh.append(item)
    if not fresh:
        return document
    if any(theme.id == theme_id for theme in document.themes):
        theme_id += ".own"
    theme = Theme(
        id=theme_id,
        kind="questions",
        title=title,
        phase="now",
        for_parts=("employee", "leader"),
        items=tuple(fresh),
        added_by="team" if title is TEAM_TITLE else "committee",
    )
    return replace(document, themes=(*document.themes, theme))


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
