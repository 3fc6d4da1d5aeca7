"""Error pages: one text for "not yours" and "not there", nothing reflected, no queries."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def _page(status: int) -> HttpResponse:
    return HttpResponse(render_to_string(f"{status}.html"), status=status)


def bad_request(_request: HttpRequest, exception: Any = None) -> HttpResponse:
    """The request made no sense."""
    return _page(400)


def forbidden(_request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Refused for a reason that says nothing of content, such as a missing CSRF token."""
    return _page(403)


def not_there(_request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Not there, or not for this person."""
    return _page(404)


def broken(_request: HttpRequest) -> HttpResponse:
    """A fault of ours."""
    return _page(500)
