"""Mails to the main committee, and to everybody about the core task: to whom, and once."""

import datetime as dt

import pytest

from musling.foundation import clock
from musling.foundation.clock import COPENHAGEN
from musling.frames.core_task_actions import tell_core_task, validate_core_task, word_core_task
from musling.frames.models import OrganisationTheme
from musling.mail.models import Delivery, State
from musling.people.models import Person, Role
from musling.schedule.jobs import JOBS
from tests.mail.post import Post, deliver, next_day, verify
from tests.mail.test_catalogue import seat

pytestmark = pytest.mark.django_db


def remind() -> object:
    """What the schedule does every morning."""
    (job,) = [job for job in JOBS if job.name == "remind-of-theme"]
    return job.function()


@pytest.fixture
def july(post: Post) -> Post:
    """The first of July of an even year, at nine."""
    for profile in (post.signe.profile, post.lars.profile):
        profile.person = Person.objects.create_user(profile.email)
        profile.save()
        verify(profile, profile.email)
    clock.move(dt.datetime(2026, 7, 1, 9, tzinfo=COPENHAGEN) - clock.now())
    return post


@pytest.mark.row("D8")
def test_the_main_committee_gets_a_mail_and_a_local_one_does_not(july: Post) -> None:
    seat(july)
    Role.objects.create(
        organisation=july.work.organisation,
        profile=july.lars.profile,
        name=Role.Name.COMMITTEE,
        unit=july.lars.unit,
        starts_on=dt.date(2020, 1, 1),
    )
    assert remind() == 1
    deliver()
    next_day()
    (mail,) = deliver()
    assert mail.to == ["signe@havneby.example"]
    assert mail.subject == "En påmindelse fra Musling"
    assert "/havneby/theme/" in mail.body
    assert "2027" in mail.body
    assert remind() == 0
    assert deliver() == []


def test_without_a_committee_there_is_nobody_to_remind(
    july: Post,
) -> None:
    assert remind() == 1
    assert deliver() == []
    assert Delivery.objects.get().state == State.NOT_NEEDED


def test_chosen_in_the_meantime_it_is_not_sent(july: Post) -> None:
    seat(july)
    remind()
    deliver()
    next_day()
    OrganisationTheme.objects.create(
        organisation=july.work.organisation, first_year=2027, document={}, chosen_at=clock.now()
    )
    assert deliver() == []
    assert Delivery.objects.get(recipient=july.signe.profile).state == State.OVERTAKEN


@pytest.mark.row("C1")
def test_everybody_with_a_log_in_gets_one_mail_with_link_and_date(july: Post) -> None:
    hr = july.work.hr()
    word_core_task(hr, words="Vi gør hverdagen tryg.")
    validate_core_task(hr, version=1, by="Direktionen", on=clock.today())
    told = tell_core_task(hr, version=1)
    tell_core_task(hr, version=1)
    mails = deliver()
    reached = {address for mail in mails for address in mail.to}
    assert reached == {"signe@havneby.example", "lars@havneby.example"}  # HR's own is unverified
    assert len(mails) == 2
    assert Delivery.objects.exclude(recipient=None).count() == told
    for mail in mails:
        assert "/havneby/core-task/" in mail.body
        assert "hverdagen tryg" not in mail.body
        assert "1. juli 2026" in mail.body or "1 July 2026" in mail.body
