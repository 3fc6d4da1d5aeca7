"""A choice, several and a table on every page of a talk, from preparing to one's own copy."""

import io
import re

import pytest
from pypdf import PdfReader

from musling.conversations.actions import preparing, talking
from musling.conversations.models import Conversation
from musling.conversations.queries.preparation import own_preparation
from musling.conversations.queries.talks import talk as open_talk
from musling.frames.models import FrameVersion
from musling.privacy.models import AccessRequest
from tests import every_type
from tests.cast import Cast, Member, booked_talk
from tests.conversations import stages
from tests.web.staff_pages import at, english, queries, words
from tests.web.test_my_data import downloaded

pytestmark = pytest.mark.django_db
CELL, HOURS, TASKS = "cell.learn.plan/1.what", "c.job.hours", "c.job.tasks"
FULL = {
    "job.hours": {"chosen": ["more"], "text": "Gerne om aftenen"},
    "job.tasks": {"chosen": ["care", "guide"]},
    "learn.plan": {"cells": {"1.what": "Et kursus", "1.when": "Til maj", "3.how": "Ved siden af"}},
}


@pytest.fixture
def talk(cast: Cast) -> Conversation:
    """Booked; it asks every type of item, and each prepares all of it."""
    every_type.adopt(cast)
    row = booked_talk(cast)
    for member in (cast.employee, cast.leader):
        preparing.choose_length(member.actor, public_id=row.public_id, short=False)
    return row


def url(talk: Conversation, rest: str = "") -> str:
    return f"/havneby/talks/{talk.public_id}/{rest}"


def page(member: Member, talk: Conversation, rest: str) -> str:
    answer = member.client.get(url(talk, rest))
    assert answer.status_code == 200, answer
    return answer.content.decode()


def values(member: Member, talk: Conversation) -> dict:
    return own_preparation(member.actor, open_talk(member.actor, talk.public_id)).values


def fields(html: str, name: str) -> list[str]:
    """The inputs of that name, as they stand in the page."""
    return re.findall(rf'<input[^>]* name="{re.escape(name)}"[^>]*>', html)


def checked(html: str, name: str) -> list[str]:
    found = [one for one in fields(html, name) if " checked" in one]
    return [re.search(r'value="([^"]*)"', one)[1] for one in found]


def both_handed_in(cast: Cast, talk: Conversation) -> None:
    leaders = {
        "job.hours": {"chosen": ["same"]},
        "learn.plan": {"cells": {"1.what": "Du kan lære fra dig"}},
    }
    for member, answers in ((cast.employee, FULL), (cast.leader, leaders)):
        preparing.save_answers(member.actor, public_id=talk.public_id, answers=answers, versions={})
        preparing.hand_in(member.actor, public_id=talk.public_id, items=list(answers))


# --- preparing ------------------------------------------------------------------------------------


@pytest.mark.row("D3")
def test_nothing_is_chosen_beforehand_and_everything_comes_back_without_a_script(cast: Cast, talk):
    for member, asked in ((cast.employee, "Hvor mange timer vil"), (cast.leader, "er der brug")):
        html = page(member, talk, "prepare/job/")
        assert asked in html
        assert not checked(html, HOURS)
        assert not checked(html, TASKS)
        sent = {HOURS: "more", TASKS: ["guide", "care", ""], "t.job.hours": "Gerne & <b>snart</b>"}
        assert member.client.post(url(talk, "prepare/job/"), sent).status_code == 302
        html = page(member, talk, "prepare/job/")
        assert (checked(html, HOURS), checked(html, TASKS)) == (["more"], ["guide", "care"])
        assert "Gerne &amp; &lt;b&gt;snart&lt;/b&gt;" in html
        fold = html[: html.index('name="t.job.hours"')].rsplit("<details", 1)[1]
        assert fold.startswith(' class="comment" open')


