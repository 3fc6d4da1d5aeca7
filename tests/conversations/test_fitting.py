"""The team's version: for good, for one talk, for those not begun; mandatory through no door."""

import contextlib
from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from musling.activity.models import Activity
from musling.conversations.actions import fitting, preparing, talking
from musling.conversations.actions.handing_over import hand_to_deputy
from musling.conversations.actions.planning import plan_talks
from musling.conversations.models import Answer, Conversation
from musling.conversations.queries.fitting import base_of, not_begun, out_of_date, what_differs
from musling.conversations.queries.talks import talk as talk_of
from musling.foundation import clock
from musling.foundation.problems import Clash, NotThere, Refused
from musling.frames import team_editing as editing
from musling.frames.actions import adopt_standard
from musling.frames.document import content_hash
from musling.frames.models import RequiredItem, TeamVersion
from musling.frames.queries import document_of, in_use
from musling.frames.team_actions import change_team_version, take_back
from musling.frames.team_changes import TeamChanges
from musling.frames.team_queries import changed_teams, team_asks
from musling.people.models import Employment, Leadership
from tests.cast import LONG_AGO, Cast, Member, booked_talk, make_cast, member, planned_talk
from tests.conversations import stages
from tests.conversations.test_two_at_once import at_once
from tests.web.staff_pages import employ_many

pytestmark = [pytest.mark.django_db, pytest.mark.row("D4"), pytest.mark.row("D5")]
ASK = {"type": "text", "text": {"da": "Hvad skal vi holde op med?"}, "phase": "ahead"}
HIDE, OTHER, MUST = "tasks.value", "tasks.help", "tasks.time"


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def asks(cast: Cast, who: Member | None = None):
    return team_asks((who or cast.leader).actor, cast.unit, "mus")


def changes(cast: Cast, *hidden: str) -> TeamChanges:
    """Leaves these out and adds one question."""
    base = asks(cast).base
    made = editing.add_own(base, TeamChanges(), theme="tasks", item=ASK)
    return replace(made, hidden=frozenset(hidden or (HIDE,)))


def save(cast: Cast, made: TeamChanges, who: Member | None = None, **more) -> TeamVersion | None:
    now = asks(cast)
    given = {
        "unit": cast.unit,
        "kind": "mus",
        "base": now.version.public_id,
        "seen": now.number,
    } | more
    return change_team_version((who or cast.leader).actor, changes=made, **given)


def ids(talk: Conversation) -> list[str]:
    talk = Conversation.objects.select_related("content").get(pk=talk.pk)
    return [item.id for item in document_of(talk.content).items]


def own_of(talk: Conversation) -> list[str]:
    return [one for one in ids(talk) if one.startswith("team.")]


# --- for good -------------------------------------------------------------------------------------


def test_talks_that_begin_from_now_on_ask_it_and_others_do_not(cast: Cast):
    before = planned_talk(cast)
    save(cast, changes(cast))
    assert HIDE in ids(before)
    after = plan_talks(cast.leader.actor, employments=[cast.colleague.employment])[0]
    assert HIDE not in ids(after)
    assert len(own_of(after)) == 1
    told = what_differs(talk_of(cast.colleague.actor, after.public_id))
    assert [item.id for item in told.left_out] == [HIDE]
    assert [item.text["da"] for item in told.added] == ["Hvad skal vi holde op med?"]
    # Another team, and another leader's talk, ask what the organisation asks.
    above = plan_talks(cast.leaders_leader.actor, employments=[cast.leader.employment])[0]
    assert HIDE in ids(above)
    assert above.base_content is None


def test_the_same_twice_changes_nothing_and_it_can_be_taken_back(cast: Cast):
    made = changes(cast)
    first = save(cast, made)
    assert save(cast, made, seen=0) == first
    now = asks(cast)
    with_none = take_back(
        cast.leader.actor, unit=cast.unit, kind="mus", base=now.version.public_id, seen=now.number
    )
    assert with_none.number == 2
    talk = planned_talk(cast)
    assert ids(talk) == [item.id for item in now.base.items]
    assert talk.base_content is None
    told = Activity.objects.filter(verb="team_version.changed", actor_id=cast.leader.profile.pk)
    assert told.count() == 2
    assert all(row.more == {} for row in told)


