"""docs/privacy/data.md names every table, and says what the rules say."""

import pytest

from musling.privacy.retention import RULES
from musling.vault.models import sealed_models
from setup import data_page

ENTRIES = data_page.entries()


def test_every_table_is_on_it_once():
    listed = [name for entry in ENTRIES for name in entry.tables]
    assert sorted(listed) == sorted(data_page.tables())


def test_every_rule_is_on_it():
    named = {rule for entry in ENTRIES if not isinstance(entry.until, str) for rule in entry.until}
    assert named == set(RULES)


def test_whatever_is_sealed_goes_by_a_rule():
    """But for a form that was held back, which lives for minutes, and what its holder removes."""
    until = {name: entry.until for entry in ENTRIES for name in entry.tables}
    labels = {model._meta.label for model in sealed_models()}
    assert labels
    assert {label for label in labels if isinstance(until[label], str)} == {
        "identity.HeldPost",
        "calendars.OwnCalendar",
    }


def test_a_rule_that_is_not_there_is_refused(monkeypatch):
    wrong = data_page.Entry(["vault.Key"], "keys", "nobody", ["never"])
    monkeypatch.setattr(data_page, "entries", lambda: [wrong])
    with pytest.raises(KeyError):
        data_page.markdown()


def test_the_page_is_what_the_list_and_the_rules_say():
    assert data_page.FILE.read_text("utf-8") == data_page.markdown(), "run: make data-page"
