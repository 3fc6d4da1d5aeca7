"""After a test with real transactions the database is as it was made (tests/emptying.py)."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from musling.activity.models import Activity
from tests.cast import booked_talk, make_cast
from tests.conftest import as_owner
from tests.emptying import DJANGOS_OWN, empty, filled, tables

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_table_that_held_a_row_is_empty_and_djangos_own_stay():
    before = Permission.objects.count(), ContentType.objects.count()
    booked_talk(make_cast())
    assert Activity.objects.exists()
    assert len(filled()) > 10
    with as_owner():
        empty()
    assert filled() == []
    assert (Permission.objects.count(), ContentType.objects.count()) == before
    assert min(before) > 0


def test_it_is_every_table_that_django_would_empty():
    would = set(connection.introspection.django_table_names(only_existing=True))
    assert {connection.ops.quote_name(name) for name in would - DJANGOS_OWN} == set(tables())
    assert would >= DJANGOS_OWN


@pytest.mark.parametrize("_time", range(2))
def test_nothing_is_left_to_the_next_test(_time: int):
    assert filled() == []
    make_cast()
