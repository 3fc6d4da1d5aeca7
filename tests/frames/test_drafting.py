"""Drafts: every step stored, undone and done again; two at once; publishing for ever."""

import json
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musling.activity.models import Activity
from musling.foundation import clock
from musling.foundation.fingerprints import ChangedMeanwhile
from musling.foundation.problems import NotThere, Refused
from musling.frames import drafting, editing, standard
from musling.frames.actions import keep_content, new_version, retire, take_into_use
from musling.frames.document import FrameFault, to_json
from musling.frames.drafting import ChangedByAnother, NewerVersion, Removed, mark
from musling.frames.models import DraftStep, Frame, FrameDraft
from musling.frames.queries import document_of, in_use
from tests.cast import Cast, booked_talk
from tests.frames.drafts import begun

pytestmark = pytest.mark.django_db


def words(draft, item="tasks.time"):
    draft.refresh_from_db()
    return editing.item_of(draft.document, item)[0]["text"]["da"]


def rename(cast, draft, to, *, who=None, item="tasks.time", seen=""):
    fields = {"text": {"da": to}}
    actor = (who or cast.hr).actor
    drafting.change_item(actor, public_id=draft.public_id, item=item, fields=fields, seen=seen)


def test_a_frame_has_one_draft_of_its_next_version(cast: Cast):
    assert begun(cast).pk == begun(cast).pk


def test_typing_on_is_one_step_and_undone_as_one(cast: Cast):
    draft, before = begun(cast), words(begun(cast))
    for to in ("H", "Hv", "Hvad nu"):
        rename(cast, draft, to)
    assert DraftStep.objects.filter(draft=draft).count() == 1
    drafting.undo(cast.hr.actor, public_id=draft.public_id)
    assert words(draft) == before
    drafting.redo(cast.hr.actor, public_id=draft.public_id)
    assert words(draft) == "Hvad nu"
    with pytest.raises(Refused):
        drafting.redo(cast.hr.actor, public_id=draft.public_id)


def test_steps_are_undone_one_by_one_and_a_new_change_ends_doing_again(cast: Cast):
    draft = begun(cast)
    start = draft.document
    actor = cast.hr.actor
    rename(cast, draft, "Et")
    rename(cast, draft, "To", item="tasks.help")
    drafting.change(
        actor,
        public_id=draft.public_id,
        what="remove",
        element="tasks.value",
        deed=lambda raw: editing.remove_item(raw, "tasks.value"),
    )
    for _time in range(3):
        drafting.undo(actor, public_id=draft.public_id)
    draft.refresh_from_db()
    assert draft.document == start
    drafting.redo(actor, public_id=draft.public_id)
    assert words(draft) == "Et"
    rename(cast, draft, "Tre", item="tasks.help")
    with pytest.raises(Refused):
        drafting.redo(actor, public_id=draft.public_id)
    for _time in range(2):
        drafting.undo(actor, public_id=draft.public_id)
    with pytest.raises(Refused):
        drafting.undo(actor, public_id=draft.public_id)


def test_nobody_undoes_what_another_did(cast: Cast):
    draft = begun(cast)
    rename(cast, draft, "Hannes")
    rename(cast, draft, "En andens", who=cast.leader)
    with pytest.raises(Refused):
        drafting.undo(cast.hr.actor, public_id=draft.public_id)
    assert words(draft) == "En andens"


def test_two_at_different_questions_both_get_theirs_and_at_the_same_one_hears_of_it(cast: Cast):
    draft = begun(cast)
    seen = mark(editing.item_of(draft.document, "tasks.time")[0])
    rename(cast, draft, "Et andet sted", who=cast.leader, item="tasks.help")
    rename(cast, draft, "Først", who=cast.leader, seen=seen)
    with pytest.raises(ChangedByAnother) as told:
        rename(cast, draft, "Sidst", seen=seen)
    assert told.value.theirs["text"] == {"da": "Først"}
    assert words(draft) == "Først"
    assert words(draft, "tasks.help") == "Et andet sted"


