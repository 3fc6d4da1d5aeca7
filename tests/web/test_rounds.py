"""The pages of a round: HR plans, opens and follows it; leaders do their part in it."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.formats import date_format

from musling.conversations.models import Conversation
from musling.people.models import Leadership
from musling.rounds import queries
from musling.rounds.actions import opening, planning, rolling_out
from musling.rounds.models import (
    FormChoice,
    FormSent,
    HelpAsked,
    LeftOut,
    Place,
    Round,
    Ruling,
    Step,
)
from musling.web.rounds.wheel import wheel
from tests.cast import LONG_AGO, Cast, member
from tests.rounds.planned import planned, worked

pytestmark = [pytest.mark.django_db, pytest.mark.row("C4")]
ROUNDS = "/havneby/rounds/"


def at(row: Round, rest: str = "") -> str:
    return f"{ROUNDS}{row.public_id}/{rest}"


def opened(cast: Cast) -> Round:
    row = planned(cast)
    opening.open_round(cast.hr.actor, public_id=row.public_id)
    worked()
    row.refresh_from_db()
    return row


def test_an_opening_that_stopped_goes_on_by_a_press(cast: Cast, monkeypatch, client):
    client.force_login(cast.hr.person)
    row = planned(cast)
    go_on = at(row, "steps/2/do/")
    with monkeypatch.context() as patch:
        patch.setattr(opening, "take_in", lambda *_given: 1 / 0)
        client.post(go_on)
        worked()
    page = client.get(at(row)).content.decode()
    assert f'action="{go_on}"' in page
    client.post(go_on)
    client.post(go_on)
    worked()
    row.refresh_from_db()
    assert row.state == "open"
    assert f'action="{go_on}"' not in client.get(at(row)).content.decode()


def form_of(cast: Cast, **facts) -> dict[str, object]:
    today = cast.hr.actor.today
    return {
        "name": "MUS",
        "kind": "mus",
        "year": today.year,
        "starts_on": today.isoformat(),
        "ends_on": (today + dt.timedelta(30)).isoformat(),
        "default_form": "individual",
        **facts,
    }


def test_hr_plans_a_round_from_an_empty_list(cast: Cast):
    hr = cast.hr.client
    assert "Planlæg en runde" in hr.get(ROUNDS).content.decode()
    form = hr.get(f"{ROUNDS}plan/").content.decode()
    assert f"{cast.hr.actor.today.year}-10-01" in form  # the last quarter (E2)
    answer = hr.post(f"{ROUNDS}plan/", form_of(cast))
    row = Round.objects.get()
    assert answer["Location"] == at(row)
    page = hr.get(at(row)).content.decode()
    for step in Step.objects.filter(round=row):
        assert f"steps/{step.number}/do/" in page


def test_what_was_typed_stays_on_a_mistake(cast: Cast):
    answer = cast.hr.client.post(
        f"{ROUNDS}plan/", form_of(cast, name="Min runde", ends_on="2020-01-01")
    )
    assert answer.status_code == 200
    assert "Min runde" in answer.content.decode()
    assert "slutter, før den begynder" in answer.content.decode()
    assert not Round.objects.exists()


def test_two_in_hr_who_change_the_plan_see_each_other(cast: Cast):
    row = planned(cast)
    form = cast.hr.client.get(at(row, "change/"))
    seen = form.context["form"]["seen"].value()
    Round.objects.update(name="Noget andet")
    answer = cast.hr.client.post(at(row, "change/"), form_of(cast, name="Mit", seen=seen))
    page = answer.content.decode()
    assert "Noget andet" in page
    assert "Mit" in page
    assert Round.objects.get().name == "Noget andet"


def test_the_people_page_tells_counts_and_saves_rulings(cast: Cast):
    cast.colleague.employment.pay = "hourly"
    cast.colleague.employment.save()
    row = planned(cast)
    page = cast.hr.client.get(at(row, "people/")).content.decode()
    assert "Jonas" in page
    answers = {"hourly": "offer", "own_leader": "offer", "vacant": "offer", "no_leader": "wait"}
    assert cast.hr.client.post(at(row, "people/"), answers).status_code == 302
    assert Ruling.objects.get(oddity="hourly").answer == "offer"
    bad = cast.hr.client.post(at(row, "people/"), {**answers, "hourly": "x"})
    assert bad.status_code == 200


def test_units_are_covered_and_left_out_on_pages(cast: Cast):
    row, hr = planned(cast), cast.hr.client
    hr.post(at(row, "units/"), {"unit": cast.unit.name})
    page = hr.get(at(row, "people/")).content.decode()
    assert cast.unit.name in page
    hr.post(at(row, "units/"), {"uncover": cast.unit.public_id})
    answer = hr.post(
        at(row, "left-out/"), {"by": "unit", "unit": cast.unit.name, "reason": "Nedlægges"}
    )
    assert answer.status_code == 302
    out = LeftOut.objects.get()
    assert "Nedlægges" in hr.get(at(row, "people/")).content.decode()
    hr.post(at(row, f"left-out/{out.pk}/"))
    assert not LeftOut.objects.exists()


def test_a_step_is_changed_ticked_and_done(cast: Cast):
    row, hr = planned(cast), cast.hr.client
    step = at(row, "steps/2/")
    day = cast.hr.actor.today.isoformat()
    hr.post(step, {"due_on": day, "ticked": ["told"], "text_da": "Kære alle", "text_en": ""})
    found = Step.objects.get(round=row, number=2)
    assert (found.texts, found.ticked, found.by_itself) == ({"da": "Kære alle"}, ["told"], False)
    assert cast.hr.client.get(f"{step}do/").status_code == 200
    assert Step.objects.get(round=row, number=2).done_at is None
    hr.post(f"{step}do/")
    worked()
    row.refresh_from_db()
    assert row.state == "open"
    # What was sent stays; the list can still be ticked.
    hr.post(step, {"ticked": ["absent"]})
    found.refresh_from_db()
    assert (found.texts, found.ticked) == ({"da": "Kære alle"}, ["absent"])
    assert hr.get(at(row, "steps/9/")).status_code == 404


def test_progress_tells_how_far_the_opening_is(cast: Cast):
    row, hr = planned(cast), cast.hr.client
    hr.post(at(row, "steps/2/do/"))
    page = hr.get(at(row)).content.decode()
    assert "every 2s" in page
    assert "every 2s" in hr.get(at(row, "progress/")).content.decode()
    worked()
    assert "every 2s" not in hr.get(at(row, "progress/")).content.decode()


def test_the_round_shows_counts_leaders_and_help(cast: Cast):
    row = opened(cast)
    rolling_out.ask_for_help(cast.leader.actor, public_id=row.public_id)
    page = cast.hr.client.get(at(row)).content.decode()
    assert cast.leader.profile.name in page
    asked = HelpAsked.objects.get()
    cast.hr.client.post(f"{ROUNDS}help/{asked.public_id}/")
    cast.hr.client.post(at(row, f"send/{cast.leader.profile.public_id}/"))
    asked.refresh_from_db()
    assert asked.answered_at is not None
    assert FormSent.objects.get().leader == cast.leader.profile


def test_a_leader_sends_the_form_asks_for_help_and_chooses(cast: Cast):
    row = opened(cast)
    Round.objects.update(choose_by=cast.hr.actor.today)
    leader = cast.leader.client
    page = leader.get("/havneby/team/").content.decode()
    assert at(row, "send/") in page
    assert at(row, "help/") in page
    leader.post(at(row, "send/"))
    leader.post(at(row, "help/"))
    page = leader.get("/havneby/team/").content.decode()
    assert at(row, "send/") not in page
    assert at(row, "help/") not in page
    leader.post(at(row, "form/"), {"unit": cast.unit.public_id, "form": "group"})
    assert FormChoice.objects.get().form == "group"
    for who in ("employee", "committee", "neighbour"):
        client = cast.everybody[who].client
        assert client.post(at(row, "send/")).status_code == 404
        assert client.post(at(row, "help/")).status_code == 404
        assert client.get(at(row, "form/")).status_code == 404


def test_help_from_hr_is_at_hand_on_every_page_that_a_leader_works_on(cast: Cast):
    row = opened(cast)
    Round.objects.update(choose_by=cast.hr.actor.today)
    leader, talk, ask = cast.leader.client, row_talk(cast), at(row, "help/")
    team = [f"/havneby/team/{page}/" for page in ("invite", "move", "slips", "stand-in", "asked")]
    own = [f"/havneby/talks/{talk}/{page}" for page in ("", "offer/", "deputy/", "call-off/")]
    pages = [*team, at(row, "form/"), *own]
    for page in pages:
        assert f'action="{ask}"' in leader.get(page).content.decode(), page
    for page in own[:1]:
        assert ask not in cast.employee.client.get(page).content.decode()
    assert leader.post(ask, {"next": team[0]})["Location"] == team[0]
    for page in pages:
        shown = leader.get(page).content.decode()
        assert f'action="{ask}"' not in shown, page
        assert "HR ved, at du gerne vil have hjælp" in shown, page


@pytest.mark.parametrize("elsewhere", ["", "https://evil.example/", "//evil.example/", "/sandvig/"])
def test_asking_for_help_leads_nowhere_else(cast: Cast, elsewhere):
    row = opened(cast)
    answer = cast.leader.client.post(at(row, "help/"), {"next": elsewhere})
    assert answer["Location"] == "/havneby/team/"


@pytest.mark.row("E4")
def test_a_leader_who_was_told_chooses_the_form_before_the_round_opens(cast: Cast):
    """The mail says "choose the form" and leads to the team's page: there it must be."""
    today = cast.hr.actor.today
    opens = today + dt.timedelta(60)
    row = planned(
        cast, starts_on=opens, ends_on=opens + dt.timedelta(60), choose_by=today + dt.timedelta(30)
    )
    leader = cast.leader.client
    assert at(row, "form/") not in leader.get("/havneby/team/").content.decode()
    rolling_out.do_step(cast.hr.actor, public_id=row.public_id, number=1)
    worked()
    page = leader.get("/havneby/team/").content.decode()
    assert row.name in page
    assert at(row, "form/") in page
    assert at(row, "send/") not in page
    leader.post(at(row, "help/"))
    assert at(row, "help/") not in leader.get("/havneby/team/").content.decode()
    assert cast.leader.profile.name in cast.hr.client.get(at(row)).content.decode()
    Round.objects.update(choose_by=today - dt.timedelta(1))
    assert "er passeret" in leader.get(at(row, "form/")).content.decode()


