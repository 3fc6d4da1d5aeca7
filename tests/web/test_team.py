"""The leader's team as a board, and times proposed to many in one go."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import translation
from django.utils.formats import date_format

from musling.activity.models import Activity
from musling.conversations.actions.following_up import note_follow_up
from musling.conversations.actions.handing_over import hand_to_deputy
from musling.conversations.actions.inviting import invite_team
from musling.conversations.actions.offering import offer_talk
from musling.conversations.actions.planning import plan_talks
from musling.conversations.actions.talking import end_talk
from musling.conversations.joint.actions import ask_for_one_talk
from musling.conversations.models import Agreement, Conversation, Offer
from musling.conversations.queries.team import TeamRow, team
from musling.foundation import clock
from musling.foundation.clock import COPENHAGEN
from musling.people.models import Employment, Leadership, Profile
from tests.access.stages import STAGES
from tests.cast import Cast, Member, booked_talk, member, next_week, unit
from tests.conversations import stages
from tests.web.staff_pages import at, employ, employ_many, english, names, queries, words

pytestmark = pytest.mark.django_db
TEAM, INVITE, SLIPS = at("team"), at("invite"), at("team-slips")
PERIOD = ("from_on", "to_on", "minutes")
WAITS_FOR_ME = ["Jonas Prøve", "Tanja Prøve", "Vilma Prøve"]  # they have no talk yet


@pytest.fixture
def browser(cast):
    return english(cast.leader)


def day(offset: int = 0) -> str:
    """A day as the board writes it."""
    with translation.override("en"):
        return date_format(clock.today() + dt.timedelta(days=offset), "SHORT_DAY_FORMAT")


def rows(page) -> dict[str, list[str]]:
    """What stands in the columns, by the person's name."""
    found = re.findall(r'<tr[^>]*><th scope="row">.*?</tr>', page.content.decode(), re.DOTALL)
    return {
        re.findall(r">([^<]+)</a>", row)[0]: [
            re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)
        ]
        for row in found
    }


def mine(page) -> list[str]:
    """Whose rows are marked as waiting for the leader."""
    return re.findall(r'<tr class="mine"><th scope="row"><a[^>]*>([^<]+)', page.content.decode())


def sums(page) -> dict[str, int]:
    """The figures above the board."""
    found = re.findall(r"<li><b>(\d+)</b>([^<]+)</li>", page.content.decode())
    return {label: int(number) for number, label in found}


def leave(one: Member, since: int, until: int | None) -> None:
    """Puts somebody on leave from so many days from today to so many."""
    last = None if until is None else clock.today() + dt.timedelta(days=until)
    Employment.objects.filter(pk=one.employment.pk).update(
        leave_from=clock.today() + dt.timedelta(days=since), leave_until=last
    )


# --- rows -----------------------------------------------------------------------------------------


def test_everybody_whom_one_leads_has_a_row_by_name(cast, browser):
    page = browser.get(TEAM)
    assert names(page) == ["Jonas Prøve", "Mette Prøve", "Tanja Prøve", "Vilma Prøve"]
    assert set(map(tuple, rows(page).values())) == {("Plan a talk", *["–"] * 5)}
    assert page.content.decode().count("<small>Assistent</small>") == 4


SENT, ACCEPTED, HELD = "Sent {today}", "Accepted {today}", "Held {today}"
COLUMNS = {
    "planned": ["Propose times", "–", "–", "–", "–", "–"],
    "offered": ["Waits for Mette to choose a time", SENT, "–", "–", "–", "–"],
    "other time": [
        *("Answer the proposal of another time", "Proposes another time"),
        *("–", "–", "–", "–"),
    ],
    "declined": ["Declined this year", "Declined {today}", "–", "–", "–", "–"],
    "booked": ["Prepare", ACCEPTED, "–", "{next_week} at 10.00", "–", "–"],
    "called off": ["Plan a talk", "–", "–", "–", "–", "–"],
    "open": [
        *("Go on with the talk", ACCEPTED, "–"),
        *("{next_week} at 10.00", "Being written", "0 of 1 done"),
    ],
    "held": [
        *("The minutes are being written", ACCEPTED, "–"),
        *(HELD, "Being written", "0 of 1 done"),
    ],
    "minutes out": [
        *("Read and approve the minutes", ACCEPTED, "–"),
        *(HELD, "Out for approval", "0 of 1 done"),
    ],
    "returned": ["The minutes are being written", ACCEPTED, "–", HELD, "Sent back", "0 of 1 done"],
    "agreed": [
        *("Follow up on what you agreed", ACCEPTED, "–"),
        *(HELD, "Approved {today}", "0 of 1 done"),
    ],
}


