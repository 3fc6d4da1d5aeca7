"""The form of an evaluation, once for each; HR's page; and nothing for anybody else."""

import pytest
from django.test import Client

from musling.foundation import clock
from musling.identity.models import HeldPost
from musling.rounds.evaluation.models import Evaluation, EvaluationTicket
from musling.rounds.models import State
from tests.cast import Cast, Member
from tests.identity.test_held_posts import send
from tests.rounds.evaluation.evaluating import A_DAY, World, make_round, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.row("C4")]
SECRET = "Vagterne skal ligge fast"


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast, log_in=True)


def form_of(world: World) -> str:
    return f"/havneby/evaluation/{world.round.public_id}/"


def hr_page(world: World, which: str = "") -> str:
    return f"/havneby/rounds/{world.round.public_id}/evaluation/{which}"


def sends(world: World, who: Member, **more: str) -> object:
    return who.client.post(form_of(world), {"anonymous": "1", "s.heard": "3"} | more)


def words(world: World, who: Member | None = None, address: str = "") -> str:
    answer = (who or world.cast.hr).client.get(address or hr_page(world))
    assert answer.status_code == 200
    return answer.content.decode()


# --- who comes where ----------------------------------------------------------------------------


STAGES = pytest.mark.parametrize("stage", ["before", "open", "closed"])


def bring_to(world: World, stage: str) -> None:
    if stage != "before":
        world.asks()
    if stage == "closed":
        world.closes()


@STAGES
def test_the_form_is_there_for_who_took_part_once_somebody_was_asked(world: World, stage: str):
    bring_to(world, stage)
    client = world.employees[0].client
    there = 404 if stage == "before" else 200
    assert client.get(form_of(world)).status_code == there
    # Below five they were not asked; the page says no more than that there is nothing to answer.
    assert world.leaders[0].client.get(form_of(world)).status_code == there
    sent = client.post(form_of(world), {"s.heard": "3"})
    assert sent.status_code == {"before": 404, "open": 302, "closed": 200}[stage]
    for name, who in world.cast.everybody.items():
        for answer in (who.client.get(form_of(world)), who.client.post(form_of(world))):
            assert answer.status_code == 404, name


@STAGES
def test_the_results_are_there_for_hr_alone(world: World, stage: str):
    bring_to(world, stage)
    assert world.cast.hr.client.get(hr_page(world)).status_code == 200
    others = {**world.cast.everybody, "asked": world.employees[0], "led": world.leaders[0]}
    del others["hr"]
    for name, who in others.items():
        client = who.client
        missing = client.get("/havneby/talks/nowhere/").content
        posts = [client.post(hr_page(world, one), {"confirm": "yes"}) for one in ("ask/", "close/")]
        for answer in (client.get(hr_page(world)), *posts):
            assert (answer.status_code, answer.content) == (404, missing), name
    assert Evaluation.objects.filter(closed_at=None).exists() == (stage == "open")


def test_logged_out_one_is_led_to_log_in(world: World):
    world.asks()
    for address in (form_of(world), hr_page(world), "/havneby/evaluation/thanks/"):
        assert Client().get(address).status_code == 302


def test_the_thanks_are_the_same_page_for_who_answered_and_who_did_not(world: World):
    world.asks()
    first, second = world.employees[:2]
    sends(world, first)
    pages = [
        words(world, who, "/havneby/evaluation/thanks/").replace(who.profile.first_name, "")
        for who in (first, second)
    ]
    assert [len(page) for page in pages] == [len(pages[0])] * 2


# --- answering ----------------------------------------------------------------------------------


def test_the_start_page_asks_until_it_is_answered(world: World):
    world.asks()
    mine = world.employees[0]
    assert form_of(world) in words(world, mine, "/havneby/")
    assert sends(world, mine).headers["Location"] == "/havneby/evaluation/thanks/"
    assert form_of(world) not in words(world, mine, "/havneby/")
    assert form_of(world) in words(world, world.employees[1], "/havneby/")


def test_a_second_answer_changes_nothing_and_says_so(world: World):
    world.asks()
    mine = world.employees[0]
    sends(world, mine)
    again = sends(world, mine)
    assert again.status_code == 200
    assert "Der er ikke mere at svare på" in again.content.decode()
    assert EvaluationTicket.objects.count() == 11


@pytest.mark.parametrize("text", ["x" * 601, "🦪" * 400])
def test_what_is_too_long_is_told_beside_the_field_and_nothing_is_lost(world: World, text: str):
    world.asks()
    answer = sends(world, world.employees[0], **{"t.good": text, "t.otherwise": SECRET})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert text in page
    assert SECRET in page
    assert 'href="#t.good"' in page
    assert 'name="s.heard" value="3" aria-label="3 ved spørgsmål 2" checked' in page
    assert EvaluationTicket.objects.count() == 12


