"""HR takes a standard frame into use; anybody takes one as paper or as a file."""

import io
import tomllib

import pytest
from django.test import Client
from pypdf import PdfReader

from musling.activity.models import Activity
from musling.frames import standard
from musling.frames.document import content_hash
from musling.frames.models import FrameVersion
from musling.frames.parsing import parse
from musling.frames.queries import in_use
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
    assert "What we agreed last time" in shown
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


@pytest.mark.row("B8")
@pytest.mark.parametrize("name", standard.names())
def test_anybody_takes_a_frame_as_paper_and_as_a_file(name):
    browser = Client()
    page = browser.get("/help/frames/").content.decode()
    for ending in ("pdf", "toml"):
        assert f"/help/frames/{name}.{ending}" in page
    paper = browser.get(f"/help/frames/{name}.pdf")
    assert paper.content.startswith(b"%PDF-")
    file = browser.get(f"/help/frames/{name}.toml")
    assert file["Content-Disposition"] == f'attachment; filename="{name}.toml"'
    assert parse(tomllib.loads(file.content.decode())) == standard.load(name)


def test_the_paper_names_what_both_must_share_first():
    paper = Client().get("/help/frames/mus-core-task.pdf").content
    first = PdfReader(io.BytesIO(paper)).pages[0].extract_text()
    assert "Ramme og retning: Ved I, hvad der ligger fast" in " ".join(first.split())


@pytest.mark.parametrize("ending", ["pdf", "toml"])
@pytest.mark.parametrize("name", ["nothing", "mus", "__init__"])
def test_a_frame_that_there_is_not_is_not_there(name, ending):
    assert Client().get(f"/help/frames/{name}.{ending}").status_code == 404
