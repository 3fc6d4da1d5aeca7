"""Agreeing on the frame, writing in place, agreeing, ending."""

import datetime as dt

import pytest

from musling.conversations import access
from musling.conversations.actions import approving, handing_over, offering, planning, talking
from musling.conversations.models import (
    Agreement,
    Conversation,
    FocusArea,
    Initiative,
    Minutes,
    MinutesSection,
    Participant,
    Reveal,
    State,
)
from musling.conversations.queries import room as queries
from musling.conversations.queries.talks import talk as open_talk
from musling.foundation import clock
from musling.foundation.problems import Clash, NotThere
from tests.cast import Cast, Member, booked_talk, planned_talk
from tests.conversations import stages
from tests.conversations.telling import count, refused

pytestmark = pytest.mark.django_db


def opened(member: Member, talk: Conversation) -> queries.OpenedMinutes:
    return queries.opened_minutes(member.actor, open_talk(member.actor, talk.public_id))


def choose(member: Member, talk: Conversation, part: str) -> None:
    talking.choose_minute_taker(
        member.actor, public_id=talk.public_id, participant=stages.seat(talk, part).public_id
    )


def press(member: Member, talk: Conversation) -> bool:
    return talking.agree_on_frame(member.actor, public_id=talk.public_id)


# --- the threshold ------------------------------------------------------------------------------


@pytest.mark.row("C7")
@pytest.mark.row("E8")
def test_the_room_opens_when_both_have_pressed_and_not_before(cast: Cast):
    talk = booked_talk(cast)
    choose(cast.employee, talk, "leader")
    assert press(cast.employee, talk) is False
    assert press(cast.employee, talk) is False
    assert not Minutes.objects.exists()
    assert press(cast.leader, talk) is True
    assert press(cast.leader, talk) is True
    talk.refresh_from_db()
    assert (talk.state, talk.opened_at is not None) == (State.OPEN, True)
    assert (count("room.agreed"), count("room.opened")) == (2, 1)
    assert Minutes.objects.get().state == Minutes.State.DRAFT


def test_without_a_minute_taker_there_is_nothing_to_agree_on(cast: Cast):
    talk = booked_talk(cast)
    with refused("who writes", "minute_taker"):
        press(cast.employee, talk)


def test_another_minute_taker_asks_both_again(cast: Cast):
    talk = booked_talk(cast)
    choose(cast.employee, talk, "employee")
    press(cast.employee, talk)
    choose(cast.leader, talk, "leader")
    assert press(cast.leader, talk) is False
    assert Participant.objects.filter(ready_at__isnull=False).get().part == "leader"


def test_choosing_the_same_one_again_asks_nobody(cast: Cast):
    talk = booked_talk(cast)
    choose(cast.employee, talk, "employee")
    press(cast.employee, talk)
    choose(cast.leader, talk, "employee")
    assert press(cast.leader, talk) is True


def test_only_one_of_the_two_can_write(cast: Cast):
    talk, other = booked_talk(cast), stages.seat(_another_talk(cast), "employee")
    with refused("one of you two", "minute_taker"):
        talking.choose_minute_taker(
            cast.employee.actor, public_id=talk.public_id, participant=other.public_id
        )


def _another_talk(cast: Cast) -> Conversation:
    return planning.plan_talks(cast.leader.actor, employments=[cast.colleague.employment])[0]


def test_a_talk_without_a_time_has_no_room(cast: Cast):
    talk = planned_talk(cast)
    choose(cast.employee, talk, "employee")
    with refused("not agreed on a time"):
        press(cast.employee, talk)


def test_after_declining_calling_off_or_holding_there_is_no_room(cast: Cast):
    for end in (
        lambda talk: offering.decline_offer(cast.employee.actor, public_id=talk.public_id),
        lambda talk: offering.call_off_talk(cast.leader.actor, public_id=talk.public_id),
    ):
        talk = booked_talk(cast)
        end(talk)
        with refused("The room is closed"):
            press(cast.employee, talk)
        Conversation.objects.update(state=State.CANCELLED)
    talk = stages.held_talk(cast)
    with refused("The room is closed"):
        press(cast.leader, talk)


