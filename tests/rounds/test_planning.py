"""Planning a round: dates, who is left out and why, rulings, copying (rows C4, E2, E4)."""

import datetime as dt

import pytest

from musling.foundation.fingerprints import ChangedMeanwhile, fingerprint
from musling.foundation.problems import NotThere, Refused
from musling.rounds.actions import choosing, opening, planning
from musling.rounds.models import Covered, FormChoice, LeftOut, Round, Ruling, Step
from musling.rounds.queries import preview
from tests.cast import Cast
from tests.rounds.planned import planned, worked

pytestmark = [pytest.mark.django_db, pytest.mark.row("C4")]


def plan_of(row: Round, **facts) -> planning.Plan:
    names = ("name", "kind", "year", "starts_on", "ends_on", "default_form", "choose_by")
    return planning.Plan(**{**{name: getattr(row, name) for name in names}, **facts})


def test_a_round_gets_its_five_steps_around_its_dates(cast: Cast):
    row = planned(cast)
    steps = {step.number: step for step in Step.objects.filter(round=row)}
    assert set(steps) == {1, 2, 3, 4, 5}
    assert steps[1].due_on < steps[2].due_on < steps[3].due_on == row.starts_on
    assert steps[5].due_on > row.ends_on
    assert [n for n, step in steps.items() if step.by_itself] == [1, 2]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " "}, "name"),
        ({"kind": "nothing"}, "kind"),
        ({"ends_on": dt.date(2020, 1, 1)}, "ends_on"),
        ({"ends_on": dt.date(2099, 1, 1)}, "ends_on"),
        ({"choose_by": dt.date(2099, 1, 1)}, "choose_by"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(cast: Cast, facts, field):
    with pytest.raises(Refused) as refused:
        planned(cast, **facts)
    assert refused.value.field == field
    assert not Round.objects.exists()


def test_two_rounds_of_a_year_have_two_names(cast: Cast):
    planned(cast, name="MUS")
    with pytest.raises(Refused) as refused:
        planned(cast, name="MUS ")
    assert refused.value.field == "name"


def test_two_who_change_the_plan_do_not_overwrite_each_other(cast: Cast):
    row = planned(cast)
    seen = fingerprint(row, planning.FIELDS)
    planning.change_round(
        cast.hr.actor, plan_of(row, name="MUS, efterår"), public_id=row.public_id, seen=seen
    )
    with pytest.raises(ChangedMeanwhile):
        planning.change_round(
            cast.hr.actor, plan_of(row, name="Noget andet"), public_id=row.public_id, seen=seen
        )


def test_moving_the_round_moves_the_steps_that_are_not_done(cast: Cast):
    row = planned(cast)
    before = dict(Step.objects.filter(round=row).values_list("number", "due_on"))
    week = dt.timedelta(7)
    moved = plan_of(row, starts_on=row.starts_on + week, ends_on=row.ends_on + week)
    planning.change_round(cast.hr.actor, moved, public_id=row.public_id)
    after = dict(Step.objects.filter(round=row).values_list("number", "due_on"))
    assert after == {number: day + week for number, day in before.items()}


def test_who_is_left_out_is_left_out_with_a_reason(cast: Cast):
    row = planned(cast)
    before = preview(cast.hr.actor, row)
    with pytest.raises(Refused) as refused:
        planning.leave_out(
            cast.hr.actor, public_id=row.public_id, by="unit", unit=cast.unit, reason=" "
        )
    assert refused.value.field == "reason"
    planning.leave_out(
        cast.hr.actor, public_id=row.public_id, by="unit", unit=cast.unit, reason="Lukker"
    )
    found = preview(cast.hr.actor, row)
    assert found.people < before.people
    assert found.people + found.scoped_out == before.people + before.scoped_out
    again = LeftOut.objects.get()
    planning.take_in_again(cast.hr.actor, public_id=row.public_id, left_out=again.pk)
    assert preview(cast.hr.actor, row).people == before.people


def test_a_title_is_left_out_whatever_its_case(cast: Cast):
    row = planned(cast)
    planning.leave_out(
        cast.hr.actor, public_id=row.public_id, by="title", words="ASSISTENT", reason="Egen runde"
    )
    assert preview(cast.hr.actor, row).people == 0


def test_a_unit_of_another_organisation_cannot_be_named(cast: Cast):
    row = planned(cast)
    foreign = cast.neighbour.employment.unit
    with pytest.raises(NotThere):
        planning.cover_unit(cast.hr.actor, public_id=row.public_id, unit=foreign)
    with pytest.raises(Refused):
        planning.leave_out(
            cast.hr.actor, public_id=row.public_id, by="unit", unit=foreign, reason="x"
        )


def test_covering_a_unit_leaves_the_rest(cast: Cast):
    row = planned(cast)
    planning.cover_unit(cast.hr.actor, public_id=row.public_id, unit=cast.unit)
    found = preview(cast.hr.actor, row)
    assert cast.leaders_leader.profile.pk in found.leaders  # leads the unit's leader
    planning.uncover_unit(cast.hr.actor, public_id=row.public_id, unit=cast.unit)
    assert preview(cast.hr.actor, row).people > found.people


def test_rulings_change_what_is_done(cast: Cast):
    cast.employee.employment.pay = "hourly"
    cast.employee.employment.save()
    row = planned(cast)
    before = preview(cast.hr.actor, row)
    planning.rule_on(cast.hr.actor, public_id=row.public_id, answers={"hourly": "leave_out"})
    found = preview(cast.hr.actor, row)
    assert (found.people, found.out["hourly"]) == (before.people - 1, 1)
    with pytest.raises(Refused):
        planning.rule_on(cast.hr.actor, public_id=row.public_id, answers={"hourly": "destroy"})


def test_last_years_round_is_copied_with_everything_but_what_was_done(cast: Cast):
    row = planned(cast, choose_by=cast.hr.actor.today)
    planning.cover_unit(cast.hr.actor, public_id=row.public_id, unit=cast.unit)
    planning.leave_out(
        cast.hr.actor, public_id=row.public_id, by="title", words="Vikar", reason="Egen runde"
    )
    planning.rule_on(cast.hr.actor, public_id=row.public_id, answers={"new": "offer"})
    planning.change_step(
        cast.hr.actor,
        public_id=row.public_id,
        number=2,
        due_on=row.starts_on,
        by_itself=False,
        texts={"da": "Kære alle", "en": ""},
    )
    planning.tick_tasks(cast.hr.actor, public_id=row.public_id, number=1, done=["purpose", "none"])
    made = planning.copy_round(cast.hr.actor, public_id=row.public_id)
    assert (made.copied_from, made.year) == (row, row.year + 1)
    assert made.starts_on.year == row.starts_on.year + 1
    assert Covered.objects.get(round=made).unit == cast.unit
    assert LeftOut.objects.get(round=made).words == "Vikar"
    assert Ruling.objects.get(round=made).answer == "offer"
    steps = {step.number: step for step in Step.objects.filter(round=made)}
    assert (steps[2].texts, steps[2].by_itself) == ({"da": "Kære alle"}, False)
    assert steps[1].ticked == []
    assert Step.objects.get(round=row, number=1).ticked == ["purpose"]


def test_a_copy_is_made_once_however_often_it_is_pressed(cast: Cast):
    row, hr = planned(cast), cast.hr.actor
    made = planning.copy_round(hr, public_id=row.public_id)
    assert planning.copy_round(hr, public_id=row.public_id) == made
    Round.objects.filter(pk=made.pk).update(made_at=made.made_at - planning.A_PRESS)
    assert planning.copy_round(hr, public_id=row.public_id) != made


def test_an_open_round_keeps_its_plan(cast: Cast):
    row = planned(cast)
    opening.open_round(cast.hr.actor, public_id=row.public_id)
    worked()
    hr, id_ = cast.hr.actor, row.public_id
    for deed in (
        lambda: planning.change_round(hr, plan_of(row), public_id=id_),
        lambda: planning.cover_unit(hr, public_id=id_, unit=cast.unit),
        lambda: planning.leave_out(hr, public_id=id_, by="title", words="x", reason="y"),
        lambda: planning.rule_on(hr, public_id=id_, answers={}),
        lambda: planning.remove_round(hr, public_id=id_),
    ):
        with pytest.raises(Refused):
            deed()


def test_a_round_that_nobody_was_told_of_can_be_removed(cast: Cast):
    row = planned(cast)
    copied = planning.copy_round(cast.hr.actor, public_id=row.public_id)
    planning.remove_round(cast.hr.actor, public_id=row.public_id)
    copied.refresh_from_db()
    assert copied.copied_from is None
    assert not Step.objects.filter(round_id=row.pk).exists()


@pytest.mark.row("E4")
def test_each_units_leader_chooses_the_form_until_the_date(cast: Cast, monkeypatch):
    row = planned(cast, choose_by=cast.hr.actor.today)
    unit = cast.unit.public_id
    with pytest.raises(NotThere):  # not told of it yet
        choosing.choose_form(cast.leader.actor, public_id=row.public_id, unit=unit, form="both")
    Step.objects.filter(round=row, number=1).update(done_at=cast.hr.actor.at)
    choosing.choose_form(cast.leader.actor, public_id=row.public_id, unit=unit, form="both")
    assert FormChoice.objects.get().form == "both"
    assert [one.unit for one in choosing.forms_chosen(row)] == [cast.unit]
    for who in (cast.employee, cast.leaders_leader, cast.hr):
        with pytest.raises(NotThere):
            choosing.choose_form(who.actor, public_id=row.public_id, unit=unit, form="group")
    with pytest.raises(Refused):
        choosing.choose_form(cast.leader.actor, public_id=row.public_id, unit=unit, form="none")
    Round.objects.update(choose_by=cast.hr.actor.today - dt.timedelta(1))
    with pytest.raises(Refused):
        choosing.choose_form(cast.leader.actor, public_id=row.public_id, unit=unit, form="group")
