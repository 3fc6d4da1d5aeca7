"""The talk's path: offer, preparation, room, minutes, agreements."""
