"""A GET inside an organisation runs in a transaction in which PostgreSQL refuses to write."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import make_cast


@pytest.mark.django_db(transaction=True)
def test_a_get_runs_in_a_read_only_transaction():
    client = make_cast().employee.client
    with CaptureQueriesContext(connection) as seen:
        assert client.get("/havneby/").status_code == 200
    said = [query["sql"] for query in seen]
    begun = next(n for n, sql in enumerate(said) if "READ ONLY" in sql.upper())
    assert any("people_profile" in sql for sql in said[begun:])
