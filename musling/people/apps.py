"""Makes the long work of this package known wherever the program runs."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The tables of people."""

    name = "musling.people"

    def ready(self) -> None:
        """Registers the steps of an import."""
        from musling.people import import_runs  # noqa: F401
