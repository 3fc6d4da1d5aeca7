"""What the gate adds to every answer, and what it answers where the keyring is gone."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

from musling.vault.keyring import KeyringProblem
from musling.vault.ledger import LedgerProblem

log = logging.getLogger("musling.gate")


class GateMiddleware:
    """Nothing a person may see stays in a cache, and no other site takes anything of ours in.

    (T2, T11, T33). What everybody may see says otherwise: static files, pictures of the guide.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.permissions = ", ".join(
            f"{feature}={who}" for feature, who in settings.PERMISSIONS_POLICY.items()
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Marks the answer as not to be stored unless it says for how long it may be."""
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", self.permissions)
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
