"""Everything that Musling holds about one person in one organisation (GDPR article 15).

What somebody else wrote and has not handed in is not in it: that goes by ``access_requests``.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import F

from musling.activity.models import Activity
from musling.conversations import access
from musling.conversations.models import Answer, Conversation, Part, Participant
from musling.conversations.queries import agreements as following
from musling.conversations.queries.fitting import documents_of, what_differs
from musling.conversations.queries.preparation import handed_in
from musling.conversations.queries.releases import released_to_me, releases_of
from musling.conversations.queries.room import (
    OpenedMinutes,
    expectations,
    opened_minutes,
    understood_alike,
)
from musling.conversations.queries.talks import Talk, talk
from musling.foundation.actor import Actor
from musling.frames.document import FrameDocument, text
from musling.mail.models import Delivery
from musling.people.models import Employment, Leadership, Profile, Role
from musling.privacy.asked import answer_to_me, in_words, my_requests
from musling.privacy.models import AccessRequest
from musling.privacy.readings import who_read_mine
from musling.vault import keys

OFFER = ("sent_at", "how", "times", "answer", "answered_at", "proposed_times")
MOST_LINES = 20_000  # of the log, the newest

Document = dict[str, Any]


def collect(actor: Actor) -> Document:
    """All of it as one JSON document, in the actor's language."""
    profile = Profile.objects.select_related("person", "organisation").get(pk=actor.profile_id)
    prepared, offers = _preparations(actor), _offers(actor)
    return {
        "organisation": profile.organisation.name,
        "made_at": actor.at,
        "person": _person(profile),
        "employments": list(
            Employment.objects.filter(profile=profile).values(
                *("number", "title", "agreement", "starts_on", "ends_on"),
                *("leave_from", "leave_until"),
                workplace=F("unit__name"),
            )
        ),
        "leads": list(
            Leadership.objects.filter(employment__profile=profile).values(
                "kind", "starts_on", "ends_on", workplace=F("unit__name")
            )
        ),
        "roles": list(Role.objects.filter(profile=profile).values("name", "starts_on", "ends_on")),
        "talks": _talks(actor, prepared, offers),
        "agreements": list(_agreements(actor)),
        "access_requests": [_request(actor, row) for row in my_requests(actor)],
        "shared_with_me": [
            {
                "document": one.row.document,
                "of": f"{one.employee}, {one.leader}",
                "until": one.row.until,
                "why": one.why,
            }
            for one in released_to_me(actor)
        ],
        "who_opened_what_of_mine": _readings(actor),
        "log": list(_log(actor)),
        "mails": list(
            Delivery.objects.filter(recipient=profile)
            .order_by("-pk")
            .values("mail", "state", "made_at", "sent_at")[:MOST_LINES]
        ),
    }


def _person(profile: Profile) -> Document:
    person = profile.person
    return {
        "name": profile.name,
        "number": profile.number,
        "work_email": profile.email,
        "mobile": profile.mobile,
        "reminders": profile.reminders,
        "log_in": {"email": person.email, "language": person.language} if person else None,
    }


def _seats(actor: Actor) -> list[Participant]:
    rows = Participant.objects.filter(profile_id=actor.profile_id)
    return list(rows.select_related("conversation__content").order_by("conversation__made_at"))


def _preparations(actor: Actor) -> dict[int, list[Answer]]:
    """The actor's own answers by seat; two queries, however many talks."""
    found: dict[int, list[Answer]] = {}
    rows = Answer.objects.filter(preparation__in=access.own_preparations(actor))
    for row in rows.select_related("preparation__key").order_by("pk"):
        found.setdefault(row.preparation.participant_id, []).append(row)
    return found


def _offers(actor: Actor) -> dict[int, list[Document]]:
    """What was offered in the actor's own talks; one query, however many."""
    own = access.own_talks(actor).values("pk")
    found: dict[int, list[Document]] = {}
    for talk_id, *row in (
        access.readable_offers(actor)
        .filter(conversation__in=own)
        .order_by("sent_at")
        .values_list("conversation", *OFFER)
    ):
        found.setdefault(talk_id, []).append(dict(zip(OFFER, row, strict=True)))
    return found


def _talks(
    actor: Actor, prepared: dict[int, list[Answer]], offers: dict[int, list[Document]]
) -> list[Document]:
    seats = _seats(actor)
    asked = documents_of(actor, [seat.conversation for seat in seats])
    return [
        _talk(
            actor,
            seat,
            _answers(actor, asked[seat.conversation_id], seat.part, prepared.get(seat.pk, [])),
            offers.get(seat.conversation_id, []),
        )
        for seat in seats
    ]