@pytest.mark.parametrize("stage", COLUMNS)
def test_each_stage_shows_in_its_columns(cast, browser, stage):
    STAGES[stage](cast)
    found = rows(browser.get(TEAM))
    when = {"today": day(), "next_week": day(7)}
    assert found["Mette Prøve"] == [words.format(**when) for words in COLUMNS[stage]]
    assert all(found[name] == ["Plan a talk", *["–"] * 5] for name in WAITS_FOR_ME)


def test_once_everything_is_done_nothing_asks_to_be_followed_up(cast, browser):
    talk = STAGES["agreed"](cast)
    assert "Follow up on what you agreed" in words(browser.get(f"/havneby/talks/{talk.public_id}/"))
    for one in (cast.employee, cast.leader):
        for agreement in Agreement.objects.all():
            note_follow_up(one.actor, agreement=agreement.public_id, says_done=True)
    closed = "Agreed, and no agreement is open"
    assert rows(browser.get(TEAM))["Mette Prøve"][0] == closed
    assert closed in words(browser.get(f"/havneby/talks/{talk.public_id}/"))
    assert closed in words(english(cast.employee).get("/havneby/"))


def test_who_has_prepared_is_said_and_not_what(cast, browser):
    talk = booked_talk(cast)
    address = f"/havneby/talks/{talk.public_id}/prepare/"
    for one, seen in ((cast.employee, "Mette"), (cast.leader, "Both")):
        one.client.post(f"{address}save/", {"t.wellbeing.general": "hemmeligt"})
        one.client.post(f"{address}hand-in/", {"item": ["wellbeing.general"]})
        page = browser.get(TEAM)
        assert rows(page)["Mette Prøve"][2] == seen
        assert "hemmeligt" not in page.content.decode()


def test_agreements_count_as_done_when_both_say_so(cast, browser):
    talk = STAGES["agreed"](cast)
    agreement = Agreement.objects.get(conversation=talk)
    for one, seen in ((cast.employee, "0 of 1 done"), (cast.leader, "1 of 1 done")):
        note_follow_up(one.actor, agreement=agreement.public_id, says_done=True)
        assert rows(browser.get(TEAM))["Mette Prøve"][5] == seen
    assert "Fast makker" not in browser.get(TEAM).content.decode()


def test_a_talk_that_was_put_off_says_so(cast, browser):
    talk = booked_talk(cast)
    Conversation.objects.filter(pk=talk.pk).update(postponed=1)
    assert rows(browser.get(TEAM))["Mette Prøve"][3] == f"{day(7)} at 10.00 · put off"


def test_the_name_leads_to_the_talk_or_to_planning_one(cast, browser):
    talk = booked_talk(cast)
    html = browser.get(TEAM).content.decode()
    assert f'<a href="/havneby/talks/{talk.public_id}/">Mette Prøve</a>' in html
    plan = at("plan", cast.colleague.employment.public_id)
    assert f'<a href="{plan}">Jonas Prøve</a>' in html
    answer = browser.post(plan)
    planned = Conversation.objects.exclude(pk=talk.pk).get()
    assert answer["Location"] == at("offer", planned.public_id)
    assert browser.post(plan)["Location"] == TEAM  # there is one already
    assert Conversation.objects.count() == 2


# --- order, leave, counts -------------------------------------------------------------------------


def test_times_that_have_all_passed_wait_for_the_leader(cast, browser):
    row = plan_talks(cast.leader.actor, employments=[cast.employee.employment])[0]
    times = [next_week(9), next_week(11)]
    offer_talk(cast.leader.actor, public_id=row.public_id, times=times, minutes=45)
    clock.move(dt.timedelta(days=8))
    page = browser.get(TEAM)
    assert rows(page)["Mette Prøve"][:2] == [
        "The times have passed: propose new ones",
        f"Sent {day(-8)}, the times have passed",
    ]
    assert "Mette Prøve" in mine(page)
    assert "Mette Prøve" in browser.get(INVITE).content.decode()
    address = at("talk", row.public_id)
    asked = words(english(cast.employee).get(address))
    assert "The times have passed. Lars proposes new ones, or you propose one first." in asked
    assert "Take this time" not in asked
    assert "outside my working hours" not in asked
    assert "Propose another time" in asked


