"""T4: approve or sign for the other party, sign twice, sign an older version, skip a state.

All of it as posts to the addresses, as somebody would who does not use the pages. (There are no
fund applications yet.)
"""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP

from musling.conversations.actions import approving
from musling.conversations.models import Conversation, Minutes, Signature, State
from tests.cast import PASSWORD, Cast, Member, booked_talk
from tests.conversations import stages

pytestmark = pytest.mark.django_db


def post(member: Member, talk: Conversation, page: str, **data: object) -> int:
    """The status of a post to a page below the talk's minutes."""
    url = f"/havneby/talks/{talk.public_id}/minutes/{page}/"
    return member.client.post(url, data).status_code


def signed(talk: Conversation) -> dict[str, str]:
    """Part → how."""
    rows = Signature.objects.filter(minutes__conversation=talk)
    return dict(rows.values_list("participant__part", "how"))


def state(talk: Conversation) -> tuple[str, str]:
    """Where the talk and its minutes stand."""
    talk.refresh_from_db()
    return talk.state, Minutes.objects.get(conversation=talk).state


OUT = (State.MINUTES_OUT, Minutes.State.OUT)


def test_whoever_wrote_cannot_approve_for_the_other(cast: Cast):
    talk = stages.sent_talk(cast)
    assert post(cast.employee, talk, "answer", approve="1", version=2) == 302
    assert (state(talk), signed(talk)) == (OUT, {"employee": "alone"})


@pytest.mark.parametrize("field", ["participant", "approved_by", "profile", "part", "person"])
def test_a_field_in_the_body_does_not_make_one_the_other(cast: Cast, field: str):
    talk = stages.sent_talk(cast)
    leader = stages.seat(talk, "leader")
    for value in (leader.pk, leader.public_id, leader.profile_id, "leader"):
        post(cast.employee, talk, "answer", approve="1", version=2, **{field: value})
        post(cast.employee, talk, "sign", version=2, **{field: value})
    assert (state(talk), signed(talk)) == (OUT, {"employee": "alone"})


def test_pressing_sign_and_approve_many_times_signs_once_each(cast: Cast):
    talk = stages.sent_talk(cast)
    for _press in range(3):
        post(cast.leader, talk, "answer", approve="1", version=2)
        post(cast.leader, talk, "sign", version=2)
        post(cast.employee, talk, "sign", version=2)
    assert state(talk) == (State.AGREED, Minutes.State.APPROVED)
    assert Signature.objects.count() == 2


def test_an_older_version_is_neither_approved_nor_signed(cast: Cast):
    talk = stages.sent_talk(cast)
    approving.return_minutes(cast.leader.actor, public_id=talk.public_id, comment="Ret", version=2)
    approving.send_minutes(cast.employee.actor, public_id=talk.public_id)
    for version in (1, 2, 99, "", "x", -3):
        post(cast.leader, talk, "answer", approve="1", version=version)
        post(cast.leader, talk, "sign", version=version)
    assert (state(talk), signed(talk)) == (OUT, {"employee": "alone"})


def test_no_state_can_be_skipped(cast: Cast):
    talk = stages.held_talk(cast)
    for version in (1, 2):
        post(cast.leader, talk, "answer", approve="1", version=version)
        post(cast.leader, talk, "sign", version=version)
        post(cast.employee, talk, "sign", version=version)
        post(cast.employee, talk, "on-paper", version=version)
        post(cast.employee, talk, "together", version=version, password=PASSWORD)
    assert (state(talk), signed(talk)) == ((State.HELD, Minutes.State.DRAFT), {})


def test_signing_does_not_go_round_the_approval(cast: Cast):
    talk = stages.sent_talk(cast)
    post(cast.leader, talk, "sign", version=2)
    assert (state(talk), signed(talk)) == (OUT, {"employee": "alone"})


def test_before_the_talk_there_is_nothing_to_sign(cast: Cast):
    talk = booked_talk(cast)
    for page in ("answer", "sign", "on-paper"):
        assert post(cast.leader, talk, page, approve="1", confirm="yes", version=1) == 404
    assert not Minutes.objects.exists()


# --- on the other's behalf, on one screen or on paper ------------------------------------------


@pytest.mark.parametrize("password", ["", "forkert", "my own"])
def test_without_the_others_password_nobody_signs_together(cast: Cast, password: str):
    talk = stages.sent_talk(cast)
    if password == "my own":
        cast.employee.person.set_password("min egen lange kode")
        cast.employee.person.save()
        password = "min egen lange kode"
    assert post(cast.employee, talk, "together", version=2, password=password) == 422
    assert (state(talk), signed(talk)) == (OUT, {"employee": "alone"})


def test_guessing_the_others_password_is_stopped(cast: Cast):
    talk = stages.sent_talk(cast)
    for number in range(8):
        post(cast.employee, talk, "together", version=2, password=f"gæt {number}")
    assert post(cast.employee, talk, "together", version=2, password=PASSWORD) == 422
    assert signed(talk) == {"employee": "alone"}


def test_signing_together_logs_nobody_in(cast: Cast):
    talk = stages.sent_talk(cast)
    client = cast.employee.client
    url = f"/havneby/talks/{talk.public_id}/minutes/together/"
    assert client.post(url, {"version": 2, "password": PASSWORD}).status_code == 302
    assert signed(talk) == {"employee": "alone", "leader": "together"}
    page = client.get("/havneby/talks/").content.decode()
    assert "Mette Prøve" in page
    assert client.session["_auth_user_id"] == str(cast.employee.person.pk)


def test_a_password_is_not_enough_where_there_is_a_second_step(cast: Cast, monkeypatch):
    talk = stages.sent_talk(cast)
    Authenticator.objects.create(
        user=cast.leader.person, type=Authenticator.Type.TOTP, data={"secret": "sealed"}
    )
    monkeypatch.setattr(TOTP, "validate_code", lambda self, code: code == "123456")
    for code in ("", "000000"):
        answer = post(cast.employee, talk, "together", version=2, password=PASSWORD, code=code)
        assert answer == 422
    assert signed(talk) == {"employee": "alone"}
    post(cast.employee, talk, "together", version=2, password=PASSWORD, code="123456")
    assert signed(talk) == {"employee": "alone", "leader": "together"}


def test_a_passkey_of_the_other_cannot_be_replaced_by_a_password(cast: Cast):
    talk = stages.sent_talk(cast)
    Authenticator.objects.create(
        user=cast.leader.person, type=Authenticator.Type.WEBAUTHN, data={"name": "x"}
    )
    post(cast.employee, talk, "together", version=2, password=PASSWORD)
    assert signed(talk) == {"employee": "alone"}


def test_saying_that_the_other_signed_on_paper_is_no_signature(cast: Cast):
    talk = stages.sent_talk(cast)
    post(cast.employee, talk, "on-paper", version=2)
    post(cast.employee, talk, "on-paper", confirm="yes")
    assert state(talk) == OUT
    assert not Signature.objects.filter(how="paper", confirmed_at__isnull=False).exists()


def test_outsiders_get_the_same_no_as_for_what_is_not_there(cast: Cast):
    talk = stages.sent_talk(cast)
    for name, member in cast.everybody.items():
        if name in {"employee", "leader"}:
            continue
        for page in ("answer", "sign", "on-paper", "together", "send"):
            assert post(member, talk, page, approve="1", version=2, password=PASSWORD) == 404
    assert (state(talk), signed(talk)) == (OUT, {"employee": "alone"})
