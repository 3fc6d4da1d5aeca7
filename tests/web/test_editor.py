"""The editor of frames as HR sees it: with a script, without one, two at once, many questions."""

import json
import re

import pytest
from django.test import Client

from musling.documents.typesetting import TypesettingFailedError
from musling.frames import catalogue, drafting, editing, standard
from musling.frames.document import text
from musling.frames.models import FrameDraft, FrameVersion
from musling.frames.queries import document_of, in_use
from musling.web.frames import taking
from tests.cast import Cast
from tests.frames.drafts import begun
from tests.web.staff_pages import at, english, queries, words

pytestmark = pytest.mark.django_db
SCRIPT = {"X-Musling-Part": "yes"}


def draft_of(cast: Cast) -> FrameDraft:
    draft = begun(cast)
    draft.refresh_from_db()
    return draft


def item_of(cast: Cast, item: str):
    return editing.item_of(draft_of(cast).document, item)[0]


def fields(browser: Client, address: str) -> dict[str, str]:
    """What the form of a page would send if nothing were touched."""
    form = browser.get(address).context["form"]
    sent = {}
    for field in form:
        value = field.value()
        if value is True:
            sent[field.html_name] = "on"
        elif value not in (None, False):
            sent[field.html_name] = value
    return sent


def test_hr_makes_a_frame_from_nothing_and_publishes_it(cast: Cast):
    hr = english(cast.hr)
    page = hr.post(at("frame-new"), {"kind": "mus", "from": "blank"}, follow=True)
    assert "Nothing is asked yet" in words(page)
    draft = FrameDraft.objects.get()
    assert "A frame needs at least one theme" in words(hr.get(at("draft-publish", draft.public_id)))
    theme = {"title_da": "Trivsel", "kind": "questions", "phase": "now", "for_parts": "both"}
    hr.post(at("draft-add-theme", draft.public_id), theme)
    draft.refresh_from_db()
    theme_id = draft.document["themes"][0]["id"]
    item = {"text_da": "Hvordan går det?", "type": "text", "phase": "now", "for_parts": "both"}
    item |= {"help_da": "I dag?\nDen sidste tid?", "help_en": "Today?", "mandatory": "on"}
    back = hr.post(at("draft-add-item", draft.public_id, theme_id), item, follow=True)
    assert "Hvordan går det?" in words(back)
    page = hr.get(at("draft-publish", draft.public_id))
    sent = {"note": "Helt ny", "take": "on", "seen": page.context["form"]["seen"].value()}
    page = hr.post(at("draft-publish", draft.public_id), sent, follow=True)
    assert "Version 1 is published." in words(page)
    # Back in the browser, or a second press on the button: its versions, and why.
    for name in ("draft", "draft-publish"):
        answer = hr.get(at(name, draft.public_id), follow=True)
        assert answer.status_code == 200
        assert "This draft is published as version 1." in words(answer)
    again = hr.post(at("draft-publish", draft.public_id), {"note": "", "seen": "1"}, follow=True)
    assert "This draft is published as version 1." in words(again)
    assert english(cast.hr).get(at("draft", draft.public_id)).status_code == 404
    version = in_use(cast.havneby.pk, "mus")
    made = document_of(version.content).themes[0].items[0]
    assert made.help == ({"da": "I dag?", "en": "Today?"}, {"da": "Den sidste tid?"})
    assert (made.mandatory, made.short) == (True, True)
    assert version.note == "Helt ny"


