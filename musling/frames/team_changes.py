"""What a leader changed in the organisation's frame for the team, as data that is checked.

``{"hidden": [item id], "themes": [theme id], "order": [item id], "added": [{"theme": id, "item":
item}], "help": {item id: [text]}}``. What is left out changes nothing.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from musling.frames.document import FrameFault, Item, plain
from musling.frames.parsing import parse_item, parse_texts
from musling.frames.raw_table import Fault, Text

MOST_ADDED = 10
OWN_ID = "team."  # what the ids of a team's own items begin with
OWN_IDS = re.compile(re.escape(OWN_ID) + "[0-9a-f]{8}")


def new_own_id() -> str:
    """The id of a new item of the team's own; it never changes, whatever the words become."""
    return OWN_ID + secrets.token_hex(4)


@dataclass(frozen=True, slots=True)
class Added:
    """An item of the team's own and the theme that it stands in."""

    theme: str
    item: Item


@dataclass(frozen=True)
class TeamChanges:
    """Hidden items, the order of themes and of items, own items, own help questions per item."""

    hidden: frozenset[str] = frozenset()
    themes: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    added: tuple[Added, ...] = ()
    help: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything is changed at all."""
        return any((self.hidden, self.themes, self.order, self.added, self.help))


def parse(data: Mapping[str, Any]) -> TeamChanges:
    """The changes as stored. Raises FrameFault with every fault in items and texts."""
    faults: list[Fault] = []
    rows = data.get("added", [])
    if len(rows) > MOST_ADDED:
        most = {"most": MOST_ADDED}
        faults.append(Fault("added", _("at most %(most)s questions of your own") % most))
    added = tuple(
        Added(str(row["theme"]), parse_item(row["item"], f"added[{place}].item", faults))
        for place, row in enumerate(rows)
    )
    for place, one in enumerate(added):
        if not one.item.id.startswith(OWN_ID):
            faults.append(Fault(f"added[{place}].item.id", _("begin the id with team.")))
    own_help = {
        str(item): parse_texts(texts, f"help.{item}", faults)
        for item, texts in data.get("help", {}).items()
    }
    if faults:
        raise FrameFault(faults)
    return TeamChanges(
        frozenset(data.get("hidden", ())),
        tuple(data.get("themes", ())),
        tuple(data.get("order", ())),
        added,
        own_help,
    )


def to_json(changes: TeamChanges) -> dict[str, Any]:
    """The one way of storing the changes; ``parse`` reads it. Nothing empty is written."""
    data = {
        "hidden": sorted(changes.hidden),
        "themes": list(changes.themes),
        "order": list(changes.order),
        "added": [{"theme": one.theme, "item": plain(one.item)} for one in changes.added],
        "help": {item: [dict(text) for text in texts] for item, texts in changes.help.items()},
    }
    return {name: value for name, value in data.items() if value}
