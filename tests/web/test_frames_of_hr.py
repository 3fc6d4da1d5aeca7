"""HR's list of frames, their history, and publishing: nothing heavy, nobody's work unseen."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musling.frames import drafting, editing, standard
from musling.frames.actions import adopt_standard, keep_content, new_version, retire
from musling.frames.document import to_json
from musling.frames.models import Frame, FrameContent, FrameDraft, FrameVersion
from musling.frames.queries import document_of, in_use
from tests.cast import Cast
from tests.frames.committees import chosen, this_period
from tests.frames.drafts import begun
from tests.web.staff_pages import at, english, words

pytestmark = pytest.mark.django_db
DOCUMENT = '"frames_framecontent"."document"'


def another(cast: Cast, minutes: int, frame: Frame | None = None) -> FrameVersion:
    """One more version of the frame in use, of another length."""
    frame = frame or in_use(cast.havneby.pk, "mus").frame
    raw = to_json(standard.load("mus-short")) | {"minutes": minutes}
    content = keep_content(cast.havneby.pk, drafting.parse(raw))
    return new_version(cast.hr.actor, frame, content)


def documents_read(browser, address: str) -> int:
    """How many documents the page takes from the database."""
    queries = CaptureQueriesContext(connection)
    with queries:
        assert browser.get(address).status_code == 200
    read = 0
    for one in queries.captured_queries:
        if DOCUMENT in one["sql"]:
            with connection.cursor() as cursor:
                cursor.execute(one["sql"])
                read += len(cursor.fetchall())
    return read


def test_a_frame_with_many_versions_is_one_document_in_the_list(cast: Cast):
    hr = english(cast.hr)
    first = in_use(cast.havneby.pk, "mus")
    before = [documents_read(hr, at(page)) for page in ("frames", "frame-new")]
    alone = documents_read(hr, at("frame", first.public_id))
    for minutes in range(10, 40):
        newest = another(cast, minutes)
    assert [documents_read(hr, at(page)) for page in ("frames", "frame-new")] == before
    assert before[1] == 0
    assert documents_read(hr, at("frame", newest.public_id)) == alone
    page = hr.get(at("frame-history", newest.public_id))
    # Ten and the one before them, the one that was asked for, the one in use.
    assert documents_read(hr, at("frame-history", newest.public_id)) == 13
    assert "Version 31" in words(page)
    assert "Version 21 " not in words(page)
    assert "The first version." not in words(page)
    last = words(hr.get(at("frame-history", newest.public_id) + "?page=4"))
    assert "Version 1 " in last
    assert "The first version." in last
    middle = words(hr.get(at("frame-history", newest.public_id) + "?page=2"))
    assert middle.count("Changed for the whole frame: the time") == 10


def test_the_list_of_drafts_reads_no_draft_and_tells_them_apart(cast: Cast):
    hr = english(cast.hr)
    begun(cast)
    short = standard.load("mus-short")
    drafting.begin_draft(cast.hr.actor, kind="mus", document=short)
    drafting.begin_draft(
        cast.hr.actor, kind="mus", document=short, original_name="gammelt.docx", original=[]
    )
    with CaptureQueriesContext(connection) as asked:
        page = words(hr.get(at("frames")))
    (sql,) = (one["sql"] for one in asked if 'FROM "frames_framedraft"' in one["sql"])
    assert '"frames_framedraft"."document", "' not in sql  # its title alone
    frame = in_use(cast.havneby.pk, "mus").frame
    for part in (f"Next version of {frame.name}", "New frame ·", "read from gammelt.docx"):
        assert part in page
    assert page.count(f"· {cast.hr.profile.name}") == 3


def test_a_retired_frame_is_found_and_taken_again(cast: Cast):
    hr = english(cast.hr)
    draft = drafting.begin_draft(cast.hr.actor, kind="mus", document=standard.load("mus-short"))
    version = drafting.publish(cast.hr.actor, public_id=draft.public_id, take=False)
    assert "off the list" not in words(hr.get(at("frames")))
    retire(cast.hr.actor, frame=version.frame)
    page = hr.get(at("frames"))
    assert "1 frame off the list" in words(page)
    assert at("frame", version.public_id) in page.content.decode()
    assert "Take it into use" in words(hr.get(at("frame", version.public_id)))
    hr.post(at("frame-take", version.public_id))
    assert in_use(cast.havneby.pk, "mus") == version
    assert "off the list" not in words(hr.get(at("frames")))


def test_an_older_version_is_where_the_next_one_can_begin(cast: Cast):
    hr, first = english(cast.hr), in_use(cast.havneby.pk, "mus")
    newest = another(cast, 30)
    page = hr.get(at("frame-history", newest.public_id)).content.decode()
    assert page.count('name="from" value="this"') == 1
    hr.post(at("frame-edit", first.public_id), {"from": "this"})
    draft = FrameDraft.objects.get()
    assert draft.document == first.content.document
    draft.delete()
    hr.post(at("frame-edit", first.public_id))
    assert FrameDraft.objects.get().document == newest.content.document
    page = hr.post(at("frame-edit", first.public_id), {"from": "this"}, follow=True)
    assert "Somebody is making the next version already" in words(page)


def test_what_came_meanwhile_is_shown_and_replaced_only_when_that_is_ticked(cast: Cast):
    hr, draft = english(cast.hr), begun(cast)
    drafting.change(
        cast.hr.actor,
        public_id=draft.public_id,
        what="remove",
        element="",
        deed=lambda raw: editing.remove_item(raw, "tasks.value"),
    )
    address = at("draft-publish", draft.public_id)
    seen = {"seen": "1"}
    assert "came after this draft" not in words(hr.get(address))
    newer = another(cast, 25)
    page = words(hr.get(address))
    assert "Version 2 came after this draft was begun" in page
    assert "Changed for the whole frame: the time" in page
    page = hr.post(address, seen | {"note": "Min"})
    assert "tick this if yours is to replace it" in words(page)
    assert "Min" in page.content.decode()
    assert in_use(cast.havneby.pk, "mus") == newer
    another(cast, 26)
    page = hr.post(address, seen | {"over_2": "on"})  # a tick for what one saw, not for the next
    assert "Version 3 came after" in words(page)
    assert FrameDraft.objects.count() == 1
    assert hr.post(address, seen | {"over_3": "on"}).status_code == 302
    assert in_use(cast.havneby.pk, "mus").number == 4


def test_hr_hears_what_committees_lose_before_publishing_and_before_taking(cast: Cast):
    hr = english(cast.hr)
    chosen(cast, this_period(), "Grøn hverdag")
    said = "theme “Grøn hverdag”: its talks do not ask it"
    assert said in words(hr.get(at("frame-standard", "mus", "mus-short")))
    draft = drafting.begin_draft(cast.hr.actor, kind="mus", document=standard.load("mus-short"))
    assert said in words(hr.get(at("draft-publish", draft.public_id)))
    version = drafting.publish(cast.hr.actor, public_id=draft.public_id, take=False)
    assert said in words(hr.get(at("frame", version.public_id)))
    used = in_use(cast.havneby.pk, "mus")
    assert said not in words(hr.get(at("frame", used.public_id)))


def test_a_file_for_other_talks_says_so(cast: Cast):
    hr = english(cast.hr)
    upload = SimpleUploadedFile("lus.toml", standard.source("lus"))
    page = hr.post(at("frame-read"), {"kind": "mus", "form": upload}, follow=True)
    assert "The file is a frame for LUS." in words(page)
    assert FrameDraft.objects.get().document["kind"] == "mus"


def test_a_frame_for_talks_that_cannot_be_held_stands_in_the_list_and_says_so(cast: Cast):
    hr = english(cast.hr)
    frame = Frame.objects.create(organisation=cast.havneby, kind="lus", name="LUS")
    content = keep_content(cast.havneby.pk, standard.load("lus"))
    version = new_version(cast.hr.actor, frame, content)
    said = "talks of this kind cannot be held in Musling yet"
    assert f"LUS: {said}" in words(hr.get(at("frames")))
    page = hr.get(at("frame", version.public_id))
    assert "Talks of that kind cannot be held in Musling yet" in words(page)
    assert at("frame-take", version.public_id) not in page.content.decode()
    page = hr.post(at("frame-edit", version.public_id), follow=True)
    assert page.status_code == 200
    assert "cannot be held" in words(page)
    assert not FrameDraft.objects.exists()


def test_a_file_is_called_as_the_frame(cast: Cast):
    version = in_use(cast.havneby.pk, "mus")
    Frame.objects.filter(pk=version.frame_id).update(name="Hørsholms „Årlige“ Samtale 2027/æ")
    told = english(cast.hr).get(at("frame-file", version.public_id))["Content-Disposition"]
    assert 'filename="musling-mus-hoersholms-aarlige-samtale-2027ae-1.toml"' in told


def test_a_question_is_told_apart_from_what_is_said_of_it(cast: Cast):
    hr, draft = english(cast.hr), begun(cast)
    drafting.change_item(
        cast.hr.actor,
        public_id=draft.public_id,
        item="tasks.time",
        fields={"text": {"da": "Hvad når du?"}},
    )
    page = words(hr.get(at("draft-publish", draft.public_id)))
    assert "“Hvad når du?”: changed the words" in page
    assert "?:" not in page.replace("?”:", "")


def test_a_helpers_frame_never_hands_in(cast: Cast):
    """Also one that was brought in before that was seen to."""
    hr = english(cast.hr)
    adopt_standard(cast.hr.actor, name="mus-bpa", kind="mus_bpa")
    version = in_use(cast.havneby.pk, "mus_bpa")
    raw = version.content.document | {"preparation": "handed_in"}
    content = FrameContent.objects.create(organisation=cast.havneby, hash="0" * 64, document=raw)
    FrameVersion.objects.filter(pk=version.pk).update(content=content)
    assert document_of(content).preparation == "handed_in"
    page = words(hr.get(at("frame", version.public_id)))
    assert "What one prepares stays with oneself" in page
    assert "as soon as it is handed in" not in page
    hr.post(at("frame-edit", version.public_id))
    assert FrameDraft.objects.get().document["preparation"] == "never"


def test_a_frame_from_before_ids_were_kept_says_what_is_wrong_with_it(cast: Cast):
    hr, draft = english(cast.hr), begun(cast)
    raw = to_json(standard.load("mus-short"))
    raw["themes"][0]["items"][0]["id"] = "committee.1a"
    FrameDraft.objects.filter(pk=draft.pk).update(document=raw)
    told = "ids like “committee.1a” are kept"
    assert told in words(hr.get(at("draft-publish", draft.public_id)))
    page = hr.post(at("draft-publish", draft.public_id), {"seen": "0"})
    assert told in words(page)
    FrameDraft.objects.all().delete()
    version = new_version(
        cast.hr.actor,
        in_use(cast.havneby.pk, "mus").frame,
        keep_content(cast.havneby.pk, drafting.parse(raw)),
    )
    for page in (
        hr.post(at("frame-edit", version.public_id), follow=True),
        hr.post(at("frame-new"), {"kind": "mus", "from": version.public_id}, follow=True),
    ):
        assert told in words(page)
    assert not FrameDraft.objects.exists()
