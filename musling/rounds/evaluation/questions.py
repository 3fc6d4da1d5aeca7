"""What is asked when a round is over, in our own words, as data: short, of each group its own."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from musling.rounds.evaluation.models import Group

SCORES = range(6)  # from "to a very low degree" to "to a very high degree" (D3)
OWN = "own"
MOST_CHARACTERS = 600  # of a text


@dataclass(frozen=True, slots=True)
class Question:
    """One statement answered from 0 to 5, or one question answered in words."""

    id: str
    words: str | Promise
    is_text: bool = False


_TEXTS = (
    Question("good", _("What was good about this year's talks?"), is_text=True),
    Question("otherwise", _("What shall we do otherwise next year?"), is_text=True),
)
QUESTIONS: dict[str, tuple[Question, ...]] = {
    Group.EMPLOYEES: (
        Question("prepared", _("I came to the talk well prepared.")),
        Question("heard", _("I could say what matters to me.")),
        Question("ahead", _("We talked more about what is to come than about what has been.")),
        Question("agreed", _("What we agreed on makes a difference in my work.")),
        Question("trust", _("I know who can read what I write.")),
        *_TEXTS,
    ),
    Group.LEADERS: (
        Question("time", _("I had the time that the talks need.")),
        Question("prepared", _("My employees and I came to the talks well prepared.")),
        Question("learned", _("I learned something that I use as a leader.")),
        Question("agreed", _("What we agreed on can be done.")),
        Question("help", _("I got the help and sparring that I needed.")),
        *_TEXTS,
    ),
}


def asked_of(group: str, own: dict[str, str], language: str) -> tuple[Question, ...]:
    """What the group is asked, HR's own statement after the ready-made ones."""
    ready = QUESTIONS[group]
    words = own.get(language) or next(filter(None, own.values()), "")
    if not words:
        return ready
    statements = tuple(one for one in ready if not one.is_text)
    return (*statements, Question(OWN, words), *ready[len(statements) :])
