"""HR takes a standard frame into use; anybody takes one as paper or as a file."""

import io
import re
import tomllib

import docx
import pytest
from django.test import Client
from pypdf import PdfReader

from musling.activity.models import Activity
from musling.documents.typesetting import TypesettingFailedError
from musling.frames import standard
from musling.frames.document import Item, content_hash
from musling.frames.files.reading import read_frame_file
from musling.frames.models import FrameVersion
from musling.frames.parsing import parse
from musling.frames.queries import document_of, in_use
from musling.web.frames import taking
from tests.cast import Cast, booked_talk
from tests.web.staff_pages import at, english, queries, words

pytestmark = pytest.mark.django_db
LOOK = at("frame-standard", "mus", "mus-short")
USE = at("frame-use", "mus", "mus-short")


def asked(cast: Cast) -> str:
    return in_use(cast.havneby.pk, "mus").content.hash


def test_hr_sees_what_there_is_looks_at_it_and_takes_it_into_use(cast: Cast):
    hr = english(cast.hr)
    page = words(hr.get(at("frames")))
    assert "Short talk" in page
    assert "7 questions · 30 minutes" in page
    before = asked(cast)
    shown = words(hr.get(LOOK))
    assert "get these questions instead of The yearly development talk" in shown
    assert "The agreements from last time stand here, each with a field." in shown
    assert "Each sees the other's preparation as soon as" in shown.replace("&#x27;", "'")
    for part, question in (
        ("employee", "What can your leader do to make it succeed?"),
        ("leader", "What will you do to make it succeed?"),
    ):
        assert question in words(hr.get(LOOK, {"part": part}))
    assert asked(cast) == before
    assert words(hr.post(USE, follow=True)).count("Short talk is in use for talks that begin") == 1
    assert asked(cast) == content_hash(standard.load("mus-short"))
    assert "New talks begin with this frame." in words(hr.get(LOOK))


def test_a_talk_that_has_begun_keeps_its_questions_and_one_can_go_back(cast: Cast):
    talk = booked_talk(cast)
    before = asked(cast)
    hr = english(cast.hr)
    hr.post(USE)
    hr.post(USE)
    assert FrameVersion.objects.filter(frame__standard="mus-short").count() == 1
    talk.refresh_from_db()
    assert talk.content.hash == before
    hr.post(at("frame-use", "mus", "mus-municipality"))
    assert asked(cast) == before
    hr.post(USE)
    assert asked(cast) == content_hash(standard.load("mus-short"))
    assert FrameVersion.objects.filter(frame__standard="mus-short").count() == 1
    by_hr = Activity.objects.filter(actor_id=cast.hr.profile.pk)
    assert by_hr.filter(verb="frame.published").count() == 1
    assert by_hr.filter(verb="frame.taken").count() == 3


def test_only_hr_and_only_what_suits_the_kind_of_talk(cast: Cast):
    before = asked(cast)
    for who, one in cast.everybody.items():
        if one is not cast.hr:
            assert english(one).post(USE).status_code == 404, who
            assert english(one).get(LOOK).status_code == 404, who
    hr = english(cast.hr)
    for kind, name in (("mus", "mus-bpa"), ("mus", "lus"), ("mus", "none"), ("lus", "lus")):
        assert hr.get(at("frame-standard", kind, name)).status_code == 404, (kind, name)
        assert hr.post(at("frame-use", kind, name)).status_code == 404, (kind, name)
    assert hr.get(LOOK, {"part": "operator"}).status_code == 404
    assert hr.get(USE).status_code == 405
    assert asked(cast) == before


def test_the_page_asks_as_much_however_many_versions_there_are(cast: Cast):
    hr = english(cast.hr)
    few = queries(hr, at("frames"))
    for _time in range(4):
        hr.post(USE)
        hr.post(at("frame-use", "mus", "mus-municipality"))
    assert queries(hr, at("frames")) == few


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.row("B8")
@pytest.mark.parametrize("name", standard.names())
def test_anybody_takes_a_frame_as_paper_for_word_and_as_a_file(name):
    browser = Client()
    page = browser.get("/help/frames/").content.decode()
    for side, called in (("employee", "medarbejder"), ("leader", "leder"), ("both", "samtale")):
        place = f"/help/frames/{name}/{side}"
        if side == "leader" and not standard.load(name).items_for("leader"):
            assert f"{place}." not in page
            assert browser.get(f"{place}.pdf").status_code == 404
            continue
        assert f"{place}.pdf" in page
        assert f"{place}.docx" in page
        paper = browser.get(f"{place}.pdf")
        assert paper.content.startswith(b"%PDF-")
        assert f'filename="{name}-{called}.pdf"' in paper["Content-Disposition"]
        form = browser.get(f"{place}.docx")
        assert form["Content-Type"] == WORD
        assert f'filename="{name}-{called}.docx"' in form["Content-Disposition"]
        assert asked_in(form.content) == len(asked_of(name, side))
    file = browser.get(f"/help/frames/{name}.toml")
    assert f"/help/frames/{name}.toml" in page
    assert file["Content-Disposition"] == f'attachment; filename="{name}.toml"'
    assert parse(tomllib.loads(file.content.decode())) == standard.load(name)


