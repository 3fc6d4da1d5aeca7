"""The core task's pages, and that it heads every preparation, talk and paper (C1)."""

import io

import pytest
from pypdf import PdfReader

from musling.activity.models import Activity
from musling.conversations.actions import talking
from musling.foundation import clock
from musling.frames.core_task_actions import validate_core_task, word_core_task
from musling.frames.models import CoreTask
from tests.cast import Cast, booked_talk, unit
from tests.conversations import stages
from tests.web.staff_pages import at, english, queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.row("C1")]
HERE, WORD = at("core-task"), at("core-task-word")
VALIDATE, TELL = at("core-task-validate"), at("core-task-tell")
WORDS, OURS = "Vi gør hverdagen tryg.", "Vi kommer til tiden."


def own(cast: Cast) -> str:
    return at("core-task-unit", cast.unit.public_id)


def validated(cast: Cast, text: str = WORDS) -> None:
    """Worded, and validated by the management."""
    task = word_core_task(cast.hr.actor, words=text)
    today = clock.today()
    validate_core_task(cast.hr.actor, version=task.version, by="Direktionen", on=today)


def worded(cast: Cast) -> None:
    validated(cast)
    word_core_task(cast.leader.actor, words=OURS, unit=cast.unit)


def test_hr_words_validates_and_tells(cast: Cast):
    hr = english(cast.hr)
    assert "not worded yet" in words(hr.get(HERE))
    assert hr.get(VALIDATE).status_code == 404
    assert hr.post(WORD, {"core_task": WORDS, "seen": "0"}).status_code == 302
    assert "has not validated this version yet" in words(hr.get(HERE))
    assert "First register who validated it." in words(hr.post(TELL, {"version": 1}, follow=True))
    today = clock.today().isoformat()
    given = {"version": 1, "validated_by": "Direktionen", "validated_on": today}
    assert hr.post(VALIDATE, given | {"validated_on": "2099-01-01"}).status_code == 422
    assert hr.post(VALIDATE, given).status_code == 302
    page = hr.post(TELL, {"version": 1}, follow=True)
    assert "people are told." in words(page)
    assert "validated by Direktionen on" in words(page)
    assert "worded by Hanne Prøve" in words(page)
    assert "told already" in words(hr.post(TELL, {"version": 1}, follow=True))
    told = Activity.objects.filter(verb="core_task.told")
    assert told.count() == len(set(told.values_list("about_id", flat=True)))
    assert hr.get(TELL).status_code == 405


def test_everybody_reads_it_and_nobody_else_words_it(cast: Cast):
    worded(cast)
    for name in ("employee", "leader", "leaders_leader", "committee", "operator"):
        browser = english(cast.everybody[name])
        page = browser.get(HERE)
        assert WORDS in words(page)
        assert "core-task/word/" not in page.content.decode()
        # Whoever leads Hanne may see her name anywhere; others need not know.
        assert ("worded by Hanne" in words(page)) == (name == "leaders_leader")
        for address in (WORD, VALIDATE, TELL):
            assert browser.post(address).status_code == 404, (name, address)
    assert OURS in words(english(cast.employee).get(HERE))
    assert OURS not in words(english(cast.operator).get(HERE))


def test_a_leader_words_the_units_contribution_and_no_others(cast: Cast):
    validated(cast)
    leader = english(cast.leader)
    assert own(cast) in leader.get(HERE).content.decode()
    assert WORDS in words(leader.get(own(cast)))
    assert leader.post(own(cast), {"core_task": OURS, "seen": "0"}).status_code == 302
    assert "worded by Lars Prøve" in words(leader.get(own(cast)))
    assert leader.post(own(cast), {"core_task": "", "seen": "1"}).status_code == 422
    other = unit(cast.havneby, "3", "Skolen", cast.top)
    for browser, address in (
        (leader, at("core-task-unit", other.public_id)),
        (english(cast.hr), own(cast)),
        (english(cast.employee), own(cast)),
    ):
        assert browser.get(address).status_code == 404
        assert browser.post(address, {"core_task": "x"}).status_code == 404


def test_what_is_not_validated_is_hrs_alone_and_heads_no_talk(cast: Cast):
    word_core_task(cast.hr.actor, words=WORDS)
    hr = words(english(cast.hr).get(HERE))
    assert WORDS in hr
    assert "until then it heads no talk" in hr
    assert WORDS not in words(english(cast.employee).get(HERE))
    talk = booked_talk(cast)
    assert WORDS not in words(english(cast.employee).get(at("talk", talk.public_id)))


