"""The demo can be made on any day of the week."""

import pytest

from musling.cli.demo import living
from tests.cast import Cast, next_week

pytestmark = pytest.mark.django_db


def test_days_that_fall_on_one_monday_put_no_leader_in_two_talks(cast: Cast):
    begins = []
    for employee in (cast.employee, cast.colleague, cast.union_rep):
        pair = living.Pair(employee.employment, cast.leader.employment, {})
        row = living.planned(pair, cast.hr.actor.today)
        living.booked(pair, row, cast.hr.actor.today, next_week(10))
        row.refresh_from_db()
        begins.append(row.starts_at)
    assert begins == [next_week(10), next_week(11), next_week(12)]