def test_a_choice_and_all_ticks_can_be_taken_back_without_a_script(cast: Cast, talk):
    client = cast.employee.client
    client.post(url(talk, "prepare/job/"), {HOURS: "more", TASKS: ["guide", ""]})
    html = page(cast.employee, talk, "prepare/job/")
    assert any('type="radio"' in one and 'value=""' in one for one in fields(html, HOURS))
    assert any('type="hidden"' in one and 'value=""' in one for one in fields(html, TASKS))
    client.post(url(talk, "prepare/job/"), {HOURS: "", TASKS: ""})
    assert not {"job.hours", "job.tasks"} & set(values(cast.employee, talk))


def test_a_table_has_a_label_for_every_cell_and_keeps_what_was_written(cast: Cast, talk):
    html = english(cast.employee).get(url(talk, "prepare/learn/")).content.decode()
    cells = re.findall(r'<textarea[^>]* id="([^"]+)" name="(cell\.[^"]+)"', html)
    assert len(cells) == 9
    for identity, name in cells:
        assert identity == name
        assert html.count(f'<label class="form-label" for="{name}">') == 1
        assert f'name="version.{name}" value="0"' in html
    first = re.search(rf'<label[^>]* for="{CELL}">(.*?)</label>', html, re.DOTALL)[1]
    assert re.sub(r"<[^>]+>", "", first) == "What, row 1 at question 7"
    sent = {CELL: "Et <i>kursus</i>\r\ni to dage", f"version.{CELL}": "0"}
    assert cast.employee.client.post(url(talk, "prepare/learn/"), sent).status_code == 302
    html = page(cast.employee, talk, "prepare/learn/")
    assert "Et &lt;i&gt;kursus&lt;/i&gt;\ni to dage</textarea>" in html
    assert f'name="version.{CELL}" value="1"' in html


def test_saving_while_one_writes_tells_the_version_of_what_was_sent_and_no_other(cast: Cast, talk):
    save, client = url(talk, "prepare/save/"), cast.employee.client
    client.post(save, {"t.job.hours": "fane 1"})
    ticked = client.post(save, {HOURS: "more"})
    assert (ticked.status_code, ticked.json()["versions"]) == (200, {})
    written = client.post(save, {CELL: "a", f"version.{CELL}": "0"})
    assert written.json()["versions"] == {CELL: 1}


def test_what_cannot_be_chosen_is_refused_at_its_own_field(cast: Cast, talk):
    save, client = url(talk, "prepare/save/"), cast.employee.client
    for name, value in (
        (HOURS, "none"),
        (TASKS, "none"),
        ("cell.learn.plan/9.what", "x"),
        ("cell.learn.plan", "x"),
        ("cell.no.such/1.what", "x"),
    ):
        answer = client.post(save, {name: value})
        assert answer.status_code == 422, name
    assert list(client.post(save, {HOURS: "none"}).json()["errors"]) == [HOURS]
    assert list(client.post(save, {"cell.learn.plan/9.what": "x"}).json()["errors"]) == [
        "cell.learn.plan/9.what"
    ]
    assert not values(cast.employee, talk)


def test_two_tabs_in_one_cell_lose_nothing(cast: Cast, talk):
    client = english(cast.employee)
    save, form = url(talk, "prepare/save/"), url(talk, "prepare/learn/")
    client.post(save, {CELL: "fane 1", f"version.{CELL}": "0"})
    answer = client.post(save, {CELL: "fane 2", f"version.{CELL}": "0"})
    assert answer.status_code == 409
    assert answer.json()["clash"] == {"field": CELL, "theirs": "fane 1", "version": 1}
    how = CELL.replace("what", "how")
    second = {CELL: "fane 2", f"version.{CELL}": "0", how: "Sammen", f"version.{how}": "0"}
    answer = client.post(form, second)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert '<blockquote class="said"><p>fane 1</p></blockquote>' in html
    assert "What do you want to learn? – What, row 1" in html
    assert re.search(r">\s*fane 2</textarea>", html)
    assert re.search(r">\s*Sammen</textarea>", html)
    second[f"version.{CELL}"] = re.search(rf'name="version.{CELL}" value="(\d+)"', html)[1]
    assert client.post(form, second).status_code == 302
    assert values(cast.employee, talk)["learn.plan"]["cells"] == {
        "1.what": "fane 2",
        "1.how": "Sammen",
    }


