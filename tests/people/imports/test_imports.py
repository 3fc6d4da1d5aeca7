"""What an import makes of people and units, and what it leaves alone."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from musling.activity.models import Activity
from musling.foundation import bulk, clock
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.organisations.models import Organisation, Unit
from musling.people.imports import apply_import, plan_import, writing
from musling.people.leading import Leaders, Problem
from musling.people.models import Activation, Employment, Leadership, Person, Profile
from tests.people.imports.lists import (
    counts,
    everybody,
    people,
    person,
    rejected,
    tree,
    unit,
    units,
    vacant,
    without,
)
from tests.people.workplace import Workplace

pytestmark = pytest.mark.django_db


@pytest.fixture
def workplace() -> Workplace:
    """An organisation without units and people."""
    return Workplace()


@pytest.fixture
def program(workplace: Workplace) -> Actor:
    """Whoever runs the server, at the command line."""
    return Actor(None, 0, workplace.organisation.pk, clock.now())


@pytest.fixture
def brought_in(program: Actor) -> Actor:
    """The whole list is in."""
    apply_import(program, people(everybody()), units(tree()))
    return program


def everything() -> dict[str, list[dict[str, Any]]]:
    """All that an import could change, log included."""
    models = (Organisation, Unit, Person, Profile, Employment, Leadership, Activation, Activity)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def employment(number: str) -> Employment:
    return Employment.objects.select_related("profile", "unit").get(number=number)


def leader_of(number: str, on: dt.date | None = None) -> str:
    """The nearest leader's employment number, or empty."""
    one = employment(number)
    found = Leaders(one.organisation_id, on or clock.today()).of(one)
    return "" if isinstance(found, Problem) else found.number


def tomorrow(actor: Actor, days: int = 1) -> Actor:
    """The same, some days later; the tests' clock has moved along."""
    clock.move(dt.timedelta(days=days))
    return Actor(actor.person_id, actor.profile_id, actor.organisation_id, clock.now())


@pytest.fixture(autouse=True)
def _clock_back() -> Any:
    yield
    clock.reset()


# --- in, and again ---------------------------------------------------------------------------


def test_the_first_import_makes_profiles_employments_and_leaders(program: Actor) -> None:
    plan = apply_import(program, people(everybody()), units(tree()))
    assert (counts(plan), counts(plan, "units")) == ((6, 0, 0, 0), (4, 0, 0, 0))
    assert plan.rejected == []
    signe = employment("A-4")
    assert (signe.profile.name, signe.profile.email) == ("Signe Bøgh", "signe@havneby.example")
    assert (signe.profile.number, signe.profile.mobile) == ("P-4", "12345678")
    assert (signe.unit.name, signe.title, signe.pay) == ("Skovbrynet", "Pædagog", "monthly")
    assert (signe.starts_on, signe.ends_on) == (dt.date(2020, 2, 1), None)
    assert (signe.imported, signe.profile.imported) == (True, True)
    assert (signe.agreement, signe.profile.language) == ("BUPL", "da")
    assert [leader_of(f"A-{n}") for n in range(1, 7)] == ["", "A-1", "A-2", "A-3", "A-3", "A-2"]


def test_paths_lead_from_the_top_to_the_unit(brought_in: Actor) -> None:
    ids = dict(Unit.objects.values_list("number", "pk"))
    assert dict(Unit.objects.values_list("number", "path")) == {
        "1": f"/{ids['1']}/",
        "10": f"/{ids['1']}/{ids['10']}/",
        "11": f"/{ids['1']}/{ids['10']}/{ids['11']}/",
        "12": f"/{ids['1']}/{ids['10']}/{ids['12']}/",
    }


def test_units_may_come_in_any_order(program: Actor) -> None:
    plan = apply_import(program, people(everybody()), units(tree()[::-1]))
    assert (counts(plan, "units"), plan.rejected) == ((4, 0, 0, 0), [])
    assert Unit.objects.get(number="11").parent.number == "10"


