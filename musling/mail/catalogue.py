"""Which deed is told to whom: the one list. What is not here is told to nobody by mail.

Subjects are four sentences that tell neither whom nor what (they show on lock screens). The text of
each mail is ``web/templates/mail/<name>.txt``: what to do, dates and a link; no content, no names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from musling.conversations.kinds import kind
from musling.conversations.models import GoesAlong, Minutes, Part, Signature, State
from musling.mail.matters import Matter

Text = str | Promise

WAITING = _("Something is waiting for you in Musling")
NEWS = _("News for you in Musling")
REMINDER = _("A reminder from Musling")
ACCESS = _("About your access to Musling")


# --- to whom: profiles, computed when the deed is found and again when the mail is sent ----------


def other(matter: Matter) -> list[int]:
    """The parties except whoever did it."""
    return [profile for profile in matter.part() if profile != matter.activity.actor_id]


def both(matter: Matter) -> list[int]:
    """Employee and leader."""
    return matter.part(Part.EMPLOYEE, Part.LEADER)


def employee(matter: Matter) -> list[int]:
    """The employee."""
    return matter.part(Part.EMPLOYEE)


def leader(matter: Matter) -> list[int]:
    """Whoever leads the talk now."""
    return matter.part(Part.LEADER)


def who_had_it_booked(matter: Matter) -> list[int]:
    """Both where calendars may hold the talk; else the one who did not do it."""
    return both(matter) if matter.had_time else other(matter)


def former_leader(matter: Matter) -> list[int]:
    """The leader who handed a talk over, where it has a time: it leaves that calendar."""
    return _outsider(matter, matter.activity.actor_id) if matter.had_time else []


def former_deputy(matter: Matter) -> list[int]:
    """The deputy whom the employee did not want."""
    return _outsider(matter, matter.activity.more.get("deputy"))


def who_can_still_read(matter: Matter) -> list[int]:
    """The parties, except a leader who came later and was not let into the minutes."""
    return [
        row.profile_id
        for row in matter.parties
        if row.ended_at is None and row.goes_along != GoesAlong.NOTHING
    ]


def leader_before(matter: Matter) -> list[int]:
    """Who led the talk before the employee's new leader took it over, where it had a time."""
    return _outsider(matter, matter.activity.more.get("former")) if matter.had_time else []


def former_leader_of(matter: Matter) -> list[int]:
    """Who led the talk until another came."""
    return _outsider(matter, matter.activity.more.get("former"))


def other_who_held_it(matter: Matter) -> list[int]:
    """The other of the two who held the talk; nobody who came later."""
    here = [row for row in matter.parties if row.ended_at is None and not row.goes_along]
    return [row.profile_id for row in here if row.profile_id != matter.activity.actor_id]


def asked_for_access(matter: Matter) -> list[int]:
    """The leader who is asked for what she or he wrote."""
    return [matter.activity.more["holder"]]


def asker(matter: Matter) -> list[int]:
    """Whoever it is about: who asked for it, or is told."""
    return [matter.activity.about_id] if matter.activity.about_id else []


def main_committee(matter: Matter) -> list[int]:
    """Everybody who sits in the main committee now."""
    return matter.main_committee


def release_reader(matter: Matter) -> list[int]:
    """Whom two others let read a document."""
    return _outsider(matter, matter.activity.more.get("reader"))


def _outsider(matter: Matter, profile: int | None) -> list[int]:
    return [profile] if profile and profile not in matter.part() else []


def who_sent_minutes(matter: Matter) -> list[int]:
    """Whoever waits for the approval; nobody where the kind asks for none (docs/glossary.md)."""
    approved = matter.minutes is not None and matter.minutes.approved_by_id is not None
    return other(matter) if approved else []


def who_signs_on_paper(matter: Matter) -> list[int]:
    """The one who is said to have signed on paper."""
    signature = matter.signature
    if signature is None or signature.how != Signature.How.PAPER or signature.confirmed_at:
        return []
    signers = [row.profile_id for row in matter.parties if row.pk == signature.participant_id]
    return [profile for profile in signers if profile in other(matter)]


def who_waits_for_signature(matter: Matter) -> list[int]:
    """The other party of somebody who signed alone; sending and approving are told already."""
    signature, minutes = matter.signature, matter.minutes
    if signature is None or minutes is None or signature.how != Signature.How.ALONE:
        return []
    took_minutes = matter.conversation and matter.conversation.minute_taker_id
    told = {took_minutes, minutes.approved_by_id}
    return [] if signature.participant_id in told else other(matter)


def holder(matter: Matter) -> list[int]:
    """The person behind a profile that is linked to a log-in."""
    return [matter.profile.pk] if matter.profile and matter.profile.person_id else []


