"""Coverage is kept up to date: what the log holds by now is linked, and then counted."""

from musling.activity import chain
from musling.conversations.coverage.counting import bring_up_to_date


def count() -> int:
    """Counts what is new, linked first so as not to wait for that; returns how many persons."""
    chain.link()
    return bring_up_to_date()
