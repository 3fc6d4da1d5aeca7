"""The leader's page "What we ask", the employee's view of it, and HR's list of what changed."""

import re

import pytest
from django.core.cache import caches
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from musling.conversations.actions import preparing
from musling.conversations.actions.planning import plan_talks
from musling.conversations.models import Conversation
from musling.foundation import clock
from musling.foundation.problems import Refused
from musling.frames import catalogue
from musling.frames.actions import adopt_standard, keep_content, take_into_use
from musling.frames.document import to_json
from musling.frames.models import Frame, FrameVersion, RequiredItem, TeamVersion
from musling.frames.parsing import parse
from musling.frames.queries import document_of
from musling.people.models import Employment, Leadership
from tests.access.stages import offered
from tests.cast import LONG_AGO, Cast, booked, booked_talk, planned_talk, unit
from tests.conversations.test_fitting import document
from tests.web.staff_pages import at, employ_many, english, queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.row("D4"), pytest.mark.row("D5")]
HIDE, MUST = "tasks.value", "tasks.time"
ASK = {"text": "Hvad skal vi holde op med?", "type": "text", "phase": "ahead", "theme": "tasks"}


def here(cast: Cast) -> str:
    return at("team-asked-of", cast.unit.public_id, "mus")


def press(browser: Client, address: str, deed: str, **more: str) -> HttpResponse:
    return browser.post(address, {"do": deed, **more}, follow=True)


def changes() -> dict[str, object]:
    newest = TeamVersion.objects.order_by("-number").first()
    return newest.changes if newest else {}


def ids(talk: Conversation) -> list[str]:
    return [item.id for item in document(talk).items]


def test_the_leader_fits_and_saves_and_the_next_talk_asks_it(cast: Cast):
    leader = english(cast.leader)
    assert "fit it to the team" in words(leader.get(at("team")))
    page = words(leader.get(at("team-asked")))
    assert page.count("Mandatory – always asked") == 10
    press(leader, here(cast), f"hide {HIDE}")
    press(leader, here(cast), "down tasks.motivation")
    press(leader, here(cast), "theme-up tasks")
    press(leader, here(cast), "add", **ASK)
    page = words(press(leader, here(cast), f"add-help {MUST}", help="Hvad tager længst?"))
    assert "Not saved yet" in page
    assert "1 question added, 1 question left out, own help questions to 1 question" in page
    assert not TeamVersion.objects.exists()
    page = words(press(leader, here(cast), "save"))
    assert "Saved. Talks that begin from now on ask this." in page
    assert "Not saved yet" not in page
    assert changes()["hidden"] == [HIDE]
    talk = planned_talk(cast)
    assert HIDE not in ids(talk)
    assert ids(talk).index("tasks.motivation") == ids(talk).index("tasks.help") - 1
    assert document_of(talk.content).item(MUST).help[-1] == {"da": "Hvad tager længst?"}


def test_a_press_says_what_it_did_and_leads_back_to_its_place(cast: Cast):
    leader = english(cast.leader)
    answer = leader.post(here(cast), {"do": f"hide {HIDE}"})
    assert answer.status_code == 302
    assert answer["Location"] == f"{here(cast)}?did=hide#i-{HIDE}"
    shown = leader.get(answer["Location"])
    assert '<p id="said" class="sr-only" role="status">Left out</p>' in shown.content.decode()
    assert shown["HX-Push-Url"] == "false"
    up = leader.post(here(cast), {"do": "theme-up tasks"})
    assert up["Location"].endswith("#t-tasks")


def test_what_is_pressed_back_is_no_draft_any_more(cast: Cast):
    leader = english(cast.leader)
    press(leader, here(cast), f"hide {HIDE}")
    assert "Not saved yet" in words(leader.get(here(cast)))
    press(leader, here(cast), f"show {HIDE}")
    assert "Not saved yet" not in words(leader.get(here(cast)))
    press(leader, here(cast), f"hide {HIDE}")
    page = words(press(leader, here(cast), "drop"))
    assert "Thrown away" in page
    assert "Not saved yet" not in page


