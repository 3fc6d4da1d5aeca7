"""Counts the queries of each measured page: ``queries.json`` beside the database.

Run in a process of its own, with the settings of that database:
``python -m musling.cli.bench.counting``.
"""

import json
from pathlib import Path
from typing import Any

import django

QUERIES = "queries.json"


def main() -> None:
    """Opens each page once in this process; the second opening counts."""
    django.setup()
    from django.conf import settings

    from musling.cli.bench.filling import VISITS
    from musling.cli.bench.visits import PAGES, visits_of

    var = Path(settings.MUSLING_VAR)
    filled = json.loads((var / VISITS).read_text())
    counted = {page: _count(visits_of(page, filled)[0]) for page in PAGES}
    (var / QUERIES).write_text(json.dumps(counted))


def _count(visit: Any) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    _open(visit)
    with CaptureQueriesContext(connection) as queries:
        _open(visit)
    return len(queries)


def _open(visit: Any) -> None:
    from django.conf import settings
    from django.test import Client

    browser = Client(headers={"Host": "127.0.0.1"})
    browser.cookies[settings.SESSION_COOKIE_NAME] = visit.session
    if visit.page == "saving":
        response = browser.post(visit.path, {f"t.{visit.item}": "Et svar."})
    else:
        response = browser.get(visit.path)
    if response.status_code != 200:
        raise ValueError(f"{visit.path} answered with {response.status_code}.")


if __name__ == "__main__":
    main()
