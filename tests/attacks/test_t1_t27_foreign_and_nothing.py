"""T1 and T27: what is another's and what does not exist look, weigh and cost the same.

Every address that names something, with the ids of another organisation, with those of another's
talk, and with ids that nobody has: for every method the same status, text, size, marks and number
of queries. (Who may come to which address at all: tests/access.)
"""

import dataclasses
import re

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from musling.conversations.models import (
    Agreement,
    Conversation,
    JointTalk,
    Participant,
    Preparation,
)
from musling.foundation import clock
from musling.foundation.actor import program
from musling.foundation.public_ids import new_public_id
from musling.frames import drafting, standard
from musling.frames.models import FrameVersion, RequiredItem
from musling.gate.checks import every_address
from musling.organisations.models import Organisation, Unit
from musling.people.models import Employment, Leadership, Role
from musling.privacy.models import AccessRequest
from musling.rounds.evaluation.actions import ask_for_evaluation
from musling.rounds.models import HelpAsked, Round
from musling.vault import keys
from musling.work import runs
from tests.access.addresses import ADDRESSES, EMPLOYEE, HR, LEADER, PARTIES
from tests.access.stages import STAGES
from tests.access.test_addresses import methods
from tests.cast import LONG_AGO, Cast
from tests.conversations import stages
from tests.frames.committees import next_period, own_words
from tests.rounds.evaluation.evaluating import make_round

pytestmark = pytest.mark.django_db
# Fixed words of an address that say which kind of thing is meant, not whose.
WORDS = {
    "theme": "wellbeing",
    "kind": "agreement",
    "talk_kind": "mus",
    "rule": "next_held",
    "frame_name": "mus-short",
    "theme_id": "wellbeing",
    "item_id": "wellbeing.general",
    "side": "employee",
    "first_year": next_period(),
    "number": 2,
}
# One word that is right and names nothing of anybody's, or is tried elsewhere.
NAMES_NOTHING = {
    "access-of-kind",
    "retention-change",
    "frame-standard",
    "frame-use",
    "theme-period",
    "theme-choose",
}
FORM = {"text": "x", "confirm": "yes", "version": 1, "answer": "yes", "what": "x", "starts_on": ""}


def foreign_world(cast: Cast) -> tuple[Cast, Conversation]:
    """Sandvig's own people in the parts of the cast, and their talk, agreed on and let out."""
    theirs = dataclasses.replace(
        cast,
        employee=cast.neighbour,
        leader=cast.neighbour_leader,
        union_rep=cast.two_places_sandvig,
        unit=Unit.objects.get(organisation=cast.sandvig),
    )
    return theirs, STAGES["agreed"](theirs)


def ids_of(cast: Cast, talk: Conversation) -> dict[str, object]:
    """Ids of whatever an address can name, in the organisation of that talk."""
    place = talk.organisation
    role = Role.objects.create(
        organisation=place,
        profile=cast.leader.profile,
        name=Role.Name.COMMITTEE,
        starts_on=LONG_AGO,
    )
    run = runs.start("people.check_import", organisation_id=place.pk, token="x" * 12)
    row = Agreement.objects.filter(conversation=talk).first()
    assert row is not None
    round_ = round_in(place)
    return {
        "public_id": talk.public_id,
        "row": row.public_id,
        "agreement": row.public_id,
        "release": stages.released(cast, talk).public_id,
        "stand_in": new_public_id(),
        "access_request": asked(talk).public_id,
        "required": required_in(place).public_id,
        "employment": cast.employee.employment.public_id,
        "person": cast.employee.profile.public_id,
        "unit": cast.unit.public_id,
        "role": role.pk,
        "post": Leadership.objects.filter(organisation=place).first().pk,
        "version_id": FrameVersion.objects.filter(organisation=place).first().public_id,
        "draft_id": drafting.begin_draft(
            cast.hr.actor if place == cast.havneby else program(place.pk),
            kind="mus",
            document=standard.load("mus-municipality"),
        ).public_id,
        "run": run.public_id,
        "round_id": round_.public_id,
        "asked": HelpAsked.objects.create(
            organisation=place,
            round=round_,
            leader=cast.leader.profile,
            asked_at=clock.now(),
        ).public_id,
        "leader": cast.leader.profile.public_id,
        "joint_id": joint_in(place).public_id,
        "left_out": 1,
    }


