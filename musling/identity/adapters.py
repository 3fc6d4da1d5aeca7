"""How django-allauth behaves here: no sign-up, links and mails of our own, secrets sealed."""
# ruff: noqa: ARG002 (the signatures are allauth's)

import logging
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any
from urllib.parse import quote, urlsplit

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from musling.foundation import clock
from musling.identity import held, second_step, shared_device
from musling.identity.holder import holder
from musling.people.models import Person
from musling.people.own_settings import choose_language

LANGUAGE_KEY = "language"  # in the session, where musling.web.language looks for it
log = logging.getLogger("musling.identity")


class AccountAdapter(DefaultAccountAdapter):
    """Log-in by e-mail. Log-ins come from activation only."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": gettext_lazy("This log-in is closed."),
        "cannot_remove_primary_email": gettext_lazy(
            "This is your main address. Make another one your main address first."
        ),
        "duplicate_email": gettext_lazy("You have this address already."),
        "email_password_mismatch": gettext_lazy(
            "The e-mail address and the password do not fit together. Check both and try again."
        ),
        "email_taken": gettext_lazy("Another log-in uses this address."),
        "enter_current_password": gettext_lazy("This is not your present password."),
        "incorrect_code": gettext_lazy("The code is not right. Check it and try again."),
        "incorrect_password": gettext_lazy("The password is not right. Try again."),
        "max_email_addresses": gettext_lazy("You can have at most %d addresses."),
        "too_many_login_attempts": gettext_lazy("Too many tries. Wait 5 minutes, then try again."),
        "rate_limited": gettext_lazy("Too many tries. Wait a few minutes, then try again."),
        "unverified_primary_email": gettext_lazy("Confirm the address before you choose it."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: log-ins come from activation."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Only a path of this site; never another host, not even one that looks like ours (T24)."""
        return bool(url and url.startswith("/")) and url_has_allowed_host_and_scheme(
            url, allowed_hosts=None
        )

    def login(self, request: HttpRequest, user: Person) -> None:
        """The session begins: language, shared device, and no words of somebody else."""
        asked_for = request.session.get(shared_device.ASKED_FOR, False)
        chosen = request.session.get(LANGUAGE_KEY)
        super().login(request, user)
        if chosen and chosen != user.language:  # on the way in, by whoever logs in
            choose_language(person_id=user.pk, language=chosen)
        request.session[LANGUAGE_KEY] = chosen or user.language
        shared_device.begin(request, asked_for)
        if held.SESSION_KEY in request.session and held.kept_for(request) is None:
            held.forget(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """To what was kept while the person was away, else to the front door."""
        return (
            reverse("kept") if held.kept_for(request) else super().get_login_redirect_url(request)
        )

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the overview of one's log-in."""
        return reverse("account")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """Back to one's addresses."""
        return reverse("account_email")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail: from our own setting, never from the request's Host (T20)."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.MUSLING_BASE_URL + path.replace("UID-KEY", quote(key))

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """A new address of one's own is told to the main one: it opens the log-in as well."""
        is_new = email_address.pk is None
        confirmed: bool = super().confirm_email(request, email_address)
        if confirmed and is_new:
            self.send_notification_mail("account/email/email_added", holder(request))
        return confirmed

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Person,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tells the holder what happened to the log-in; a changed main address both old and new."""
        told = email or EmailAddress.objects.get_primary_email(user) or user.email
        for address in dict.fromkeys([told, (context or {}).get("to_email", told)]):
            self.send_mail(template_prefix, address, {"user": user})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends in the reader's language; the same work whether or not the address is known."""
        person = Person.objects.filter(emailaddress__email=email.lower()).first()
        language = person.language if person else translation.get_language() or "da"
        with translation.override(language):
            message = self.render_mail(
                template_prefix,
                email,
                context | {"email": email, "site": settings.MUSLING_BASE_URL, "at": clock.now()},
                headers={"Auto-Submitted": "auto-generated"},
            )
        try:
            message.send()
        except SMTPRecipientsRefused:
            log.warning("a mail of %s was refused for its address", template_prefix)
        except (SMTPException, OSError):
            log.exception("a mail of %s could not be sent", template_prefix)
            messages.error(self.request, _("The mail could not be sent. Try again later."))


class MfaAdapter(DefaultMFAAdapter):
    """Second step: secrets under the person's own key, drawn and named our way."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("The code is not right. Check it and try again."),
        "unverified_email": gettext_lazy("Confirm your e-mail addresses first."),
    }

    def encrypt(self, text: str) -> str:
        """Seals under the key of whoever is logged in: only the holder sets up a second step."""
        return second_step.seal(context.request.user, text)

    def decrypt(self, encrypted_text: str) -> str:
        """Counterpart of ``encrypt``; raises KeyringProblem."""
        return second_step.unseal(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        """The QR code as one path, without the styles that our policy forbids."""
        code = segno.make_qr(url, error="m")
        drawn: str = code.svg_inline(scale=5, border=2, dark="#1a1a1a", light="#ffffff")
        return drawn

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:  # noqa: A002
        """A name that says when it was made; the holder can change it."""
        return _("Passkey of %(date)s") % {"date": date_format(clock.today())}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """For which site the passkey is: from our own setting, never from the request's Host."""
        return {"id": urlsplit(settings.MUSLING_BASE_URL).hostname or "", "name": "Musling"}

    def get_public_key_credential_user_entity(self, user: Person) -> dict[str, Any]:
        """For whom: the address that one logs in with, as the browser's list shows it."""
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"display_name": user.email}
