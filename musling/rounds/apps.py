"""Where the tables of rounds are."""

from importlib import import_module

from django.apps import AppConfig


class RoundsConfig(AppConfig):
    """The tables of a round's evaluation stand beside its rules, and belong here too."""

    name = "musling.rounds"

    def import_models(self) -> None:
        """Has Django know all of them from the start."""
        super().import_models()
        import_module("musling.rounds.evaluation.models")
