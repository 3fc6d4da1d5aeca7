"""Addresses of the front door."""

from django.urls import path

from musling.web.start import views

urlpatterns = [path("", views.home, name="home")]
