"""Sessions: the idle limit of shared devices, and what happens to a post when one has ended."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from musling.gate.middleware import keyring_gone
from musling.identity import held, shared_device
from musling.vault.keyring import KeyringProblem

Answer = Callable[[HttpRequest], HttpResponse]
AUTOSAVE = "X-Musling-Autosave"


class SharedDeviceMiddleware:
    """Ends the session of a shared device after five idle minutes, on the server too (T33)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Before the view: whoever was away too long is logged out."""
        if shared_device.idle_too_long(request):
            logout(request)
            request.was_locked = True  # type: ignore[attr-defined]
        return self.get_response(request)


class EndedSessionMiddleware:
    """A post by somebody whose session ended is neither done nor lost.

    A script is told by 401 and opens log-in in place. A plain form is held for its author, who is
    sent to log in. Stands before Django's LoginRequiredMiddleware.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do here; see process_view."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Answers in the view's place where log-in is required and nobody is logged in."""
        if not getattr(view, "login_required", True) or request.user.is_authenticated:
            return None
        if request.headers.get(AUTOSAVE):
            return HttpResponse(status=401)
        if getattr(request, "was_locked", False):
            messages.info(request, _("You were away for more than 5 minutes. Log in again."))
        return to_log_in(request) if request.method == "POST" else None


def to_log_in(request: HttpRequest) -> HttpResponse:
    """Keeps the post if it can be kept, says so, and sends to log-in."""
    try:
        kept = held.keep(request)
    except KeyringProblem as problem:
        return keyring_gone(problem)
    if kept:
        messages.info(request, _("What you wrote is kept. Log in to go on."))
    return HttpResponseRedirect(resolve_url("account_login"))
