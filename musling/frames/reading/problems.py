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

    ``file``, ``unpacked`` and ``ratio`` in bytes; a form of a few pages needs a hundredth of each.
    """

    file: int = 10_000_000
    unpacked: int = 60_000_000
    parts: int = 2_000
    pages: int = 100
    lines: int = 20_000
    line: int = 20_000
    elements: int = 1_000_000
    depth: int = 200


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


def nothing_in_it() -> UnreadableForm:
    """There is no text at all."""
    return UnreadableForm(
        _("There is no text in the file. Choose the file with the questions, or paste the text.")
    )