def test_a_talk_whose_day_has_passed_waits_for_the_leader(cast, browser):
    row = booked_talk(cast)
    clock.move(dt.timedelta(days=7))
    assert rows(browser.get(TEAM))["Mette Prøve"][0] == "Prepare", "the day itself is not over"
    clock.move(dt.timedelta(days=1))
    page = browser.get(TEAM)
    assert rows(page)["Mette Prøve"][0] == "The day has passed: note it as held, or move it"
    address = at("talk", row.public_id)
    mine_now = words(browser.get(address))
    assert "Move the talk to another day, or note that you held it." in mine_now
    asked = words(english(cast.employee).get(address))
    assert "Lars finds another, or one of you notes that you held it." in asked


def test_a_wish_for_one_talk_for_several_employments_waits_too(cast, browser):
    more = Employment.objects.create(
        organisation=cast.havneby,
        profile=cast.employee.profile,
        number="second",
        unit=cast.top,
        starts_on=clock.today(),
    )
    before = team(cast.leader.actor).waiting
    ask_for_one_talk(cast.employee.actor, holder=more.public_id)
    assert team(cast.leader.actor).waiting == before + 1
    assert f"{before + 1} things wait for you" in words(browser.get(TEAM))
    begins = words(browser.get(at("start")))
    assert "1 × Answer a wish for one talk for several employments" in begins
    assert f"{before + 1} things in your team wait for you." in begins
    assert "Mette" not in begins


def test_what_waits_for_me_stands_first_and_leave_last(cast, browser):
    STAGES["offered"](cast)
    leave(cast.colleague, -3, 10)
    page = browser.get(TEAM)
    assert names(page) == ["Tanja Prøve", "Vilma Prøve", "Mette Prøve", "Jonas Prøve"]
    assert mine(page) == ["Tanja Prøve", "Vilma Prøve"]
    assert "2 things wait for you" in words(page)


@pytest.mark.parametrize(
    ("since", "until", "seen"),
    [
        (-3, 10, "On leave until {last}"),
        (0, 0, "On leave until {last}"),
        (-3, None, "On leave"),
        (1, 10, "Plan a talk"),
        (-10, -1, "Plan a talk"),
    ],
)
def test_on_leave_is_who_is_away_today(cast, browser, since, until, seen):
    leave(cast.employee, since, until)
    page = browser.get(TEAM)
    assert rows(page)["Mette Prøve"][0] == seen.format(last=day(until or 0))
    away = seen != "Plan a talk"
    assert ("Mette Prøve" in mine(page)) is not away
    assert f"Propose times to the {3 if away else 4} who have none" in words(page)
    assert ("Mette Prøve" in words(browser.get(INVITE))) is not away


@pytest.mark.parametrize(
    ("stage", "reached"),
    [
        ("planned", []),
        ("offered", ["offered"]),
        ("declined", ["offered"]),
        ("booked", ["offered", "booked"]),
        ("held", ["offered", "booked", "held"]),
        ("agreed", ["offered", "booked", "held", "approved by both"]),
    ],
)
def test_the_figures_say_how_far_the_team_is(cast, browser, stage, reached):
    STAGES[stage](cast)
    found = sums(browser.get(TEAM))
    assert found.pop("in the team") == 4
    assert found == {
        label: int(label in reached) for label in ("offered", "booked", "held", "approved by both")
    }


def test_last_years_talk_is_not_this_years(cast, browser):
    talk = STAGES["agreed"](cast)
    Conversation.objects.filter(pk=talk.pk).update(year=talk.year - 1)
    page = browser.get(TEAM)
    assert rows(page)["Mette Prøve"][0] == "Plan a talk"
    assert sums(page)["held"] == 0


