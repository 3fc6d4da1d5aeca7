"""Inviting many from free times, three ways; moving many; the week on paper."""

import datetime as dt
import re

import pytest
from django.test import Client

from musling.calendars.actions import keep_hours
from musling.conversations.actions import offering
from musling.conversations.actions.inviting import put_out_times
from musling.conversations.models import Conversation, Offer, SharedTimes
from musling.foundation import clock
from musling.organisations.models import Organisation
from musling.people.models import Employment
from tests.access.stages import STAGES
from tests.cast import Cast, Member, booked_talk, next_week
from tests.conversations import stages
from tests.documents.conformance import problems
from tests.documents.examples import pages
from tests.web.staff_pages import at, employ_many, english, queries, words

pytestmark = pytest.mark.django_db
INVITE, MOVE, TEAM, WEEK = at("invite"), at("team-move"), at("team"), at("team-week")
EVERY_DAY = [(dt.time(8), dt.time(16))] * 7


@pytest.fixture
def browser(cast: Cast) -> Client:
    """The leader's, who works every day, so that no test depends on the date."""
    keep_hours(cast.leader.actor, hours=EVERY_DAY, pause=0)
    return english(cast.leader)


@pytest.fixture(autouse=True)
def _no_holidays(monkeypatch) -> None:
    monkeypatch.setattr("musling.calendars.slots.is_day_off", lambda _day: False)


def sent(page) -> dict[str, list[str]]:
    """What a browser would send of the page's last form, without its token."""
    form = page.content.decode().split("<main")[1].rsplit('<form method="post"', 1)[1]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        has = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if has.get("type") in {"checkbox", "radio"} and not re.search(r"\bchecked\b", tag):
            continue
        if has["name"] not in {"csrfmiddlewaretoken", "posted_by"}:
            default = "on" if has.get("type") == "checkbox" else ""
            found.setdefault(has["name"], []).append(has.get("value", default))
    return found


def key(kind: str, one: Member) -> str:
    return f"{kind}-{one.employment.public_id}"


def hours(texts) -> list[str]:
    return [text[11:16] for text in texts]


# --- a time each ----------------------------------------------------------------------------------


def test_the_times_are_free_ones_and_all_are_sent_by_one_press(cast, browser):
    talk = booked_talk(cast)
    Conversation.objects.filter(pk=talk.pk).update(
        starts_at=next_week(8) + dt.timedelta(days=7), ends_at=next_week(12) + dt.timedelta(days=7)
    )
    form = sent(browser.get(INVITE))
    times = [value for name, [value] in form.items() if name.startswith("time-")]
    assert hours(times) == ["12:00", "12:45", "13:30"]
    assert browser.post(INVITE, form).status_code == 302
    assert sorted(len(offer.times) for offer in Offer.objects.exclude(conversation=talk)) == [1] * 3


def test_two_employments_of_one_person_are_told_apart(cast, browser):
    Employment.objects.create(
        organisation=cast.havneby,
        profile=cast.employee.profile,
        number="second",
        unit=cast.unit,
        title="Nattevagt",
        starts_on=clock.today(),
    )
    page = browser.get(INVITE).content.decode()
    labels = re.findall(r">(?:Time for )?(Mette [^<]+)</label>", page)
    assert sorted(set(labels)) == ["Mette Prøve, Assistent", "Mette Prøve, Nattevagt"]
    assert ">Jonas Prøve</label>" in page


def test_other_days_give_other_times_and_keep_the_ticks(cast, browser):
    form = sent(browser.get(INVITE))
    del form[key("invite", cast.employee)]
    first = clock.today() + dt.timedelta(days=30)
    asked = form | {
        "do": "find",
        "from_on": f"{first:%Y-%m-%d}",
        "to_on": f"{first:%Y-%m-%d}",
        "minutes": "120",
        "place": "Lokale 2",
    }
    page = browser.post(INVITE, asked)
    assert page.status_code == 200
    found = sent(page)
    assert key("invite", cast.employee) not in found
    assert found["place"] == ["Lokale 2"]
    times = [value for name, [value] in found.items() if name.startswith("time-")]
    assert {time[:10] for time in times} == {f"{first:%Y-%m-%d}"}
    assert hours(times) == ["08:00", "10:00", "12:00", "14:00"]
    assert not Conversation.objects.exists(), "looking sends nothing"


