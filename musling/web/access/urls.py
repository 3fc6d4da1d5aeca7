"""Addresses of the page that says who can see what."""

from django.urls import path

from musling.web.access import views

urlpatterns = [
    path("access/", views.access_page, name="access-page"),
    path("access/<slug:talk_kind>/", views.access_page, name="access-of-kind"),
]
