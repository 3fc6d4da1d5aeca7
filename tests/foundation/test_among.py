"""Many ids as one value of the database."""

import pytest

from musling.foundation import clock
from musling.foundation.among import Among
from musling.organisations.models import Organisation, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def units() -> list[int]:
    """Five units of one organisation."""
    place = Organisation.objects.create(slug="a", name="A", sector="state", made_at=clock.now())
    return [
        Unit.objects.create(organisation=place, number=str(n), name=str(n), path="/").pk
        for n in range(5)
    ]


def test_it_finds_what_in_finds(units: list[int]) -> None:
    for wanted in ([], units[:1], units[1:3], [*units, 10**12], [0, -1]):
        found = Unit.objects.filter(Among("pk", wanted)).values_list("pk", flat=True)
        assert sorted(found) == sorted(set(wanted) & set(units))
        rest = Unit.objects.exclude(Among("pk", wanted)).values_list("pk", flat=True)
        assert sorted(rest) == sorted(set(units) - set(wanted))


def test_it_goes_through_foreign_keys_and_into_updates(units: list[int]) -> None:
    place = Unit.objects.get(pk=units[0]).organisation_id
    assert Unit.objects.filter(Among("organisation_id", {place})).count() == 5
    assert Unit.objects.filter(Among("pk", units[:2])).update(name="new") == 2


def test_the_statement_is_the_same_for_many() -> None:
    def sql(ids: range) -> str:
        return str(Unit.objects.filter(Among("pk", ids)).query.sql_with_params()[0])

    assert sql(range(1)) == sql(range(1000))
