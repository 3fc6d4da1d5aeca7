"""Addresses of the guide: open to everybody, also before log-in."""

from django.urls import path

from musling.web.help import views

urlpatterns = [
    path("help/", views.contents, name="help"),
    path("help/pictures/<str:name>", views.picture, name="help-picture"),
    path("help/<slug:page>/", views.page, name="help-page"),
]
