"""Addresses of log-in: only those we want, each with its gate rule."""

urlpatterns: list = []
