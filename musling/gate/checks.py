"""What start-up refuses: a view without a rule, and an unsound production installation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.urls import URLPattern, URLResolver, get_resolver

from musling.people.models import Person


def demo_mark() -> Path:
    """The file that the demo leaves beside its data."""
    return Path(settings.MUSLING_VAR) / "this-is-demo-data"


def every_address(
    resolver: URLResolver | None = None, before: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Every address that the URL table holds, nested ones too, with its pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from every_address(entry, before + str(entry.pattern))
        else:
            yield before + str(entry.pattern), entry


@register("gate")
def every_view_has_a_rule(**_options: Any) -> list[CheckMessage]:
    """A view without a rule of the gate is an error."""
    return [
        Error(
            f"{address} leads to {pattern.lookup_str}, which states no rule.",
            hint="Decorate the view with one of musling.gate.rules.",
            id="gate.E001",
        )
        for address, pattern in every_address()
        if not hasattr(pattern.callback, "gate_rule")
    ]


@register("gate")
def production_is_sound(**_options: Any) -> list[CheckMessage]:
    """Production needs a secret, host names and a real mode, and no demo data (T28)."""
    if settings.MUSLING_MODE not in settings.MUSLING_MODES:
        return [Error("MUSLING_MODE is production, demo or test.", id="gate.E002")]
    if settings.MUSLING_MODE != "production":
        return []
    found = {
        "E003": (
            secret_is_weak(settings.SECRET_KEY),
            "MUSLING_SECRET_KEY needs at least 50 random characters.",
        ),
        "E004": (
            not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS,
            "MUSLING_HOSTS needs the host names, and no '*'.",
        ),
        "E005": (settings.DEBUG, "DEBUG is not for production."),
        "E006": (demo_mark().exists(), f"{demo_mark()} says that this is the demo's data."),
        "E007": (
            not settings.MUSLING_BASE_URL.startswith("https://"),
            "MUSLING_BASE_URL, to which every mail leads, needs to begin with https://.",
        ),
    }
    return [
        Error(text, id=f"gate.{number}") for number, (is_wrong, text) in found.items() if is_wrong
    ]


def secret_is_weak(secret: str) -> bool:
    """Whether a secret is short, one of ours that everybody knows, or the same few letters."""
    return len(secret) < 50 or secret.startswith("not-secret") or len(set(secret)) < 12


def holds_demo_people() -> bool:
    """Whether there are log-ins with addresses that no real mail reaches (``.example``)."""
    try:
        return Person.objects.filter(email__endswith=".example").exists()
    except DatabaseError:  # no table yet: there is nobody in it
        return False


def refuse_unsound_start() -> None:
    """Raises ImproperlyConfigured with all that is wrong, before a request is served."""
    problems: list[object] = [
        message for message in run_checks(tags=["gate"]) if message.is_serious()
    ]
    if settings.MUSLING_MODE == "production" and holds_demo_people():
        problems.append(
            "The database holds the demo's log-ins, whose password everybody knows. Use another."
        )
    if problems:
        raise ImproperlyConfigured("\n".join(str(problem) for problem in problems))