@pytest.mark.parametrize("days", [0, 1, 400])
def test_the_same_file_again_changes_nothing(brought_in: Actor, days: int) -> None:
    before = everything()
    actor = tomorrow(brought_in, days)
    plan = apply_import(actor, people(everybody()), units(tree()))
    assert (counts(plan), counts(plan, "units")) == ((0, 0, 6, 0), (0, 0, 4, 0))
    assert everything() == before


def test_without_a_unit_file_the_same_file_changes_nothing(brought_in: Actor) -> None:
    before = everything()
    assert counts(apply_import(brought_in, people(everybody()))) == (0, 0, 6, 0)
    assert everything() == before


def test_a_plan_changes_nothing_and_says_what_will_be_done(brought_in: Actor) -> None:
    before = everything()
    lines = [person("1"), person("2", title="Direktør"), person("7"), person("4", to="01-01-2025")]
    lists = people(lines), units([*tree(), unit("13", parent_id="1")])
    planned = plan_import(brought_in, *lists)
    assert everything() == before
    assert counts(planned) == (1, 1, 1, 4)
    assert [one.number for one in planned.employments("created")] == ["A-7"]
    assert [one.number for one in planned.employments("updated")] == ["A-2"]
    assert [one.number for one in planned.employments("ended")] == ["A-4"]
    assert sorted(one.number for one in planned.ending) == ["A-3", "A-5", "A-6"]
    assert [one.number for one in planned.changed_units("created")] == ["13"]
    done = apply_import(brought_in, *lists)
    assert done.as_json() == planned.as_json()


def test_what_changed_is_brought_in(brought_in: Actor) -> None:
    changed = person(
        "4",
        last_name="Bøgh Holm",
        title="Afdelingsleder",
        unit_id="12",
        mobile="+45 87 65 43 21",
        pay="timeløn",
        leave_from="1.3.2026",
        leave_until="31.8.2026",
        agreement="HK",
        to="31-12-2099",
    )
    lines = [changed if one["employment_id"] == "A-4" else one for one in everybody()]
    assert counts(apply_import(brought_in, people(lines))) == (0, 1, 5, 0)
    signe = employment("A-4")
    assert (signe.unit.number, signe.title, signe.pay) == ("12", "Afdelingsleder", "hourly")
    assert (signe.leave_from, signe.leave_until) == (dt.date(2026, 3, 1), dt.date(2026, 8, 31))
    assert (signe.profile.last_name, signe.profile.mobile) == ("Bøgh Holm", "+4587654321")
    assert (signe.agreement, signe.ends_on) == ("HK", dt.date(2099, 12, 31))
    assert counts(apply_import(brought_in, people(lines))) == (0, 0, 6, 0)


def test_an_empty_cell_says_none_and_a_missing_column_says_nothing(brought_in: Actor) -> None:
    columns = (
        "email",
        "mobile",
        "title",
        "from",
        "to",
        "pay",
        "agreement",
        "language",
        "last_name",
    )
    before = everything()
    assert counts(apply_import(brought_in, people(without(everybody(), *columns)))) == (0, 0, 6, 0)
    assert everything() == before
    emptied = everybody(email="", mobile="", title="", agreement="", **{"from": ""})
    assert counts(apply_import(brought_in, people(emptied))) == (0, 6, 0, 0)
    signe = employment("A-4")
    assert (signe.profile.email, signe.profile.mobile, signe.title) == ("", "", "")
    # Nobody has no first day: an empty one leaves it as it was.
    assert signe.starts_on == dt.date(2020, 2, 1)


def test_without_a_start_an_employment_starts_today(program: Actor) -> None:
    apply_import(program, people([person("4", **{"from": ""})]), units(vacant()))
    assert employment("A-4").starts_on == clock.today()
    before = everything()
    apply_import(tomorrow(program), people([person("4", **{"from": ""})]), units(vacant()))
    assert everything() == before


# --- who may ---------------------------------------------------------------------------------


def test_only_hr_of_the_organisation_may_import(workplace: Workplace) -> None:
    unit_ = workplace.unit("Skovbrynet", number="11")
    employee = workplace.actor(workplace.employ("Eva Ek", unit_).profile)
    hr = workplace.hr()
    stranger = Workplace("sandvig").hr("Nabo Nielsen")
    elsewhere = Actor(stranger.person_id, stranger.profile_id, hr.organisation_id, clock.now())
    for actor in (employee, elsewhere):
        with pytest.raises(NotThere):
            plan_import(actor, people([person("4")]))
        with pytest.raises(NotThere):
            apply_import(actor, people([person("4")]))
    assert counts(apply_import(hr, people([person("4")]))) == (1, 0, 0, 0)


