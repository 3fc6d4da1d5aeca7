"""Addresses of the front door and what every page links to."""

from django.urls import path

from musling.web.start import views

urlpatterns = [
    path("", views.home, name="home"),
    path("hide/", views.hide, name="hide"),
    path("language/", views.language, name="language"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("<slug:slug>/", views.start, name="start"),
    path("<slug:slug>/style.css", views.style, name="organisation-style"),
]
