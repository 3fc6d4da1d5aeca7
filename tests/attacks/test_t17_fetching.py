"""T17: a document that fetches a local file, an internal address, a picture or a font.

What the press itself can reach is tried in tests/documents/test_typesetting.py, with templates that
nobody would write. Here a person writes such words into a talk, and the documents are made of it.
"""

import io
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from musling.conversations.actions import approving, talking
from musling.conversations.models import Agreement, FocusArea, Minutes
from musling.organisations.models import Organisation
from musling.people.models import Employment, Profile
from tests.access.stages import STAGES
from tests.cast import Cast
from tests.conversations import stages

pytestmark = pytest.mark.django_db
DOCUMENTS = ("minutes-pdf", "agreement-sheet", "preparation-paper", "empty-sheet")
# What makes a reader of a PDF act, or look elsewhere for a part of it.
ACTS = {
    *("/URI", "/Launch", "/JavaScript", "/JS", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData"),
    *("/RichMedia", "/XFA", "/EmbeddedFiles", "/F", "/OPI"),
}


@pytest.fixture
def bait() -> Iterator[tuple[str, list[str]]]:
    """An address on this machine, and whoever came to it."""
    came: list[str] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.1)
    ended = threading.Event()

    def listen() -> None:
        while not ended.is_set():
            try:
                caller, _address = server.accept()
            except TimeoutError:
                continue
            came.append(caller.recv(200).decode(errors="replace"))
            caller.close()

    thread = threading.Thread(target=listen)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}", came
    ended.set()
    thread.join()
    server.close()


def tries(address: str) -> str:
    """Words that would fetch something, were they more than words."""
    return "\n".join(
        (
            f'#image("{address}/a.png") #image("/etc/passwd") #read("/etc/passwd")',
            f'#import "{address}/x.typ": * #link("{address}") #bibliography("{address}")',
            f'<img src="{address}/b.png"><link rel=stylesheet href="{address}/c.css">',
            f"![x]({address}/d.png) {address}/e file:///etc/passwd \\\\127.0.0.1\\share",
            f'<!DOCTYPE x [<!ENTITY y SYSTEM "{address}/f">]>&y; @import url({address}/g);',
        )
    )


@pytest.fixture
def hostile(cast: Cast, bait: tuple[str, list[str]]) -> str:
    """An agreed talk in which every text, name and place tries it; its id."""
    words = tries(bait[0])
    Profile.objects.filter(organisation=cast.havneby).update(last_name=words[:80])
    Employment.objects.filter(organisation=cast.havneby).update(title=words[:110])
    Organisation.objects.filter(pk=cast.havneby.pk).update(name=words[:110])
    talk = STAGES["open"](cast)
    for section in ("wellbeing", "conclusion", "ground-rules"):
        version = stages._version(talk, section)
        talking.write_section(
            cast.employee.actor,
            public_id=talk.public_id,
            section=section,
            text=words,
            version=version,
        )
    names = ("what", "solution", "action", "who", "follow_up")
    talking.write_agreement(
        cast.leader.actor, public_id=talk.public_id, content=dict.fromkeys(names, words)
    )
    talking.write_focus_area(
        cast.leader.actor,
        public_id=talk.public_id,
        content=dict.fromkeys(("title", "mine", "support"), words),
    )
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    approving.send_minutes(cast.employee.actor, public_id=talk.public_id)
    version = Minutes.objects.get(conversation=talk).version
    approving.approve_minutes(cast.leader.actor, public_id=talk.public_id, version=version)
    assert (Agreement.objects.count(), FocusArea.objects.count()) == (2, 1)
    return talk.public_id


def keys_in(thing: Any, seen: set[int]) -> set[str]:
    """Every key of every dictionary in a PDF, streams' too."""
    thing = thing.get_object() if isinstance(thing, IndirectObject) else thing
    if id(thing) in seen:
        return set()
    seen.add(id(thing))
    if isinstance(thing, ArrayObject):
        return set().union(*(keys_in(one, seen) for one in thing))
    if not isinstance(thing, DictionaryObject):
        return set()
    found = set(thing) | {str(thing["/S"])} if "/S" in thing else set(thing)
    return found.union(*(keys_in(one, seen) for one in thing.values()))


def test_no_document_fetches_anything_and_shows_the_words(cast: Cast, bait, hostile: str):
    address, came = bait
    for name in DOCUMENTS:
        answer = cast.employee.client.get(reverse(name, args=["havneby", hostile]))
        assert answer.headers["Content-Type"] == "application/pdf", name
        if name == "empty-sheet":
            continue
        words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
        assert b"root:" not in answer.content
        assert "root:x" not in words
        if name != "preparation-paper":
            assert address in words.replace("\n", "").replace("\u200b", "").replace(" ", ""), name
    assert came == []


def test_no_document_makes_its_reader_fetch_anything(cast: Cast, hostile: str):
    for name in DOCUMENTS:
        answer = cast.employee.client.get(reverse(name, args=["havneby", hostile]))
        reader = PdfReader(io.BytesIO(answer.content))
        found = keys_in(reader.trailer, set())
        assert "/Pages" in found
        assert found & ACTS <= {"/F"}, name  # flags of a form field bear this name, too
        assert files_named(reader.trailer, set()) == [], name


def files_named(thing: Any, seen: set[int]) -> list[str]:
    """Files that a PDF names outside itself."""
    thing = thing.get_object() if isinstance(thing, IndirectObject) else thing
    if id(thing) in seen:
        return []
    seen.add(id(thing))
    if isinstance(thing, ArrayObject):
        return [name for one in thing for name in files_named(one, seen)]
    if not isinstance(thing, DictionaryObject):
        return []
    own = [str(thing["/F"])] if isinstance(thing.get("/F"), str) else []
    return own + [name for one in thing.values() for name in files_named(one, seen)]


def test_the_bait_would_be_taken(bait):
    address, came = bait
    host, _colon, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as caller:
        caller.sendall(b"GET /x HTTP/1.0\r\n\r\n")
        caller.recv(1)
    assert came == ["GET /x HTTP/1.0\r\n\r\n"]
