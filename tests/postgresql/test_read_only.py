"""A GET inside an organisation runs in a transaction in which PostgreSQL refuses to write."""

import pytest
from django.db import InternalError, connection
from django.test.utils import CaptureQueriesContext

from musling.gate.rules import _ReadOnly
from musling.people.models import Profile
from tests.cast import make_cast


@pytest.mark.django_db(transaction=True)
def test_a_get_begins_with_read_only():
    client = make_cast().employee.client
    with CaptureQueriesContext(connection) as seen:
        assert client.get("/havneby/").status_code == 200
    assert any("READ ONLY" in query["sql"].upper() for query in seen)


@pytest.mark.django_db(transaction=True)
def test_a_write_in_it_is_refused_by_the_database():
    make_cast()
    with pytest.raises(InternalError, match="read-only"), _ReadOnly():
        Profile.objects.update(first_name="Ændret")
    assert not Profile.objects.filter(first_name="Ændret").exists()
