"""Who reaches what of a talk: every queryset × everybody × stage, against one table."""

import pytest

from musling.conversations import access, contents
from musling.conversations.actions import approving, following_up, talking
from musling.conversations.models import Agreement, Conversation, Reveal, State
from musling.people.models import Leadership
from tests.cast import Cast, booked, booked_talk, planned_talk
from tests.conversations import stages

pytestmark = pytest.mark.django_db
BOTH = {"employee", "leader"}


def reached(cast: Cast, queryset) -> set[str]:
    """Who reaches anything by it."""
    return {name for name, member in cast.everybody.items() if queryset(member.actor).exists()}


def full_talk(cast: Cast) -> Conversation:
    """Everything there can be: handed in, expected, minutes, comment, goals, notes, signatures."""
    talk = planned_talk(cast)
    stages.fit(cast, talk)
    talk = booked(cast, talk)
    stages.hand_in(cast, talk)
    talking.note_expectation(cast.leader.actor, public_id=talk.public_id, text="Ro")
    stages.agreed_frame(cast, talk)
    stages.tick(cast, talk)
    stages.write(cast, talk, "x", "talk")
    stages.agree(cast, talk)
    talking.write_focus_area(
        cast.leader.actor, public_id=talk.public_id, content={"title": "Forflytning"}
    )
    talking.write_initiative(cast.leader.actor, public_id=talk.public_id, text="Kursus")
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    approving.send_minutes(cast.employee.actor, public_id=talk.public_id)
    approving.return_minutes(cast.leader.actor, public_id=talk.public_id, comment="Ret", version=2)
    approving.send_minutes(cast.employee.actor, public_id=talk.public_id)
    row = Agreement.objects.get()
    following_up.note_follow_up(cast.leader.actor, agreement=row.public_id, note="På vej")
    approving.approve_minutes(
        cast.leader.actor, public_id=talk.public_id, version=stages.minutes_of(talk).version
    )
    stages.released(cast, talk)
    return talk


EXPECTED = {
    access.readable_dates: BOTH | {"hr"},
    access.own_talks: BOTH,
    access.readable_offers: BOTH | {"hr"},
    access.readable_fittings: BOTH,
    access.own_preparations: BOTH,
    access.readable_handed_in: BOTH,
    access.readable_expectations: BOTH,
    access.readable_alike: BOTH,
    access.readable_minutes: BOTH,
    access.changeable_minutes: set(),  # they are approved
    access.readable_comments: BOTH,
    access.readable_focus_areas: BOTH,
    access.readable_initiatives: BOTH,
    access.readable_agreements: BOTH,
    access.changeable_agreements: BOTH,
    access.readable_follow_ups: BOTH,
    access.readable_signatures: BOTH,
    access.readable_releases: BOTH | {"union_rep"},
    access.own_releases: BOTH,
}


def test_the_table_names_every_queryset_that_access_offers():
    offered = {
        value
        for name, value in vars(access).items()
        if name.startswith(("readable_", "own_", "changeable_")) and callable(value)
    }
    assert set(EXPECTED) == offered


def test_content_is_reached_by_the_two_and_dates_by_hr_too(cast: Cast):
    full_talk(cast)
    assert {queryset: reached(cast, queryset) for queryset in EXPECTED} == EXPECTED


def test_ones_own_preparation_is_reached_by_oneself_alone(cast: Cast):
    talk = full_talk(cast)
    for member in (cast.employee, cast.leader):
        (mine,) = access.own_preparations(member.actor)
        assert mine.participant.profile == member.profile
    assert talk.key_id not in {row.key_id for row in access.own_preparations(cast.employee.actor)}


def test_before_handing_in_the_other_reaches_nothing(cast: Cast):
    booked_talk(cast)
    assert reached(cast, access.readable_handed_in) == set()


@pytest.mark.parametrize(
    ("reveal", "leader_sees"), [("handed_in", True), ("after_both", False), ("never", False)]
)
def test_when_it_shows_is_as_the_frame_says(cast: Cast, reveal: str, leader_sees: bool):
    talk = booked_talk(cast)
    stages.hand_in(cast, talk)
    Conversation.objects.update(reveal=Reveal(reveal))
    assert ("leader" in reached(cast, access.readable_handed_in)) == leader_sees
    assert "employee" in reached(cast, access.readable_handed_in)


def test_whoever_becomes_the_leader_reaches_nothing_that_was_said(cast: Cast):
    full_talk(cast)
    Leadership.objects.filter(unit=cast.unit).update(employment=cast.colleague.employment)
    for queryset in set(EXPECTED) - {access.readable_dates, access.readable_offers}:
        assert "colleague" not in reached(cast, queryset)


def test_two_worlds_of_one_log_in_do_not_meet(cast: Cast):
    talk = planned_talk(cast)
    seat = stages.seat(talk, "employee")
    seat.profile, seat.employment = cast.two_places.profile, cast.two_places.employment
    seat.save()
    assert access.own_talks(cast.two_places.actor).exists()
    assert not access.own_talks(cast.two_places_sandvig.actor).exists()


def test_every_row_says_for_whom_and_in_which_stages():
    for row in access.ROWS:
        assert str(row.part.name)
        assert str(row.content.what)
        assert row.stages
        assert set(row.changes) <= set(row.stages)


def test_every_state_belongs_to_one_stage():
    states = [state for stage in contents.STAGES for state in stage.states]
    assert sorted(states) == sorted(State.values)