def whom_it_activates(matter: Matter) -> list[int]:
    """The person of a profile that is not linked to a log-in yet."""
    return [matter.profile.pk] if matter.profile and not matter.profile.person_id else []


def work_address(matter: Matter) -> list[int]:
    """The person of the profile, where the organisation knows a work e-mail."""
    return [matter.profile.pk] if matter.profile and matter.profile.email else []


# --- whether it is still so when the mail's turn comes -------------------------------------------


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


def round_goes_on(matter: Matter) -> bool:
    """The round is not closed."""
    return matter.round is not None and matter.round.closed_at is None


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


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail of the catalogue.

    ``to`` gives the recipients, ``still`` whether it is still so when its turn comes; ``link`` is
    the name of the address it leads to. ``optional``: each person can turn these mails down.
    ``calendar``: the invitation that goes with it, where the talk has (CANCEL: had) a time.
    ``work_only``: goes to the work e-mail, whatever log-in the person has.
    """

    name: str
    label: Text
    to: Callable[[Matter], list[int]]
    subject: Text = NEWS
    link: str = "talk"
    still: Callable[[Matter], bool] = always
    calendar: Literal["", "REQUEST", "CANCEL"] = ""
    optional: bool = False
    work_only: bool = False


CATALOGUE: dict[str, tuple[Mail, ...]] = {
    "conversation.offered": (
        Mail("offered", _("Invitation"), employee, WAITING, still=state_is(State.OFFERED)),
    ),
    "conversation.offered_in_round": (
        Mail("round-offered", _("Invitation"), employee, WAITING, still=state_is(State.OFFERED)),
    ),
    "conversation.form_sent": (
        Mail(
            "round-form",
            _("You can prepare"),
            employee,
            WAITING,
            still=state_is(State.OFFERED, State.BOOKED, State.PLANNED),
        ),
    ),
    "round.leader_told": (
        Mail(
            "round-leader", _("The year's talks"), asker, WAITING, link="team", still=round_goes_on
        ),
    ),
    "conversation.other_time": (
        Mail(
            "other-time",
            _("Another time proposed"),
            leader,
            WAITING,
            still=state_is(State.OFFERED, State.BOOKED),
        ),
    ),
    "conversation.declined": (
        Mail(
            "declined",
            _("Declined"),
            who_had_it_booked,
            still=state_is(State.DECLINED),
            calendar="CANCEL",
        ),
    ),
    "conversation.decline_withdrawn": (
        Mail("decline-withdrawn", _("Wanted after all"), leader, still=state_is(State.OFFERED)),
    ),
    "conversation.booked": (
        Mail("booked", _("Time booked"), both, still=is_latest_time, calendar="REQUEST"),
    ),
    "conversation.moved": (
        Mail("moved", _("Time moved"), both, still=is_latest_time, calendar="REQUEST"),
    ),
    "conversation.postponed": (
        Mail("postponed", _("Put off"), both, still=time_is_gone, calendar="CANCEL"),
    ),
    "conversation.called_off": (
        Mail(
            "called-off",
            _("Called off"),
            who_had_it_booked,
            still=state_is(State.CANCELLED),
            calendar="CANCEL",
        ),
    ),
    "deputy.named": (
        Mail("deputy-for-employee", _("Somebody else leads the talk"), employee, WAITING),
        Mail("deputy", _("Asked to lead a talk"), leader, WAITING, calendar="REQUEST"),
        Mail("handed-over", _("Talk handed over"), former_leader, link="start", calendar="CANCEL"),
    ),
    "deputy.refused": (
        Mail("deputy-refused", _("Talk handed back"), leader, WAITING, calendar="REQUEST"),
        Mail("handed-over", _("Talk handed over"), former_deputy, link="start", calendar="CANCEL"),
    ),
    "leader.took_over": (
        Mail(
            "taken-over",
            _("Another leader has your talk"),
            employee,
            still=time_is_gone,
            calendar="CANCEL",
        ),
        Mail("handed-over", _("Talk handed over"), leader_before, link="start", calendar="CANCEL"),
    ),
    "leader.changed": (
        Mail("new-leader", _("Another leader: what goes along"), employee, WAITING),
        Mail("handed-over", _("Talk handed over"), former_leader_of, link="start"),
    ),
    "leader.returned": (
        Mail("leader-back", _("Your leader is back"), employee),
        Mail("handed-over", _("Talk handed over"), former_leader_of, link="start"),
    ),
    "stand_in.told": (Mail("stand-in", _("Somebody stands in for your leader"), employee),),
    "stand_in.begun": (
        Mail("stand-in-choice", _("A stand-in: what goes along"), employee, WAITING),
        Mail("stands-in", _("Asked to follow up"), leader, WAITING),
    ),
    "stand_in.ended": (Mail("leader-back", _("Your leader is back"), employee),),
    "leader.follows_up": (
        Mail("follows-up", _("Your leader follows up"), employee),
        Mail("handed-over", _("Talk handed over"), former_leader_of, link="start"),
    ),
    "preparation.handed_in": (
        Mail(
            "handed-in",
            _("Preparation handed in"),
            other,
            still=state_is(State.PLANNED, State.OFFERED, State.BOOKED),
            optional=True,
        ),
    ),
    "minutes.sent": (Mail("minutes", _("Minutes sent"), other, WAITING, still=minutes_wait),),
    "minutes.returned": (
        Mail("minutes-back", _("Minutes sent back"), other, WAITING, still=minutes_are_back),
    ),
    "minutes.approved": (Mail("approved", _("Minutes approved"), who_sent_minutes),),
    "minutes.signed": (
        Mail("signed-on-paper", _("Signed on paper"), who_signs_on_paper, WAITING),
        Mail("signed", _("Signed"), who_waits_for_signature),
    ),
    "paper.registered": (
        Mail("paper", _("Talk on paper registered"), other, WAITING, still=paper_waits),
    ),
    "paper.confirmed": (Mail("paper-confirmed", _("Talk on paper confirmed"), other),),
    "paper.contested": (Mail("paper-contested", _("Talk on paper contested"), other, WAITING),),
    "agreement.typed_in": (
        Mail("typed-in", _("Last year's agreement typed in"), other, WAITING, still=typed_in_waits),
    ),
    "agreement.noted": (
        Mail(
            "noted",
            _("Note on an agreement"),
            other,
            link="agreements",
            still=agreement_is_open,
            optional=True,
        ),
    ),
    "agreement.claimed_done": (
        Mail(
            "claimed-done",
            _("Agreement said to be done"),
            other,
            WAITING,
            link="agreements",
            still=agreement_is_open,
        ),
    ),
    "agreement.done": (Mail("done", _("Agreement done"), other, link="agreements", optional=True),),
    "agreement.due": (
        Mail(
            "due",
            _("Reminder of an agreement"),
            both,
            REMINDER,
            link="agreements",
            still=agreement_is_open,
            optional=True,
        ),
    ),
    "access.asked": (
        Mail("access-asked", _("Asked for access"), asked_for_access, WAITING, link="asked"),
    ),
    "access.due": (
        Mail("access-due", _("Reminder of access"), asked_for_access, REMINDER, link="asked"),
    ),
    "access.handed_out": (
        Mail("access-answered", _("Answer on access"), asker, NEWS, link="my-data"),
    ),
    "access.refused": (
        Mail("access-answered", _("Answer on access"), asker, NEWS, link="my-data"),
    ),
    "release.asked": (
        Mail(
            "release-asked",
            _("Somebody else may read: asked"),
            other_who_held_it,
            WAITING,
            still=release_waits,
        ),
    ),
    "release.agreed": (
        Mail(
            "release-agreed",
            _("Somebody else may read: yes"),
            other_who_held_it,
            still=release_holds,
        ),
        Mail("shared", _("Shared with you"), release_reader, link="shared", still=release_holds),
    ),
    "release.refused": (
        Mail("release-refused", _("Somebody else may read: no"), other_who_held_it),
    ),
    "release.ended": (
        Mail("release-ended", _("Somebody else may read: ended"), other_who_held_it),
        Mail("shared-ended", _("No longer shared with you"), release_reader, link="shared"),
    ),
    "retention.announced": (Mail("going", _("What goes, and when"), who_can_still_read),),
    "theme.due": (
        Mail(
            "theme-due",
            _("Reminder of the organisation's theme"),
            main_committee,
            REMINDER,
            link="organisation-theme",
            still=theme_is_missing,
        ),
    ),
    "core_task.told": (
        Mail("core-task", _("The core task, told to everybody"), asker, link="core-task"),
    ),
    "activation.sent": (
        Mail("activation", _("Link to a log-in"), whom_it_activates, ACCESS, link="activation"),
    ),
    "activation.used": (
        Mail(
            "activated",
            _("Log-in taken into use"),
            work_address,
            ACCESS,
            link="home",
            work_only=True,
        ),
    ),
    "person.email_changed": (
        Mail("email-changed", _("Work e-mail changed"), holder, ACCESS, link="start"),
    ),
}

# A name may stand under two deeds; its words are the same.
BY_NAME = {mail.name: mail for mails in CATALOGUE.values() for mail in mails}


def find(verb: str, name: str) -> Mail | None:
    """The mail of that name under that deed, or None where the catalogue has changed since."""
    return next((mail for mail in CATALOGUE.get(verb, ()) if mail.name == name), None)
