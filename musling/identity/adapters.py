"""How django-allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter


class AccountAdapter(DefaultAccountAdapter):
    """No open sign-up: log-ins come from activation only."""

    def is_open_for_signup(self, request: object) -> bool:
        """Never."""
        return False


class MfaAdapter(DefaultMFAAdapter):
    """Second factors."""
