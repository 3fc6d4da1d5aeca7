"""Error pages: one text for "not yours" and "not there", nothing reflected, no queries."""

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

SECONDS_TO_WAIT = 10  # a database that was restarted is back by then


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
    """A fault of ours, or the database does not answer: Django asks while it holds the error."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _database_gone()
    return _page(500)


def _database_gone() -> HttpResponse:
    """Says that nothing was lost but what was just sent, and to try again."""
    response = HttpResponse(render_to_string("503_database.html"), status=503)
    response["Retry-After"] = str(SECONDS_TO_WAIT)
    return response
