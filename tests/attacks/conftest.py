"""The attacks on log-in use the log-ins of tests/identity."""

from tests.identity.conftest import (
    a_keyring,
    browser_of,
    code_in_mail,
    hr,
    mette,
    new_log_in,
    place,
    quick_passwords,
)

__all__ = [
    "a_keyring",
    "browser_of",
    "code_in_mail",
    "hr",
    "mette",
    "new_log_in",
    "place",
    "quick_passwords",
]
