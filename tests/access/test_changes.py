"""Every cell "may change it" of the table, tried by POST: content × part × stage.

Each try carries words of its own; whether it went through is read from what is stored then, not
from the answer.
"""

from collections.abc import Iterator

import pytest
from django.db.models import Model

from musling.conversations import access, contents
from musling.conversations.kinds import KINDS
from musling.conversations.models import (
    Agreement,
    Answer,
    Conversation,
    FocusArea,
    FollowUp,
    GoesAlong,
    HandedIn,
    Minutes,
    MinutesSection,
)
from musling.foundation.visibility import Content, PartPlayed, Stage
from musling.vault import keys
from tests.access.test_cells import PARTS, agreed, before, talked, written
from tests.cast import Cast, Member
from tests.conversations.test_new_leader import hand_over, new_leader

pytestmark = [pytest.mark.django_db, pytest.mark.row("X4")]
MUS = KINDS["mus"]
STORED: dict[Content, tuple[type[Model], str]] = {
    contents.PREPARATION: (Answer, "content"),
    contents.HANDED_IN: (HandedIn, "content"),
    contents.EXPECTED: (HandedIn, "content"),
    contents.MINUTES: (MinutesSection, "text"),
    contents.GOALS: (FocusArea, "content"),
    contents.FOLLOW_UP: (FollowUp, "note"),
}
# Tried in tests of their own, by their actions: who may move a talk, answer, sign, take out.
ELSEWHERE = {
    contents.DATES,
    contents.OFFER,
    contents.SCORES,
    contents.LIFE_PHASE,
    contents.FEEDBACK,
    contents.COMMENT,
    contents.AGREEMENT,
    contents.SIGNATURE,
    contents.DOCUMENT,
    contents.RELEASE,
    contents.ALIKE,
    contents.FITTED,
}


def test_every_class_of_content_that_can_be_changed_is_tried():
    changed = {row.content for row in access.ROWS if row.may_change}
    assert set(STORED) | ELSEWHERE == changed
    assert not set(STORED) & ELSEWHERE


def stored(content: Content) -> str:
    """All that is stored of that class, opened."""
    model, field = STORED[content]
    return "\n".join(str(value) for value in _opened(model, field))


def _opened(model: type[Model], field: str) -> Iterator[object]:
    for row in model._base_manager.all():
        key: object = row
        for step in row.sealed_by.removesuffix("_id").split("__"):
            key = getattr(key, step)
        yield row.unseal(keys.open_key(key.pk), field)


def attempt(content: Content, member: Member, talk: Conversation, words: str) -> None:
    """Posts as the page would, with the versions that stand now."""
    here = f"/havneby/talks/{talk.public_id}/"
    item = "tasks.time"
    posts = {
        contents.PREPARATION: ("prepare/save/", {f"t.{item}": words}),
        contents.EXPECTED: ("room/frame/", {"expectation": words, "version.expectation": 1}),
        contents.GOALS: ("we-agree/", {"kind": "focus_area", "what": words}),
    }
    if content is contents.FOLLOW_UP:
        row = Agreement.objects.get()
        member.client.post(f"/havneby/agreements/{row.public_id}/", {"note": words})
    elif content is contents.HANDED_IN:
        member.client.post(f"{here}prepare/save/", {f"t.{item}": words})
        member.client.post(f"{here}prepare/hand-in/", {"item": [item]})
    elif content is contents.MINUTES:
        section = MinutesSection.objects.filter(section="conclusion").first()
        version = section.version if section else 0
        member.client.post(
            f"{here}room/write/",
            {"text.conclusion": words, "version.text.conclusion": version},
        )
    else:
        rest, data = posts[content]
        member.client.post(here + rest, data)


def promised(content: Content, stage: Stage, parts: set[PartPlayed], seat: str = "") -> bool:
    """Whether the rows let one of those parts change it then."""
    return any(
        row.content is content
        and row.part in parts
        and stage in row.changes
        and (not row.seats or seat in row.seats)
        for row in access.ROWS
    )


def wrong(cast: Cast, talk: Conversation, stage: Stage) -> list[str]:
    """Where somebody could change more, or less, than the rows say."""
    found = []
    for name, part in PARTS.items():
        author = {contents.AUTHOR} if name in {"employee", "leader"} else set()
        for content in STORED:
            words = f"{stage.id}-{content.id}-{name}"
            attempt(content, cast.everybody[name], talk, words)
            if (words in stored(content)) != promised(content, stage, {part} | author):
                found.append(words)
    return found


def test_everybody_changes_what_the_table_says_in_every_stage(cast: Cast):
    talk = before(cast, MUS)
    found = wrong(cast, talk, contents.BEFORE)
    talked(cast, talk)
    found += wrong(cast, talk, contents.TALKING)
    written_but_not_sent(cast, talk)
    found += wrong(cast, talk, contents.WRITING)
    written(cast, talk, MUS)
    agreed(cast, talk, MUS)
    found += wrong(cast, talk, contents.AGREED)
    assert not found, " ".join(found)


def written_but_not_sent(cast: Cast, talk: Conversation) -> None:
    """The stage ends with the sending: then the minutes are locked until they come back."""
    cast.leader.client.post(f"/havneby/talks/{talk.public_id}/room/end/")
    assert Minutes.objects.get().state == Minutes.State.DRAFT


@pytest.mark.row("X7")
@pytest.mark.parametrize("choice", GoesAlong.values)
def test_a_later_leader_follows_up_and_changes_nothing_else(cast: Cast, choice: str):
    talk = before(cast, MUS)
    talked(cast, talk)
    written(cast, talk, MUS)
    agreed(cast, talk, MUS)
    new_leader(cast, cast.colleague)
    assert hand_over(cast) == 1
    cast.employee.client.post(f"/havneby/talks/{talk.public_id}/goes-along/", {"choice": choice})
    changed = set()
    for name, part in (("colleague", contents.NEW_LEADER), ("leader", contents.EARLIER_LEADER)):
        for content in STORED:
            words = f"{content.id}-{name}"
            attempt(content, cast.everybody[name], talk, words)
            assert (words in stored(content)) == promised(content, contents.AGREED, {part}, choice)
            changed |= {words} if words in stored(content) else set()
    assert changed == {"follow_up-colleague"}