@pytest.mark.row("C7")
def test_each_sees_what_the_other_expects_whatever_the_frame_says_of_preparation(cast: Cast):
    talk = booked_talk(cast)
    Conversation.objects.update(reveal=Reveal.AFTER_BOTH)
    talking.note_expectation(cast.employee.actor, public_id=talk.public_id, text="Ro på")
    found = open_talk(cast.leader.actor, talk.public_id)
    assert queries.expectations(cast.leader.actor, found) == {
        stages.seat(talk, "employee").pk: queries.Expectation("Ro på", 1)
    }
    assert not access.readable_handed_in(cast.leader.actor).exists()


def test_two_tabs_do_not_overwrite_what_one_expects(cast: Cast):
    talk, mette = booked_talk(cast), cast.employee.actor
    first = talking.note_expectation(mette, public_id=talk.public_id, text="et", version=0)
    assert first == 1
    with pytest.raises(Clash) as clash:
        talking.note_expectation(mette, public_id=talk.public_id, text="to", version=0)
    assert (clash.value.theirs, clash.value.version) == ("et", 1)
    assert talking.note_expectation(mette, public_id=talk.public_id, text="to", version=1) == 2


def test_what_one_expects_is_written_before_the_talk(cast: Cast):
    talk = stages.open_talk(cast)
    with refused("in the minutes instead", "expectation"):
        talking.note_expectation(cast.employee.actor, public_id=talk.public_id, text="for sent")
    with refused("agreed before"):
        choose(cast.employee, talk, "leader")


def test_nobody_from_outside_takes_part_in_agreeing(cast: Cast):
    talk = booked_talk(cast)
    for name, member in cast.everybody.items():
        if name in {"employee", "leader"}:
            continue
        for act in (
            lambda m: press(m, talk),
            lambda m: choose(m, talk, "leader"),
            lambda m: talking.note_expectation(m.actor, public_id=talk.public_id, text="x"),
            lambda m: talking.end_talk(m.actor, public_id=talk.public_id),
        ):
            with pytest.raises(NotThere):
                act(member)


# --- sections -------------------------------------------------------------------------------------


def write(member: Member, talk: Conversation, section: str, text: str, version: int = 0) -> int:
    return talking.write_section(
        member.actor, public_id=talk.public_id, section=section, text=text, version=version
    )


def test_the_minute_taker_writes_a_theme_and_both_read_it(cast: Cast):
    talk = stages.open_talk(cast)
    assert write(cast.employee, talk, "wellbeing", "Bedre vagter") == 1
    assert write(cast.employee, talk, "wellbeing", "Bedre vagter i øst", 1) == 2
    for member in (cast.employee, cast.leader):
        assert opened(member, talk).sections == {"wellbeing": "Bedre vagter i øst"}
    assert b"vagter" not in bytes(MinutesSection.objects.get().text)


def test_the_other_writes_no_theme_but_what_both_end_with(cast: Cast):
    talk = stages.open_talk(cast)
    with refused("the other of you writes", "wellbeing"):
        write(cast.leader, talk, "wellbeing", "x")
    for section in ("ground-rules", "conclusion", "talk"):
        assert write(cast.leader, talk, section, "Vi siger det højt") == 1


def test_a_section_that_the_frame_does_not_have_is_not_there(cast: Cast):
    talk = stages.open_talk(cast)
    for section in ("no-such", "=carried", ""):
        with pytest.raises(NotThere):
            write(cast.employee, talk, section, "x")


def test_the_last_writer_does_not_win_silently(cast: Cast):
    talk = stages.open_talk(cast)
    write(cast.employee, talk, "conclusion", "Mettes")
    with pytest.raises(Clash) as clash:
        write(cast.leader, talk, "conclusion", "Lars'")
    assert (clash.value.theirs, clash.value.version) == ("Mettes", 1)
    assert opened(cast.leader, talk).sections["conclusion"] == "Mettes"


def test_the_same_words_from_both_are_no_clash(cast: Cast):
    talk = stages.open_talk(cast)
    write(cast.employee, talk, "conclusion", "Enige")
    assert write(cast.leader, talk, "conclusion", "Enige") == 1


def test_several_sections_are_saved_all_or_none(cast: Cast):
    talk = stages.open_talk(cast)
    write(cast.employee, talk, "conclusion", "står")
    with pytest.raises(talking.SectionClash) as clash:
        talking.write_sections(
            cast.employee.actor,
            public_id=talk.public_id,
            texts={"wellbeing": "ny", "conclusion": "anden"},
            versions={"wellbeing": 0, "conclusion": 0},
        )
    assert (clash.value.section, clash.value.theirs) == ("conclusion", "står")
    assert opened(cast.employee, talk).sections == {"conclusion": "står"}