def test_another_organisation_is_not_touched(brought_in: Actor) -> None:
    """The same numbers mean other people there."""
    other = Workplace("sandvig")
    other.employ(
        other.profile("Nabo Nielsen", number="P-4"), other.unit("N", number="11"), number="A-4"
    )
    theirs = list(Profile.objects.filter(organisation=other.organisation).values())
    apply_import(brought_in, people([person("4", first_name="Ny")]))
    assert list(Profile.objects.filter(organisation=other.organisation).values()) == theirs
    plan = apply_import(
        Actor(None, 0, other.organisation.pk, clock.now()), people([person("9", unit_id="12")])
    )
    assert rejected(plan) == [("people.csv", 2, "unit_id")]


# --- rejected rows ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (person("9", unit_id="99"), "unit_id"),
        (person("9", email="ikke en adresse"), "email"),
        (person("9", person_id="010190-1234"), "person_id"),
        (person("9", person_id="P-4"), "person_id"),
        (person("4", unit_id="99"), "unit_id"),
        (person("4", person_id="P-9"), "person_id"),
        (person("4", title="x" * 200), "title"),
    ],
    ids=[
        "unknown unit",
        "bad e-mail",
        "CPR",
        "number of somebody else",
        "known person in unknown unit",
        "employment of somebody else",
        "too long",
    ],
)
def test_a_rejected_row_changes_nothing_and_stops_no_other(
    brought_in: Actor, line: dict[str, str], column: str
) -> None:
    rest = [one for one in everybody() if one["employment_id"] != line["employment_id"]]
    before = everything()
    plan = apply_import(brought_in, people([*rest, line]))
    assert rejected(plan) == [("people.csv", len(rest) + 2, column)]
    assert counts(plan) == (0, 0, len(rest), 0)
    assert everything() == before
    added = apply_import(brought_in, people([*rest, line, person("8")]))
    assert counts(added) == (1, 0, len(rest), 0)


def test_two_people_with_one_number_are_not_mixed(program: Actor) -> None:
    """They would share a profile, and read each other's talks."""
    lines = [person("4"), person("5", person_id="P-4")]
    plan = apply_import(program, people(lines), units(without(tree(), "leader_employment_id")))
    assert rejected(plan) == [("people.csv", 3, "person_id")]
    assert list(Profile.objects.values_list("first_name", flat=True)) == ["Signe"]


def test_rejected_rows_are_told_file_by_file_and_row_by_row(program: Actor) -> None:
    lines = [person("4", unit_id="99"), person("5", email="x"), person("6"), person("3")]
    found = [*tree()[1:], vacant()[0], unit("20", parent_id="98"), unit("", name="x")]
    plan = apply_import(program, people(lines), units(found))
    assert rejected(plan) == [
        ("people.csv", 2, "unit_id"),
        ("people.csv", 3, "email"),
        ("people.csv", 4, "unit_id"),
        ("people.csv", 5, "unit_id"),
        ("units.csv", 2, "leader_employment_id"),
        ("units.csv", 3, "parent_id"),
        ("units.csv", 4, "parent_id"),
        ("units.csv", 6, "parent_id"),
        ("units.csv", 7, "unit_id"),
    ]
    # What went along with another row names it: the tree hangs on row 2, people on rows 3 and 4.
    named = [
        next((row for row in range(2, 8) if f"{row} " in one.problem), 0) for one in plan.rejected
    ]
    assert named == [0, 0, 4, 3, 0, 2, 2, 0, 0]


# --- who left, who is back -------------------------------------------------------------------


