"""The editor when two are at it, and when an answer is lost: nothing twice, nothing gone."""

import json

import pytest

from musling.frames import drafting, editing
from musling.frames.models import FrameDraft
from tests.cast import Cast
from tests.web.staff_pages import at, english, words
from tests.web.test_editor import SCRIPT, draft_of, fields, item_of

pytestmark = pytest.mark.django_db


def taken_out(cast: Cast, draft: FrameDraft, what: str, element: str) -> None:
    """Another in HR takes it out meanwhile."""
    deeds = {"item": editing.remove_item, "theme": editing.remove_theme}
    drafting.change(
        cast.leader.actor,
        public_id=draft.public_id,
        what=f"{what}.removed",
        element=element,
        deed=lambda raw: deeds[what](raw, element),
    )


def items_in(cast: Cast, theme: str) -> list[str]:
    return [one["text"]["da"] for one in editing.theme_of(draft_of(cast).document, theme)["items"]]


@pytest.mark.parametrize("headers", [SCRIPT, {}], ids=["script", "no script"])
def test_what_was_written_to_a_question_that_had_gone_is_added_anew(cast: Cast, headers):
    hr, draft = english(cast.hr), draft_of(cast)
    address = at("draft-item", draft.public_id, "tasks.time")
    sent = fields(hr, address) | {"text_da": "Skrevet længe på", "home": "tasks"}
    taken_out(cast, draft, "item", "tasks.time")
    page = hr.post(address, sent, headers=headers)
    assert page.status_code == 409
    assert "Somebody else has taken this out" in words(page)
    assert page.context["form"]["text_da"].value() == "Skrevet længe på"
    assert 'value="tasks" selected' in page.content.decode()
    again = sent | {"home": "wellbeing", "press": page.context["press"]}
    add = at("draft-add-item", draft.public_id, "tasks")
    assert hr.post(add, again).status_code == 302
    assert items_in(cast, "wellbeing")[-1] == "Skrevet længe på"


