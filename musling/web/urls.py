"""Addresses of the site. What stands under a slug is inside that organisation."""

from django.urls import include, path

urlpatterns = [
    path("<slug:slug>/", include("musling.web.talks.urls")),
    path("<slug:slug>/", include("musling.web.team.urls")),
    path("<slug:slug>/", include("musling.web.frames.urls")),
    path("<slug:slug>/", include("musling.web.access.urls")),
    path("<slug:slug>/", include("musling.web.settings.urls")),
    path("", include("musling.web.help.urls")),
    path("", include("musling.web.start.urls")),
]