def test_who_is_in_the_list_no_more_ends_today(brought_in: Actor) -> None:
    rest = [one for one in everybody() if one["employment_id"] not in {"A-3", "A-6"}]
    actor = tomorrow(brought_in)
    plan = apply_import(actor, people(rest))
    assert counts(plan) == (0, 0, 4, 2)
    assert (employment("A-6").ends_on, employment("A-4").ends_on) == (actor.today, None)
    # Who led leads to the end of the day, then the post is vacant.
    assert leader_of("A-4") == "A-3"
    assert leader_of("A-4", actor.today + dt.timedelta(days=1)) == "A-2"
    assert Leadership.objects.get(employment__number="A-3").ends_on == actor.today
    before = everything()
    assert counts(apply_import(tomorrow(actor), people(rest))) == (0, 0, 4, 0)
    assert everything() == before


def test_whoever_was_added_by_hand_does_not_end(workplace: Workplace, brought_in: Actor) -> None:
    workplace.employ("Eva Ek", Unit.objects.get(number="12"), number="H-1")
    assert counts(apply_import(brought_in, people(everybody()))) == (0, 0, 6, 0)
    assert employment("H-1").ends_on is None


def test_an_employment_added_by_hand_is_the_imports_once_it_is_listed(
    workplace: Workplace, brought_in: Actor
) -> None:
    by_hand = workplace.profile("Navn7 Jensen", number="P-7")
    workplace.employ(by_hand, Unit.objects.get(number="11"), number="A-7")
    plan = apply_import(brought_in, people([*everybody(), person("7")]))
    assert counts(plan) == (0, 1, 6, 0)
    assert counts(apply_import(brought_in, people(everybody()))) == (0, 0, 6, 1)
    assert Profile.objects.filter(first_name="Navn7").count() == 1


def test_an_end_in_the_list_ends(brought_in: Actor) -> None:
    actor = tomorrow(brought_in)
    last = actor.today - dt.timedelta(days=3)
    lines = [person("3", to=last.strftime("%d-%m-%Y")), *everybody()[:2], *everybody()[3:]]
    assert counts(apply_import(actor, people(lines), units(tree()))) == (0, 0, 5, 1)
    assert employment("A-3").ends_on == last
    assert leader_of("A-4") == "A-2"
    # The list of units names a leader who has gone: said, and the unit stays as it is.
    again = apply_import(actor, people(lines), units(tree()))
    assert (counts(again), rejected(again)) == (
        (0, 0, 6, 0),
        [("units.csv", 4, "leader_employment_id")],
    )


def test_nobody_ends_because_of_a_row_that_was_rejected(brought_in: Actor) -> None:
    """Neither by the file alone (bad e-mail) nor by what the database says (unknown unit)."""
    lines = [*everybody()[:4], person("5", email="x"), person("6", unit_id="99")]
    plan = apply_import(brought_in, people(lines))
    assert (counts(plan), len(plan.rejected)) == ((0, 0, 4, 0), 2)
    assert Employment.objects.filter(ends_on=None).count() == 6


def test_without_a_list_of_people_nobody_ends(brought_in: Actor) -> None:
    plan = apply_import(brought_in, None, units([*tree(), unit("13", parent_id="1")]))
    assert (counts(plan), counts(plan, "units")) == ((0, 0, 0, 0), (1, 0, 4, 0))
    assert Employment.objects.filter(ends_on=None).count() == 6


def test_whoever_comes_back_under_the_same_number_goes_on(brought_in: Actor) -> None:
    rest = [one for one in everybody() if one["employment_id"] != "A-4"]
    apply_import(brought_in, people(rest))
    pk = employment("A-4").pk
    actor = tomorrow(brought_in, 90)
    assert counts(apply_import(actor, people(everybody()))) == (0, 1, 5, 0)
    assert (employment("A-4").pk, employment("A-4").ends_on) == (pk, None)
    apply_import(actor, people(rest))
    back = without([*rest, person("4")], "to")
    assert counts(apply_import(tomorrow(actor), people(back))) == (0, 1, 5, 0)
    assert employment("A-4").ends_on is None


def test_whoever_comes_back_under_a_new_number_keeps_the_profile(brought_in: Actor) -> None:
    rest = [one for one in everybody() if one["employment_id"] != "A-4"]
    again = person("4", employment_id="A-400", **{"from": "1.1.2026"})
    assert counts(apply_import(brought_in, people([*rest, again]))) == (1, 0, 5, 1)
    assert employment("A-400").profile_id == employment("A-4").profile_id


