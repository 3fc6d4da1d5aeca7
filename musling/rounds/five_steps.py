"""The five steps in which a round is rolled out (row C4), as data.

Each with its tasks, the points of attention and the questions for the management team (C5), and a
ready-made text that an organisation can replace by its own words.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

LEADERS, EMPLOYEES, FORM, TALKS, EVALUATION = range(1, 6)


@dataclass(frozen=True, slots=True)
class Task:
    """One line of a step's list."""

    id: str
    name: Text


@dataclass(frozen=True, slots=True)
class FiveStep:
    """One step: what is done, when by default, and what to keep in mind.

    ``days``: when it is due, in days from the round's first day, or, where ``from_end``, from its
    last. ``sends``: whether doing it sends the text to somebody, so that it can run by itself.
    """

    number: int
    name: Text
    to_whom: Text
    days: int
    tasks: tuple[Task, ...]
    attention: tuple[Text, ...]
    questions: tuple[Text, ...]
    text: Text
    sends: bool = False
    by_itself: bool = False  # unless HR says otherwise
    from_end: bool = False

    def ready_made(self, leader_word: str = "") -> str:
        """The text, with the round's own word for who leads, in the language that is on."""
        return str(self.text) % {"leader": leader_word or _("leader")}


STEPS = (
    FiveStep(
        LEADERS,
        _("Leaders are informed"),
        _("everybody who leads a talk in the round"),
        -42,
        (
            Task("purpose", _("The management has agreed on what the talks are for this year")),
            Task("dates", _("The leaders know the dates and how much time to set aside")),
            Task("sparring", _("Everybody who leads talks knows whom to ask for sparring")),
        ),
        (
            _("New leaders often lead talks for the first time: let them try it with somebody."),
            _("A leader with many employees needs the time written into the calendar, not found."),
        ),
        (
            _("What should have changed in the organisation when the round is over?"),
            _("How do we ourselves show that the talks matter: who holds ours, and when?"),
        ),
        _(
            "Soon the year's talks begin. Look at the dates, choose the form for your unit, and "
            "set time aside for each of your employees."
        ),
        sends=True,
        by_itself=True,
    ),
    FiveStep(
        EMPLOYEES,
        _("Employees are informed"),
        _("everybody who is offered a talk"),
        -14,
        (
            Task("told", _("Everybody knows what the talks are for and who can read what")),
            Task("absent", _("Those who are away or without e-mail are told by their leader")),
        ),
        (
            _("Say plainly who sees what: it decides how much is said."),
            _("The talk does not replace the daily one, and holds no surprises or complaints."),
        ),
        (_("Which of our plans should everybody know before the talk about their own?"),),
        _(
            "The year's talks are coming up. Think about how your work goes, what you want to "
            "learn, and what you want from your %(leader)s. You get the form later."
        ),
        sends=True,
        by_itself=True,
    ),
    FiveStep(
        FORM,
        _("The form is sent"),
        _("each team, by its leader's own click"),
        0,
        (
            Task("fitted", _("The leaders have fitted the form to their teams")),
            Task("clicked", _("Every leader has sent it; HR has sent it where nobody did")),
        ),
        (
            _("A form from one's own leader is answered; one from a system is put aside."),
            _("An own question or two is enough. A long form is not a deep one."),
        ),
        (_("Do the questions fit those who work nights, alone or outdoors?"),),
        _("You can prepare now. Take the time you need; half an hour goes a long way."),
        sends=True,
    ),
    FiveStep(
        TALKS,
        _("The talks are held"),
        _("nobody: the leaders hold them"),
        14,
        (
            Task(
                "halfway", _("Halfway through, the leaders who are behind have been offered help")
            ),
            Task("postponed", _("Talks that were put off have got a new date")),
        ),
        (
            _("A talk that nobody has prepared is better put off, without blame."),
            _("The one who is talked with speaks most."),
        ),
        (_("What do leaders who are behind need from us: time, help, or a decision?"),),
        "",
    ),
    FiveStep(
        EVALUATION,
        _("The round is evaluated and closed"),
        _("everybody who took part"),
        7,
        (
            Task("asked", _("Leaders and employees have been asked how it went")),
            Task("met", _("Leaders have talked about what they learned, without naming anybody")),
            Task("note", _("A joint note says what is done differently next year")),
        ),
        (
            _("Look at what was agreed and not kept before asking for more agreements."),
            _("The committee of management and staff evaluates the use of the talks."),
        ),
        (
            _("What did we learn about the organisation that no single person told us?"),
            _("Which two things shall we do otherwise next year?"),
        ),
        _(
            "The year's talks are over. Tell in two minutes how it went; "
            "nobody is shown who has answered."
        ),
        sends=True,
        from_end=True,
    ),
)
BY_NUMBER = {step.number: step for step in STEPS}
