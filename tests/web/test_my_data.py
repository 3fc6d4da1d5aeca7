"""My data: in words, and all of it as a file; nothing of anybody else's."""

import datetime as dt
import io
import json
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musling.activity.models import Reading
from musling.conversations.actions import talking
from musling.conversations.models import Conversation
from musling.foundation import clock
from musling.vault import keys
from tests.cast import Cast, Member, booked_talk
from tests.conversations import stages
from tests.web.staff_pages import at, english, queries, words

pytestmark = pytest.mark.django_db
OWN, HANDED_IN, SAID = "Det beholder jeg selv", "Glad for vagterne", "Vi talte om vagterne"


@pytest.fixture
def talk(cast: Cast) -> Conversation:
    row = booked_talk(cast)
    for one in (cast.employee, cast.leader):
        one.client.post(
            f"/havneby/talks/{row.public_id}/prepare/save/",
            {"t.wellbeing.general": f"{OWN} {one.profile.first_name}"},
        )
    stages.hand_in(cast, row, HANDED_IN)
    stages.agreed_frame(cast, row)
    stages.write(cast, row, SAID)
    stages.agree(cast, row, "Fast makker")
    talking.end_talk(cast.leader.actor, public_id=row.public_id)
    stages.approve(cast, row)
    return row


def downloaded(one: Member) -> tuple[dict, dict[str, bytes]]:
    answer = one.client.get(f"/{one.organisation.slug}/me/data.zip")
    assert answer["Content-Type"] == "application/zip"
    assert "no-store" in answer["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(files["musling.json"]), files


def test_the_page_says_what_why_and_how_long(cast: Cast):
    page = words(english(cast.employee).get(at("my-data")))
    for part in ("What is kept, and why", "14 days after the next talk is held", "Datatilsynet"):
        assert part in page
    assert at("my-data") in cast.employee.client.get(at("settings")).content.decode()


def test_the_file_holds_all_that_is_the_persons(cast: Cast, talk):
    document, files = downloaded(cast.employee)
    text = json.dumps(document, ensure_ascii=False)
    assert document["person"]["name"] == "Mette Prøve"
    assert document["employments"][0]["workplace"] == "Hjemmeplejen"
    (held,) = document["talks"]
    assert SAID in held["minutes"]["sections"].values()
    assert held["minutes"]["signatures"][0]["name"] == "Mette Prøve"
    assert any(HANDED_IN in str(row) for row in held["handed_in"])
    assert document["agreements"][0]["agreement"][0] == "Fast makker"
    assert "conversation.booked" in {row["deed"] for row in document["log"]}
    assert f"{OWN} Lars" not in text
    pdf = next(content for name, content in files.items() if name.endswith(".pdf"))
    assert pdf.startswith(b"%PDF")


def test_a_leader_gets_the_own_words_and_not_the_employees(cast: Cast, talk):
    text = json.dumps(downloaded(cast.leader)[0], ensure_ascii=False)
    assert f"{OWN} Lars" in text
    for words_of_another in (f"{OWN} Mette", HANDED_IN, SAID):
        assert words_of_another not in text


@pytest.mark.parametrize("who", ["colleague", "hr", "leaders_leader", "neighbour"])
def test_nobody_elses_file_holds_any_of_it(cast: Cast, talk, who):
    document, files = downloaded(getattr(cast, who))
    for part in (OWN, HANDED_IN, SAID, "Fast makker", "Mette"):
        assert part not in json.dumps(document, ensure_ascii=False)
    assert not [name for name in files if name.endswith(".pdf")]


def test_what_is_destroyed_is_said_to_be(cast: Cast, talk):
    keys.destroy([Conversation.objects.get(pk=talk.pk).key], reason="next_held")
    document, files = downloaded(cast.employee)
    assert document["talks"][0]["destroyed"] is True
    assert not [name for name in files if name.endswith(".pdf")]


def test_a_leaders_file_costs_the_same_with_1_and_many_talks(cast: Cast, talk):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            downloaded(cast.leader)
        return len(queries)

    asked()
    before = asked()
    stages.planned_by(cast.leader, cast.colleague)
    stages.planned_by(cast.leader, cast.union_rep)
    assert asked() <= before + 2  # the offers of a talk


def test_who_has_opened_mine_goes_on_over_pages_with_the_newest_first(cast: Cast):
    day = clock.today()
    rows = [
        Reading(
            organisation_id=cast.havneby.pk,
            day=day - dt.timedelta(days=number),
            first_at=clock.now() - dt.timedelta(days=number),
            reader_id=cast.leader.profile.pk,
            content="minutes",
            object_id=number,
            about_id=cast.employee.profile.pk,
        )
        for number in range(120)
    ]
    Reading.objects.bulk_create(rows[:1])
    one = queries(cast.employee.client, at("settings"))
    Reading.objects.bulk_create(rows[1:])
    assert queries(cast.employee.client, at("settings")) == one
    first = words(english(cast.employee).get(at("settings")))
    assert first.count("Lars Prøve opened Minutes") == 50
    assert "Page 1 of 3" in first
    last = words(english(cast.employee).get(at("settings") + "?page=3"))
    assert last.count("Lars Prøve opened Minutes") == 20
