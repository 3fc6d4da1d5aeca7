"""The language: the person's own choice, else Danish; never guessed from the browser."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

SESSION_KEY = "language"


class PersonLanguageMiddleware:
    """Activates what the session says; log-in and the switch put it there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers in the chosen language."""
        language = request.session.get(SESSION_KEY, "da")
        with translation.override(language):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response
