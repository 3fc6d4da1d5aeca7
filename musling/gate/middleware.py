"""What the gate adds to every answer, and what it answers where the keyring is gone."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

from musling.vault.keyring import KeyringProblem
from musling.vault.ledger import LedgerProblem

log = logging.getLogger("musling.gate")


class GateMiddleware:
    """Nothing a person may see stays in a cache (T2, T11, T33)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Marks answers to whoever is logged in as not to be stored."""
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    def process_exception(self, _request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Answers in the view's place; whatever it had begun is rolled back by then."""
        if isinstance(problem, (KeyringProblem, LedgerProblem)):
            return keyring_gone(problem)
        return None


def keyring_gone(problem: Exception) -> HttpResponse:
    """The page for when no text can be opened, sealed or destroyed; the log says why."""
    log.error("%s", problem)
    return HttpResponse(render_to_string("503.html"), status=503)