def test_a_form_sent_untouched_changes_nothing(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    before = draft.document
    for theme in before["themes"]:
        address = at("draft-theme", draft.public_id, theme["id"])
        assert hr.post(address, fields(hr, address)).status_code == 302
        for item in theme["items"]:
            address = at("draft-item", draft.public_id, item["id"])
            assert hr.post(address, fields(hr, address)).status_code == 302
    address = at("draft-frame", draft.public_id)
    assert hr.post(address, fields(hr, address)).status_code == 302
    assert draft_of(cast).document == before


def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    address = at("draft-item", draft.public_id, "tasks.time")
    sent = fields(hr, address) | {"text_da": "x" * 301, "text_leader_da": "Behold mig?"}
    page = hr.post(address, sent)
    assert page.status_code == 422
    assert page.context["form"].errors["text_da"] == [
        "the text in “da” has 301 characters; at most 300"
    ]
    assert "Behold mig?" in page.content.decode()
    sent |= {"text_da": "Hvad vælger du?", "type": "choice", "options_da": "Ja"}
    page = hr.post(address, sent)
    assert page.context["form"].errors["options_da"] == [
        "write at least two answers to choose from"
    ]
    assert item_of(cast, "tasks.time")["type"] == "scale"


def test_a_table_that_is_too_wide_is_told_at_its_field(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    address = at("draft-item", draft.public_id, "tasks.time")
    wide = "\n".join(f"Kolonne {number}" for number in range(9))
    page = hr.post(address, fields(hr, address) | {"type": "table", "columns_da": wide})
    assert page.status_code == 422
    assert "at most 8 columns" in page.context["form"].errors["columns_da"][0]


def test_what_is_not_ready_is_told_by_name(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    empty = {"title_da": "Tomt tema", "kind": "questions", "phase": "now", "for_parts": "both"}
    hr.post(at("draft-add-theme", draft.public_id), empty)
    page = words(hr.get(at("draft-publish", draft.public_id)))
    assert "The theme “Tomt tema”: a theme needs at least one item" in page
    assert "themes[" not in page


def test_paper_that_cannot_be_made_is_told_on_the_preview(cast: Cast, monkeypatch):
    hr, draft = english(cast.hr), draft_of(cast)

    def fails(*args, **options):
        raise TypesettingFailedError("no typst here")

    monkeypatch.setattr(taking, "made", fails)
    page = hr.get(at("draft-paper", draft.public_id, "both"), follow=True)
    assert page.status_code == 200
    assert "The document could not be made." in words(page)
    assert "no typst here" not in words(page)


def test_lines_in_english_without_danish_ones_are_told(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    address = at("draft-item", draft.public_id, "tasks.time")
    page = hr.post(address, fields(hr, address) | {"help_da": "Ét?", "help_en": "One?\nTwo?"})
    assert "Line 2 stands in English alone." in words(page)
    assert '<details class="english" open>' in page.content.decode()


def test_answers_keep_their_ids_when_they_are_reworded_or_moved(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    address = at("draft-item", draft.public_id, "tasks.time")
    sent = fields(hr, address) | {"type": "choice", "options_da": "Ja\nNej\nMåske"}
    hr.post(address, sent)
    yes, no, perhaps = (one["id"] for one in item_of(cast, "tasks.time")["options"])
    hr.post(address, fields(hr, address) | {"options_da": "Måske\nJa\nNej tak\nVed ikke"})
    after = item_of(cast, "tasks.time")["options"]
    assert [one["id"] for one in after][:2] == [perhaps, yes]
    assert len({one["id"] for one in after}) == 4
    assert after[2] == {"id": no, "text": {"da": "Nej tak"}}


def test_the_script_gets_the_outline_and_the_new_mark(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    address = at("draft-item", draft.public_id, "tasks.time")
    sent = fields(hr, address) | {"text_da": "Jeg når det", "text_en": "I get it done"}
    answer = hr.post(address, sent, headers=SCRIPT)
    told = json.loads(answer.content)
    assert "I get it done" in told["outline"]
    again = hr.post(address, sent | {"seen": told["seen"], "text_da": "Mere"}, headers=SCRIPT)
    assert json.loads(again.content)["seen"] != told["seen"]
    assert item_of(cast, "tasks.time")["text"]["da"] == "Mere"


def test_what_is_added_by_the_script_is_changed_from_then_on(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    add = at("draft-add-item", draft.public_id, "tasks")
    sent = fields(hr, add) | {"text_da": "Hv"}
    told = json.loads(hr.post(add, sent, headers=SCRIPT).content)
    hr.post(told["address"], sent | {"text_da": "Hvad nu?", "seen": told["seen"]}, headers=SCRIPT)
    items = editing.theme_of(draft_of(cast).document, "tasks")["items"]
    assert [item["text"]["da"] for item in items].count("Hvad nu?") == 1
    assert "Hv" not in {item["text"]["da"] for item in items}


def test_two_at_the_same_question_see_both_and_saving_again_means_it(cast: Cast):
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
    assert page.status_code == 409
    assert "Stands now: Deres" in words(page)
    assert "You wrote: Mit" in words(page)
    again = sent | {"seen": page.context["form"]["seen"].value()}
    assert hr.post(address, again).status_code == 302
    assert item_of(cast, "tasks.time")["text"]["da"] == "Mit"


@pytest.mark.parametrize(
    ("press", "place"), [("down", 1), ("up", 0), ("copy", 0)], ids=["down", "up", "copy"]
)
def test_a_line_moves_without_a_script(cast: Cast, press: str, place: int):
    hr, draft = english(cast.hr), draft_of(cast)
    hr.post(at("draft-do", draft.public_id), {press: "tasks.time"})
    items = editing.theme_of(draft_of(cast).document, "tasks")["items"]
    wanted = place if press != "up" else 0
    found = [item["id"] for item in items].index("tasks.time") if press != "up" else None
    if press == "up":
        theme = editing.item_of(draft_of(cast).document, "tasks.time")[1]
        assert theme["id"] == "wellbeing"
    else:
        assert found == wanted
    assert (len(items) == 6) == (press == "copy")


def test_what_cannot_stand_there_is_told_and_stays(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    page = hr.post(
        at("draft-do", draft.public_id), {"move": "tasks.time", "theme": "feedback"}, follow=True
    )
    assert "It cannot stand there" in words(page)
    assert editing.item_of(draft_of(cast).document, "tasks.time")[1]["id"] == "tasks"


def test_undo_and_do_again_stand_ready_when_there_is_something(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    disabled = 'name="undo" value="1" disabled'
    page = at("draft", draft.public_id)
    assert disabled in hr.get(page).content.decode()
    hr.post(at("draft-do", draft.public_id), {"remove": "tasks.time"})
    assert disabled not in hr.get(page).content.decode()
    hr.post(at("draft-do", draft.public_id), {"undo": "1"})
    assert "tasks.time" in hr.get(page).content.decode()
    hr.post(at("draft-do", draft.public_id), {"redo": "1"})
    assert "tasks.time" not in hr.get(page).content.decode()


def test_the_page_says_what_to_think_about(cast: Cast):
    page = words(english(cast.hr).get(at("draft", draft_of(cast).public_id)))
    assert "34 questions are many" in page


@pytest.mark.row("E6")
def test_questions_are_picked_from_the_catalogue_once_or_twice(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    address = at("draft-catalogue", draft.public_id, "tasks")
    page = hr.get(address, {"q": "proud"})
    ids = re.findall(r'name="question" value="([^"]+)"', page.content.decode())
    assert ids == ["influence-proud"]
    hr.post(address, {"question": ids})
    hr.post(address, {"question": ids})
    items = editing.theme_of(draft_of(cast).document, "tasks")["items"]
    assert items[-2]["id"] == "catalogue.influence-proud"
    assert items[-1]["text"] == items[-2]["text"]
    assert "Asked already" in words(hr.get(address, {"q": "proud"}))
    assert hr.post(address, {"question": ["none"]}).status_code == 404
    assert "Nothing fits" in words(hr.get(address, {"q": "qqqq"}))


def test_ticks_go_along_to_the_next_page_and_the_next_search(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    address = at("draft-catalogue", draft.public_id, "tasks")
    first = re.findall(r'name="question" value="([^"]+)"', hr.get(address).content.decode())[0]
    second = hr.post(address, {"question": [first], "page": "2", "q": ""}, follow=True)
    assert f'type="hidden" name="question" value="{first}"' in second.content.decode()
    assert "1 more is ticked and not shown here" in words(second)
    assert "Page 2 of" in words(second)
    sent = {"question": [first], "look": "1", "page": "2", "q": "proud"}
    found = hr.post(address, sent, follow=True)
    assert f'type="hidden" name="question" value="{first}"' in found.content.decode()
    assert "csrf" not in found.request["QUERY_STRING"]
    assert draft_of(cast).document == draft.document
    back = hr.get(address, {"question": [first, "none", "x\x00"]})
    assert f'value="{first}" checked' in back.content.decode()


def test_more_ticks_than_an_address_holds_go_along_all_the_same(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    address = at("draft-catalogue", draft.public_id, "tasks")
    every = [one.id for theme in catalogue.load() for one in theme.questions]
    page = hr.post(address, {"question": every, "look": "1", "q": "proud"})
    assert page.status_code == 200
    assert page.content.decode().count('type="hidden" name="question"') == len(every) - 1


def test_nothing_ticked_is_told_and_twice_pressed_is_added_once(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    address = at("draft-catalogue", draft.public_id, "tasks")
    page = hr.post(address, {"q": "proud"})
    assert page.status_code == 422
    assert "Tick at least one question." in words(page)
    assert "are added" not in words(page)
    assert page.content.decode().count('name="question"') == 1  # what was searched stays
    sent = {"question": ["influence-proud"], "press": page.context["press"]}
    for _twice in range(2):
        hr.post(address, sent)
    items = editing.theme_of(draft_of(cast).document, "tasks")["items"]
    assert [item["id"] for item in items].count("catalogue.influence-proud") == 1
    assert len(items) == len(editing.theme_of(draft.document, "tasks")["items"]) + 1


def test_taking_into_use_names_what_it_replaces_and_is_not_ticked(cast: Cast):
    hr = english(cast.hr)
    hr.post(at("frame-new"), {"kind": "mus", "from": "mus-short"})
    page = hr.get(at("draft-publish", FrameDraft.objects.get().public_id))
    name = in_use(cast.havneby.pk, "mus").frame.name
    assert f"It replaces “{name}”, version 1, from then on." in words(page)
    assert not page.context["form"]["take"].value()


def test_what_must_be_there_is_not_called_optional(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    page = words(hr.get(at("draft-item", draft.public_id, "tasks.time")))
    assert "Answers to choose from One a line." in page
    assert "Columns of the table One a line." in page
    assert "Help questions (optional)" in page


def test_a_frame_without_a_purpose_shows_no_empty_card(cast: Cast):
    hr = english(cast.hr)
    hr.post(at("frame-new"), {"kind": "mus", "from": "blank"})
    draft = FrameDraft.objects.get()
    assert "What the talk is for" not in words(hr.get(at("draft-preview", draft.public_id)))


def test_the_preview_is_what_each_will_see(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    address = at("draft-preview", draft.public_id)
    base = standard.load("mus-municipality")
    leader = next(item for item in base.items if item.text_leader)
    assert text(leader.text, "en") in words(hr.get(address)).replace("&#x27;", "'")
    page = words(hr.get(address, {"part": "leader"})).replace("&#x27;", "'")
    assert text(leader.text_leader, "en") in page
    assert "What was handed in stands here" in words(hr.get(address, {"part": "room"}))
    assert hr.get(address, {"part": "boss"}).status_code == 404


def test_a_page_may_be_framed_by_our_own_phone_alone(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    shown = hr.get(at("draft-preview", draft.public_id), {"bare": "1"})
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    phone = hr.get(at("draft-phone", draft.public_id))
    assert "frame-src 'self'" in phone["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in phone["Content-Security-Policy"]


def test_the_history_says_who_when_and_what(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    hr.post(at("draft-do", draft.public_id), {"remove": "tasks.value"})
    sent = {"note": "Et spørgsmål mindre", "take": "on", "seen": str(draft_of(cast).revision)}
    assert "Question taken out of Tasks" in words(hr.get(at("draft-publish", draft.public_id)))
    hr.post(at("draft-publish", draft.public_id), sent)
    version = FrameVersion.objects.order_by("-pk").first()
    page = words(hr.get(at("frame-history", version.public_id)))
    for part in ("Version 2", "Et spørgsmål mindre", cast.hr.profile.name, "The first version."):
        assert part in page
    assert "Question taken out of Tasks" in page


def test_what_changed_after_one_looked_is_not_published(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    hr.post(at("draft-do", draft.public_id), {"remove": "tasks.value"})
    page = hr.post(at("draft-publish", draft.public_id), {"note": "", "seen": "0"})
    assert "Look at it again" in words(page)
    assert FrameDraft.objects.count() == 1
    again = {"seen": page.context["form"]["seen"].value()}
    assert hr.post(at("draft-publish", draft.public_id), again).status_code == 302
    assert not FrameDraft.objects.exists()
    assert in_use(cast.havneby.pk, "mus").number == 2  # the frame was in use


def test_another_frame_is_taken_into_use_when_that_is_ticked_or_later(cast: Cast):
    hr = english(cast.hr)
    hr.post(at("frame-new"), {"kind": "mus", "from": "mus-short"})
    draft = FrameDraft.objects.get()
    hr.post(at("draft-publish", draft.public_id), {"seen": "0"})
    version = FrameVersion.objects.get(frame__standard="", frame__name="Kort samtale")
    assert in_use(cast.havneby.pk, "mus").frame_id != version.frame_id
    hr.post(at("frame-retire", version.public_id))
    assert "Short talk, version 1" not in words(hr.get(at("frames")))
    hr.post(at("frame-take", version.public_id))
    assert in_use(cast.havneby.pk, "mus") == version
    assert "Take another into use first" in words(
        hr.post(at("frame-retire", version.public_id), follow=True)
    )


def many(cast: Cast, count: int) -> None:
    """Puts so many questions into the draft."""
    raw = draft_of(cast).document
    for number in range(count - 34):
        words = f"Hvad betyder nummer {number} for dig i dit daglige arbejde?"
        item = {"type": "text", "text": {"da": words}, "phase": "ahead"}
        raw, _new = editing.add_item(raw, ("tasks", "wellbeing")[number % 2], item)
    drafting.change(
        cast.hr.actor,
        public_id=draft_of(cast).public_id,
        what="many",
        element="",
        deed=lambda _raw: raw,
    )


def test_a_frame_of_140_questions_stays_light(cast: Cast):
    hr, draft = english(cast.hr), draft_of(cast)
    few = queries(hr, at("draft", draft.public_id))
    many(cast, 140)
    assert queries(hr, at("draft", draft.public_id)) == few
    small = {"Accept-Encoding": "gzip"}
    page = hr.get(at("draft", draft.public_id), headers=small)
    assert page["Content-Encoding"] == "gzip"
    assert len(page.content) <= 25_000
    moved = hr.post(at("draft-do", draft.public_id), {"down": "tasks.time"}, headers=SCRIPT | small)
    assert len(moved.content) <= 25_000
    address = at("draft-item", draft.public_id, "tasks.time")
    sent = fields(hr, address) | {"text_da": "Jeg når det"}
    saved = hr.post(address, sent, headers=SCRIPT | small)
    assert len(saved.content) <= 25_000
