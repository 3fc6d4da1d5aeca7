"""Addresses of the site. What stands under a slug is inside that organisation."""

from django.urls import include, path

urlpatterns = [
    path("", include("musling.web.start.urls")),
]
