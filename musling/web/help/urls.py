"""Addresses of the guide: open to everybody, also before log-in."""

from django.urls import path

from musling.web.help import example_frames, views

urlpatterns = [
    path("help/", views.contents, name="help"),
    path("help/pictures/<str:name>", views.picture, name="help-picture"),
    path("help/frames/", example_frames.example_frames, name="example-frames"),
    path(
        "help/frames/<slug:frame_name>/<str:side>.pdf",
        example_frames.example_frame_pdf,
        name="example-frame-pdf",
    ),
    path(
        "help/frames/<slug:frame_name>/<str:side>.docx",
        example_frames.example_frame_docx,
        name="example-frame-docx",
    ),
    path(
        "help/frames/<slug:frame_name>.toml",
        example_frames.example_frame_file,
        name="example-frame-file",
    ),
    path("help/<slug:page>/", views.page, name="help-page"),
]
