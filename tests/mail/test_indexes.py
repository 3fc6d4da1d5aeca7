"""A delivery is written three times; each index of its table is written along each time."""

import pytest
from django.db import connection

from musling.mail.models import Delivery

# By what they are asked for: a person's mails, what a deed has, what is due, what did not arrive.
ASKED_FOR = [
    "activity_id",
    "activity_id, recipient_id",
    "digest_id",
    "id",
    "next_try_at, id",
    "organisation_id, id",
    "public_id",
    "recipient_id",
]


@pytest.mark.django_db
def test_deliveries_have_no_index_that_nobody_asks_for() -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, Delivery._meta.db_table)
    indexes = {
        name: ", ".join(one["columns"])
        for name, one in found.items()
        if one["index"] or one["unique"] or one["primary_key"]
    }
    assert sorted(indexes.values()) == ASKED_FOR, indexes