def test_taking_back_what_never_was_is_nothing(cast: Cast):
    assert save(cast, TeamChanges()) is None
    assert not TeamVersion.objects.exists()


@pytest.mark.parametrize(
    "who", ["employee", "colleague", "hr", "leaders_leader", "committee", "operator"]
)
def test_nobody_but_whoever_leads_the_unit_may(cast: Cast, who: str):
    with pytest.raises(NotThere):
        save(cast, changes(cast), cast.everybody[who])
    with pytest.raises(NotThere):
        fitting.use_for_not_begun(cast.everybody[who].actor, unit=cast.unit, kind="mus")
    assert not TeamVersion.objects.exists()


def test_whoever_leads_in_another_organisation_may_not(cast: Cast):
    with pytest.raises(NotThere):
        save(cast, changes(cast), cast.neighbour_leader)


def test_a_stand_in_leads_and_the_leader_meanwhile_does_not(cast: Cast):
    made = changes(cast)
    Leadership.objects.create(
        organisation=cast.havneby,
        unit=cast.unit,
        employment=cast.colleague.employment,
        kind="stand_in",
        starts_on=LONG_AGO,
    )
    with pytest.raises(NotThere):
        save(cast, made)
    assert save(cast, made, cast.colleague).number == 1


def test_a_mandatory_item_is_refused_whatever_is_sent(cast: Cast):
    for item in asks(cast).base.items:
        if item.mandatory:
            with pytest.raises(Refused, match="mandatory"):
                save(cast, TeamChanges(hidden=frozenset({item.id})))
    RequiredItem.objects.create(
        organisation=cast.havneby, kinds=["mus"], item=HIDE, made_at=clock.now()
    )
    with pytest.raises(Refused, match="mandatory"):
        save(cast, TeamChanges(hidden=frozenset({HIDE})))


def test_what_a_committee_makes_mandatory_later_is_asked_again_and_told(cast: Cast):
    save(cast, TeamChanges(hidden=frozenset({HIDE, OTHER})))
    RequiredItem.objects.create(
        organisation=cast.havneby, unit=cast.top, kinds=["mus"], item=HIDE, made_at=clock.now()
    )
    now = asks(cast)
    assert [(one.what, one.why) for one in now.misfits] == [(HIDE, "hidden-mandatory")]
    assert now.saved.hidden == {OTHER}
    talk = planned_talk(cast)
    assert HIDE in ids(talk)
    assert OTHER not in ids(talk)


def test_unknown_ids_and_too_many_are_refused(cast: Cast):
    one = changes(cast).added[0]
    many = TeamChanges(
        added=tuple(
            replace(one, item=replace(one.item, id=f"team.0000000{n:x}")) for n in range(11)
        )
    )
    for wrong in (TeamChanges(hidden=frozenset({"gone"})), many, TeamChanges(themes=("gone",))):
        with pytest.raises(Refused):
            save(cast, wrong)
    assert not TeamVersion.objects.exists()


def test_whoever_saved_meanwhile_is_not_overwritten(cast: Cast):
    save(cast, changes(cast))
    with pytest.raises(Clash) as clash:
        save(cast, changes(cast, OTHER), seen=0)
    assert clash.value.version == 1


def test_a_new_version_meanwhile_is_looked_at_first(cast: Cast):
    base = asks(cast).version.public_id
    adopt_standard(cast.hr.actor, name="mus-phases", kind="mus")
    with pytest.raises(Refused, match="other questions"):
        save(cast, TeamChanges(), base=base, seen=0) or save(
            cast, TeamChanges(hidden=frozenset({"back.good"})), base=base
        )


