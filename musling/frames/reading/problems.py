"""A form that cannot be read at all: one kind of error, and how much a form may hold."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from musling.foundation.problems import Refused


class UnreadableForm(Refused):
    """The form is not what its name says, or nothing in it can be read.

    The message is for the person and says what to do.
    """


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read of one form.

    ``file``, ``unpacked`` and ``memory`` in bytes, ``line`` and ``text`` in characters; a form of a
    few pages needs a hundredth of each. ``processor`` and ``wall`` in seconds: what a Word file or
    a PDF may take (a form takes less than one).
    """

    file: int = 10_000_000
    unpacked: int = 60_000_000
    parts: int = 2_000
    pages: int = 100
    lines: int = 20_000
    line: int = 20_000
    text: int = 3_000_000
    elements: int = 500_000
    depth: int = 200
    memory: int = 400_000_000
    processor: int = 10
    wall: float = 20.0


def too_large(most: int) -> UnreadableForm:
    """The file is larger than any form; ``most`` in bytes."""
    return UnreadableForm(
        _("The file is larger than %(most)s MB. Save the form alone, without pictures.")
        % {"most": most // 1_000_000}
    )


def too_long() -> UnreadableForm:
    """The file unpacks to more pages or lines than any form has."""
    return UnreadableForm(
        _("The file holds far more than a form does. Save the pages with the questions alone.")
    )


def too_heavy() -> UnreadableForm:
    """Reading it took more time or memory than any form needs, and was ended."""
    return UnreadableForm(
        _(
            "This file is too heavy to read: a form is a thousand times lighter. "
            "Print the pages with the questions to a new PDF, or paste their text."
        )
    )


def not_what_it_says(ending: str) -> UnreadableForm:
    """The bytes are not of the kind that the name says; ``ending`` with its dot."""
    return UnreadableForm(
        _("The file is not what its name says: it is no readable %(ending)s. Save it again.")
        % {"ending": ending}
    )


def nothing_in_it() -> UnreadableForm:
    """There is no text at all."""
    return UnreadableForm(
        _("There is no text in the file. Choose the file with the questions, or paste the text.")
    )