def test_what_another_took_out_is_told_and_what_fits_no_frame_is_not_stored(cast: Cast):
    draft = begun(cast)
    actor = cast.hr.actor
    drafting.change(
        actor,
        public_id=draft.public_id,
        what="remove",
        element="tasks.time",
        deed=lambda raw: editing.remove_item(raw, "tasks.time"),
    )
    with pytest.raises(Removed):
        rename(cast, draft, "Hvad?")
    with pytest.raises(FrameFault):
        rename(cast, draft, "", item="tasks.help")
    draft.refresh_from_db()
    assert draft.revision == 1


def test_only_the_last_fifty_steps_are_kept(cast: Cast):
    draft = begun(cast)
    for number in range(drafting.MOST_STEPS + 5):
        rename(cast, draft, f"Nr. {number}", item=("tasks.time", "tasks.help")[number % 2])
    assert DraftStep.objects.filter(draft=draft).count() == drafting.MOST_STEPS


def test_a_published_version_is_asked_of_new_talks_and_old_ones_keep_theirs(cast: Cast):
    talk = booked_talk(cast)
    draft, used = begun(cast), in_use(cast.havneby.pk, "mus")
    rename(cast, draft, "Jeg når det, jeg skal")
    version = drafting.publish(cast.hr.actor, public_id=draft.public_id, note=" Kortere. ")
    assert (version.number, version.note) == (used.number + 1, "Kortere.")
    assert in_use(cast.havneby.pk, "mus") == version
    talk.refresh_from_db()
    assert talk.content_id == used.content_id != version.content_id
    assert not FrameDraft.objects.exists()
    assert not DraftStep.objects.exists()


def test_a_new_frame_is_not_taken_unless_one_says_so(cast: Cast):
    used = in_use(cast.havneby.pk, "mus")
    draft = drafting.begin_draft(cast.hr.actor, kind="mus", document=standard.load("mus-short"))
    version = drafting.publish(cast.hr.actor, public_id=draft.public_id, take=False)
    assert in_use(cast.havneby.pk, "mus") == used
    retire(cast.hr.actor, frame=version.frame)
    with pytest.raises(Refused):
        retire(cast.hr.actor, frame=used.frame)


def test_what_is_not_finished_or_not_new_or_not_seen_is_not_published(cast: Cast):
    actor, draft = cast.hr.actor, begun(cast)
    with pytest.raises(Refused):
        drafting.publish(actor, public_id=draft.public_id)
    drafting.change(
        actor,
        public_id=draft.public_id,
        what="theme.added",
        element="",
        deed=lambda raw: editing.add_theme(raw, {"title": {"da": "Tomt"}, "phase": "now"})[0],
    )
    with pytest.raises(FrameFault):
        drafting.publish(actor, public_id=draft.public_id)
    with pytest.raises(ChangedMeanwhile):
        drafting.publish(actor, public_id=draft.public_id, seen=0)
    assert FrameDraft.objects.get().revision == 1


def test_another_organisation_has_no_such_draft(cast: Cast):
    draft = begun(cast)
    neighbour = cast.neighbour.actor
    for deed in (drafting.undo, drafting.redo, drafting.throw_away, drafting.publish):
        with pytest.raises(NotThere):
            deed(neighbour, public_id=draft.public_id)
    assert FrameDraft.objects.get().changed_at <= clock.now()


def test_a_version_that_came_meanwhile_is_not_replaced_unseen(cast: Cast):
    draft, used = begun(cast), in_use(cast.havneby.pk, "mus")
    rename(cast, draft, "Jeg når det, jeg skal")
    other = standard.load("mus-short")
    content = keep_content(cast.havneby.pk, other)
    newer = new_version(cast.hr.actor, used.frame, content)
    with pytest.raises(NewerVersion):
        drafting.publish(cast.hr.actor, public_id=draft.public_id)
    with pytest.raises(NewerVersion):
        drafting.publish(cast.hr.actor, public_id=draft.public_id, over=newer.number - 1)
    mine = drafting.publish(cast.hr.actor, public_id=draft.public_id, over=newer.number)
    assert mine.number == newer.number + 1


