"""Writing one's preparation and handing in what one chooses."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.activity.models import Activity
from musling.conversations import access
from musling.conversations.models import SAID, Answer, HandedIn, Preparation, Reveal
from musling.conversations.queries.preparation import (
    LIFE_PHASES,
    MOST_TOPICS,
    OLD_AGREEMENT,
    TOPICS,
    own_preparation,
    own_preparation_key,
)
from musling.conversations.queries.talks import Talk, talk
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import Clash, Refused
from musling.frames.document import SCORES
from musling.vault.sealing import OpenKey

LONGEST = 10_000  # characters in one answer
SITTING_MINUTES = 30


def _preparable(actor: Actor, public_id: str) -> Talk:
    """The talk while preparation is open; the answer to whoever comes late says why."""
    found = talk(actor, public_id)
    if not found.can_prepare:
        raise Refused(_("The talk has begun or ended. Preparation can no longer be changed."))
    return found


@transaction.atomic
def choose_length(actor: Actor, *, public_id: str, short: bool) -> None:
    """Chooses the short version or the whole; nothing that was written goes away."""
    found = _preparable(actor, public_id)
    Preparation.objects.filter(participant=found.me).update(short=short)


@transaction.atomic
def save_answers(
    actor: Actor,
    *,
    public_id: str,
    answers: Mapping[str, Mapping[str, Any]],
    versions: Mapping[str, int],
) -> dict[str, int]:
    """Saves what was written to some items; returns the version of each item's text.

    ``answers``: item id → any of ``score`` (0–5 or None), ``text``, ``chosen`` (list of ids). What
    is left out of an answer keeps its value. ``versions``: the text's version that the page
    showed; where a newer and different text is stored, Clash is raised with it and nothing of the
    call is saved.
    """
    found = _preparable(actor, public_id)
    row, key = own_preparation_key(actor, found)
    known = {item.id for item in found.document.items_for(found.me.part)}  # type: ignore[arg-type]
    known |= {TOPICS, LIFE_PHASES} | _notes_on_agreements(actor, answers)
    for item, change in answers.items():
        if item not in known:
            raise Refused(_("This question is not part of your preparation."), item)
        _check(item, change)
    stored = {
        answer.item: answer
        for answer in Answer.objects.select_for_update().filter(
            preparation=row, item__in=list(answers)
        )
    }
    saved = {
        item: _merge(row, key, item, change, stored.get(item), versions.get(item))
        for item, change in answers.items()
    }
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
    if len(change.get("text") or "") > LONGEST:
        raise Refused(
            _("This is longer than %(most)d characters. Shorten it; it is kept on the page.")
            % {"most": LONGEST},
            item,
        )
    if item == TOPICS and len(change.get("chosen", [])) > MOST_TOPICS:
        raise Refused(_("Choose up to three topics."), item)


def _merge(
    row: Preparation,
    key: OpenKey,
    item: str,
    change: Mapping[str, Any],
    answer: Answer | None,
    seen: int | None,
) -> int:
    """Puts a change onto what is stored; the version of the text counts changes of the text."""
    before = (answer.unseal(key, "content") if answer else None) or {}
    value = {**before, **change}
    version = int(before.get("version", 0))
    if value.get("text", "") != before.get("text", ""):
        if seen is not None and seen != version:
            raise Clash(str(before.get("text", "")), version, item)
        version += 1
    value = {name: part for name, part in value.items() if part not in (None, "", [])}
    value["version"] = version
    if value == before:
        return version
    answer = answer or Answer(organisation_id=row.organisation_id, preparation=row, item=item)
    answer.seal(key, "content", value)
    try:
        with transaction.atomic():
            answer.save()
    except IntegrityError:  # another tab was first, just now
        stored = Answer.objects.get(preparation=row, item=item)
        return _merge(row, key, item, change, stored, seen)
    return version


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
        raise Refused(_("The talk has begun or ended. Preparation can no longer be handed in."))
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
        value = {k: part for k, part in opened.values[item].items() if k != "version"}
        copy.seal(found.key, "content", value)
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
