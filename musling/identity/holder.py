"""Who is logged in, for views that the gate opens to nobody else."""

from django.http import HttpRequest

from musling.people.models import Person


def holder(request: HttpRequest) -> Person:
    """The log-in of this session. Only behind ``rules.person``."""
    assert isinstance(request.user, Person)  # noqa: S101 (the gate has seen to it)
    return request.user
