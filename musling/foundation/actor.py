"""Who acts: a person in one organisation at one moment."""

import datetime as dt
from dataclasses import dataclass, field

from musling.foundation import clock
from musling.foundation.clock import COPENHAGEN


@dataclass(frozen=True, slots=True)
class ReadingNote:
    """That something of somebody was opened: ids only."""

    content: str
    object_id: int
    about_id: int


@dataclass(frozen=True, slots=True)
class Actor:
    """Given to every query and action: person + organisation + moment.

    ``profile_id`` is what the organisation knows the person as. ``readings`` collects what was
    opened; the gate writes it to the log before any text leaves.
    """

    person_id: int | None
    profile_id: int
    organisation_id: int
    at: dt.datetime
    language: str = "da"
    readings: list[ReadingNote] = field(default_factory=list, compare=False, repr=False)

    @property
    def today(self) -> dt.date:
        """The date where the organisation is."""
        return self.at.astimezone(COPENHAGEN).date()

    def note_reading(self, content: str, object_id: int, about_id: int) -> None:
        """Notes that the actor opened sealed text that is about, or from, somebody else."""
        if about_id != self.profile_id:
            self.readings.append(ReadingNote(content, object_id, about_id))


def program(organisation_id: int) -> Actor:
    """The program itself, acting in an organisation: no person and no profile."""
    return Actor(person_id=None, profile_id=0, organisation_id=organisation_id, at=clock.now())
