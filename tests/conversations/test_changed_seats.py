"""A seat changes hands: whoever comes into it was not there before (T4, T7, T8).

A deputy, a new leader, a leader who has the talk back: each of them is a party, but not the one who
registered, typed in or was handed in to.
"""

import datetime as dt
import io
import zipfile

import pytest

from musling.conversations import access
from musling.conversations.actions import (
    approving,
    following_up,
    handing_over,
    offering,
    on_paper,
    planning,
    preparing,
    talking,
)
from musling.conversations.models import Conversation, FollowUp, Preparation, Reveal, State
from musling.conversations.queries.deputies import handed_over_by
from musling.conversations.queries.talks import talk as open_talk
from musling.foundation import clock
from musling.foundation.problems import Refused
from musling.people.models import Leadership, Profile
from musling.privacy import destroying
from musling.vault import keys
from musling.vault.models import Key
from tests.cast import Cast, Member, booked_talk, next_week, planned_talk
from tests.conversations import stages
from tests.conversations.test_taking_over import new_leader, taken_over

pytestmark = pytest.mark.django_db


def to_deputy(cast: Cast, talk: Conversation) -> None:
    handing_over.hand_to_deputy(
        cast.leader.actor, public_id=talk.public_id, employment=cast.colleague.employment
    )


def refuse(cast: Cast, talk: Conversation) -> None:
    handing_over.refuse_deputy(cast.employee.actor, public_id=talk.public_id)


def on_paper_by_leader(cast: Cast) -> Conversation:
    talk = planned_talk(cast)
    on_paper.register_paper_talk(cast.leader.actor, public_id=talk.public_id, held_on=clock.today())
    return talk


def led_by(one: Member, talk: Conversation) -> bool:
    talk.refresh_from_db()
    return open_talk(one.actor, talk.public_id).i_lead


# --- on paper -------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["deputy", "new leader"])
def test_whoever_has_the_leaders_place_does_not_confirm_for_the_employee(cast: Cast, change):
    talk = on_paper_by_leader(cast)
    if change == "deputy":
        to_deputy(cast, talk)
    else:
        new_leader(cast)
        taken_over(cast)
    page = cast.colleague.client.get(f"/havneby/talks/{talk.public_id}/").content.decode()
    assert "Svar" not in page
    with pytest.raises(Refused):
        on_paper.answer_paper_talk(cast.colleague.actor, public_id=talk.public_id, confirm=True)
    talk.refresh_from_db()
    assert talk.held_at is None


def test_last_years_minutes_are_not_destroyed_by_a_deputys_word(cast: Cast):
    first = stages.approved_talk(cast)
    clock.move(dt.timedelta(days=365))
    talk = on_paper_by_leader(cast)
    to_deputy(cast, talk)
    with pytest.raises(Refused):
        on_paper.answer_paper_talk(cast.colleague.actor, public_id=talk.public_id, confirm=True)
    for days in (5, 10, 15):
        clock.move(dt.timedelta(days=days))
        destroying.run()
    assert Key.objects.get(pk=first.key_id).destroyed_at is None


def test_the_employee_is_told_who_registered_it_and_the_minutes_can_be_sent(cast: Cast):
    talk = on_paper_by_leader(cast)
    to_deputy(cast, talk)
    page = cast.employee.client.get(f"/havneby/talks/{talk.public_id}/").content.decode()
    assert "Lars siger" in page
    on_paper.answer_paper_talk(cast.employee.actor, public_id=talk.public_id, confirm=True)
    talking.write_section(
        cast.colleague.actor,
        public_id=talk.public_id,
        section="conclusion",
        text="Vi holder fast",
        version=0,
    )
    approving.send_minutes(cast.colleague.actor, public_id=talk.public_id)
    talk.refresh_from_db()
    assert talk.state == State.MINUTES_OUT


def test_a_day_that_was_never_shown_is_not_confirmed(cast: Cast):
    talk = on_paper_by_leader(cast)
    shown = clock.today()
    on_paper.register_paper_talk(
        cast.leader.actor, public_id=talk.public_id, held_on=shown - dt.timedelta(days=200)
    )
    for day in ({"held_on": shown.isoformat()}, {}):
        cast.employee.client.post(
            f"/havneby/talks/{talk.public_id}/paper/", {"confirm": "yes", **day}
        )
    talk.refresh_from_db()
    assert talk.held_at is None


# --- typed in -------------------------------------------------------------------------------------


