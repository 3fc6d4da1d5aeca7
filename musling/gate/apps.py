"""Registers the checks of the gate."""

from importlib import import_module

from django.apps import AppConfig


class GateConfig(AppConfig):
    """The gate has no tables, only checks."""

    name = "musling.gate"

    def ready(self) -> None:
        """Has Django run the checks."""
        import_module("musling.gate.checks")
