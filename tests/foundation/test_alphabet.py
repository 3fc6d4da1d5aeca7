"""The Danish order is the same in Python and on both databases."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from musling.foundation.alphabet import Folded, folded
from musling.organisations.actions import found
from musling.organisations.models import Organisation

IN_ORDER = ["Abel", "Andersen", "Zeuthen", "Ærø", "Ødum", "Østergaard", "Aabye", "Ågård", "Åse"]


def test_danish_letters_come_after_z_and_aa_is_one_of_them():
    assert sorted(set(IN_ORDER), key=folded) == IN_ORDER


def test_search_finds_both_spellings():
    assert folded("Aagård") == folded("ÅGAARD")


@pytest.mark.django_db
def test_the_database_orders_as_python_does():
    names = [*IN_ORDER[::-1], "Møller", "Müller", "Mylius", "mygind", "Óðin", "O'Brien"]
    for place, name in enumerate(names):
        found(name=name, slug=f"o{place}", sector="private", talk_name="")
    ordered = Organisation.objects.order_by(Folded("name"), "pk").values_list("name", flat=True)
    assert list(ordered) == sorted(names, key=folded)


@pytest.mark.django_db
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("aAbzæÆøåÅäöüéÍð {|}~-'", max_size=12))
def test_the_database_folds_as_python_does(text):
    organisation = Organisation(name=text, slug="x", sector="private", made_at="2026-01-01T00:00Z")
    Organisation.objects.filter(slug="x").delete()
    organisation.save()
    assert Organisation.objects.annotate(f=Folded("name")).get(slug="x").f == folded(text)
