"""The site: registers the converter of public ids."""

from django.apps import AppConfig
from django.urls import register_converter

from musling.foundation.public_ids import PublicIdConverter


class WebConfig(AppConfig):
    """The site has no tables."""

    name = "musling.web"

    def ready(self) -> None:
        """``<public:talk>`` works in every URL pattern."""
        register_converter(PublicIdConverter, "public")
