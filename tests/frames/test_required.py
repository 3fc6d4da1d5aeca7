"""A committee's own topics: mandatory in its own units, for the kinds that it names (row E11)."""

from dataclasses import replace

import pytest
from django.utils import translation

from musling.activity.models import Activity
from musling.conversations.actions.planning import plan_talks
from musling.foundation import clock
from musling.foundation.problems import NotThere, Refused
from musling.frames import drafting, editing, standard
from musling.frames.access import readable_required
from musling.frames.actions import adopt_standard
from musling.frames.document import FrameDocument, FrameFault
from musling.frames.effective import Asked, Place, keep_contents
from musling.frames.left_out import left_out
from musling.frames.models import FrameContent, RequiredItem
from musling.frames.queries import document_of, in_use
from musling.frames.required_actions import (
    MOST_AT_ONCE,
    OwnWords,
    end_requirement,
    require_item,
    require_own,
)
from musling.organisations.models import Unit
from musling.people.models import Employment
from tests.cast import Cast, booked_talk, unit
from tests.frames.committees import chosen, own_words, sits_locally, this_period, topic
from tests.frames.drafts import begun

pytestmark = pytest.mark.django_db
FREE = "wellbeing.influence"  # a question that the organisation has not made mandatory
MUS = ("mus",)


@pytest.fixture(autouse=True)
def _in_english():
    """Refusals are compared by their words."""
    with translation.override("en"):
        yield


@pytest.fixture
def elsewhere(cast: Cast) -> Unit:
    """A unit beside the one where Mette works."""
    return unit(cast.havneby, "3", "Skolen", cast.top)


def asked(cast: Cast, at: Unit | None = None, kind: str = "mus") -> FrameDocument:
    """What a talk with Mette asks that is planned now, where she works (or at another unit)."""
    employment = cast.employee.employment
    if at:
        Employment.objects.filter(pk=employment.pk).update(unit=at)
        employment.refresh_from_db()
        leader = cast.leaders_leader
    else:
        leader = cast.leader
    (talk,) = plan_talks(leader.actor, employments=[employment], kind=kind)
    return document_of(talk.content)


def own_of(document: FrameDocument) -> list[str]:
    return [item.text["da"] for item in document.items if item.added_by == "committee"]


# --- a question of the frame ---------------------------------------------------------------------


@pytest.mark.row("E11")
def test_the_main_committee_makes_a_question_mandatory_everywhere(cast: Cast):
    row = require_item(cast.committee.actor, unit=None, kinds=MUS, item=FREE)
    item = asked(cast).item(FREE)
    assert (item.mandatory, item.short, item.mandatory_by) == (True, True, "committee")
    assert Activity.objects.get(verb="required.made").object_id == row.pk


@pytest.mark.row("E11")
def test_a_local_committee_does_so_in_its_own_units_only(cast: Cast, elsewhere: Unit):
    local = sits_locally(cast, cast.union_rep, cast.unit)
    below = unit(cast.havneby, "21", "Distrikt Vest", cast.unit)
    require_item(local.actor, unit=below, kinds=MUS, item=FREE)
    require_item(local.actor, unit=cast.unit, kinds=MUS, item="wellbeing.meaning")
    document = asked(cast)
    assert not document.item(FREE).mandatory
    assert document.item("wellbeing.meaning").mandatory
    for place in (None, cast.top, elsewhere, Unit.objects.get(organisation=cast.sandvig)):
        with pytest.raises(NotThere):
            require_item(local.actor, unit=place, kinds=MUS, item=FREE)
        with pytest.raises(NotThere):
            require_own(local.actor, unit=place, kinds=MUS, words=own_words())


def test_another_unit_is_not_asked(cast: Cast, elsewhere: Unit):
    topic(cast, elsewhere)
    assert own_of(asked(cast)) == []


def test_in_its_unit_it_is_asked(cast: Cast, elsewhere: Unit):
    topic(cast, elsewhere)
    assert own_of(asked(cast, elsewhere)) == ["Hvordan taler vi om vold og trusler?"]


def test_nobody_outside_a_committee_makes_anything_mandatory(cast: Cast):
    for name, member in cast.everybody.items():
        if name != "committee":
            with pytest.raises(NotThere):
                require_item(member.actor, unit=None, kinds=MUS, item=FREE)
            with pytest.raises(NotThere):
                require_own(member.actor, unit=cast.unit, kinds=MUS, words=own_words())
    assert not RequiredItem.objects.exists()