def test_an_offer_without_a_time_says_so_to_both(cast: Cast):
    row = opened(cast)
    talk = row_talk(cast)
    page = cast.employee.client.get(f"/havneby/talks/{talk}/").content.decode()
    assert "foreslår et tidspunkt" in page
    assert 'value="accept"' not in page
    board = cast.leader.client.get("/havneby/team/").content.decode()
    assert "uden tidspunkt" in board
    assert "/havneby/team/invite/" in board
    assert row.state == "open"


def row_talk(cast: Cast) -> str:
    found = Conversation.objects.get(
        participant__employment=cast.employee.employment, participant__part="employee"
    )
    return str(found.public_id)


def test_closing_asks_for_the_joint_note_and_copying_shows_it(cast: Cast):
    row, hr = opened(cast), cast.hr.client
    assert "fælles note" in hr.post(at(row, "close/"), {"note": ""}).content.decode()
    hr.post(at(row, "close/"), {"note": "Vi begynder tidligere."})
    row.refresh_from_db()
    assert row.state == "closed"
    answer = hr.post(at(row, "copy/"))
    assert "Vi begynder tidligere." in hr.get(answer["Location"]).content.decode()


def test_a_round_is_removed_only_before_anybody_was_told(cast: Cast):
    row, hr = planned(cast), cast.hr.client
    assert hr.get(at(row, "remove/")).status_code == 200
    assert Round.objects.exists()
    hr.post(at(row, "remove/"))
    assert not Round.objects.exists()