def test_a_new_version_keeps_what_fits_and_says_what_does_not(cast: Cast):
    made = editing.add_help(asks(cast).base, changes(cast), HIDE, {"da": "Hvornår?"})
    save(cast, made)
    adopt_standard(cast.hr.actor, name="mus-phases", kind="mus")
    now = asks(cast)
    own = made.added[0].item.id
    assert {(one.what, one.why) for one in now.misfits} == {
        (HIDE, "hidden-gone"),
        (HIDE, "help-gone"),
        (own, "theme-gone"),
    }
    assert own_of(planned_talk(cast)) == [own]
    save(cast, now.saved)
    assert asks(cast).misfits == ()


def test_hr_reads_every_teams_newest_and_nobody_elses(cast: Cast):
    save(cast, changes(cast))
    save(cast, changes(cast, OTHER))
    assert [row.number for row in changed_teams(cast.hr.actor)] == [2]
    assert [row.number for row in changed_teams(cast.leader.actor)] == [2]
    for name in ("employee", "committee", "leaders_leader", "neighbour_leader"):
        assert not changed_teams(cast.everybody[name].actor), name
    save(cast, TeamChanges())
    assert not changed_teams(cast.hr.actor)


# --- one talk -------------------------------------------------------------------------------------


def fit(cast: Cast, talk: Conversation, made: TeamChanges, who: Member | None = None, **more):
    talk.refresh_from_db()
    given = {"public_id": talk.public_id, "seen": talk.content.hash} | more
    fitting.fit_talk((who or cast.leader).actor, changes=made, **given)
    talk.refresh_from_db()


def test_one_talk_is_fitted_and_no_other(cast: Cast):
    talk = booked_talk(cast)
    other = plan_talks(cast.leader.actor, employments=[cast.colleague.employment])[0]
    fit(cast, talk, changes(cast))
    assert HIDE not in ids(talk)
    assert len(own_of(talk)) == 1
    assert HIDE in ids(other)
    assert talk.fitted_at
    note = Activity.objects.get(verb="conversation.fitted")
    assert (note.object_id, note.about_id) == (talk.pk, cast.employee.profile.pk)
    found = talk_of(cast.employee.actor, talk.public_id)
    assert [item.id for item in what_differs(found).left_out] == [HIDE]
    # From there on again, and back.
    assert editing.between(base_of(found), found.document).hidden == {HIDE}
    fit(cast, talk, TeamChanges())
    assert HIDE in ids(talk)
    assert talk.base_content is None


@pytest.mark.parametrize("who", ["employee", "hr", "leaders_leader", "colleague"])
def test_nobody_but_the_leader_of_the_talk_fits_it(cast: Cast, who: str):
    talk = planned_talk(cast)
    with pytest.raises(NotThere):
        fit(cast, talk, changes(cast), cast.everybody[who])


def test_a_deputy_fits_the_talk_that_is_handed_over(cast: Cast):
    talk = planned_talk(cast)
    deputy = cast.colleague
    hand_to_deputy(cast.leader.actor, public_id=talk.public_id, employment=deputy.employment)
    with pytest.raises(NotThere):
        fit(cast, talk, changes(cast))
    fit(cast, talk, changes(cast), deputy)
    assert HIDE not in ids(talk)


@pytest.mark.parametrize("who", ["employee", "leader"])
def test_once_somebody_has_prepared_it_keeps_its_questions(cast: Cast, who: str):
    talk = booked_talk(cast)
    preparing.save_answers(
        cast.everybody[who].actor,
        public_id=talk.public_id,
        answers={HIDE: {"score": 2}},
        versions={},
    )
    with pytest.raises(Refused, match="nothing is lost"):
        fit(cast, talk, changes(cast))
    save(cast, changes(cast))
    assert fitting.use_for_not_begun(cast.leader.actor, unit=cast.unit, kind="mus") == 0
    assert HIDE in ids(talk)


