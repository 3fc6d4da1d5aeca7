"""The forms of log-in: those of django-allauth in our words, and the ones of activation."""

from collections.abc import Callable
from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.account.fields import EmailField, PasswordField
from allauth.mfa.base import forms as second_step
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from musling.people.models import Person

Words = dict[str, Any]  # texts, translated when shown
EMAIL = gettext_lazy("E-mail address")
PASSWORD = gettext_lazy("Password")
NEW_PASSWORD = gettext_lazy("New password")
AGAIN = gettext_lazy("The same password again")
FILL_IN = gettext_lazy("Fill in this field.")
GOOD_PASSWORD = gettext_lazy(
    "At least 10 characters. A few words together are easy to remember and hard to guess."
)


class OwnWords:
    """Labels and hints of our own, and no placeholders: they vanish while one types."""

    labels: ClassVar[Words] = {}
    hints: ClassVar[Words] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label or "")
            field.help_text = self.hints.get(name, "")
            field.error_messages["required"] = FILL_IN


class SharedDevice(forms.Form):
    """The tick that others use this device too."""

    shared_device = forms.BooleanField(
        label=gettext_lazy("Others use this device too"), required=False
    )


class LogInForm(OwnWords, account.LoginForm, SharedDevice):
    """E-mail address and password."""

    labels: ClassVar[Words] = {"login": EMAIL, "password": PASSWORD}
    hints: ClassVar[Words] = {
        "shared_device": gettext_lazy("You are logged out after 5 minutes, and nothing is kept.")
    }
    autocomplete: ClassVar[dict[str, str]] = {"login": "username"}


class RequestLogInCodeForm(OwnWords, account.RequestLoginCodeForm, SharedDevice):
    """Asks for a code by mail instead of a password."""

    labels: ClassVar[Words] = {"email": EMAIL}
    hints = LogInForm.hints
    field_order = ("email", "shared_device")
    autocomplete: ClassVar[dict[str, str]] = {"email": "username"}


class LogInCodeForm(OwnWords, account.ConfirmLoginCodeForm):
    """The code that was mailed."""

    labels: ClassVar[Words] = {"code": gettext_lazy("The code from the mail")}


class EmailCodeForm(OwnWords, account.ConfirmEmailVerificationCodeForm):
    """The code that was mailed to a new address."""

    labels: ClassVar[Words] = {"code": gettext_lazy("The code from the mail")}


class ResetPasswordForm(OwnWords, account.ResetPasswordForm):
    """Asks for a link with which one chooses a new password."""

    labels: ClassVar[Words] = {"email": EMAIL}
    autocomplete: ClassVar[dict[str, str]] = {"email": "username"}


class NewPasswordForm(OwnWords, account.ResetPasswordKeyForm):
    """A new password, by the link from the mail."""

    labels: ClassVar[Words] = {"password1": NEW_PASSWORD, "password2": AGAIN}
    hints: ClassVar[Words] = {"password1": GOOD_PASSWORD}


class ChangePasswordForm(OwnWords, account.ChangePasswordForm):
    """A new password, by the present one."""

    labels: ClassVar[Words] = {
        "oldpassword": gettext_lazy("Present password"),
        "password1": NEW_PASSWORD,
        "password2": AGAIN,
    }
    hints: ClassVar[Words] = {"password1": GOOD_PASSWORD}


class SetPasswordForm(OwnWords, account.SetPasswordForm):
    """A first password, for a log-in that has none."""

    labels: ClassVar[Words] = {"password1": PASSWORD, "password2": AGAIN}
    hints: ClassVar[Words] = {"password1": GOOD_PASSWORD}


class ReauthenticateForm(OwnWords, account.ReauthenticateForm):
    """The password once more, before something that matters."""

    labels: ClassVar[Words] = {"password": PASSWORD}


class AddEmailForm(OwnWords, account.AddEmailForm):
    """One more address of one's own."""

    labels: ClassVar[Words] = {"email": gettext_lazy("New e-mail address")}