def test_what_was_written_to_a_theme_that_had_gone_is_added_anew(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    address = at("draft-theme", draft.public_id, "tasks")
    sent = fields(hr, address) | {"title_da": "Opgaver og tid"}
    taken_out(cast, draft, "theme", "tasks")
    page = hr.post(address, sent, headers=SCRIPT)
    assert page.status_code == 409
    assert page.context["form"]["title_da"].value() == "Opgaver og tid"
    hr.post(at("draft-add-theme", draft.public_id), sent | {"press": page.context["press"]})
    assert draft_of(cast).document["themes"][-1]["title"]["da"] == "Opgaver og tid"


def test_a_question_for_a_theme_that_had_gone_is_put_elsewhere_or_in_a_new_theme(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    add = at("draft-add-item", draft.public_id, "tasks")
    sent = fields(hr, add) | {"text_da": "Hvad nu?"}
    for theme in [one["id"] for one in draft.document["themes"]]:
        taken_out(cast, draft, "theme", theme)
    page = hr.post(add, sent)
    assert page.status_code == 409
    assert page.context["homes"] == [("new", "Other")]
    hr.post(at("draft-add-item", draft.public_id, "new"), sent | {"home": "new"})
    (theme,) = draft_of(cast).document["themes"]
    assert [one["text"]["da"] for one in theme["items"]] == ["Hvad nu?"]


def test_what_goes_between_looking_and_saving_is_told_the_same(cast: Cast, monkeypatch):
    hr, draft = english(cast.hr), draft_of(cast)
    address = at("draft-item", draft.public_id, "tasks.time")
    sent = fields(hr, address) | {"text_da": "Mit"}
    change = drafting.change_item

    def too_late(*args, **options):
        taken_out(cast, draft, "item", "tasks.time")
        return change(*args, **options)

    monkeypatch.setattr(drafting, "change_item", too_late)
    page = hr.post(address, sent, headers=SCRIPT)
    assert page.status_code == 409
    assert page.context["form"]["text_da"].value() == "Mit"


def test_what_goes_while_a_clash_is_told_is_told_as_gone(cast: Cast, monkeypatch):
    hr, draft = english(cast.hr), draft_of(cast)
    address = at("draft-item", draft.public_id, "tasks.time")
    sent = fields(hr, address) | {"text_da": "Mit"}

    def changed_and_gone(*args, **options):
        taken_out(cast, draft, "item", "tasks.time")
        raise drafting.ChangedByAnother({})

    monkeypatch.setattr(drafting, "change_item", changed_and_gone)
    page = hr.post(address, sent, headers=SCRIPT)
    assert (page.status_code, page.context["anew"]) == (409, True)


def test_what_is_not_there_is_not_shown(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    for name, args in {
        "draft-item": ["none"],
        "draft-theme": ["none"],
        "draft-add-item": ["none"],
    }.items():
        assert hr.get(at(name, draft.public_id, *args)).status_code == 404


@pytest.mark.parametrize("press", ["copy", "down", "theme-copy", "remove"])
def test_a_press_that_is_sent_twice_is_done_once(cast: Cast, press: str):
    hr, draft = english(cast.hr), draft_of(cast)
    sent = {press: "tasks" if press == "theme-copy" else "tasks.time", "press": "0a1b2c3d4e5f"}
    hr.post(at("draft-do", draft.public_id), sent, headers=SCRIPT)
    once = draft_of(cast).document
    again = hr.post(at("draft-do", draft.public_id), sent, headers=SCRIPT)
    assert "data-problem" not in again.content.decode()
    assert draft_of(cast).document == once
    hr.post(at("draft-do", draft.public_id), sent | {"press": "ffffffffffff"}, headers=SCRIPT)
    assert (draft_of(cast).document == once) == (press == "remove")  # that has gone


def test_undo_that_is_sent_twice_goes_back_once(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    for press in ("tasks.time", "tasks.value"):
        hr.post(at("draft-do", draft.public_id), {"remove": press})
    for _twice in range(2):
        sent = {"undo": "1", "press": "0a1b2c3d4e5f"}
        hr.post(at("draft-do", draft.public_id), sent, headers=SCRIPT)
    document = draft_of(cast).document
    assert editing.item_of(document, "tasks.value")
    with pytest.raises(editing.Gone):
        editing.item_of(document, "tasks.time")


def test_only_the_latest_presses_are_remembered(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    for number in range(drafting.MOST_PRESSES + 3):
        sent = {"up" if number % 2 else "down": "tasks.time", "press": f"{number:012x}"}
        hr.post(at("draft-do", draft.public_id), sent)
    hr.post(at("draft-do", draft.public_id), {"down": "tasks.time", "press": "no\x00press"})
    presses = draft_of(cast).presses
    assert len(presses) == drafting.MOST_PRESSES
    assert presses[-1] == f"{drafting.MOST_PRESSES + 2:012x}"


def test_what_is_added_twice_with_the_same_words_is_there_once(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    add = at("draft-add-item", draft.public_id, "tasks")
    press = hr.get(add).context["press"]
    sent = fields(hr, add) | {"text_da": "Hvad nu?", "press": press}
    first = json.loads(hr.post(add, sent, headers=SCRIPT).content)
    second = json.loads(hr.post(add, sent, headers=SCRIPT).content)
    assert first["address"] == second["address"]
    assert items_in(cast, "tasks").count("Hvad nu?") == 1
    hr.post(add, sent | {"text_da": "Hvad så?"})  # gone back, and written another
    assert "Hvad så?" in items_in(cast, "tasks")


def test_a_theme_added_twice_is_there_once(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    add = at("draft-add-theme", draft.public_id)
    sent = {"title_da": "Trivsel nu", "kind": "questions", "phase": "now", "for_parts": "both"}
    sent |= {"press": hr.get(add).context["press"]}
    for _twice in range(2):
        hr.post(add, sent)
    titles = [one["title"]["da"] for one in draft_of(cast).document["themes"]]
    assert titles.count("Trivsel nu") == 1


def test_saving_the_same_twice_is_no_clash_with_oneself(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    for name, args, field in (
        ("draft-item", ["tasks.time"], "text_da"),
        ("draft-theme", ["tasks"], "title_da"),
        ("draft-frame", [], "title_da"),
    ):
        address = at(name, draft.public_id, *args)
        sent = fields(hr, address) | {field: "Det samme"}
        first = json.loads(hr.post(address, sent, headers=SCRIPT).content)
        second = hr.post(address, sent, headers=SCRIPT)
        assert second.status_code == 200
        assert json.loads(second.content)["seen"] == first["seen"]


def test_without_a_script_one_chooses_whose_words_stand(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    address = at("draft-item", draft.public_id, "tasks.time")
    sent = fields(hr, address) | {"text_da": "Mit"}
    drafting.change_item(
        cast.leader.actor,
        public_id=draft.public_id,
        item="tasks.time",
        fields={"text": {"da": "Deres"}},
    )
    page = hr.post(address, sent)
    for choice in ("Keep mine", "Keep theirs", "Close without saving mine"):
        assert choice in words(page)
    assert f'href="{address}">Keep theirs' in page.content.decode()
    assert item_of(cast, "tasks.time")["text"]["da"] == "Deres"


@pytest.mark.parametrize("headers", [SCRIPT, {}], ids=["script", "no script"])
def test_why_a_press_did_nothing_is_told_at_its_line(cast: Cast, headers):
    hr, draft = english(cast.hr), draft_of(cast)
    sent = {"move": "tasks.time", "theme": "feedback"}
    page = hr.post(at("draft-do", draft.public_id), sent, headers=headers, follow=True)
    line = page.content.decode().partition('id="tasks.time"')[2].partition("</li>")[0]
    assert "It cannot stand there" in line
    assert "It cannot stand" not in words(hr.get(at("draft", draft.public_id)))  # told once


def test_a_press_at_what_has_gone_says_so(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    taken_out(cast, draft, "item", "tasks.time")
    page = hr.post(at("draft-do", draft.public_id), {"down": "tasks.time"}, headers=SCRIPT)
    assert "Somebody else has taken this out meanwhile." in words(page)