@pytest.mark.parametrize("item", [MUST, "wellbeing.life-phase", "values.results", "gone"])
def test_no_post_by_hand_hides_what_is_mandatory_or_not_there(cast: Cast, item: str):
    leader = english(cast.leader)
    page = words(press(leader, here(cast), f"hide {item}"))
    assert "This question is" in page
    assert "Not saved yet" not in page
    press(leader, here(cast), "save")
    assert not TeamVersion.objects.exists()


def test_no_control_leaves_a_mandatory_item_out(cast: Cast):
    page = english(cast.leader).get(here(cast)).content.decode()
    base = planned_talk(cast)
    for item in document_of(base.content).items:
        assert (f'value="hide {item.id}"' in page) != item.mandatory, item.id


def test_what_became_mandatory_while_the_draft_lay_is_not_hidden(cast: Cast):
    leader = english(cast.leader)
    press(leader, here(cast), f"hide {HIDE}")
    RequiredItem.objects.create(
        organisation=cast.havneby, kinds=["mus"], item=HIDE, made_at=clock.now()
    )
    assert "has become mandatory" in words(leader.get(here(cast)))
    press(leader, here(cast), "save")
    assert HIDE not in changes().get("hidden", [])
    assert "Mandatory by the committee – always asked" in words(leader.get(here(cast)))


def test_own_questions_of_each_kind_are_written_changed_and_removed(cast: Cast):
    leader = english(cast.leader)
    press(leader, here(cast), "add", **ASK)
    page = leader.get(here(cast)).content.decode()
    own = re.search(r'value="remove (team\.[0-9a-f]{8})"', page)[1]
    form = leader.get(here(cast), {"write": f"change {own}"}).content.decode()
    assert "Hvad skal vi holde op med?</textarea>" in form
    choice = ASK | {"type": "choice", "options": "Morgen\n\n Aften \nMorgen", "help": "Hvornår?"}
    page = words(press(leader, here(cast), f"change {own}", **choice))
    assert "Morgen · Aften · Morgen" in page
    scale = ASK | {"type": "scale", "theme": "team"}
    page = words(press(leader, here(cast), f"change {own}", **scale))
    assert "Our own questions" in page
    press(leader, here(cast), "save")
    (row,) = changes()["added"]
    assert (row["theme"], row["item"]["id"], row["item"]["type"]) == ("team", own, "scale")
    page = words(press(leader, here(cast), f"remove {own}"))
    assert "As the organisation asks" in page
    press(leader, here(cast), "save")
    assert changes() == {}


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (ASK | {"text": ""}, "Your question"),
        (ASK | {"text": "x" * 301}, "Your question"),
        (ASK | {"type": "choice", "options": "Kun én"}, "at least two answers"),
        (ASK | {"type": "agreements"}, "How is it answered?"),
        (ASK | {"theme": "goals"}, "Under which theme?"),
    ],
)
def test_a_question_that_cannot_be_comes_back_with_what_was_typed(cast: Cast, sent, told):
    answer = english(cast.leader).post(here(cast), {"do": "add", **sent})
    assert answer.status_code == 422
    page = words(answer)
    assert "This must be put right first" in page
    assert told in page
    assert not sent["text"] or sent["text"][:40] in page


def test_ten_of_ones_own_are_the_most(cast: Cast):
    leader = english(cast.leader)
    for _time in range(10):
        press(leader, here(cast), "add", **ASK)
    answer = leader.post(here(cast), {"do": "add", **ASK})
    assert answer.status_code == 422
    assert "at most 10 questions" in words(answer)


THOUSANDS = f"remove-help {MUST}:{'9' * 5000}"


def test_own_help_is_removed_again_and_odd_presses_do_no_harm(cast: Cast):
    leader = english(cast.leader)
    press(leader, here(cast), f"add-help {MUST}", help="Hvad tager længst?")
    odd_ones = ("remove-help", f"remove-help {MUST}:x", "remove-help :", "nothing", "", "up gone")
    for odd in (*odd_ones, THOUSANDS):
        page = press(leader, here(cast), odd)
        assert page.status_code == 200, odd
        assert "Hvad tager længst?" in words(page), odd
    for odd in ("change gone", "add-help gone", f"change {MUST}"):
        assert leader.post(here(cast), {"do": odd, **ASK, "help": "x"}).status_code == 302, odd
        assert leader.get(here(cast), {"write": odd}).status_code == 200, odd
    page = words(press(leader, here(cast), f"remove-help {MUST}:0"))
    assert "Hvad tager længst?" not in page