def test_what_the_leader_typed_in_is_confirmed_by_the_employee_alone(cast: Cast):
    talk = planned_talk(cast)
    row = following_up.type_in_agreement(
        cast.leader.actor, public_id=talk.public_id, content={"what": "Flere nattevagter"}
    )
    to_deputy(cast, talk)
    with pytest.raises(Refused):
        following_up.confirm_typed_in(cast.colleague.actor, agreement=row.public_id, confirm=True)
    following_up.confirm_typed_in(cast.employee.actor, agreement=row.public_id, confirm=True)


def test_what_was_never_confirmed_does_not_go_along(cast: Cast):
    talk = booked_talk(cast)
    row = stages.typed_in_agreement(cast, talk, confirmed=False)
    stages.agreed_frame(cast, talk)
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    clock.move(dt.timedelta(days=365))
    new_leader(cast)
    taken_over(cast)
    assert not access.readable_agreements(cast.colleague.actor).filter(pk=row.pk).exists()


def test_a_next_talk_that_was_called_off_opens_nothing(cast: Cast):
    stages.held_talk(cast)
    clock.move(dt.timedelta(days=365))
    new_leader(cast)
    following = taken_over(cast)
    assert access.readable_agreements(cast.colleague.actor).exists()
    offering.call_off_talk(cast.colleague.actor, public_id=following.public_id)
    assert not access.readable_agreements(cast.colleague.actor).exists()


# --- saying no to a deputy ------------------------------------------------------------------------


def test_what_was_meant_for_the_deputy_does_not_open_for_the_leader(cast: Cast):
    talk = booked_talk(cast)
    to_deputy(cast, talk)
    stages.hand_in(cast, talk)
    talking.note_expectation(cast.employee.actor, public_id=talk.public_id, text="til Jonas")
    refuse(cast, talk)
    assert led_by(cast.leader, talk)
    assert not access.readable_handed_in(cast.leader.actor).exists()
    assert not access.readable_expectations(cast.leader.actor).exists()


@pytest.mark.parametrize("reveal", [Reveal.HANDED_IN, Reveal.AFTER_BOTH])
def test_the_page_tells_the_truth_of_what_the_leader_reads(cast: Cast, reveal):
    talk = booked_talk(cast)
    Conversation.objects.filter(pk=talk.pk).update(reveal=reveal)
    stages.hand_in(cast, talk)
    to_deputy(cast, talk)
    refuse(cast, talk)
    page = cast.employee.client.get(f"/havneby/talks/{talk.public_id}/").content.decode()
    assert "Du har ikke afleveret" in page
    assert not access.readable_handed_in(cast.leader.actor).exists()
    preparing.hand_in(cast.employee.actor, public_id=talk.public_id, items=["wellbeing.general"])
    own = cast.employee.client.get(f"/havneby/talks/{talk.public_id}/").content.decode()
    assert "Du har afleveret" in own


def test_a_leader_who_took_over_is_no_deputy(cast: Cast):
    talk = booked_talk(cast)
    new_leader(cast)
    taken_over(cast)
    stages.hand_in(cast, talk)
    Leadership.objects.filter(unit=cast.unit).update(employment=cast.union_rep.employment)
    assert handed_over_by(open_talk(cast.employee.actor, talk.public_id)) is None
    with pytest.raises(Refused):
        refuse(cast, talk)
    assert not access.readable_handed_in(cast.leader.actor).exists()


def test_after_a_no_the_leader_of_today_has_the_talk(cast: Cast):
    talk = booked_talk(cast)
    to_deputy(cast, talk)
    Profile.objects.filter(pk=cast.leader.profile.pk).update(disabled_at=clock.now())
    Leadership.objects.filter(unit=cast.unit).update(employment=cast.union_rep.employment)
    refuse(cast, talk)
    assert led_by(cast.union_rep, talk)


def test_a_deputy_does_not_hand_the_talk_on(cast: Cast):
    talk = booked_talk(cast)
    to_deputy(cast, talk)
    with pytest.raises(Refused):
        handing_over.hand_to_deputy(
            cast.colleague.actor, public_id=talk.public_id, employment=cast.union_rep.employment
        )


def test_each_change_has_a_number_of_its_own_in_the_calendars(cast: Cast):
    talk = booked_talk(cast)
    numbers = [talk.calendar_sequence]
    for change in (to_deputy, refuse):
        change(cast, talk)
        talk.refresh_from_db()
        numbers.append(talk.calendar_sequence)
    assert numbers == sorted(set(numbers))


def test_an_expectation_said_again_reaches_the_deputy(cast: Cast):
    talk = booked_talk(cast)
    said = {"public_id": talk.public_id, "text": "Ro"}
    talking.note_expectation(cast.employee.actor, version=0, **said)
    to_deputy(cast, talk)
    assert not access.readable_expectations(cast.colleague.actor).exists()
    talking.note_expectation(cast.employee.actor, version=1, **said)
    assert access.readable_expectations(cast.colleague.actor).count() == 1