def test_a_leader_withdraws_the_contribution(cast: Cast):
    worded(cast)
    leader = english(cast.leader)
    assert 'name="withdraw" value="1"' in leader.get(own(cast)).content.decode()
    page = leader.post(own(cast), {"withdraw": "0"}, follow=True)
    assert "Somebody else worded it meanwhile" in words(page)
    page = leader.post(own(cast), {"withdraw": "1"}, follow=True)
    assert "Withdrawn. The unit's talks show it no more" in words(page).replace("&#x27;", "'")
    assert OURS not in words(english(cast.employee).get(HERE))
    page = leader.get(own(cast)).content.decode()
    assert "Withdrawn" in page
    assert 'name="withdraw"' not in page
    assert leader.post(own(cast), {"withdraw": "9" * 5000}).status_code == 302


def test_two_at_once_see_each_other_and_saving_again_means_it(cast: Cast):
    hr = english(cast.hr)
    word_core_task(cast.hr.actor, words="Den andens ord.")
    answer = hr.post(WORD, {"core_task": WORDS, "seen": "0"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Den andens ord." in page
    assert WORDS in page
    assert 'name="seen" value="1"' in page
    assert hr.post(WORD, {"core_task": WORDS, "seen": "1"}).status_code == 302
    assert CoreTask.objects.order_by("-pk")[0].text == WORDS


def test_the_page_costs_the_same_however_many_versions_there_are(cast: Cast):
    worded(cast)
    browser = english(cast.leader)
    few = queries(browser, HERE), queries(browser, own(cast))
    for number in range(6):
        validated(cast, f"Version {number}.")
        word_core_task(cast.leader.actor, words=f"Bidrag {number}.", unit=cast.unit)
    assert (queries(browser, HERE), queries(browser, own(cast))) == few


# --- at the head of a talk -----------------------------------------------------------------------


@pytest.mark.parametrize("who", ["employee", "leader"])
def test_it_heads_preparation_and_talk(cast: Cast, who: str):
    worded(cast)
    talk = booked_talk(cast)
    browser = cast.everybody[who].client
    pages = ["", "prepare/", "prepare/wellbeing/", "prepare/topics/", "prepare/hand-in/", "room/"]
    browser.post(f"/havneby/talks/{talk.public_id}/prepare/", {"length": "all"})
    for rest in pages:
        page = words(browser.get(f"/havneby/talks/{talk.public_id}/{rest}"))
        assert (page.count(WORDS), page.count(OURS)) == (1, 1), rest
    stages.agreed_frame(cast, talk)
    for rest in ("room/?phase=back", "room/?phase=ahead", "minutes/"):
        page = words(browser.get(f"/havneby/talks/{talk.public_id}/{rest}"))
        assert (page.count(WORDS), page.count(OURS)) == (1, 1), rest


def test_it_heads_the_papers(cast: Cast):
    worded(cast)
    talk = booked_talk(cast)
    base = f"/havneby/talks/{talk.public_id}/"
    assert WORDS in text_of(
        cast.employee.client.get(at("preparation-paper", talk.public_id)).content
    )
    stages.agreed_frame(cast, talk)
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    paper = text_of(cast.employee.client.get(f"{base}minutes.pdf").content)
    assert WORDS in paper
    assert OURS in paper


def text_of(pdf: bytes) -> str:
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split()
    )


def test_a_talk_that_was_held_shows_the_words_of_its_day(cast: Cast):
    worded(cast)
    talk = booked_talk(cast)
    stages.agreed_frame(cast, talk)
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    validated(cast, "Noget helt andet.")
    word_core_task(cast.leader.actor, words="Også her.", unit=cast.unit)
    base = f"/havneby/talks/{talk.public_id}/"
    for page in ("", "minutes/"):
        shown = words(cast.employee.client.get(base + page))
        assert WORDS in shown
        assert OURS in shown
        assert "Noget helt andet." not in shown
    assert WORDS in text_of(cast.employee.client.get(f"{base}minutes.pdf").content)
    assert "Noget helt andet." in words(cast.employee.client.get(HERE))
