"""How a place in a document is written: as ``raw_table`` writes it, so that the two can meet."""

from musling.frames.raw_table import LONGEST_ID


def at_key(place: str, key: str) -> str:
    """The field of the table at this place; a name too long for any field is cut."""
    key = key[:LONGEST_ID]
    return f"{place}.{key}" if place and key else place or key


def at_row(place: str, row: int) -> str:
    """The row of the list at this place, counted from 0."""
    return f"{place}[{row}]"


def above(place: str) -> str:
    """What holds this place: ``themes[2].items[1]`` for ``themes[2].items[1].text``."""
    return place[: max(place.rfind("."), place.rfind("["), 0)]
