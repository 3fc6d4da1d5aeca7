"""Registers the checks of the gate."""

from django.apps import AppConfig


class GateConfig(AppConfig):
    """The gate has no tables, only checks."""

    name = "musling.gate"

    def ready(self) -> None:
        """Has Django run the checks."""
        from musling.gate import checks  # noqa: F401