def test_two_who_save_do_not_overwrite_each_other(cast: Cast):
    first, second = english(cast.leader), english(cast.leader)
    press(first, here(cast), f"hide {HIDE}")
    press(second, here(cast), "hide tasks.help")
    press(first, here(cast), "save")
    page = words(press(second, here(cast), "save"))
    assert "somebody saved other questions meanwhile" in page
    assert "What is saved now" in page
    assert changes()["hidden"] == [HIDE]
    press(second, here(cast), "save")
    assert changes()["hidden"] == ["tasks.help"]


def test_a_new_version_keeps_what_fits_and_the_page_says_what_does_not(cast: Cast):
    leader = english(cast.leader)
    press(leader, here(cast), f"hide {HIDE}")
    press(leader, here(cast), "add", **ASK)
    press(leader, here(cast), f"add-help {MUST}", help="Hvad tager længst?")
    press(leader, here(cast), "save")
    adopt_standard(cast.hr.actor, name="mus-phases", kind="mus")
    page = words(leader.get(here(cast)))
    assert "The organisation's questions have changed" in page.replace("&#x27;", "'")
    for told in (
        "which you had left out, is not asked any more anyway",
        "Your help questions to it: “Hvad tager længst?”",
        "is gone. It stands at the end now",
    ):
        assert told in page, told
    page = words(press(leader, here(cast), "save"))
    assert "questions have changed" not in page
    assert [row["theme"] for row in changes()["added"]] == ["team"]


def test_talks_that_are_not_offered_yet_are_brought_along_with_their_number(cast: Cast):
    begun = booked_talk(cast)
    other = plan_talks(cast.leader.actor, employments=[cast.colleague.employment])[0]
    leader = english(cast.leader)
    press(leader, here(cast), f"hide {HIDE}")
    page = words(press(leader, here(cast), "save"))
    assert "1 talk cannot be prepared yet" in page
    assert HIDE in ids(other)
    page = words(press(leader, here(cast), "use"))
    assert "1 talk asks this now" in page
    assert "cannot be prepared yet" not in page
    assert HIDE not in ids(other)
    assert HIDE in ids(begun)


TOKEN = re.compile(r'name="(csrfmiddlewaretoken|posted_by)" value="[^"]*"|nonce="[^"]*"')


def leaders_pages(leader: Client, cast: Cast, talk: Conversation) -> dict[str, str]:
    """Whatever the leader can open about the talk and the team, but for tokens."""
    addresses = [at(name, talk.public_id) for name in ("talk", "talk-asked", "talk-fit", "prepare")]
    addresses += [at("talk-fit-seen", talk.public_id), at("team"), here(cast), at("start")]
    found = {one: leader.get(one) for one in addresses}
    assert {one.status_code for one in found.values()} == {200}
    return {one: TOKEN.sub("", page.content.decode()) for one, page in found.items()}


@pytest.mark.parametrize("stage", ["planned", "offered", "booked"])
def test_no_page_tells_the_leader_that_somebody_has_begun_to_prepare(cast: Cast, stage: str):
    """T27: neither a page nor what a press does depends on what the employee has written."""
    talk = {"planned": planned_talk, "offered": offered, "booked": booked_talk}[stage](cast)
    leader = english(cast.leader)
    before = leaders_pages(leader, cast, talk)
    if stage == "planned":
        with pytest.raises(Refused):  # it is not open yet
            begin(cast, talk)
    else:
        begin(cast, talk)
    assert leaders_pages(leader, cast, talk) == before
    press(leader, at("talk-fit", talk.public_id), f"hide {HIDE}")
    page = words(press(leader, at("talk-fit", talk.public_id), "save"))
    assert ("Saved. Mette sees it" in page) == (stage == "planned")
    assert ("The talk has been offered" in page) == (stage != "planned")
    press(leader, here(cast), f"hide {HIDE}")
    press(leader, here(cast), "save")
    press(leader, here(cast), "use")
    assert (HIDE in ids(talk)) == (stage != "planned")


