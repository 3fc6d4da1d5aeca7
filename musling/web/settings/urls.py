"""Addresses of one's own settings and data."""

from django.urls import path

from musling.web.settings import my_data, views

urlpatterns = [
    path("me/", views.mine, name="settings"),
    path("me/data/", my_data.my_data, name="my-data"),
    path("me/data.zip", my_data.my_data_file, name="my-data-file"),
]