def asked_in(word: bytes) -> int:
    paragraphs = docx.Document(io.BytesIO(word)).paragraphs
    return sum(one.style.name == "Heading 3" for one in paragraphs)


def asked_of(name: str, side: str) -> tuple[Item, ...]:
    document = standard.load(name)
    return document.items if side == "both" else document.items_for(side)


def test_the_paper_names_what_both_must_share_first():
    paper = Client().get("/help/frames/mus-core-task/employee.pdf").content
    first = PdfReader(io.BytesIO(paper)).pages[0].extract_text()
    assert "Ramme og retning: Ved I, hvad der ligger fast" in " ".join(first.split())


@pytest.mark.parametrize("ending", ["/employee.pdf", "/both.docx", ".toml"])
@pytest.mark.parametrize("name", ["nothing", "mus", "__init__"])
def test_a_frame_that_there_is_not_is_not_there(name, ending):
    assert Client().get(f"/help/frames/{name}{ending}").status_code == 404


@pytest.mark.parametrize("side", ["hr", "EMPLOYEE", "%2e%2e", "employee.pdf"])
def test_a_side_that_there_is_not_is_not_there(side):
    for ending in ("pdf", "docx"):
        assert Client().get(f"/help/frames/mus-short/{side}.{ending}").status_code == 404


# --- HR takes a version home ----------------------------------------------------------------------


def papers_of(version: FrameVersion) -> list[str]:
    sides = ("employee", "leader", "both")
    forms = [
        at(name, version.public_id, one) for name in ("frame-pdf", "frame-docx") for one in sides
    ]
    return [*forms, at("frame-file", version.public_id)]


def test_hr_takes_a_version_home_in_every_form(cast: Cast):
    version = in_use(cast.havneby.pk, "mus")
    hr = english(cast.hr)
    page = hr.get(at("frame", version.public_id)).content.decode()
    found = {}
    for address in papers_of(version):
        assert f'href="{address}"' in page
        answer = hr.get(address)
        assert answer.status_code == 200
        called = re.search(
            r'filename="musling-mus-[a-z-]+-1-?(\w*)\.(\w+)"', answer["Content-Disposition"]
        )
        found[called[1], called[2]] = answer.content
    assert set(found) == {
        *(
            (who, ending)
            for who in ("medarbejder", "leder", "samtale")
            for ending in ("pdf", "docx")
        ),
        ("", "toml"),
    }
    assert b"/Lang(en-GB)" in found["leder", "pdf"].replace(b" ", b"")
    text = PdfReader(io.BytesIO(found["leder", "pdf"])).pages[0].extract_text()
    assert "Each sees the other's preparation as soon as it is handed in." in text.replace(
        "\n", " "
    )
    document = document_of(version.content)
    assert asked_in(found["leder", "docx"]) == len(document.items_for("leader"))
    assert asked_in(found["samtale", "docx"]) == len(document.items)
    assert read_frame_file("a.toml", found["", "toml"]) == document


def test_only_hr_of_the_organisation_takes_its_versions(cast: Cast):
    version = in_use(cast.havneby.pk, "mus")
    for address in papers_of(version):
        for who, one in cast.everybody.items():
            if one is not cast.hr:
                assert english(one).get(address).status_code == 404, (who, address)
        assert cast.hr.client.post(address).status_code == 405
        assert cast.hr.client.get(address.replace(version.public_id, "a" * 12)).status_code == 404
    assert cast.hr.client.get(at("frame-pdf", version.public_id, "hr")).status_code == 404


def test_a_paper_that_cannot_be_made_is_told_and_not_a_fault(cast: Cast, monkeypatch):
    def fails(*_any, **_more):
        raise TypesettingFailedError("no")

    monkeypatch.setattr(taking, "preparation_paper", fails)
    version = in_use(cast.havneby.pk, "mus")
    page = english(cast.hr).get(papers_of(version)[0], follow=True)
    assert "The document could not be made" in words(page)


def test_links_to_a_standard_frame_lead_to_what_anybody_can_take(cast: Cast):
    page = english(cast.hr).get(LOOK).content.decode()
    for ending in ("/employee.pdf", "/leader.docx", "/both.pdf", ".toml"):
        assert f'href="/help/frames/mus-short{ending}"' in page
