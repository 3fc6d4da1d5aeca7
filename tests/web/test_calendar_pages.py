"""Own working hours, the own calendar and the feed, as a person meets them."""

import datetime as dt
import re

import icalendar
import pytest
from django.test import Client

from musling.activity.models import Activity
from musling.calendars.models import Feed, OwnCalendar
from musling.calendars.queries import hours_of
from musling.conversations.actions import offering
from musling.conversations.actions.planning import plan_talks
from musling.foundation import clock
from musling.gate.log_lines import LineFormatter
from musling.people.models import Profile
from tests.cast import Cast, Member, booked_talk, next_week
from tests.web.staff_pages import at, english, queries, words

pytestmark = pytest.mark.django_db
PAGE = at("my-calendar")
ADDRESS = "https://kalender.example/hemmelig/abc123.ics"


def made(member: Member) -> str:
    """The path of a feed that the member has just made."""
    page = english(member).post(PAGE, {"do": "feed"})
    assert page.status_code == 200
    found = re.findall(r'value="[a-z]+://[^/"]+(/calendar/[^"]+)"', page.content.decode())
    assert len(found) == 1
    return found[0]


def events(answer) -> list[icalendar.Event]:
    return icalendar.Calendar.from_ical(answer.content).walk("VEVENT")


# --- hours ----------------------------------------------------------------------------------------


def typed(**changes: str) -> dict[str, str]:
    form = {"do": "hours", "pause": "10"}
    for number in range(5):
        form |= {f"from-{number}": "07:00", f"to-{number}": "14:30"}
    return form | changes


def test_hours_are_set_and_shown(cast: Cast):
    browser = english(cast.leader)
    assert browser.get(PAGE).content.decode().count('value="08:00"') == 5
    assert browser.post(PAGE, typed()).status_code == 302
    assert browser.get(PAGE).content.decode().count('value="14:30"') == 5
    own = hours_of(cast.leader.actor)
    assert own.hours[0] == (dt.time(7), dt.time(14, 30))
    assert (own.hours[6], own.pause) == (None, 10)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"to-1": ""}, "Write both times, or leave both empty for a day off."),
        ({"from-1": "15:00"}, "The day ends before it begins."),
        ({"from-1": "kl. 7"}, "Enter a valid time."),
        ({"pause": "121"}, "Ensure this value is less than or equal to 120."),
        ({f"{end}-{n}": "" for n in range(5) for end in ("from", "to")}, "at least one day"),
    ],
)
def test_hours_that_cannot_be_are_refused_and_nothing_typed_is_lost(cast, changes, problem):
    page = english(cast.leader).post(PAGE, typed(**changes))
    assert page.status_code == 422
    assert problem in words(page)
    for name, value in changes.items():
        tag = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page.content.decode())[0]
        assert f'value="{value}"' in tag
    assert hours_of(cast.leader.actor).pause == 15


# --- the own calendar -----------------------------------------------------------------------------


def test_an_address_is_kept_never_shown_again_and_forgotten(cast: Cast):
    browser = english(cast.leader)
    answer = browser.post(PAGE, {"do": "keep", "address": ADDRESS}, follow=True)
    assert "Your calendar has not been read yet." in words(answer)
    assert "hemmelig" not in answer.content.decode()
    OwnCalendar.objects.update(problem="slow", read_at=clock.now())
    page = words(browser.get(PAGE))
    assert "It could not be read the last time" in page
    assert "The calendar's server took too long." in page.replace("&#x27;", "'")
    assert "Your calendar was last read on" in page
    browser.post(PAGE, {"do": "forget"})
    assert not OwnCalendar.objects.exists()
    assert "could not be read" not in words(browser.get(PAGE))


def test_an_address_that_may_not_be_read_is_refused_with_what_to_do(cast: Cast):
    page = english(cast.leader).post(PAGE, {"do": "keep", "address": "http://x.example/a.ics"})
    assert page.status_code == 422
    assert "It begins with https:// or webcal://." in words(page)
    assert 'value="http://x.example/a.ics"' in page.content.decode()


# --- the feed -------------------------------------------------------------------------------------


