"""The editor's words for what a frame's document calls by ids."""

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from musling.frames.advice import Advice
from musling.frames.differences import Difference
from musling.frames.document import MOST_ITEMS, Topic, text
from musling.frames.left_out import LeftOut

ITEM_TYPES = (
    ("text", _("In words")),
    ("scale", _("On the scale from 0 to 5")),
    ("choice", _("One of several answers")),
    ("several", _("Any of several answers")),
    ("table", _("In a table")),
    ("agreements", _("How it went with last year's agreements")),
    ("life_phase", _("On the scale, with phases of life to choose")),
)
PARTS = (
    ("both", _("Both, each alone")),
    ("employee", _("The employee")),
    ("leader", _("The leader")),
    ("together", _("Both together, in the talk")),
)
PHASES = (
    ("back", pgettext_lazy("phase", "Back")),
    ("now", pgettext_lazy("phase", "Now")),
    ("ahead", pgettext_lazy("phase", "Ahead")),
)
THEME_KINDS = (
    ("questions", _("Questions and statements")),
    ("steps", _("Steps that help to begin")),
    ("expectations", _("Expectations")),
    ("feedback", _("The leader's feedback, in words only")),
    ("goals", _("Goals, filled in together")),
    ("organisation", _("The organisation's theme of the period")),
)
TOPICS: dict[Topic, str | Promise] = {
    "follow-up": _("Follow-up on the last talk"),
    "competence": _("Competence"),
    "tasks": _("Tasks now and later"),
    "goals-and-values": _("Goals and values"),
    "wellbeing": _("Well-being"),
    "view-of-leader": _("The employee's view of the leader"),
    "status": _("How it went since last time"),
    "cooperation": _("Cooperation"),
    "leader-goals": _("The leader's goals and the workplace's"),
    "new-initiatives": _("What is new at the workplace"),
    "leader-wellbeing": _("The leader's well-being"),
    "leader-competence": _("The leader's competence"),
    "action-plan": _("Activities and action plan"),
}


def often_in_words(code: str, count: int) -> str:
    """The same thought about many lines, said once."""
    number = {"n": count}
    words = {
        "two-in-one": gettext("%(n)s questions ask two things at once."),
        "no-help": gettext("%(n)s questions have no help question."),
        "no-translation": gettext("%(n)s places are not in English throughout."),
        "same-answer": gettext("%(n)s questions have the same answer twice."),
    }
    return words[code] % number


def advice_in_words(one: Advice) -> str:
    """What to think about, and what to do."""
    number = {"n": one.number, "most": MOST_ITEMS}
    words = {
        "too-many": gettext(
            "%(n)s questions are many. Above %(most)s people begin to skip: leave out what you can."
        )
        % number,
        "looks-back": gettext(
            "More looks back than ahead. The look ahead should weigh most: turn some questions."
        ),
        "topic": gettext("No theme covers “%(topic)s”.") % {"topic": TOPICS[one.topic]}
        if one.topic
        else "",
        "two-in-one": gettext("Asks two things at once. Make two questions of it."),
        "no-help": gettext("Has no help question."),
        "no-translation": gettext("Is not in English throughout.")
        if one.element
        else gettext("Nothing is in English. Who reads English sees the Danish words."),
        "too-long": gettext("The themes take %(n)s minutes more than the talk has.") % number,
        "same-answer": gettext("Two of its answers are the same. Change or take out one of them."),
        "no-room": gettext(
            "Nothing is answered in words. Leave room for what you did not think of."
        ),
    }
    return words[one.code]


def left_out_in_words(one: LeftOut, language: str) -> str:
    """What a committee wants and the frame has no place for, and what becomes of it."""
    known = {
        "words": text(one.words, language),
        "where": ", ".join(one.units) or gettext("the whole organisation"),
    }
    words = {
        "moved": gettext(
            "“%(words)s” is mandatory in %(where)s and not in this frame. Talks there ask it all "
            "the same, at the end, under “Chosen by the committee”."
        ),
        "together": gettext(
            "“%(words)s” is mandatory in %(where)s. In this frame it is answered together, so "
            "nobody has to prepare it."
        ),
        "gone": gettext(
            "A committee requires a question in %(where)s that none of your frames has. Ask the "
            "committee to end it."
        ),
        "no-slot": gettext(
            "This frame has no place for the organisation's theme “%(words)s”: its talks do not "
            "ask it. Add a theme of that kind if they are to."
        ),
    }
    return words[one.became] % known


FIELDS = {
    "title": _("the name"),
    "minutes": _("the time"),
    "preparation": _("how preparation is handled"),
    "purpose": _("what the talk is for"),
    "guidance": _("the advice"),
    "scale": _("the scale"),
    "life_phases": _("the life phases"),
    "four_points": _("the four points"),
    "core_task_example": _("the example of a core task"),
    "kind": _("what kind of theme it is"),
    "phase": _("whether it looks back, now or ahead"),
    "for_parts": _("who answers"),
    "intro": _("the introduction"),
    "help": _("the help questions"),
    "covers": _("the required topics"),
    "years": _("the years"),
    "text": _("the words"),
    "text_leader": _("the words to the leader"),
    "type": _("how it is answered"),
    "mandatory": _("whether it is mandatory"),
    "short": _("whether it is in the short version"),
    "explanation": _("the explanation"),
    "explanation_leader": _("the explanation to the leader"),
    "options": _("the answers to choose from"),
    "columns": _("the columns"),
    "rows": _("the rows of the table"),
}


def difference_in_words(one: Difference) -> dict[str, str]:
    """One change between two versions as a line, with the words before and after, if any."""
    known = {
        "name": one.name,
        "theme": one.theme,
        "before": one.before,
        "what": FIELDS.get(one.field, ""),
    }
    return {
        "change": one.change,
        "line": _lines(one.where, one.change) % known,
        "before": one.before if one.change == "changed" else "",
        "after": one.after,
    }


def _lines(where: str, change: str) -> str:
    lines = {
        ("frame", "changed"): gettext("Changed for the whole frame: %(what)s"),
        ("theme", "added"): gettext("New theme: %(name)s"),
        ("theme", "removed"): gettext("Theme taken out: %(name)s"),
        ("theme", "reordered"): gettext("The themes come in another order"),
        ("theme", "changed"): gettext("Theme “%(name)s”: changed %(what)s"),
        ("item", "added"): gettext("New question in %(theme)s: %(name)s"),
        ("item", "removed"): gettext("Question taken out of %(theme)s: %(name)s"),
        ("item", "moved"): gettext("Moved from %(before)s to %(theme)s: %(name)s"),
        ("item", "reordered"): gettext("The questions in %(theme)s come in another order"),
        ("item", "changed"): gettext("“%(name)s”: changed %(what)s"),
    }
    return lines[where, change]
