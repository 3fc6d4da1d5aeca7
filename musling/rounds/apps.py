"""Makes the long work of this package known wherever the program runs."""

from django.apps import AppConfig


class RoundsConfig(AppConfig):
    """The tables of rounds."""

    name = "musling.rounds"

    def ready(self) -> None:
        """Registers the steps of opening, of the daily look, of telling and of sending."""
        from musling.rounds.actions import opening, rolling_out  # noqa: F401
