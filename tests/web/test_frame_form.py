"""The editor's forms keep what they do not show, and ids wherever words go."""

import copy

import pytest

from musling.frames import editing
from musling.frames.document import to_json
from musling.frames.models import FrameDraft
from musling.frames.parsing import parse
from musling.web.frames.draft_forms import MOST_SHOWN
from tests.cast import Cast
from tests.frames.drafts import begun
from tests.frames.test_document import both, small
from tests.web.staff_pages import at, english
from tests.web.test_editor import fields

pytestmark = pytest.mark.django_db


def in_norwegian(raw):
    """The same with every text in a third language, too."""
    if isinstance(raw, dict) and "da" in raw:
        return raw | {"nb": f"{raw['da']} (nb)"}
    if isinstance(raw, dict):
        return {name: in_norwegian(value) for name, value in raw.items()}
    return [in_norwegian(one) for one in raw] if isinstance(raw, list) else raw


def draft_of(cast: Cast, raw) -> FrameDraft:
    """A draft that holds this."""
    draft = begun(cast)
    draft.document = to_json(parse(raw, unfinished=True))
    draft.save()
    return draft


def stored(draft: FrameDraft):
    draft.refresh_from_db()
    return draft.document


def aims(draft: FrameDraft):
    return [(one["id"], one["title"]["da"]) for one in stored(draft)["purpose"].get("aims", [])]


def point(name: str):
    return {"id": name, "title": both(name), "text": both("Hvorfor?")}


def test_a_third_language_stays_through_every_form(cast: Cast):
    raw = in_norwegian(small())
    raw["themes"][1]["items"].append(
        in_norwegian(
            {
                "id": "wellbeing.how",
                "type": "choice",
                "text": both("Hvordan?"),
                "options": [{"id": "a", "text": both("Alene")}, {"id": "b", "text": both("To")}],
            }
        )
    )
    draft, hr = draft_of(cast, raw), english(cast.hr)
    before = copy.deepcopy(draft.document)
    pages = [at("draft-frame", draft.public_id)]
    for theme in before["themes"]:
        pages.append(at("draft-theme", draft.public_id, theme["id"]))
        pages += [at("draft-item", draft.public_id, item["id"]) for item in theme["items"]]
    for page in pages:
        assert hr.post(page, fields(hr, page)).status_code == 302
    assert stored(draft) == before
    page = at("draft-item", draft.public_id, "wellbeing.general")
    sent = fields(hr, page) | {"text_da": "Jeg trives", "help_da": "Hvad er værst?\nNyt?"}
    sent |= {"help_en": ""}
    hr.post(page, sent)
    item = editing.item_of(stored(draft), "wellbeing.general")[0]
    assert item["text"]["nb"] == "Jeg har det godt (nb)"
    assert item["help"] == [
        {"da": "Hvad er værst?", "nb": "Hvad er værst? (nb)"},
        {"da": "Nyt?"},
    ]


def test_what_is_cleared_goes_in_every_language(cast: Cast):
    draft, hr = draft_of(cast, in_norwegian(small())), english(cast.hr)
    page = at("draft-item", draft.public_id, "wellbeing.general")
    hr.post(page, fields(hr, page) | {"explanation_da": "", "explanation_en": ""})
    assert "explanation" not in editing.item_of(stored(draft), "wellbeing.general")[0]


def test_more_aims_and_phases_than_the_form_has_stay(cast: Cast):
    raw = small()
    raw["purpose"]["aims"] = [point(f"aim-{n}") for n in range(MOST_SHOWN + 5)]
    raw["life_phases"] = [{"id": f"p-{n}", "title": both(f"Fase {n}")} for n in range(11)]
    draft, hr = draft_of(cast, raw), english(cast.hr)
    before = copy.deepcopy(draft.document)
    page = at("draft-frame", draft.public_id)
    hr.post(page, fields(hr, page))
    assert stored(draft) == before
    hr.post(page, fields(hr, page) | {"life10_title_da": "Den sidste", "minutes": "50"})
    phases = stored(draft)["life_phases"]
    assert [one["id"] for one in phases] == [f"p-{n}" for n in range(11)]
    assert phases[10]["title"]["da"] == "Den sidste"
    assert len(aims(draft)) == MOST_SHOWN + 5


def test_after_an_aim_is_cleared_another_can_be_made_and_nobody_takes_an_old_id(cast: Cast):
    raw = small()
    raw["purpose"]["aims"] = [point(f"aim-{n}") for n in (1, 2, 3)]
    draft, hr = draft_of(cast, raw), english(cast.hr)
    page = at("draft-frame", draft.public_id)
    gone = {f"aim0_{what}_{code}": "" for what in ("title", "text") for code in ("da", "en")}
    hr.post(page, fields(hr, page) | gone)
    assert aims(draft) == [("aim-2", "aim-2"), ("aim-3", "aim-3")]
    new = {"aim2_title_da": "Ny", "aim2_text_da": "Derfor."}
    assert hr.post(page, fields(hr, page) | new).status_code == 302
    (second, third, (name, title)) = aims(draft)
    assert (second[0], third[0], title) == ("aim-2", "aim-3", "Ny")
    assert name not in {"aim-1", "aim-2", "aim-3"}


def test_a_page_that_saves_while_one_writes_keeps_each_row_its_id(cast: Cast):
    """The script sends the same page again and again, also when a row above has gone."""
    raw = small()
    raw["purpose"]["aims"] = [point(f"aim-{n}") for n in (1, 2)]
    draft, hr = draft_of(cast, raw), english(cast.hr)
    page = at("draft-frame", draft.public_id)
    sent = fields(hr, page)
    sent |= {f"aim0_{what}_{code}": "" for what in ("title", "text") for code in ("da", "en")}
    sent |= {"aim4_title_da": "Ny", "aim4_text_da": "Derfor."}
    script = {"headers": {"X-Musling-Part": "yes"}}
    sent["seen"] = hr.post(page, sent, **script).json()["seen"]
    once = aims(draft)
    assert [title for _id, title in once] == ["aim-2", "Ny"]
    sent["seen"] = hr.post(page, sent | {"minutes": "55"}, **script).json()["seen"]
    assert aims(draft) == once
    assert once[0][0] == "aim-2"


def test_topics_that_have_no_box_stay(cast: Cast):
    raw = small()
    raw["themes"][1]["covers"] = ["wellbeing", "status"]
    draft, hr = draft_of(cast, raw), english(cast.hr)
    page = at("draft-theme", draft.public_id, "wellbeing")
    hr.post(page, fields(hr, page) | {"minutes": "5", "covers": ["tasks"]})
    assert editing.theme_of(stored(draft), "wellbeing")["covers"] == ["tasks", "status"]


def test_the_empty_frames_english_name_goes_with_its_danish_one(cast: Cast):
    hr = english(cast.hr)
    hr.post(at("frame-new"), {"kind": "mus", "from": "blank"})
    draft = FrameDraft.objects.get()
    page = at("draft-frame", draft.public_id)
    hr.post(page, fields(hr, page) | {"minutes": "30"})
    assert stored(draft)["title"] == {"da": "Ny spørgeramme", "en": "New frame"}
    hr.post(page, fields(hr, page) | {"title_da": "Vores samtale"})
    assert stored(draft)["title"] == {"da": "Vores samtale"}
    hr.post(page, fields(hr, page) | {"title_en": "Our talk"})
    assert stored(draft)["title"] == {"da": "Vores samtale", "en": "Our talk"}