def begin(cast: Cast, talk: Conversation) -> None:
    preparing.save_answers(
        cast.employee.actor, public_id=talk.public_id, answers={HIDE: {"score": 1}}, versions={}
    )


def test_the_preview_shows_what_is_not_saved_yet(cast: Cast):
    leader = english(cast.leader)
    press(leader, here(cast), "add", **ASK)
    seen = at("team-asked-seen", cast.unit.public_id, "mus")
    for part in ("employee", "leader"):
        page = words(leader.get(seen, {"part": part}))
        assert "Hvad skal vi holde op med?" in page
        assert "It is not saved yet" in page
    assert leader.get(seen, {"part": "hr"}).status_code == 404


# --- who may ------------------------------------------------------------------------------------


def test_nobody_but_whoever_leads_the_unit_today(cast: Cast):
    for name, one in cast.everybody.items():
        wanted = 200 if one is cast.leader else 404
        browser = english(one)
        for address in (here(cast), at("team-asked-seen", cast.unit.public_id, "mus")):
            assert browser.get(address).status_code == wanted, (name, address)
        if one is not cast.leader:
            for deed in (f"hide {HIDE}", "save", "use", "add"):
                assert browser.post(here(cast), {"do": deed}).status_code == 404, (name, deed)
    assert not TeamVersion.objects.exists()
    leader = english(cast.leader)
    assert leader.get(at("team-asked-of", cast.top.public_id, "mus")).status_code == 404
    assert leader.get(at("team-asked-of", cast.unit.public_id, "mus_bpa")).status_code == 404
    assert leader.get(at("team-asked-of", cast.unit.public_id, "lus")).status_code == 404


def test_a_stand_in_comes_in_and_the_leader_is_told_who_decides(cast: Cast):
    Leadership.objects.create(
        organisation=cast.havneby,
        unit=cast.unit,
        employment=cast.colleague.employment,
        kind="stand_in",
        starts_on=LONG_AGO,
    )
    assert english(cast.colleague).get(here(cast)).status_code == 200
    leader = english(cast.leader)
    assert leader.get(here(cast)).status_code == 404
    assert "that is the stand-in" in words(leader.get(at("team-asked")))


def test_a_unit_that_holds_another_kind_of_talk_may_fit_that_too(cast: Cast):
    planned_talk(cast, kind="mus_bpa")
    other = unit(cast.havneby, "3", "Natholdet", cast.unit)
    Leadership.objects.create(
        organisation=cast.havneby,
        unit=other,
        employment=cast.leader.employment,
        starts_on=LONG_AGO,
    )
    leader = english(cast.leader)
    page = words(leader.get(here(cast)))
    assert "Hjemmeplejen · MUS (Helper)" in page
    assert "Natholdet · MUS (Employee)" in page
    bpa = at("team-asked-of", cast.unit.public_id, "mus_bpa")
    first = (
        document_of(
            FrameVersion.objects.get(organisation=cast.havneby, frame__kind="mus_bpa").content
        )
        .items[0]
        .id
    )
    press(leader, bpa, f"hide {first}")
    press(leader, bpa, "save")
    assert TeamVersion.objects.get().kind == "mus_bpa"


# --- one talk, and the employee -----------------------------------------------------------------


def test_one_talk_is_fitted_and_the_employee_reads_it_before_preparing(cast: Cast):
    talk = planned_talk(cast)
    fit = at("talk-fit", talk.public_id)
    leader, employee = english(cast.leader), english(cast.employee)
    assert f'href="{fit}"' in leader.get(at("talk", talk.public_id)).content.decode()
    assert f'href="{fit}"' not in employee.get(at("talk", talk.public_id)).content.decode()
    prepare = at("prepare", talk.public_id)
    assert "has fitted the questions" not in words(employee.get(prepare))
    press(leader, fit, f"hide {HIDE}")
    press(leader, fit, "add", **ASK)
    page = words(press(leader, fit, "save"))
    assert "Saved. Mette sees it before preparing." in page
    assert not TeamVersion.objects.exists()
    for address in (prepare, at("talk-asked", talk.public_id)):
        page = words(employee.get(address))
        assert "fitted the questions to this talk: 1 question added, 1 question left out" in page
        assert "Hvad skal vi holde op med?" in page
        assert "My work benefits those" in page
    assert "Fitted to this talk: 1 question added" in words(leader.get(prepare))
    asked = words(employee.get(at("talk-asked", talk.public_id)))
    assert "The questions can still change until the talk is offered." in asked
    assert "You and Lars can see this." in asked
    # It opens with the offer, and then it stands.
    theme = employee.get(at("prepare-theme", talk.public_id, "tasks"))
    assert "as soon as Lars proposes a time" in words(theme)
    booked(cast, talk)
    asked = words(employee.get(at("talk-asked", talk.public_id)))
    assert "stand from the day when the talk was first offered" in asked
    # Also in the short version, which is what one begins with.
    theme = employee.get(at("prepare-theme", talk.public_id, "tasks"))
    assert "Hvad skal vi holde op med?" in words(theme)