def test_the_page_costs_the_same_queries_empty_and_full(cast: Cast, talk):
    pages = [url(talk, f"prepare/{step}/") for step in ("job", "learn", "hand-in")]
    empty = [queries(cast.employee.client, one) for one in pages]
    me = cast.employee.actor
    preparing.save_answers(me, public_id=talk.public_id, answers=FULL, versions={})
    assert [queries(cast.employee.client, one) for one in pages] == empty


def test_a_phase_of_life_is_explained(cast: Cast, talk):
    assert "De første år efter uddannelsen." in page(cast.employee, talk, "prepare/job/")


# --- handing in, and the talk ---------------------------------------------------------------------


def test_handing_in_shows_the_words_and_the_rows(cast: Cast, talk):
    me = cast.employee.actor
    preparing.save_answers(me, public_id=talk.public_id, answers=FULL, versions={})
    shown = words(cast.employee.client.get(url(talk, "prepare/hand-in/")))
    for part in (
        "Flere Gerne om aftenen",
        "Vejledning, Pleje",
        "Hvad Hvordan Hvornår Et kursus Til maj Ved siden af",
    ):
        assert part in shown


@pytest.mark.parametrize("who", ["employee", "leader"])
def test_both_sides_stand_in_the_room_and_on_what_was_handed_in(cast: Cast, talk, who: str):
    both_handed_in(cast, talk)
    reader = getattr(cast, who)
    handed_in = words(reader.client.get(url(talk, "handed-in/")))
    stages.agreed_frame(cast, talk)
    now = words(reader.client.get(url(talk, "room/?phase=now")))
    ahead = words(reader.client.get(url(talk, "room/?phase=ahead")))
    for seen in (handed_in, now):
        mine, theirs = ("Flere Gerne om aftenen", "Det samme")
        assert seen.index(mine) < seen.index(theirs)
        assert "Vejledning, Pleje" in seen
    for seen in (handed_in, ahead):
        table = "Hvad Hvordan Hvornår Et kursus Til maj Ved siden af"
        assert seen.index(table) < seen.index("Du kan lære fra dig")


def test_what_was_kept_back_stands_nowhere(cast: Cast, talk):
    me = cast.employee.actor
    preparing.save_answers(me, public_id=talk.public_id, answers=FULL, versions={})
    preparing.hand_in(me, public_id=talk.public_id, items=["job.tasks"])
    stages.agreed_frame(cast, talk)
    for phase in ("now", "ahead"):
        seen = page(cast.leader, talk, f"room/?phase={phase}")
        assert "Et kursus" not in seen
        assert "Gerne om aftenen" not in seen


def test_what_is_answered_together_stands_there_and_is_written_in_the_minutes(cast: Cast, talk):
    stages.agreed_frame(cast, talk)
    seen = words(cast.employee.client.get(url(talk, "room/?phase=now")))
    at_hand = seen[seen.index("Hvad er vigtigst for os to?") :]
    for part in ("Ro Fart", "Hvad kan vente?"):
        assert part in at_hand
    ahead = page(cast.employee, talk, "room/?phase=ahead")
    assert 'name="text.goals"' in ahead  # a table of goals has no other place
    assert "Skridt · Hvem" in ahead
    assert "Hvad er det første skridt?" in ahead
    for section, said in (("job", "Ro er vigtigst"), ("goals", "Mette ringer: Lars")):
        sent = {f"text.{section}": said, f"version.text.{section}": "0", "phase": "now"}
        cast.employee.client.post(url(talk, "room/write/"), sent)
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    for rest in ("minutes/", "minutes.pdf"):
        answer = cast.employee.client.get(url(talk, rest))
        assert answer.status_code == 200
        text = answer.content
        read = words(answer) if rest.endswith("/") else pdf_text(text)
        assert "Ro er vigtigst" in read
        assert "Mette ringer: Lars" in read


def pdf_text(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(one.extract_text() for one in pages).split())


