"""What a talk asks: whatever is put together, nothing mandatory and no id is ever lost."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from musling.frames import standard
from musling.frames.composing import Misfit, Required, compose, in_order
from musling.frames.document import Item, Theme, content_hash, to_json
from musling.frames.parsing import parse
from musling.frames.team_changes import Added, TeamChanges

BASE = standard.load("mus-municipality")
IDS = [item.id for item in BASE.items]
MANDATORY = {item.id for item in BASE.items if item.mandatory}
OTHERS = [one for one in IDS if one not in MANDATORY]


def own(name: str, **more: object) -> Item:
    words = {"da": f"Hvad med {name}?"}
    return Item(name, "text", words, "now", ("employee", "leader"), **more)  # type: ignore[arg-type]


def theme(*items: Item, name: str = "theme-2027") -> Theme:
    parts = ("employee", "leader")
    return Theme(name, "organisation", {"da": "Grøn hverdag"}, "now", parts, items)


def ids(document):
    return [item.id for item in document.items]


def test_without_anything_to_put_in_it_is_the_version_itself():
    assert content_hash(compose(BASE).document) == content_hash(BASE)


def test_the_periods_theme_takes_the_slot_and_nothing_else():
    made = compose(BASE, theme=theme(own("t.green"))).document
    places = [one.kind for one in BASE.themes]
    assert [one.kind for one in made.themes] == places
    assert made.themes[places.index("organisation")].title == {"da": "Grøn hverdag"}
    assert set(IDS) - set(ids(made)) == {one for one in IDS if one.startswith("values.")}
    without = replace(BASE, themes=BASE.themes[:2])
    assert compose(without, theme=theme(own("t.green"))).document == without


def test_a_theme_with_an_id_that_is_taken_stays_out_and_is_told():
    made = compose(BASE, theme=theme(own(OTHERS[0])))
    assert made.document == BASE
    assert made.misfits == (Misfit(OTHERS[0], "id-taken"),)


def test_a_committee_makes_an_item_mandatory_and_adds_its_own():
    made = compose(BASE, required=[Required(OTHERS[0]), Required(own=own("c.noise"))])
    one, added = made.document.item(OTHERS[0]), made.document.item("c.noise")
    assert (one.mandatory, one.short, one.mandatory_by) == (True, True, "committee")
    assert (added.mandatory, added.added_by) == (True, "committee")
    assert made.document.themes[-1].id == "committee"
    assert compose(BASE, required=[Required("gone")]).misfits == (Misfit("gone", "required-gone"),)


def test_what_a_committee_requires_cannot_be_hidden_by_the_team():
    team = TeamChanges(hidden=frozenset(OTHERS[:1]))
    assert OTHERS[0] not in ids(compose(BASE, team=team).document)
    made = compose(BASE, team=team, required=[Required(OTHERS[0])])
    assert OTHERS[0] in ids(made.document)
    assert made.misfits == (Misfit(OTHERS[0], "hidden-mandatory"),)


def test_a_teams_own_item_stands_where_it_was_put_or_in_a_theme_of_its_own():
    team = TeamChanges(added=(Added("tasks", own("team.1")), Added("gone", own("team.2"))))
    made = compose(BASE, team=team)
    tasks = next(one for one in made.document.themes if one.id == "tasks")
    assert tasks.items[-1].id == "team.1"
    assert made.document.themes[-1].id == "team"
    assert ids(made.document)[-1] == "team.2"
    assert made.misfits == (Misfit("team.2", "theme-gone"),)


def test_no_own_item_is_mandatory_through_any_door():
    item = own("team.1", mandatory=True, short=True, mandatory_by="committee")
    made = compose(BASE, team=TeamChanges(added=(Added("tasks", item),))).document.item("team.1")
    assert (made.mandatory, made.mandatory_by, made.added_by) == (False, "", "team")


def test_own_help_questions_come_after_the_frames():
    words = ({"da": "Hvornår?"},)
    made = compose(BASE, team=TeamChanges(help={IDS[0]: words, "gone": words}))
    assert made.document.item(IDS[0]).help == (*BASE.item(IDS[0]).help, *words)
    assert made.misfits == (Misfit("gone", "help-gone"),)


def test_who_hides_the_life_phase_hides_its_phases():
    base = replace(
        BASE,
        themes=tuple(
            replace(one, items=tuple(replace(item, mandatory=False) for item in one.items))
            for one in BASE.themes
        ),
    )
    made = compose(base, team=TeamChanges(hidden=frozenset({"wellbeing.life-phase"}))).document
    assert made.life_phases == ()
    parse(to_json(made))


def test_what_the_order_does_not_name_stays_behind_what_stood_before_it():
    rows = tuple(own(name) for name in "abcde")
    assert "".join(row.id for row in in_order(rows, ["d", "a"])) == "deabc"
    assert in_order(rows, []) == rows
    assert "".join(row.id for row in in_order(rows, ["c", "x", "b"])) == "acdeb"


some_ids = st.lists(st.sampled_from([*IDS, "gone", "team.1", "c.1"]), unique=True)
teams = st.builds(
    TeamChanges,
    hidden=some_ids.map(frozenset),
    themes=st.permutations([one.id for one in BASE.themes]).map(tuple),
    order=some_ids.map(tuple),
    added=st.lists(
        st.builds(
            Added,
            st.sampled_from(["tasks", "goals", "feedback", "gone", "team"]),
            st.sampled_from([own("team.1"), own("team.2"), own(IDS[3]), own("c.1")]),
        ),
        max_size=4,
    ).map(tuple),
    help=st.dictionaries(st.sampled_from([*IDS, "gone"]), st.just(({"da": "Hvor?"},))),
)
requirements = st.lists(
    st.one_of(
        st.builds(Required, item=st.sampled_from([*IDS, "gone"])),
        st.builds(Required, own=st.sampled_from([own("c.1"), own("c.2"), own(IDS[0])])),
    )
)
period_themes = st.one_of(
    st.none(),
    st.just(theme(own("t.1"))),
    st.just(theme(own(IDS[0]))),
    st.just(theme(own("team.1"))),
)


@given(period_themes, requirements, teams)
def test_any_combination_is_a_valid_frame_with_everything_mandatory(period, required, team):
    whole = compose(BASE, theme=period, required=required).document
    made = compose(BASE, theme=period, required=required, team=team)
    document = parse(to_json(made.document))
    assert document == made.document
    must = {item.id for item in whole.items if item.mandatory}
    assert must <= {item.id for item in document.items if item.mandatory}
    assert must | {one for one in IDS if one.startswith("values.")} >= MANDATORY
    told = {(one.what, one.why) for one in made.misfits}
    for one in team.hidden:
        assert (
            one not in ids(document)
            or (one, "hidden-mandatory") in told
            or one
            in {item.item.id for item in team.added}
            | {item.own.id for item in required if item.own}
        )
    assert compose(BASE, theme=period, required=required, team=team) == made
