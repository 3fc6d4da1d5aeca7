"""The rules of the gate: who may come to a view at all. What they see there, ``access`` says.

Every view carries one of these decorators; start-up refuses one without (see ``checks``). A view
inside an organisation gets ``actor`` as its second argument and never touches the user itself.
"""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from musling.activity import log
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.foundation.tenancy import walled
from musling.gate import second_factor
from musling.people import queries as people
from musling.vault.keys import KeyDestroyed

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Rule:
    """What the gate knows of a view: who may come, and by which methods."""

    who: str
    methods: tuple[str, ...]
    roles: tuple[str, ...] = ()


def public(*methods: str) -> Callable[[View], View]:
    """Anybody, logged in or not. The view gets the request only."""
    return _plain(Rule("public", methods or ("GET",)))


def person(*methods: str) -> Callable[[View], View]:
    """Anybody logged in, outside every organisation. The view gets the request only."""
    return _plain(Rule("person", methods or ("GET",)))


def member(*methods: str) -> Callable[[View], View]:
    """Whoever has a living profile in the organisation of the address."""
    return _inside(Rule("member", methods or ("GET",)))


def role(*names: str, methods: Iterable[str] = ("GET",)) -> Callable[[View], View]:
    """Whoever holds one of these roles today in the organisation of the address."""
    return _inside(Rule("role", tuple(methods), names))


def _plain(rule: Rule) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not _method_fits(request, rule):
                return HttpResponseNotAllowed(rule.methods)
            return view(request, *args, **kwargs)

        guarded.gate_rule = rule  # type: ignore[attr-defined]
        return login_not_required(guarded) if rule.who == "public" else guarded

    return decorate


def _inside(rule: Rule) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponse:
            if not _method_fits(request, rule):
                return HttpResponseNotAllowed(rule.methods)
            try:
                return _opened(rule, view, request, slug, kwargs)
            except NotThere:
                raise Http404 from None
            except KeyDestroyed:
                # Only whoever might have read it comes so far.
                talk = kwargs.get("public_id", "")
                return render(request, "410.html", {"slug": slug, "talk": talk}, status=410)

        guarded.gate_rule = rule  # type: ignore[attr-defined]
        return guarded

    return decorate


def _opened(
    rule: Rule, view: View, request: HttpRequest, slug: str, kwargs: dict[str, Any]
) -> HttpResponse:
    """The view's answer, for whoever may come."""
    within_another = connection.in_atomic_block
    with _database_for(request):
        actor = _actor(request, slug)
        if second_factor.missing(request.user.pk, request.standing.roles):  # type: ignore[attr-defined]
            return redirect("mfa_index")
        if rule.roles and not set(rule.roles) & request.standing.roles:  # type: ignore[attr-defined]
            raise Http404
        with walled(actor.organisation_id, goes_on=within_another):
            response = view(request, actor, **kwargs)
            if hasattr(response, "render"):
                response.render()
    # Whoever reads is noted before the text leaves; if that fails, nothing leaves.
    log.write_readings(actor)
    return response


def _method_fits(request: HttpRequest, rule: Rule) -> bool:
    return request.method in rule.methods or (request.method == "HEAD" and "GET" in rule.methods)


def _database_for(request: HttpRequest) -> Any:
    """One transaction per request; on PostgreSQL a GET runs in a read-only one."""
    return _ReadOnly() if request.method in {"GET", "HEAD"} else transaction.atomic()


class _ReadOnly:
    """A transaction in which PostgreSQL itself refuses to write; plain reading on SQLite."""

    def __enter__(self) -> None:
        self.atomic = None
        if connection.vendor == "postgresql" and not connection.in_atomic_block:
            self.atomic = transaction.atomic()
            self.atomic.__enter__()
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")

    def __exit__(self, *problem: Any) -> None:
        if self.atomic:
            self.atomic.__exit__(*problem)


def _actor(request: HttpRequest, slug: str) -> Actor:
    standing = people.standing(person_id=request.user.pk, slug=slug, today=clock.today())
    if standing is None:
        raise Http404
    request.standing = standing  # type: ignore[attr-defined]
    actor = Actor(
        person_id=request.user.pk,
        profile_id=standing.profile_id,
        organisation_id=standing.organisation_id,
        at=clock.now(),
        language=get_language() or "da",
    )
    request.actor = actor  # type: ignore[attr-defined]
    return actor


__all__ = ["Rule", "member", "person", "public", "role"]
