"""HR's list of people, the forms for one person, and the page of support."""

import datetime as dt

import pytest
from django.test import Client

from musling.activity.models import Activity
from musling.foundation import clock
from musling.mail.models import Delivery
from musling.people.models import Activation, Employment, Leadership, Person, Profile, Role
from tests.cast import Cast, booked_talk
from tests.people.workplace import day
from tests.web.staff_pages import at, employ, employ_many, english, names, queries, words

pytestmark = pytest.mark.django_db
STATES = ("current", "leave", "coming", "left", "no_log_in", "closed", "all")


@pytest.fixture
def browser(cast: Cast) -> Client:
    """HR at the keyboard."""
    return english(cast.hr)


def job(**more: object) -> dict[str, object]:
    return {"unit": "Hjemmeplejen · 2", "starts_on": "2026-01-01", "pay": "monthly"} | more


# --- the list ---------------------------------------------------------------------------------


def test_the_list_is_sorted_the_danish_way(cast, browser):
    for last in ("Åby", "Zeuthen", "Ørsted", "Ærø", "Aagaard"):
        employ(cast, "Bo", last)
    shown = names(browser.get(at("staff"), {"q": "bo"}))
    assert shown == ["Bo Zeuthen", "Bo Ærø", "Bo Ørsted", "Bo Åby", "Bo Aagaard"]


@pytest.mark.parametrize("typed", ["dam mette", "METTE dam", "dam@x", "12-dam", "e-77"])
def test_people_are_found_by_name_mail_and_number(cast, browser, typed):
    employment = employ(cast, "Mette", "Dam", email="mette.dam@x.example")
    Profile.objects.filter(pk=employment.profile_id).update(number="12-DAM")
    Employment.objects.filter(pk=employment.pk).update(number="E-77")
    assert names(browser.get(at("staff"), {"q": typed})) == ["Mette Dam"]


def test_people_are_found_by_unit_with_all_below(cast, browser):
    shown = names(browser.get(at("staff"), {"unit": "hjemmepl"}))
    assert "Mette Prøve" in shown
    assert "Hanne Prøve" not in shown
    assert "Mette Prøve" in names(browser.get(at("staff"), {"unit": "1"}))
    assert names(browser.get(at("staff"), {"unit": "Rådhuset"})) == []


def test_people_are_found_by_state(cast, browser):
    employ(cast, "Gert", "Gammel", ends_on=day(-3))
    employ(cast, "Nora", "Ny", starts_on=day(9))
    employ(cast, "Olga", "Orlov", leave_from=day(-1), leave_until=day(30))
    Profile.objects.filter(pk=cast.colleague.profile.pk).update(disabled_at=clock.now())
    shown = {state: names(browser.get(at("staff"), {"state": state})) for state in STATES}
    assert shown["left"] == ["Gert Gammel"]
    assert shown["coming"] == ["Nora Ny"]
    assert shown["leave"] == ["Olga Orlov"]
    assert shown["closed"] == ["Jonas Prøve"]
    assert shown["no_log_in"] == ["Nora Ny", "Olga Orlov"]
    assert "Gert Gammel" not in shown["current"]
    assert {"Gert Gammel", "Nora Ny", "Jonas Prøve"} <= set(shown["all"])


def test_a_search_that_finds_nobody_says_so(cast, browser):
    assert "Nobody found" in words(browser.get(at("staff"), {"q": "findes ikke"}))


def test_another_organisations_people_are_not_in_the_list(cast, browser):
    assert names(browser.get(at("staff"), {"q": "nina", "state": "all"})) == []


def test_the_list_costs_the_same_whatever_its_length(cast, browser):
    counts = []
    for numbers in (range(1), range(1, 30), range(30, 1000)):
        employ_many(cast, numbers)
        counts.append(queries(browser, at("staff") + "?q=Mængde"))
    assert counts[0] == counts[1] == counts[2]
    assert queries(browser, at("staff") + "?q=ingen") <= counts[0]
    page = browser.get(at("staff"), {"page": "3"})
    assert len(names(page)) == 50
    assert len(page.content) < 60_000


# --- adding and changing ----------------------------------------------------------------------


def test_hr_adds_a_person_with_an_employment(cast, browser):
    answer = browser.post(
        at("person-add"),
        {"first_name": "Åse", "last_name": "Bro", "language": "da", "title": "Assistent"} | job(),
    )
    profile = Profile.objects.get(first_name="Åse")
    assert answer.url == at("person", profile.public_id)
    employment = profile.employments.get()
    assert (employment.unit, employment.title) == (cast.unit, "Assistent")


