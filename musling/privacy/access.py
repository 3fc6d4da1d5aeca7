"""Who may see what of access requests: rows, nothing else."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from musling.foundation.actor import Actor
from musling.foundation.visibility import Content, PartPlayed, Row, reach
from musling.people.access import HR, holds
from musling.people.models import Role
from musling.privacy.models import AccessRequest

ASKER = PartPlayed("asker", _("whoever asked"), _("you"))
HOLDER = PartPlayed("holder", _("the leader who wrote it"), _("you"))

REQUEST = Content(
    "access_request",
    _("Access request"),
    _("That you asked to see what a leader wrote: when, of whom, whether it is answered"),
)
ANSWER = Content(
    "access_answer",
    _("Answer to an access request"),
    _("What the leader hands out, or the reason why not"),
)
ALWAYS = _("always")
ONCE_ANSWERED = _("once the leader has answered")


def _asked(actor: Actor) -> QuerySet[AccessRequest]:
    return AccessRequest.objects.filter(asker_id=actor.profile_id)


def _held(actor: Actor) -> QuerySet[AccessRequest]:
    return AccessRequest.objects.filter(holder_id=actor.profile_id)


def _answered(find: Any) -> Any:
    return lambda actor: find(actor).filter(answered_at__isnull=False)


def _for_hr(actor: Actor) -> QuerySet[AccessRequest]:
    return AccessRequest.objects.filter(
        organisation__in=holds(actor, Role.Name.HR).values("organisation")
    )


REQUEST_ROWS = (
    Row(REQUEST, ASKER, ALWAYS, _asked, change=True, source="art. 15"),
    Row(REQUEST, HOLDER, ALWAYS, _held, change=True, source="art. 15"),
    Row(REQUEST, HR, ALWAYS, _for_hr),
)
ANSWER_ROWS = (
    Row(ANSWER, ASKER, ONCE_ANSWERED, _answered(_asked), source="art. 15"),
    Row(ANSWER, HOLDER, ONCE_ANSWERED, _answered(_held), source="art. 15"),
)
ROWS = REQUEST_ROWS + ANSWER_ROWS


def readable_requests(actor: Actor) -> QuerySet[AccessRequest]:
    """Access requests of which the actor may see that they are there."""
    return reach(AccessRequest.objects.all(), REQUEST_ROWS, actor)


def own_requests(actor: Actor) -> QuerySet[AccessRequest]:
    """What the actor asked for."""
    return reach(AccessRequest.objects.all(), REQUEST_ROWS[:1], actor)


def held_requests(actor: Actor) -> QuerySet[AccessRequest]:
    """What others ask of the actor."""
    return reach(AccessRequest.objects.all(), REQUEST_ROWS[1:2], actor)


def readable_answers(actor: Actor) -> QuerySet[AccessRequest]:
    """Access requests whose answer the actor may read."""
    return reach(AccessRequest.objects.all(), ANSWER_ROWS, actor)