def test_a_section_that_is_too_long_is_refused(cast: Cast):
    talk = stages.open_talk(cast)
    with refused("longer than 20000", "wellbeing"):
        write(cast.employee, talk, "wellbeing", "x" * 20_001)


def test_an_emptied_section_leaves_nothing(cast: Cast):
    talk = stages.open_talk(cast)
    write(cast.employee, talk, "wellbeing", "fortrudt")
    assert write(cast.employee, talk, "wellbeing", "", 1) == 2
    assert opened(cast.leader, talk).sections == {}
    assert bytes(MinutesSection.objects.get().text) == b""


def test_before_the_room_opens_nothing_is_written(cast: Cast):
    talk = booked_talk(cast)
    with refused("has not begun"):
        write(cast.employee, talk, "wellbeing", "x")
    with refused("has not begun"):
        stages.agree(cast, talk)


# --- agreements, focus areas, initiatives ---------------------------------------------------------


@pytest.mark.row("B7")
def test_either_writes_an_agreement_down_with_all_its_parts(cast: Cast):
    talk = stages.open_talk(cast)
    day = clock.today() + dt.timedelta(days=30)
    row = talking.write_agreement(
        cast.leader.actor,
        public_id=talk.public_id,
        content={
            "what": "Fast makker",
            "solution": "Bytte hold",
            "action": "Lægger planen om",
            "who": "Lars",
            "follow_up": "På mødet",
        },
        due_on=day,
        follow_up_on=day,
    )
    (text,) = opened(cast.employee, talk).agreements
    assert text.line() == [
        "Fast makker",
        "Bytte hold",
        "Lægger planen om",
        "Lars",
        "På mødet",
        day.isoformat(),
        day.isoformat(),
    ]
    assert (row.version, count("agreement.made")) == (1, 1)


def test_an_agreement_needs_words_and_not_too_many(cast: Cast):
    talk = stages.open_talk(cast)
    with refused("what you agree on", "what"):
        stages.agree(cast, talk, "  ")
    with refused("longer than 2000", "action"):
        stages.agree(cast, talk, "x", action="y" * 2001)
    assert not Agreement.objects.exists()


def test_there_is_an_end_to_agreements_and_taking_one_away_makes_room(cast: Cast):
    talk = stages.open_talk(cast)
    for number in range(talking.MOST_AGREEMENTS):
        row = stages.agree(cast, talk, f"nr. {number}")
    with refused("many agreements"):
        stages.agree(cast, talk, "en for meget")
    talking.take_away(
        cast.leader.actor, public_id=talk.public_id, what="agreement", row=row.public_id
    )
    stages.agree(cast, talk, "nu er der plads")


def test_a_change_names_the_version_that_it_saw(cast: Cast):
    talk = stages.open_talk(cast)
    row = stages.agree(cast, talk)
    change = {"public_id": talk.public_id, "agreement": row.public_id}
    talking.write_agreement(cast.employee.actor, content={"what": "Ny"}, version=1, **change)
    with pytest.raises(Clash) as clash:
        talking.write_agreement(cast.leader.actor, content={"what": "Min"}, version=1, **change)
    assert (clash.value.theirs, clash.value.version) == ("Ny", 2)
    assert Agreement.objects.count() == 1


@pytest.mark.row("D10")
def test_focus_areas_and_initiatives_are_filled_in_together(cast: Cast):
    talk = stages.open_talk(cast)
    area = talking.write_focus_area(
        cast.employee.actor,
        public_id=talk.public_id,
        content={"title": "Forflytning", "mine": "Kursus", "support": "Vikar"},
    )
    step = talking.write_initiative(cast.leader.actor, public_id=talk.public_id, text="Tilmelding")
    talking.write_focus_area(
        cast.leader.actor,
        public_id=talk.public_id,
        content={"title": "Forflytning", "mine": "Kursus", "support": "Vikar i uge 9"},
        row=area.public_id,
        version=1,
    )
    page = opened(cast.employee, talk)
    assert [(goal.title, goal.support) for goal in page.focus_areas] == [
        ("Forflytning", "Vikar i uge 9")
    ]
    assert [goal.title for goal in page.initiatives] == ["Tilmelding"]
    with pytest.raises(Clash):
        talking.write_initiative(
            cast.leader.actor, public_id=talk.public_id, text="x", row=step.public_id, version=0
        )


