"""A leader's changes, made step by step and checked. Pure: every step hands back new changes.

``base`` is what is asked without the team's changes: the organisation's version with the period's
theme and what committees require.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from musling.foundation.problems import Refused
from musling.frames.composing import TEAM_THEME, compose, may_hide, may_hold
from musling.frames.document import FrameDocument, Item, ItemType, Theme
from musling.frames.parsing import parse_item
from musling.frames.raw_table import Fault, Text
from musling.frames.team_changes import MOST_ADDED, OWN_IDS, Added, TeamChanges, new_own_id

OWN_TYPES: tuple[ItemType, ...] = ("text", "scale", "choice", "several")
MOST_OWN_HELP = 10  # for each item
NOTHING_HIDDEN: frozenset[str] = frozenset()
Named = TypeVar("Named", Item, Theme)


@dataclass(frozen=True)
class Differences:
    """What a document asks otherwise than its base, for people to read."""

    added: tuple[Item, ...] = ()
    left_out: tuple[Item, ...] = ()
    helped: tuple[tuple[Item, tuple[Text, ...]], ...] = ()
    reordered: bool = False

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.added or self.left_out or self.helped or self.reordered)


def with_hidden(base: FrameDocument, changes: TeamChanges) -> FrameDocument:
    """What is asked with all changes but the leaving out: an editor shows that, too, in place."""
    return compose(base, team=replace(changes, hidden=NOTHING_HIDDEN)).document


def between(base: FrameDocument, document: FrameDocument) -> TeamChanges:
    """The changes that make the document of its base."""
    known = {item.id: item for item in base.items}
    asked = {item.id for item in document.items}
    changes = TeamChanges(
        hidden=frozenset(known.keys() - asked),
        added=tuple(
            Added(theme.id if _theme(base, theme.id) else TEAM_THEME, item)
            for theme in document.themes
            for item in theme.items
            if item.id not in known
        ),
        help={
            item.id: own
            for item in document.items
            if item.id in known and (own := item.help[len(known[item.id].help) :])
        },
    )
    return _ordered(base, changes, document)


def differences(base: FrameDocument, document: FrameDocument) -> Differences:
    """The same, for people to read."""
    changes = between(base, document)
    known = [item for item in document.items if item.id in changes.help]
    return Differences(
        added=tuple(one.item for one in changes.added),
        left_out=tuple(item for item in base.items if item.id in changes.hidden),
        helped=tuple((item, changes.help[item.id]) for item in known),
        reordered=bool(changes.order or changes.themes),
    )


def fitted(base: FrameDocument, changes: TeamChanges) -> TeamChanges:
    """What of the changes fits the base; an item of one's own whose theme is gone gets another.

    What is asked is the same before and after (``compose``), but for the scale of an own item that
    the frame has no scale for: it is answered in words.
    """
    known = {item.id: item for item in base.items}
    added = tuple(_at_home(base, one) for one in changes.added if one.item.id not in known)
    places = known.keys() | {one.item.id for one in added}
    themes = {theme.id for theme in base.themes} | {TEAM_THEME}
    return TeamChanges(
        hidden=frozenset(one for one in changes.hidden if one in known and may_hide(known[one])),
        themes=tuple(one for one in changes.themes if one in themes),
        order=tuple(one for one in changes.order if one in places),
        added=added,
        help={item: texts for item, texts in changes.help.items() if item in known},
    )


def _at_home(base: FrameDocument, one: Added) -> Added:
    item = one.item
    if item.has_score and base.scale is None:
        item = replace(item, type="text")
    home = _theme(base, one.theme)
    return Added(one.theme if home and may_hold(home, item) else TEAM_THEME, item)


def _theme(document: FrameDocument, name: str) -> Theme | None:
    return next((theme for theme in document.themes if theme.id == name), None)


# --- steps --------------------------------------------------------------------------------------


def hide(base: FrameDocument, changes: TeamChanges, item: str) -> TeamChanges:
    """Leaves an item out. Raises Refused for a mandatory one and for one that is not asked."""
    return _checked(base, replace(changes, hidden=changes.hidden | {item}))


def show(changes: TeamChanges, item: str) -> TeamChanges:
    """Takes an item in again."""
    return replace(changes, hidden=changes.hidden - {item})


def move(base: FrameDocument, changes: TeamChanges, item: str, step: int) -> TeamChanges:
    """Moves an item within its theme: ``step`` -1 up, 1 down. At the end nothing happens."""
    shown = with_hidden(base, changes)
    themes = [_moved(theme, item, step) for theme in shown.themes]
    return _ordered(base, changes, replace(shown, themes=tuple(themes)))


def move_theme(base: FrameDocument, changes: TeamChanges, theme: str, step: int) -> TeamChanges:
    """Moves a whole theme up or down."""
    shown = with_hidden(base, changes)
    return _ordered(base, changes, replace(shown, themes=_swapped(shown.themes, theme, step)))


def _moved(theme: Theme, item: str, step: int) -> Theme:
    return replace(theme, items=_swapped(theme.items, item, step))


def _swapped(rows: tuple[Named, ...], name: str, step: int) -> tuple[Named, ...]:
    place = next((n for n, row in enumerate(rows) if row.id == name), None)
    if place is None or not 0 <= place + step < len(rows):
        return rows
    moved = list(rows)
    moved[place], moved[place + step] = moved[place + step], moved[place]
    return tuple(moved)


def _ordered(base: FrameDocument, changes: TeamChanges, wanted: FrameDocument) -> TeamChanges:
    """The changes with the order of the wanted document; none where that is the order anyway."""
    plain = replace(changes, themes=(), order=())
    usual = compose(base, team=replace(plain, hidden=NOTHING_HIDDEN)).document
    themes, order = _ids(wanted.themes), _ids(wanted.items)
    if _ids(theme for theme in usual.themes if theme.id in themes) != themes:
        plain = replace(plain, themes=themes)
    placed = replace(plain, hidden=NOTHING_HIDDEN)
    usual_items = _ids(compose(base, team=placed).document.items)
    if tuple(one for one in usual_items if one in order) != order:
        plain = replace(plain, order=order)
    return plain


def _ids(rows: Iterable[Item | Theme]) -> tuple[str, ...]:
    return tuple(row.id for row in rows)


def add_own(
    base: FrameDocument, changes: TeamChanges, *, theme: str, item: Mapping[str, Any]
) -> TeamChanges:
    """An item of one's own, from raw data as it stands in a frame or in the catalogue.

    It gets an id of its own and is never mandatory. It stands in the theme, or, where that cannot
    hold it, among the team's own questions at the end. Raises Refused.
    """
    own = _at_home(base, Added(theme, _own_item(new_own_id(), item)))
    return _checked(base, replace(changes, added=(*changes.added, own)))


def change_own(
    base: FrameDocument, changes: TeamChanges, own_id: str, *, theme: str, item: Mapping[str, Any]
) -> TeamChanges:
    """Other words for an item of one's own, which keeps its id. Raises Refused."""
    new = _at_home(base, Added(theme, _own_item(own_id, item)))
    if own_id not in {one.item.id for one in changes.added}:
        raise Refused(_not_asked())
    added = tuple(new if one.item.id == own_id else one for one in changes.added)
    return _checked(base, replace(changes, added=added))


