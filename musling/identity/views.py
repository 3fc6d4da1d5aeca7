"""One's own log-in: overview, log-out, what was kept, recovery codes, keys."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from musling.gate import rules, second_factor
from musling.identity import held
from musling.identity.adapters import LANGUAGE_KEY
from musling.identity.holder import holder
from musling.identity.middleware import AUTOSAVE, to_log_in
from musling.identity.models import HeldPost
from musling.people.models import Profile
from musling.people.sessions import end_sessions

EMPTY_THE_BROWSER = '"cache", "storage"'


@rules.person("GET")
def account(request: HttpRequest) -> HttpResponse:
    """What belongs to one's log-in, and the workplaces linked to it."""
    workplaces = Profile.objects.filter(person=holder(request), disabled_at=None)
    return render(
        request,
        "identity/account.html",
        {
            "addresses": EmailAddress.objects.filter(user_id=request.user.pk).order_by("-primary"),
            "second_steps": Authenticator.objects.filter(user_id=request.user.pk).exclude(
                type=Authenticator.Type.RECOVERY_CODES
            ),
            "workplaces": workplaces.select_related("organisation").order_by("organisation__name"),
        },
    )


@rules.public("POST")
def log_out(request: HttpRequest) -> HttpResponse:
    """Ends the session, destroys what was kept and has the browser forget what it has stored."""
    language = get_language()
    if request.user.is_authenticated:
        held.destroy(
            list(HeldPost.objects.filter(person_id=request.user.pk).select_related("key")),
            reason="logged out",
        )
    logout(request)
    if language != "da":
        request.session[LANGUAGE_KEY] = language
    response = redirect("logged-out")
    response["Clear-Site-Data"] = EMPTY_THE_BROWSER
    return response


@rules.public("GET")
def logged_out(request: HttpRequest) -> HttpResponse:
    """Says that one is out."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(resolve_url("home"))
    return render(request, "identity/logged_out.html")


@rules.person("POST")
def log_out_elsewhere(request: HttpRequest) -> HttpResponse:
    """Ends all other sessions of one's own; this one stays."""
    person = holder(request)
    end_sessions([person.pk])
    person.refresh_from_db(fields=["session_epoch"])
    update_session_auth_hash(request, person)
    messages.success(request, _("You are logged out everywhere else."))
    return redirect("account")


@rules.person("GET", "POST")
def kept(request: HttpRequest) -> HttpResponse:
    """What one sent after the session had ended: one button sends it again, one throws it away."""
    post = held.kept_for(request)
    if request.method == "POST":
        held.forget(request)
        messages.info(request, _("What was kept is thrown away."))
        return redirect("home")
    if post is None:
        return redirect("home")
    address, fields = held.content_of(post)
    return _kept_page(request, address, fields)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A token that no longer fits, most often because one logged in in another tab meanwhile.

    Django's CSRF_FAILURE_VIEW. Nothing is done, but nothing typed is lost either: whoever wrote the
    post gets it back to send once more.
    """
    if not request.headers.get(AUTOSAVE) and held.can_be_kept(request):
        author = held.author_of(request)
        if author is not None and not request.user.is_authenticated:
            return to_log_in(request)
        if author is not None and author.pk == request.user.pk:
            fields = held.fields_of(request)
            return _kept_page(request, request.get_full_path(), fields, status=403)
    return render(request, "403.html", status=403)


def _kept_page(
    request: HttpRequest, address: str, fields: list[tuple[str, str]], status: int = 200
) -> HttpResponse:
    written = [value for _name, value in fields if " " in value.strip()]
    page: dict[str, Any] = {"address": address, "fields": fields, "written": written}
    return render(request, "identity/kept.html", page, status=status)


class SecondStepIndex(IndexView):
    """The ways to confirm that it is you; says so when one's role asks for one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds whether the person must set one up before going on."""
        page: dict[str, Any] = super().get_context_data(**kwargs)
        return page | {"is_missing": second_factor.asked_but_missing(self.request.user.pk)}


@reauthentication_required(app="allauth.mfa")
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes that are left. Unlike allauth's page, reading it writes nothing."""
    authenticator = Authenticator.objects.filter(
        user_id=request.user.pk, type=Authenticator.Type.RECOVERY_CODES
    ).first()
    if authenticator is None:
        raise Http404
    codes = authenticator.wrap().get_unused_codes()
    return render(request, "mfa/recovery_codes/index.html", {"unused_codes": codes})
