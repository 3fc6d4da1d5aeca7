"""Destroys talks that are due, and blanks as many others by plain SQL: ``retention.json``.

Each part in a process of its own, so that the memory is that of the run alone:
``python -m musling.cli.bench.forgetting choose|destroy|plain SIZE``.
"""

import datetime as dt
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import django

A_TENTH = 10
FAR = dt.timedelta(days=365)


def main() -> None:
    """Carries out a part."""
    django.setup()
    part, size = sys.argv[1], int(sys.argv[2])
    {"choose": _choose, "destroy": _destroy, "plain": _measure_plain}[part](size)


def file_of(part: str) -> Path:
    """Where a part leaves what it found."""
    from django.conf import settings

    return Path(settings.MUSLING_VAR) / f"retention-{part}.json"


def _choose(size: int) -> None:
    """Announces so many talks, the first tenth for now, and leaves the ids of as many others."""
    talks = _talks(size)
    first = size // A_TENTH
    _announce(talks[:first], dt.timedelta(hours=-1))
    _announce(talks[first:], FAR)
    file_of("choose").write_text(json.dumps(_talks(size, after=talks[-1])))


def _destroy(size: int) -> None:
    """Measures once: what is destroyed cannot be destroyed again."""
    from django.db import connection

    from musling.foundation import clock
    from musling.privacy import destroying
    from musling.privacy.models import Announcement
    from musling.vault import keys

    queries = 0

    def count(execute: Any, *given: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*given)

    begun = time.perf_counter()
    with connection.execute_wrapper(count):
        done = destroying.destroy_announced()["talks"]
    seconds, early = time.perf_counter() - begun, _rss()
    Announcement.objects.filter(done_at=None).update(due_at=clock.now())
    begun = time.perf_counter()
    with connection.execute_wrapper(count):
        done += destroying.destroy_announced()["talks"]
    seconds += time.perf_counter() - begun
    if done != size:
        raise SystemExit(f"{done} talks were destroyed, not {size}.")
    keys.finish_destruction()  # as every night begins: through the whole ledger
    document = {
        "seconds": round(seconds, 2),
        "per_second": round(size / seconds, 1),
        "rss_after_a_tenth_mb": early,
        "peak_rss_mb": _rss(),
        "queries": queries,
    }
    file_of("destroy").write_text(json.dumps(document))


def _measure_plain(_size: int) -> None:
    others = json.loads(file_of("choose").read_text())
    file_of("plain").write_text(json.dumps({"reference_seconds": round(_plain(others), 2)}))


def _rss() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def _talks(count: int, after: int = 0) -> list[int]:
    from musling.conversations.models import Conversation

    rows = Conversation.objects.filter(pk__gt=after, key__destroyed_at=None).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:count])


def _announce(talks: list[int], due_in: dt.timedelta) -> None:
    """As if both had been told two weeks ago that their talk of three years ago goes."""
    from musling.conversations.models import Conversation
    from musling.foundation import clock
    from musling.privacy.models import Announcement

    now = clock.now()
    long_ago = now - dt.timedelta(days=3 * 365)
    for start in range(0, len(talks), 5000):
        some = talks[start : start + 5000]
        rows = Conversation.objects.filter(pk__in=some)
        rows.update(held_at=long_ago)
        places = dict(rows.values_list("pk", "organisation"))
        Announcement.objects.bulk_create(
            Announcement(
                organisation_id=places[pk],
                conversation_id=pk,
                rule="ceiling",
                told_at=now - dt.timedelta(days=14),
                due_at=now + due_in,
            )
            for pk in some
        )


def _plain(talks: list[int]) -> float:
    """One statement a table over a list of ids, in one transaction; seconds."""
    from django.db import connection, transaction

    from musling.activity.models import Activity
    from musling.conversations.models import Participant
    from musling.foundation import bulk, clock
    from musling.vault.models import sealed_models

    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE going (key_id bigint PRIMARY KEY)")
        cursor.execute(
            "INSERT INTO going SELECT key_id FROM conversations_conversation WHERE id = ANY(%s)"
            " UNION SELECT p.key_id FROM conversations_preparation p"
            " JOIN conversations_participant s ON s.id = p.participant_id"
            " WHERE s.conversation_id = ANY(%s)",
            [talks, talks],
        )
        cursor.execute("ANALYZE going")
        cursor.execute("SELECT key_id FROM going")
        going = [row[0] for row in cursor.fetchall()]
        for model in sealed_models():
            if model._meta.app_label == "conversations":  # noqa: SLF001
                blank = dict.fromkeys(model.sealed_fields(), b"")
                rows = model._base_manager.filter(**{f"{model.sealed_by}__in": going})  # noqa: SLF001
                rows.update(**blank)
        cursor.execute(
            "UPDATE vault_key SET wrapped = '', destroyed_at = now() FROM going"
            " WHERE vault_key.id = going.key_id"
        )
        at = clock.now()
        seats = Participant.objects.filter(conversation__in=talks).values_list(
            "organisation", "conversation", "profile"
        )
        bulk.insert(
            Activity,
            ("organisation_id", "at", "verb", "object_id", "about_id"),
            ((place, at, "bench", talk, profile) for place, talk, profile in seats for _ in (1, 2)),
        )
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