def remove_own(base: FrameDocument, changes: TeamChanges, own_id: str) -> TeamChanges:
    """Takes an item of one's own away again."""
    added = tuple(one for one in changes.added if one.item.id != own_id)
    order = tuple(one for one in changes.order if one != own_id)
    left = replace(changes, added=added, order=order)
    themes = _ids(with_hidden(base, left).themes)
    return replace(left, themes=tuple(one for one in left.themes if one in themes))


def _own_item(own_id: str, data: Mapping[str, Any]) -> Item:
    faults: list[Fault] = []
    # In the short version, too: what somebody asks on purpose is asked of everybody.
    fixed = {"id": own_id, "short": True, "mandatory": False, "mandatory_by": ""}
    item = parse_item({**data, **fixed, "added_by": "team"}, "", faults)
    if faults:
        raise Refused(_in_words(faults[0]), faults[0].place.partition("[")[0])
    return item


def _in_words(fault: Fault) -> str:
    return fault.problem[:1].upper() + fault.problem[1:] + "."


def add_help(
    base: FrameDocument, changes: TeamChanges, item: str, words: Mapping[str, str]
) -> TeamChanges:
    """A help question of one's own, to an item of the frame or of one's own. Raises Refused."""
    return _with_help(base, changes, item, (*own_help(changes, item), dict(words)))