@pytest.mark.parametrize(
    ("kinds", "item", "field"),
    [
        ((), FREE, "kinds"),
        (("lus",), FREE, "kinds"),
        (("mus", "lus"), FREE, "kinds"),
        (("mus_bpa",), FREE, "kinds"),
        (("mus", "mus_bpa"), FREE, "kinds"),
        (MUS, "nothing", "kinds"),
        (MUS, "wellbeing.general", "item"),  # the organisation's own
        (MUS, "steps.agreements", "item"),
        (MUS, "goals.focus", "item"),
    ],
)
def test_what_cannot_be_made_mandatory_is_refused(cast: Cast, kinds, item: str, field: str):
    with pytest.raises(Refused) as problem:
        require_item(cast.committee.actor, unit=None, kinds=kinds, item=item)
    assert problem.value.field == field
    assert not RequiredItem.objects.exists()


def test_pressing_twice_makes_one_and_another_time_is_refused(cast: Cast):
    first = require_item(cast.committee.actor, unit=None, kinds=MUS, item=FREE)
    assert require_item(cast.committee.actor, unit=None, kinds=MUS, item=FREE) == first
    assert topic(cast) == topic(cast)
    assert RequiredItem.objects.count() == 2


def test_a_closed_unit_is_refused(cast: Cast, elsewhere: Unit):
    elsewhere.closed_on = clock.today()
    elsewhere.save()
    with pytest.raises(Refused, match="closed"):
        topic(cast, elsewhere)


def test_there_is_a_limit_for_the_same_units(cast: Cast):
    for number in range(MOST_AT_ONCE):
        require_own(cast.committee.actor, unit=None, kinds=MUS, words=own_words(f"Nr. {number}?"))
    with pytest.raises(Refused, match="At most"):
        topic(cast)
    topic(cast, cast.unit)


def published(cast: Cast, deed) -> None:
    """HR publishes the next version of the frame in use, with one thing changed."""
    draft = begun(cast)
    drafting.change(cast.hr.actor, public_id=draft.public_id, what="test", element="", deed=deed)
    drafting.publish(cast.hr.actor, public_id=draft.public_id)


@pytest.mark.row("E11")
def test_what_hr_takes_out_is_still_asked_where_a_committee_requires_it(
    cast: Cast, elsewhere: Unit
):
    require_item(cast.committee.actor, unit=cast.unit, kinds=MUS, item=FREE)
    before = document_of(in_use(cast.havneby.pk, "mus").content).item(FREE)
    published(cast, lambda raw: editing.remove_item(raw, FREE))
    document = asked(cast)
    item = document.item(FREE)
    assert (item.text, item.mandatory, item.mandatory_by) == (before.text, True, "committee")
    assert document.themes[-1].id == "committee"
    of_others = Asked(cast.havneby.pk, "mus", clock.today().year, [Place(elsewhere.pk, None)])
    assert of_others.at(Place(elsewhere.pk, None)).document.find(FREE) is None


@pytest.mark.row("E11")
def test_another_frame_loses_nothing_that_a_committee_requires(cast: Cast):
    require_item(cast.committee.actor, unit=None, kinds=MUS, item=FREE)
    adopt_standard(cast.hr.actor, name="mus-short", kind="mus")
    assert asked(cast).item(FREE).mandatory


@pytest.mark.row("E11")
def test_what_the_periods_theme_takes_the_place_of_is_still_asked_where_it_is_required(cast: Cast):
    slot = next(
        one
        for one in document_of(in_use(cast.havneby.pk, "mus").content).themes
        if one.kind == "organisation"
    )
    name = slot.items[0].id
    published(
        cast, lambda raw: editing.change_item(raw, name, {"mandatory": False, "short": False})
    )
    require_item(cast.committee.actor, unit=None, kinds=MUS, item=name)
    chosen(cast, this_period(), "Grøn hverdag")
    item = asked(cast).item(name)
    assert (item.mandatory, item.mandatory_by, item.added_by) == (True, "committee", "committee")


def told(cast: Cast, name: str) -> list[tuple[str, str, tuple[str, ...]]]:
    found = left_out(cast.havneby.pk, "mus", standard.load(name), clock.today().year, slot=True)
    return [(one.became, one.words["da"], one.units) for one in found]


def test_hr_is_told_what_becomes_of_what_committees_want(cast: Cast):
    assert told(cast, "mus-short") == []
    require_item(cast.committee.actor, unit=cast.unit, kinds=MUS, item=FREE)
    words = document_of(in_use(cast.havneby.pk, "mus").content).item(FREE).text["da"]
    chosen(cast, this_period(), "Grøn hverdag")
    assert told(cast, "mus-municipality") == []
    assert told(cast, "mus-short") == [
        ("no-slot", "Grøn hverdag", ()),
        ("moved", words, (cast.unit.name,)),
    ]
    require_item(cast.committee.actor, unit=None, kinds=MUS, item=FREE)
    assert told(cast, "mus-short")[1] == ("moved", words, ())
    RequiredItem.objects.all().update(item="never.asked")
    assert told(cast, "mus-short")[1] == ("gone", "", ())
    RequiredItem.objects.all().update(item="goals.focus")
    focus = standard.load("mus-municipality").item("goals.focus").text["da"]
    assert told(cast, "mus-municipality") == [("together", focus, ())]


