"""What there is of content in a talk, who plays which part, and the stages of its life.

The words of the table "who can see what"; ``access`` says by rows who sees what when.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from musling.conversations.kinds import Kind
from musling.conversations.models import State
from musling.foundation.visibility import Content, PartPlayed, Stage
from musling.frames.access import COMMITTEE
from musling.people.access import HR

EMPLOYEE = PartPlayed("employee", _("the employee"), _("you"))
LEADER = PartPlayed("leader", _("the leader"), _("you"))
AUTHOR = PartPlayed("author", _("whoever wrote it"), _("you"))
NEXT_LEADER = PartPlayed("next_leader", _("the leader of the next talk"), _("you"))
THIRD_PARTY = PartPlayed("third_party", _("whom you both let read it"), _("you"))
# Parts without a single row below: the page says so, and the access test tries them.
FACILITATOR = PartPlayed("facilitator", _("a facilitator of group talks"), _("you"))
LEADERS_LEADER = PartPlayed("leaders_leader", _("the leader's leader"), _("you"))
EARLIER_LEADER = PartPlayed("earlier_leader", _("an earlier leader"), _("you"))
NEW_LEADER = PartPlayed("new_leader", _("a later leader, or a stand-in"), _("you"))
COLLEAGUE = PartPlayed("colleague", _("colleagues"), _("you"))
UNION_REP = PartPlayed("union_rep", _("the union representative"), _("you"))
CONSULTANT = PartPlayed("consultant", _("the consultant"), _("you"))
OPERATOR = PartPlayed("operator", _("the operator"), _("you"))
OTHER_ORGANISATION = PartPlayed("other_organisation", _("other organisations"), _("you"))
PARTS = (
    AUTHOR,
    EMPLOYEE,
    LEADER,
    NEXT_LEADER,
    EARLIER_LEADER,
    NEW_LEADER,
    FACILITATOR,
    LEADERS_LEADER,
    COLLEAGUE,
    HR,
    COMMITTEE,
    UNION_REP,
    CONSULTANT,
    OPERATOR,
    OTHER_ORGANISATION,
)

DATES = Content("dates", _("Dates and state"), _("When, where, how far you are; no content"))
OFFER = Content("offer", _("Offer and answer"), _("When a talk was offered, and what was answered"))
FITTED = Content(
    "fitted",
    _("Questions of one talk"),
    _("What the leader added to, left out of or moved in what this one talk asks"),
)
PREPARATION = Content(
    "preparation",
    _("Preparation"),
    _("What each writes and ticks before the talk, until it is handed in"),
)
HANDED_IN = Content(
    "handed_in",
    _("What was handed in"),
    _("Written answers that somebody chose to hand in"),
)
SCORES = Content("scores", _("Scores"), _("What was ticked on a scale, and handed in"))
LIFE_PHASE = Content("life_phase", _("Life phase"), _("What was picked, if it was handed in"))
FEEDBACK = Content("feedback", _("Feedback"), _("What the leader wrote to hand in to the employee"))
EXPECTED = Content(
    "expectation",
    _("What you expect of the talk"),
    _("Written before the talk begins, for the other to see"),
)
ALIKE = Content(
    "alike",
    _("Understood alike"),
    _("Which of the points that you share first the employee has ticked in the talk"),
)
MINUTES = Content("minutes", _("Minutes"), _("What was written down in the talk"))
COMMENT = Content("comment", _("Comments"), _("Why minutes were sent back"))
GOALS = Content("goals", _("Goals and future"), _("Focus areas and initiatives"))
AGREEMENT = Content("agreement", _("Agreements"), _("What you agreed: what, who, when"))
FOLLOW_UP = Content("follow_up", _("Follow-up"), _("Notes on how an agreement goes"))
SIGNATURE = Content("signature", _("Signatures"), _("Who signed, when and how"))
DOCUMENT = Content("document", _("Documents"), _("Minutes and agreement sheets taken out as a PDF"))
RELEASE = Content(
    "release",
    _("What you let somebody else read"),
    _("A copy of the minutes or the agreement sheet, to whom, until when and why"),
)

AFTER_HANDING_IN = _("once it is handed in (or, where the frame says so, once both have)")
WHILE_OPEN = _("while the agreement is open")
WHEN_OUT = _("when the minutes were sent back")
SINCE = _("from the day of the change, or the day that the leader told")
FROM_THE_DAY = _(
    "from the day of the change, or the day that the leader told, while the agreement is open"
)
IF_CHOSEN = _("only if the employee says so after the change")
WHILE_RELEASED = _("once you have both said yes, until the day you chose, or one of you ends it")
OWN_IF_CHOSEN = _("only if the employee says so after the change, and only the employee's own")

# The life of a talk, as the table shows it. ``GONE``: its text is destroyed.
BEFORE = Stage(
    "before",
    pgettext_lazy("stage", "Before"),
    (State.PLANNED, State.OFFERED, State.DECLINED, State.BOOKED, State.CANCELLED),
)
TALKING = Stage("talking", _("In the talk"), (State.OPEN,))
WRITING = Stage("writing", _("Until agreed"), (State.HELD, State.MINUTES_OUT))
AGREED = Stage("agreed", pgettext_lazy("stage", "Agreed"), (State.AGREED,))
GONE = Stage("gone", pgettext_lazy("stage", "Destroyed"))
STAGES = (BEFORE, TALKING, WRITING, AGREED, GONE)
LIVING = STAGES[:-1]  # everything sealed ends with its key, whatever else says so
FROM_TALK = (TALKING, WRITING, AGREED)
HELD = (WRITING, AGREED)


def in_kind(content: Content, kind: Kind) -> bool:
    """Whether a talk of that kind has such content at all."""
    if content in (HANDED_IN, SCORES, LIFE_PHASE, FEEDBACK):
        return kind.hands_in
    if content is COMMENT:
        return kind.approves
    return content is not SIGNATURE or kind.signs
