"""Whoever opens what the other wrote is noted: once per person, object and day (X3)."""

import datetime as dt

import pytest
from django.db.models import QuerySet

from musling.activity.models import Reading
from musling.conversations.actions import following_up, talking
from musling.conversations.models import Agreement
from musling.foundation import clock
from tests.cast import Cast, booked_talk
from tests.conversations import stages

pytestmark = pytest.mark.django_db


def todays() -> QuerySet[Reading]:
    """What was read today."""
    return Reading.objects.filter(day=clock.today())


def read_by(member) -> set[tuple[str, int]]:
    """What the log says that somebody opened: (content, about whom)."""
    rows = todays().filter(reader_id=member.profile.pk)
    return set(rows.values_list("content", "about_id"))


def test_minutes_are_noted_once_a_day_and_again_the_next(cast: Cast):
    talk = stages.approved_talk(cast)
    clock.move(dt.timedelta(days=1))  # the log cannot be emptied: a new day begins instead
    client, url = cast.leader.client, f"/havneby/talks/{talk.public_id}/minutes/"
    for _time in range(3):
        client.get(url)
    mette = cast.employee.profile.pk
    assert read_by(cast.leader) == {("minutes", mette)}
    assert todays().filter(content="minutes").count() == 1
    clock.move(dt.timedelta(days=1))
    cast.leader.client.get(url)
    assert todays().filter(content="minutes").count() == 1


def test_what_was_handed_in_is_noted_when_the_other_opens_the_room(cast: Cast):
    talk = booked_talk(cast)
    stages.hand_in(cast, talk)
    talking.note_expectation(cast.employee.actor, public_id=talk.public_id, text="Ro")
    client, mette = cast.leader.client, cast.employee.profile.pk
    for _time in range(2):
        client.get(f"/havneby/talks/{talk.public_id}/room/")
    assert read_by(cast.leader) == {("handed_in", mette), ("expectation", mette)}
    assert todays().count() == 2


def test_reading_ones_own_is_nobodys_business(cast: Cast):
    talk = booked_talk(cast)
    stages.hand_in(cast, talk)
    client = cast.employee.client
    client.get(f"/havneby/talks/{talk.public_id}/prepare/hand-in/")
    client.get(f"/havneby/talks/{talk.public_id}/room/")
    assert not todays().exists()


def test_asking_for_news_reads_nothing_when_there_is_none(cast: Cast):
    talk = stages.open_talk(cast)
    url = f"/havneby/talks/{talk.public_id}/room/news/?phase=now"
    client = cast.leader.client
    page = client.get(url).content.decode()
    seen = page.split("seen=")[1].split('"')[0].split("&")[0]
    clock.move(dt.timedelta(days=1))  # the log cannot be emptied: a new day begins instead
    answer = client.get(f"{url}&seen={seen}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert not todays().exists()


def test_agreements_and_notes_are_noted(cast: Cast):
    stages.approved_talk(cast)
    row = Agreement.objects.get()
    following_up.note_follow_up(cast.employee.actor, agreement=row.public_id, note="På vej")
    clock.move(dt.timedelta(days=1))  # the log cannot be emptied: a new day begins instead
    cast.leader.client.get("/havneby/agreements/")
    cast.leader.client.get(f"/havneby/agreements/{row.public_id}/")
    mette = cast.employee.profile.pk
    assert read_by(cast.leader) == {("agreement", mette), ("follow_up", mette)}
    assert todays().count() == 2


def test_a_document_taken_out_is_noted_as_one(cast: Cast):
    talk = stages.approved_talk(cast)
    clock.move(dt.timedelta(days=1))  # the log cannot be emptied: a new day begins instead
    answer = cast.leader.client.get(f"/havneby/talks/{talk.public_id}/minutes.pdf")
    assert answer.content.startswith(b"%PDF-")
    mette = cast.employee.profile.pk
    assert read_by(cast.leader) == {("minutes", mette), ("document", mette)}


def test_a_page_that_was_refused_notes_nothing(cast: Cast):
    talk = stages.approved_talk(cast)
    clock.move(dt.timedelta(days=1))  # the log cannot be emptied: a new day begins instead
    for name in ("colleague", "hr", "leaders_leader", "neighbour"):
        answer = cast.everybody[name].client.get(f"/havneby/talks/{talk.public_id}/minutes/")
        assert answer.status_code == 404
    assert not todays().exists()