class SecondStepForm(OwnWords, second_step.AuthenticateForm):
    """A code from the app, or a recovery code."""

    labels: ClassVar[Words] = {"code": gettext_lazy("Code from your app, or a recovery code")}


class SecondStepAgainForm(OwnWords, second_step.ReauthenticateForm):
    """The same, before something that matters."""

    labels = SecondStepForm.labels


class ActivateTotpForm(OwnWords, totp.ActivateTOTPForm):
    """The first code from the app proves that it is set up right."""

    labels: ClassVar[Words] = {"code": gettext_lazy("The code that the app shows")}


class OddCredential:
    """What is no passkey's answer at all is a wrong one, not a fault of ours (T21)."""

    def _fields_of_passkey(self, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except (AttributeError, KeyError, TypeError, ValueError) as problem:
            raise forms.ValidationError(_("The passkey was not accepted. Try again.")) from problem


class SecondStepPasskeyForm(OddCredential, passkeys.AuthenticateWebAuthnForm):
    """A passkey as second step."""

    def clean_credential(self) -> Authenticator:
        """The passkey that answered."""
        return self._fields_of_passkey(super().clean_credential)


class LogInPasskeyForm(OddCredential, passkeys.LoginWebAuthnForm):
    """A passkey instead of a password."""

    def clean_credential(self) -> Authenticator:
        """The passkey that answered."""
        return self._fields_of_passkey(super().clean_credential)


class PasskeyAgainForm(OddCredential, passkeys.ReauthenticateWebAuthnForm):
    """A passkey, before something that matters."""

    def clean_credential(self) -> Authenticator:
        """The passkey that answered."""
        return self._fields_of_passkey(super().clean_credential)


class AddPasskeyForm(OddCredential, OwnWords, passkeys.AddWebAuthnForm):
    """A new passkey; it always works without a password too."""

    labels: ClassVar[Words] = {"name": gettext_lazy("Name of the passkey")}
    hints: ClassVar[Words] = {
        "name": gettext_lazy("So that you know it again, such as “My phone”.")
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].widget = forms.HiddenInput()
        self.fields["passwordless"].initial = True

    def clean(self) -> dict[str, Any]:
        """What the browser made, checked."""
        fields: dict[str, Any] = self._fields_of_passkey(super().clean)
        return fields


class RenamePasskeyForm(OwnWords, passkeys.EditWebAuthnForm):
    """Another name for a passkey."""

    labels = AddPasskeyForm.labels


class CodeForm(forms.Form):
    """The code from the slip or the mail."""

    code = forms.CharField(label=gettext_lazy("Your one-time code"), max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.help_text = _("12 letters and digits. Capitals and blanks do not matter.")
        field.widget.attrs.update(autocapitalize="characters", spellcheck="false")


class NewLogInForm(OwnWords, SharedDevice):
    """An own address and a password: what a log-in is made of."""

    labels: ClassVar[Words] = {
        "email": gettext_lazy("Your own e-mail address"),
        "password1": gettext_lazy("Choose a password"),
        "password2": AGAIN,
    }
    hints: ClassVar[Words] = {
        "email": gettext_lazy("One that you can read now, and still can if you change jobs."),
        "password1": GOOD_PASSWORD,
        **LogInForm.hints,
    }
    field_order = ("email", "password1", "password2", "shared_device")
    email = EmailField()
    password1 = PasswordField(autocomplete="new-password")
    password2 = PasswordField(autocomplete="new-password")

    def clean(self) -> dict[str, Any]:
        """The two must be the same, and strong enough for this address."""
        data: dict[str, Any] = super().clean() or {}
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords are not the same. Type both again."))
        if first:
            try:
                validate_password(first, Person(email=data.get("email", "")))
            except forms.ValidationError as problem:
                self.add_error("password1", problem)
        return data
