"""T25: no change without a CSRF token; a crawl by GET leaves the database as it was."""

import pytest
from django.apps import apps
from django.core.cache import caches
from django.db import models
from django.test import Client

from musling.activity.models import Reading
from musling.gate.checks import every_address
from tests.access.addresses import ADDRESSES
from tests.access.stages import STAGES
from tests.access.test_addresses import filled_in, methods
from tests.cast import make_cast

pytestmark = pytest.mark.django_db(transaction=True)
# Rate limits of log-in and sessions may change; readings must.
MAY_CHANGE = {"sessions.session", "identity.cacheentry", "activity.reading"}


def names() -> list[str]:
    return sorted({pattern.name for _address, pattern in every_address()})


def everything() -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, but for those that may change."""
    return {
        model._meta.label_lower: sorted(model._base_manager.values_list(*fields(model)), key=repr)
        for model in apps.get_models()
        if model._meta.label_lower not in MAY_CHANGE and model._meta.managed
    }


def fields(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@pytest.mark.long_walk
@pytest.mark.parametrize("stage", ["offered", "open", "minutes out", "agreed"])
def test_a_crawl_as_each_person_changes_nothing_but_readings(transactional_db, stage):
    caches["rendered"].clear()
    cast = make_cast()
    talk = STAGES[stage](cast)
    clients = [member.client for member in cast.everybody.values()] + [Client()]
    # What an address names is made first.
    addresses = {name: filled_in(cast, talk, name) for name in names() if "GET" in methods(name)}
    before = everything()
    for name, address in addresses.items():
        for client in clients:
            answer = client.get(address)
            assert answer.status_code != 500, name
            assert answer.status_code < 500, (name, answer.status_code)
    after = everything()
    assert after == before
    if stage == "agreed":
        assert Reading.objects.filter(about_id=cast.employee.profile.pk).exists()


def test_every_post_without_a_csrf_token_is_refused(transactional_db):
    cast = make_cast()
    talk = STAGES["open"](cast)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.employee.person)
    addresses = {name: filled_in(cast, talk, name) for name in names() if "POST" in methods(name)}
    before = everything()
    for name, address in addresses.items():
        answer = strict.post(address, {"text": "x"})
        assert answer.status_code == 403, name
    assert everything() == before
    assert set(ADDRESSES) == set(names())