def test_once_it_was_offered_the_page_says_so_and_changes_nothing(cast: Cast):
    talk = planned_talk(cast)
    fit = at("talk-fit", talk.public_id)
    leader = english(cast.leader)
    assert f'href="{fit}"' in leader.get(at("offer", talk.public_id)).content.decode()
    press(leader, fit, f"hide {HIDE}")
    booked(cast, talk)
    page = leader.get(fit)
    assert "The talk has been offered" in words(page)
    assert 'value="hide ' not in page.content.decode()
    assert "The talk has been offered" in words(press(leader, fit, "save"))
    assert HIDE in ids(talk)
    assert f'href="{fit}"' not in leader.get(at("talk", talk.public_id)).content.decode()


def test_the_page_of_one_talk_speaks_of_that_talk(cast: Cast):
    talk = planned_talk(cast)
    page = words(english(cast.leader).get(at("talk-fit", talk.public_id)))
    assert "Fit it to your talk with Mette" in page
    assert "You and Mette can see this." in page
    assert "HR sees that you have fitted a talk, but neither which nor how." in page
    assert "your team" not in page
    write = at("talk-fit", talk.public_id) + "?write=add"
    assert "and HR. Write nothing about one person" not in words(english(cast.leader).get(write))


def test_what_is_asked_of_one_talk_is_kept_in_no_process(cast: Cast):
    talk = planned_talk(cast)
    fit = at("talk-fit", talk.public_id)
    leader, employee = english(cast.leader), english(cast.employee)
    press(leader, fit, "add", **ASK)
    leader.get(at("talk-fit-seen", talk.public_id))
    press(leader, fit, "save")
    booked(cast, talk)
    for browser in (leader, employee):
        for address in (
            at("talk-asked", talk.public_id),
            at("prepare-theme", talk.public_id, "tasks"),
        ):
            assert ASK["text"] in words(browser.get(address))
    assert ASK["text"] not in str(caches["rendered"]._cache)  # type: ignore[attr-defined]


def test_two_leaders_presses_on_one_talk_do_not_overwrite(cast: Cast):
    talk = planned_talk(cast)
    fit = at("talk-fit", talk.public_id)
    first, second = english(cast.leader), english(cast.leader)
    press(first, fit, f"hide {HIDE}")
    press(second, fit, "hide tasks.help")
    press(first, fit, "save")
    assert "somebody saved other questions meanwhile" in words(press(second, fit, "save"))
    assert HIDE not in ids(talk)
    press(second, fit, "save")
    assert HIDE in ids(talk)
    assert "tasks.help" not in ids(talk)


def test_only_the_parties_read_it_and_only_the_leader_fits(cast: Cast):
    talk = planned_talk(cast)
    for name, one in cast.everybody.items():
        reads = one in (cast.employee, cast.leader)
        browser = english(one)
        asked = browser.get(at("talk-asked", talk.public_id)).status_code
        assert asked == (200 if reads else 404), name
        for address in ("talk-fit", "talk-fit-seen"):
            got = browser.get(at(address, talk.public_id)).status_code
            assert got == (200 if one is cast.leader else 404), (name, address)
        if one is not cast.leader:
            answer = browser.post(at("talk-fit", talk.public_id), {"do": f"hide {HIDE}"})
            assert answer.status_code == 404, name
    assert HIDE in ids(talk)


# --- HR -----------------------------------------------------------------------------------------