def joint_in(place: Organisation) -> JointTalk:
    """That somebody there asks for one talk for several employments."""
    holder = Employment.objects.filter(organisation=place).order_by("pk").first()
    return JointTalk.objects.create(
        organisation=place,
        profile=holder.profile,
        kind="mus",
        year=clock.today().year,
        holder=holder,
        asked_at=clock.now(),
    )


def round_in(place: Organisation) -> Round:
    """A round of that organisation, which is being evaluated."""
    row = make_round(place)
    ask_for_evaluation(program(place.pk), row)
    return row


def required_in(place: Organisation) -> RequiredItem:
    """What a committee of that organisation requires."""
    return RequiredItem.objects.create(
        organisation=place,
        kinds=["mus"],
        document={"id": "committee.x", "type": "text", "text": dict(own_words().text)},
        made_at=clock.now(),
    )


def asked(talk: Conversation) -> AccessRequest:
    """That the employee of the talk asks for what its leader wrote."""
    leader, employee = stages.seat(talk, "leader"), stages.seat(talk, "employee")
    return AccessRequest.objects.create(
        organisation=talk.organisation,
        conversation=talk,
        preparation=leader.preparation,
        asker=employee.profile,
        holder=leader.profile,
        key=keys.new_key(organisation_id=talk.organisation_id, purpose="access"),
        asked_at=clock.now(),
        due_on=clock.today(),
    )


def ids_of_nothing() -> dict[str, object]:
    names = ("public_id", "row", "agreement", "release", "stand_in", "employment", "person")
    names = (*names, "access_request", "required", "version_id", "draft_id")
    found = {name: new_public_id() for name in (*names, "unit", "run")}
    found |= {name: new_public_id() for name in ("round_id", "asked", "leader", "joint_id")}
    return found | {"role": 999_999, "post": 999_999, "left_out": 999_999}


def named_in(name: str) -> set[str]:
    """What the address names beside the organisation."""
    address, pattern = next((a, p) for a, p in every_address() if p.name == name)
    if not address.startswith("<slug:slug>"):
        return set()
    return set(pattern.pattern.converters) - {"slug"}


NAMING = sorted(name for name in ADDRESSES if named_in(name) - set(WORDS))


def filled_in(name: str, ids: dict[str, object]) -> str:
    return reverse(
        name, kwargs={"slug": "havneby", **{key: (WORDS | ids)[key] for key in named_in(name)}}
    )


def weighed(client: Client, method: str, address: str) -> tuple[object, ...]:
    """All of an answer that could tell something, and how many queries it took."""
    with CaptureQueriesContext(connection) as queries:
        ask = client.get if method == "GET" else client.post
        answer = ask(address, FORM if method == "POST" else None)
    marks = {key: value for key, value in answer.headers.items() if key != "Expires"}
    return answer.status_code, answer.content, marks, len(queries)


def test_the_list_below_is_not_empty():
    assert len(NAMING) > 50
    assert {name for name in ADDRESSES if named_in(name)} - set(NAMING) == NAMES_NOTHING


def test_with_ids_of_another_organisation_nothing_opens_and_nothing_is_told(cast: Cast):
    own = stages.open_talk(cast)
    theirs, talk = foreign_world(cast)
    foreign, nothing = ids_of(theirs, talk), ids_of_nothing()
    before = Conversation.objects.values().get(pk=talk.pk)
    for who in ("hr", "leader", "committee", "two_places"):
        client = cast.everybody[who].client
        client.get("/havneby/")
        for name in NAMING:
            for method in methods(name):
                first = weighed(client, method, filled_in(name, foreign))
                assert first[0] == 404, (who, name, method)
                other = weighed(client, method, filled_in(name, nothing))
                assert first == other, (who, name, method)
    assert Conversation.objects.values().get(pk=talk.pk) == before
    # A right talk with a row of somebody else's.
    mixed = foreign | {"public_id": own.public_id}
    for method in methods("change-agreed"):
        assert weighed(cast.leader.client, method, filled_in("change-agreed", mixed))[0] == 404