def test_days_in_the_wrong_order_are_refused_and_nothing_is_lost(cast, browser):
    form = sent(browser.get(INVITE)) | {
        "from_on": "2027-05-01",
        "to_on": "2027-04-01",
        "place": "Lokale 2",
        "do": "find",
    }
    page = browser.post(INVITE, form)
    assert page.status_code == 422
    assert "Choose a last day after the first" in words(page)
    assert sent(page)["place"] == ["Lokale 2"]


def test_where_no_time_is_free_the_page_says_what_to_do(cast, browser):
    day = clock.today() + dt.timedelta(days=20)
    off = [None if n == day.weekday() else EVERY_DAY[0] for n in range(7)]
    keep_hours(cast.leader.actor, hours=off, pause=0)
    asked = {"do": "find", "from_on": f"{day}", "to_on": f"{day}", "minutes": "45"}
    for way in ("each", "pick", "three"):
        page = browser.post(INVITE, asked | {"way": way})
        assert page.status_code == 200
        assert "No time is free from" in words(page)
        assert at("my-calendar") in page.content.decode()
    works = {"do": "find", "from_on": f"{day}", "to_on": f"{day + dt.timedelta(days=1)}"}
    page = browser.post(INVITE, works | {"minutes": "300"})
    assert "Only 1 time is free there, of 4." in words(page)


# --- each picks one -------------------------------------------------------------------------------


def test_times_are_put_out_for_all_and_the_first_has_it(cast, browser):
    form = sent(browser.get(f"{INVITE}?way=pick"))
    assert len(form["times"]) == 8
    assert browser.post(INVITE, form | {"times": form["times"][:4]}).status_code == 302
    assert SharedTimes.objects.count() == 1
    offers = {
        offer.conversation.public_id: offer
        for offer in Offer.objects.select_related("conversation")
    }
    assert len(offers) == 4
    of = {
        stages.seat(offer.conversation, "employee").profile_id: public_id
        for public_id, offer in offers.items()
    }
    mine, theirs = (
        f"/havneby/talks/{of[one.profile.pk]}/" for one in (cast.employee, cast.colleague)
    )
    first = form["times"][0]
    page = english(cast.employee).get(mine)
    assert page.content.decode().count('name="time"') == 4
    assert "whoever chooses first has it" in words(page)
    answer = {"answer": "accept", "time": first}
    assert english(cast.employee).post(f"{mine}answer/", answer).status_code == 302
    page = english(cast.colleague).post(f"{theirs}answer/", answer, follow=True)
    assert "Somebody else has just taken that time." in words(page)
    assert page.content.decode().count('name="time"') == 3
    assert "Mette" not in words(page)


def test_when_all_are_taken_another_can_be_proposed(cast, browser):
    people = (cast.employee, cast.colleague)
    talks = put_out_times(
        cast.leader.actor,
        employments=[one.employment.public_id for one in people],
        times=[next_week(9), next_week(11)],
        minutes=60,
    )
    SharedTimes.objects.update(times=[])
    row = next(
        t for t in talks if stages.seat(t, "employee").profile_id == cast.employee.profile.pk
    )
    page = english(cast.employee).get(f"/havneby/talks/{row.public_id}/")
    assert "All the times are taken. Propose one that suits you." in words(page)
    assert f"/havneby/talks/{row.public_id}/answer/" in page.content.decode()


def test_too_few_times_are_refused_at_the_times(cast, browser):
    form = sent(browser.get(f"{INVITE}?way=pick"))
    page = browser.post(INVITE, form | {"times": form["times"][:3]})
    assert page.status_code == 422
    assert "Only 3 of the 4 people would get a time." in words(page)
    assert sent(page)["times"] == form["times"][:3]
    assert not Conversation.objects.exists()
    page = browser.post(INVITE, {name: value for name, value in form.items() if name != "times"})
    assert "Choose at least as many times as people." in words(page)


def test_a_time_that_was_booked_meanwhile_is_no_longer_among_them(cast, browser):
    form = sent(browser.get(f"{INVITE}?way=pick"))
    talk = booked_talk(cast)
    taken = dt.datetime.fromisoformat(form["times"][0])
    Conversation.objects.filter(pk=talk.pk).update(
        starts_at=taken, ends_at=taken + dt.timedelta(hours=1)
    )
    page = browser.post(INVITE, form)
    assert page.status_code == 422
    assert "One of the times is no longer free." in words(page)
    assert SharedTimes.objects.count() == 0


# --- up to three each -----------------------------------------------------------------------------