@pytest.mark.parametrize("rest", ["", "people/"])
def test_queries_do_not_grow_with_the_people(cast: Cast, rest: str):
    row, hr = opened(cast), cast.hr.client
    hr.get(at(row, rest))

    def taken() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert hr.get(at(row, rest)).status_code == 200
        return len(queries)

    few = taken()
    for number in range(30):
        member(cast.havneby, cast.unit, f"Ny{number}", log_in=False)
    opening.look_at_all()
    worked()
    assert taken() == few


def test_a_copied_round_keeps_its_steps(cast: Cast):
    row = planned(cast)
    made = planning.copy_round(cast.hr.actor, public_id=row.public_id)
    assert cast.hr.client.get(at(made)).status_code == 200


def test_who_is_in_hr_and_leads_asks_for_help_once_leaders_are_told(cast: Cast):
    """HR sees the plan before; a wish for help in it would hold a plan that nobody knows of."""
    Leadership.objects.create(
        organisation=cast.havneby, unit=cast.unit, employment=cast.hr.employment, starts_on=LONG_AGO
    )
    Leadership.objects.filter(employment=cast.leader.employment).delete()
    row, hr = planned(cast), cast.hr.client
    assert hr.post(at(row, "help/")).status_code == 404
    assert not HelpAsked.objects.exists()
    rolling_out.do_step(cast.hr.actor, public_id=row.public_id, number=1)
    assert hr.post(at(row, "help/")).status_code == 302
    assert HelpAsked.objects.exists()


