"""The kinds of talk, as rows of data. Code asks the row, never ``if kind == …``."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from musling.frames.document import TOPICS_OF, Topic


@dataclass(frozen=True, slots=True)
class Kind:
    """What differs from kind to kind.

    ``minutes`` is the default length (C8); ``None``: no clock. ``hands_in`` is False where
    preparation never leaves its author (A4). ``approves``: the other party approves the minutes
    (E8); ``signs``: both sign (A6); where both, one press does both.
    ``standard_frames``: those that suit it, the one to begin with first. ``topics``: what its
    frames should cover (rows E1 and E11).
    """

    id: str
    name: str | Promise
    employee: str | Promise
    leader: str | Promise
    minutes: int | None
    hands_in: bool
    may_decline: bool
    approves: bool
    signs: bool
    standard_frames: tuple[str, ...]
    topics: tuple[Topic, ...] = ()

    @property
    def standard_frame(self) -> str:
        """The one that a new organisation begins with."""
        return self.standard_frames[0]


KINDS = {
    kind.id: kind
    for kind in (
        Kind(
            "mus",
            _("MUS"),
            _("Employee"),
            _("Leader"),
            45,
            True,
            True,
            True,
            True,
            (
                "mus-municipality",
                "mus-six-topics",
                "mus-core-task",
                "mus-phases",
                "mus-short",
            ),
            TOPICS_OF["mus"],
        ),
        Kind(
            "mus_bpa",
            _("MUS"),
            _("Helper"),
            _("Citizen"),
            None,
            False,
            True,
            False,
            True,
            ("mus-bpa",),
        ),
    )
}


def kind(name: str) -> Kind:
    """The row of that kind. Raises KeyError for one that does not exist."""
    return KINDS[name]
