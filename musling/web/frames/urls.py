"""Addresses of the frames."""

from django.urls import path

from musling.web.frames import views

urlpatterns = [
    path("frames/", views.frames, name="frames"),
    path("frames/<public:version_id>/", views.frame, name="frame"),
]
