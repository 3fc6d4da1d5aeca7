"""Writing one's preparation and handing in what one chooses."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.activity.models import Activity
from musling.conversations import access
from musling.conversations.first_text import preparation_of
from musling.conversations.models import SAID, Answer, HandedIn, Preparation, Reveal
from musling.conversations.queries.preparation import (
    CELL_VERSIONS,
    LIFE_PHASES,
    MOST_TOPICS,
    OLD_AGREEMENT,
    TOPICS,
    VERSION,
    own_preparation,
    own_preparation_to_write,
    texts_of,
    versions_of,
)
from musling.conversations.queries.talks import Talk, talk
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import Clash, Refused
from musling.frames.document import SCORES, Item
from musling.vault.sealing import OpenKey

LONGEST = 10_000  # characters in one answer
SITTING_MINUTES = 30


def _preparable(actor: Actor, public_id: str) -> Talk:
    """The talk while preparation is open; the answer to whoever comes late says why."""
    found = talk(actor, public_id)
    if not found.can_prepare:
        raise Refused(_too_early_or_late(found, _("Preparation can no longer be changed.")))
    return found


def _too_early_or_late(found: Talk, late: str) -> str:
    if found.can_be_fitted:
        if found.conversation.form_waits:
            return _("You can prepare as soon as your leader has sent the form.")
        return _("You can prepare as soon as the talk is offered to you.")
    return _("The talk has begun or ended.") + " " + late


@transaction.atomic
def choose_length(actor: Actor, *, public_id: str, short: bool) -> None:
    """Chooses the short version or the whole; nothing that was written goes away."""
    found = _preparable(actor, public_id)
    row = preparation_of(found.me)
    Preparation.objects.filter(pk=row.pk).update(short=short)


@transaction.atomic
def save_answers(
    actor: Actor,
    *,
    public_id: str,
    answers: Mapping[str, Mapping[str, Any]],
    versions: Mapping[str, int],
) -> dict[str, int]:
    """Saves what was written to some items; returns the version of each text of the call.

    ``answers``: item id → any of ``score`` (0–5 or None), ``text``, ``chosen`` (list of ids),
    ``cells`` (cell id → text). What is left out of an answer keeps its value, in a table each cell.
    ``versions``: the versions that the page showed, a text's under its item's id, a cell's under
    "item/cell"; where a newer and different text is stored, Clash is raised with it and nothing of
    the call is saved. Raises Refused, with the item or the cell as its field.
    """
    found = _preparable(actor, public_id)
    row, key = own_preparation_to_write(actor, found)
    known = {item.id for item in found.document.items_for(found.me.part)}  # type: ignore[arg-type]
    known |= {TOPICS, LIFE_PHASES} | _notes_on_agreements(actor, answers)
    for item, change in answers.items():
        if item not in known:
            raise Refused(_("This question is not part of your preparation."), item)
        _check(item, change)
        _check_by_type(found.document.find(item), change)
    stored = {
        answer.item: answer
        for answer in Answer.objects.select_for_update().filter(
            preparation=row, item__in=list(answers)
        )
    }
    saved: dict[str, int] = {}
    for item, change in answers.items():
        saved |= _merge(row, key, item, change, stored.get(item), versions)
    _note_sitting(actor, found, row)
    return saved


def _notes_on_agreements(actor: Actor, answers: Mapping[str, Any]) -> set[str]:
    """Of the notes on old agreements those whose agreement the actor sees; one query if any."""
    noted = [item.removeprefix(OLD_AGREEMENT) for item in answers if item.startswith(OLD_AGREEMENT)]
    if not noted:
        return set()
    seen = access.readable_agreements(actor).filter(public_id__in=noted)
    return {OLD_AGREEMENT + public_id for public_id in seen.values_list("public_id", flat=True)}


def _check(item: str, change: Mapping[str, Any]) -> None:
    if change.get("score") is not None and change["score"] not in SCORES:
        raise Refused(_("Choose a number from 0 to 5."), item)
    for field, words in texts_of(item, change).items():
        if len(words) > LONGEST:
            raise Refused(
                _("This is longer than %(most)d characters. Shorten it; it is kept on the page.")
                % {"most": LONGEST},
                field,
            )
    if item == TOPICS and len(change.get("chosen", [])) > MOST_TOPICS:
        raise Refused(_("Choose up to three topics."), item)


def _check_by_type(item: Item | None, change: Mapping[str, Any]) -> None:
    """That the item knows what was chosen, and the table each cell; notes have no item."""
    if item is None:
        return
    chosen = change.get("chosen") or []
    if not set(chosen) <= {option.id for option in item.options}:
        raise Refused(_("Choose among the answers on the page."), item.id)
    if item.type == "choice" and len(chosen) > 1:
        raise Refused(_("Choose only one answer."), item.id)
    for cell in change.get("cells") or {}:
        if cell not in item.cells:
            raise Refused(_("There is no such field in the table."), f"{item.id}/{cell}")


def merged(before: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """An answer with a change put onto it: what the change leaves out stays, in a table too."""
    value = {**before, **change}
    if "cells" in change:
        cells = {**before.get("cells", {}), **change["cells"]}
        value["cells"] = {cell: words for cell, words in cells.items() if words}
    return value


def _merge(
    row: Preparation,
    key: OpenKey,
    item: str,
    change: Mapping[str, Any],
    answer: Answer | None,
    seen: Mapping[str, int],
) -> dict[str, int]:
    """Puts a change onto what is stored; the versions of the texts that the change names."""
    before = (answer.unseal(key, "content") if answer else None) or {}
    value = merged(before, change)
    versions = _counted(item, before, value, seen)
    told = {field: versions.get(field, 0) for field in texts_of(item, change)}
    value = {name: part for name, part in value.items() if part not in (None, "", [], {})}
    value |= _stored(item, versions)
    if value == before:
        return told
    answer = answer or Answer(organisation_id=row.organisation_id, preparation=row, item=item)
    answer.seal(key, "content", value)
    try:
        with transaction.atomic():
            answer.save()
    except IntegrityError:  # another tab was first, just now
        stored = Answer.objects.get(preparation=row, item=item)
        return _merge(row, key, item, change, stored, seen)
    return told


def _counted(
    item: str, before: Mapping[str, Any], value: Mapping[str, Any], seen: Mapping[str, int]
) -> dict[str, int]:
    """The versions of all texts, one up where a text changed. Raises Clash.

    Each cell counts for itself: two tabs can fill in two cells of a table.
    """
    old, new, versions = texts_of(item, before), texts_of(item, value), versions_of(item, before)
    for field in {**old, **new}:
        there = old.get(field, "")
        if new.get(field, "") == there:
            continue
        version = versions.get(field, 0)
        if seen.get(field, version) != version:
            raise Clash(there, version, field)
        versions[field] = version + 1
    return versions


def _stored(item: str, versions: Mapping[str, int]) -> dict[str, Any]:
    """Counterpart of ``versions_of``."""
    start = len(f"{item}/")
    cells = {field[start:]: number for field, number in versions.items() if field != item}
    return {VERSION: versions[item]} | ({CELL_VERSIONS: cells} if cells else {})


def _note_sitting(actor: Actor, found: Talk, row: Preparation) -> None:
    """Saving while one writes is one activity per sitting."""
    now = clock.now()
    fresh = row.saved_at and (now - row.saved_at).total_seconds() < SITTING_MINUTES * 60
    Preparation.objects.filter(pk=row.pk).update(saved_at=now)
    if not fresh:
        log.note(
            actor,
            "preparation.saved",
            object_id=found.conversation.pk,
            about=found.employee.profile_id,
        )


@transaction.atomic
def hand_in(actor: Actor, *, public_id: str, items: Collection[str]) -> None:
    """Copies the chosen answers under the talk's key; the private text stays private.

    Handing in again replaces what was handed in before. Keeping back is the same as not copying.
    """
    found = talk(actor, public_id, lock=True)
    if found.conversation.reveal == Reveal.NEVER:
        raise Refused(_("This preparation is yours alone and is never handed in."))
    if not found.can_prepare:
        late = _("Preparation can no longer be handed in.")
        raise Refused(_too_early_or_late(found, late))
    opened = own_preparation(actor, found)
    chosen = sorted(set(items) & set(opened.values))
    if found.conversation.reveal == Reveal.AFTER_BOTH and not chosen:
        # Handing in opens the other's: it takes something to get something.
        raise Refused(
            _(
                "Hand in at least one answer. Handing in opens what the other handed in, "
                "so nobody sees it for nothing."
            )
        )
    if not chosen and found.me.handed_in_at is None:
        raise Refused(
            _("Nothing is ticked. Tick what you want to show, or simply keep it all to yourself.")
        )
    now = clock.now()
    HandedIn.objects.filter(participant=found.me).exclude(item__in=SAID).delete()
    copies = []
    for item in chosen:
        copy = HandedIn(
            organisation_id=actor.organisation_id,
            conversation=found.conversation,
            participant=found.me,
            item=item,
            at=now,
        )
        copy.seal(found.key, "content", opened.values[item])
        copies.append(copy)
    HandedIn.objects.bulk_create(copies)
    first = found.me.handed_in_at is None
    found.me.handed_in_at = now
    found.me.save(update_fields=["handed_in_at"])
    if first or not _handed_in_today(actor, found):
        log.note(
            actor,
            "preparation.handed_in",
            object_id=found.conversation.pk,
            about=found.employee.profile_id,
        )


def _handed_in_today(actor: Actor, found: Talk) -> bool:
    """One mail a day is enough, however often somebody hands in again."""
    return Activity.objects.filter(
        verb="preparation.handed_in",
        object_id=found.conversation.pk,
        actor_id=actor.profile_id,
        at__date=actor.today,
    ).exists()
