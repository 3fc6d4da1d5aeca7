"""Makes receipts be written wherever something is destroyed."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """The tables of retention."""

    name = "musling.privacy"

    def ready(self) -> None:
        """Registers the witness that writes receipts."""
        from musling.privacy import receipts  # noqa: F401
