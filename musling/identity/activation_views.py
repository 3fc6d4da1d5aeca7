"""From the slip or mail to a log-in: type the code, see whose it is, link or make a log-in.

Opening an address changes nothing; every step asks anew whether the activation is still open.
"""

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from allauth.core.internal.cryptokit import generate_user_code
from allauth.core.ratelimit import respond_429
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from musling.foundation.problems import NotThere, Refused
from musling.gate import rules
from musling.identity import shared_device
from musling.identity.forms import CodeForm, EmailCodeForm, NewLogInForm
from musling.identity.holder import holder
from musling.people import activation
from musling.people.log_ins import address_taken, make_log_in
from musling.people.models import Activation

FOUND = "activation"  # in the session: which activation the typed code opened
NEW = "activation_new_log_in"  # in the session: address, hashed password and code to confirm
CODE_LIVES = 15 * 60  # seconds
TRIES = 5


@rules.public("GET", "POST")
def activate(request: HttpRequest, code: str = "") -> HttpResponse:
    """Asks for the code. A QR code or link brings it along; it still takes a press.

    Only wrong codes count against the limit: a whole workplace may sit behind one address.
    """
    if not ratelimit.consume(request, action="activate", dry_run=True):
        return respond_429(request)  # type: ignore[no-any-return]
    form = CodeForm(request.POST or None, initial={"code": activation.spaced(code)})
    if request.method == "POST" and form.is_valid():
        found = activation.find(form.cleaned_data["code"])
        if found is not None:
            request.session[FOUND] = found.pk
            request.session.pop(NEW, None)
            return redirect("activate-whose")
        ratelimit.consume(request, action="activate")
        form.add_error(
            "code", _("This code does not work: it is mistyped, used or too old. Check it first.")
        )
    return render(request, "identity/activate.html", {"form": form})


@rules.public("GET", "POST")
def whose(request: HttpRequest) -> HttpResponse:
    """Whose profile the code opens, where; then: link it to one's log-in, or make one."""
    found = _found(request)
    if found is None:
        return _too_late(request)
    form = NewLogInForm(request.POST or None)
    if request.method == "POST" and not request.user.is_authenticated and form.is_valid():
        email = form.cleaned_data["email"]
        if ratelimit.consume(request, action="activate_address", key=f"activation-{found.pk}"):
            shared_device.ask_for(request)
            _mail_code(request, email, form.cleaned_data["password1"])
            return redirect("activate-confirm")
        form.add_error("email", _("Too many tries. Wait an hour, then try again."))
    return _page(request, "identity/activate_whose.html", found, form=form)


@rules.public("GET", "POST")
def confirm(request: HttpRequest) -> HttpResponse:
    """The code mailed to the new address makes the log-in, links the profile and logs in."""
    found, new = _found(request), request.session.get(NEW)
    if found is None:
        return _too_late(request)
    if new is None or request.user.is_authenticated:
        return redirect("activate-whose")
    if request.method != "POST":
        form = EmailCodeForm()
    elif new["tries"] >= TRIES or time.time() - new["at"] > CODE_LIVES:
        del request.session[NEW]
        return redirect("activate-whose")
    else:
        request.session[NEW] = new | {"tries": new["tries"] + 1}
        # An address in use has no code: none fits, and nothing tells the two apart (T20).
        form = EmailCodeForm(request.POST, code=new["code"], email=new["email"])
        if form.is_valid():
            return _make(request, found, new)
    return _page(request, "identity/activate_confirm.html", found, form=form, email=new["email"])


@rules.person("POST")
def link(request: HttpRequest) -> HttpResponse:
    """Links the profile to the log-in that one is logged in with."""
    found = _found(request)
    if found is None:
        return _too_late(request)
    try:
        activation.use(found.pk, holder(request))
    except NotThere:
        return _too_late(request)
    except Refused as problem:
        return _page(request, "identity/activate_whose.html", found, problem=problem.message)
    _forget(request)
    get_adapter().send_notification_mail("account/email/workplace_linked", request.user)
    return redirect("home")


def _found(request: HttpRequest) -> Activation | None:
    return activation.reopen(request.session.get(FOUND))


def _forget(request: HttpRequest) -> None:
    for key in (FOUND, NEW):
        request.session.pop(key, None)


def _too_late(request: HttpRequest) -> HttpResponse:
    """The code was used, replaced or too old when the step was taken."""
    _forget(request)
    form = CodeForm()
    problem = _("The code cannot be used any more. Ask your leader or HR for a new one.")
    page = {"form": form, "problem": problem}
    return render(request, "identity/activate.html", page, status=410)


def _page(request: HttpRequest, template: str, found: Activation, **more: Any) -> HttpResponse:
    whose = {"name": found.profile.name, "workplace": found.organisation.name}
    return render(request, template, whose | {"form": None, "problem": ""} | more)


def _mail_code(request: HttpRequest, email: str, password: str) -> None:
    """Mails a code, or to whom the address belongs already that it does; the same from outside."""
    taken = address_taken(email)
    code = generate_user_code()
    request.session[NEW] = {
        "email": email,
        "password": make_password(password),
        "code": "" if taken else code,
        "at": time.time(),
        "tries": 0,
    }
    template = "account/email/address_in_use" if taken else "account/email/new_log_in_code"
    get_adapter().send_mail(template, email, {"code": code})


def _make(request: HttpRequest, found: Activation, new: dict[str, Any]) -> HttpResponse:
    try:
        with transaction.atomic():
            person = make_log_in(
                email=new["email"], hashed=new["password"], language=found.profile.language
            )
            activation.use(found.pk, person)
    except (NotThere, Refused, IntegrityError):
        # Somebody was faster with the code or the address.
        return _too_late(request)
    _forget(request)
    response: HttpResponse = perform_login(request, person, email=person.email)
    return response