@pytest.mark.parametrize(
    ("act", "words", "field"),
    [
        (
            lambda a, t: talking.write_focus_area(a, public_id=t, content={"mine": "x"}),
            "what you focus on",
            "title",
        ),
        (
            lambda a, t: talking.write_initiative(a, public_id=t, text=" "),
            "what you set going",
            "text",
        ),
    ],
)
def test_a_goal_needs_words(cast: Cast, act, words, field):
    talk = stages.open_talk(cast)
    with refused(words, field):
        act(cast.employee.actor, talk.public_id)
    assert not FocusArea.objects.exists()
    assert not Initiative.objects.exists()


def test_taking_away_can_be_undone(cast: Cast):
    talk = stages.open_talk(cast)
    row = stages.agree(cast, talk)
    this = {"public_id": talk.public_id, "what": "agreement", "row": row.public_id}
    talking.take_away(cast.employee.actor, **this)
    assert opened(cast.leader, talk).agreements == []
    talking.put_back(cast.leader.actor, **this)
    assert [text.what for text in opened(cast.leader, talk).agreements] == ["Fast makker"]


def test_what_another_talk_holds_is_not_there(cast: Cast):
    theirs = stages.agree(cast, stages.open_talk(cast))
    Conversation.objects.update(year=2000, held_at=clock.now(), starts_at=None, ends_at=None)
    talk = stages.open_talk(cast)
    for what in ("agreement", "focus_area", "conversation"):
        with pytest.raises(NotThere):
            talking.take_away(
                cast.leader.actor, public_id=talk.public_id, what=what, row=theirs.public_id
            )
    with pytest.raises(NotThere):
        talking.write_agreement(
            cast.leader.actor,
            public_id=talk.public_id,
            content={"what": "x"},
            agreement=theirs.public_id,
            version=1,
        )


# --- ending ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["employee", "leader"])
def test_either_ends_the_talk_once(cast: Cast, who: str):
    talk = stages.open_talk(cast)
    for _press in range(2):
        talking.end_talk(getattr(cast, who).actor, public_id=talk.public_id)
    talk.refresh_from_db()
    assert (talk.state, count("conversation.held")) == (State.HELD, 1)


def test_a_talk_that_has_not_begun_is_not_ended(cast: Cast):
    talk = booked_talk(cast)
    with refused("has not begun"):
        talking.end_talk(cast.leader.actor, public_id=talk.public_id)


def test_after_the_end_the_minutes_can_still_be_written(cast: Cast):
    talk = stages.held_talk(cast)
    assert write(cast.employee, talk, "wellbeing", "Bagefter") == 1
    stages.agree(cast, talk, "Bagefter")
    approving.send_minutes(cast.employee.actor, public_id=talk.public_id)
    with refused("locked"):
        write(cast.employee, talk, "wellbeing", "for sent", 1)


@pytest.mark.row("E13")
def test_next_year_opens_with_the_ground_rules(cast: Cast):
    talk = stages.open_talk(cast)
    stages.write(cast, talk, "Vi holder fri, når vi har fri.", "ground-rules")
    stages.write(cast, talk, "Tak for i år.", "conclusion")
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    nexts = stages.next_year(cast)
    for member in (cast.employee, cast.leader):
        found = open_talk(member.actor, nexts.public_id)
        rules = queries.ground_rules_before(member.actor, found)
        assert rules == "Vi holder fri, når vi har fri."


def test_a_new_leader_does_not_see_the_ground_rules_of_the_talk_before(cast: Cast):
    talk = stages.open_talk(cast)
    stages.write(cast, talk, "Det vi to aftalte", "ground-rules")
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    nexts = stages.next_year(cast)
    handing_over.hand_to_deputy(
        cast.leader.actor, public_id=nexts.public_id, employment=cast.colleague.employment
    )
    found = open_talk(cast.colleague.actor, nexts.public_id)
    assert queries.ground_rules_before(cast.colleague.actor, found) == ""
    mine = open_talk(cast.employee.actor, nexts.public_id)
    assert queries.ground_rules_before(cast.employee.actor, mine) == "Det vi to aftalte"
