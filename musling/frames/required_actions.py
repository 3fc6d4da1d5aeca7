"""What committees make mandatory in their own units, for the kinds of talk they name (row E11)."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.frames.access import area, changeable_required
from musling.frames.document import Item
from musling.frames.models import RequiredItem
from musling.frames.parsing import parse_item
from musling.frames.queries import document_in_use, document_of, kinds_in_use
from musling.frames.raw_table import Fault, Text
from musling.organisations.models import Organisation, Unit

MOST_AT_ONCE = 10  # living ones per unit: what is asked of everybody must stay little
OWN_ID = "committee."
OWN_TYPES = ("scale", "text")
NOT_TO_REQUIRE = ("agreements",)  # asked of everybody who has some, whatever a committee says


@dataclass(frozen=True, slots=True)
class OwnWords:
    """An item of the committee's own; texts by language, Danish always."""

    type: str
    text: Text
    explanation: Text
    help: Sequence[Text]


def can_be_required(item: Item) -> bool:
    """Whether a committee can make this item of a frame mandatory."""
    return not (item.mandatory or item.together or item.type in NOT_TO_REQUIRE)


@transaction.atomic
def require_item(
    actor: Actor, *, unit: Unit | None, kinds: Collection[str], item: str
) -> RequiredItem:
    """Makes an item of the frames in use mandatory in the unit and below (None: everywhere).

    Raises NotThere outside the actor's own units, Refused where one of the kinds does not ask it.
    """
    named = _begin(actor, unit, kinds)
    for kind in named:
        _refuse_unfit(actor, kind, item)
    for row in _living(actor, unit):
        if row.item == item and row.kinds == named:
            return row  # pressed twice
        if row.item == item and set(row.kinds) & set(named):
            raise Refused(_("It is mandatory there already. End that one first."), "item")
    return _add(actor, unit, named, item=item)


def _refuse_unfit(actor: Actor, kind: str, item: str) -> None:
    document = document_of(document_in_use(actor.organisation_id, kind).content)
    found = next((one for one in document.items if one.id == item), None)
    if found is None:
        raise Refused(_("Not every kind of talk that you chose asks this question."), "kinds")
    if found.mandatory:
        raise Refused(_("The organisation has made this question mandatory already."), "item")
    if not can_be_required(found):
        raise Refused(_("This question cannot be made mandatory."), "item")


@transaction.atomic
def require_own(
    actor: Actor, *, unit: Unit | None, kinds: Collection[str], words: OwnWords
) -> RequiredItem:
    """Has a question or statement of the committee's own asked in the unit and below.

    Raises NotThere outside the actor's own units, Refused for what cannot be asked.
    """
    named = _begin(actor, unit, kinds)
    document = _as_item(words)
    for row in _living(actor, unit):
        same = row.document and {**row.document, "id": ""} == {**document, "id": ""}
        if same and row.kinds == named:
            return row  # pressed twice
    return _add(actor, unit, named, document=document)


def _as_item(words: OwnWords) -> dict[str, Any]:
    if words.type not in OWN_TYPES:
        raise Refused(_("Choose a statement or a question."), "type")
    if not words.text.get("da", "").strip():
        raise Refused(_("Write the question or statement in Danish."), "text_da")
    row = {
        "id": OWN_ID + secrets.token_hex(6),
        "type": words.type,
        "text": _said(words.text),
        "explanation": _said(words.explanation),
        "help": [_said(line) for line in words.help],
    }
    faults: list[Fault] = []
    document = {name: value for name, value in row.items() if value}
    parse_item(document, "item", faults)
    if faults:
        raise Refused("\n".join(fault.problem for fault in faults), "text_da")
    return document


def _said(text: Text) -> dict[str, str]:
    return {language: words.strip() for language, words in text.items() if words.strip()}


def _begin(actor: Actor, unit: Unit | None, kinds: Collection[str]) -> list[str]:
    """Who may, where, and for what; the kinds in a fixed order. Holds the organisation's row."""
    own = area(actor)
    if own is None or (unit and unit.organisation_id != actor.organisation_id):
        raise NotThere
    if not own.holds(unit):
        raise NotThere
    Organisation.objects.select_for_update().get(pk=actor.organisation_id)
    named = [kind for kind in kinds_in_use(actor) if kind in kinds]
    if not named or len(named) != len(set(kinds)):
        raise Refused(_("Choose one or more kinds of talk that are in use."), "kinds")
    if unit and unit.closed_on and unit.closed_on <= actor.today:
        raise Refused(_("This unit is closed. Choose another."), "unit")
    return named


def _living(actor: Actor, unit: Unit | None) -> list[RequiredItem]:
    rows = RequiredItem.objects.filter(
        organisation_id=actor.organisation_id, unit=unit, ended_at=None
    )
    return list(rows.order_by("pk"))


def _add(
    actor: Actor,
    unit: Unit | None,
    kinds: list[str],
    *,
    item: str = "",
    document: dict[str, Any] | None = None,
) -> RequiredItem:
    if len(_living(actor, unit)) >= MOST_AT_ONCE:
        raise Refused(
            _("At most %(most)s at once for the same units. End one first.")
            % {"most": MOST_AT_ONCE}
        )
    row = RequiredItem.objects.create(
        organisation_id=actor.organisation_id,
        unit=unit,
        kinds=kinds,
        item=item,
        document=document,
        made_at=clock.now(),
        made_by_id=actor.profile_id or None,
    )
    log.note(actor, "required.made", object_id=row.pk)
    return row


@transaction.atomic
def end_requirement(actor: Actor, *, required: str) -> None:
    """Talks planned from now on need not answer it; others keep it. Safe to press twice.

    Raises NotThere for what is not the actor's committee's to end.
    """
    rows = changeable_required(actor).filter(public_id=required)
    row = rows.select_for_update(of=("self",)).first()
    if row is None:
        raise NotThere
    if row.ended_at is None:
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])
        log.note(actor, "required.ended", object_id=row.pk)