def test_what_was_agreed_last_year_shows_until_the_next_talk_is_held(cast, browser):
    talk = STAGES["agreed"](cast)
    stages.next_year(cast)
    board = browser.get(TEAM)
    shown = rows(board)["Mette Prøve"]
    assert shown[-1] == f"0 of 1 done, from {talk.year}"
    assert shown[0] == "Prepare"
    assert {row[-1] for name, row in rows(board).items() if name != "Mette Prøve"} == {"–"}
    row = Conversation.objects.get(year=talk.year + 1)
    stages.agreed_frame(cast, row)
    end_talk(cast.leader.actor, public_id=row.public_id)
    assert rows(browser.get(TEAM))["Mette Prøve"][-1] == "0 of 1 done", "it has gone along"


# --- whose team -----------------------------------------------------------------------------------


def test_the_leaders_leader_sees_the_own_leaders_and_not_their_teams(cast):
    found = names(english(cast.leaders_leader).get(TEAM))
    assert found == ["Hanne Prøve", "Karen Prøve", "Lars Prøve", "Mogens Prøve", "Ove Prøve"]
    plan = at("plan", cast.employee.employment.public_id)
    assert cast.leaders_leader.client.post(plan).status_code == 404
    assert not Conversation.objects.exists()


def test_a_leader_with_nobody_is_told_what_to_expect(cast):
    alone = member(cast.havneby, cast.top, "Else", leads=unit(cast.havneby, "9", "Ny", cast.top))
    page = english(alone).get(TEAM)
    assert (page.status_code, names(page)) == (200, [])
    assert "Nobody in your team yet" in words(page)
    assert alone.client.get(INVITE).status_code == 404


def test_a_deputy_sees_that_one_talk(cast):
    talk = booked_talk(cast)
    assert cast.colleague.client.get(TEAM).status_code == 404
    hand_to_deputy(
        cast.leader.actor, public_id=talk.public_id, employment=cast.colleague.employment
    )
    assert names(english(cast.colleague).get(TEAM)) == ["Mette Prøve"]
    page = english(cast.leader).get(TEAM)
    assert rows(page)["Mette Prøve"][0] == "Led by somebody else"
    assert "Mette" not in [one.employment.profile.first_name for one in unoffered(cast.leader)]


def test_a_new_leader_takes_over_by_the_button_and_leaves_what_was_held(cast):
    talk = booked_talk(cast)
    Leadership.objects.filter(unit=cast.unit).update(employment=cast.colleague.employment)
    browser = english(cast.colleague)
    assert rows(browser.get(TEAM))["Mette Prøve"][0] == "Plan a talk"
    plan = at("plan", cast.employee.employment.public_id)
    assert "that a former leader planned. You take it over" in words(browser.get(plan))
    assert browser.post(plan)["Location"] == f"/havneby/talks/{talk.public_id}/offer/"
    assert rows(browser.get(TEAM))["Mette Prøve"][0] == "Propose times"
    Leadership.objects.filter(unit=cast.unit).update(employment=cast.leader.employment)
    Conversation.objects.update(state="agreed", held_at=clock.now())
    page = english(cast.leader).get(TEAM)
    assert rows(page)["Mette Prøve"][0] == "Led by somebody else"
    assert "Mette" not in [one.employment.profile.first_name for one in unoffered(cast.leader)]


def unoffered(who: Member) -> list[TeamRow]:
    return team(who.actor).unoffered


def test_a_deputy_proposes_times_on_the_talks_own_page(cast):
    """Inviting many is for the own team; whoever leads but this talk is not asked to."""
    row = employ(cast, "Asta", "Ny")
    (talk,) = plan_talks(cast.leader.actor, employments=[row])
    hand_to_deputy(
        cast.leader.actor, public_id=talk.public_id, employment=cast.colleague.employment
    )
    page = english(cast.colleague).get(TEAM)
    assert rows(page)["Asta Ny"][0] == "Propose times"
    assert INVITE not in page.content.decode()
    assert SLIPS not in page.content.decode()
    assert SLIPS in english(cast.leader).get(TEAM).content.decode()


# --- slips for the first log-in (the page itself: test_team_slips.py) -----------------------------


