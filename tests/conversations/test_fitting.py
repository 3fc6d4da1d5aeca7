"""The team's version: for good, for one talk, for those not begun; mandatory through no door."""

import contextlib
import json
from dataclasses import replace

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from musling.activity.models import Activity
from musling.conversations.access import readable_fittings
from musling.conversations.actions import fitting, preparing, talking
from musling.conversations.actions.handing_over import hand_to_deputy
from musling.conversations.actions.moving import postpone_talk
from musling.conversations.actions.offering import offer_talk
from musling.conversations.actions.planning import plan_talks
from musling.conversations.models import Answer, Conversation, Fitting, Participant
from musling.conversations.queries.fitting import (
    base_of,
    documents_of,
    fitted_alone,
    not_begun,
    out_of_date,
    what_differs,
)
from musling.conversations.queries.talks import talk as talk_of
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import Clash, NotThere, Refused
from musling.frames import queries as frame_queries
from musling.frames import team_editing as editing
from musling.frames.actions import adopt_standard
from musling.frames.document import FrameDocument, content_hash
from musling.frames.models import FrameContent, RequiredItem, TeamVersion
from musling.frames.queries import document_of, in_use
from musling.frames.team_actions import change_team_version, take_back
from musling.frames.team_changes import TeamChanges
from musling.frames.team_queries import changed_teams, team_asks
from musling.people.models import Employment, Leadership
from musling.vault import keys
from tests.cast import (
    LONG_AGO,
    Cast,
    Member,
    booked_talk,
    make_cast,
    member,
    next_week,
    planned_talk,
)
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


def document(talk: Conversation) -> FrameDocument:
    """What the talk asks, as its employee meets it."""
    profile = (
        Participant.objects.select_related("profile")
        .get(conversation=talk, part="employee", ended_at=None)
        .profile
    )
    reader = Actor(profile.person_id, profile.pk, talk.organisation_id, clock.now())
    return talk_of(reader, talk.public_id).document


def ids(talk: Conversation) -> list[str]:
    return [item.id for item in document(talk).items]


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
    given = {"public_id": talk.public_id, "seen": content_hash(document(talk))} | more
    fitting.fit_talk((who or cast.leader).actor, changes=made, **given)
    talk.refresh_from_db()


def test_one_talk_is_fitted_and_no_other(cast: Cast):
    talk = planned_talk(cast)
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
    assert not what_differs(talk_of(cast.employee.actor, talk.public_id))


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


def offer(cast: Cast, talk: Conversation) -> None:
    offer_talk(cast.leader.actor, public_id=talk.public_id, times=[next_week()], minutes=45)


def answer(talk: Conversation, who: Member, item: str = HIDE) -> None:
    preparing.save_answers(
        who.actor, public_id=talk.public_id, answers={item: {"score": 2}}, versions={}
    )


def test_once_it_was_offered_it_keeps_its_questions(cast: Cast):
    talk = planned_talk(cast)
    offer(cast, talk)
    with pytest.raises(Refused, match="has been offered"):
        fit(cast, talk, changes(cast))
    save(cast, changes(cast))
    assert fitting.use_for_not_begun(cast.leader.actor, unit=cast.unit, kind="mus") == 0
    assert HIDE in ids(talk)


def test_put_off_without_a_time_it_keeps_its_questions_and_is_prepared_on(cast: Cast):
    talk = booked_talk(cast)
    postpone_talk(cast.employee.actor, public_id=talk.public_id)
    with pytest.raises(Refused, match="has been offered"):
        fit(cast, talk, changes(cast))
    assert not not_begun(cast.leader.actor, cast.unit, "mus")
    answer(talk, cast.employee)
    assert Answer.objects.count() == 1


def test_the_employee_prepares_from_the_offer_on(cast: Cast):
    """So nobody's answers can lose their question, and the guard need not look at any."""
    talk = planned_talk(cast)
    with pytest.raises(Refused, match="offered"):
        answer(talk, cast.employee)
    answer(talk, cast.leader)  # who decides what is asked, and knows what the own answers are to
    offer(cast, talk)
    answer(talk, cast.employee)
    assert Answer.objects.count() == 2


# --- sealed ---------------------------------------------------------------------------------------

WORDS = "Hvorfor råber du på vagterne?"


def one_question(cast: Cast) -> TeamChanges:
    base = asks(cast).base
    made = editing.add_own(base, TeamChanges(), theme="tasks", item={**ASK, "text": {"da": WORDS}})
    return editing.add_help(base, made, MUST, {"da": "Især om natten?"})


