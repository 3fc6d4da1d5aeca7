"""Bringing in a form: what it says stands in the draft or beside it, and bad files are told."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from musling.frames import editing, standard
from musling.frames.models import FrameDraft
from musling.frames.parsing import parse
from musling.frames.reading import Draft, LeftOut, Limits
from musling.frames.reading.lines import Line
from musling.web.frames.original import drafted_raw, remember_marks
from tests.cast import Cast
from tests.frames.reading.bombs import BOMBS
from tests.frames.reading.word_file import paragraph, table, word_file
from tests.web.staff_pages import at, english, words

pytestmark = [pytest.mark.django_db, pytest.mark.row("X5")]
FORMS = Path(__file__).parents[1] / "frames" / "forms"
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TEXT = """MUS i Havneby Boligforening

Læs skemaet igennem hjemme, og tag det med til samtalen. Du må gerne springe over.

Trivsel
1. Hvordan har du det på arbejdet?
   - Hvad giver dig kræfter?
2. Hvad vil du gerne have mere af?

Fremtiden
3. Hvad vil du gerne lære det næste år?

Dato: ____________  Underskrift: ____________
"""


def brought_in(cast: Cast, text: str = TEXT) -> tuple[object, FrameDraft]:
    page = english(cast.hr).post(at("frame-read"), {"kind": "mus", "text": text}, follow=True)
    return page, FrameDraft.objects.get()


def test_pasted_text_becomes_a_draft_with_the_form_beside_it(cast: Cast):
    page, draft = brought_in(cast)
    shown = words(page)
    titles = [theme["title"]["da"] for theme in draft.document["themes"]]
    assert titles == ["Trivsel", "Fremtiden"]
    first = draft.document["themes"][0]["items"][0]
    assert first["text"] == {"da": "Hvordan har du det på arbejdet?"}
    assert first["help"] == [{"da": "Hvad giver dig kræfter?"}]
    assert "Underskrift" in shown
    assert "Left out: room for a name, a date or a signature" in shown
    assert draft.document["minutes"] == 45


def test_every_line_of_the_form_stands_on_the_page(cast: Cast):
    page, draft = brought_in(cast)
    shown = page.content.decode()
    for line in filter(None, TEXT.splitlines()):
        assert line.strip() in shown, line
    assert draft.original_name == "Pasted text"


def test_what_was_left_out_is_put_back_once_and_can_be_undone(cast: Cast):
    _page, draft = brought_in(cast)
    hr = english(cast.hr)
    left = draft.original["left_out"]
    place = next(n for n, one in enumerate(left) if "springe over" in one["text"])
    for _time in range(2):
        hr.post(at("draft-back", draft.public_id), {"place": str(place)})
    draft.refresh_from_db()
    item, _theme = editing.item_of(draft.document, left[place]["id"])
    assert item["text"]["da"].endswith("Du må gerne springe over.")
    assert "put back" in words(hr.get(at("draft", draft.public_id)))
    hr.post(at("draft-do", draft.public_id), {"undo": "1"})
    assert "put back" not in words(hr.get(at("draft", draft.public_id)))
    for wrong in ("999", "-1", "x", "", "9" * 5000, "0" * 5, "٠"):
        assert hr.post(at("draft-back", draft.public_id), {"place": wrong}).status_code == 404


def test_what_was_read_wrongly_is_put_right_on_the_spot(cast: Cast):
    _page, draft = brought_in(cast)
    hr = english(cast.hr)
    first, second = (item["id"] for item in draft.document["themes"][0]["items"])
    do = at("draft-do", draft.public_id)
    hr.post(do, {"to-help": second})
    draft.refresh_from_db()
    helps = editing.item_of(draft.document, first)[0]["help"]
    assert [line["da"] for line in helps][-1] == "Hvad vil du gerne have mere af?"
    hr.post(do, {"help-out": first})
    draft.refresh_from_db()
    items = draft.document["themes"][0]["items"]
    assert [item["text"]["da"] for item in items][1:] == [
        "Hvad giver dig kræfter?",
        "Hvad vil du gerne have mere af?",
    ]
    hr.post(do, {"to-theme": items[1]["id"]})
    draft.refresh_from_db()
    assert [theme["title"]["da"] for theme in draft.document["themes"]] == [
        "Trivsel",
        "Hvad giver dig kræfter?",
        "Fremtiden",
    ]
    hr.post(do, {"theme-to-item": draft.document["themes"][1]["id"]})
    draft.refresh_from_db()
    assert len(draft.document["themes"]) == 2
    assert len(draft.document["themes"][0]["items"]) == 3


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("tom.txt", b"   \n", "There is no text in the file."),
        ("skema.docx", b"not a word file", "The file is not what its name says"),
        ("skema.exe", b"MZ", "Only .docx, .pdf, .txt and .md can be read."),
        (
            "gammel.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600,
            "protected by a password",
        ),
        ("stor.txt", b"Hvad nu?\n" * 1_200_000, "The file is larger than 10 MB."),
    ],
)
def test_a_bad_file_gets_a_clear_answer_and_no_draft(cast: Cast, name, data, told):
    upload = SimpleUploadedFile(name, data)
    page = english(cast.hr).post(at("frame-read"), {"kind": "mus", "form": upload})
    assert page.status_code == 422
    assert told in words(page)
    assert not FrameDraft.objects.exists()


def test_a_bomb_is_refused_in_the_browser(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    upload = SimpleUploadedFile("skema.docx", BOMBS["elements.docx"]())
    monkeypatch.setattr("musling.web.frames.from_paper.MOST", Limits(memory=100_000_000))
    page = english(cast.hr).post(at("frame-read"), {"kind": "mus", "form": upload})
    assert page.status_code == 422
    assert "This file is too heavy to read" in words(page)
    assert not FrameDraft.objects.exists()


def test_nothing_at_all_is_told_and_what_was_pasted_stays(cast: Cast):
    hr = english(cast.hr)
    page = hr.post(at("frame-read"), {"kind": "mus", "text": ""})
    assert "Choose a file, or paste the text of the form." in words(page)
    page = hr.post(at("frame-read"), {"kind": "lus", "text": "Trivsel\n1. Hvad nu?"})
    assert page.status_code == 422
    assert "1. Hvad nu?" in page.content.decode()


def test_what_was_left_out_stands_under_the_theme_that_it_stood_under(cast: Cast):
    text = "MUS\n\nTrivsel\n1. Hvordan går det?\n2. Hvad mangler?\n\nFremtiden\n3. Hvad nu?\n"
    _page, draft = brought_in(
        cast, f"{text}\nSkemaet sendes til lønkontoret senest den første maj.\n"
    )
    place = next(
        n for n, one in enumerate(draft.original["left_out"]) if "lønkontoret" in one["text"]
    )
    english(cast.hr).post(at("draft-back", draft.public_id), {"place": str(place)})
    draft.refresh_from_db()
    _item, theme = editing.item_of(draft.document, draft.original["left_out"][place]["id"])
    assert theme["title"] == {"da": "Fremtiden"}


def ids_of(document: dict[str, Any]) -> set[str]:
    themes = document["themes"]
    return {one["id"] for theme in themes for one in (theme, *theme["items"])}


def test_no_frame_that_was_read_shares_an_id_with_another(cast: Cast):
    text = f"{TEXT}\n4. Er du her om et år?  ☐ Ja  ☐ Nej\n"
    for _time in range(2):
        english(cast.hr).post(at("frame-read"), {"kind": "mus", "text": text})
    one, other = FrameDraft.objects.all()
    assert len(ids_of(one.document)) > 4
    assert not ids_of(one.document) & ids_of(other.document)
    assert not {left["id"] for left in one.original["left_out"]} & {
        left["id"] for left in other.original["left_out"]
    }


def test_a_full_theme_tells_by_name_why_nothing_can_be_put_back(cast: Cast):
    items = "\n".join(f"{n}. Hvad skete der i uge {n}?" for n in range(1, 101))
    _page, draft = brought_in(cast, f"MUS\n\nUgerne\n{items}\n\nDato: ____\n")
    place = next(n for n, one in enumerate(draft.original["left_out"]) if "Dato" in one["text"])
    hr = english(cast.hr)
    page = hr.post(at("draft-back", draft.public_id), {"place": str(place)}, follow=True)
    assert re.search(r"It cannot be put back.*Ugerne.*at most 100 rows", words(page))
    assert "themes[" not in words(page)


def test_more_questions_than_a_theme_holds_are_all_items_of_the_draft(cast: Cast):
    items = [f"{n}. Hvad skete der med sag nummer {n}?" for n in range(1, 141)]
    _page, draft = brought_in(cast, "\n".join(["MUS", "", "Sagerne", *items]))
    themes = draft.document["themes"]
    assert [theme["title"]["da"] for theme in themes] == ["Sagerne (1)", "Sagerne (2)"]
    texts = [item["text"]["da"] for theme in themes for item in theme["items"]]
    assert texts == [line.partition(" ")[2] for line in items]
    assert not any(item.get("help") for theme in themes for item in theme["items"])


def test_what_does_not_fit_in_a_frame_is_told_by_name(cast: Cast):
    helps = "\n".join(f"   - Hvad skete der i uge {n}?" for n in range(1, 130))
    text = f"MUS\n\nUgerne\n1. Hvad skete der?\n{helps}\n2. Hvad nu?\n"
    page = english(cast.hr).post(at("frame-read"), {"kind": "mus", "text": text})
    assert page.status_code == 422
    assert re.search(r"does not fit.*Ugerne.*Hvad skete der\?.*at most 100 rows", words(page))
    assert "themes[" not in words(page)


def test_help_that_was_read_is_shown_with_what_it_helps(cast: Cast):
    page, _draft = brought_in(cast)
    assert "Help question to “Hvordan har du det på arbejdet?”" in words(page)


def test_the_steps_between_the_ends_of_a_scale_are_kept(cast: Cast):
    steps = "slet ikke, i mindre grad, i nogen grad, i høj grad, i meget høj grad"
    told = ", ".join(f"{n} = {step}" for n, step in enumerate(steps.split(", "), 1))
    _page, draft = brought_in(
        cast, f"MUS\n\nSkala: {told}\n\nDagen\n1. Jeg trives.\n2. Vi taler.\n"
    )
    assert draft.document["scale"]["explanation"] == {
        "da": "Skemaets trin: " + steps.replace(", ", " · ")
    }


@pytest.mark.parametrize("name", sorted(p.name for p in FORMS.iterdir() if p.suffix == ".docx"))
def test_word_forms_open_in_the_editor(cast: Cast, name: str):
    upload = SimpleUploadedFile(name, (FORMS / name).read_bytes())
    page = english(cast.hr).post(at("frame-read"), {"kind": "mus", "form": upload}, follow=True)
    assert page.status_code == 200
    assert name in words(page)
    assert FrameDraft.objects.get().document["themes"]


def test_markup_in_a_form_is_words(cast: Cast):
    text = "Trivsel\n1. Hvad betyder <script>alert(1)</script> for dig?\n2. Hvad er {{7*7}}?"
    page, _draft = brought_in(cast, text)
    assert b"<script>alert(1)" not in page.content
    assert "{{7*7}}" in page.content.decode()


def test_a_doubtful_place_is_marked_until_somebody_has_changed_it(cast: Cast):
    _page, draft = brought_in(cast, "Løst og fast\n\n1. Hvordan går det?\n2. Hvad mangler?\n")
    item = draft.document["themes"][0]["items"][0]["id"]
    kept = draft.original
    kept["found"][item] |= {"doubt": "long"}
    draft.original = remember_marks(draft.document, kept)
    draft.save()
    hr = english(cast.hr)
    assert "Is it one item?" in words(hr.get(at("draft", draft.public_id)))
    hr.post(
        at("draft-item", draft.public_id, item),
        {"text_da": "Hvordan går det?!", "type": "text", "phase": "now", "for_parts": "both"},
    )
    assert "Is it one item?" not in words(hr.get(at("draft", draft.public_id)))


def test_a_frames_own_file_becomes_a_draft_and_what_is_wrong_in_it_names_the_line(cast: Cast):
    hr = english(cast.hr)
    data = standard.source("mus-short")
    hr.post(at("frame-read"), {"kind": "mus", "form": SimpleUploadedFile("vores.toml", data)})
    draft = FrameDraft.objects.get()
    assert parse(draft.document) == standard.load("mus-short")
    assert draft.original is None
    wrong = data.replace(b'type = "scale"', b'type = "stars"', 1)
    line = wrong[: wrong.index(b'type = "stars"')].count(b"\n") + 1
    upload = SimpleUploadedFile("vores.toml", wrong)
    page = hr.post(at("frame-read"), {"kind": "mus", "form": upload})
    assert f"vores.toml, line {line}" in words(page)
    assert FrameDraft.objects.count() == 1


def test_the_draft_goes_on_paper_for_each_side(cast: Cast):
    _page, draft = brought_in(cast)
    hr = english(cast.hr)
    for side in ("employee", "leader", "both"):
        page = hr.get(at("draft-paper", draft.public_id, side))
        assert page.content.startswith(b"%PDF-"), side
    assert hr.get(at("draft-paper", draft.public_id, "boss")).status_code == 404


def test_characters_that_cannot_be_shown_are_kept_out():
    lines = [
        Line(1, "Velkommen\x07 til skemaet"),
        Line(2, "", table=1, cells=("Hvad\ud800", "Hvem")),
    ]
    _raw, original = drafted_raw(lines, Draft(left_out=[LeftOut("Velk\x00ommen", "prose", (1,))]))
    assert original["lines"] == [[1, "Velkommen til skemaet"], [2, "Hvad | Hvem"]]
    assert original["left_out"][0]["text"] == "Velkommen"


def test_a_table_that_is_too_wide_is_told_by_its_name(cast: Cast):
    head = ("Hvad", "Hvem", "Hvornår", "Mål", "Indsats", "Ansvarlig", "Frist", "Opfølgning", "Dato")
    file = word_file(paragraph("Planer", style="Heading1"), table(head, ("",) * 9, ("",) * 9))
    upload = SimpleUploadedFile("skema.docx", file)
    page = english(cast.hr).post(at("frame-read"), {"kind": "mus", "form": upload})
    assert page.status_code == 422
    assert "a table has at most 8 columns; this one has 9" in words(page)
    assert "themes[" not in words(page)


def test_what_is_wrong_in_a_frames_file_is_told_by_name_and_line(cast: Cast):
    source = standard.source("mus-short").decode()
    source = source.replace('type = "agreements"', 'type = "agreement"', 1)
    upload = SimpleUploadedFile("vores.toml", source.encode())
    page = english(cast.hr).post(at("frame-read"), {"kind": "mus", "form": upload})
    shown = words(page)
    line = source[: source.index('"agreement"')].count("\n") + 1
    assert f"vores.toml, line {line}: The theme “Last time”, the question “Are you done" in shown
    assert "themes[" not in shown