def _talk(
    actor: Actor, seat: Participant, answers: list[Document], offers: list[Document]
) -> Document:
    conversation = seat.conversation
    document: Document = {
        "year": conversation.year,
        "kind": conversation.kind,
        "part": seat.part,
        "my_preparation": answers,
    }
    if seat.ended_at is not None:
        return document  # somebody else has the seat: what came after is not one's own
    document |= {
        "state": conversation.state,
        "starts_at": conversation.starts_at,
        "place": conversation.place,
        "held_at": conversation.held_at,
        "offers": offers,
    }
    # As a leader one holds the own preparation; the rest is the employee's to ask for.
    if seat.part == Part.EMPLOYEE:
        document.update(_of_employee(actor, conversation))
    return document


def _answers(
    actor: Actor, document: FrameDocument, part: str, rows: list[Answer]
) -> list[Document]:
    opened = keys.unwrap({row.preparation.key_id: row.preparation.key for row in rows}.values())
    return [
        _answer(
            document,
            row.item,
            row.unseal(opened[row.preparation.key_id], "content") or {},
            part,
            actor.language,
        )
        for row in rows
        if row.preparation.key_id in opened
    ]


def _answer(
    document: FrameDocument, item: str, value: Document, part: str, language: str
) -> Document:
    """One answer in words, with its question; "item" stays the same from year to year."""
    line = in_words(document, item, value, part, language)
    return {"item": item, "question": line.question, **line.said.data()}


def _of_employee(actor: Actor, conversation: Conversation) -> Document:
    found = talk(actor, conversation.public_id)
    try:
        found.key  # noqa: B018 (opened once, here)
    except keys.KeyDestroyed:
        return {"leader": found.leader.profile.name, "destroyed": True}
    minutes = opened_minutes(actor, found)
    return {
        "leader": found.leader.profile.name,
        "asked_by_the_leader": [
            text(item.text, actor.language) for item in what_differs(found).added
        ],
        "handed_in": _handed_in(actor, found),
        "expectations": [
            {"mine": seat == found.me.pk, "text": one.text}
            for seat, one in expectations(actor, found).items()
        ],
        "understood_alike": sorted(understood_alike(actor, found)),
        "minutes": _minutes(minutes),
        "let_others_read": [
            {
                "document": one.row.document,
                "reader": one.row.reader.name,
                "until": one.row.until,
                "why": one.why,
                "state": one.state,
            }
            for one in releases_of(actor, found)
        ],
    }


def _handed_in(actor: Actor, found: Talk) -> list[Document]:
    document = found.document
    return [
        {
            "mine": seat == found.me.pk,
            **_answer(document, item, value, found.me.part, actor.language),
        }
        for seat, items in handed_in(actor, found).items()
        for item, value in items.items()
    ]


def _minutes(opened: OpenedMinutes) -> Document | None:
    if opened.row is None:
        return None
    return {
        "state": opened.row.state,
        "approved_at": opened.row.approved_at,
        "sections": opened.sections,
        "focus_areas": [[goal.title, goal.mine, goal.support] for goal in opened.focus_areas],
        "initiatives": [goal.title for goal in opened.initiatives],
        "agreements": [row.line() for row in opened.agreements],
        "comments": opened.comments,
        "signatures": [
            {"name": row.participant.profile.name, "at": row.at, "how": row.how}
            for row in opened.signatures
        ],
    }


def _agreements(actor: Actor) -> Iterator[Document]:
    """Those that one follows up as the employee, with their notes."""
    for group in following.my_agreements(actor):
        if group.found is None or group.found.i_lead:
            continue
        for row in group.rows:
            yield {
                "agreement": row.text.line(),
                "done": row.is_done,
                "notes": [
                    {"name": note.name, "at": note.at, "text": note.text} for note in row.notes
                ],
            }


def _readings(actor: Actor) -> list[Document]:
    return [
        {"day": row.day, "who": row.name, "what": row.content}
        for row in who_read_mine(actor, MOST_LINES)
    ]


def _log(actor: Actor) -> Iterator[Document]:
    """What one did, and what was done about one: verbs and moments, no content."""
    rows = Activity.objects.filter(organisation_id=actor.organisation_id)
    about = rows.filter(about_id=actor.profile_id)
    own = rows.filter(actor_id=actor.profile_id)
    for row in islice((about | own).order_by("-at").iterator(), MOST_LINES):
        yield {"at": row.at, "deed": row.verb, "by_me": row.actor_id == actor.profile_id}


def _request(actor: Actor, row: AccessRequest) -> Document:
    found: Document = {
        "leader": row.holder.name,
        "asked_at": row.asked_at,
        "answer": row.answer,
        "answered_at": row.answered_at,
    }
    if row.answered_at and row.key.destroyed_at is None:
        _row, told, reason = answer_to_me(actor, row.public_id)
        found["handed_out"] = [[line.question, line.score, line.words] for line in told]
        found["reason"] = reason
    return found
