"""Addresses of one's own settings and data."""

from django.urls import path

from musling.web.settings import access_requests, calendar, mail, my_data, views

urlpatterns = [
    path("me/", views.mine, name="settings"),
    path("me/calendar/", calendar.my_calendar, name="my-calendar"),
    path("me/mail/", mail.mail_choices, name="mail-choices"),
    path("me/data/", my_data.my_data, name="my-data"),
    path("me/data.zip", my_data.my_data_file, name="my-data-file"),
    path("me/access/ask/", access_requests.ask, name="access-ask"),
    path("me/access/<public:access_request>/", access_requests.answer, name="access-answer"),
    path("me/access/<public:access_request>/back/", access_requests.back, name="access-back"),
    path("me/asked/", access_requests.asked, name="asked"),
    path("me/asked/<public:access_request>/", access_requests.asked_one, name="asked-one"),
]