@pytest.mark.row("C8")
def test_a_themes_time_is_on_the_leaders_screen_only(cast: Cast, talk):
    stages.agreed_frame(cast, talk)
    now, ahead = url(talk, "room/?phase=now"), url(talk, "room/?phase=ahead")
    assert "about 10 minutes" in words(english(cast.leader).get(now))
    assert "about 10 minutes" not in words(english(cast.leader).get(ahead))
    assert "about 10 minutes" not in words(english(cast.employee).get(now))


def test_who_put_a_question_in_is_said_beside_it(cast: Cast, talk):
    stages.agreed_frame(cast, talk)
    version = FrameVersion.objects.get(frame__name="Alle slags").public_id
    for seen in (
        english(cast.employee).get(url(talk, "prepare/job/")),
        english(cast.leader).get(url(talk, "room/?phase=now")),
        english(cast.hr).get(at("frame", version)),
    ):
        read = words(seen)
        assert "Hvor skal vi hen i år? Added by the leader" in read
        hours = read.index("How many ")
        assert "Chosen by the MED committee" in read[hours : hours + 90]
        assert "Jeg trives. Added" not in read
        assert "Is it quiet? Chosen" not in read  # its theme is called so
        assert "Jeg trives. Mandatory Chosen" not in read


def test_a_preview_shows_what_each_will_see(cast: Cast, talk):
    version = FrameVersion.objects.get(frame__name="Alle slags").public_id
    hr = english(cast.hr)
    shown = {part: hr.get(at("frame", version), {"part": part}) for part in ("employee", "leader")}
    for part, answer in shown.items():
        html = answer.content.decode()
        assert len(fields(html, HOURS)) == 4, part
        assert len(fields(html, TASKS)) == 4, part
        assert html.count('name="cell.learn.plan/') == 9, part
        read = words(answer)
        together = read[read.index("Answered together, in the talk") :]
        assert "What matters most to us?" in together
        assert "Hvad kan vente?" in together
        assert "Calm Pace" in together
        assert "Skridt · Hvem" in together
    assert "about 10 minutes" in words(shown["leader"])
    assert "about 10 minutes" not in words(shown["employee"])
    assert "How many do you want" not in words(shown["leader"])


# --- one's own copy -------------------------------------------------------------------------------


def test_an_access_request_hands_out_the_words(cast: Cast, talk):
    lars = cast.leader
    preparing.save_answers(lars.actor, public_id=talk.public_id, answers=FULL, versions={})
    cast.employee.client.post(at("access-ask"))
    row = AccessRequest.objects.get()
    before = lars.client.get(at("asked-one", row.public_id))
    seen = before.content.decode().split('name="seen" value="')[1].split('"')[0]
    given = {"answer": "hand_out", "seen": seen}
    assert lars.client.post(at("asked-one", row.public_id), given).status_code == 302
    after = cast.employee.client.get(at("access-answer", row.public_id))
    for answer in (before, after):
        read = words(answer)
        assert "Flere Gerne om aftenen" in read
        assert "Vejledning, Pleje" in read
        assert "Hvad Hvordan Hvornår Et kursus Til maj Ved siden af" in read
    told = downloaded(cast.employee)[0]["access_requests"][0]["handed_out"]
    assert ["Hvor mange timer er der brug for?", None, "Flere\nGerne om aftenen"] in told
    assert told[-1][2] == "Hvad: Et kursus; Hvornår: Til maj\nHvordan: Ved siden af"


def test_my_own_data_has_the_words_with_their_questions(cast: Cast, talk):
    both_handed_in(cast, talk)
    (held,) = downloaded(cast.employee)[0]["talks"]
    own = {row["item"]: row for row in held["my_preparation"]}
    assert own["job.tasks"] == {
        "item": "job.tasks",
        "question": "Hvilke opgaver vil du have flere af?",
        "chosen": ["Vejledning", "Pleje"],
    }
    assert own["learn.plan"]["table"] == {
        "columns": ["Hvad", "Hvordan", "Hvornår"],
        "rows": [["Et kursus", "", "Til maj"], ["", "Ved siden af", ""]],
    }
    theirs = [row for row in held["handed_in"] if not row["mine"]]
    assert {row["item"] for row in theirs} == {"job.hours", "learn.plan"}
    assert ["Det samme"] in [row.get("chosen") for row in theirs]
