"""Who sees that a person asked for one talk for several employments: rows, nothing else."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from musling.conversations.models import JointPart, JointTalk
from musling.foundation.actor import Actor
from musling.foundation.visibility import Content, Row, reach
from musling.people.access import ALWAYS, NEAREST_LEADER, SELF, WHILE_LEADING
from musling.people.leading import led_employments

JOINT = Content(
    "joint_talk",
    _("One talk for several employments"),
    _("That somebody asked for it, whose leader is to lead it, and which leaders agreed"),
)


def _own(actor: Actor) -> QuerySet[JointTalk]:
    return JointTalk.objects.filter(profile_id=actor.profile_id)


def _of_those_led(actor: Actor) -> QuerySet[JointTalk]:
    parts = JointPart.objects.filter(employment__in=led_employments(actor).values("pk"))
    return JointTalk.objects.filter(pk__in=parts.values("joint"))


JOINT_ROWS = (
    Row(JOINT, SELF, ALWAYS, _own, change=True),
    Row(JOINT, NEAREST_LEADER, WHILE_LEADING, _of_those_led, change=True),
)
ROWS = JOINT_ROWS


def changeable_joint_talks(actor: Actor) -> QuerySet[JointTalk]:
    """Those that the actor asked for, or is asked about as a leader."""
    return reach(JointTalk.objects.all(), JOINT_ROWS, actor, change=True)