def test_a_refused_person_leaves_nothing_behind_and_loses_nothing_typed(cast, browser):
    answer = browser.post(
        at("person-add"),
        {"first_name": "Åse", "number": "010180-1234", "language": "da"} | job(unit="Hjemmeplejen"),
    )
    assert answer.status_code == 200
    assert 'value="010180-1234"' in answer.content.decode()
    assert not Profile.objects.filter(first_name="Åse").exists()
    answer = browser.post(
        at("person-add"), {"first_name": "Åse", "language": "da"} | job(starts_on="i går")
    )
    assert answer.status_code == 200
    assert not Profile.objects.filter(first_name="Åse").exists()


def test_a_unit_that_several_are_called_is_chosen_from_those(cast, browser):
    for number in ("21", "22"):
        cast.unit.pk = None
        type(cast.unit).objects.create(
            organisation=cast.havneby,
            number=number,
            name="Team Nord",
            parent=cast.top,
            path=f"{cast.top.path}{number}000/",
        )
    typed = {"first_name": "Åse", "language": "da"} | job(unit="nord")
    answer = browser.post(at("person-add"), typed)
    options = answer.context["form"].fields["unit_choice"].choices
    assert [label for _key, label in options] == ["Team Nord · 21", "Team Nord · 22"]
    browser.post(at("person-add"), typed | {"unit_choice": options[1][0]})
    assert Profile.objects.get(first_name="Åse").employments.get().unit.number == "22"


def test_a_choice_of_another_search_is_not_taken(cast, browser):
    typed = {"first_name": "Åse", "language": "da"} | job(unit="ingen hedder sådan")
    answer = browser.post(at("person-add"), typed | {"unit_choice": cast.unit.public_id})
    assert answer.status_code == 200
    assert not Profile.objects.filter(first_name="Åse").exists()


def form_of(browser: Client, address: str) -> dict[str, object]:
    """What the form of a page holds when it is opened."""
    form = browser.get(address).context["form"]
    return {name: "" if form[name].value() is None else form[name].value() for name in form.fields}


def test_hr_changes_a_person_and_never_the_log_in(cast, browser):
    profile = cast.employee.profile
    address = at("person-change", profile.public_id)
    facts = form_of(browser, address) | {"email": "ny@havneby.example"}
    assert browser.post(address, facts).url == at("person", profile.public_id)
    profile.refresh_from_db()
    assert profile.email == "ny@havneby.example"
    assert Person.objects.get(pk=profile.person_id).email == "mette@havneby.example"
    assert Activity.objects.filter(verb="person.email_changed", about_id=profile.pk).exists()


def test_two_who_change_a_person_see_both_and_decide(cast, browser):
    profile = cast.employee.profile
    address = at("person-change", profile.public_id)
    mine = form_of(browser, address) | {"last_name": "Holst"}
    Profile.objects.filter(pk=profile.pk).update(last_name="Lund")
    answer = browser.post(address, mine)
    assert answer.context["clash"] == [{"label": "Last name", "now": "Lund", "typed": "Holst"}]
    assert 'value="Holst"' in answer.content.decode()
    again = {name: answer.context["form"].data[name] for name in mine}
    assert browser.post(address, again).status_code == 302
    profile.refresh_from_db()
    assert profile.last_name == "Holst"


def test_hr_ends_a_person(cast, browser):
    profile = cast.employee.profile
    browser.post(at("person-end", profile.public_id), {"last_day": day(-1).isoformat()})
    profile.refresh_from_db()
    assert profile.disabled_at is not None
    assert cast.employee.client.get(at("start")).status_code == 404


def test_access_is_closed_and_opened_and_sessions_end(cast, browser):
    logged_in = cast.employee.client
    address = at("person-access", cast.employee.profile.public_id)
    assert logged_in.get(at("talks")).status_code == 200
    browser.post(address, {"access": "close"})
    assert logged_in.get(at("talks")).status_code == 302  # to the log-in
    browser.post(address, {"access": "open"})
    cast.employee.person.refresh_from_db()
    assert cast.employee.client.get(at("talks")).status_code == 200


# --- employments ------------------------------------------------------------------------------