def test_access_closed_by_leaving_opens_again_and_access_closed_by_hr_does_not(
    brought_in: Actor,
) -> None:
    rest = [one for one in everybody() if one["employment_id"] != "A-4"]
    apply_import(brought_in, people(rest))
    actor = tomorrow(brought_in, 2)
    Profile.objects.filter(number__in=["P-4", "P-5"]).update(disabled_at=clock.now())
    assert counts(apply_import(actor, people(everybody()))) == (0, 1, 5, 0)
    assert Profile.objects.get(number="P-4").disabled_at is None
    assert Profile.objects.get(number="P-5").disabled_at is not None
    opened = Activity.objects.filter(verb="person.access_opened")
    assert [one.about_id for one in opened] == [employment("A-4").profile_id]


# --- the brake -------------------------------------------------------------------------------


def many(count: int) -> list[dict[str, str]]:
    return [person(str(number), unit_id="11") for number in range(100, 100 + count)]


def test_more_than_a_fifth_end_only_if_that_is_said(program: Actor) -> None:
    apply_import(program, people(many(200)), units(vacant()))
    before = everything()
    cut_off = people(many(159))
    assert plan_import(program, cut_off).ends_too_many
    with pytest.raises(Refused, match=r"41 .* 200 "):
        apply_import(program, cut_off)
    assert everything() == before
    assert counts(apply_import(program, cut_off, allow_ending=True)) == (0, 0, 159, 41)


def test_a_fifth_or_fewer_end_without_a_word(program: Actor) -> None:
    apply_import(program, people(many(200)), units(vacant()))
    assert counts(apply_import(program, people(many(160)))) == (0, 0, 160, 40)


def test_where_few_are_employed_one_who_leaves_is_no_sign_of_a_broken_file(program: Actor) -> None:
    """A citizen with four helpers; and two dozen of any number."""
    apply_import(program, people(many(26)), units(vacant()))
    assert counts(apply_import(program, people(many(2)))) == (0, 0, 2, 24)
    assert not plan_import(program, people(many(1))).ends_too_many


def test_ends_that_the_list_states_need_no_word(program: Actor) -> None:
    apply_import(program, people(many(60)), units(vacant()))
    ended = [one | {"to": "01-02-2026"} for one in many(60)]
    assert counts(apply_import(program, people(ended))) == (0, 0, 0, 60)


# --- several employments ---------------------------------------------------------------------


@pytest.mark.row("X9")
def test_two_employments_of_one_person_are_one_profile(program: Actor) -> None:
    second = person("4", employment_id="B-4", unit_id="12", title="Vikar", email="")
    apply_import(program, people([*everybody(), second]), units(tree()))
    assert employment("B-4").profile_id == employment("A-4").profile_id
    assert Profile.objects.get(number="P-4").email == "signe@havneby.example"
    assert (leader_of("A-4"), leader_of("B-4")) == ("A-3", "A-2")
    before = everything()
    plan = apply_import(program, people([second, *everybody()]))
    assert (counts(plan), everything()) == ((0, 0, 7, 0), before)
    # One of them ends; the person stays, with what the other row says.
    assert counts(apply_import(program, people([second, *everybody()[:3]]))) == (0, 1, 3, 3)
    assert Profile.objects.get(number="P-4").email == ""
    assert (employment("A-4").ends_on is None, employment("B-4").ends_on) == (False, None)


# --- log-ins (T35) ---------------------------------------------------------------------------


@pytest.fixture
def linked(workplace: Workplace, brought_in: Actor) -> Profile:
    """Signe has taken her log-in into use, with an address of her own."""
    log_in = Person.objects.create_user("signe@private.example", "password-of-signe")
    Profile.objects.filter(number="P-4").update(person=log_in, linked_at=clock.now())
    return Profile.objects.get(number="P-4")


