"""Writes docs/privacy/data.md anew: every table, what it holds of whom, and how long.

``data_list.toml`` names every table; `tests/house_rules/test_data_list.py` fails when one is
missing. Periods come from ``musling.privacy.retention`` and from what removes things.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import translation

django.setup()

from musling.identity import held  # noqa: E402 (needs the apps)
from musling.people import activation, import_folder  # noqa: E402
from musling.privacy import access_requests  # noqa: E402
from musling.privacy import retention as rules  # noqa: E402
from musling.schedule import cleaning  # noqa: E402
from musling.vault.models import SealedModel  # noqa: E402

LIST = Path(__file__).with_name("data_list.toml")
FILE = Path(__file__).parents[1] / "docs" / "privacy" / "data.md"
HEAD = """# What is kept, of whom, how long

Made from `setup/data_list.toml` and the rules by `make data-page`; do not edit by hand. A test
fails when a table of the database is not on it, or when the rules say otherwise. The periods are
the defaults; each organisation sets its own within the bounds, per kind of talk. *Sealed*: what
people wrote or ticked, openable only with the keyring. *Open*: readable by whoever has the
database.

## The rules

| rule | what goes | when | default | bounds |
|---|---|---|---|---|
"""
BETWEEN = """
An access request holds off the destruction of what it asks for until {request} days after the last
day for an answer. Both parties are told at least {notice} days before anything goes that they
share.

## The tables

| table | what it holds | of whom | how | how long |
|---|---|---|---|---|
"""
OUTSIDE = """
## Outside the database

- **Keyring** (`MUSLING_KEYRING`) and its twin: the wrapping keys. A generation goes once no living
  key uses it and the backup horizon is over.
- **Ledger** (`MUSLING_LEDGER`): which keys were destroyed, by which rule; no content, no names. For
  good: a restore needs it.
- **Head of the log**: a hash a day, for good.
- **Files that were sent in for import**: names, numbers, work e-mails; {import_} hours.
- **Backups**: as long as the operator keeps them; what was destroyed opens from none of them after
  "final from".
- **The server's log lines**: ids, addresses of pages, times; as the operator decides.
"""
FACTS = {
    "held": int(held.LIFETIME.total_seconds()) // 60,
    "slip": activation.LIFETIME.days,
    "import_": import_folder.LIFETIME // 3600,
    "codes": cleaning.CODES_ARE_KEPT.days,
    "runs": cleaning.RUNS_ARE_KEPT.days,
    "log_years": settings.MUSLING_LOG_YEARS,
    "tasks": cleaning.TASKS_ARE_KEPT.days,
    "request": access_requests.HOLDS_OFF.days,
    "notice": rules.LEAST_NOTICE.days,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """Some tables that hold the same sort of thing. ``until``: how long, or the rules' ids."""

    tables: list[str]
    what: str
    whose: str
    until: str | list[str]


def entries() -> list[Entry]:
    """The list, in its order."""
    return [Entry(**row) for row in tomllib.loads(LIST.read_text("utf-8"))["data"]]


def tables() -> dict[str, type[models.Model]]:
    """All tables of the program by name, those of libraries too."""
    found: Any = apps.get_models(include_auto_created=True)
    return {model._meta.label: model for model in found}  # noqa: SLF001 (Django's own name)


def markdown() -> str:
    """The page, in English. Raises KeyError where the list names a rule that is not there."""
    with translation.override("en"):
        known = tables()
        return "".join(
            (
                HEAD,
                *map(_rule, rules.RULES.values()),
                BETWEEN.format_map(FACTS),
                *(_row(entry, known) for entry in entries()),
                OUTSIDE.format_map(FACTS),
            )
        )


def _rule(rule: rules.Rule) -> str:
    default, least, most = (
        rules.in_words(rule, number) for number in (rule.default, rule.least, rule.most)
    )
    return f"| `{rule.id}` | {rule.what} | {rule.after} | {default} | {least} – {most} |\n"


def _row(entry: Entry, known: dict[str, type[models.Model]]) -> str:
    sealed = [name for name in entry.tables if issubclass(known[name], SealedModel)]
    how = "sealed" if len(sealed) == len(entry.tables) else "partly sealed" if sealed else "open"
    names = ", ".join(f"`{name}`" for name in entry.tables)
    return f"| {names} | {entry.what} | {entry.whose} | {how} | {_until(entry.until)} |\n"


def _until(until: str | list[str]) -> str:
    if isinstance(until, str):
        return until.format_map(FACTS)
    ids = ", ".join(f"`{rules.RULES[one].id}`" for one in until)
    return f"whichever comes first: {ids}" if len(until) > 1 else ids


if __name__ == "__main__":
    FILE.write_text(markdown(), "utf-8")
