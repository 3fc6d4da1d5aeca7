"""Addresses of log-in, under /account/: only those we want, each with its gate rule.

The names are those that django-allauth looks up, where it does.
"""

import functools
from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path

from musling.gate import rules
from musling.identity import activation_views, shared_device, views
from musling.identity.second_step import needs_keyring

View = Callable[..., HttpResponse]
anybody = rules.public("GET", "POST")
holder = rules.person("GET", "POST")


def asks_about_device(view: View) -> View:
    """Remembers the tick "others use this device too" until the log-in is complete."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            shared_device.ask_for(request)
        return view(request, *args, **kwargs)

    return answer


LOG_IN: list[URLPattern] = [
    path("log-in/", anybody(asks_about_device(account.login)), name="account_login"),
    path(
        "log-in/code/",
        anybody(asks_about_device(account.request_login_code)),
        name="account_request_login_code",
    ),
    path(
        "log-in/code/confirm/",
        anybody(account.confirm_login_code),
        name="account_confirm_login_code",
    ),
    path(
        "log-in/passkey/",
        anybody(asks_about_device(passkeys.login_webauthn)),
        name="mfa_login_webauthn",
    ),
    path("log-in/second-step/", anybody(needs_keyring(mfa.authenticate)), name="mfa_authenticate"),
    path("closed/", rules.public("GET")(account.account_inactive), name="account_inactive"),
    path("log-out/", views.log_out, name="log-out"),
    path("logged-out/", views.logged_out, name="logged-out"),
    path("log-out-elsewhere/", views.log_out_elsewhere, name="log-out-elsewhere"),
    path("kept/", views.kept, name="kept"),
]
PASSWORD: list[URLPattern] = [
    path("password/", holder(account.password_change), name="account_change_password"),
    path("password/first/", holder(account.password_set), name="account_set_password"),
    path("password/forgotten/", anybody(account.password_reset), name="account_reset_password"),
    path(
        "password/forgotten/mailed/",
        rules.public("GET")(account.password_reset_done),
        name="account_reset_password_done",
    ),
    path(
        "password/new/done/",
        rules.public("GET")(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[-0-9A-Za-z]+)/$",
        anybody(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
]
ONES_OWN: list[URLPattern] = [
    path("", views.account, name="account"),
    path("addresses/", holder(account.email), name="account_email"),
    path(
        "addresses/confirm/",
        anybody(account.email_verification_sent),
        name="account_email_verification_sent",
    ),
    path("again/", holder(account.reauthenticate), name="account_reauthenticate"),
    path(
        "again/second-step/", holder(needs_keyring(mfa.reauthenticate)), name="mfa_reauthenticate"
    ),
    path(
        "again/passkey/",
        holder(passkeys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
]
SECOND_STEP: list[URLPattern] = [
    path("second-step/", rules.person("GET")(views.SecondStepIndex.as_view()), name="mfa_index"),
    path("second-step/app/", holder(needs_keyring(totp.activate_totp)), name="mfa_activate_totp"),
    path("second-step/app/remove/", holder(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "second-step/codes/",
        rules.person("GET")(needs_keyring(views.recovery_codes)),
        name="mfa_view_recovery_codes",
    ),
    path(
        "second-step/codes/new/",
        holder(needs_keyring(recovery.generate_recovery_codes)),
        name="mfa_generate_recovery_codes",
    ),
    path("passkeys/", rules.person("GET")(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path("passkeys/add/", holder(needs_keyring(passkeys.add_webauthn)), name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/remove/", holder(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
    path("passkeys/<int:pk>/rename/", holder(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
]
ACTIVATION: list[URLPattern] = [
    # allauth looks for a page to sign up at and writes it into mails to unknown addresses.
    path("activate/", activation_views.activate, name="account_signup"),
    path("activate/whose/", activation_views.whose, name="activate-whose"),
    path("activate/confirm/", activation_views.confirm, name="activate-confirm"),
    path("activate/link/", activation_views.link, name="activate-link"),
    re_path(r"^activate/(?P<code>[A-Z0-9]{12})/$", activation_views.activate, name="activate-code"),
]
urlpatterns = LOG_IN + PASSWORD + ONES_OWN + SECOND_STEP + ACTIVATION
