"""Address of one's own settings."""

from django.urls import path

from musling.web.settings import views

urlpatterns = [path("me/", views.mine, name="settings")]