def test_two_in_hr_who_word_a_step_see_each_other(cast: Cast):
    row, hr = planned(cast), cast.hr.client
    page = at(row, "steps/1/")
    seen = hr.get(page).context["form"]["seen"].value()
    day = (cast.hr.actor.today + dt.timedelta(9)).isoformat()
    first = {"due_on": day, "text_da": "Den enes ord", "ticked": ["purpose"], "seen": seen}
    assert hr.post(page, first).status_code == 302
    answer = hr.post(page, {**first, "text_da": "Den andens ord", "ticked": ["dates"]})
    shown = answer.content.decode()
    assert "Den enes ord" in shown
    assert "Den andens ord" in shown
    found = Step.objects.get(round=row, number=1)
    assert (found.texts, found.ticked) == ({"da": "Den enes ord"}, ["purpose"])
    again = answer.context["form"]["seen"].value()
    assert hr.post(page, {**first, "text_da": "Begges ord", "seen": again}).status_code == 302
    found.refresh_from_db()
    assert found.texts == {"da": "Begges ord"}


def test_who_words_a_step_that_is_done_meanwhile_keeps_what_was_typed(cast: Cast):
    row, hr = planned(cast), cast.hr.client
    rolling_out.do_step(cast.hr.actor, public_id=row.public_id, number=1)
    day = cast.hr.actor.today.isoformat()
    answer = hr.post(at(row, "steps/1/"), {"due_on": day, "text_da": "For sent"})
    assert "For sent" in answer.content.decode()
    assert "Trinnet er gjort" in answer.content.decode()
    assert Step.objects.get(round=row, number=1).texts == {}


def test_two_notes_that_close_a_round_do_not_swallow_each_other(cast: Cast):
    row, hr = opened(cast), cast.hr.client
    hr.post(at(row, "close/"), {"note": "Den ene note."})
    again = hr.post(at(row, "close/"), {"note": "Den ene note."})
    assert again.status_code == 302
    other = hr.post(at(row, "close/"), {"note": "Den anden note."})
    assert "Den ene note." in other.content.decode()
    assert "Den anden note." in other.content.decode()
    row.refresh_from_db()
    assert row.note == "Den ene note."


def test_the_note_is_not_called_optional(cast: Cast):
    row = opened(cast)
    page = cast.hr.client.get(at(row, "close/")).content.decode()
    assert "frivilligt" not in page


def test_two_in_hr_who_rule_on_what_is_odd_see_each_other(cast: Cast):
    cast.colleague.employment.pay = "hourly"
    cast.colleague.employment.save()
    row, hr = planned(cast), cast.hr.client
    shown = hr.get(at(row, "people/"))
    proposed = {odd.oddity.id: odd.answer for odd, _field in shown.context["odd"]}
    seen = shown.context["form"]["seen"].value()
    first = {**proposed, "hourly": "leave_out", "seen": seen}
    assert hr.post(at(row, "people/"), first).status_code == 302
    answer = hr.post(at(row, "people/"), {**proposed, "own_leader": "leave_out", "seen": seen})
    assert "Stands now" in answer.content.decode() or "Står nu" in answer.content.decode()
    assert Ruling.objects.get(oddity="hourly").answer == "leave_out"


def test_what_was_ruled_stands_there_when_the_round_is_open(cast: Cast):
    cast.colleague.employment.pay = "hourly"
    cast.colleague.employment.save()
    row = planned(cast)
    planning.rule_on(cast.hr.actor, public_id=row.public_id, answers={"hourly": "leave_out"})
    opening.open_round(cast.hr.actor, public_id=row.public_id)
    worked()
    page = cast.hr.client.get(at(row, "people/")).content.decode()
    assert "Udelad dem" in page


def test_the_text_stands_there_in_both_languages_before_and_after_it_is_sent(cast: Cast):
    row, hr = planned(cast), cast.hr.client
    page = hr.get(at(row, "steps/1/")).content.decode()
    assert "Snart begynder årets samtaler." in page
    assert "Soon the year&#x27;s talks begin." in page
    day = cast.hr.actor.today.isoformat()
    hr.post(at(row, "steps/1/"), {"due_on": day, "text_da": "Vores egne ord."})
    rolling_out.do_step(cast.hr.actor, public_id=row.public_id, number=1)
    page = hr.get(at(row, "steps/1/")).content.decode()
    assert "Vores egne ord." in page
    assert "Soon the year&#x27;s talks begin." in page
    assert "Snart begynder årets samtaler." not in page