@pytest.mark.parametrize("stage", ["booked", "declined", "agreed"])
def test_a_talk_of_others_in_the_house_tells_nothing_by_status_text_size_or_queries(
    cast: Cast, stage: str
):
    talk = STAGES[stage](cast)
    there, nowhere = {"public_id": talk.public_id}, {"public_id": new_public_id()}
    names = [n for n in NAMING if ADDRESSES[n] in {PARTIES, EMPLOYEE, LEADER}]
    names = [n for n in names if named_in(n) <= {"public_id", "theme"}]
    assert len(names) > 25
    for who in ("colleague", "leaders_leader", "hr"):
        client = cast.everybody[who].client
        client.get("/havneby/")
        for name in names:
            for method in methods(name):
                told = (who, name, method)
                first = weighed(client, method, filled_in(name, there))
                assert first[0] == 404, told
                assert first == weighed(client, method, filled_in(name, nowhere)), told


def test_hr_meets_the_same_no_for_a_person_of_another_house_and_for_nobody(cast: Cast):
    """Also where the address is right and the form names somebody."""
    unit = cast.unit.public_id
    answers = [
        cast.hr.client.post(
            reverse("post-add", args=["havneby", unit]),
            {"employment": typed, "kind": "leader", "starts_on": "2026-01-01"},
        )
        for typed in ("Nina", cast.neighbour.profile.email, "Ingenmand")
    ]
    found = {
        re.sub(r'value="[^"]*"|Nina|Ingenmand|nina@sandvig.example', "", one.content.decode())
        for one in answers
    }
    assert len(found) == 1
    assert Leadership.objects.filter(organisation=cast.havneby).count() == 2


# --- whether somebody has begun to write --------------------------------------------------------


def pages_of(client: Client, talk: Conversation) -> dict[str, tuple[int, str, int]]:
    """The pages on which somebody could learn of another's preparation, without the tokens."""
    base = f"/havneby/talks/{talk.public_id}/"
    pages = ["/havneby/", "/havneby/team/", "/havneby/talks/", "/havneby/agreements/"]
    pages += [base + rest for rest in ("", "prepare/", "prepare/wellbeing/", "prepare/hand-in/")]
    pages += [base + rest for rest in ("room/", "agreements/", "handed-in/", "minutes/", "move/")]
    found = {}
    for page in pages:
        with CaptureQueriesContext(connection) as queries:
            answer: HttpResponse = client.get(page)
        text = re.sub(r'name="(csrfmiddlewaretoken|posted_by)" value="[^"]*"', "", words(answer))
        found[page] = answer.status_code, text, len(queries)
    return found


def words(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_nobody_learns_whether_another_has_begun_to_prepare(cast: Cast):
    """Neither the leader nor anybody else sees a difference, or could weigh one."""
    talk = STAGES["booked"](cast)
    watchers = [cast.leader, cast.hr, cast.leaders_leader, cast.colleague]
    clients = [one.client for one in watchers]
    for client in clients:
        pages_of(client, talk)  # the first look of a day is noted, the second is not
    before = [pages_of(client, talk) for client in clients]
    save = f"/havneby/talks/{talk.public_id}/prepare/save/"
    written = cast.employee.client.post(save, {"t.wellbeing.general": "Kun for mig"})
    assert written.status_code == 200
    mine = Participant.objects.get(conversation=talk, profile=cast.employee.profile)
    assert Preparation.objects.filter(participant=mine).exists()
    assert [pages_of(client, talk) for client in clients] == before


def test_what_was_kept_back_looks_like_what_was_never_written(cast: Cast):
    """The same talk twice over: once with more in it than was handed in, once without."""
    talk = STAGES["booked"](cast)
    base = f"/havneby/talks/{talk.public_id}/"
    seen = []
    for more in ({}, {"t.tasks.time": "Det her holder jeg for mig selv"}):
        with transaction.atomic():
            cast.employee.client.post(
                base + "prepare/save/", {"t.wellbeing.general": "Godt"} | more
            )
            cast.employee.client.post(base + "prepare/hand-in/", {"item": ["wellbeing.general"]})
            pages = [pages_of(cast.leader.client, talk) for _time in range(2)][1]
            transaction.set_rollback(True)
        assert "Godt" in pages[base + "handed-in/"][1]
        seen.append(pages)
    assert seen[0] == seen[1]


def test_hr_is_a_role_and_no_key(cast: Cast):
    """T1: every address of a talk is shut to HR, whichever of its ids HR has seen in a list."""
    talk = STAGES["agreed"](cast)
    ids = ids_of(cast, talk)
    for name in NAMING:
        if ADDRESSES[name] in {PARTIES, EMPLOYEE, LEADER}:
            assert ADDRESSES[name] != HR
            for method in methods(name):
                assert weighed(cast.hr.client, method, filled_in(name, ids))[0] == 404, name
