"""What a talk asks: whatever is put together, nothing mandatory and no id is ever lost."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from musling.frames import standard
from musling.frames.composing import Misfit, Required, compose, in_order
from musling.frames.document import Item, Theme, content_hash, to_json
from musling.frames.parsing import parse
from musling.frames.team_changes import Added, TeamChanges
from tests.frames.made_up import frames

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


def test_what_is_added_takes_another_id_where_a_frame_has_its_own_and_nothing_is_lost():
    green = replace(own(OTHERS[0]), text={"da": "Hvad er grønt?"})
    added = replace(own(OTHERS[1]), text={"da": "Hvad larmer?"})
    made = compose(BASE, theme=theme(green, name="tasks"), required=[Required(own=added)])
    slot = next(one for one in made.document.themes if one.kind == "organisation")
    assert (slot.id, slot.items[0].id) == ("tasks-2", f"{OTHERS[0]}-2")
    last = made.document.themes[-1]
    assert [item.text["da"] for item in last.items] == ["Hvad larmer?"]
    assert made.misfits == ()
    assert parse(to_json(made.document)) == made.document


def test_themes_that_a_frame_calls_as_the_added_ones_are_called_do_not_stand_in_their_way():
    names = ["committee", "committee.own", "team", "team.own"]
    base = replace(
        BASE,
        themes=tuple(
            replace(one, id=name) for one, name in zip(BASE.themes[:4], names, strict=True)
        ),
    )
    team = TeamChanges(added=(Added("gone", own("team.1")),))
    made = compose(base, required=[Required(own=own("c.noise"))], team=team).document
    assert [one.id for one in made.themes[4:]] == ["committee.own-2", "team.own-2"]
    assert parse(to_json(made)) == made


def test_a_committee_makes_an_item_mandatory_and_adds_its_own():
    made = compose(BASE, required=[Required(OTHERS[0]), Required(own=own("c.noise"))])
    one, added = made.document.item(OTHERS[0]), made.document.item("c.noise")
    assert (one.mandatory, one.short, one.mandatory_by) == (True, True, "committee")
    assert (added.mandatory, added.added_by) == (True, "committee")
    assert made.document.themes[-1].id == "committee"
    assert compose(BASE, required=[Required("gone")]).misfits == (Misfit("gone", "required-gone"),)


def test_what_the_frame_asks_no_longer_is_asked_all_the_same_where_a_committee_requires_it():
    gone = replace(own("tasks.noise"), type="life_phase")
    twice = [Required("tasks.noise", own=gone), Required("tasks.noise", own=gone)]
    made = compose(replace(BASE, scale=BASE.scale), required=twice)
    item = made.document.item("tasks.noise")
    assert (item.type, item.mandatory, item.mandatory_by) == ("scale", True, "committee")
    assert [one.id for one in made.document.themes[-1].items] == ["tasks.noise"]
    assert made.misfits == ()
    assert parse(to_json(made.document)) == made.document


def test_what_is_answered_together_cannot_be_mandatory_and_that_is_told():
    made = compose(BASE, required=[Required("goals.focus")])
    assert made.document == BASE
    assert made.misfits == (Misfit("goals.focus", "required-together"),)


def test_very_many_of_everything_can_be_read_again():
    words = {"da": "Hvad?"}
    full = tuple(
        Theme(
            f"t-{n}",
            "questions",
            words,
            "now",
            ("employee", "leader"),
            tuple(
                replace(own(f"t-{n}.{i}"), help=(words,) * (0 if i else 100)) for i in range(100)
            ),
        )
        for n in range(100)
    )
    base = replace(BASE, themes=full, life_phases=())
    parse(to_json(base), own=True)
    required = [Required(own=own(f"c.{n}")) for n in range(230)]
    team = TeamChanges(
        added=tuple(Added("t-1", own(f"team.{n}")) for n in range(10)),
        help={"t-1.0": (words,) * 100},
    )
    made = compose(base, required=required, team=team).document
    assert parse(to_json(made)) == made
    assert {f"c.{n}" for n in range(230)} == {item.id for item in made.items if item.mandatory}
    assert len(made.items) == 10_000 + 230 + 10


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


BASES = [BASE, standard.load("mus-short"), standard.load("mus-bpa"), standard.load("mus-phases")]
TYPES = st.sampled_from(["text", "scale", "life_phase", "agreements"])


@st.composite
def whole_frames(draw):
    """A standard frame, or one that nobody wrote."""
    return draw(st.sampled_from(BASES) | frames().map(parse))


@settings(max_examples=60)
@given(whole_frames(), st.data())
def test_any_frame_with_anything_in_it_is_read_again_and_keeps_what_is_mandatory(base, data):
    names = [*[item.id for item in base.items], *[one.id for one in base.themes], "team", "c.9"]
    anything = st.builds(
        lambda name, kind: replace(own(name), type=kind), st.sampled_from(names), TYPES
    )
    parts = st.sampled_from(["text", "scale"])
    period = data.draw(
        st.none()
        | st.lists(
            st.builds(lambda n, k: replace(own(n), type=k), st.sampled_from(names), parts),
            min_size=1,
            max_size=3,
            unique_by=lambda item: item.id,
        ).map(lambda items: theme(*items, name=data.draw(st.sampled_from(names))))
    )
    required = data.draw(
        st.lists(
            st.builds(Required, item=st.sampled_from(names))
            | st.builds(lambda one: Required(own=one), anything)
            | st.builds(lambda one: Required(one.id, own=one), anything),
            max_size=6,
        )
    )
    team = data.draw(
        st.builds(
            TeamChanges,
            hidden=st.frozensets(st.sampled_from(names)),
            themes=st.permutations([one.id for one in base.themes]).map(tuple),
            order=st.permutations([item.id for item in base.items]).map(tuple),
            added=st.lists(st.builds(Added, st.sampled_from(names), anything), max_size=4).map(
                tuple
            ),
        )
    )
    made = compose(base, theme=period, required=required, team=team)
    document = made.document
    assert parse(to_json(document)) == document
    must = {
        item.id
        for one in base.themes
        for item in one.items
        if item.mandatory and (period is None or one.kind != "organisation")
    }
    told = {one.what for one in made.misfits}
    fixed = compose(base, theme=period).document
    for one in required:
        if one.own is None and fixed.find(one.item) is not None:
            must |= {one.item} - told
    mandatory = [item for item in document.items if item.mandatory]
    assert must <= {item.id for item in mandatory}
    said = [item.text["da"] for item in mandatory]
    for one in required:
        if one.own is not None and fixed.find(one.item) is None:
            assert one.own.text["da"] in said
    assert compose(base, theme=period, required=required, team=team) == made
    untouched = compose(base, theme=period, required=required).document
    kept = [one.id for one in base.themes if one.kind != "organisation"]
    assert [one.id for one in untouched.themes if one.id in kept] == kept