def test_the_former_leaders_times_are_not_taken(cast: Cast):
    talk = planned_talk(cast)
    offering.offer_talk(
        cast.leader.actor, public_id=talk.public_id, times=[next_week()], minutes=60, place="Her"
    )
    offering.decline_offer(cast.employee.actor, public_id=talk.public_id)
    new_leader(cast)
    taken_over(cast)
    offering.take_back_decline(cast.employee.actor, public_id=talk.public_id)
    with pytest.raises(Refused):
        offering.accept_offer(cast.employee.actor, public_id=talk.public_id, time=next_week())
    talk.refresh_from_db()
    assert talk.state == State.PLANNED


# --- over New Year --------------------------------------------------------------------------------


def to_new_year(days_before: int) -> None:
    year = clock.today().year
    eve = dt.datetime(year, 12, 31, 9, tzinfo=dt.UTC) - dt.timedelta(days=days_before)
    clock.move(eve - clock.now())


def test_a_talk_booked_over_new_year_stays_on_the_board_and_is_not_planned_twice(cast: Cast):
    to_new_year(3)
    talk = booked_talk(cast)
    clock.move(dt.timedelta(days=6))
    assert talk.year < clock.today().year
    assert talk.public_id in cast.leader.client.get("/havneby/team/").content.decode()
    assert planning.plan_talks(cast.leader.actor, employments=[cast.employee.employment]) == []


def test_a_new_leader_in_january_takes_over_what_was_booked_in_december(cast: Cast):
    to_new_year(3)
    talk = booked_talk(cast)
    clock.move(dt.timedelta(days=6))
    new_leader(cast)
    assert taken_over(cast).pk == talk.pk


def test_minutes_that_wait_in_december_wait_in_january(cast: Cast):
    to_new_year(3)
    talk = stages.sent_talk(cast)
    clock.move(dt.timedelta(days=6))
    assert talk.public_id in cast.leader.client.get("/havneby/team/").content.decode()
    # The new year's talk can be planned all the same.
    (planned,) = planning.plan_talks(cast.leader.actor, employments=[cast.employee.employment])
    assert planned.previous_id == talk.pk


# --- what was typed, and what was written too late ------------------------------------------------


def test_an_expectation_sent_when_the_room_is_open_comes_back(cast: Cast):
    talk = booked_talk(cast)
    stages.agreed_frame(cast, talk)
    answer = cast.employee.client.post(
        f"/havneby/talks/{talk.public_id}/room/frame/",
        {"expectation": "Jeg vil tale om nattevagter", "version.expectation": "0"},
    )
    assert answer.status_code == 422
    assert "nattevagter" in answer.content.decode()


def test_a_comment_sent_from_a_second_tab_comes_back(cast: Cast):
    talk = stages.sent_talk(cast)
    version = stages.minutes_of(talk).version
    approving.return_minutes(
        cast.leader.actor, public_id=talk.public_id, comment="kort", version=version
    )
    answer = cast.leader.client.post(
        f"/havneby/talks/{talk.public_id}/minutes/answer/",
        {"version": version, "return": 1, "comment": "En lang forklaring om vagterne"},
    )
    assert answer.status_code == 422
    assert "lang forklaring" in answer.content.decode()


def test_what_is_written_while_its_key_goes_is_blanked_in_the_night(cast: Cast):
    talk = stages.approved_talk(cast)
    found = open_talk(cast.employee.actor, talk.public_id)
    key = found.key  # a request has opened it
    row = access.readable_agreements(cast.employee.actor).get()
    keys.destroy([talk.key], reason="next_held")
    late = FollowUp(
        organisation_id=talk.organisation_id, agreement=row, author=found.me, at=clock.now()
    )
    late.seal(key, "note", "hemmeligt")
    late.save()
    keys.finish_destruction()
    late.refresh_from_db()
    assert bytes(late.note) == b""


def test_who_hands_over_keeps_the_own_preparation_among_the_own_data(cast: Cast):
    talk = booked_talk(cast)
    cast.leader.client.post(
        f"/havneby/talks/{talk.public_id}/prepare/save/", {"t.wellbeing.general": "Mit eget"}
    )
    to_deputy(cast, talk)
    assert Preparation.objects.filter(participant__profile=cast.leader.profile).exists()
    assert b"Mit eget" in _unzipped(cast.leader.client.get("/havneby/me/data.zip").content)


def _unzipped(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("musling.json")