@pytest.mark.parametrize("stage", ["open", "held", "cancelled"])
def test_a_talk_that_has_begun_or_ended_keeps_its_questions(cast: Cast, stage: str):
    if stage == "cancelled":
        talk = planned_talk(cast)
        Conversation.objects.filter(pk=talk.pk).update(state="cancelled")
    else:
        talk = stages.open_talk(cast)
        if stage == "held":
            talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    with pytest.raises(Refused):
        fit(cast, talk, changes(cast))
    assert HIDE in ids(talk)


def test_a_talk_never_loses_what_is_mandatory_and_two_do_not_overwrite(cast: Cast):
    talk = planned_talk(cast)
    with pytest.raises(Refused, match="mandatory"):
        fit(cast, talk, TeamChanges(hidden=frozenset({MUST})))
    seen = talk.content.hash
    fit(cast, talk, changes(cast))
    with pytest.raises(Clash):
        fit(cast, talk, changes(cast, OTHER), seen=seen)


# --- those that have not begun -------------------------------------------------------------------


def test_talks_that_nobody_prepared_for_are_brought_up_to_date(cast: Cast):
    mine = planned_talk(cast)
    other = plan_talks(cast.leader.actor, employments=[cast.colleague.employment])[0]
    alone = plan_talks(cast.leader.actor, employments=[cast.union_rep.employment])[0]
    fit(cast, alone, changes(cast, OTHER))
    made = changes(cast)
    save(cast, made)
    waiting = out_of_date(not_begun(cast.leader.actor, cast.unit, "mus"), made)
    assert {row.conversation.pk for row in waiting} == {mine.pk, other.pk}
    assert fitting.use_for_not_begun(cast.leader.actor, unit=cast.unit, kind="mus") == 2
    assert HIDE not in ids(mine)
    assert HIDE not in ids(other)
    assert HIDE in ids(alone)
    assert fitting.use_for_not_begun(cast.leader.actor, unit=cast.unit, kind="mus") == 0
    assert Activity.objects.filter(verb="conversation.fitted").count() == 3
    # And back again with the team's version.
    save(cast, TeamChanges())
    assert fitting.use_for_not_begun(cast.leader.actor, unit=cast.unit, kind="mus") == 2
    assert HIDE in ids(mine)


def test_it_keeps_the_version_that_it_began_with(cast: Cast):
    talk = planned_talk(cast)
    adopt_standard(cast.hr.actor, name="mus-phases", kind="mus")
    save(cast, TeamChanges(hidden=frozenset({"back.learned"})))
    assert fitting.use_for_not_begun(cast.leader.actor, unit=cast.unit, kind="mus") == 0
    assert MUST in ids(talk)


def statements(deed) -> int:
    with CaptureQueriesContext(connection) as captured:
        deed()
    return len(captured)


def test_as_many_statements_for_one_talk_as_for_thirty(cast: Cast):
    save(cast, changes(cast))
    counted = []
    for number, people in enumerate((range(1), range(1, 31))):
        employ_many(cast, people)
        rows = Employment.objects.filter(number__in=[f"many-{n}" for n in people])
        plan_talks(cast.leader.actor, employments=list(rows.select_related("profile")))
        save(cast, changes(cast, OTHER if number else HIDE))
        counted.append(
            statements(
                lambda: fitting.use_for_not_begun(cast.leader.actor, unit=cast.unit, kind="mus")
            )
        )
    assert counted[0] == counted[1]


@pytest.mark.django_db(transaction=True)
def test_who_begins_and_who_fits_at_once_lose_nothing(cast: Cast):
    talk = booked_talk(cast)
    made, seen = changes(cast), talk.content.hash
    ended = at_once(
        lambda: fitting.fit_talk(
            cast.leader.actor, public_id=talk.public_id, changes=made, seen=seen
        ),
        lambda: preparing.save_answers(
            cast.employee.actor,
            public_id=talk.public_id,
            answers={HIDE: {"score": 2}},
            versions={},
        ),
    )
    # One of them was first, the other is told.
    assert ended == {"done": 1, "Refused": 1}
    talk.refresh_from_db()
    assert Answer.objects.exists() == (HIDE in ids(talk))


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once_do_not_both(cast: Cast):
    one, two = changes(cast), changes(cast, OTHER)
    ended = at_once(lambda: save(cast, one, seen=0), lambda: save(cast, two, seen=0))
    assert ended == {"done": 1, "Clash": 1}
    assert TeamVersion.objects.count() == 1


