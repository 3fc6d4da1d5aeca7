"""Handing mails to the mail server: Django's way, without taking apart what was put together here.

Django parses sender and recipient of each mail anew, which takes longer than sending it. A mail
that was made from a kept form (``wording``) has an address that was looked at already.
"""

from collections.abc import Sequence
from email.utils import parseaddr
from functools import lru_cache

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

from musling.mail.wording import FilledIn


class EmailBackend(smtp.EmailBackend):
    """One connection to the server that the settings name."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Hands mails over; returns how many. Raises what the server or the network says."""
        filled_in = [one for one in email_messages if isinstance(one, FilledIn)]
        if self.connection is None or len(filled_in) < len(email_messages):
            return super().send_messages(email_messages) or 0
        sender = _address(str(settings.DEFAULT_FROM_EMAIL))
        for message in filled_in:
            self.connection.sendmail(sender, message.to, message.as_bytes(linesep="\r\n"))
        return len(filled_in)


@lru_cache(1)
def _address(sender: str) -> str:
    return parseaddr(sender)[1]
