"""The pages of the committees' topics: who may, what they show, why something is mandatory."""

import pytest

from musling.foundation import clock
from musling.frames.actions import adopt_standard
from musling.frames.models import Frame, RequiredItem
from musling.people.models import Role
from tests.cast import Cast, booked_talk, unit
from tests.frames.committees import sits_locally, topic
from tests.web.staff_pages import at, english, queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.row("E11")]
ALL, PICK, WORD = at("committee-topics"), at("topic-pick"), at("topic-word")
OWN = {"text_da": "Hvordan taler vi om vold?", "type": "text", "kinds": ["mus"], "unit": ""}


def test_the_main_committee_picks_a_question_of_the_frame(cast: Cast):
    browser = english(cast.committee)
    page = browser.get(PICK).content.decode()
    assert 'value="wellbeing.influence"' in page
    assert 'value="wellbeing.general"' not in page  # mandatory already
    assert 'value="steps.agreements"' not in page
    given = {"item": "wellbeing.influence", "kinds": ["mus"], "unit": ""}
    for _time in range(2):
        browser.post(PICK, given)
    row = RequiredItem.objects.get()
    assert (row.unit, row.kinds, row.item) == (None, ["mus"], "wellbeing.influence")
    shown = words(browser.get(ALL))
    assert "The whole organisation · MUS (Employee)" in shown
    wrong = browser.post(PICK, given | {"kinds": ["mus", "mus_bpa"]})
    assert wrong.status_code == 422
    assert "Not every kind of talk that you chose asks this question." in words(wrong)


def test_a_committee_words_its_own_and_ends_it_again(cast: Cast):
    browser = english(cast.committee)
    more = {"text_en": "How do we talk about violence?", "help_da": "Hvem går du til?"}
    browser.post(WORD, OWN | more | {"unit": "Hjemmeplejen"})
    row = RequiredItem.objects.get()
    assert row.unit == cast.unit
    assert row.document["help"] == [{"da": "Hvem går du til?"}]
    assert "How do we talk about violence?" in words(browser.get(ALL))
    assert f'href="{at("topic-end", row.public_id)}"' in browser.get(ALL).content.decode()
    asked = words(browser.get(at("topic-end", row.public_id)))
    assert "No longer mandatory?" in asked
    assert "How do we talk about violence?" in asked
    assert RequiredItem.objects.filter(ended_at=None).exists()  # looking ends nothing
    for _time in range(2):
        answer = browser.post(at("topic-end", row.public_id), follow=True)
        assert "Ended. Talks that have begun keep it." in words(answer)
    assert "No committee has made anything mandatory" in words(answer)


def test_what_a_frame_cannot_hold_is_told(cast: Cast):
    browser = english(cast.committee)
    browser.post(PICK, {"item": "wellbeing.influence", "kinds": ["mus"], "unit": ""})
    assert "Not asked in" not in words(browser.get(ALL))
    browser.post(WORD, OWN | {"type": "scale", "kinds": ["mus", "mus_bpa"]})
    assert "Asked in words in: MUS (Helper)" in words(browser.get(ALL))
    adopt_standard(cast.hr.actor, name="mus-short", kind="mus")
    page = words(browser.get(ALL))
    assert "Not asked in: MUS (Employee). The frame in use there does not have it." in page
    Frame.objects.filter(kind="mus_bpa").update(retired_at=clock.now())
    assert "Not asked in: MUS (Helper)" in words(browser.get(ALL))


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ({"text_da": ""}, "The question or statement"),
        ({"kinds": []}, "In which kinds of talk"),
        ({"kinds": ["lus"]}, "In which kinds of talk"),
        ({"unit": "Ingensteds"}, "Nothing is called so."),
        ({"help_en": "What?"}, " stands in English alone."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(cast: Cast, more, complaint: str):
    answer = english(cast.committee).post(WORD, OWN | {"explanation_da": "Fordi"} | more)
    assert answer.status_code == 422
    assert complaint in words(answer)
    assert "Fordi" in answer.content.decode()
    assert not RequiredItem.objects.exists()


def test_a_local_committee_reaches_its_own_units_only(cast: Cast):
    local = english(sits_locally(cast, cast.union_rep, cast.unit))
    below = unit(cast.havneby, "21", "Distrikt Vest", cast.unit)
    school = unit(cast.havneby, "3", "Skolen", cast.top)
    page = local.get(WORD).content.decode()
    assert "Distrikt Vest" in page
    assert "Skolen" not in page
    for name in ("", "Skolen", "Kommunen"):
        assert local.post(WORD, OWN | {"unit": name}).status_code == 422, name
    assert local.post(WORD, OWN | {"unit": below.name}).status_code == 302
    others = topic(cast, school)
    assert local.post(at("topic-end", others.public_id)).status_code == 404
    assert RequiredItem.objects.filter(ended_at=None).count() == 2


def test_leaders_and_hr_see_why_and_where(cast: Cast):
    topic(cast)
    topic(cast, unit(cast.havneby, "3", "Skolen", cast.top))
    for member, schools in ((cast.hr, 1), (cast.leader, 0)):
        page = english(member).get(ALL)
        assert "The whole organisation" in words(page)
        assert words(page).count("Skolen") == schools
        assert "/end/" not in page.content.decode()
        assert "/topics/pick/" not in page.content.decode()
    assert english(cast.employee).get(ALL).status_code == 404


def test_who_prepares_reads_who_made_it_mandatory(cast: Cast):
    english(cast.committee).post(PICK, {"item": "wellbeing.influence", "kinds": ["mus"]})
    topic(cast)
    talk = booked_talk(cast)
    for member in (cast.employee, cast.leader):
        browser = english(member)
        here = f"/havneby/talks/{talk.public_id}/prepare/"
        browser.post(here, {"length": "short"})
        page = words(browser.get(f"{here}wellbeing/"))
        assert page.count("Mandatory Chosen by the MED committee") == 1
        page = words(browser.get(f"{here}committee/"))
        assert "Chosen by the committee" in page  # the theme says it for all in it
        assert "Mandatory" in page
        assert "vold og trusler" in page


def test_a_question_that_the_frame_lost_is_marked(cast: Cast):
    english(cast.committee).post(PICK, {"item": "wellbeing.influence", "kinds": ["mus"]})
    english(cast.hr).post(at("frame-use", "mus", "mus-short"))
    assert "No longer in the frame" in words(english(cast.hr).get(ALL))


def test_the_list_costs_the_same_however_long_it_is(cast: Cast):
    browser = english(cast.committee)
    topic(cast)
    few = queries(browser, ALL)
    for number in range(5):
        topic(cast, unit(cast.havneby, f"3{number}", f"Skole {number}", cast.top))
    assert queries(browser, ALL) == few


def test_hr_gives_a_committee_a_unit_and_no_other_role_one(cast: Cast):
    hr, address = english(cast.hr), at("role-add", cast.colleague.profile.public_id)
    given = {"name": "committee", "unit": "Hjemmeplejen", "starts_on": "2026-01-01"}
    assert hr.post(address, given | {"name": "hr"}).status_code == 200
    assert hr.post(address, given).status_code == 302
    assert hr.post(address, given).status_code == 200  # has it already
    assert hr.post(address, given | {"unit": ""}).status_code == 302  # the main committee, too
    held = Role.objects.filter(profile=cast.colleague.profile).order_by("pk")
    assert [(row.name, row.unit) for row in held] == [
        ("committee", cast.unit),
        ("committee", None),
    ]
