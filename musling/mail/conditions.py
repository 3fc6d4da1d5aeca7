"""Whether what a mail says is still so when its turn comes, and whether it can wait."""

import datetime as dt
from collections.abc import Callable

from musling.conversations.kinds import kind
from musling.conversations.models import Minutes, Offer, State
from musling.foundation import clock
from musling.foundation.clock import COPENHAGEN
from musling.mail.matters import Matter

SOON = dt.timedelta(days=1)


def always(_matter: Matter) -> bool:
    """What happened stays so."""
    return True


def state_is(*states: str) -> Callable[[Matter], bool]:
    """The talk is in one of these states."""
    return lambda matter: matter.conversation is not None and matter.conversation.state in states


def is_latest_time(matter: Matter) -> bool:
    """The talk is booked, and no later mail says another time."""
    return matter.booked and _is_latest(matter)


def time_is_gone(matter: Matter) -> bool:
    """The talk has no time now, and no later mail says so."""
    return not matter.booked and _is_latest(matter)


def _is_latest(matter: Matter) -> bool:
    said = matter.activity.more.get("sequence")
    return matter.conversation is not None and said in {
        None,
        matter.conversation.calendar_sequence,
    }


def minutes_wait(matter: Matter) -> bool:
    """The minutes are out; where nobody needs to approve, also when they are approved already."""
    if matter.minutes is None or matter.conversation is None:
        return False
    if matter.minutes.state == Minutes.State.OUT:
        return True
    unasked = not kind(matter.conversation.kind).approves
    return unasked and matter.minutes.state == Minutes.State.APPROVED


def minutes_are_back(matter: Matter) -> bool:
    """The minutes lie with whoever writes them."""
    return matter.minutes is not None and matter.minutes.state == Minutes.State.RETURNED


def paper_waits(matter: Matter) -> bool:
    """Nobody has confirmed or contested the talk on paper."""
    paper = matter.paper
    return paper is not None and not (paper.confirmed_at or paper.contested_at)


def agreement_is_open(matter: Matter) -> bool:
    """The agreement stands and is not done."""
    row = matter.agreement
    done = row is not None and row.done_by_employee_at and row.done_by_leader_at
    return row is not None and row.removed_at is None and not done


def theme_is_missing(matter: Matter) -> bool:
    """Nobody has chosen a theme for the period."""
    return matter.theme_is_missing


def release_waits(matter: Matter) -> bool:
    """The other has neither said yes nor no, nor is it taken back."""
    row = matter.release
    return row is not None and not (row.agreed_at or row.ended_at)


def release_holds(matter: Matter) -> bool:
    """Both have said yes, and neither has ended it."""
    row = matter.release
    return row is not None and row.agreed_at is not None and row.ended_at is None


def typed_in_waits(matter: Matter) -> bool:
    """The other has not said that it was so."""
    row = matter.agreement
    return row is not None and row.removed_at is None and row.confirmed_at is None


def offer_waits(matter: Matter) -> bool:
    """The offer has no answer."""
    open_ = matter.conversation is not None and matter.conversation.state == State.OFFERED
    return open_ and matter.offer is not None and matter.offer.answer == Offer.Answer.NONE


def time_has_passed(matter: Matter) -> bool:
    """The talk is still booked for a time that has passed, or its offer has no answer yet."""
    talk = matter.conversation
    if talk is not None and matter.booked:
        return talk.starts_at is not None and talk.starts_at < clock.now()
    return offer_waits(matter)


def time_is_wanted(matter: Matter) -> bool:
    """The leader has neither answered the employee nor proposed another time."""
    talk, offer = matter.conversation, matter.offer
    if talk is None or offer is None:
        return False
    asked = offer.answer in {Offer.Answer.OTHER_TIME, Offer.Answer.OUTSIDE}
    return talk.state == State.PLANNED or (asked and talk.state in {State.OFFERED, State.BOOKED})


def talk_comes(matter: Matter) -> bool:
    """The talk is booked for the day that the reminder counts from."""
    talk = matter.conversation
    if talk is None or talk.starts_at is None or not matter.booked:
        return False
    day = talk.starts_at.astimezone(COPENHAGEN).date()
    return day.isoformat() == matter.activity.more.get("on") and talk.starts_at > clock.now()


# --- whether it can wait for the next working day ------------------------------------------------


def can_wait(_matter: Matter) -> bool:
    """Nothing about it is urgent."""
    return False


def at_once(_matter: Matter) -> bool:
    """It leaves at any hour."""
    return True


def talk_is_near(matter: Matter) -> bool:
    """The talk has, or had, a time within a day: the reader might go there in vain."""
    talk = matter.conversation
    return talk is not None and _is_near(talk.starts_at)


def old_or_new_is_near(matter: Matter) -> bool:
    """The same of a talk that was moved: the time it had counts, too."""
    was = matter.activity.more.get("was")
    return talk_is_near(matter) or _is_near(dt.datetime.fromisoformat(was) if was else None)


def _is_near(moment: dt.datetime | None) -> bool:
    return moment is not None and abs(moment - clock.now()) <= SOON


def round_goes_on(matter: Matter) -> bool:
    """The round is not closed."""
    return matter.round is not None and matter.round.closed_at is None


def evaluation_is_open(matter: Matter) -> bool:
    """One can still answer. Not whether this one has: a mail that was not sent would tell it."""
    return matter.evaluation is not None and matter.evaluation.closed_at is None
