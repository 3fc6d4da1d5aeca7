"""The two ways in which the program says no."""


class Refused(Exception):
    """A rule said no. ``message`` is for the person and says what to do.

    ``field`` names the field of a form that it belongs to, or is empty.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(str(message))
        self.message = message
        self.field = field


class NotThere(Exception):
    """Not there, or not for this person: both look the same from outside."""


class Clash(Exception):
    """Somebody else wrote in the meantime. ``theirs`` is the text that stands now, of ``item``."""

    def __init__(self, theirs: str, version: int, item: str = "") -> None:
        super().__init__("The text was changed in the meantime.")
        self.item = item
        self.theirs = theirs
        self.version = version
