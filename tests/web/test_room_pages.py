"""The threshold and the room as pages: with and without a script, and what the other party sees."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musling.conversations.actions import preparing, talking
from musling.conversations.models import Agreement, Conversation, FocusArea, Participant
from tests.cast import Cast, Member, booked_talk
from tests.conversations import stages

pytestmark = pytest.mark.django_db
SAVING = {"X-Musling-Autosave": "1"}


def url(talk: Conversation, rest: str = "room/") -> str:
    return f"/havneby/talks/{talk.public_id}/{rest}"


def html(member: Member, talk: Conversation, rest: str = "room/") -> str:
    answer = member.client.get(url(talk, rest))
    assert answer.status_code == 200, answer
    return answer.content.decode()


def post(member: Member, talk: Conversation, rest: str, data: dict, **more):
    return member.client.post(url(talk, rest), data, **more)


# --- the threshold --------------------------------------------------------------------------------


@pytest.mark.row("C7")
def test_both_come_into_the_room_without_a_script(cast: Cast):
    talk = booked_talk(cast)
    taker = stages.seat(talk, "employee").public_id
    first = {"expectation": "Ro på", "version.expectation": 0, "minute_taker": taker, "agree": "1"}
    assert post(cast.employee, talk, "room/frame/", first).status_code == 302
    page = html(cast.leader, talk)
    assert "Ro på" in page
    assert 'name="agree"' in page
    assert 'name="agree"' not in html(cast.employee, talk)
    second = {"expectation": "", "version.expectation": 0, "minute_taker": taker, "agree": "1"}
    post(cast.leader, talk, "room/frame/", second)
    for member in (cast.employee, cast.leader):
        assert 'class="phases"' in html(member, talk)


def test_agreeing_without_a_minute_taker_says_so_and_keeps_what_was_typed(cast: Cast):
    talk = booked_talk(cast)
    answer = post(
        cast.employee,
        talk,
        "room/frame/",
        {"expectation": "Ro på", "version.expectation": 0, "agree": "1"},
    )
    page = answer.content.decode()
    assert (answer.status_code, "Ro på" in page) == (422, True)
    assert 'data-module="error-summary"' in page


def test_what_one_expects_saves_while_one_writes(cast: Cast):
    talk = booked_talk(cast)
    save = {"expectation": "et", "version.expectation": 0}
    answer = post(cast.employee, talk, "room/frame/", save, headers=SAVING)
    assert answer.json()["versions"] == {"expectation": 1}
    again = {"expectation": "to", "version.expectation": 0}
    clash = post(cast.employee, talk, "room/frame/", again, headers=SAVING)
    assert (clash.status_code, clash.json()) == (
        409,
        {"clash": {"field": "expectation", "theirs": "et", "version": 1}},
    )
    page = post(cast.employee, talk, "room/frame/", again)
    assert page.status_code == 409
    assert {"et", "to"} <= set(re.findall(r"[>\n](et|to)</", page.content.decode()))


def test_a_refused_save_names_every_field_of_the_post(cast: Cast):
    talk = booked_talk(cast)
    answer = post(
        cast.employee,
        talk,
        "room/frame/",
        {"expectation": "x", "minute_taker": "nobody"},
        headers=SAVING,
    )
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"expectation", "minute_taker"}


def test_the_threshold_follows_the_other_party_and_then_leads_in(cast: Cast):
    talk = booked_talk(cast)
    page = html(cast.employee, talk)
    news = re.search(r'hx-get="([^"]+)"', page)[1].replace("&amp;", "&")
    client = cast.employee.client
    assert client.get(news).status_code == 204
    talking.note_expectation(cast.leader.actor, public_id=talk.public_id, text="Blive klogere")
    part = client.get(news)
    assert part.status_code == 200
    assert "Blive klogere" in part.content.decode()
    assert part.content.decode().count('hx-swap-oob="true"') == 3
    stages.agreed_frame(cast, talk)
    led_in = client.get(news)
    assert led_in.headers["HX-Redirect"] == url(talk)


# --- the room -------------------------------------------------------------------------------------


def both_handed_in(cast: Cast) -> Conversation:
    talk = booked_talk(cast)
    stages.hand_in(cast, talk, "Weekenderne er hårde")
    for member, answers in (
        (
            cast.employee,
            {
                "wellbeing.general": {"score": 4, "text": "Weekenderne er hårde"},
                "wellbeing.life-phase": {"score": 3},
                "life-phases": {"chosen": ["growing-family"]},
                "topics": {"chosen": ["cooperation"], "text": "Kørsel"},
            },
        ),
        (
            cast.leader,
            {
                "wellbeing.general": {"score": 2, "text": "Fortæl mere"},
                "feedback.contribution": {"text": "Du samler holdet"},
            },
        ),
    ):
        preparing.save_answers(member.actor, public_id=talk.public_id, answers=answers, versions={})
        preparing.hand_in(member.actor, public_id=talk.public_id, items=list(answers))
    stages.agreed_frame(cast, talk)
    return talk


def test_what_both_handed_in_stands_side_by_side(cast: Cast):
    talk = both_handed_in(cast)
    for member in (cast.employee, cast.leader):
        page = html(member, talk, "room/?phase=now")
        pair = page[page.index("Weekenderne er hårde") : page.index("Fortæl mere")]
        assert "<h3" not in pair  # within one pair
        assert "Familien vokser" in page
        assert "Du samler holdet" in page


def test_what_was_kept_back_stands_nowhere(cast: Cast):
    talk = booked_talk(cast)
    preparing.save_answers(
        cast.employee.actor,
        public_id=talk.public_id,
        answers={"wellbeing.general": {"text": "hemmeligt"}, "wellbeing.meaning": {"score": 5}},
        versions={},
    )
    preparing.hand_in(cast.employee.actor, public_id=talk.public_id, items=["wellbeing.meaning"])
    stages.agreed_frame(cast, talk)
    for member in (cast.employee, cast.leader):
        for phase in ("back", "now", "ahead"):
            assert "hemmeligt" not in html(member, talk, f"room/?phase={phase}")


def test_a_chosen_topic_comes_first_in_its_phase(cast: Cast):
    talk = both_handed_in(cast)
    page = html(cast.leader, talk, "room/?phase=now")
    themes = re.findall(r'<section class="sheet" id="(theme-[^"]+)"', page)
    assert themes[0] == "theme-cooperation"
    back = html(cast.leader, talk, "room/?phase=back")
    assert "#theme-cooperation" in back
    assert "Kørsel" in back


@pytest.mark.row("B2")
def test_three_phases_hold_every_theme_that_looks_there(cast: Cast):
    talk = both_handed_in(cast)
    ahead = html(cast.employee, talk, "room/?phase=ahead")
    assert "theme-goals" in ahead
    assert "theme-wellbeing" not in ahead
    for section in ("ground-rules", "conclusion", "talk"):
        assert f'name="text.{section}"' in ahead
    assert html(cast.employee, talk, "room/?phase=nonsense").count('aria-current="step"') == 1


@pytest.mark.row("C8")
def test_the_clock_is_on_the_leaders_screen_only(cast: Cast):
    talk = both_handed_in(cast)
    assert "data-clock=" in html(cast.leader, talk)
    assert "data-clock=" not in html(cast.employee, talk)


def test_a_kind_without_a_clock_shows_none(cast: Cast):
    talk = stages.open_talk(cast, "mus_bpa")
    assert "data-clock=" not in html(cast.leader, talk)


@pytest.mark.row("A4")
def test_where_nothing_is_ever_handed_in_the_room_has_the_questions_and_no_answers(cast: Cast):
    talk = booked_talk(cast, "mus_bpa")
    preparing.save_answers(
        cast.employee.actor,
        public_id=talk.public_id,
        answers={"work.feeling": {"text": "kun mit"}},
        versions={},
    )
    stages.agreed_frame(cast, talk)
    page = html(cast.leader, talk, "room/?phase=now")
    assert "theme-work" in page
    assert "kun mit" not in page
    assert 'class="pair"' not in page.split('<dialog class="dialog" data-clash')[0]


# --- writing in place -----------------------------------------------------------------------------


def test_the_minute_taker_writes_and_the_other_reads_along(cast: Cast):
    talk = stages.open_talk(cast)
    page = html(cast.leader, talk, "room/?phase=now")
    news = re.search(r'hx-get="([^"]+)"', page)[1].replace("&amp;", "&")
    assert 'name="text.wellbeing"' not in page
    assert 'name="text.wellbeing"' in html(cast.employee, talk, "room/?phase=now")
    saved = post(
        cast.employee,
        talk,
        "room/write/",
        {"text.wellbeing": "Bedre\r\nvagter", "version.text.wellbeing": 0},
        headers=SAVING,
    )
    assert saved.json()["versions"] == {"text.wellbeing": 1}
    part = cast.leader.client.get(news).content.decode()
    assert 'id="minutes-wellbeing" hx-swap-oob="true">Bedre\nvagter</div>' in part
    assert "<textarea" not in part


def test_two_at_one_section_get_both_texts(cast: Cast):
    talk = stages.open_talk(cast)
    stages.write(cast, talk, "Mettes", "conclusion")
    late = {"text.conclusion": "Lars'", "version.text.conclusion": 0, "phase": "ahead"}
    clash = post(cast.leader, talk, "room/write/", late, headers=SAVING)
    assert (clash.status_code, clash.json()["clash"]) == (
        409,
        {"field": "text.conclusion", "theirs": "Mettes", "version": 1},
    )
    page = post(cast.leader, talk, "room/write/", late)
    words = page.content.decode()
    assert (page.status_code, "Mettes" in words, "Lars&#x27;" in words) == (409, True, True)
    assert "room/?phase=ahead" in words


def test_without_a_script_the_button_saves_and_comes_back(cast: Cast):
    talk = stages.open_talk(cast)
    answer = post(
        cast.employee,
        talk,
        "room/write/",
        {"text.wellbeing": "Skrevet", "version.text.wellbeing": 0, "phase": "now"},
    )
    assert answer.headers["Location"] == url(talk, "room/?phase=now")
    assert "\nSkrevet</textarea>" in html(cast.employee, talk, "room/?phase=now")


def test_without_a_script_one_press_saves_every_section_of_the_page(cast: Cast):
    talk = stages.open_talk(cast)
    page = html(cast.employee, talk, "room/?phase=ahead")
    (form,) = re.findall(r'<form class="writing".*?</form>', page, re.DOTALL)
    fields = dict(re.findall(r'name="((?:version|seen)\.text\.[^"]+)" value="([^"]*)"', form))
    names = re.findall(r'<textarea[^>]* name="(text\.[^"]+)"', form)
    assert len(names) > 3
    sent = fields | dict.fromkeys(names, "") | {names[0]: "Den ene", names[-1]: "Den anden"}
    # The other changes a section meanwhile that one has not touched.
    other = next(
        name for name in names[1:-1] if name.split(".")[1] in ("ground-rules", "conclusion")
    )
    stages.write(cast, talk, "Mettes ord", other.removeprefix("text."))
    answer = post(cast.employee, talk, "room/write/", sent | {"phase": "ahead"})
    assert answer.status_code == 302
    for name, words in ((names[0], "Den ene"), (names[-1], "Den anden"), (other, "Mettes ord")):
        assert stages.section_of(cast, talk, name.removeprefix("text.")) == words


def test_without_a_script_a_clash_saves_the_rest_and_shows_both_texts(cast: Cast):
    talk = stages.open_talk(cast)
    stages.write(cast, talk, "Fra en anden fane", "conclusion")
    sent = {
        "text.conclusion": "Min konklusion",
        "version.text.conclusion": 0,
        "text.ground-rules": "Vores regler",
        "version.text.ground-rules": 0,
    }
    answer = post(cast.employee, talk, "room/write/", sent)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Min konklusion" in page
    assert "Fra en anden fane" in page
    assert stages.section_of(cast, talk, "ground-rules") == "Vores regler"


def test_too_long_a_text_is_kept_on_the_page(cast: Cast):
    talk = stages.open_talk(cast)
    answer = post(
        cast.employee,
        talk,
        "room/write/",
        {"text.talk": "slutord " * 3000, "version.text.talk": 0, "phase": "ahead"},
    )
    assert answer.status_code == 422
    assert answer.content.decode().count("slutord") == 3000


def test_the_other_writes_what_both_end_with_when_asked_for(cast: Cast):
    talk = stages.open_talk(cast)
    assert 'name="text.conclusion"' not in html(cast.leader, talk, "room/?phase=ahead")
    page = html(cast.leader, talk, "room/?phase=ahead&write=conclusion")
    assert 'name="text.conclusion"' in page
    assert "write=wellbeing" not in html(cast.leader, talk, "room/?phase=now")
    assert 'name="text.wellbeing"' not in html(cast.leader, talk, "room/?phase=now&write=wellbeing")


def test_when_the_other_has_ended_the_talk_the_page_says_so_and_nothing_is_lost(cast: Cast):
    talk = stages.open_talk(cast)
    page = html(cast.employee, talk, "room/?phase=now")
    news = re.search(r'hx-get="([^"]+)"', page)[1].replace("&amp;", "&")
    assert post(cast.leader, talk, "room/end/", {}).headers["Location"] == url(talk, "minutes/")
    part = cast.employee.client.get(news)
    assert url(talk, "minutes/") in part.content.decode()
    saved = post(
        cast.employee,
        talk,
        "room/write/",
        {"text.talk": "endnu et ord", "version.text.talk": 0},
        headers=SAVING,
    )
    assert saved.status_code == 200


# --- we agree -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "model"), [("agreement", Agreement), ("focus_area", FocusArea)])
def test_one_button_puts_the_line_where_it_belongs(cast: Cast, kind: str, model):
    talk = stages.open_talk(cast)
    answer = post(
        cast.leader,
        talk,
        "we-agree/",
        {"kind": kind, "what": "Fast makker", "mine": "Jeg spørger", "phase": "now"},
    )
    assert answer.headers["Location"] == url(talk, "room/?phase=now#agreed")
    assert model.objects.filter(conversation=talk).count() == 1
    assert "Fast makker" in html(cast.employee, talk)


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": ""},
        {"what": "x", "due_on": "snart"},
        {"what": "x" * 2001},
        {"what": "x", "kind": "promise"},
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(cast: Cast, wrong: dict):
    talk = stages.open_talk(cast)
    answer = post(
        cast.leader,
        talk,
        "we-agree/",
        {"kind": "agreement", "action": "Lars spørger rundt"} | wrong,
    )
    assert answer.status_code == 422
    assert "Lars spørger rundt" in answer.content.decode()
    assert 'class="problems"' in answer.content.decode()
    assert not Agreement.objects.exists()


def test_a_change_to_what_the_other_took_away_can_be_written_down_anew(cast: Cast):
    talk = stages.open_talk(cast)
    post(cast.leader, talk, "we-agree/", {"kind": "agreement", "what": "Fast makker"})
    row = Agreement.objects.get().public_id
    post(cast.leader, talk, f"we-agree/agreement/{row}/", {"take_away": "1"})
    typed = {"what": "Fast makker fra mandag", "who": "Lars", "version": "1"}
    answer = post(cast.employee, talk, f"we-agree/agreement/{row}/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r">\s*Fast makker fra mandag</textarea>", page)
    assert f'action="{url(talk, "we-agree/")}"' in page
    assert "taget væk i mellemtiden" in page
    post(cast.employee, talk, "we-agree/", {**typed, "kind": "agreement"})
    (left,) = Agreement.objects.filter(removed_at=None)
    assert left.public_id != row


def test_a_change_by_the_other_meanwhile_shows_both(cast: Cast):
    talk = stages.open_talk(cast)
    row = stages.agree(cast, talk, "Første", action="Ring")
    page = f"we-agree/agreement/{row.public_id}/"
    assert "Ring" in html(cast.employee, talk, page)
    change = {"what": "Mettes", "action": "Skriv", "version": 1}
    assert post(cast.employee, talk, page, change).status_code == 302
    late = post(cast.leader, talk, page, {"what": "Lars har skrevet", "version": 1})
    words = late.content.decode()
    assert late.status_code == 409
    assert all(word in words for word in ("Lars har skrevet", "Mettes", "Skriv"))
    version = re.search(r'name="version"[^>]*value="(\d+)"', words)[1]
    again = {"what": "Lars har skrevet", "version": version}
    assert post(cast.leader, talk, page, again).status_code == 302


def test_taking_away_can_be_undone_on_the_page(cast: Cast):
    talk = stages.open_talk(cast)
    row = stages.agree(cast, talk)
    away = post(cast.leader, talk, f"we-agree/agreement/{row.public_id}/", {"take_away": "1"})
    page = cast.leader.client.get(away.headers["Location"]).content.decode()
    assert "Fast makker" not in page
    assert f'value="{row.public_id}"' in page
    post(cast.leader, talk, "put-back/", {"what": "agreement", "row": row.public_id})
    assert "Fast makker" in html(cast.leader, talk)


def test_there_is_one_primary_button(cast: Cast):
    talk = stages.open_talk(cast)
    for phase in ("back", "now", "ahead"):
        page = html(cast.leader, talk, f"room/?phase={phase}")
        shown = re.sub(r"<dialog.*?</dialog>", "", page, flags=re.DOTALL)
        assert shown.count("button-primary") == 1, phase


# --- first year, and cost -------------------------------------------------------------------------


def test_last_years_agreements_and_rules_open_the_talk(cast: Cast):
    talk = stages.open_talk(cast)
    stages.write(cast, talk, "Vi ringer først", "ground-rules")
    stages.agree(cast, talk, "Færre møder")
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    nexts = stages.next_year(cast)
    stages.agreed_frame(cast, nexts)
    for member in (cast.employee, cast.leader):
        back = html(member, nexts)
        assert "Vi ringer først" in back
        assert "Færre møder" in back
    assert "agreements/type-in/" not in html(cast.leader, nexts)


def test_the_first_year_offers_to_type_them_in(cast: Cast):
    talk = stages.open_talk(cast)
    assert "agreements/type-in/" in html(cast.leader, talk)


@pytest.mark.parametrize("page", ["room/?phase=now", "room/?phase=back", "minutes/"])
def test_a_page_costs_the_same_with_one_and_with_thirty_agreements(cast: Cast, page: str):
    talk = stages.open_talk(cast)
    stages.agree(cast, talk)
    client = cast.leader.client
    client.get(url(talk, page))

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(talk, page)).status_code == 200
        return len(queries)

    few = cost()
    for number in range(29):
        stages.agree(cast, talk, f"nr. {number}")
    assert cost() == few
    assert few <= 26


def test_nobody_else_takes_a_seat_by_looking(cast: Cast):
    talk = booked_talk(cast)
    for name in ("colleague", "hr", "leaders_leader"):
        assert cast.everybody[name].client.get(url(talk)).status_code == 404
    assert Participant.objects.filter(conversation=talk).count() == 2