def remove_help(base: FrameDocument, changes: TeamChanges, item: str, place: int) -> TeamChanges:
    """Takes the help question at that place among one's own away again."""
    texts = own_help(changes, item)
    return _with_help(base, changes, item, (*texts[:place], *texts[place + 1 :]))


def own_help(changes: TeamChanges, item: str) -> tuple[Text, ...]:
    """The help questions that the leader wrote to an item."""
    own = next((one.item for one in changes.added if one.item.id == item), None)
    return own.help if own else tuple(changes.help.get(item, ()))


def _with_help(
    base: FrameDocument, changes: TeamChanges, item: str, texts: Sequence[Text]
) -> TeamChanges:
    if item in {one.item.id for one in changes.added}:
        added = tuple(
            replace(one, item=replace(one.item, help=tuple(texts))) if one.item.id == item else one
            for one in changes.added
        )
        return _checked(base, replace(changes, added=added))
    rest = {name: own for name, own in changes.help.items() if name != item}
    return _checked(base, replace(changes, help=rest | ({item: tuple(texts)} if texts else {})))


# --- what may be ----------------------------------------------------------------------------------


def check(base: FrameDocument, changes: TeamChanges) -> None:
    """That a leader may change this. Raises Refused with what to do."""
    _check_hidden(base, changes)
    _check_own(base, changes)
    if _unknown(base, changes):
        raise Refused(_not_asked())
    if any(len(own_help(changes, item)) > MOST_OWN_HELP for item in _helped(changes)):
        raise Refused(_("Write at most %(most)s help questions to one question.") % _MOST_HELP)
    if compose(base, team=changes).misfits:
        raise Refused(_not_asked())


_MOST_HELP = {"most": MOST_OWN_HELP}


def _checked(base: FrameDocument, changes: TeamChanges) -> TeamChanges:
    check(base, changes)
    return changes


def _not_asked() -> str:
    return _("This question is not asked any more. Look at the page again.")


def _helped(changes: TeamChanges) -> set[str]:
    return {*changes.help, *(one.item.id for one in changes.added)}


def _check_hidden(base: FrameDocument, changes: TeamChanges) -> None:
    known = {item.id: item for item in base.items}
    for one in changes.hidden & known.keys():
        if not may_hide(known[one]):
            raise Refused(_("This question is mandatory and is always asked."), one)
    if changes.hidden >= known.keys() and not changes.added:
        raise Refused(_("Leave at least one question in."))


def _check_own(base: FrameDocument, changes: TeamChanges) -> None:
    if len(changes.added) > MOST_ADDED:
        most = {"most": MOST_ADDED}
        raise Refused(_("A team can have at most %(most)s questions of its own.") % most)
    for one in changes.added:
        _check_own_item(base, one.item)


def _check_own_item(base: FrameDocument, item: Item) -> None:
    if not OWN_IDS.fullmatch(item.id):
        raise Refused(_not_asked(), item.id)
    if item.mandatory or item.mandatory_by:
        raise Refused(_("A leader's own question is never mandatory."), item.id)
    if item.type not in OWN_TYPES or not item.for_parts:
        raise Refused(_("Choose how the question is answered."), "type")
    if item.has_score and base.scale is None:
        raise Refused(_("This frame has no scale. Choose another way to answer."), "type")


def _unknown(base: FrameDocument, changes: TeamChanges) -> set[str]:
    """What the changes name and the base does not have."""
    items = {item.id for item in base.items}
    own = {one.item.id for one in changes.added}
    themes = {theme.id for theme in base.themes} | {TEAM_THEME}
    wanted = {*changes.themes, *(one.theme for one in changes.added)}
    named = {*changes.hidden, *changes.help}
    return (named - items) | (set(changes.order) - items - own) | (wanted - themes)