def test_hr_reads_what_each_team_changed(cast: Cast):
    hr = english(cast.hr)
    assert "No team has changed anything" in words(hr.get(at("frames-teams")))
    leader = english(cast.leader)
    press(leader, here(cast), f"hide {HIDE}")
    press(leader, here(cast), "add", **ASK)
    press(leader, here(cast), "save")
    page = words(hr.get(at("frames-teams")))
    for told in ("Hjemmeplejen", "1 question added, 1 question left out", "My work benefits those"):
        assert told in page, told
    assert f'href="{at("frames-teams")}"' in hr.get(at("frames")).content.decode()
    for name, one in cast.everybody.items():
        if one is not cast.hr:
            assert english(one).get(at("frames-teams")).status_code == 404, name


def test_hr_reads_that_talks_were_fitted_alone_and_nothing_more(cast: Cast):
    talk = planned_talk(cast)
    leader = english(cast.leader)
    press(leader, at("talk-fit", talk.public_id), "add", **ASK)
    press(leader, at("talk-fit", talk.public_id), "save")
    page = words(english(cast.hr).get(at("frames-teams")))
    assert "Fitted in single talks" in page
    assert cast.leader.profile.name in page
    assert "1 talk, on" in page
    assert ASK["text"] not in page
    assert cast.employee.profile.name not in page


def test_where_no_frame_is_in_use_the_page_says_what_to_do(cast: Cast):
    Frame.objects.update(taken_at=None)
    page = english(cast.leader).get(at("team-asked"))
    assert page.status_code == 200
    assert "Ask HR to take a frame into use" in words(page)
    for name in ("team-asked-of", "team-asked-seen", "team-asked-pick"):
        address = at(name, cast.unit.public_id, "mus")
        assert english(cast.leader).get(address).status_code == 404, name


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("\n".join(f"Svar {n}" for n in range(1100)), "at most 30 answers"),
        ("Ja\n" + "x" * 121, "at most 120 characters in one answer"),
    ],
)
def test_too_many_answers_or_too_long_ones_are_said_and_stay_in_the_field(cast, options, told):
    asked = ASK | {"type": "choice", "options": options}
    answer = english(cast.leader).post(here(cast), {"do": "add", **asked})
    assert answer.status_code == 422
    assert told in words(answer)
    assert options.splitlines()[-1] in answer.content.decode()


def test_a_long_question_is_refused_whole_and_no_browser_cuts_it(cast: Cast):
    leader = english(cast.leader)
    assert "maxlength" not in leader.get(here(cast) + "?write=add").content.decode()
    for deed, field in (("add", "text"), (f"add-help {MUST}", "help")):
        sent = {**ASK, field: "x" * 301}
        answer = leader.post(here(cast), {"do": deed, **sent})
        assert answer.status_code == 422
        assert "at most 300 characters (it has 301)" in words(answer)
        assert "x" * 301 in answer.content.decode()
    assert not TeamVersion.objects.exists()


def test_a_number_of_thousands_of_digits_does_no_harm(cast: Cast):
    leader = english(cast.leader)
    press(leader, here(cast), f"add-help {MUST}", help="Hvornår?")
    answer = leader.post(here(cast), {"do": f"remove-help {MUST}:{'9' * 5000}"})
    assert answer.status_code == 302


# --- the catalogue --------------------------------------------------------------------------------


