"""Every address × everybody × every state of a talk, by GET and by POST (T1, T7, T26, T27)."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from musling.conversations.models import Agreement, Conversation, Release
from musling.foundation.public_ids import new_public_id
from musling.frames.core_task_actions import word_core_task
from musling.frames.models import CoreTask, FrameVersion
from musling.gate.checks import every_address
from musling.people.models import Leadership, Role
from tests.access.addresses import (
    ADDRESSES,
    ANYBODY,
    EMPLOYEE,
    GROUPS,
    LEADER,
    LOGGED_IN,
    MEMBERS,
    PARTIES,
)
from tests.access.stages import STAGES
from tests.cast import Cast
from tests.frames.committees import chosen, next_period, topic
from tests.frames.drafts import begun
from tests.rounds.planned import planned

pytestmark = pytest.mark.django_db
OUTSIDE = {"neighbour", "neighbour_leader", "two_places_sandvig"}
TALK = {PARTIES, EMPLOYEE, LEADER}


def methods(name: str) -> tuple[str, ...]:
    """The methods that the gate lets through; all others get 405, whoever asks for whatever."""
    return next(p for _a, p in every_address() if p.name == name).callback.gate_rule.methods


def tried(client: Client, name: str, address: str) -> list[HttpResponse]:
    """The answers to every method of the address, without anything filled in."""
    return [client.generic(method, address) for method in methods(name)]


def names() -> set[str]:
    return {pattern.name for _address, pattern in every_address()}


def test_every_address_has_a_row_and_every_row_an_address():
    assert names() == set(ADDRESSES)


def filled_in(cast: Cast, talk: Conversation, name: str) -> str:
    """The address, with ids of what belongs to Mette's talk and to Havneby."""
    agreement = Agreement.objects.filter(conversation=talk).first()
    row = agreement.public_id if agreement else new_public_id()
    release = Release.objects.filter(conversation=talk).first()
    if name.startswith("theme-"):
        chosen(cast, next_period())
    if name == "core-task-validate" and not CoreTask.objects.exists():
        word_core_task(cast.hr.actor, words="Vi hjælper.")
    everything = {
        "first_year": next_period(),
        "required": topic(cast).public_id if name == "topic-end" else new_public_id(),
        "release": release.public_id if release else new_public_id(),
        "access_request": new_public_id(),
        "stand_in": new_public_id(),
        "slug": "havneby",
        "public_id": talk.public_id,
        "theme": "wellbeing",
        "kind": "agreement",
        "row": row,
        "talk_kind": "mus",
        "rule": "next_held",
        "frame_name": "mus-short",
        "side": "employee",
        "agreement": row,
        "employment": cast.employee.employment.public_id,
        "person": cast.employee.profile.public_id,
        "unit": cast.unit.public_id,
        "role": Role.objects.get(name="operator").pk,
        "post": Leadership.objects.filter(organisation=cast.havneby).first().pk,
        "version_id": FrameVersion.objects.filter(organisation=cast.havneby).first().public_id,
        "theme_id": "wellbeing",
        "item_id": "wellbeing.general",
        "run": new_public_id(),
        "left_out": 1,
        "number": 2,
        "asked": new_public_id(),
        "joint_id": new_public_id(),
        "leader": cast.leader.profile.public_id,
        "pk": 1,
        "page": "leder",
        "name": "start-1280.png",
        "uidb36": "1",
        "key": "set-password",
        "code": "ABCDEFGH2345",
        "secret": "x" * 32,
    }
    pattern = next(p for _a, p in every_address() if p.name == name)
    wanted = set(pattern.pattern.converters) | set(pattern.pattern.regex.groupindex)
    address = next(a for a, p in every_address() if p.name == name)
    if "draft_id" in wanted:
        everything["draft_id"] = begun(cast).public_id
    if "round_id" in wanted:
        everything["round_id"] = planned(cast).public_id
    wanted |= {"slug"} if address.startswith("<slug:slug>") else set()
    return reverse(name, kwargs={key: everything[key] for key in wanted})


def expected_inside(who: str, member: str) -> bool:
    """Whether that member of the cast may come to an address of Havneby."""
    if who == MEMBERS:
        return member not in OUTSIDE - {"two_places_sandvig"}
    return member in GROUPS[who]


def inside(name: str) -> bool:
    return ADDRESSES[name] not in {ANYBODY, LOGGED_IN}


