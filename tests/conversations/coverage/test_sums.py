"""The sums equal the plain walk, whatever happened in whatever order, and are kept by the log."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from musling.activity import log
from musling.conversations.actions import following_up
from musling.conversations.coverage import counting
from musling.conversations.models import (
    Agreement,
    Conversation,
    Counted,
    FollowUp,
    Part,
    Participant,
    State,
    TalliedUntil,
    Tally,
)
from musling.foundation import clock
from musling.foundation.actor import program
from musling.frames.models import FrameContent
from musling.organisations.actions import add_unit, move_unit, rename_unit
from musling.organisations.models import Unit
from musling.people.models import Employment
from musling.schedule import counting as job
from musling.vault import keys
from tests.cast import Cast, planned_talk
from tests.conversations import stages
from tests.conversations.coverage.plain_walk import tallied, walked
from tests.people.workplace import Workplace, day

pytestmark = pytest.mark.django_db
THIS = clock.today().year
YEARS = [THIS - 1, THIS, THIS + 1]
QUARTER = f"followed_{-(-clock.today().month // 3)}"


def same(organisation) -> None:
    """Counts what is new, and compares."""
    job.count()
    assert tallied(organisation, YEARS) == walked(organisation, YEARS)


def number(cast: Cast, field: str, unit: Unit | None = None, year: int = THIS) -> int:
    job.count()
    own = TalliedUntil.objects.get(organisation=cast.havneby).years
    row = Tally.objects.get(
        organisation=cast.havneby, unit=unit, itself=False, year=year if year in own else 0
    )
    return getattr(row, field)


def test_the_whole_life_of_a_talk(cast: Cast):
    same(cast.havneby)
    stages.held_talk(cast)
    assert number(cast, "held") == 1
    assert number(cast, "plan_made") == 0, "not before both agreed on it"
    same(cast.havneby)


def test_a_plan_is_made_when_both_agreed_on_it_and_stays_made(cast: Cast):
    talk = stages.approved_talk(cast)
    assert number(cast, "plan_made") == 1
    same(cast.havneby)
    Agreement.objects.update(removed_at=clock.now() - dt.timedelta(days=1))
    log.note(program(cast.havneby.pk), "t", object_id=talk.pk, about=cast.employee.profile.pk)
    assert number(cast, "plan_made") == 0, "taken out while writing"


def test_it_is_followed_up_when_both_say_so(cast: Cast):
    """X8: what one of the two believes does not count."""
    stages.approved_talk(cast)
    agreement = Agreement.objects.get()
    follow = following_up.note_follow_up
    follow(cast.leader.actor, agreement=agreement.public_id, note="Det går godt")
    follow(cast.leader.actor, agreement=agreement.public_id, says_done=True)
    assert number(cast, QUARTER) == 0
    follow(cast.employee.actor, agreement=agreement.public_id, says_done=True)
    assert number(cast, QUARTER) == 1
    same(cast.havneby)
    following_up.not_done_after_all(cast.employee.actor, agreement=agreement.public_id)
    assert number(cast, QUARTER) == 0
    follow(cast.employee.actor, agreement=agreement.public_id, note="Ja, det gør det")
    assert number(cast, QUARTER) == 1
    same(cast.havneby)


def test_a_new_day_counts_by_itself(cast: Cast):
    job.count()
    begins, ends = cast.colleague.employment, cast.union_rep.employment
    Employment.objects.filter(pk=begins.pk).update(leave_from=day(1), leave_until=day(2))
    Employment.objects.filter(pk=ends.pk).update(ends_on=day())
    people = number(cast, "people")
    clock.move(dt.timedelta(days=1))
    assert number(cast, "on_leave") == 1
    assert number(cast, "people") == people - 1
    clock.move(dt.timedelta(days=3))
    assert number(cast, "on_leave") == 0
    clock.reset()
    # A clock that is moved back counts all anew.
    assert number(cast, "people") == people


def test_a_unit_that_moves_takes_its_people_along(cast: Cast):
    actor = program(cast.havneby.pk)
    other = add_unit(actor, name="Skolerne", parent=cast.top)
    same(cast.havneby)
    move_unit(actor, cast.unit, parent=other)
    same(cast.havneby)
    row = Tally.objects.get(unit=cast.unit, itself=False, year=0)
    assert row.parent == other
    rename_unit(actor, cast.unit, name="Ældre", number="9")
    job.count()
    assert Tally.objects.get(unit=cast.unit, itself=False, year=0).sort == "{ldre"


def test_nothing_new_costs_a_few_queries_and_counts_nobody(cast: Cast):
    planned_talk(cast)
    job.count()
    with CaptureQueriesContext(connection) as captured:
        assert counting.bring_up_to_date() == 0
    assert len(captured) < 10


def test_only_those_of_whom_the_log_tells_are_counted(cast: Cast):
    job.count()
    talk = planned_talk(cast)
    Conversation.objects.filter(pk=talk.pk).update(state=State.OFFERED)
    Employment.objects.filter(pk=cast.colleague.employment.pk).update(ends_on=day(-1))
    job.count()
    assert Counted.objects.filter(profile=cast.colleague.profile).exists()
    assert number(cast, "offered") == 1
    assert counting.count_all() == 1, "at night everybody is counted"
    same(cast.havneby)


def test_cut_off_in_the_middle_it_goes_on(cast: Cast, monkeypatch):
    monkeypatch.setattr(counting, "AT_ONCE", 2)
    real, times = counting._count_some, []

    def sometimes(organisation, profiles):
        times.append(1)
        if len(times) == 2:
            raise RuntimeError
        return real(organisation, profiles)

    monkeypatch.setattr(counting, "_count_some", sometimes)
    with pytest.raises(RuntimeError):
        job.count()
    assert TalliedUntil.objects.get(organisation=cast.havneby).until is None
    same(cast.havneby)


def test_destroying_a_talk_leaves_its_year_as_it_was(cast: Cast):
    talk = stages.approved_talk(cast)
    before = number(cast, "plan_made")
    keys.destroy([talk.key], reason="next_held")
    assert not Agreement.objects.filter(removed_at=None).exists()
    log.note(program(cast.havneby.pk), "t", object_id=talk.pk, about=cast.employee.profile.pk)
    assert number(cast, "plan_made") == before == 1


# --- whatever happens -----------------------------------------------------------------------------

DEEDS = ("employ", "talk", "state", "move", "end", "leave", "disable", "followed", "unit", "day")
deeds = st.tuples(st.sampled_from(DEEDS), st.integers(0, 999), st.integers(0, 999))


class World:
    """An organisation to which anything happens; each deed notes itself as the actions do."""

    def __init__(self) -> None:
        self.place = Workplace()
        self.organisation = self.place.organisation
        self.actor = program(self.organisation.pk)
        self.content = FrameContent.objects.create(
            organisation=self.organisation, hash="0" * 64, document={}
        )
        top = self.place.unit("Top")
        self.units = [top, self.place.unit("A", top), self.place.unit("B", top)]
        self.units.append(self.place.unit("Alene"))
        self.employments = []
        self.talks = []
        for number in range(4):
            self.employ(number, number)

    def does(self, deed: str, one: int, other: int) -> None:
        getattr(self, deed)(one, other)

    def tell(self, employment: Employment) -> None:
        log.note(self.actor, "employment.changed", about=employment.profile_id)

    def some(self, rows, number):
        row = rows[number % len(rows)]
        row.refresh_from_db()
        return row

    def employ(self, one: int, other: int) -> None:
        """Somebody new, or somebody who is there, at a unit."""
        at = self.some(self.units, other)
        if one % 3 == 0 and self.employments:
            profile = self.some(self.employments, one).profile
        else:
            profile = self.place.profile(f"Navn{len(self.employments)}")
        row = Employment.objects.create(
            organisation=self.organisation,
            profile=profile,
            number=f"e{len(self.employments)}",
            unit=at,
            starts_on=day(-100),
        )
        self.employments.append(row)
        self.tell(row)

    def talk(self, one: int, other: int) -> None:
        employment = self.some(self.employments, one)
        talk = Conversation.objects.create(
            organisation=self.organisation,
            kind="mus",
            year=YEARS[other % 3],
            content=self.content,
            made_at=clock.now(),
            state=list(State)[other % len(State)],
        )
        Participant.objects.create(
            organisation=self.organisation,
            conversation=talk,
            profile=employment.profile,
            employment=employment,
            part=Part.EMPLOYEE,
        )
        self.talks.append(talk)
        log.note(self.actor, "conversation.planned", object_id=talk.pk, about=employment.profile_id)

    def state(self, one: int, other: int) -> None:
        if self.talks:
            talk = self.some(self.talks, one)
            talk.state = list(State)[other % len(State)]
            talk.save()
            self.tell(self.seat(talk))

    def seat(self, talk: Conversation) -> Participant:
        return Participant.objects.get(conversation=talk, part=Part.EMPLOYEE)

    def move(self, one: int, other: int) -> None:
        row = self.some(self.employments, one)
        row.unit = self.some(self.units, other)
        row.save()
        self.tell(row)

    def end(self, one: int, other: int) -> None:
        row = self.some(self.employments, one)
        row.ends_on = day(other % 3 - 2)
        row.save()
        self.tell(row)

    def leave(self, one: int, other: int) -> None:
        row = self.some(self.employments, one)
        row.leave_from, row.leave_until = day(other % 3 - 1), day(other % 5 - 1)
        row.save()
        self.tell(row)

    def disable(self, one: int, other: int) -> None:
        row = self.some(self.employments, one)
        row.profile.disabled_at = clock.now() if other % 2 else None
        row.profile.save()
        self.tell(row)

    def followed(self, one: int, other: int) -> None:
        """An agreement in a talk, which one or both say is done or write a note on."""
        if not self.talks:
            return
        talk = self.some(self.talks, one)
        seat = self.seat(talk)
        at = clock.now() - dt.timedelta(days=other % 400)
        row = Agreement(organisation=self.organisation, conversation=talk, origin=talk)
        row.done_by_employee_at = at
        row.done_by_leader_at = at if other % 2 else None
        row.save()
        if other % 3:
            leader, _made = Participant.objects.get_or_create(
                organisation=self.organisation,
                conversation=talk,
                profile=self.employments[0].profile,
                part=Part.LEADER,
            )
            for author in (seat, leader):
                FollowUp.objects.create(
                    organisation=self.organisation, agreement=row, author=author, at=at
                )
        self.tell(seat)

    def unit(self, one: int, other: int) -> None:
        """A unit is moved, or a new one made."""
        at = self.some(self.units, other)
        row = self.some(self.units, one)
        if one % 4 == 0:
            self.units.append(add_unit(self.actor, name=f"Ny {len(self.units)}", parent=at))
        elif not at.path.startswith(row.path):
            move_unit(self.actor, row, parent=at)

    def day(self, one: int, other: int) -> None:
        """Counted here, so that what follows is put on what was counted before."""
        job.count()


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(rows=st.lists(deeds, min_size=5, max_size=40))
def test_whatever_happens_the_sums_equal_the_plain_walk(db, rows):
    with transaction.atomic():
        world = World()
        for deed in rows:
            world.does(*deed)
        same(world.organisation)
        # Counted from nothing, it is the same.
        kept = tallied(world.organisation, YEARS)
        Counted.objects.all().delete()
        Tally.objects.all().delete()
        TalliedUntil.objects.all().delete()
        job.count()
        assert tallied(world.organisation, YEARS) == kept
        transaction.set_rollback(True)