def test_slips_are_offered_where_somebody_has_no_log_in(cast, browser):
    assert SLIPS not in browser.get(TEAM).content.decode()
    Profile.objects.filter(pk=cast.employee.profile.pk).update(person=None)
    page = browser.get(TEAM)
    assert f'<a class="button-plain" href="{SLIPS}">' in page.content.decode()
    assert browser.get(SLIPS).status_code == 200
    # Mette is not of the team of his leader.
    assert SLIPS not in english(cast.leaders_leader).get(TEAM).content.decode()


# --- cost -----------------------------------------------------------------------------------------


def offered_to_all(cast: Cast, hour: int) -> None:
    """Everybody of the team who has no talk yet gets an offer."""
    led = Employment.objects.filter(unit=cast.unit).exclude(pk=cast.leader.employment.pk)
    start = next_week(hour)
    invite_team(
        cast.leader.actor,
        times={
            one.public_id: start + dt.timedelta(days=place)
            for place, one in enumerate(led.order_by("pk"))
        },
        minutes=30,
    )


def test_the_board_costs_the_same_with_1_and_30(cast, browser):
    others = [one.employment.pk for one in (cast.colleague, cast.union_rep, cast.two_places)]
    Employment.objects.filter(pk__in=others).update(ends_on=clock.today() - dt.timedelta(days=1))
    offered_to_all(cast, 9)
    few = queries(browser, TEAM)
    assert len(rows(browser.get(TEAM))) == 1
    employ_many(cast, range(29))
    offered_to_all(cast, 11)
    assert len(rows(browser.get(TEAM))) == 30
    assert Offer.objects.count() == 30
    assert queries(browser, TEAM) == few


def test_a_deputys_board_costs_the_same_with_1_and_5(cast):
    browser = english(cast.colleague)
    used = []
    for made in (range(1), range(1, 5)):
        for number in made:
            row = employ(cast, f"Person{number}", "Ny")
            (talk,) = plan_talks(cast.leader.actor, employments=[row])
            hand_to_deputy(
                cast.leader.actor, public_id=talk.public_id, employment=cast.colleague.employment
            )
        used.append(queries(browser, TEAM))
    assert len(rows(browser.get(TEAM))) == 5
    assert used[0] == used[1]


def test_a_large_team_comes_in_pages(cast, browser):
    employ_many(cast, range(60))
    first, second = names(browser.get(TEAM)), names(browser.get(f"{TEAM}?page=2"))
    assert (len(first), len(second), len({*first, *second})) == (50, 14, 64)


# --- inviting many --------------------------------------------------------------------------------


def typed(cast: Cast, **changes: str) -> dict[str, str]:
    """The form as a leader fills it in: Jonas, Mette, Tanja and Vilma, one hour after the other."""
    team = (cast.colleague, cast.employee, cast.union_rep, cast.two_places)
    sent = {"minutes": "50", "place": "Mødelokale 2"}
    for hour, one in enumerate(team, 9):
        key = one.employment.public_id
        sent |= {f"invite-{key}": "on", f"time-{key}": f"{next_week(hour):%Y-%m-%dT%H:%M}"}
    return {name: value for name, value in (sent | changes).items() if value}


def field(kind: str, one: Member) -> str:
    """The name of somebody's tick or time."""
    return f"{kind}-{one.employment.public_id}"