def test_an_empty_form_says_what_to_do(world: World):
    world.asks()
    answer = world.employees[0].client.post(form_of(world), {"s.heard": "9", "t.good": " \x00"})
    assert answer.status_code == 422
    assert "Svar på mindst ét af spørgsmålene" in answer.content.decode()


def test_a_form_that_is_sent_after_the_session_ended_is_not_held_back(world: World):
    """A held post has a name."""
    world.asks()
    client = world.employees[0].client
    page = client.get(form_of(world)).content.decode()
    assert 'name="anonymous" value="1"' in page
    token = page.partition('name="posted_by" value="')[2].partition('"')[0]
    sent = {"posted_by": token, "s.heard": "3", "t.good": SECRET}
    client.logout()
    send(client, form_of(world), sent | {"anonymous": "1"})
    assert not HeldPost.objects.exists()
    send(client, form_of(world), sent)
    assert HeldPost.objects.exists()  # that it is the mark of the form which keeps it out


# --- HR's page ----------------------------------------------------------------------------------


def test_hr_asks_with_a_statement_of_its_own(world: World):
    page = words(world)
    assert "Jeg kunne sige det, der er vigtigt for mig." in page
    assert "Jeg havde den tid, som samtalerne kræver." in page
    day = clock.today() + 7 * A_DAY
    form = {"until": day.isoformat(), "own_da": "Rummet var godt.", "own_en": ""}
    answer = world.cast.hr.client.post(hr_page(world, "ask/"), form)
    assert answer.headers["Location"] == hr_page(world)
    assert world.evaluation.closes_on == day
    assert "Rummet var godt." in words(world, world.employees[0], form_of(world))


def test_the_rounds_own_page_leads_to_it(world: World):
    page = words(world, address=f"/havneby/rounds/{world.round.public_id}/")
    assert f'href="{hr_page(world)}"' in page


def test_a_day_that_cannot_be_is_told_beside_the_field(world: World):
    form = {"until": "2020-01-01", "own_da": "Rummet var godt."}
    answer = world.cast.hr.client.post(hr_page(world, "ask/"), form)
    assert answer.status_code == 422
    assert "id_until_error" in answer.content.decode()
    assert "Rummet var godt." in answer.content.decode()
    assert not Evaluation.objects.exists()


def test_a_round_that_is_not_open_yet_has_no_button(cast: Cast):
    row = make_round(cast.havneby, state=State.PLANNED)
    address = f"/havneby/rounds/{row.public_id}/evaluation/"
    assert f"{address}ask/" not in cast.hr.client.get(address).content.decode()
    assert cast.hr.client.post(f"{address}ask/").status_code == 422


def test_hr_sees_steps_of_five_then_figures_and_words(world: World):
    world.asks()
    for number, one in enumerate(world.employees[:11]):
        sends(world, one, **{"s.prepared": "5", "t.good": f"{SECRET} <{number:02}>"})
        told = words(world)
        assert "Fewer than" not in told
        assert SECRET not in told
        assert "<table" not in told
        assert ("Mindst 5 har svaret" in told) == (4 <= number < 9)
        assert ("Mindst 10 har svaret" in told) == (number >= 9)
        assert not [who for who in world.employees if who.profile.name in told]
    world.closes()
    told = words(world)
    assert "11 af 12 svarede" in told
    assert "4,5 eller mere" in told
    assert [number for number in range(11) if f"{SECRET} &lt;{number:02}&gt;" in told] == list(
        range(11)
    )
    assert "så få kan ikke være anonyme" in told  # the one leader
    assert not [who for who in world.employees if who.profile.name in told]


@pytest.mark.parametrize(("answers", "figures", "texts"), [(4, 0, 0), (5, 1, 0), (9, 1, 0)])
def test_below_the_thresholds_nothing_is_shown(
    world: World, answers: int, figures: int, texts: int
):
    world.asks()
    for one in world.employees[:answers]:
        sends(world, one, **{"t.good": SECRET})
    world.closes()
    told = words(world)
    assert (told.count("<table"), told.count(SECRET)) == (figures, texts)
    assert ("Færre end 5 har svaret" in told) == (answers < 5)


def test_closing_takes_a_tick(world: World):
    world.asks()
    client = world.cast.hr.client
    client.post(hr_page(world, "close/"))
    assert world.evaluation.closed_at is None
    client.post(hr_page(world, "close/"), {"confirm": "yes"})
    assert world.evaluation.closed_at is not None
    assert "close/" not in words(world)
