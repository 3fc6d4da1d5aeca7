"""Receipts: what class of content, whose, when, by which rule, final from when; no content."""

from collections import defaultdict

from musling.activity import log
from musling.conversations.models import Agreement, Conversation, Participant, Preparation
from musling.foundation import clock
from musling.foundation.actor import program
from musling.privacy.models import AccessRequest
from musling.vault.keys import when_destroyed
from musling.vault.models import Key

SHARED, OWN, ASKED = "shared", "preparation", "access"

Row = tuple[int, int | None, dict[str, str]]


@when_destroyed
def write_receipts(gone: list[Key]) -> None:
    """Notes in the log, for each person whose content it was, that it is destroyed."""
    keys = {key.pk: key for key in gone}
    rows: dict[int, list[Row]] = defaultdict(list)
    talks = {
        talk: keys[key]
        for talk, key in Conversation.objects.filter(key__in=keys).values_list("pk", "key")
    }
    # Without its text an agreement is nothing that anybody could follow up or be reminded of.
    Agreement.objects.filter(conversation__in=talks, removed_at=None).update(removed_at=clock.now())
    parties = Participant.objects.filter(conversation__in=talks)
    for organisation, talk, profile in parties.values_list(
        "organisation", "conversation", "profile"
    ):
        rows[organisation].append((talk, profile, _facts(SHARED, talks[talk])))
    own = Preparation.objects.filter(key__in=keys)
    for organisation, key, talk, profile in own.values_list(
        "organisation", "key", "participant__conversation", "participant__profile"
    ):
        rows[organisation].append((talk, profile, _facts(OWN, keys[key])))
    asked = AccessRequest.objects.filter(key__in=keys)
    for organisation, key, talk, *both in asked.values_list(
        "organisation", "key", "conversation", "asker", "holder"
    ):
        for profile in both:
            rows[organisation].append((talk, profile, _facts(ASKED, keys[key])))
    for organisation, noted in rows.items():
        log.note_each(program(organisation), "retention.destroyed", noted)


def _facts(content: str, key: Key) -> dict[str, str]:
    final_from = key.final_from.date().isoformat() if key.final_from else ""
    return {"content": content, "rule": key.reason, "final_from": final_from}
