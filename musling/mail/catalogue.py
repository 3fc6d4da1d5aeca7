"""Which deed is told to whom: the one list. What is not here is told to nobody by mail.

Subjects are four sentences that tell neither whom nor what (they show on lock screens). The text of
each mail is ``web/templates/mail/<name>.txt``: what to do, dates and a link; no content, no names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from musling.conversations.models import State
from musling.mail.conditions import (
    agreement_is_open,
    always,
    at_once,
    can_wait,
    evaluation_is_open,
    is_latest_time,
    minutes_are_back,
    minutes_wait,
    offer_waits,
    old_or_new_is_near,
    paper_waits,
    release_holds,
    release_waits,
    round_goes_on,
    state_is,
    talk_comes,
    talk_is_near,
    theme_is_missing,
    time_has_passed,
    time_is_gone,
    time_is_wanted,
    typed_in_waits,
)
from musling.mail.matters import Matter
from musling.mail.recipients import (
    asked_for_access,
    asker,
    both,
    employee,
    former_deputy,
    former_leader,
    former_leader_of,
    holder,
    leader,
    leader_before,
    main_committee,
    other,
    other_who_held_it,
    release_reader,
    reminded,
    who_can_still_read,
    who_had_it_booked,
    who_sent_minutes,
    who_signs_on_paper,
    who_waits_for_signature,
    whom_it_activates,
    work_address,
)

Text = str | Promise

WAITING = _("Something is waiting for you in Musling")
NEWS = _("News for you in Musling")
REMINDER = _("A reminder from Musling")
ACCESS = _("About your access to Musling")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail of the catalogue.

    ``to`` gives the recipients, ``still`` whether it is still so when its turn comes; ``link`` is
    the name of the address it leads to. ``why``: what the mail is for, of one that each person can
    turn down; the others are mandatory. ``urgent``: whether it leaves at any hour; what is not
    waits for working hours (``hours``). ``daily``: it leaves in the morning, in one mail with
    whatever else waits for the reader.
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
    why: Text = ""
    urgent: Callable[[Matter], bool] = can_wait
    daily: bool = False
    work_only: bool = False

    @property
    def optional(self) -> bool:
        """Whether each person can turn it down."""
        return bool(self.why)


CATALOGUE: dict[str, tuple[Mail, ...]] = {
    "conversation.offered": (
        Mail(
            "offered",
            _("Invitation"),
            employee,
            WAITING,
            still=state_is(State.OFFERED),
            urgent=at_once,
        ),
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
    "round.help_wanted": (
        Mail(
            "help-wanted",
            _("A leader would like help"),
            asker,
            WAITING,
            link="rounds",
            still=round_goes_on,
            why=_("when a leader asks HR for help with a round"),
        ),
    ),
    "joint.asked": (
        Mail("joint-asked", _("One talk for several employments"), asker, WAITING, link="team"),
    ),
    "joint.settled": (
        Mail(
            "joint-answered",
            _("One talk for several employments"),
            asker,
            link="one-for-all",
        ),
    ),
    "joint.refused": (
        Mail(
            "joint-answered",
            _("One talk for several employments"),
            asker,
            link="one-for-all",
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
    "conversation.outside_hours": (
        Mail(
            "outside-hours",
            _("Another time asked for"),
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
            urgent=talk_is_near,
        ),
    ),
    "conversation.decline_withdrawn": (
        Mail("decline-withdrawn", _("Wanted after all"), leader, still=state_is(State.OFFERED)),
    ),
    "conversation.booked": (
        Mail(
            "booked",
            _("Time booked"),
            both,
            still=is_latest_time,
            calendar="REQUEST",
            urgent=talk_is_near,
        ),
    ),
    "conversation.moved": (
        Mail(
            "moved",
            _("Time moved"),
            both,
            still=is_latest_time,
            calendar="REQUEST",
            urgent=old_or_new_is_near,
        ),
    ),
    "conversation.postponed": (
        Mail(
            "postponed",
            _("Put off"),
            both,
            still=time_is_gone,
            calendar="CANCEL",
            urgent=talk_is_near,
        ),
    ),
    "conversation.called_off": (
        Mail(
            "called-off",
            _("Called off"),
            who_had_it_booked,
            still=state_is(State.CANCELLED),
            calendar="CANCEL",
            urgent=talk_is_near,
        ),
    ),
    "deputy.named": (
        Mail("deputy-for-employee", _("Somebody else leads the talk"), employee, WAITING),
        Mail(
            "deputy",
            _("Asked to lead a talk"),
            leader,
            WAITING,
            calendar="REQUEST",
            urgent=talk_is_near,
        ),
        Mail(
            "handed-over",
            _("Talk handed over"),
            former_leader,
            link="start",
            calendar="CANCEL",
            urgent=talk_is_near,
        ),
    ),
    "deputy.refused": (
        Mail(
            "deputy-refused",
            _("Talk handed back"),
            leader,
            WAITING,
            calendar="REQUEST",
            urgent=talk_is_near,
        ),
        Mail(
            "handed-over",
            _("Talk handed over"),
            former_deputy,
            link="start",
            calendar="CANCEL",
            urgent=talk_is_near,
        ),
    ),
    "leader.took_over": (
        Mail(
            "taken-over",
            _("Another leader has your talk"),
            employee,
            still=time_is_gone,
            calendar="CANCEL",
            urgent=talk_is_near,
        ),
        Mail(
            "handed-over",
            _("Talk handed over"),
            leader_before,
            link="start",
            calendar="CANCEL",
            urgent=talk_is_near,
        ),
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
            why=_("when the other has handed in a preparation"),
            daily=True,
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
            why=_("when somebody noted how an agreement goes"),
            daily=True,
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
    "agreement.done": (
        Mail(
            "done",
            _("Agreement done"),
            other,
            link="agreements",
            why=_("when both have said that an agreement is done"),
            daily=True,
        ),
    ),
    "agreement.due": (
        Mail(
            "due",
            _("Reminder of an agreement"),
            both,
            REMINDER,
            link="agreements",
            still=agreement_is_open,
            why=_("a week before an agreement falls due"),
            daily=True,
        ),
    ),
    "access.asked": (
        Mail("access-asked", _("Asked for access"), asked_for_access, WAITING, link="asked"),
    ),
    "access.due": (
        Mail(
            "access-due",
            _("Reminder of access"),
            asked_for_access,
            REMINDER,
            link="asked",
            daily=True,
        ),
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
            daily=True,
        ),
    ),
    # What musling/mail/reasons.py finds; about_id is whoever is reminded.
    "reminder.offer": (
        Mail(
            "offer-waits",
            _("Reminder of an invitation"),
            reminded,
            REMINDER,
            still=offer_waits,
            why=_("when an invitation has no answer after a week, and once more"),
            daily=True,
        ),
    ),
    "reminder.offer_leader": (
        Mail(
            "offer-unanswered",
            _("An invitation without an answer"),
            reminded,
            REMINDER,
            still=offer_waits,
            daily=True,
        ),
    ),
    "reminder.passed": (
        Mail(
            "time-passed",
            _("A talk whose time has passed"),
            reminded,
            REMINDER,
            still=time_has_passed,
            daily=True,
        ),
    ),
    "reminder.wanted": (
        Mail(
            "time-wanted",
            _("Reminder to find another time"),
            reminded,
            REMINDER,
            still=time_is_wanted,
            daily=True,
        ),
    ),
    "reminder.joint": (
        Mail(
            "joint-waits",
            _("Reminder of a wish for one talk"),
            asker,
            REMINDER,
            link="team",
            daily=True,
        ),
    ),
    "reminder.talk": (
        Mail(
            "talk-soon",
            _("Reminder of a talk"),
            reminded,
            REMINDER,
            link="prepare",
            still=talk_comes,
            why=_("a week before a talk and the working day before, with a link to prepare"),
            daily=True,
        ),
    ),
    "reminder.minutes": (
        Mail(
            "minutes-missing",
            _("Reminder to send minutes"),
            reminded,
            REMINDER,
            still=state_is(State.HELD),
            daily=True,
        ),
    ),
    "reminder.minutes_leader": (
        Mail(
            "minutes-late",
            _("Minutes that are not sent"),
            reminded,
            REMINDER,
            still=state_is(State.HELD),
            daily=True,
        ),
    ),
    "reminder.approval": (
        Mail(
            "approval-waits",
            _("Reminder of minutes that wait"),
            reminded,
            REMINDER,
            still=state_is(State.MINUTES_OUT),
            why=_("when minutes wait for you for a week, and once more"),
            daily=True,
        ),
    ),
    "reminder.approval_leader": (
        Mail(
            "approval-late",
            _("Minutes that nobody has answered"),
            reminded,
            REMINDER,
            still=state_is(State.MINUTES_OUT),
            daily=True,
        ),
    ),
    "reminder.nobody_offered": (
        Mail(
            "nobody-offered",
            _("Reminder to offer talks"),
            asker,
            REMINDER,
            link="team",
            daily=True,
        ),
    ),
    "reminder.round": (
        Mail(
            "round-waits",
            _("Reminder of talks without a time"),
            asker,
            REMINDER,
            link="team",
            still=round_goes_on,
            why=_("six, three and one week before a round ends, while talks have no time"),
            daily=True,
        ),
    ),
    "reminder.coverage": (
        Mail(
            "coverage-waits",
            _("Talks that wait, by unit"),
            asker,
            REMINDER,
            link="coverage",
            why=_("once a month, when talks still wait after two reminders"),
            daily=True,
        ),
    ),
    "evaluation.asked": (
        Mail(
            "evaluation",
            _("How the talks went"),
            asker,
            WAITING,
            link="evaluation",
            still=evaluation_is_open,
        ),
    ),
    "core_task.told": (
        Mail("core-task", _("The core task, told to everybody"), asker, link="core-task"),
    ),
    "team.changed": (Mail("team-changed", _("Another team than before"), asker, link="start"),),
    "activation.sent": (
        Mail(
            "activation",
            _("Link to a log-in"),
            whom_it_activates,
            ACCESS,
            link="activation",
            urgent=at_once,
        ),
    ),
    "activation.used": (
        Mail(
            "activated",
            _("Log-in taken into use"),
            work_address,
            ACCESS,
            link="home",
            work_only=True,
            urgent=at_once,
        ),
    ),
    "person.email_changed": (
        Mail(
            "email-changed", _("Work e-mail changed"), holder, ACCESS, link="start", urgent=at_once
        ),
    ),
}

# A name may stand under two deeds; its words are the same.
BY_NAME = {mail.name: mail for mails in CATALOGUE.values() for mail in mails}


OPTIONAL = {name: mail for name, mail in BY_NAME.items() if mail.optional}


def find(verb: str, name: str) -> Mail | None:
    """The mail of that name under that deed, or None where the catalogue has changed since."""
    return next((mail for mail in CATALOGUE.get(verb, ()) if mail.name == name), None)
