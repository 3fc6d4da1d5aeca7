"""Addresses of the frames."""

from django.urls import path

from musling.web.frames import standard, views

urlpatterns = [
    path("frames/", views.frames, name="frames"),
    path(
        "frames/standard/<str:talk_kind>/<slug:frame_name>/", standard.look, name="frame-standard"
    ),
    path("frames/standard/<str:talk_kind>/<slug:frame_name>/use/", standard.use, name="frame-use"),
    path("frames/<public:version_id>/", views.frame, name="frame"),
    path("frames/<public:version_id>/<str:side>.pdf", views.frame_pdf, name="frame-pdf"),
    path("frames/<public:version_id>/<str:side>.docx", views.frame_docx, name="frame-docx"),
    path("frames/<public:version_id>/frame.toml", views.frame_file, name="frame-file"),
]
