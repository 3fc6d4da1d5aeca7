"""Talks go over to new leaders, organisation by organisation."""

from musling.conversations.actions.new_leader import hand_over_in
from musling.organisations.models import Organisation


def hand_over() -> int:
    """Hands over what has another leader now, in every organisation; returns how many talks."""
    places = Organisation.objects.order_by("pk").values_list("pk", flat=True)
    return sum(hand_over_in(organisation) for organisation in places)
