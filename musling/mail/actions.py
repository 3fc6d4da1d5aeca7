"""What somebody may do about a mail: have it sent again."""

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.mail.models import State
from musling.mail.queries import SENT_AGAIN_FROM, deliveries


@transaction.atomic
def send_again(actor: Actor, *, delivery: str) -> None:
    """Has a mail sent once more, to the address that the recipient has now.

    Safe to press twice. Raises NotThere for mails to people whom the actor does not look after, and
    Refused for those that were turned down or are no longer true.
    """
    row = deliveries(actor).select_for_update(of=("self",)).filter(public_id=delivery).first()
    if row is None:
        raise NotThere
    if row.state in {State.WAITING, State.SENDING}:
        return
    if row.state not in SENT_AGAIN_FROM:
        raise Refused(_("This mail is not to be sent any more."))
    row.state = State.WAITING
    row.attempts = 0
    row.again += 1
    row.digest = None  # it leaves as a mail of its own, under a new Message-ID
    row.next_try_at = clock.now()
    row.problem = ""
    row.save()
    log.note(actor, "mail.sent_again", object_id=row.pk, about=row.recipient_id)
