"""A prepared query answers what its queryset answers, and refuses what it could get wrong."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from musling.conversations.access import readable_dates
from musling.conversations.models import Conversation
from musling.foundation.actor import Actor
from musling.foundation.prepared import CannotPrepare, compare_again, prepared
from musling.people.leading import in_force
from musling.people.models import Employment, Profile
from tests.cast import Cast, planned_talk

pytestmark = pytest.mark.django_db


def test_each_asks_for_the_own_rows(cast: Cast) -> None:
    @prepared
    def talks(actor: Actor) -> QuerySet[Conversation]:
        return readable_dates(actor).select_related("content")

    talk = planned_talk(cast)
    assert talks(actor=cast.employee.actor) == [talk]
    assert talks(actor=cast.colleague.actor) == []
    assert talks(actor=cast.leader.actor) == [talk]
    assert talks(actor=cast.hr.actor) == [talk]
    assert talks(actor=cast.neighbour.actor) == []
    with CaptureQueriesContext(connection) as queries:
        assert talks(actor=cast.leader.actor)[0].content == talk.content
    assert len(queries) == 1


def test_numbers_texts_and_dates_are_values(cast: Cast) -> None:
    @prepared
    def titles(unit: int, title: str, day: dt.date) -> QuerySet[Employment, Any]:
        rows = Employment.objects.filter(in_force(day), unit_id=unit, title=title)
        return rows.order_by("pk").values_list("profile__first_name", flat=True)

    long_ago, today = dt.date(2019, 12, 31), dt.date(2026, 1, 1)
    names = titles(unit=cast.unit.pk, title="Assistent", day=today)
    assert cast.employee.profile.first_name in names
    assert titles(unit=cast.unit.pk, title="Assistent", day=long_ago) == []
    assert titles(unit=cast.unit.pk, title="Konsulent", day=today) == []
    assert titles(unit=cast.top.pk, title="Assistent", day=today) != names


def test_a_constant_that_looks_like_a_stand_in_stays_a_constant(cast: Cast) -> None:
    @prepared
    def one(pk: int) -> QuerySet[Profile]:
        return Profile.objects.filter(pk=pk).exclude(pk=10_000).exclude(pk=20_000)

    assert one(pk=cast.employee.profile.pk) == [cast.employee.profile]


def test_a_list_of_ids_may_have_any_length(cast: Cast) -> None:
    @prepared
    def listed(pks: list[int], but: int) -> QuerySet[Profile]:
        return Profile.objects.filter(pk__in=pks).exclude(pk=but).order_by("pk")

    everybody = [member.profile for member in cast.everybody.values()]
    pks = sorted({profile.pk for profile in everybody})
    for count in (*range(6), len(pks)):
        found = listed(pks=set(pks[:count]), but=pks[0])
        assert [profile.pk for profile in found] == pks[1:count]
    assert len(listed.plans) < len(pks)


def test_what_a_text_begins_with_is_taken_literally(cast: Cast) -> None:
    @prepared
    def called(beginning: str) -> QuerySet[Profile, Any]:
        rows = Profile.objects.filter(first_name__startswith=beginning)
        return rows.values_list("first_name", flat=True).distinct()

    assert called(beginning="Met") == ["Mette"]
    assert called(beginning="M%") == []
    assert called(beginning="M_t") == []
    assert called(beginning="\\") == []


def test_what_changes_the_sql_is_refused(cast: Cast) -> None:
    @prepared
    def among(first: int, second: int) -> QuerySet[Profile]:
        return Profile.objects.filter(pk__in=range(first % 7, first % 7 + second % 5))

    @prepared
    def called(end: str) -> QuerySet[Profile]:
        return Profile.objects.filter(first_name__endswith=end)

    for query, values in (
        (among, {"first": 3, "second": 4}),
        (called, {"end": "e"}),
    ):
        with pytest.raises(CannotPrepare):
            query(**values)


def test_a_value_that_asks_something_else_is_noticed_by_the_suite(cast: Cast) -> None:
    @prepared
    def linked(person: Any) -> QuerySet[Profile]:
        return Profile.objects.filter(person_id=person)

    assert linked(person=cast.employee.person.pk) == [cast.employee.profile]
    with pytest.raises(CannotPrepare):  # IS NULL instead of = NULL
        linked(person=None)


def test_what_is_refused_is_refused_again(cast: Cast) -> None:
    @prepared
    def linked(person: Any) -> QuerySet[Profile]:
        return Profile.objects.filter(person_id=person)

    assert linked(person=cast.employee.person.pk) == [cast.employee.profile]
    for _time in range(2):  # only what was found to be the same is not compared a second time
        with pytest.raises(CannotPrepare):
            linked(person=None)


def test_each_test_compares_for_itself(cast: Cast) -> None:
    ordered = ["pk"]

    @prepared
    def everybody(organisation: int) -> QuerySet[Profile]:
        return Profile.objects.filter(organisation=organisation).order_by(*ordered)

    everybody(organisation=cast.havneby.pk)
    ordered[0] = "number"
    with pytest.raises(CannotPrepare):
        everybody(organisation=cast.sandvig.pk)
    compare_again()
    with pytest.raises(CannotPrepare):
        everybody(organisation=cast.havneby.pk)


def test_the_language_of_who_asks_tells_askings_apart(cast: Cast) -> None:
    @prepared
    def speaks(actor: Actor) -> QuerySet[Profile]:
        return Profile.objects.filter(pk=actor.profile_id).exclude(first_name=actor.language)

    actor = cast.employee.actor
    assert speaks(actor=actor) == [cast.employee.profile]
    with pytest.raises(CannotPrepare):
        speaks(actor=replace(actor, language="en"))