def test_leaving_out_what_nobody_is_called_says_so(cast: Cast):
    cast.colleague.employment.title = "Vikar"
    cast.colleague.employment.save()
    row, hr = planned(cast), cast.hr.client
    form = {"by": "title", "reason": "Egen runde"}
    page = hr.post(at(row, "left-out/"), {**form, "words": "Viikar"}, follow=True)
    assert [str(one.level_tag) for one in page.context["messages"]] == ["warning"]
    page = hr.post(at(row, "left-out/"), {**form, "words": " vikar "}, follow=True)
    said = [(one.level_tag, one.message) for one in page.context["messages"]]
    assert said[0][0] == "success"
    assert "1" in str(said[0][1])
    unit = {"by": "unit", "reason": "Egen runde", "unit": cast.unit.name}
    page = hr.post(at(row, "left-out/"), unit, follow=True)
    assert [str(one.level_tag) for one in page.context["messages"]] == ["success"]


def test_a_collective_agreement_is_not_called_as_what_a_talk_ends_in(cast: Cast):
    page = cast.hr.client.get(at(planned(cast), "left-out/")).content.decode()
    assert ">Aftale<" not in page.replace("\n", "").replace(" ", "")


def test_what_stands_now_is_told_in_words(cast: Cast):
    row = planned(cast)
    form = cast.hr.client.get(at(row, "change/"))
    seen = form.context["form"]["seen"].value()
    Round.objects.update(default_form="group", ends_on=row.ends_on + dt.timedelta(1))
    answer = cast.hr.client.post(at(row, "change/"), form_of(cast, seen=seen))
    said = {one["label"]: (one["now"], one["typed"]) for one in answer.context["clash"]}
    assert said["Form, hvis enhedens leder ikke vælger en anden"] == (
        "En samtale i gruppen",
        "Individuelle samtaler",
    )
    last = row.ends_on + dt.timedelta(1)
    assert said["Sidste dag"][0] == date_format(last, "DATE_FORMAT")


def test_today_is_marked_on_the_wheel_of_its_own_year_only(cast: Cast):
    row = planned(cast)
    assert wheel(row, [], row.starts_on)["today"]
    assert not wheel(row, [], row.starts_on - dt.timedelta(300))["today"]


@pytest.mark.parametrize("rest", ["steps/4/do/", "steps/5/do/", "evaluation/", "close/"])
def test_before_a_late_step_the_page_says_how_many_talks_are_held(cast: Cast, rest: str):
    """Each round is evaluated once: whoever presses too early must see it."""
    row = opened(cast)
    places = Place.objects.filter(round=row).count()
    page = cast.hr.client.get(at(row, rest)).content.decode()
    assert f"0 af {places} samtaler er holdt" in page


def test_where_the_year_has_its_round_the_next_year_is_proposed(cast: Cast):
    year, form = cast.hr.actor.today.year, f"{ROUNDS}plan/"
    assert cast.hr.client.get(form).context["form"].initial["year"] == year
    planned(cast)
    found = cast.hr.client.get(form).context["form"].initial
    assert (found["name"], found["starts_on"]) == (f"MUS {year + 1}", dt.date(year + 1, 10, 1))


def test_the_last_joint_note_opens_a_plan_that_is_made_anew(cast: Cast):
    row, hr = opened(cast), cast.hr.client
    assert at(row) in hr.get(f"{ROUNDS}plan/").content.decode()
    hr.post(at(row, "close/"), {"note": "Vi begynder tidligere."})
    planning.copy_round(cast.hr.actor, public_id=row.public_id)
    page = hr.get(f"{ROUNDS}plan/").content.decode()
    assert "Vi begynder tidligere." in page
    assert at(row) in page


def test_a_talk_that_is_to_be_offered_anew_is_counted_as_that(cast: Cast):
    row = opened(cast)
    page = cast.hr.client.get(at(row))
    assert len(page.context["sums"]) == 7
    Conversation.objects.filter(public_id=row_talk(cast)).update(state="planned")
    sums = cast.hr.client.get(at(row)).context["sums"]
    places, waits, anew, offered = (one["number"] for one in sums[:4])
    assert anew == 1
    assert places == waits + anew + offered


def test_where_many_leaders_have_not_sent_the_form_the_rest_is_counted(cast: Cast, monkeypatch):
    row = opened(cast)
    assert "trin sender det" not in cast.hr.client.get(at(row)).content.decode()
    monkeypatch.setattr(queries, "MOST_LEADERS", 1)
    page = cast.hr.client.get(at(row))
    sending = page.context["sending"]
    assert (len(sending.missing), sending.more) == (1, sending.leaders - 1)
    assert sending.more > 0
    assert "trin sender det" in page.content.decode()