def everything_stored() -> str:
    """All that stands in the database, in the open."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.values_list():
            found += [value for value in row if isinstance(value, str | dict | list)]
            found += [
                bytes(v).decode(errors="replace") for v in row if isinstance(v, bytes | memoryview)
            ]
    return json.dumps(found, ensure_ascii=False, default=str)


def test_what_is_asked_in_one_talk_alone_does_not_stand_in_the_open(cast: Cast):
    talk = planned_talk(cast)
    fit(cast, talk, one_question(cast))
    for who in (cast.employee, cast.leader):
        found = talk_of(who.actor, talk.public_id).document
        assert WORDS in [item.text["da"] for item in found.items]
        assert found.item(MUST).help[-1] == {"da": "Især om natten?"}
    stored = everything_stored()
    assert "tasks.value" in stored  # the look goes deep enough
    assert "råber" not in stored
    assert "natten" not in stored
    assert not FrameContent.objects.filter(document__icontains="råber").exists()
    assert all(WORDS not in str(kept) for kept in frame_queries._parsed.values())


def test_it_is_gone_with_the_talks_key(cast: Cast):
    talk = planned_talk(cast)
    fit(cast, talk, one_question(cast))
    row = Fitting.objects.get()
    with transaction.atomic():
        keys.destroy([row.conversation.key], reason="test")
    row.refresh_from_db()
    assert bytes(row.changes) == b""
    for who in (cast.employee, cast.leader):
        assert WORDS not in str(talk_of(who.actor, talk.public_id).document)
        assert WORDS not in str(documents_of(who.actor, [talk]).values())


def test_who_does_not_see_the_talk_does_not_see_it(cast: Cast):
    talk = planned_talk(cast)
    fit(cast, talk, one_question(cast))
    for name, who in cast.everybody.items():
        seen = readable_fittings(who.actor).exists()
        assert seen == (name in {"employee", "leader"}), name
        assert (WORDS in str(documents_of(who.actor, [Conversation.objects.get()]))) == seen


def test_that_the_other_opened_it_is_noted(cast: Cast):
    talk = planned_talk(cast)
    fit(cast, talk, one_question(cast))
    reader = cast.employee.actor
    assert talk_of(reader, talk.public_id).document
    assert [note.content for note in reader.readings] == ["fitted"]
    assert reader.readings[0].about_id == cast.leader.profile.pk


def test_hr_sees_that_there_is_one_and_by_whom(cast: Cast):
    talk = planned_talk(cast)
    assert fitted_alone(cast.hr.actor) == []
    fit(cast, talk, one_question(cast))
    (row,) = fitted_alone(cast.hr.actor)
    assert (row.name, row.kind, row.count) == (cast.leader.profile.name, "mus", 1)
    for name in ("employee", "leader", "committee", "leaders_leader", "neighbour_leader"):
        assert fitted_alone(cast.everybody[name].actor) == [], name


def test_a_fitted_talk_asks_as_much_of_the_database_with_one_own_question_as_with_ten(cast: Cast):
    talk, counted = planned_talk(cast), []
    for count in (1, 10):
        base, made = asks(cast).base, TeamChanges()
        for _number in range(count):
            made = editing.add_own(base, made, theme="tasks", item=ASK)
        fit(cast, talk, made)
        counted.append(
            statements(lambda: talk_of(cast.employee.actor, talk.public_id).document.items)
        )
    assert counted[0] == counted[1]


def test_many_fitted_talks_are_read_in_as_many_statements_as_one(cast: Cast):
    employ_many(cast, range(30))
    rows = Employment.objects.filter(number__startswith="many-").select_related("profile")
    talks = plan_talks(cast.leader.actor, employments=list(rows))
    counted = []
    for some in (talks[:1], talks[1:]):
        for one in some:
            fit(cast, one, one_question(cast))
        rows = Conversation.objects.filter(pk__in=[one.pk for one in some])
        found = list(rows.select_related("content"))
        counted.append(statements(lambda: documents_of(cast.leader.actor, found)))  # noqa: B023
    assert counted[0] == counted[1]


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
    seen = content_hash(document(talk))
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
def test_who_fits_and_who_offers_at_once_do_not_both_win(cast: Cast):
    talk = planned_talk(cast)
    made, seen = changes(cast), talk.content.hash
    ended = at_once(
        lambda: fitting.fit_talk(
            cast.leader.actor, public_id=talk.public_id, changes=made, seen=seen
        ),
        lambda: offer(cast, talk),
    )
    # Either it was fitted and then offered, or the leader is told that it was offered.
    assert ended in ({"done": 2}, {"done": 1, "Refused": 1})
    talk.refresh_from_db()
    assert (HIDE in ids(talk)) == ("Refused" in ended)


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
            asked_now = document_of(talk.content)
            base = document_of(talk.base_content or talk.content)
            asked = [item.id for item in asked_now.items]
            must = {item.id for item in base.items if item.mandatory}
            assert must <= {item.id for item in asked_now.items if item.mandatory}
            assert len(set(asked)) == len(asked)
            assert content_hash(asked_now) == talk.content.hash
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