def test_three_times_each_lie_on_more_than_one_day(cast, browser):
    form = sent(browser.get(f"{INVITE}?way=three"))
    for one in (cast.employee, cast.colleague):
        times = [form[key(name, one)][0] for name in ("time", "time2", "time3")]
        assert len({time[:10] for time in times}) > 1
    del form[key("time3", cast.employee)]
    assert browser.post(INVITE, form).status_code == 302
    assert sorted(len(offer.times) for offer in Offer.objects.all()) == [2, 3, 3, 3]
    every = [time for offer in Offer.objects.all() for time in offer.times]
    assert len(set(every)) == 11


def test_each_way_costs_the_same_with_1_and_30(cast, browser):
    kept = [cast.employee.employment.pk, cast.leader.employment.pk]
    Employment.objects.filter(unit=cast.unit).exclude(pk__in=kept).update(unit=cast.top)
    ways = [f"{INVITE}?way={way}" for way in ("each", "pick", "three")]
    few = [queries(browser, way) for way in ways]
    employ_many(cast, range(29))
    assert [queries(browser, way) for way in ways] == few
    assert len([n for n in sent(browser.get(ways[2])) if n.startswith("time")]) == 90


# --- moving ---------------------------------------------------------------------------------------


def booked(cast: Cast, *people: Member) -> dict[str, Member]:
    """Talks next week, from nine on; by public id."""
    talks = put_out_times(
        cast.leader.actor,
        employments=[one.employment.public_id for one in people],
        times=[next_week(9 + n) for n, _one in enumerate(people)],
        minutes=60,
    )
    of = {stages.seat(talk, "employee").profile_id: talk.public_id for talk in talks}
    for n, one in enumerate(people):
        offering.accept_offer(one.actor, public_id=of[one.profile.pk], time=next_week(9 + n))
    return {of[one.profile.pk]: one for one in people}


def the_days() -> str:
    day = next_week().date()
    return f"?from_on={day}&to_on={day}"


def test_all_talks_of_a_day_are_moved_by_one_press(cast, browser):
    talks = booked(cast, cast.employee, cast.colleague)
    assert "No booked talks on these days" in words(browser.get(MOVE))
    page = browser.get(MOVE + the_days())
    form = sent(page)
    assert {name for name in form if name.startswith("talk-")} == {f"talk-{one}" for one in talks}
    assert browser.post(MOVE, form | {"do": "move"}).status_code == 302
    moved = Conversation.objects.filter(public_id__in=talks)
    assert all(row.starts_at.date() > next_week().date() for row in moved)
    assert {row.state for row in moved} == {"booked"}
    assert len({row.starts_at for row in moved}) == 2


def test_only_those_that_are_ticked_are_put_off(cast, browser):
    talks = booked(cast, cast.employee, cast.colleague)
    off = next(one for one, who in talks.items() if who is cast.employee)
    form = sent(browser.get(MOVE + the_days()))
    form = {name: value for name, value in form.items() if not name.startswith("talk-")}
    answer = browser.post(MOVE, form | {"do": "postpone", f"talk-{off}": "on"}, follow=True)
    assert "1 talk is put off." in words(answer)
    assert "Put off: propose a new time" in words(answer)
    assert "Put off, no new time yet" in words(answer)
    states = dict(Conversation.objects.values_list("public_id", "state"))
    assert states[off] == "planned"
    assert sorted(states.values()) == ["booked", "planned"]


def test_nothing_typed_is_lost_where_a_new_time_clashes(cast, browser):
    talks = booked(cast, cast.employee, cast.colleague)
    form = sent(browser.get(MOVE + the_days()))
    same = f"{next_week(9) + dt.timedelta(days=9):%Y-%m-%dT%H:%M}"
    form |= {f"time-{one}": same for one in talks} | {"do": "move"}
    page = browser.post(MOVE, form)
    assert page.status_code == 422
    assert "Two of the times overlap." in words(page)
    assert page.content.decode().count(f'value="{same}"') == 2
    missing = browser.post(MOVE, form | {f"time-{one}": "" for one in talks})
    assert "Write a date and a time." in words(missing)
    nobody = {n: v for n, v in form.items() if not n.startswith("talk-")}
    assert "Choose at least one talk." in words(browser.post(MOVE, nobody))
    assert set(Conversation.objects.values_list("postponed", flat=True)) == {0}


def test_more_talks_than_fit_in_one_go_are_told_of(cast, browser, monkeypatch):
    booked(cast, cast.employee, cast.colleague)
    far = f"{MOVE}?to_on={clock.today() + dt.timedelta(days=20)}"
    assert "more follow" not in words(browser.get(far))
    monkeypatch.setattr("musling.web.team.moving.MOST", 1)
    assert "1 more follow when these have another day." in words(browser.get(far))


