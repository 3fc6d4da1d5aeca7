"""Musling: development conversations in Danish workplaces, self-hosted."""

__version__ = "0.1.0"
