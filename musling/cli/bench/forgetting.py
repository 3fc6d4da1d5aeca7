"""Destroys talks that are due, and blanks as many others by plain SQL: ``retention.json``.

Run in a process of its own, with the settings of that database:
``python -m musling.cli.bench.forgetting SIZE``.
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


def main() -> None:
    """Measures once: what is destroyed cannot be destroyed again."""
    django.setup()
    from django.conf import settings
    from django.db import connection

    from musling.privacy import destroying

    size = int(sys.argv[1])
    first = _talks(size // A_TENTH)
    rest = _talks(size - len(first), after=first[-1])
    others = _talks(size, after=rest[-1])
    _announce(first)
    begun = time.perf_counter()
    done = destroying.destroy_announced()["talks"]
    early = _rss()
    _announce(rest)
    queries = 0

    def count(execute: Any, *given: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*given)

    with connection.execute_wrapper(count):
        done += destroying.destroy_announced()["talks"]
    seconds = time.perf_counter() - begun
    if done != size:
        raise SystemExit(f"{done} talks were destroyed, not {size}.")
    peak = _rss()
    reference = _plain(others)
    document = {
        "seconds": round(seconds, 2),
        "reference_seconds": round(reference, 2),
        "ratio": round(seconds / reference, 2),
        "per_second": round(size / seconds, 1),
        "rss_after_a_tenth_mb": round(early, 1),
        "peak_rss_mb": round(peak, 1),
        "queries": queries,
    }
    (Path(settings.MUSLING_VAR) / "retention.json").write_text(json.dumps(document))


def _rss() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _talks(count: int, after: int = 0) -> list[int]:
    from musling.conversations.models import Conversation

    rows = Conversation.objects.filter(pk__gt=after, key__destroyed_at=None).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:count])


def _announce(talks: list[int]) -> None:
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
                due_at=now - dt.timedelta(hours=1),
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
