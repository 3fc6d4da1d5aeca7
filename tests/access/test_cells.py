"""Every cell of the table "who can see what", tried over HTTP: content × part × stage, per kind.

Each class of content carries a mark of its own. After every stage each member of the cast opens
every page, and the marks found are those that the rows of access promise: no more, no fewer.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Callable

import pytest
from django.db.models import QuerySet
from django.test import Client

from musling.conversations import access, contents
from musling.conversations.actions import approving, following_up, preparing, talking
from musling.conversations.kinds import KINDS, Kind
from musling.conversations.models import Conversation, GoesAlong, Participant
from musling.conversations.queries.preparation import LIFE_PHASES
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.visibility import Content, PartPlayed, Stage
from musling.gate.checks import every_address
from musling.privacy import destroying
from tests.access.addresses import ADDRESSES, EMPLOYEE, HR, LEADER, MEMBERS, PARTIES, TEAM
from tests.access.test_addresses import filled_in, methods
from tests.cast import Cast, Member, booked, planned_talk
from tests.conversations import stages
from tests.conversations.test_new_leader import hand_over, new_leader

pytestmark = [pytest.mark.django_db, pytest.mark.row("X4")]

# Per class of content: whose it is, and how it reads. A score has no words: its places instead.
MARKS: dict[Content, dict[str, str]] = {
    contents.FITTED: {"": "Tilpasset-L"},
    contents.PREPARATION: {"employee": "Forberedt-M", "leader": "Forberedt-L"},
    contents.HANDED_IN: {"employee": "Afleveret-M", "leader": "Afleveret-L"},
    contents.SCORES: {"employee": "3"},
    contents.LIFE_PHASE: {"employee": "Livsfase-M"},
    contents.FEEDBACK: {"leader": "Tilbagemelding-L"},
    contents.EXPECTED: {"employee": "Forventer-M", "leader": "Forventer-L"},
    contents.MINUTES: {"": "Referat-M"},
    contents.COMMENT: {"": "Kommentar-L"},
    contents.GOALS: {"": "Fokus-L"},
    contents.AGREEMENT: {"": "Aftale-L"},
    contents.FOLLOW_UP: {"": "Opfølgning-L"},
    contents.RELEASE: {"": "Delt-M"},
}
# What has no words of its own is asked of the querysets that the pages are made from.
OPEN: dict[Content, Callable[[Actor], QuerySet]] = {
    contents.DATES: access.readable_dates,
    contents.OFFER: access.readable_offers,
    contents.SIGNATURE: access.readable_signatures,
    # Ticks have no words. With the key of the talk they are gone.
    contents.ALIKE: lambda actor: access.readable_alike(actor).filter(
        conversation__key__destroyed_at=None
    ),
}
PARTS: dict[str, PartPlayed] = {
    "employee": contents.EMPLOYEE,
    "leader": contents.LEADER,
    "hr": contents.HR,
    "leaders_leader": contents.LEADERS_LEADER,
    "colleague": contents.COLLEAGUE,
    "union_rep": contents.UNION_REP,
    "committee": contents.COMMITTEE,
    "consultant": contents.CONSULTANT,
    "operator": contents.OPERATOR,
    "two_places": contents.FACILITATOR,
    "neighbour": contents.OTHER_ORGANISATION,
    "neighbour_leader": contents.OTHER_ORGANISATION,
}
PHASES = ("back", "now", "ahead", "agree")


def test_every_class_of_content_is_tried():
    assert set(MARKS) | set(OPEN) | {contents.DOCUMENT} == {row.content for row in access.ROWS}


# --- what somebody finds ------------------------------------------------------------------------


def pages(cast: Cast, talk: Conversation, member: Member) -> list[str]:
    """What one can open inside, with the parts of the room and of the preparation.

    HR's pages for HR, the talk's for whoever has a seat, its first page for everybody. That all
    others are not there is tried address by address in ``test_addresses``.
    """
    of_talk = Participant.objects.filter(conversation=talk, profile=member.profile).exists()
    who = {MEMBERS, TEAM} | ({PARTIES, EMPLOYEE, LEADER} if of_talk else set())
    who |= {HR} if member is cast.hr else set()
    found = [
        filled_in(cast, talk, name)
        for name in sorted({pattern.name for _address, pattern in every_address()})
        if ADDRESSES[name] in who and "GET" in methods(name)
    ]
    if not of_talk:
        return [*found, filled_in(cast, talk, "talk")]
    here = f"/havneby/talks/{talk.public_id}"
    themes = [theme["id"] for theme in talk.content.document["themes"]]
    return (
        [one for one in found if not one.endswith(".pdf")]
        + [f"{here}/room/news/?phase={phase}" for phase in PHASES]
        + [f"{here}/room/?phase={phase}" for phase in PHASES]
        + [f"{here}/prepare/{theme}/" for theme in themes]
    )


def read(client: Client, address: str) -> str:
    """The words behind an address: of a page, or of each file in an archive."""
    answer = client.get(address)
    if answer.status_code != 200:
        return ""
    if answer["Content-Type"] != "application/zip":
        # The bytes of a frame on paper are looked at all the same.
        return answer.content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return archive.read("musling.json").decode()


def found_by(cast: Cast, talk: Conversation, member: Member) -> str:
    """All that somebody can read anywhere."""
    client = member.client
    return "\n".join(read(client, address) for address in pages(cast, talk, member))


def holds(text: str, content: Content, mark: str) -> bool:
    """Whether the mark stands there."""
    if content is not contents.SCORES:
        return mark in text
    return f'<span>{mark}<span class="sr-only"> ' in text or f'"score": {mark}' in text


Found = dict[tuple[str, str], bool]


def seen(cast: Cast, talk: Conversation, member: Member) -> Found:
    """By content and author, what the member sees of the talk."""
    text = found_by(cast, talk, member)
    result = {
        (content.id, author): holds(text, content, mark)
        for content, marks in MARKS.items()
        for author, mark in marks.items()
    }
    result |= {(content.id, ""): query(member.actor).exists() for content, query in OPEN.items()}
    pdf = member.client.get(f"/havneby/talks/{talk.public_id}/minutes.pdf")
    result[contents.DOCUMENT.id, ""] = pdf.status_code == 200
    return result


def promised(kind: Kind, stage: Stage, parts: set[PartPlayed], me: str, seat: str = "") -> Found:
    """The same, from the rows alone; ``seat``: what went along to a later leader."""

    def row_holds(content: Content, author: str) -> bool:
        mine = parts | ({contents.AUTHOR} if me == author else set())
        if content is contents.SIGNATURE and stage is contents.WRITING and not kind.approves:
            return False  # nothing is signed before the minutes are sent, which ends the stage
        if content is contents.PREPARATION and not kind.hands_in and author == "leader":
            return False  # the citizen who leads has no questions to prepare
        if content is contents.ALIKE and not kind.hands_in:
            return False  # the frame of a citizen's helpers has no points to share first
        return contents.in_kind(content, kind) and any(
            row.content is content
            and row.part in mine
            and stage in row.stages
            and (not row.seats or seat in row.seats)
            and (row.when is not contents.OWN_IF_CHOSEN or author == "employee")
            for row in access.ROWS
        )

    everything = [(content, author) for content, marks in MARKS.items() for author in marks]
    everything += [(content, "") for content in (*OPEN, contents.DOCUMENT)]
    return {(content.id, author): row_holds(content, author) for content, author in everything}


def differs(found: Found, expected: Found) -> list[str]:
    return [
        f"{content} {author}: {'seen' if found[content, author] else 'not seen'}"
        for content, author in expected
        if found[content, author] != expected[content, author]
    ]


# --- a talk through its life --------------------------------------------------------------------


def before(cast: Cast, kind: Kind) -> Conversation:
    """Booked, prepared, handed in, with expectations and an agreement typed in."""
    talk = planned_talk(cast, kind.id)
    stages.fit(cast, talk, MARKS[contents.FITTED][""])
    talk = booked(cast, talk)
    for member, part in ((cast.employee, "employee"), (cast.leader, "leader")):
        _prepare(member, part, talk, kind)
        expected = MARKS[contents.EXPECTED][part]
        talking.note_expectation(member.actor, public_id=talk.public_id, text=expected)
    _agreement_typed_in(cast, talk)
    # Somebody has the seat of a facilitator, which no kind of talk has yet.
    Participant.objects.create(
        organisation=talk.organisation,
        conversation=talk,
        profile=cast.two_places.profile,
        employment=cast.two_places.employment,
        part="facilitator",
    )
    return talk


def _prepare(member: Member, part: str, talk: Conversation, kind: Kind) -> None:
    document = stages.queries.talk(member.actor, talk.public_id).document
    items = [item.id for item in document.items_for(part) if item.type in {"scale", "text"}]  # type: ignore[arg-type]
    if len(items) < 3:
        return  # the frame asks the citizen who leads nothing
    private, shared, scored = [one for one in items if one != "feedback.contribution"][:3]
    answers = {private: {"text": MARKS[contents.PREPARATION][part]}}
    if kind.hands_in:
        answers[shared] = {"text": MARKS[contents.HANDED_IN][part]}
    if kind.hands_in and part == "employee":
        answers[scored] = {"score": int(MARKS[contents.SCORES]["employee"])}
        answers["wellbeing.life-phase"] = {"text": MARKS[contents.LIFE_PHASE]["employee"]}
        answers[LIFE_PHASES] = {"chosen": ["senior"]}
    if kind.hands_in and part == "leader":
        answers["feedback.contribution"] = {"text": MARKS[contents.FEEDBACK]["leader"]}
    known = {"public_id": talk.public_id}
    preparing.save_answers(member.actor, answers=answers, versions={}, **known)
    if kind.hands_in:
        preparing.hand_in(member.actor, items=sorted(set(answers) - {private}), **known)


def _agreement_typed_in(cast: Cast, talk: Conversation) -> None:
    row = following_up.type_in_agreement(
        cast.employee.actor,
        public_id=talk.public_id,
        content={"what": MARKS[contents.AGREEMENT][""]},
    )
    following_up.confirm_typed_in(cast.leader.actor, agreement=row.public_id, confirm=True)
    following_up.note_follow_up(
        cast.leader.actor, agreement=row.public_id, note=MARKS[contents.FOLLOW_UP][""]
    )


def talked(cast: Cast, talk: Conversation) -> None:
    stages.agreed_frame(cast, talk)
    if talk.content.document.get("four_points"):
        stages.tick(cast, talk)
    stages.write(cast, talk, MARKS[contents.MINUTES][""], "conclusion")
    talking.write_focus_area(
        cast.leader.actor, public_id=talk.public_id, content={"title": MARKS[contents.GOALS][""]}
    )


def written(cast: Cast, talk: Conversation, kind: Kind) -> None:
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    if not kind.approves:
        return  # sending is the end of it
    approving.send_minutes(cast.employee.actor, public_id=talk.public_id)
    approving.return_minutes(
        cast.leader.actor,
        public_id=talk.public_id,
        comment=MARKS[contents.COMMENT][""],
        version=stages.minutes_of(talk).version,
    )
    approving.send_minutes(cast.employee.actor, public_id=talk.public_id)


def agreed(cast: Cast, talk: Conversation, kind: Kind) -> None:
    if kind.approves:
        stages.answer(cast, talk)
    else:
        approving.send_minutes(cast.employee.actor, public_id=talk.public_id)
    row = stages.asked_to_release(cast, talk, why=MARKS[contents.RELEASE][""])
    # Another than whom it is for gets nothing by its id.
    assert cast.union_rep.client.get(f"/havneby/shared/{row.public_id}.pdf").status_code == 404


def destroyed(cast: Cast, talk: Conversation) -> None:
    """The ceiling comes: told, and two weeks later gone."""
    clock.move(dt.timedelta(days=365 * 2))
    destroying.run()
    clock.move(dt.timedelta(days=20))
    assert destroying.run()["talks"] == 1


def tried(cast: Cast, talk: Conversation, kind: Kind, stage: Stage) -> dict[str, list[str]]:
    """Per member of the cast: where what is seen is not what the rows say."""
    wrong = {}
    for name, part in PARTS.items():
        expected = promised(kind, stage, {part}, name)
        wrong[name] = differs(seen(cast, talk, cast.everybody[name]), expected)
    return {name: cells for name, cells in wrong.items() if cells}


@pytest.mark.long_walk
@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.id)
def test_everybody_finds_what_the_table_says_in_every_stage(cast: Cast, kind: Kind):
    talk = before(cast, kind)
    wrong = {contents.BEFORE.id: tried(cast, talk, kind, contents.BEFORE)}
    talked(cast, talk)
    wrong[contents.TALKING.id] = tried(cast, talk, kind, contents.TALKING)
    written(cast, talk, kind)
    wrong[contents.WRITING.id] = tried(cast, talk, kind, contents.WRITING)
    agreed(cast, talk, kind)
    wrong[contents.AGREED.id] = tried(cast, talk, kind, contents.AGREED)
    destroyed(cast, talk)
    wrong[contents.GONE.id] = tried(cast, talk, kind, contents.GONE)
    assert not any(wrong.values()), wrong


@pytest.mark.row("X7")
@pytest.mark.parametrize("choice", GoesAlong.values)
def test_a_later_leader_finds_what_the_employee_chose_and_the_earlier_nothing(
    cast: Cast, choice: str
):
    kind = KINDS["mus"]
    talk = before(cast, kind)
    talked(cast, talk)
    written(cast, talk, kind)
    stages.answer(cast, talk)
    new_leader(cast, cast.colleague)
    assert hand_over(cast) == 1
    cast.employee.client.post(f"/havneby/talks/{talk.public_id}/goes-along/", {"choice": choice})
    stage, new = contents.AGREED, {contents.NEW_LEADER}
    expected = promised(kind, stage, new, "colleague", choice)
    assert differs(seen(cast, talk, cast.colleague), expected) == []
    earlier = promised(kind, stage, {contents.EARLIER_LEADER}, "leader")
    assert differs(seen(cast, talk, cast.leader), earlier) == []
