"""The front door."""

from django.http import HttpRequest, HttpResponse

from musling.gate import rules


@rules.public("GET")
def home(request: HttpRequest) -> HttpResponse:
    """Sends each to where she or he belongs."""
    return HttpResponse("Musling")
