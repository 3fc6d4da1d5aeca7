"""Four addresses, one for each page that is measured."""

from django.urls import path

from musling.cli.bench.reference import views

urlpatterns = [
    path("team/", views.team),
    path("start/", views.start),
    path("preparation/", views.preparation),
    path("saving/", views.saving),
]
