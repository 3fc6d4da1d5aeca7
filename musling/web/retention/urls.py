"""Addresses of the page that says how long what is kept."""

from django.urls import path

from musling.web.retention import views

urlpatterns = [
    path("kept/", views.kept, name="retention"),
    path("kept/<slug:talk_kind>/<slug:rule>/", views.change, name="retention-change"),
]
