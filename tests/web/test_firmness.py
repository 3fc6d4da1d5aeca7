"""The rules of the workplace decide the wording: a right, or recommended (row C10)."""

import pytest

from musling.mail.catalogue import BY_NAME
from musling.mail.letters import Letter, compose
from musling.mail.matters import matters
from musling.mail.models import Delivery
from musling.organisations.models import Organisation
from tests.cast import Cast, booked_talk
from tests.mail.post import Post
from tests.web.staff_pages import english, words

pytestmark = [pytest.mark.django_db, pytest.mark.row("C10")]
RIGHT = "Every employee here has a right to a MUS once a year."
RECOMMENDED = "It is recommended here that every employee has a MUS once a year."
SECTORS = {
    "municipal": "right",
    "regional": "right",
    "state": "right",
    "private": "recommended",
    "bpa": "",
}


def test_every_sector_has_its_wording():
    assert {value: Organisation.firmness(value) for value in Organisation.Sector.values} == SECTORS


@pytest.mark.parametrize(("sector", "firmness"), SECTORS.items())
def test_whoever_prepares_reads_it(cast: Cast, sector: str, firmness: str):
    talk = booked_talk(cast)
    Organisation.objects.filter(pk=cast.havneby.pk).update(sector=sector)
    for member in (cast.employee, cast.leader):
        page = words(english(member).get(f"/havneby/talks/{talk.public_id}/prepare/"))
        assert (RIGHT in page, RECOMMENDED in page) == (
            firmness == "right",
            firmness == "recommended",
        )


@pytest.mark.parametrize(
    ("sector", "sentence"),
    [
        ("state", "You have a right to it once a year."),
        ("private", "Your workplace recommends it once a year."),
        ("bpa", ""),
    ],
)
def test_whoever_is_invited_reads_it(settings, sector: str, sentence: str):
    post = Post()
    Organisation.objects.filter(pk=post.work.organisation.pk).update(sector=sector)
    reader = post.signe.profile
    reader.refresh_from_db()
    reader.language = "en"
    (matter,) = matters([post.note("conversation.offered")])
    row = Delivery(activity_id=matter.activity.pk, recipient=reader, message_id="<1@x.example>")
    text = compose(Letter(row, BY_NAME["offered"], matter, reader, "signe@x.example")).body
    assert sentence in text
    assert ("once a year" in text) == bool(sentence)