def test_days_in_the_wrong_order_are_not_days_without_talks(cast, browser):
    page = browser.get(f"{MOVE}?from_on=2026-12-20&to_on=2026-12-01")
    assert page.status_code == 422
    assert "No booked talks" not in words(page)


def test_an_hour_in_which_the_clocks_change_is_refused_in_plain_words(cast, browser):
    form = sent(browser.get(INVITE)) | {key("time", cast.employee): "2027-03-28T02:30"}
    page = browser.post(INVITE, form)
    assert page.status_code == 422
    assert "The clocks are changed in that hour. Choose another." in words(page)
    assert sent(page)[key("time", cast.employee)] == ["2027-03-28T02:30"]


def test_moving_costs_the_same_with_1_and_3(cast, browser):
    booked(cast, cast.employee)
    few = queries(browser, MOVE + the_days())
    more = put_out_times(
        cast.leader.actor,
        employments=[one.employment.public_id for one in (cast.colleague, cast.union_rep)],
        times=[next_week(12), next_week(13)],
        minutes=60,
    )
    Conversation.objects.filter(pk__in=[talk.pk for talk in more]).update(
        state="booked", starts_at=next_week(12), ends_at=next_week(13)
    )
    assert len([n for n in sent(browser.get(MOVE + the_days())) if n.startswith("talk-")]) == 3
    assert queries(browser, MOVE + the_days()) == few


def test_whoever_leads_nobody_has_no_such_page(cast):
    for one in (cast.employee, cast.hr):
        for address in (MOVE, WEEK, INVITE):
            assert one.client.get(address).status_code == 404


def test_one_talk_is_moved_to_a_free_time_or_to_another(cast, browser):
    talk = booked_talk(cast)
    move = f"/havneby/talks/{talk.public_id}/move/"
    page = browser.get(move)
    free = re.findall(r'name="slot" value="([^"]+)"', page.content.decode())
    assert len(free) == 8
    assert len({one[:10] for one in free}) == 8, "each on a day of its own"
    assert browser.post(move, {"slot": free[3], "minutes": "45"}).status_code == 302
    talk.refresh_from_db()
    assert talk.starts_at == dt.datetime.fromisoformat(free[3])
    own = next_week(18)
    form = {"slot": "", "time": f"{own:%Y-%m-%dT%H:%M}", "minutes": "45"}
    assert browser.post(move, form).status_code == 302
    talk.refresh_from_db()
    assert talk.starts_at == own
    page = browser.post(move, {"slot": "", "time": "", "minutes": "45"})
    assert (page.status_code, "Write a date and a time." in words(page)) == (422, True)


def test_an_offer_begins_with_three_free_times(cast, browser):
    talk = STAGES["planned"](cast)
    form = sent(browser.get(f"/havneby/talks/{talk.public_id}/offer/"))
    times = [form[f"time_{n}"][0] for n in (1, 2, 3)]
    assert len({time[:10] for time in times}) == 3
    assert hours(times) == ["08:00"] * 3


def test_the_leader_sees_what_was_offered_and_can_propose_other_times(cast, browser):
    talk = STAGES["offered"](cast)
    here = f"/havneby/talks/{talk.public_id}/"
    Conversation.objects.update(place="Lokale 2")
    page = browser.get(here)
    assert "You have proposed:" in words(page)
    assert "at 10.00" in words(page)
    assert f'href="{here}offer/"' in page.content.decode()
    assert f'href="{here}offer/"' not in english(cast.employee).get(here).content.decode()
    form = sent(browser.get(f"{here}offer/"))
    assert form["place"] == ["Lokale 2"]
    assert browser.post(f"{here}offer/", form).status_code == 302
    assert Offer.objects.filter(conversation=talk).count() == 2
    answered = {"answer": "accept", "time": next_week(10).isoformat()}
    english(cast.employee).post(f"{here}answer/", answered)
    talk.refresh_from_db()
    assert talk.state == "offered", "the first offer is withdrawn"


def test_of_times_put_out_for_several_the_leader_sees_how_many_are_left(cast, browser):
    both = [one.employment.public_id for one in (cast.employee, cast.colleague)]
    times = [next_week(9), next_week(11), next_week(13)]
    mine, _theirs = put_out_times(cast.leader.actor, employments=both, times=times, minutes=45)
    assert "3 of the times that you put out for several are left." in words(
        browser.get(f"/havneby/talks/{mine.public_id}/")
    )


