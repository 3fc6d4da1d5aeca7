"""The five steps, done by a click or on their day, and what leaders do in them (row C4)."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import translation

from musling.activity.models import Activity
from musling.foundation.problems import NotThere, Refused
from musling.rounds.actions import planning, rolling_out
from musling.rounds.actions.planning import Plan
from musling.rounds.five_steps import STEPS
from musling.rounds.models import FormSent, HelpAsked, Place, State, Step
from musling.rounds.queries import leaders_sending, my_rounds
from tests.cast import Cast, member
from tests.mail.post import deliver_when_due
from tests.rounds.planned import planned, worked

pytestmark = [pytest.mark.django_db, pytest.mark.row("C4")]


def about(verb: str) -> list[int]:
    return sorted(Activity.objects.filter(verb=verb).values_list("about_id", flat=True))


def step(cast: Cast, row, number: int) -> None:
    rolling_out.do_step(cast.hr.actor, public_id=row.public_id, number=number)
    worked()
    row.refresh_from_db()


@pytest.mark.row("C5")
def test_each_step_has_tasks_attention_and_a_question(cast: Cast):
    assert [step.number for step in STEPS] == [1, 2, 3, 4, 5]
    for one in STEPS:
        assert all((one.tasks, one.attention, one.questions))
        assert bool(one.text) == one.sends


def test_every_leader_is_told_once(cast: Cast, settings):
    row = planned(cast)
    planning.change_step(
        cast.hr.actor,
        public_id=row.public_id,
        number=1,
        due_on=row.starts_on,
        by_itself=True,
        texts={"da": "Afsæt tid i god tid."},
    )
    step(cast, row, 1)
    step(cast, row, 1)
    told = about("round.leader_told")
    assert told == sorted({cast.leader.profile.pk, cast.leaders_leader.profile.pk})
    deliver_when_due()
    bodies = [one.body for one in mail.outbox if one.to == [cast.leader.person.email]]
    assert ["Afsæt tid i god tid." in body for body in bodies] == [True]
    assert "MUS i år" not in mail.outbox[0].subject


def test_telling_the_employees_opens_the_round(cast: Cast):
    row = planned(cast)
    step(cast, row, 2)
    assert row.state == State.OPEN
    deliver_when_due()
    mine = [one for one in mail.outbox if one.to == [cast.employee.person.email]]
    assert len(mine) == 1
    with translation.override("da"):
        assert STEPS[1].ready_made() in mine[0].body


def test_the_rounds_own_word_for_who_leads_stands_in_mail_and_on_the_talks_page(cast: Cast, client):
    row = planned(cast, leader_word="afdelingsleder")
    step(cast, row, 2)
    deliver_when_due()
    mine = next(one for one in mail.outbox if one.to == [cast.employee.person.email])
    assert "din afdelingsleder" in mine.body
    assert "%" not in mine.body
    talk = Place.objects.get(employment=cast.employee.employment).conversation
    client.force_login(cast.employee.person)
    page = client.get(f"/havneby/talks/{talk.public_id}/").content.decode()
    assert "<dt>Afdelingsleder</dt><dd>Lars" in page


def test_nothing_is_sent_before_the_round_is_open(cast: Cast):
    row = planned(cast)
    for number in (3, 4, 5):
        with pytest.raises(Refused):
            rolling_out.do_step(cast.hr.actor, public_id=row.public_id, number=number)
    with pytest.raises(NotThere):
        rolling_out.do_step(cast.hr.actor, public_id=row.public_id, number=6)
    with pytest.raises(NotThere):
        rolling_out.do_step(cast.leader.actor, public_id=row.public_id, number=1)


def test_a_leader_sends_the_form_to_the_own_team_and_nobody_twice(cast: Cast):
    row = planned(cast)
    step(cast, row, 2)
    sent = rolling_out.send_form(cast.leader.actor, public_id=row.public_id)
    assert sent == len(about("conversation.form_sent")) > 1
    assert cast.employee.profile.pk in about("conversation.form_sent")
    assert cast.leader.profile.pk not in about("conversation.form_sent")
    assert rolling_out.send_form(cast.leader.actor, public_id=row.public_id) == 0
    found = leaders_sending(row)
    assert (found.leaders, found.sent) == (2, 1)
    assert [one.pk for one in found.missing] == [cast.leaders_leader.profile.pk]
    # HR in place of whoever has not: the rest, and nobody twice.
    step(cast, row, 3)
    assert len(about("conversation.form_sent")) == len(set(about("conversation.form_sent")))
    assert cast.leader.profile.pk in about("conversation.form_sent")
    assert FormSent.objects.filter(round=row).count() == 2
    for who in (cast.employee, cast.committee, cast.neighbour_leader):
        with pytest.raises(NotThere):
            rolling_out.send_form(who.actor, public_id=row.public_id)


def test_hr_sends_it_for_one_leader(cast: Cast):
    row = planned(cast)
    step(cast, row, 2)
    leader = cast.leader.profile.public_id
    rolling_out.send_form_for(cast.hr.actor, public_id=row.public_id, leader=leader)
    assert FormSent.objects.get().sent_by_id == cast.hr.profile.pk
    assert rolling_out.send_form(cast.leader.actor, public_id=row.public_id) == 0
    with pytest.raises(NotThere):
        rolling_out.send_form_for(
            cast.hr.actor, public_id=row.public_id, leader=cast.employee.profile.public_id
        )


def test_steps_run_by_themselves_on_their_day(cast: Cast):
    row = planned(cast)
    Step.objects.filter(round=row).update(due_on=cast.hr.actor.today + dt.timedelta(1))
    assert rolling_out.do_steps_of_today() == 0
    Step.objects.filter(round=row, number__lte=3).update(due_on=cast.hr.actor.today)
    assert rolling_out.do_steps_of_today() == 2  # the form waits for the leaders
    worked()
    row.refresh_from_db()
    assert row.state == State.OPEN
    done = Step.objects.filter(round=row, done_at__isnull=False)
    assert [(one.number, one.done_by_id) for one in done.order_by("number")] == [
        (1, None),
        (2, None),
    ]
    assert rolling_out.do_steps_of_today() == 0


def test_a_leader_asks_hr_for_help_and_hr_answers(cast: Cast):
    row = planned(cast)
    step(cast, row, 2)
    first = rolling_out.ask_for_help(cast.leader.actor, public_id=row.public_id)
    assert rolling_out.ask_for_help(cast.leader.actor, public_id=row.public_id) == first
    assert [one.help_asked for one in my_rounds(cast.leader.actor)] == [True]
    with pytest.raises(NotThere):
        rolling_out.answer_help(cast.leader.actor, asked=first.public_id)
    rolling_out.answer_help(cast.hr.actor, asked=first.public_id)
    rolling_out.answer_help(cast.hr.actor, asked=first.public_id)
    assert HelpAsked.objects.get().answered_by_id == cast.hr.profile.pk
    assert [one.help_asked for one in my_rounds(cast.leader.actor)] == [False]
    with pytest.raises(NotThere):
        rolling_out.ask_for_help(cast.employee.actor, public_id=row.public_id)


def test_the_joint_note_closes_the_round_and_opens_the_next_plan(cast: Cast):
    row = planned(cast)
    with pytest.raises(Refused):
        rolling_out.close_round(cast.hr.actor, public_id=row.public_id, note="Vi lærte noget.")
    step(cast, row, 2)
    with pytest.raises(Refused) as refused:
        rolling_out.close_round(cast.hr.actor, public_id=row.public_id, note="  ")
    assert refused.value.field == "note"
    rolling_out.close_round(cast.hr.actor, public_id=row.public_id, note="Vi lærte noget.")
    copied = planning.copy_round(cast.hr.actor, public_id=row.public_id)
    assert copied.copied_from is not None
    assert copied.copied_from.note == "Vi lærte noget."
    assert my_rounds(cast.leader.actor) == []


def test_a_step_whose_day_had_passed_when_it_was_planned_waits_for_hr(cast: Cast):
    """A round planned in November over the last quarter must not open before HR has looked."""
    today = cast.hr.actor.today
    row = planned(cast, starts_on=today - dt.timedelta(60), ends_on=today + dt.timedelta(30))
    assert rolling_out.do_steps_of_today() == 0
    worked()
    row.refresh_from_db()
    assert row.state == State.PLANNED
    page = cast.hr.client.get(f"/havneby/rounds/{row.public_id}/").content.decode()
    assert "af sig selv" not in page
    Step.objects.filter(round=row, number=1).update(due_on=today)
    assert rolling_out.do_steps_of_today() == 1


def test_a_step_that_a_new_date_makes_late_waits_for_hr(cast: Cast):
    today = cast.hr.actor.today
    ahead = dt.timedelta(100)
    row = planned(cast, starts_on=today + ahead, ends_on=today + 2 * ahead)
    plan = Plan(name=row.name, kind=row.kind, year=row.year, starts_on=today, ends_on=row.ends_on)
    planning.change_round(cast.hr.actor, plan, public_id=row.public_id)
    assert rolling_out.do_steps_of_today() == 0


def test_a_copy_whose_days_have_passed_waits_for_hr(cast: Cast):
    row = planned(cast)
    year = dt.timedelta(700)
    row.starts_on, row.ends_on, row.year = row.starts_on - year, row.ends_on - year, row.year - 2
    row.save()
    Step.objects.filter(round=row).update(due_on=row.starts_on, done_at=row.made_at)
    planning.copy_round(cast.hr.actor, public_id=row.public_id)
    assert rolling_out.do_steps_of_today() == 0


def test_a_step_by_itself_needs_a_day_to_come(cast: Cast):
    row = planned(cast)
    change = {"public_id": row.public_id, "number": 2, "texts": {}}
    with pytest.raises(Refused) as refused:
        planning.change_step(
            cast.hr.actor, due_on=row.starts_on - dt.timedelta(1), by_itself=True, **change
        )
    assert refused.value.field == "due_on"
    planning.change_step(
        cast.hr.actor, due_on=row.starts_on - dt.timedelta(1), by_itself=False, **change
    )


@pytest.mark.row("C4")
def test_the_words_of_the_last_step_stand_in_its_mail(cast: Cast):
    for number in range(5):
        member(cast.havneby, cast.unit, f"Ny{number}")
    row = planned(cast)
    planning.change_step(
        cast.hr.actor,
        public_id=row.public_id,
        number=5,
        due_on=row.ends_on,
        by_itself=False,
        texts={"da": "Fortæl os, hvordan årets udviklingssamtaler gik."},
    )
    step(cast, row, 2)
    deliver_when_due()
    mail.outbox.clear()
    step(cast, row, 5)
    deliver_when_due()
    found = [one.body for one in mail.outbox if "/evaluation/" in one.body]
    assert found
    assert all("Fortæl os, hvordan årets udviklingssamtaler gik." in body for body in found)


def test_asking_from_the_page_of_the_evaluation_is_the_fifth_step(cast: Cast):
    row = planned(cast)
    step(cast, row, 2)
    cast.hr.client.post(f"/havneby/rounds/{row.public_id}/evaluation/ask/", {})
    found = Step.objects.get(round=row, number=5)
    assert found.done_by == cast.hr.profile


def test_hr_is_told_that_a_leader_would_like_help(cast: Cast):
    row = planned(cast)
    step(cast, row, 2)
    deliver_when_due()
    mail.outbox.clear()
    rolling_out.ask_for_help(cast.leader.actor, public_id=row.public_id)
    rolling_out.ask_for_help(cast.leader.actor, public_id=row.public_id)
    deliver_when_due()
    found = [one for one in mail.outbox if one.to == [cast.hr.person.email]]
    assert ["/havneby/rounds/" in one.body for one in found] == [True]
    assert cast.leader.profile.last_name not in found[0].body
    here = f"/havneby/rounds/{row.public_id}/"
    assert here in cast.hr.client.get("/havneby/").content.decode()
    assert here not in cast.leader.client.get("/havneby/").content.decode()