def test_what_cannot_be_read_again_is_not_stored(cast: Cast):
    base = standard.load("mus-short")
    twice = replace(base, themes=(*base.themes, base.themes[0]))
    before = FrameContent.objects.count()
    with pytest.raises(FrameFault):
        keep_contents(cast.havneby.pk, [twice])
    assert FrameContent.objects.count() == before


# --- an own question -----------------------------------------------------------------------------


@pytest.mark.row("E11")
def test_an_own_question_is_asked_for_every_kind_it_names(cast: Cast):
    topic(cast, kinds=("mus", "mus_bpa"))
    for kind in ("mus", "mus_bpa"):
        document = document_of(booked_talk(cast, kind).content)
        (item,) = [one for one in document.items if one.added_by == "committee"]
        assert item.mandatory
        assert item.id.startswith("committee.")
        assert document.themes[-1].title["da"] == "Bestemt af udvalget"


def test_for_a_kind_that_it_does_not_name_it_is_not_asked(cast: Cast):
    topic(cast, kinds=("mus_bpa",))
    assert own_of(asked(cast)) == []


def test_a_frame_without_a_scale_asks_a_statement_in_words(cast: Cast):
    require_own(
        cast.committee.actor,
        unit=None,
        kinds=("mus", "mus_bpa"),
        words=own_words("Vi siger fra", "scale"),
    )
    types = {}
    for kind in ("mus", "mus_bpa"):
        talk = booked_talk(cast, kind)
        # Read as another process would: from what is stored.
        document = document_of(talk.content)
        types[kind] = [item.type for item in document.items if item.added_by == "committee"]
    assert types == {"mus": ["scale"], "mus_bpa": ["text"]}


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (own_words("   "), "text_da"),
        (own_words("x" * 301), "text_da"),
        (own_words("Hvad?", "agreements"), "type"),
        (OwnWords("text", {"en": "What?"}, {}, []), "text_da"),
    ],
)
def test_what_cannot_be_asked_is_refused(cast: Cast, words: OwnWords, field: str):
    with pytest.raises(Refused) as problem:
        require_own(cast.committee.actor, unit=None, kinds=MUS, words=words)
    assert problem.value.field == field


# --- ending --------------------------------------------------------------------------------------


def test_what_is_ended_is_not_asked_any_more_but_stays_where_it_was(cast: Cast):
    row = topic(cast)
    begun = booked_talk(cast)
    end_requirement(cast.committee.actor, required=row.public_id)
    end_requirement(cast.committee.actor, required=row.public_id)
    assert Activity.objects.filter(verb="required.ended").count() == 1
    (later,) = plan_talks(cast.leader.actor, employments=[cast.colleague.employment])
    assert own_of(document_of(later.content)) == []
    begun.refresh_from_db()
    assert own_of(document_of(begun.content)) == ["Hvordan taler vi om vold og trusler?"]


def test_only_ones_own_can_be_ended(cast: Cast, elsewhere: Unit):
    local = sits_locally(cast, cast.union_rep, cast.unit)
    of_main, own, other = topic(cast), topic(cast, cast.unit), topic(cast, elsewhere)
    for row in (of_main, other):
        with pytest.raises(NotThere):
            end_requirement(local.actor, required=row.public_id)
    end_requirement(local.actor, required=own.public_id)
    for name in set(cast.everybody) - {"committee", "union_rep"}:
        with pytest.raises(NotThere):
            end_requirement(cast.everybody[name].actor, required=of_main.public_id)
    assert RequiredItem.objects.filter(ended_at=None).count() == 2


def test_who_sees_what_is_required(cast: Cast, elsewhere: Unit):
    local = sits_locally(cast, cast.union_rep, cast.unit)
    below = unit(cast.havneby, "21", "Distrikt Vest", cast.unit)
    rows = {
        "all": topic(cast),
        "own": topic(cast, cast.unit),
        "below": topic(cast, below),
        "elsewhere": topic(cast, elsewhere),
    }
    names = {row.pk: name for name, row in rows.items()}

    def sees(member) -> set[str]:
        found = readable_required(member.actor).values_list("pk", flat=True)
        return {names[pk] for pk in found}

    everything = set(rows)
    assert sees(cast.committee) == sees(cast.hr) == everything
    assert sees(local) == {"all", "own", "below"}
    assert sees(cast.leader) == {"all", "own"}
    assert sees(cast.leaders_leader) == {"all"}
    for other in ("employee", "colleague", "operator", "consultant", "neighbour_leader"):
        assert sees(cast.everybody[other]) == set(), other