# --- any sequence --------------------------------------------------------------------------------

FRAMES = ("mus-municipality", "mus-phases", "mus-short")
deeds = st.one_of(
    st.tuples(st.just("publish"), st.sampled_from(FRAMES)),
    st.tuples(st.just("hide"), st.integers(0, 30)),
    st.tuples(st.just("move"), st.integers(0, 30)),
    st.tuples(st.just("add"), st.sampled_from(["tasks", "back", "team"])),
    st.tuples(st.just("require"), st.integers(0, 30)),
    st.tuples(st.just("plan"), st.integers(0, 3)),
    st.tuples(st.just("use"), st.just(0)),
)


class World:
    """One organisation in which things happen; looks after each at what every talk asks."""

    def __init__(self) -> None:
        self.cast = make_cast()
        people = [member(self.cast.havneby, self.cast.unit, f"P{n}") for n in range(4)]
        self.waiting = [one.employment for one in people]
        self.told: dict[int, list[str]] = {}

    def does(self, deed: str, what: object) -> None:
        """One deed; a refusal is an answer, too."""
        with contextlib.suppress(Refused):
            getattr(self, deed)(what)
        self.looks(may_change=deed == "use")

    def publish(self, name: str) -> None:
        adopt_standard(self.cast.hr.actor, name=name, kind="mus")

    def saves(self, step) -> None:
        now = asks(self.cast)
        save(self.cast, step(now.base, now.saved))

    def hide(self, place: int) -> None:
        self.saves(lambda base, now: editing.hide(base, now, self.item(base, place)))

    def move(self, place: int) -> None:
        self.saves(lambda base, now: editing.move(base, now, self.item(base, place), 1))

    def add(self, theme: str) -> None:
        self.saves(lambda base, now: editing.add_own(base, now, theme=theme, item=ASK))

    def item(self, base, place: int) -> str:
        return base.items[place % len(base.items)].id

    def require(self, place: int) -> None:
        RequiredItem.objects.create(
            organisation=self.cast.havneby,
            kinds=["mus"],
            item=self.item(asks(self.cast).base, place),
            made_at=clock.now(),
        )

    def plan(self, _what: object) -> None:
        if self.waiting:
            plan_talks(self.cast.leader.actor, employments=[self.waiting.pop()])

    def use(self, _what: object) -> None:
        fitting.use_for_not_begun(self.cast.leader.actor, unit=self.cast.unit, kind="mus")

    def looks(self, *, may_change: bool) -> None:
        """Each talk asks what it asked, holds what is mandatory, and its hash is its content's."""
        for talk in Conversation.objects.select_related("content", "base_content"):
            document = document_of(talk.content)
            base = document_of(talk.base_content or talk.content)
            asked = [item.id for item in document.items]
            must = {item.id for item in base.items if item.mandatory}
            assert must <= {item.id for item in document.items if item.mandatory}
            assert len(set(asked)) == len(asked)
            assert content_hash(document) == talk.content.hash
            if not may_change:
                assert self.told.get(talk.pk, asked) == asked
            self.told[talk.pk] = asked


@settings(
    max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(rows=st.lists(deeds, min_size=3, max_size=10))
def test_whatever_happens_a_running_talk_keeps_its_questions(db, rows):
    with transaction.atomic():
        world = World()
        for deed, what in rows:
            world.does(deed, what)
        assert in_use(world.cast.havneby.pk, "mus")
        transaction.set_rollback(True)
