"""Preparing in the browser's terms: pages, saving while one writes, handing in."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from musling.conversations.actions.following_up import type_in_agreement
from musling.conversations.actions.planning import plan_talks
from musling.conversations.models import Agreement, Answer, Conversation, HandedIn, Participant
from musling.conversations.queries.preparation import own_preparation
from musling.conversations.queries.talks import talk as open_talk
from musling.foundation import clock
from musling.frames.queries import document_of
from musling.people.models import Employment
from tests.cast import Cast, booked_talk

pytestmark = pytest.mark.django_db


def url(talk, rest=""):
    return f"/havneby/talks/{talk.public_id}/prepare/{rest}"


@pytest.mark.row("D3")
def test_what_is_ticked_and_written_comes_back_on_the_page(cast: Cast):
    talk, client = booked_talk(cast), cast.employee.client
    client.post(url(talk), {"length": "all"})
    answer = client.post(
        url(talk, "wellbeing/"),
        {
            "a.wellbeing.general": "4",
            "t.wellbeing.general": "Glad for <b>vagterne</b>",
            "version.t.wellbeing.general": "0",
        },
    )
    assert answer.status_code == 302
    html = client.get(url(talk, "wellbeing/")).content.decode()
    assert "Glad for &lt;b&gt;vagterne&lt;/b&gt;" in html
    checked = [part for part in html.split("<input") if " checked" in part]
    assert len(checked) == 1
    assert 'name="a.wellbeing.general" value="4"' in checked[0]


def test_nothing_that_was_written_stands_in_the_database_in_the_open(cast: Cast):
    talk = booked_talk(cast)
    cast.employee.client.post(
        url(talk, "save/"), {"t.wellbeing.general": "hemmeligt", "a.wellbeing.general": "2"}
    )
    stored = bytes(Answer.objects.get().content)
    assert b"hemmeligt" not in stored
    assert len(stored) > 28


def test_saving_while_one_writes_answers_with_the_new_version(cast: Cast):
    talk = booked_talk(cast)
    answer = cast.employee.client.post(
        url(talk, "save/"), {"t.wellbeing.general": "a", "version.t.wellbeing.general": "0"}
    )
    assert answer.status_code == 200
    assert answer.json()["versions"] == {"t.wellbeing.general": 1}


def test_a_second_tab_gets_both_texts_and_overwrites_nothing(cast: Cast):
    talk, client = booked_talk(cast), cast.employee.client
    first = {"t.wellbeing.general": "fane 1", "version.t.wellbeing.general": "0"}
    second = {"t.wellbeing.general": "fane 2", "version.t.wellbeing.general": "0"}
    client.post(url(talk, "save/"), first)
    answer = client.post(url(talk, "save/"), second)
    assert answer.status_code == 409
    assert answer.json()["clash"] == {
        "field": "t.wellbeing.general",
        "theirs": "fane 1",
        "version": 1,
    }


def test_without_a_script_both_texts_and_every_tick_stay_on_the_page(cast: Cast):
    talk, client = booked_talk(cast), cast.employee.client
    client.post(url(talk, "save/"), {"t.wellbeing.general": "fane 1"})
    client.post(url(talk, "save/"), {"t.wellbeing.influence": "fane 1 igen"})
    second = {
        "t.wellbeing.general": "fane 2",
        "version.t.wellbeing.general": "0",
        "a.wellbeing.general": "4",
        "t.wellbeing.influence": "fane 2 igen",
        "version.t.wellbeing.influence": "0",
    }
    page = client.post(url(talk, "wellbeing/"), second)
    assert page.status_code == 409
    html = page.content.decode()
    assert '<blockquote class="said"><p>fane 1</p></blockquote>' in html
    assert re.search(r">\s*fane 2</textarea>", html)
    assert re.search(r'name="a.wellbeing.general"[^>]*value="4"[^>]*checked', html)
    # The text that was shown may now be replaced; the one that was not is still guarded.
    assert re.search(r'name="version.t.wellbeing.general" value="1"', html)
    second["version.t.wellbeing.general"] = "1"
    again = client.post(url(talk, "wellbeing/"), second)
    assert again.status_code == 409
    assert '<blockquote class="said"><p>fane 1 igen</p></blockquote>' in again.content.decode()
    second["version.t.wellbeing.influence"] = "1"
    assert client.post(url(talk, "wellbeing/"), second).status_code == 302
    assert opened_values(cast, talk)["wellbeing.influence"]["text"] == "fane 2 igen"


def test_a_tick_in_another_tab_does_not_clash_with_a_text(cast: Cast):
    talk, client = booked_talk(cast), cast.employee.client
    client.post(url(talk, "save/"), {"a.wellbeing.general": "3"})
    answer = client.post(
        url(talk, "save/"), {"t.wellbeing.general": "tekst", "version.t.wellbeing.general": "0"}
    )
    assert answer.status_code == 200


@pytest.mark.row("A4")
def test_the_leader_sees_only_what_was_ticked_at_handing_in(cast: Cast):
    talk, client = booked_talk(cast), cast.employee.client
    client.post(
        url(talk, "save/"), {"t.wellbeing.general": "til lederen", "t.tasks.time": "privat"}
    )
    client.post(url(talk, "hand-in/"), {"item": ["wellbeing.general"]})
    assert [row.item for row in HandedIn.objects.all()] == ["wellbeing.general"]
    assert Participant.objects.get(part="employee").handed_in_at is not None


@pytest.mark.row("D7")
def test_a_phase_of_life_is_never_ticked_beforehand(cast: Cast):
    talk, client = booked_talk(cast), cast.employee.client
    client.post(
        url(talk, "save/"), {"c.life-phases": ["growing-family"], "t.wellbeing.general": "x"}
    )
    html = client.get(url(talk, "hand-in/")).content.decode()
    rows = {
        part.split('value="')[1].split('"')[0]: " checked" in part
        for part in html.split("<input")
        if 'name="item"' in part
    }
    assert rows == {"wellbeing.general": True, "life-phases": False}


@pytest.mark.row("A4")
def test_where_the_frame_says_so_preparation_is_never_handed_in(cast: Cast):
    talk = booked_talk(cast, kind="mus_bpa")
    assert cast.employee.client.get(url(talk, "hand-in/")).status_code == 404
    assert cast.employee.client.post(url(talk, "hand-in/"), {"item": ["x"]}).status_code == 404
    assert HandedIn.objects.count() == 0


def test_nobody_else_opens_the_preparation(cast: Cast):
    talk = booked_talk(cast)
    for name, member in cast.everybody.items():
        if name in {"employee", "leader"}:
            continue
        for rest in ("", "wellbeing/", "topics/", "hand-in/"):
            assert member.client.get(url(talk, rest)).status_code == 404, (name, rest)


def test_the_page_costs_the_same_queries_with_0_and_22_answers(
    cast: Cast, django_assert_num_queries
):
    talk, client = booked_talk(cast), cast.employee.client
    client.post(url(talk), {"length": "all"})
    with CaptureQueriesContext(
        connection,
    ) as before:
        client.get(url(talk, "wellbeing/"))
    items = ["general", "influence", "meaning", "demands", "valued", "contribute", "balance"]
    client.post(url(talk, "save/"), {f"t.wellbeing.{item}": "x" for item in items})
    with CaptureQueriesContext(connection) as after:
        client.get(url(talk, "wellbeing/"))
    assert len(after) == len(before)


def test_a_note_goes_to_an_agreement_that_one_sees_and_to_no_other(cast: Cast):
    talk = booked_talk(cast)
    type_in_agreement(cast.leader.actor, public_id=talk.public_id, content={"what": "Fast makker"})
    mine = Agreement.objects.get().public_id
    save = url(talk, "save/")
    assert cast.employee.client.post(save, {f"t.old.{mine}": "Det gik fint"}).status_code == 200
    for nowhere in ("abcdefghjkmn", "x" * 500):
        answer = cast.employee.client.post(save, {f"t.old.{nowhere}": "Hvad er det her?"})
        assert answer.status_code == 422
    assert [row.item for row in Answer.objects.all()] == [f"old.{mine}"]


def test_a_clash_names_the_field_that_clashes(cast: Cast):
    talk, client = booked_talk(cast), cast.employee.client
    client.post(url(talk, "save/"), {"t.wellbeing.general": "fane 1"})
    both = {
        "t.wellbeing.influence": "nyt",
        "version.t.wellbeing.influence": "0",
        "t.wellbeing.general": "fane 2",
        "version.t.wellbeing.general": "0",
    }
    answer = client.post(url(talk, "save/"), both)
    assert answer.json()["clash"]["field"] == "t.wellbeing.general"
    assert answer.json()["clash"]["theirs"] == "fane 1"


@pytest.mark.parametrize("odd", ["²", "9" * 5000, "-1", "6", "x", "1.5"])
def test_an_odd_number_is_no_answer_and_no_crash(cast: Cast, odd: str):
    talk = booked_talk(cast)
    answer = cast.employee.client.post(
        url(talk, "save/"),
        {"a.wellbeing.general": odd, "t.wellbeing.general": "x", "version.t.tasks.time": odd},
    )
    assert answer.status_code == 200
    assert "score" not in opened_values(cast, talk)["wellbeing.general"]


def opened_values(cast: Cast, talk):
    actor = cast.employee.actor
    return own_preparation(actor, open_talk(actor, talk.public_id)).values


@pytest.mark.parametrize("odd", ["2026-02-31T10:00", "2026-13-01T10:00", "x", ""])
def test_an_odd_time_is_no_time_and_no_crash(cast: Cast, odd: str):
    talk = booked_talk(cast)
    address = f"/havneby/talks/{talk.public_id}/answer/"
    answer = cast.employee.client.post(address, {"answer": "accept", "time": odd})
    assert answer.status_code == 302


def test_what_is_handed_in_is_what_the_page_showed(cast: Cast):
    talk, client = booked_talk(cast), cast.employee.client
    client.post(url(talk, "save/"), {"t.wellbeing.general": "det her"})
    html = client.get(url(talk, "hand-in/")).content.decode()
    seen = html.split('name="seen" value="')[1].split('"')[0]
    client.post(url(talk, "save/"), {"t.wellbeing.general": "noget helt andet"})
    answer = client.post(url(talk, "hand-in/"), {"item": ["wellbeing.general"], "seen": seen})
    assert answer.status_code == 422
    assert "noget helt andet" in answer.content.decode()
    assert HandedIn.objects.count() == 0


def test_a_page_of_handing_in_that_comes_back_has_the_ticks_that_were_sent(cast: Cast):
    talk, client = booked_talk(cast), cast.employee.client
    client.post(url(talk, "save/"), {"t.wellbeing.general": "vis", "t.tasks.time": "gem"})
    sent = {"item": ["wellbeing.general"], "seen": "an older page"}
    html = client.post(url(talk, "hand-in/"), sent).content.decode()
    assert re.search(r'value="wellbeing.general" checked', html)
    assert not re.search(r'value="tasks.time" checked', html)


def test_topics_save_while_one_writes_and_clash_like_every_text(cast: Cast):
    talk, client = booked_talk(cast), cast.employee.client
    first = {"t.topics": "Weekender", "c.topics": ["wellbeing"], "version.t.topics": "0"}
    assert client.post(url(talk, "save/"), first).status_code == 200
    assert opened_values(cast, talk)["topics"] == {"text": "Weekender", "chosen": ["wellbeing"]}
    second = {"t.topics": "Ferie", "version.t.topics": "0"}
    page = client.post(url(talk, "topics/"), second)
    assert page.status_code == 409
    assert ">Ferie</textarea>" in page.content.decode()
    assert '<blockquote class="said"><p>Weekender</p></blockquote>' in page.content.decode()


@pytest.mark.row("X9")
def test_the_next_talk_of_an_employment_goes_on_from_its_own(cast: Cast):
    """Somebody with two employments has two threads, each with its own leader (T8)."""
    first = booked_talk(cast)
    Conversation.objects.filter(pk=first.pk).update(held_at=clock.now(), state="agreed")
    second = Employment.objects.create(
        organisation=cast.havneby,
        profile=cast.employee.profile,
        number="to",
        unit=cast.top,
        starts_on=cast.employee.employment.starts_on,
    )
    year = clock.today().year + 1
    (other,) = plan_talks(cast.leaders_leader.actor, employments=[second], year=year)
    (own,) = plan_talks(cast.leader.actor, employments=[cast.employee.employment], year=year)
    assert other.previous_id is None
    assert own.previous_id == first.pk


def test_last_years_agreements_stand_where_the_frame_asks_and_in_its_words(cast: Cast):
    talk = booked_talk(cast)
    row = type_in_agreement(
        cast.leader.actor, public_id=talk.public_id, content={"what": "Fast makker"}
    )
    client = cast.employee.client
    client.post(f"/havneby/talks/{talk.public_id}/prepare/", {"length": "all"})
    page = client.get(f"/havneby/talks/{talk.public_id}/prepare/steps/").content.decode()
    document = document_of(talk.content)
    asked = [item for item in document.items_for("employee") if item.id.startswith("steps.")]
    places = [page.index(str(escape(item.text["da"]))) for item in asked]
    assert places == sorted(places)
    old = page.index(f't.old.{row.public_id}"')
    at = [item.type for item in asked].index("agreements")
    assert places[at] < old < places[at + 1]
    assert str(escape(asked[at].explanation["da"])) in page
    assert str(escape(asked[at].help[0]["da"])) in page
    assert re.findall(r'<span class="n">(\d+)</span>', page) == [
        str(number) for number in range(1, len(asked) + 1)
    ]


@pytest.mark.row("D7")
def test_the_leader_is_not_asked_for_the_own_phase_of_life(cast: Cast):
    talk = booked_talk(cast)
    for who, asked, other in (
        (cast.employee, "passer på dig nu", "fortalt dig om"),
        (cast.leader, "fortalt dig om", "passer på dig nu"),
    ):
        page = who.client.get(url(talk, "wellbeing/")).content.decode()
        assert asked in page
        assert other not in page


@pytest.mark.row("A4")
def test_the_citizen_is_asked_nothing_and_told_so(cast: Cast):
    talk = booked_talk(cast, "mus_bpa")
    client = cast.leader.client
    page = client.get(url(talk)).content.decode()
    assert "alle 0 spørgsmål" not in page.lower()
    assert "Der er ingen spørgsmål, du skal svare på forinden." in page
    answer = client.post(url(talk), {"length": "all"})
    assert answer.status_code == 302
    assert answer["Location"].endswith("/prepare/topics/")


def test_the_short_version_says_how_long_it_takes(cast: Cast):
    talk = booked_talk(cast)
    document = document_of(talk.content)
    page = cast.employee.client.get(url(talk)).content.decode()
    count = len(document.items_for("employee", True))
    minutes = round(count * 40 / 60)
    assert minutes != 6
    assert f"De {count} spørgsmål" in page or f"de {count} spørgsmål" in page
    assert f"cirka {minutes} minutter" in page