def test_hr_adds_changes_and_ends_an_employment(cast, browser):
    profile = cast.employee.profile
    browser.post(at("employment-add", profile.public_id), job(unit="Kommunen", title="Vikar"))
    added = profile.employments.get(title="Vikar")
    assert added.unit == cast.top
    address = at("employment-change", added.public_id)
    facts = form_of(browser, address) | {"leave_from": "2026-02-01", "leave_until": "2026-05-01"}
    assert browser.post(address, facts).status_code == 302
    added.refresh_from_db()
    assert str(added.leave_until) == "2026-05-01"
    browser.post(at("employment-end", added.public_id), {"last_day": "2026-06-30"})
    added.refresh_from_db()
    assert str(added.ends_on) == "2026-06-30"


def test_an_unfinished_employment_keeps_what_was_typed(cast, browser):
    address = at("employment-add", cast.employee.profile.public_id)
    answer = browser.post(address, job(title="Vikar", leave_until="2026-05-01"))
    assert answer.context["form"].errors.keys() == {"leave_from"}
    assert 'value="Vikar"' in answer.content.decode()


# --- posts and roles --------------------------------------------------------------------------


def test_hr_gives_a_unit_a_stand_in_and_ends_it(cast, browser):
    address = at("post-add", cast.unit.public_id)
    facts = form_of(browser, address) | {"employment": "jonas", "kind": "stand_in"}
    assert browser.post(address, facts).url == at("unit", cast.unit.public_id)
    post = Leadership.objects.get(kind="stand_in")
    assert post.employment == cast.colleague.employment
    assert cast.colleague.client.get(at("team")).status_code == 200
    browser.post(at("post-end", post.pk), {"last_day": ""})
    cast.colleague.person.refresh_from_db()
    assert cast.colleague.client.get(at("team")).status_code == 404


def test_a_name_of_several_people_is_chosen_from_those(cast, browser):
    employ(cast, "Jonas", "Berg")
    address = at("post-add", cast.unit.public_id)
    facts = form_of(browser, address) | {"employment": "jonas"}
    answer = browser.post(address, facts)
    options = answer.context["form"].fields["employment_choice"].choices
    assert [label.split(",")[0] for _key, label in options] == ["Jonas Berg", "Jonas Prøve"]
    assert not Leadership.objects.filter(employment__profile__last_name="Berg").exists()


def test_hr_gives_and_ends_a_role(cast, browser):
    profile = cast.colleague.profile
    address = at("role-add", profile.public_id)
    browser.post(address, {"name": "committee", "starts_on": day().isoformat()})
    role = Role.objects.get(profile=profile)
    assert role.name == "committee"
    answer = browser.post(address, {"name": "committee", "starts_on": day().isoformat()})
    assert answer.context["form"].errors.keys() == {"name"}
    browser.post(at("role-end", role.pk), {"last_day": ""})
    role.refresh_from_db()
    assert role.ends_on == day(-1)


def test_who_gives_up_hr_goes_home(cast, browser):
    own = Role.objects.get(profile=cast.hr.profile)
    answer = browser.post(at("role-end", own.pk), {"last_day": ""})
    assert answer.status_code == 200  # refused: nobody else is in HR
    Role.objects.create(
        organisation=cast.havneby, profile=cast.operator.profile, name="hr", starts_on=day(-9)
    )
    assert browser.post(at("role-end", own.pk), {"last_day": ""}).url == "/"


# --- support ----------------------------------------------------------------------------------


def test_the_page_of_support_shows_states_and_never_content(cast, browser):
    booked_talk(cast)
    shown = words(browser.get(at("person", cast.employee.profile.public_id)))
    assert "Booked" in shown
    assert "Lars Prøve" in shown


def test_the_page_says_who_leads_and_why(cast, browser):
    Leadership.objects.filter(unit=cast.unit).update(ends_on=day(-1))
    shown = words(browser.get(at("person", cast.employee.profile.public_id)))
    assert "Leader: Christian Prøve . The post here is vacant" in shown
    shown = words(browser.get(at("person", cast.leaders_leader.profile.public_id)))
    assert "Nobody leads this unit or any above it" in shown


def test_a_mail_is_sent_again(cast, browser):
    delivery = Delivery.objects.create(
        organisation=cast.havneby,
        activity_id=1,
        recipient=cast.employee.profile,
        mail="talk_offered",
        state="given_up",
        problem="550 no such box",
        made_at=clock.now(),
    )
    page = at("person", cast.employee.profile.public_id)
    assert "550 no such box" in words(browser.get(page))
    again = at("mail-again", cast.employee.profile.public_id)
    assert browser.post(again, {"delivery": delivery.public_id}).url == page
    delivery.refresh_from_db()
    assert delivery.state == "waiting"
    assert browser.post(again, {"delivery": "abcdefghjkmn"}).status_code == 404