def test_a_feed_says_when_and_where_and_nothing_about_whom_or_what(cast: Cast):
    talk = booked_talk(cast)
    for member, other in ((cast.employee, "Lars"), (cast.leader, "Mette")):
        answer = Client().get(made(member))
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        (event,) = events(answer)
        assert event["SUMMARY"] == "Samtale"
        assert event["DTSTART"].dt == next_week()
        assert event["UID"].startswith(f"{talk.public_id}@")
        assert event["CLASS"] == "PRIVATE"
        text = answer.content.decode()
        for word in (other, member.profile.first_name, "Prøve", "MUS", "Havneby", "ATTENDEE"):
            assert word not in text
        assert "no-store" in answer["Cache-Control"]


def test_a_feed_holds_ones_own_talks_that_have_a_time(cast: Cast):
    talk = booked_talk(cast)
    path, others = made(cast.employee), made(cast.colleague)
    assert events(Client().get(others)) == []
    cast.leader.client.post(f"/havneby/talks/{talk.public_id}/call-off/")
    assert events(Client().get(path)) == []


def test_an_unchanged_feed_is_not_sent_again(cast: Cast):
    talk = booked_talk(cast)
    path = made(cast.employee)
    first = Client().get(path)
    again = Client().get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    cast.leader.client.post(
        f"/havneby/talks/{talk.public_id}/move/",
        {"time": f"{next_week(14):%Y-%m-%dT%H:%M}", "minutes": "45"},
    )
    moved = Client().get(path, headers={"If-None-Match": first["ETag"]})
    assert moved.status_code == 200
    assert events(moved)[0]["DTSTART"].dt == next_week(14)


def test_a_new_address_stops_the_old_and_ending_stops_both(cast: Cast):
    old = made(cast.employee)
    new = made(cast.employee)
    assert Feed.objects.count() == 1
    nothing = Client().get("/calendar/nowhere.ics")
    assert nothing.status_code == 404
    assert Client().get(old).content == nothing.content
    assert Client().get(new).status_code == 200
    english(cast.employee).post(PAGE, {"do": "end"})
    assert Client().get(new).status_code == 404
    noted = Activity.objects.filter(verb__startswith="feed.").order_by("pk")
    verbs = list(noted.values_list("verb", flat=True))
    assert verbs == ["feed.made", "feed.made", "feed.ended"]


def test_the_database_holds_no_address_that_opens_it(cast: Cast):
    path = made(cast.employee)
    row = Feed.objects.get()
    assert row.secret_hash not in path
    assert Client().get(f"/calendar/{row.secret_hash}.ics").status_code == 404
    assert path not in english(cast.employee).get(PAGE).content.decode(), "shown once"


def test_a_feed_ends_with_the_access(cast: Cast):
    path = made(cast.employee)
    Profile.objects.filter(pk=cast.employee.profile.pk).update(disabled_at=clock.now())
    assert Client().get(path).status_code == 404


def test_a_feed_that_is_asked_too_often_says_wait(cast: Cast):
    path = made(cast.employee)
    found = [Client().get(path).status_code for _n in range(61)]
    assert found == [200] * 60 + [429]
    assert Client().get(made(cast.leader)).status_code == 200


def test_guessing_addresses_is_slowed_down(cast: Cast):
    found = [Client().get(f"/calendar/guess{n}.ics").status_code for n in range(301)]
    assert found == [404] * 300 + [429]


def test_no_log_holds_the_secret_of_a_feed(cast: Cast, caplog):
    path = made(cast.employee)
    for _n in range(61):
        Client().get(path)
    english(cast.employee).post(PAGE, {"do": "end"})
    assert Client().get(path).status_code == 404
    secret = path.split("/")[2].removesuffix(".ics")
    assert secret in caplog.text, "Django would write it"
    lines = [LineFormatter("%(message)s").format(record) for record in caplog.records]
    assert not [line for line in lines if secret in line]
    assert "Not Found: /calendar/….ics" in lines


def test_a_feed_costs_the_same_with_1_and_2_talks(cast: Cast):
    path = made(cast.leader)
    booked_talk(cast)
    few = queries(Client(), path)
    (second,) = plan_talks(cast.leader.actor, employments=[cast.colleague.employment])
    offering.offer_talk(
        cast.leader.actor, public_id=second.public_id, times=[next_week(14)], minutes=45
    )
    offering.accept_offer(cast.colleague.actor, public_id=second.public_id, time=next_week(14))
    assert len(events(Client().get(path))) == 2
    assert queries(Client(), path) == few
    assert Client().post(path).status_code == 405
