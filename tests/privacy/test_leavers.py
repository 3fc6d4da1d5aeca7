"""Whoever has left goes altogether, once the log and the proof name nobody any more."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator

from musling.activity.models import Activity
from musling.conversations.actions import preparing
from musling.conversations.models import Conversation, JointPart, JointTalk, Preparation
from musling.foundation import clock
from musling.mail.models import Delivery
from musling.people.models import Activation, Employment, Person, Profile, Role
from musling.privacy import destroying, leavers
from musling.privacy.models import AccessRequest
from musling.vault import keys, ledger
from tests.cast import Cast, booked_talk

pytestmark = pytest.mark.django_db
A_DAY = dt.timedelta(days=1)
A_YEAR = dt.timedelta(days=366)


@pytest.fixture
def left(cast: Cast) -> Profile:
    """Jonas left on 1 January 2021, with a log-in that has a second factor."""
    Employment.objects.filter(profile=cast.colleague.profile).update(ends_on=dt.date(2021, 1, 1))
    person = cast.colleague.person
    person.key = keys.new_key(organisation_id=None, purpose="person")
    person.save(update_fields=["key"])
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
    Activation.objects.create(
        organisation=cast.havneby,
        profile=cast.employee.profile,
        how=Activation.How.SLIP,
        code_hash="x",
        made_at=clock.now(),
        made_by=cast.colleague.profile,
        expires_at=clock.now(),
    )
    joint = JointTalk.objects.create(
        organisation=cast.havneby,
        profile=cast.colleague.profile,
        kind="mus",
        year=2020,
        holder=cast.colleague.employment,
        asked_at=clock.now(),
    )
    JointPart.objects.create(
        organisation=cast.havneby,
        joint=joint,
        employment=cast.colleague.employment,
        agreed_by=cast.colleague.profile,
    )
    Delivery.objects.create(
        organisation=cast.havneby,
        activity_id=1,
        recipient=cast.colleague.profile,
        made_at=clock.now(),
    )
    return cast.colleague.profile


def names() -> list[int]:
    return list(leavers.gone().values_list("pk", flat=True))


def test_name_employments_and_log_in_go_when_the_log_names_nobody_any_more(cast: Cast, left):
    key = cast.colleague.person.key
    others = Profile.objects.exclude(pk=left.pk).count()
    assert key
    clock.move(dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC) - clock.now())
    assert destroying.run()["people"] == 0
    clock.move(62 * A_DAY)
    assert [one.content for one in destroying.would_go()] == ["person"]
    assert destroying.run()["people"] == 1
    assert destroying.run()["people"] == 0
    assert not Profile.objects.filter(pk=left.pk).exists()
    assert not Employment.objects.filter(profile=left.pk).exists()
    assert not Person.objects.filter(pk=left.person_id).exists()
    assert not Authenticator.objects.filter(user=left.person_id).exists()
    assert key.public_id in set(ledger.destroyed())
    assert Profile.objects.count() == others
    assert Activation.objects.get().made_by is None
    assert Activity.objects.filter(verb="person.removed", object_id=left.pk).exists()


def test_whoever_is_named_by_anything_stays(cast: Cast, left):
    talk = booked_talk(cast)
    row = AccessRequest.objects.create(
        organisation=cast.havneby,
        conversation=talk,
        preparation_id=_preparation(cast, talk),
        asker=cast.employee.profile,
        holder=left,
        key=keys.new_key(organisation_id=cast.havneby.pk, purpose="access"),
        asked_at=clock.now(),
        due_on=clock.today(),
    )
    clock.move(7 * A_YEAR)
    assert left.pk not in names()
    row.delete()
    assert left.pk in names()


def _preparation(cast: Cast, talk: Conversation) -> int:
    preparing.save_answers(
        cast.employee.actor,
        public_id=talk.public_id,
        answers={"wellbeing.general": {"score": 4}},
        versions={},
    )
    return Preparation.objects.order_by("pk")[0].pk


@pytest.mark.parametrize("until", [None, 40])
def test_whoever_has_a_role_or_another_employment_stays(cast: Cast, left, until):
    ends = until and clock.today() + 7 * A_YEAR - until * A_DAY
    Role.objects.create(
        organisation=cast.havneby,
        profile=left,
        name=Role.Name.COMMITTEE,
        starts_on=dt.date(2020, 1, 1),
        ends_on=ends,
    )
    clock.move(7 * A_YEAR)
    assert left.pk not in names()
    Role.objects.all().delete()
    assert left.pk in names()


def test_a_log_in_that_another_organisation_knows_stays(cast: Cast):
    """Vilma works in both; here she has left."""
    profile = cast.two_places.profile
    Employment.objects.filter(profile=profile).update(ends_on=dt.date(2021, 1, 1))
    clock.move(7 * A_YEAR)
    destroying.run()
    assert not Profile.objects.filter(pk=profile.pk).exists()
    assert Person.objects.get(pk=profile.person_id).profiles.count() == 1


def test_whoever_had_a_role_alone_goes_too(cast: Cast):
    """A consultant from outside has no employment."""
    profile = cast.consultant.profile
    Employment.objects.filter(profile=profile).delete()
    assert Role.objects.filter(profile=profile).update(ends_on=dt.date(2021, 1, 1))
    clock.move(7 * A_YEAR)
    assert profile.pk in names()


def test_whoever_is_taken_on_again_meanwhile_stays(cast: Cast, left, monkeypatch):
    clock.move(7 * A_YEAR)
    first = leavers.in_batches

    def taken_on_again(rows):
        for some in first(rows):
            Employment.objects.filter(profile=left).update(ends_on=None)
            yield some

    monkeypatch.setattr(leavers, "in_batches", taken_on_again)
    assert leavers.remove() == 0
    assert Employment.objects.filter(profile=left, ends_on=None).exists()
    assert cast.colleague.person.key
    assert cast.colleague.person.key.public_id not in set(ledger.destroyed())
