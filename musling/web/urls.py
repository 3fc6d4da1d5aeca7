"""Addresses of the site. What stands under a slug is inside that organisation."""

from django.urls import include, path

from musling.web.staff.founding import create_organisation

urlpatterns = [
    path("create/", create_organisation, name="create-organisation"),
    path("", include("musling.web.help.urls")),  # before the slugs: no organisation is called help
    path("<slug:slug>/", include("musling.web.staff.urls")),
    path("<slug:slug>/", include("musling.web.talks.urls")),
    path("<slug:slug>/", include("musling.web.team.urls")),
    path("<slug:slug>/", include("musling.web.rounds.urls")),
    path("<slug:slug>/", include("musling.web.frames.urls")),
    path("<slug:slug>/", include("musling.web.committee.urls")),
    path("<slug:slug>/", include("musling.web.core_task.urls")),
    path("<slug:slug>/", include("musling.web.access.urls")),
    path("<slug:slug>/", include("musling.web.retention.urls")),
    path("<slug:slug>/", include("musling.web.settings.urls")),
    path("", include("musling.web.start.urls")),
]