def shown(page) -> dict[str, str]:
    """What stands in the form: as a browser would send it."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page.content.decode().split("<main")[1]):
        at = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if at.get("type") == "checkbox":
            at["value"] = "on" if " checked" in tag else ""
        if at.get("type") != "hidden" and at.get("value"):
            found[at["name"]] = at["value"]
    return found


def assert_refused(browser: Client, sent: dict[str, str], problem: str, at_field: str) -> None:
    """Said once above and once at the field, all typed kept, nothing planned, nothing sent."""
    page = browser.post(INVITE, sent)
    assert page.status_code == 422
    assert page.content.decode().count(f'<a href="#id_{at_field}"') == 1
    assert words(page).count(problem) == 2
    assert shown(page) == sent
    assert not Conversation.objects.exists()
    assert not Activity.objects.filter(verb__startswith="conversation.").exists()


def test_everybody_without_an_offer_has_a_proposed_time(cast, browser):
    STAGES["offered"](cast)
    found = shown(browser.get(INVITE))
    people = (cast.colleague, cast.union_rep, cast.two_places)
    assert set(found) == {
        *PERIOD,
        *(field(kind, one) for one in people for kind in ("invite", "time")),
    }
    times = [dt.datetime.fromisoformat(found[field("time", one)]) for one in people]
    assert times == sorted(set(times))
    assert all(time.weekday() < 5 and 8 <= time.hour < 16 for time in times)
    assert all(time.date() > clock.today() for time in times)


def test_all_are_sent_in_one_go(cast, browser):
    sent = typed(cast, **{field("invite", cast.two_places): ""})
    answer = browser.post(INVITE, sent, follow=True)
    assert answer.redirect_chain == [(TEAM, 302)]
    assert "3 offers are sent." in words(answer)
    who = "conversation__participant__profile__first_name"
    offers = Offer.objects.filter(conversation__participant__part="employee").order_by(who)
    told = [
        (name, [dt.datetime.fromisoformat(time) for time in times])
        for name, times in offers.values_list(who, "times")
    ]
    wanted = zip(("Jonas", "Mette", "Tanja"), (9, 10, 11), strict=True)
    assert told == [(name, [next_week(hour)]) for name, hour in wanted]
    assert set(offers.values_list("minutes", "place")) == {(50, "Mødelokale 2")}
    assert Activity.objects.filter(verb="conversation.offered").count() == 3
    assert set(shown(browser.get(INVITE))) == {
        *PERIOD,
        field("invite", cast.two_places),
        field("time", cast.two_places),
    }


@pytest.mark.parametrize("minutes", [0, 20, 49])
def test_two_at_the_same_time_are_refused(cast, browser, minutes):
    clash = next_week(9) + dt.timedelta(minutes=minutes)
    sent = typed(cast, **{field("time", cast.employee): f"{clash:%Y-%m-%dT%H:%M}"})
    problem = "Two of the times overlap. Leave room between them."
    assert_refused(browser, sent, problem, field("time", cast.employee))


def test_a_time_that_has_passed_is_refused(cast, browser):
    """The one among many is named, and those before it in the list are not sent either."""
    passed = clock.now().astimezone(COPENHAGEN) - dt.timedelta(hours=1)
    sent = typed(cast, **{field("time", cast.two_places): f"{passed:%Y-%m-%dT%H:%M}"})
    assert_refused(browser, sent, "A proposed time has passed.", field("time", cast.two_places))


@pytest.mark.parametrize("time", ["", "i morgen kl. 10"])
def test_a_time_that_is_missing_or_none_is_refused(cast, browser, time):
    sent = typed(cast, **{field("time", cast.union_rep): time})
    assert_refused(browser, sent, "Write a date and a time", field("time", cast.union_rep))


def test_a_time_of_somebody_who_is_not_ticked_does_not_count(cast, browser):
    nobody = {field("invite", cast.employee): "", field("time", cast.employee): ""}
    assert browser.post(INVITE, typed(cast, **nobody)).status_code == 302
    assert Offer.objects.count() == 3


def test_with_nobody_ticked_nothing_is_sent(cast, browser):
    sent = {name: value for name, value in typed(cast).items() if not name.startswith("invite-")}
    page = browser.post(INVITE, sent)
    assert (page.status_code, shown(page)) == (422, sent)
    assert "Choose at least one person." in words(page)
    assert not Conversation.objects.exists()


def test_nobody_of_another_team_is_invited_along(cast, browser):
    strangers = {
        name: value
        for one in (cast.hr, cast.neighbour)
        for name, value in {
            field("invite", one): "on",
            field("time", one): f"{next_week(14):%Y-%m-%dT%H:%M}",
        }.items()
    }
    browser.post(INVITE, typed(cast) | strangers)
    invited = Profile.objects.filter(participant__part="employee")
    assert sorted(one.first_name for one in invited) == ["Jonas", "Mette", "Tanja", "Vilma"]


def test_the_form_costs_the_same_with_1_and_30(cast, browser):
    Employment.objects.filter(unit=cast.unit).exclude(
        pk__in=[cast.employee.employment.pk, cast.leader.employment.pk]
    ).update(unit=cast.top)
    few = queries(browser, INVITE)
    employ_many(cast, range(29))
    assert len([name for name in shown(browser.get(INVITE)) if name.startswith("time-")]) == 30
    assert queries(browser, INVITE) == few