@pytest.mark.row("A6")
def test_no_import_touches_a_log_in(brought_in: Actor, linked: Profile) -> None:
    """T35: a new work e-mail goes to the profile; the log-in stays, and its holder is told."""
    log_ins = list(Person.objects.values())
    lines = [person("4", email="thief@havneby.example", last_name="Tyv"), *everybody()[4:]]
    lines += [person("8", email="signe@private.example"), *everybody()[:3]]
    apply_import(brought_in, people(lines))
    assert list(Person.objects.values()) == log_ins
    signe = Profile.objects.get(number="P-4")
    assert (signe.email, signe.person_id) == ("thief@havneby.example", linked.person_id)
    # Who has the address of a log-in as work e-mail is not linked to it.
    assert Profile.objects.get(number="P-8").person_id is None
    told = Activity.objects.filter(verb="person.email_changed")
    assert [(one.object_id, one.about_id, one.more) for one in told] == [(signe.pk, signe.pk, {})]


def test_a_new_work_address_ends_what_was_mailed_to_the_old_one(brought_in: Actor) -> None:
    """T35: not a slip, which was handed over on paper; and nobody is told who has no log-in."""
    bo = Profile.objects.get(number="P-6")
    for how in ("mail", "slip"):
        Activation.objects.create(
            organisation=bo.organisation,
            profile=bo,
            how=how,
            made_at=clock.now(),
            expires_at=clock.now() + dt.timedelta(days=14),
        )
    lines = [*everybody()[:5], person("6", email="bo.holm@havneby.example")]
    apply_import(brought_in, people(lines))
    ended = dict(Activation.objects.values_list("how", "ended_at"))
    assert (ended["mail"] is not None, ended["slip"]) == (True, None)
    assert not Activity.objects.filter(verb="person.email_changed").exists()


def test_whoever_has_a_log_in_chose_a_language(brought_in: Actor, linked: Profile) -> None:
    Profile.objects.filter(pk=linked.pk).update(language="en")
    apply_import(brought_in, people(everybody()))
    assert Profile.objects.get(pk=linked.pk).language == "en"
    apply_import(brought_in, people(everybody(language="en")))
    assert set(Profile.objects.values_list("language", flat=True)) == {"en"}


def test_whoever_leads_no_more_is_logged_out(brought_in: Actor) -> None:
    log_in = Person.objects.create_user("lise@private.example", "password-of-lise")
    Profile.objects.filter(number="P-3").update(person=log_in)
    actor = tomorrow(brought_in)
    vacant = [*tree()[:2], unit("11", leader_employment_id=""), tree()[3]]
    apply_import(actor, people(everybody()), units(vacant))
    log_in.refresh_from_db()
    assert log_in.session_epoch == 1


# --- the log ---------------------------------------------------------------------------------


def test_every_deed_is_noted_with_ids_only(brought_in: Actor) -> None:
    noted = Activity.objects.values_list("verb", flat=True)
    assert sorted(noted) == sorted(
        ["unit.added"] * 4 + ["person.added", "employment.added"] * 6 + ["leadership.given"] * 3
    )
    assert set(Activity.objects.values_list("actor_id", "person_id")) == {(None, None)}
    ids = set(Employment.objects.values_list("pk", "profile_id"))
    added = Activity.objects.filter(verb="employment.added")
    assert set(added.values_list("object_id", "about_id")) == ids
    newest = Activity.objects.order_by("-pk").values_list("pk", flat=True)[0]
    lines = [person("2"), person("4", title="Vikar"), person("5", last_name="Ny"), person("6")]
    changed = [*tree()[:2], vacant(name="Nyt navn")[2], tree()[3]]
    apply_import(brought_in, people(lines), units(changed))
    noted = Activity.objects.filter(pk__gt=newest).values_list("verb", flat=True)
    assert sorted(noted) == [
        "employment.changed",
        "employment.ended",
        "employment.ended",
        "leadership.ended",
        "leadership.ended",
        "person.changed",
        "unit.changed",
    ]


# --- the cost --------------------------------------------------------------------------------