# --- answers --------------------------------------------------------------------------------------


def test_one_press_refuses_a_time_outside_ones_hours(cast, browser):
    talk = STAGES["offered"](cast)
    here = f"/havneby/talks/{talk.public_id}/"
    page = english(cast.employee).get(here)
    assert "outside my working hours" in words(page)
    english(cast.employee).post(f"{here}answer/", {"answer": "outside"})
    assert "outside my working hours" not in words(english(cast.employee).get(here))
    board = words(browser.get(TEAM))
    assert "Propose a time within working hours" in board
    assert "Outside working hours" in board


def test_a_booked_time_can_fall_outside_a_new_shift(cast, browser):
    here = f"/havneby/talks/{booked_talk(cast).public_id}/"
    button = "The time is outside my working hours"
    assert button in words(english(cast.employee).get(here))
    assert button not in words(browser.get(here))
    page = english(cast.employee).post(f"{here}answer/", {"answer": "outside"}, follow=True)
    assert "Another time is being proposed to you." in words(page)
    assert button not in words(page)
    assert f'href="{here}move/"' in browser.get(here).content.decode()


def test_whoever_said_yes_can_still_propose_another_time_or_say_no_thanks(cast, browser):
    here = f"/havneby/talks/{booked_talk(cast).public_id}/"
    hers = english(cast.employee)
    assert f'href="{here}answer/"' in hers.get(here).content.decode()
    asked = {"answer": "other_times", "time_1": f"{next_week(14):%Y-%m-%dT%H:%M}"}
    page = hers.post(f"{here}answer/", asked, follow=True)
    assert "Your proposal is being answered" in words(page)
    assert f'href="{here}answer/"' not in page.content.decode()
    assert "Propose another time" not in words(browser.get(here))
    assert "No thanks, not this year" not in words(browser.get(here))
    assert "No thanks, not this year" in words(page)
    page = hers.post(f"{here}answer/", {"answer": "decline"}, follow=True)
    assert "I want the talk after all" in words(page)
    page = hers.post(f"{here}answer/", {"answer": "take_back"}, follow=True)
    assert "Take this time" in words(page)


def test_no_thanks_is_offered_only_where_the_talk_is_no_duty(cast):
    talk = STAGES["offered"](cast)
    here = f"/havneby/talks/{talk.public_id}/"
    page = at("no-thanks")
    hr = english(cast.hr)
    assert "whether one may say no thanks" in words(hr.get(at("coverage")))
    for choice, shown in (("no", False), ("yes", True), ("", False)):
        assert hr.post(page, {"may_decline": choice, "talk_name": "MUS"}).status_code == 302
        assert ("No thanks, not this year" in words(english(cast.employee).get(here))) is shown
    assert Organisation.objects.get(slug="havneby").may_decline is None
    assert hr.post(page, {"may_decline": "maybe", "talk_name": "MUS"}).status_code == 422
    assert hr.post(page, {"may_decline": "no", "talk_name": "  "}).status_code == 422
    assert Organisation.objects.get(slug="havneby").may_decline is None
    for one in (cast.leader, cast.employee, cast.committee):
        assert one.client.post(page, {"may_decline": "yes"}).status_code == 404


# --- the week on paper ----------------------------------------------------------------------------


def week_of(day: dt.date) -> str:
    return f"{WEEK}?day={day}"


def test_the_week_on_paper_holds_ones_own_talks_and_can_be_read_by_all(cast, browser):
    booked(cast, cast.employee, cast.colleague)
    answer = browser.get(week_of(next_week().date()))
    assert answer["Content-Type"] == "application/pdf"
    text = " ".join(pages(answer.content))
    assert text.index("Mette Prøve") < text.index("Jonas Prøve")
    assert f"Talks in week {next_week().isocalendar().week}" in text
    assert "Assistent" in text
    assert problems(answer.content) == []
    other = english(cast.leaders_leader).get(week_of(next_week().date()))
    assert "Mette" not in " ".join(pages(other.content))


@pytest.mark.parametrize("day", ["", "2026-02-31", "now", "9999-12-31", "0001-01-01"])
def test_a_week_that_is_none_is_this_week(cast, browser, day):
    answer = browser.get(f"{WEEK}?day={day}")
    text = " ".join(pages(answer.content))
    assert f"Talks in week {clock.today().isocalendar().week}" in text
    assert "No talks are booked this week." in text
