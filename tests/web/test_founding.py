"""An empty installation opens with the creation of an organisation, once."""

import pytest
from django.test import Client

from musling.frames.models import CoreTask, Frame
from musling.organisations import setup_code
from musling.organisations.models import Organisation
from musling.people.models import Person, Role
from musling.web.staff.founding import proposed_slug

pytestmark = pytest.mark.django_db
FACTS = {
    "name": "Ærø Kommune",
    "slug": "",
    "sector": "municipal",
    "talk_name": "MUS",
    "core_task": "Vi hjælper øboerne.",
    "first_name": "Helle",
    "last_name": "Riis",
    "email": "helle@aeroe.example",
    "password": "seks små ænder",
}


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Ærø Kommune", "aeroe-kommune"), ("Å & Ø", "aa-oe"), ("株式会社", ""), ("x" * 99, "x" * 40)],
)
def test_the_address_is_made_from_the_name(name, slug):
    assert proposed_slug(name) == slug


def test_an_empty_installation_is_created_and_its_first_person_is_in(client):
    assert client.get("/").url == "/create/"
    assert client.get("/create/").status_code == 200
    assert client.post("/create/", FACTS).url == "/aeroe-kommune/"
    assert client.get("/aeroe-kommune/people/").status_code == 200
    assert Role.objects.get().name == "hr"
    assert {frame.kind for frame in Frame.objects.all()} == {"mus", "mus_bpa"}
    assert CoreTask.objects.get().text == "Vi hjælper øboerne."


def test_it_is_there_once(client):
    client.post("/create/", FACTS)
    for browser in (client, Client()):
        assert browser.get("/create/").status_code == 404
        assert browser.post("/create/", FACTS | {"slug": "anden"}).status_code == 404
    assert Organisation.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "static"),
        ("slug", "../x"),
        ("password", "kort"),
        ("password", "helle@aeroe.example"),
        ("email", "ingen adresse"),
        ("name", ""),
        ("sector", "hemmelig"),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field_and_nothing_is_made(client, field, value):
    answer = client.post("/create/", FACTS | {field: value})
    assert field in answer.context["form"].errors
    assert not Organisation.objects.exists()
    assert not Person.objects.exists()
    if field != "first_name":
        assert 'value="Helle"' in answer.content.decode()


@pytest.fixture
def production(settings, tmp_path):
    settings.MUSLING_MODE = "production"
    settings.MUSLING_VAR = tmp_path


def test_in_production_only_whoever_reads_the_server_creates_it(client, production):
    assert "setup_code" in client.get("/create/").context["form"].fields
    assert "setup_code" in client.post("/create/", FACTS).context["form"].errors
    wrong = client.post("/create/", FACTS | {"setup_code": "abcdef-abcdef-abcdef"})
    assert "setup_code" in wrong.context["form"].errors
    assert not Organisation.objects.exists()
    right = client.post("/create/", FACTS | {"setup_code": f" {setup_code.current().upper()} "})
    assert right.status_code == 302
    assert Organisation.objects.exists()


def test_the_code_is_kept_for_the_program_alone_until_it_has_served(production, tmp_path):
    code = setup_code.current()
    assert code == setup_code.current()
    assert (tmp_path / "setup-code").stat().st_mode & 0o777 == 0o600
    setup_code.forget()
    assert setup_code.current() != code


def test_a_code_that_the_program_cannot_read_fits_nothing(production, monkeypatch, caplog):
    def unreadable() -> str:
        raise PermissionError

    monkeypatch.setattr(setup_code, "current", unreadable)
    assert not setup_code.fits("abcdef-abcdef-abcdef")
    assert "cannot be read by the program" in caplog.text