@pytest.mark.row("E6")
def test_questions_are_picked_from_the_catalogue_for_the_team_and_for_one_talk(cast: Cast):
    talk = planned_talk(cast)
    leader = english(cast.leader)
    several = next(one for one in catalogue.search(kind="mus") if one.type == "several")
    plain = next(one for one in catalogue.search(kind="mus") if one.type == "text")
    for address, pick in (
        (here(cast), at("team-asked-pick", cast.unit.public_id, "mus")),
        (at("talk-fit", talk.public_id), at("talk-fit-pick", talk.public_id)),
    ):
        assert f'href="{pick}"' in leader.get(address).content.decode()
        found = leader.get(pick, {"q": plain.text["en"][:20]}).content.decode()
        assert f'value="{plain.id}"' in found
        looked = leader.post(pick, {"question": [several.id], "look": "1", "q": "qqq"}, follow=True)
        assert f'type="hidden" name="question" value="{several.id}"' in looked.content.decode()
        assert "Tick at least one question." in words(leader.post(pick, {}))
        page = words(leader.post(pick, {"question": [several.id, plain.id]}, follow=True))
        assert "2 questions are added." in page
        assert "Not saved yet" in page
        assert plain.text["en"] in page
        assert "Asked already" in words(leader.get(pick, {"q": plain.text["en"][:20]}))
        press(leader, address, "save")
        assert leader.post(pick, {"question": ["nothing"]}).status_code == 404
        assert english(cast.employee).get(pick).status_code == 404
    added = changes()["added"]
    assert [row["item"]["type"] for row in added] == ["several", "text"]
    assert added[1]["item"]["text"] == dict(plain.text)
    # Only another theme: the translation stays.
    own = added[1]["item"]["id"]
    same = {"text": plain.text["da"], "type": "text", "phase": "now", "theme": "tasks"}
    help_lines = "\n".join(one["da"] for one in plain.help)
    press(leader, here(cast), f"change {own}", **same, help=help_lines)
    press(leader, here(cast), "save")
    moved = next(row for row in changes()["added"] if row["item"]["id"] == own)
    assert moved["item"]["text"] == dict(plain.text)
    assert moved["item"]["help"] == [dict(one) for one in plain.help]
    many = [one.id for one in catalogue.search(kind="mus", language="en")[:10]]
    answer = leader.post(at("team-asked-pick", cast.unit.public_id, "mus"), {"question": many})
    assert answer.status_code == 422
    assert "at most 10 questions" in words(answer)


# --- how much it costs --------------------------------------------------------------------------


def bigger_frame(cast: Cast, items: int) -> None:
    """A frame of so many items takes the place of the one in use."""
    theme = {
        "id": "many",
        "phase": "now",
        "title": {"da": "Mange"},
        "items": [
            {"id": f"many.{n}", "type": "text", "text": {"da": f"Spørgsmål {n}?"}}
            for n in range(items)
        ],
    }
    document = parse(
        {"kind": "mus", "title": {"da": "Mange"}, "preparation": "handed_in", "themes": [theme]}
    )
    frame = Frame.objects.create(organisation=cast.havneby, kind="mus", name=f"Mange {items}")
    FrameVersion.objects.create(
        organisation=cast.havneby,
        frame=frame,
        number=1,
        content=keep_content(cast.havneby.pk, document),
        published_at=clock.now(),
    )
    take_into_use(cast.hr.actor, frame=frame)


def test_the_leaders_page_asks_as_much_for_one_item_as_for_thirty(cast: Cast):
    leader = english(cast.leader)
    counted = []
    for items in (2, 30):
        bigger_frame(cast, items)
        press(leader, here(cast), "hide many.1")
        counted.append(queries(leader, here(cast)))
        with CaptureQueriesContext(connection) as captured:
            leader.post(here(cast), {"do": "down many.0"})
        counted.append(len(captured))
        press(leader, here(cast), "drop")
    assert counted[:2] == counted[2:]


def test_the_leaders_page_asks_as_much_for_one_talk_as_for_thirty(cast: Cast):
    leader = english(cast.leader)
    counted = []
    for people in (range(1), range(1, 31)):
        employ_many(cast, people)
        rows = Employment.objects.filter(number__in=[f"many-{n}" for n in people])
        plan_talks(cast.leader.actor, employments=list(rows.select_related("profile")))
        counted.append(queries(leader, here(cast)))
    assert counted[0] == counted[1]


def test_hrs_list_asks_as_much_for_one_unit_as_for_thirty(cast: Cast):
    hr = english(cast.hr)
    base = FrameVersion.objects.filter(organisation=cast.havneby, frame__kind="mus").get()
    assert to_json(document_of(base.content))["kind"] == "mus"
    counted = []
    for numbers in (range(1), range(1, 30)):
        TeamVersion.objects.bulk_create(
            TeamVersion(
                organisation=cast.havneby,
                unit=unit(cast.havneby, f"many-{n}", f"Enhed {n}", cast.top),
                kind="mus",
                number=1,
                base=base,
                changes={"hidden": [HIDE]},
                made_at=clock.now(),
            )
            for n in numbers
        )
        counted.append(queries(hr, at("frames-teams")))
    assert counted[0] == counted[1]