def test_a_draft_says_of_nothing_that_a_committee_wanted_it(cast: Cast):
    base = standard.load("mus-short")
    first = base.themes[0]
    claimed = replace(
        base,
        themes=(
            replace(
                first,
                added_by="committee",
                items=tuple(replace(one, mandatory_by="committee") for one in first.items),
            ),
            *base.themes[1:],
        ),
    )
    draft = drafting.begin_draft(cast.hr.actor, kind="mus", document=claimed)
    assert "committee" not in json.dumps(draft.document)
    older = to_json(claimed)  # stored before claims were refused
    FrameDraft.objects.filter(pk=draft.pk).update(document=older)
    version = drafting.publish(cast.hr.actor, public_id=draft.public_id)
    assert document_of(version.content) == base


def test_no_draft_takes_an_id_that_is_kept_for_what_is_added(cast: Cast):
    base = standard.load("mus-short")
    first = base.themes[0]
    shadow = replace(base, themes=(replace(first, id="theme-2027-1a"), *base.themes[1:]))
    with pytest.raises(Refused, match="theme-2027-1a"):
        drafting.begin_draft(cast.hr.actor, kind="mus", document=shadow)
    draft = begun(cast)
    with pytest.raises(FrameFault, match=r"committee\.1a"):
        drafting.change(
            cast.hr.actor,
            public_id=draft.public_id,
            what="item.added",
            element="tasks",
            deed=lambda raw: editing.add_item(
                raw, "tasks", {"id": "committee.1a", "type": "text", "text": {"da": "Hvad?"}}
            )[0],
        )


def test_taking_what_is_in_use_changes_nothing_and_taking_the_retired_brings_it_back(cast: Cast):
    used = in_use(cast.havneby.pk, "mus")
    before = used.frame.taken_at
    take_into_use(cast.hr.actor, frame=used.frame)
    used.frame.refresh_from_db()
    assert used.frame.taken_at == before
    draft = drafting.begin_draft(cast.hr.actor, kind="mus", document=standard.load("mus-short"))
    version = drafting.publish(cast.hr.actor, public_id=draft.public_id, take=False)
    retire(cast.hr.actor, frame=version.frame)
    retire(cast.hr.actor, frame=version.frame)
    assert Activity.objects.filter(verb="frame.retired").count() == 1
    take_into_use(cast.hr.actor, frame=version.frame)
    version.frame.refresh_from_db()
    assert version.frame.retired_at is None
    assert in_use(cast.havneby.pk, "mus") == version


def test_whoever_takes_or_retires_waits_for_whoever_does_so_already(cast: Cast):
    """Both hold the organisation's row before they look, so that one sees what the other did."""
    draft = drafting.begin_draft(cast.hr.actor, kind="mus", document=standard.load("mus-short"))
    frame = drafting.publish(cast.hr.actor, public_id=draft.public_id, take=False).frame
    stale = Frame.objects.get(pk=frame.pk)
    with CaptureQueriesContext(connection) as asked:
        take_into_use(cast.hr.actor, frame=frame)
        with pytest.raises(Refused):
            retire(cast.hr.actor, frame=stale)
    rows = [one["sql"] for one in asked if one["sql"].startswith("SELECT")]
    locks = [n for n, sql in enumerate(rows) if 'FROM "organisations_organisation"' in sql]
    looks = [n for n, sql in enumerate(rows) if 'FROM "frames_frameversion"' in sql]
    assert (len(locks), len(looks)) == (2, 2)
    assert locks[0] < looks[0] < locks[1] < looks[1]
    if connection.features.has_select_for_update:
        assert all("FOR UPDATE" in rows[n] for n in locks)
