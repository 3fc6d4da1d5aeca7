"""To whom a deed is told: profiles, computed when it is found and again when the mail is sent."""

from musling.conversations.models import GoesAlong, Part, Signature
from musling.mail.matters import Matter


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


def reminded(matter: Matter) -> list[int]:
    """The party that the reminder is for, as long as she or he is one."""
    return [profile for profile in matter.part() if profile == matter.activity.about_id]