def assert_not_there(answer: HttpResponse, like: bytes, told: object) -> None:
    assert answer.status_code == 404, (told, answer.status_code)
    assert answer.content == like, told


def assert_to_log_in(answer: HttpResponse, told: object) -> None:
    assert answer.status_code == 302, (told, answer.status_code)
    assert answer["Location"].startswith("/account/log-in/"), told


@pytest.mark.long_walk
@pytest.mark.parametrize("stage", STAGES)
def test_a_talk_opens_for_its_parties_and_for_nobody_else(cast: Cast, stage: str):
    talk = STAGES[stage](cast)
    before = Conversation.objects.values().get(pk=talk.pk)
    clients = {name: member.client for name, member in cast.everybody.items()}
    nowhere = "/havneby/talks/nowhere/"
    missing = {member: client.get(nowhere).content for member, client in clients.items()}
    for name in sorted(n for n in names() if ADDRESSES[n] in TALK):
        address = filled_in(cast, talk, name)
        for member, client in clients.items():
            told = (name, stage, member)
            if member in GROUPS[PARTIES]:
                if "GET" in methods(name) and member in GROUPS[ADDRESSES[name]]:
                    answer = client.get(address)
                    assert answer.status_code in {200, 302, 404}, (told, answer.status_code)
                continue
            for answer in tried(client, name, address):
                assert_not_there(answer, missing[member], told)
        for answer in tried(Client(), name, address):
            assert_to_log_in(answer, name)
    assert Conversation.objects.values().get(pk=talk.pk) == before


@pytest.mark.parametrize("name", sorted(n for n in ADDRESSES if ADDRESSES[n] in TALK))
def test_the_one_party_does_not_come_where_only_the_other_belongs(cast: Cast, name: str):
    talk = STAGES["booked"](cast)
    for member in GROUPS[PARTIES] - GROUPS[ADDRESSES[name]]:
        answer = cast.everybody[member].client.get(filled_in(cast, talk, name))
        assert answer.status_code == 404, (name, member)


@pytest.mark.parametrize(
    "name",
    sorted(n for n in ADDRESSES if inside(n) and ADDRESSES[n] not in TALK),
)
def test_everybody_in_the_house_comes_where_the_table_says(cast: Cast, name: str):
    talk = STAGES["booked"](cast)
    address = filled_in(cast, talk, name)
    for member, person in cast.everybody.items():
        client = person.client
        if expected_inside(ADDRESSES[name], member):
            if "GET" in methods(name):
                answer = client.get(address)
                wanted = 404 if "run" in reverse_needs(name) else 200
                assert answer.status_code == wanted, (name, member)
            continue
        missing = client.get("/havneby/talks/nowhere/").content
        for answer in tried(client, name, address):
            assert_not_there(answer, missing, (name, member))
    for answer in tried(Client(), name, address):
        assert_to_log_in(answer, name)


def reverse_needs(name: str) -> set[str]:
    return set(next(p for _a, p in every_address() if p.name == name).pattern.converters)


@pytest.mark.parametrize("name", sorted(n for n in ADDRESSES if ADDRESSES[n] == LOGGED_IN))
def test_own_pages_of_a_log_in_ask_for_one(cast: Cast, name: str):
    address = filled_in(cast, STAGES["planned"](cast), name)
    for answer in tried(Client(), name, address):
        assert_to_log_in(answer, name)


@pytest.mark.parametrize("stage", ["booked", "agreed"])
def test_a_talk_of_one_organisation_does_not_open_under_the_address_of_another(
    cast: Cast, stage: str
):
    talk = STAGES[stage](cast)
    for name in sorted(n for n in names() if ADDRESSES[n] in TALK):
        address = filled_in(cast, talk, name).replace("/havneby/", "/sandvig/")
        for member in ("neighbour_leader", "two_places_sandvig"):
            client = cast.everybody[member].client
            for answer in tried(client, name, address):
                assert answer.status_code == 404, (name, member)


def test_hr_sees_no_content_and_no_text_of_a_talk(cast: Cast):
    talk = STAGES["agreed"](cast)
    page = cast.hr.client.get(f"/havneby/people/{cast.employee.profile.public_id}/")
    assert page.status_code == 200
    html = page.content.decode()
    assert "Fast makker" not in html
    assert "enige om det hele" not in html
    assert talk.public_id not in html