def test_the_number_of_queries_does_not_grow_with_the_rows(workplace: Workplace) -> None:
    """First import, changes, and an end: 6 rows and 300 take the same statements."""
    hr = workplace.hr()
    used = []
    for count in (6, 300):
        start = 1000 * count
        first = [person(str(start + n), unit_id="11") for n in range(count)]
        second = [one | {"title": "Ny", "email": f"ny{n}@a.example"} for n, one in enumerate(first)]
        led = tree(leader_employment_id=first[0]["employment_id"])
        renamed = [one | {"name": "Ny"} for one in led]
        lists = [(first, led), (second, renamed), (second[: count // 2], led)]
        sizes = []
        for lines, found in lists:
            with CaptureQueriesContext(connection) as queries:
                plan = apply_import(hr, people(lines), units(found), allow_ending=True)
            assert sum(counts(plan)) >= count
            sizes.append(len(queries))
        used.append(sizes)
        clear()
    assert used[0] == used[1]
    assert max(used[0]) < 70


def clear() -> None:
    """Takes units and people out again, so that the next round starts from nothing too."""
    Leadership.objects.all().delete()
    Employment.objects.all().delete()
    Profile.objects.filter(imported=True).delete()
    while Unit.objects.exists():
        Unit.objects.filter(children=None).delete()


def test_progress_is_told_to_its_end(program: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("musling.people.imports.writing.EACH", 4)
    told: list[tuple[int, int]] = []
    lists = people(everybody()), units(tree())
    apply_import(program, *lists, progress=lambda done, total: told.append((done, total)))
    assert told == [(4, 16), (8, 16), (12, 16), (16, 16), (16, 16)]


# --- all or nothing --------------------------------------------------------------------------


@pytest.mark.parametrize("table", [Unit, Profile, Employment, Leadership, Activity])
def test_a_fault_at_any_table_leaves_everything_as_it_was(
    brought_in: Actor, monkeypatch: pytest.MonkeyPatch, table: type[Model]
) -> None:
    before = everything()
    lines = [person("2", title="Ny"), person("7", unit_id="13"), *everybody()[3:]]
    lists = people(lines), units([*tree(), unit("13", parent_id="1", leader_employment_id="A-7")])
    write = bulk.insert

    def fail_at_the_table(model: type[Model], *rows: Any) -> None:
        if model is table:
            raise OSError("The disk is full.")
        write(model, *rows)

    monkeypatch.setattr(bulk, "insert", fail_at_the_table)
    with pytest.raises(OSError, match="disk"):
        apply_import(brought_in, *lists)
    assert everything() == before
    monkeypatch.undo()
    assert counts(apply_import(brought_in, *lists)) == (1, 1, 3, 2)


def test_what_somebody_else_added_in_the_meantime_is_not_overwritten(
    workplace: Workplace, brought_in: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HR adds the same employment by form, between the look and the writing."""
    before = everything()

    def plan_then_be_too_late(*lists: Any) -> Any:
        plan = plan_import(*lists)
        workplace.employ(Profile.objects.get(number="P-4"), Unit.objects.all()[0], number="A-7")
        return plan

    monkeypatch.setattr(writing, "plan_import", plan_then_be_too_late)
    with pytest.raises(Refused):
        apply_import(brought_in, people([*everybody(), person("7")]))
    assert everything() == before


@pytest.mark.parametrize("few", [1, 1000])
def test_few_and_many_rows_are_written_alike(
    program: Actor, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """PostgreSQL has two ways; from ``FEW`` rows on it is the temporary table."""
    monkeypatch.setattr(bulk, "FEW", few)
    apply_import(program, people(everybody()), units(tree()))
    lines = [person("2", title="Ny", email=""), person("7"), *everybody()[3:]]
    assert counts(apply_import(program, people(lines), units(tree(name="Ny")))) == (1, 1, 3, 2)
    assert counts(apply_import(program, people(lines), units(tree(name="Ny")))) == (0, 0, 5, 0)
    found = Employment.objects.order_by("number").values_list("number", "title", "ends_on")
    today = program.today
    assert list(found) == [
        ("A-1", "Pædagog", today),
        ("A-2", "Ny", None),
        ("A-3", "Pædagog", today),
        ("A-4", "Pædagog", None),
        ("A-5", "Pædagog", None),
        ("A-6", "Pædagog", None),
        ("A-7", "Pædagog", None),
    ]
    assert Activity.objects.filter(more={}).count() == Activity.objects.count()
