"""T2, T3, T27, T31: private text by each other way; writing for somebody else; what a 404 tells."""

import datetime as dt
import json
import logging

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musling.activity.models import Activity, Reading
from musling.conversations.models import Answer
from musling.foundation import clock
from musling.work.models import Run
from tests.access.stages import STAGES, booked_talk
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SECRET = "hemmelighed-uden-mage"


@pytest.fixture
def written(cast: Cast, caplog):
    """Mette has written a secret and handed nothing in."""
    caplog.set_level(logging.DEBUG)
    talk = booked_talk(cast)
    answer = cast.employee.client.post(
        f"/havneby/talks/{talk.public_id}/prepare/save/", {"t.wellbeing.general": SECRET}
    )
    assert answer.status_code == 200
    return talk


def test_the_author_finds_it_so_the_search_below_could_find_it(cast: Cast, written):
    page = f"/havneby/talks/{written.public_id}/prepare/wellbeing/"
    assert SECRET in cast.employee.client.get(page).content.decode()


def test_no_page_of_anybody_else_shows_it(cast: Cast, written):
    base = f"/havneby/talks/{written.public_id}/"
    ways = [
        "/havneby/",
        "/havneby/team/",
        "/havneby/talks/",
        "/havneby/agreements/",
        "/havneby/me/",
        "/havneby/coverage/",
        "/havneby/coverage/coverage.csv",
        "/havneby/coverage/coverage.xlsx",
        "/havneby/coverage/report.pdf",
        f"/havneby/people/{cast.employee.profile.public_id}/",
        f"/havneby/people/?q={SECRET}",
        base,
        base + "room/",
        base + "room/news/",
        base + "minutes/",
        base + "prepare/wellbeing/",
        base + "prepare/hand-in/",
        base + "preparation.pdf",
        base + "agreements.pdf",
    ]
    for name, member in cast.everybody.items():
        if name == "employee":
            continue
        for way in ways:
            answer = member.client.get(way)
            shown = answer.content.decode("utf-8", "ignore").replace(f"q={SECRET}", "")
            shown = shown.replace(f'value="{SECRET}"', "")
            assert SECRET not in shown, (name, way)


def test_no_table_log_or_mail_holds_it(cast: Cast, written, caplog):
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                assert SECRET not in repr(row), table
                held = [bytes(part) for part in row if isinstance(part, bytes | memoryview)]
                assert not any(SECRET.encode() in part for part in held), table
    assert SECRET not in caplog.text
    assert not any(SECRET in message.body + message.subject for message in mail.outbox)
    assert Answer.objects.count() == 1


def test_the_log_and_long_work_hold_ids_and_dates_only(cast: Cast):
    STAGES["agreed"](cast)
    for row in Activity.objects.all():
        for name, value in row.more.items():
            assert isinstance(value, int | None) or name == "day", (row.verb, row.more)
    for run in Run.objects.all():
        assert len(json.dumps(run.arguments)) < 500


def test_what_stands_in_the_body_does_not_decide_who_writes(cast: Cast, written):
    url = f"/havneby/talks/{written.public_id}/prepare/save/"
    body = {
        "t.tasks.time": "som leder",
        "participant": "employee",
        "author": cast.employee.profile.public_id,
        "organisation": "sandvig",
        "profile_id": str(cast.employee.profile.pk),
    }
    assert cast.leader.client.post(url, body).status_code == 200
    owners = {
        row.preparation.participant.profile_id: row.item
        for row in Answer.objects.select_related("preparation__participant")
    }
    assert owners == {
        cast.employee.profile.pk: "wellbeing.general",
        cast.leader.profile.pk: "tasks.time",
    }


def test_not_yours_and_not_there_look_the_same_and_cost_the_same(
    cast: Cast, written, django_assert_num_queries
):
    client = cast.colleague.client
    client.get("/havneby/")
    with CaptureQueriesContext(connection) as theirs:
        one = client.get(f"/havneby/talks/{written.public_id}/")
    with CaptureQueriesContext(connection) as nowhere:
        other = client.get("/havneby/talks/abcdefghjkmn/")
    assert (one.status_code, one.content) == (other.status_code, other.content)
    assert len(theirs) == len(nowhere)
    assert one.headers["Content-Type"] == other.headers["Content-Type"]


@pytest.mark.row("X3")
def test_each_reading_is_noted_once_a_day_and_shown_to_whom_it_concerns(cast: Cast):
    talk = STAGES["agreed"](cast)
    clock.move(dt.timedelta(days=1))  # the log cannot be emptied: a new day begins instead
    for _time in range(3):
        cast.leader.client.get(f"/havneby/talks/{talk.public_id}/minutes/")
    mine = Reading.objects.filter(
        about_id=cast.employee.profile.pk, content="minutes", day=clock.today()
    )
    assert mine.count() == 1
    assert mine.get().reader_id == cast.leader.profile.pk
    assert "Lars" in cast.employee.client.get("/havneby/me/").content.decode()
