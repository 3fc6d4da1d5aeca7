"""A page whose texts cannot be opened says so; nothing that was sent is half done (X1)."""

import json
import logging
from pathlib import Path

import pytest
from django.core import serializers
from django.test import Client

from musling.conversations.actions.planning import plan_talks
from musling.conversations.models import Conversation, MinutesSection
from musling.identity.models import HeldPost
from musling.vault import keyring
from tests.cast import Cast
from tests.conversations import stages

pytestmark = pytest.mark.django_db
SAVING = {"X-Musling-Autosave": "1"}


def gone(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def cut_off(folder: Path) -> None:
    for path in folder.iterdir():
        path.write_text(path.read_text()[:50])


def foreign(folder: Path) -> None:
    gone(folder)
    keyring.begin()


@pytest.fixture
def talk(settings, tmp_path, cast: Cast) -> Conversation:
    """A talk in whose room something is written, under a keyring of the test's own."""
    made = stages.open_talk(cast)
    stages.write(cast, made, "Det, der står her")
    own = tmp_path / "keyring"
    own.mkdir()
    for path in keyring.folder().iterdir():
        (own / path.name).write_bytes(path.read_bytes())
    settings.MUSLING_KEYRING = own
    keyring.to_wrap_with()  # as each process of the server does when it begins
    return made


@pytest.fixture(
    params=[gone, cut_off, foreign, "locked"], ids=["gone", "cut off", "foreign", "locked"]
)
def trouble(request, talk, monkeypatch):
    """What happens to the keyring while the server runs."""
    if request.param != "locked":
        request.param(keyring.folder())
        return
    read = Path.read_bytes

    def refused(path):
        if path.parent == keyring.folder():
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refused)


def pages(talk: Conversation) -> list[str]:
    own = f"/havneby/talks/{talk.public_id}"
    return [f"{own}/room/", f"{own}/minutes/", f"{own}/prepare/"]


def sections() -> str:
    return str(serializers.serialize("json", MinutesSection.objects.all()))


def test_each_page_with_sealed_text_says_so(cast: Cast, talk, trouble, caplog):
    for page in pages(talk):
        with caplog.at_level(logging.ERROR, "musling.gate"):
            answer = cast.employee.client.get(page)
        text = answer.content.decode()
        assert answer.status_code == 503, page
        assert "no-store" in answer["Cache-Control"]
        assert "musling doctor" in text
        assert str(keyring.folder()) not in text  # that is for the log
        assert str(keyring.folder()) in caplog.text


def test_what_is_sent_is_not_half_done(cast: Cast, talk, trouble):
    before = sections()
    write = f"/havneby/talks/{talk.public_id}/room/write/"
    fields = {f"text.{stages.SECTION}": "Nyt", f"version.text.{stages.SECTION}": "1"}
    assert cast.employee.client.post(write, fields).status_code == 503
    answer = cast.employee.client.post(write, fields, headers=SAVING)
    assert answer.status_code == 503
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(answer.content)  # a script takes nothing for an answer that it is not
    assert sections() == before


def test_no_new_talk_is_sealed_by_a_keyring_that_came_into_place(cast: Cast, talk, trouble):
    """It would be lost as soon as the right one is back."""
    count = Conversation.objects.count()
    with pytest.raises(keyring.KeyringProblem):
        plan_talks(cast.leader.actor, employments=[cast.colleague.employment])
    assert Conversation.objects.count() == count


def test_what_needs_no_text_goes_on(cast: Cast, talk, trouble):
    for page in ("/havneby/", "/havneby/access/", f"/havneby/talks/{talk.public_id}/"):
        assert cast.employee.client.get(page).status_code == 200, page


def test_what_somebody_logged_out_sends_is_not_thrown_away_silently(cast: Cast, talk, trouble):
    browser = cast.employee.client
    page = browser.get("/havneby/").content.decode()
    token = page.partition('name="posted_by" value="')[2].partition('"')[0]
    answer = Client().post(
        f"/havneby/talks/{talk.public_id}/room/write/",
        f"posted_by={token}&text=Nyt",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 503
    assert HeldPost.objects.count() == 0


def test_with_the_keyring_back_all_is_as_it_was(cast: Cast, talk, settings):
    right = keyring.folder()
    settings.MUSLING_KEYRING = right.parent / "elsewhere"
    assert cast.employee.client.get(pages(talk)[1]).status_code == 503
    settings.MUSLING_KEYRING = right
    answer = cast.employee.client.get(pages(talk)[1])
    assert "Det, der står her" in answer.content.decode()
