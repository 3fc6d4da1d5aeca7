"""Makes the tables and the long work of this package known wherever the program runs."""

from importlib import import_module

from django.apps import AppConfig


class RoundsConfig(AppConfig):
    """The tables of rounds; those of their evaluation stand beside its rules."""

    name = "musling.rounds"

    def import_models(self) -> None:
        """Has Django know all of them from the start."""
        super().import_models()
        import_module("musling.rounds.evaluation.models")

    def ready(self) -> None:
        """Registers the steps of opening, previewing, the daily look, telling and sending.

        And what coverage asks of rounds.
        """
        from musling.conversations.coverage import persons
        from musling.rounds import queries
        from musling.rounds.actions import opening, previewing, rolling_out  # noqa: F401

        persons.ALSO_IN.append(queries.talks_of_later_years)
