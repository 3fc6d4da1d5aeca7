"""Talks go over to new leaders and stand-ins, organisation by organisation."""

from musling.conversations.actions.new_leader import hand_over_in
from musling.conversations.actions.standing_in import begin_due_in
from musling.organisations.models import Organisation


def hand_over() -> int:
    """Hands over what has another leader or a stand-in now, everywhere; returns how many talks."""
    places = Organisation.objects.order_by("pk").values_list("pk", flat=True)
    return sum(hand_over_in(place) + begin_due_in(place) for place in places)
