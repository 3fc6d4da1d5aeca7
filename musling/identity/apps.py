"""Listens to what django-allauth and Django tell about log-ins."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Log-in."""

    name = "musling.identity"

    def ready(self) -> None:
        """Connects the receivers."""
        from musling.identity import second_step

        second_step.listen()