def test_mails_that_did_not_arrive_have_a_page(cast, browser):
    page = at("undelivered-mails")
    assert page not in browser.get(at("staff")).content.decode()
    assert "Everything arrived" in words(browser.get(page))
    deliver(cast, cast.employee.profile, range(1))
    deliver(cast, cast.colleague.profile, range(1, 2))
    refused, nowhere = Delivery.objects.order_by("activity_id")
    Delivery.objects.filter(pk=refused.pk).update(state="given_up", problem="550 no such box")
    Delivery.objects.filter(pk=nowhere.pk).update(state="nobody")
    assert "1 mail did not arrive" in words(browser.get(at("staff")))
    assert "550 no such box" in words(browser.get(page))
    assert cast.colleague.profile.name not in words(browser.get(page))
    assert cast.colleague.profile.name in words(browser.get(f"{page}?why=address"))
    again = at("mail-again", cast.employee.profile.public_id)
    sent = browser.post(again, {"delivery": refused.public_id, "from_list": "1"})
    assert sent.url == page
    assert "Everything arrived" in words(browser.get(page))
    Delivery.objects.filter(pk=refused.pk).update(
        state="given_up", made_at=clock.now() - dt.timedelta(days=91)
    )
    assert "Everything arrived" in words(browser.get(page))


def test_the_page_of_mails_costs_the_same_with_one_row_and_thirty(cast, browser):
    page = at("undelivered-mails")
    deliver(cast, cast.employee.profile, range(1))
    Delivery.objects.update(state="failed", refused_at="x")
    before = queries(browser, page)
    deliver(cast, cast.employee.profile, range(1, 30))
    Delivery.objects.update(state="failed", refused_at="x")
    assert queries(browser, page) == before
    assert browser.get(page).content.decode().count("Send again") == 30


def test_the_first_log_in_is_given_by_link_or_slip(cast, browser):
    profile = employ(cast, "Åse", "Bro", email="aase@havneby.example").profile
    browser.post(at("activation-mail", profile.public_id))
    assert Activation.objects.get(profile=profile).how == "mail"
    slip = browser.post(at("activation-slip", profile.public_id))
    assert slip["Content-Type"] == "application/pdf"
    assert slip.content.startswith(b"%PDF")
    assert Activation.objects.filter(profile=profile, how="slip", ended_at=None).count() == 1


def test_who_has_a_log_in_gets_no_slip(cast, browser):
    page = browser.get(at("person", cast.employee.profile.public_id)).content.decode()
    assert at("activation-slip", cast.employee.profile.public_id) not in page
    slip = browser.post(at("activation-slip", cast.employee.profile.public_id))
    assert slip.status_code == 404


def test_the_page_of_support_costs_the_same_with_one_row_and_thirty(cast, browser):
    profile = employ(cast, "Åse", "Bro").profile
    address = at("person", profile.public_id)
    deliver(cast, profile, range(1))
    before = queries(browser, address)
    deliver(cast, profile, range(1, 30))
    for number in range(29):
        employment = Employment.objects.create(
            organisation=cast.havneby,
            profile=profile,
            number=f"more-{number}",
            unit=cast.unit,
            starts_on=day(-5),
        )
        Leadership.objects.create(
            organisation=cast.havneby, unit=cast.top, employment=employment, starts_on=day(9)
        )
        Role.objects.create(
            organisation=cast.havneby, profile=profile, name="consultant", starts_on=day(-2)
        )
    assert queries(browser, address) == before


def deliver(cast: Cast, profile: Profile, numbers: range) -> None:
    Delivery.objects.bulk_create(
        Delivery(
            organisation=cast.havneby,
            activity_id=1000 + number,
            recipient=profile,
            mail="talk_offered",
            state="sent",
            made_at=clock.now(),
        )
        for number in numbers
    )


# --- who may ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who",
    [
        *("employee", "leader", "leaders_leader", "colleague", "union_rep", "committee"),
        *("consultant", "operator", "two_places", "neighbour"),
    ],
)
def test_only_hr_comes_to_these_pages(cast, who):
    browser = cast.everybody[who].client
    person, unit = cast.employee.profile.public_id, cast.unit.public_id
    for address in (
        at("staff"),
        at("person-add"),
        at("person", person),
        at("person-change", person),
        at("employment-change", cast.employee.employment.public_id),
        at("role-add", person),
        at("role-end", Role.objects.first().pk),
        at("post-end", Leadership.objects.first().pk),
        at("units"),
        at("unit", unit),
        at("post-add", unit),
        at("people-import"),
    ):
        assert browser.get(address).status_code == 404, address
