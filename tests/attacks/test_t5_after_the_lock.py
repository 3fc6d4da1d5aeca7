"""T5: change after lock, by direct post, in two tabs, by one party reopening, from next year.

(There is no import of talks and no API.)
"""

import pytest

from musling.conversations.models import (
    Agreement,
    Conversation,
    FocusArea,
    HandedIn,
    Initiative,
    Minutes,
    MinutesSection,
    Participant,
    Signature,
)
from musling.conversations.queries.room import opened_minutes
from musling.conversations.queries.talks import talk as open_talk
from tests.cast import Cast, Member, next_week
from tests.conversations import stages

pytestmark = pytest.mark.django_db
LOCKED = (Agreement, FocusArea, HandedIn, Initiative, Minutes, MinutesSection, Signature)


def content() -> list:
    """Every sealed row of talks, as it stands."""
    return [
        [bytes(value) if isinstance(value, memoryview) else value for value in row]
        for model in LOCKED
        for row in model.objects.order_by("pk").values_list()
    ]


def tries(talk: Conversation) -> list[tuple[str, dict]]:
    """Posts that change something while the minutes are being written."""
    row = Agreement.objects.get(origin=talk).public_id
    when = next_week().strftime("%Y-%m-%dT%H:%M")
    return [
        ("room/write/", {"text.talk": "ændret", "version.text.talk": 1}),
        ("room/write/", {"text.conclusion": "ny", "version.text.conclusion": 0}),
        ("room/frame/", {"expectation": "ny", "minute_taker": "x", "agree": "1"}),
        ("room/end/", {}),
        ("we-agree/", {"kind": "agreement", "what": "ny"}),
        ("we-agree/", {"kind": "focus_area", "what": "ny"}),
        ("we-agree/", {"kind": "initiative", "what": "ny"}),
        (f"we-agree/agreement/{row}/", {"what": "ændret", "version": 1}),
        (f"we-agree/agreement/{row}/", {"take_away": "1"}),
        ("put-back/", {"what": "agreement", "row": row}),
        ("minutes/send/", {}),
        ("minutes/answer/", {"return": "1", "comment": "Nej alligevel", "version": 2}),
        ("paper/", {"held_on": next_week().date().isoformat()}),
        ("paper/", {"confirm": "no"}),
        ("prepare/save/", {"t.wellbeing.general": "ændret"}),
        ("prepare/hand-in/", {"item": "wellbeing.general"}),
        ("agreements/type-in/", {"what": "fra sidste år"}),
        ("offer/", {"time_1": when, "minutes": 45}),
        ("move/", {"time": when, "minutes": 45}),
        ("postpone/", {}),
        ("call-off/", {}),
        ("answer/", {"answer": "decline"}),
        ("deputy/", {"employment": "x"}),
    ]


@pytest.mark.parametrize("who", ["employee", "leader"])
def test_no_post_changes_approved_minutes(cast: Cast, who: str):
    talk = stages.approved_talk(cast)
    before, seats = content(), list(Participant.objects.order_by("pk").values_list())
    for page, data in tries(talk):
        answer = getattr(cast, who).client.post(f"/havneby/talks/{talk.public_id}/{page}", data)
        assert answer.status_code < 500, page
        talk.refresh_from_db()
        assert talk.state == "agreed", page
        assert content() == before, page
    assert list(Participant.objects.order_by("pk").values_list()) == seats
    found = open_talk(cast.employee.actor, talk.public_id)
    assert opened_minutes(cast.employee.actor, found).is_unchanged


@pytest.mark.parametrize("who", ["employee", "leader"])
def test_no_post_changes_minutes_while_they_are_out(cast: Cast, who: str):
    talk = stages.sent_talk(cast)
    before = content()
    for page, data in tries(talk):
        if page == "minutes/answer/":
            continue
        getattr(cast, who).client.post(f"/havneby/talks/{talk.public_id}/{page}", data)
        talk.refresh_from_db()
        assert talk.state == "minutes_out", page
        assert content() == before, page


def test_a_tab_left_open_says_so_and_keeps_the_words(cast: Cast):
    talk = stages.approved_talk(cast)
    answer = cast.employee.client.post(
        f"/havneby/talks/{talk.public_id}/room/write/",
        {"text.talk": "Det her skrev jeg for sent", "version.text.talk": 1},
    )
    assert answer.status_code == 422
    assert "Det her skrev jeg for sent" in answer.content.decode()
    saving = cast.employee.client.post(
        f"/havneby/talks/{talk.public_id}/room/write/",
        {"text.talk": "x", "version.text.talk": 1},
        headers={"X-Musling-Autosave": "1"},
    )
    assert saving.status_code == 422
    assert list(saving.json()["errors"]) == ["text.talk"]


def test_one_party_alone_reopens_nothing(cast: Cast):
    talk = stages.approved_talk(cast)
    for member in (cast.employee, cast.leader):
        for data in ({"return": "1", "comment": "x", "version": 2}, {"approve": "1", "version": 2}):
            member.client.post(f"/havneby/talks/{talk.public_id}/minutes/answer/", data)
        member.client.post(f"/havneby/talks/{talk.public_id}/minutes/on-paper/", {"confirm": "no"})
    assert Minutes.objects.get().state == Minutes.State.APPROVED
    assert Signature.objects.count() == 2


def reach_into(member: Member, talk: Conversation, row: Agreement) -> None:
    """Tries to rewrite and take away an agreement through this talk's minutes."""
    base = f"/havneby/talks/{talk.public_id}"
    for version in (0, 1, 2):
        member.client.post(
            f"{base}/we-agree/agreement/{row.public_id}/", {"what": "omskrevet", "version": version}
        )
    member.client.post(f"{base}/we-agree/agreement/{row.public_id}/", {"take_away": "1"})
    member.client.post(f"{base}/put-back/", {"what": "agreement", "row": row.public_id})


def test_last_years_signed_agreement_is_not_rewritten_through_this_years_minutes(cast: Cast):
    stages.approved_talk(cast)
    row = Agreement.objects.get()
    nexts = stages.next_year(cast)
    stages.agreed_frame(cast, nexts)
    for moment in ("before it comes along", "after"):
        before = (row.version, row.removed_at)
        reach_into(cast.leader, nexts, row)
        row.refresh_from_db()
        assert (row.version, row.removed_at) == before, moment
        if moment == "before it comes along":
            cast.leader.client.post(f"/havneby/talks/{nexts.public_id}/room/end/")
            row.refresh_from_db()
            assert row.conversation == nexts


def test_what_the_other_confirmed_is_not_taken_away_by_one(cast: Cast):
    talk = stages.open_talk(cast)
    row = stages.typed_in_agreement(cast, talk)
    reach_into(cast.employee, talk, row)
    cast.employee.client.post(
        f"/havneby/agreements/{row.public_id}/typed-in/", {"answer": "withdraw"}
    )
    cast.leader.client.post(f"/havneby/agreements/{row.public_id}/typed-in/", {"answer": "no"})
    row.refresh_from_db()
    assert (row.removed_at, row.version) == (None, 1)


def test_what_the_other_said_was_not_so_is_not_put_back_by_one(cast: Cast):
    talk = stages.open_talk(cast)
    row = stages.typed_in_agreement(cast, talk, confirmed=False)
    cast.leader.client.post(f"/havneby/agreements/{row.public_id}/typed-in/", {"answer": "no"})
    reach_into(cast.employee, talk, row)
    row.refresh_from_db()
    assert row.removed_at is not None
