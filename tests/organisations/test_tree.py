"""The tree of units stays a tree, whatever is done to it."""

import pytest

from musling.activity.models import Activity
from musling.foundation.fingerprints import ChangedMeanwhile, fingerprint
from musling.foundation.problems import NotThere, Refused
from musling.organisations import actions as tree_actions
from musling.organisations.models import Unit
from musling.organisations.queries import is_empty, tree
from musling.people import actions
from tests.people.workplace import Workplace, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Workplace:
    return Workplace()


@pytest.fixture
def hr(place):
    return place.hr()


def paths_fit(place: Workplace) -> bool:
    """Every path says what the parents say."""
    units = {unit.pk: unit for unit in Unit.objects.filter(organisation=place.organisation)}
    return all(
        unit.path == (units[unit.parent_id].path if unit.parent_id else "/") + f"{unit.pk}/"
        for unit in units.values()
    )


def test_an_installation_is_empty_until_somebody_is_there(db):
    assert is_empty()
    Workplace()
    assert not is_empty()


def test_a_unit_is_added_below_another(place, hr):
    top = actions.add_unit(hr, name="Havneby")
    below = actions.add_unit(hr, name="Øst", number="12", parent=top)
    assert (below.parent, below.number) == (top, "12")
    assert paths_fit(place)
    assert list(Activity.objects.values_list("verb", flat=True)) == ["unit.added"] * 2


def test_a_number_belongs_to_one_unit(place, hr):
    place.unit("Øst", number="12")
    with pytest.raises(Refused) as refused:
        actions.add_unit(hr, name="Vest", number="12")
    assert refused.value.field == "number"


def test_a_unit_is_renamed_unless_somebody_was_faster(place, hr):
    unit = place.unit("Øst")
    seen = fingerprint(unit, tree_actions.UNIT_FIELDS)
    actions.rename_unit(hr, unit, name="Øst og havn", number="", seen=seen)
    with pytest.raises(ChangedMeanwhile):
        actions.rename_unit(hr, unit, name="Havn", number="", seen=seen)
    unit.refresh_from_db()
    assert unit.name == "Øst og havn"


def test_a_unit_moves_with_all_below_it(place, hr, django_assert_max_num_queries):
    old, new = place.unit("A"), place.unit("B")
    moving = place.unit("C", old)
    for number in range(30):
        place.unit(f"C{number}", moving)
    with django_assert_max_num_queries(14):
        actions.move_unit(hr, moving, parent=new)
    assert paths_fit(place)
    actions.move_unit(hr, moving, parent=None)
    assert paths_fit(place)


def test_a_circle_is_refused(place, hr):
    top = place.unit("A")
    below = place.unit("B", place.unit("M", top))
    for parent in (top, below):
        with pytest.raises(Refused) as refused:
            actions.move_unit(hr, top, parent=parent)
        assert refused.value.field == "parent"
    assert paths_fit(place)


def test_a_unit_whose_id_begins_alike_is_not_moved_along(place, hr):
    """/1/ is no beginning of /12/."""
    units = [place.unit(f"U{number}") for number in range(12)]
    actions.move_unit(hr, units[0], parent=units[-1])
    assert paths_fit(place)


def test_too_many_levels_are_refused(place, hr):
    deep = place.unit("A")
    Unit.objects.filter(pk=deep.pk).update(path="/" + "1234567/" * 49 + "12345/")
    with pytest.raises(Refused):
        actions.add_unit(hr, name="B", parent=Unit.objects.get(pk=deep.pk))


def test_a_unit_is_closed_when_it_is_empty(place, hr):
    top = place.unit("A")
    below = place.unit("B", top)
    there = place.employ("Mette Dam", below)
    post = place.lead(there, below)
    with pytest.raises(Refused):
        actions.close_unit(hr, top, day=day())
    with pytest.raises(Refused):
        actions.close_unit(hr, below, day=day())
    actions.end_employment(hr, there, last_day=day(-1))
    actions.close_unit(hr, below, day=day())
    post.refresh_from_db()
    assert post.ends_on == day(-1)
    actions.close_unit(hr, top, day=day())
    assert [branch.unit for branch in tree(hr).tops] == []
    with pytest.raises(Refused):
        actions.add_unit(hr, name="C", parent=top)


def test_units_of_another_organisation_are_not_there(place, hr):
    theirs = Workplace("sandvig").unit("Sandvig")
    with pytest.raises(NotThere):
        actions.add_unit(hr, name="C", parent=theirs)
    with pytest.raises(NotThere):
        actions.move_unit(hr, place.unit("A"), parent=theirs)


def test_the_tree_comes_in_danish_order_by_one_query(place, hr, django_assert_num_queries):
    top = place.unit("Havneby")
    for name in ("Åby", "Ældre", "Zone", "Ødis"):
        place.unit(name, top)
    with django_assert_num_queries(1):
        found = tree(hr)
    assert [branch.unit.name for branch in found.tops[0].children] == [
        "Zone",
        "Ældre",
        "Ødis",
        "Åby",
    ]
    assert [branch.depth for branch in found.tops[0].walk()] == [0, 1, 1, 1, 1]


def test_units_of_a_circle_are_found_as_lost(place, hr):
    one = place.unit("A")
    two = place.unit("B", one)
    Unit.objects.filter(pk=one.pk).update(parent=two)
    found = tree(hr)
    assert found.tops == []
    assert {branch.unit for branch in found.lost} == {one, two}
    assert [branch.unit for branch in found.way_down(one.pk)] == [two, one]
