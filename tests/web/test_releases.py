"""Letting somebody else read, as pages: asked, answered, ended, read; by whom it is for alone."""

import io

import pytest
from pypdf import PdfReader

from musling.activity.models import Reading
from musling.conversations.models import Conversation, Release
from musling.foundation import clock
from tests.cast import Cast
from tests.conversations import stages
from tests.web.staff_pages import at, english, words
from tests.web.test_my_data import downloaded

pytestmark = [pytest.mark.django_db, pytest.mark.row("A5")]


@pytest.fixture
def talk(cast: Cast) -> Conversation:
    return stages.approved_talk(cast)


def asked(cast: Cast, talk: Conversation, **more: str):
    day = clock.today()
    given = {
        "document": "minutes",
        "email": "tanja@havneby.example",
        "until": day.isoformat(),
        "why": "Hun hjælper mig",
    }
    return cast.employee.client.post(at("releases", talk.public_id), given | more)


def test_from_asking_to_reading_to_ending(cast: Cast, talk):
    assert asked(cast, talk).status_code == 302
    row = Release.objects.get()
    page = words(english(cast.leader).get(at("talk", talk.public_id)))
    assert "asks whether somebody else may read" in page
    page = words(english(cast.leader).get(at("releases", talk.public_id)))
    for part in ("Tanja Prøve", "Hun hjælper mig", "Yes, Tanja Prøve may read it"):
        assert part in page
    cast.leader.client.post(at("release-agree", row.public_id))
    listed = cast.union_rep.client.get(at("shared"))
    assert at("shared-pdf", row.public_id) in listed.content.decode()
    assert "Mette Prøve og Lars Prøve" in words(listed)
    assert at("shared") in cast.union_rep.client.get(at("talks")).content.decode()
    pdf = cast.union_rep.client.get(at("shared-pdf", row.public_id))
    assert pdf["Content-Type"] == "application/pdf"
    assert "no-store" in pdf["Cache-Control"]
    assert "Tanja" not in pdf["Content-Disposition"]
    assert "Vi talte om vagterne" in text_of(pdf.content)
    page = words(english(cast.employee).get(at("releases", talk.public_id)))
    assert "first opened" in page
    asking = words(english(cast.employee).get(at("release-end", row.public_id)))
    assert "What has been read is read" in asking
    cast.employee.client.post(at("release-end", row.public_id))
    assert cast.union_rep.client.get(at("shared-pdf", row.public_id)).status_code == 404
    assert at("shared") not in cast.union_rep.client.get(at("talks")).content.decode()


def text_of(data: bytes) -> str:
    """The words of a PDF."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def test_both_see_who_opened_it(cast: Cast, talk):
    row = stages.released(cast, talk)
    cast.union_rep.client.get(at("shared-pdf", row.public_id))
    cast.union_rep.client.get(at("shared-pdf", row.public_id))
    about = Reading.objects.filter(content="release", object_id=row.pk)
    assert sorted(about.values_list("about_id", "reader_id")) == sorted(
        (one.profile.pk, cast.union_rep.profile.pk) for one in (cast.employee, cast.leader)
    )
    for one in (cast.employee, cast.leader):
        assert "Tanja Prøve" in words(one.client.get(at("settings")))


def test_saying_yes_notes_no_reading(cast: Cast, talk):
    asked(cast, talk)
    before = Reading.objects.count()
    cast.leader.client.post(at("release-agree", Release.objects.get().public_id))
    assert Release.objects.get().agreed_at
    assert Reading.objects.count() == before


@pytest.mark.parametrize(
    "wrong", [{"email": "ingen@havneby.example"}, {"email": "x"}, {"until": "snart"}]
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(cast: Cast, talk, wrong: dict):
    answer = asked(cast, talk, **wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Hun hjælper mig" in page
    assert "form-error-message" in page


def test_only_whom_it_is_for_finds_it(cast: Cast, talk):
    row = stages.released(cast, talk)
    for name, member in cast.everybody.items():
        if not name.startswith("neighbour") and name != "two_places_sandvig":
            shared = member.client.get(at("shared"))
            assert (row.public_id in shared.content.decode()) == (name == "union_rep"), name
        answer = member.client.get(at("shared-pdf", row.public_id))
        assert answer.status_code == (200 if name == "union_rep" else 404), name


def test_the_parties_see_what_they_let_others_read_in_their_own_data(cast: Cast, talk):
    stages.released(cast, talk)
    document, _files = downloaded(cast.employee)
    (shown,) = document["talks"]
    assert shown["let_others_read"][0]["reader"] == "Tanja Prøve"
    document, _files = downloaded(cast.union_rep)
    assert document["shared_with_me"][0]["of"] == "Mette Prøve, Lars Prøve"
