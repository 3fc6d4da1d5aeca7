"""Agreements through the year and the talk on paper, as pages."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musling.conversations.actions import following_up, handing_over, talking
from musling.conversations.models import Agreement, Conversation, PaperTalk
from musling.foundation import clock
from tests.cast import Cast, Member, booked_talk, planned_talk
from tests.conversations import stages

pytestmark = pytest.mark.django_db


def html(member: Member, address: str) -> str:
    answer = member.client.get(f"/havneby/{address}")
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_an_empty_list_says_what_will_be_here(cast: Cast):
    assert 'class="empty"' in html(cast.employee, "agreements/")


@pytest.mark.row("X8")
def test_done_when_both_have_pressed(cast: Cast):
    stages.approved_talk(cast)
    row = Agreement.objects.get()
    page = f"/havneby/agreements/{row.public_id}/"
    cast.employee.client.post(page, {"note": "Jeg har spurgt <b>Jonas</b>", "done": "1"})
    theirs = html(cast.leader, f"agreements/{row.public_id}/")
    assert "Jeg har spurgt &lt;b&gt;Jonas&lt;/b&gt;" in theirs
    assert 'class="mark wait"' in html(cast.leader, "agreements/")
    cast.leader.client.post(page, {"note": "", "done": "1"})
    assert "<details" in html(cast.employee, "agreements/")
    cast.employee.client.post(page, {"note": "", "not_done": "1"})
    row.refresh_from_db()
    assert row.done_by_employee_at is None


def test_a_note_without_words_says_why(cast: Cast):
    stages.approved_talk(cast)
    row = Agreement.objects.get()
    answer = cast.employee.client.post(f"/havneby/agreements/{row.public_id}/", {"note": " "})
    assert answer.status_code == 422
    assert 'class="problems"' in answer.content.decode()


def test_a_date_that_has_passed_shows(cast: Cast):
    stages.approved_talk(cast)
    Agreement.objects.update(due_on=clock.today() - dt.timedelta(days=1))
    assert 'class="mark wait"' in html(cast.employee, "agreements/")


def test_whoever_leads_next_reads_what_is_open_and_changes_nothing(cast: Cast):
    stages.approved_talk(cast)
    nexts = stages.next_year(cast)
    handing_over.hand_to_deputy(
        cast.leader.actor, public_id=nexts.public_id, employment=cast.colleague.employment
    )
    row = Agreement.objects.get()
    page = html(cast.colleague, f"agreements/{row.public_id}/")
    assert "Fast makker" in page
    assert 'name="note"' not in page
    assert "Fast makker" in html(cast.colleague, "agreements/")
    post = cast.colleague.client.post(f"/havneby/agreements/{row.public_id}/", {"note": "x"})
    assert post.status_code == 404


@pytest.mark.parametrize("address", ["agreements/", "talks/{}/agreements/"])
def test_lists_cost_the_same_with_one_and_with_thirty(cast: Cast, address: str):
    talk = stages.open_talk(cast)
    for number in range(30):
        stages.agree(cast, talk, f"nr. {number}")
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    for row in Agreement.objects.all():
        following_up.note_follow_up(cast.employee.actor, agreement=row.public_id, note="På vej")
    client, page = cast.leader.client, "/havneby/" + address.format(talk.public_id)
    client.get(page)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        return len(queries)

    many = cost()
    Agreement.objects.filter(pk__gt=Agreement.objects.order_by("pk")[0].pk).update(
        removed_at=clock.now()
    )
    assert (cost(), many <= 15) == (many, True)


# --- typed in from paper --------------------------------------------------------------------------


def test_last_years_agreements_are_typed_in_and_confirmed(cast: Cast):
    talk = booked_talk(cast)
    page = f"talks/{talk.public_id}/agreements/type-in/"
    cast.employee.client.post(f"/havneby/{page}", {"what": "Færre møder", "who": "Lars"})
    row = Agreement.objects.get()
    assert 'value="withdraw"' in html(cast.employee, page)
    assert 'value="yes"' in html(cast.leader, page)
    cast.leader.client.post(f"/havneby/agreements/{row.public_id}/typed-in/", {"answer": "yes"})
    row.refresh_from_db()
    assert row.confirmed_at is not None
    assert 'value="withdraw"' not in html(cast.employee, page)


def test_an_eleventh_is_not_asked_for(cast: Cast):
    talk = booked_talk(cast)
    for number in range(10):
        following_up.type_in_agreement(
            cast.employee.actor, public_id=talk.public_id, content={"what": f"nr. {number}"}
        )
    page = f"talks/{talk.public_id}/agreements/type-in/"
    assert 'name="what"' not in html(cast.employee, page)
    late = cast.employee.client.post(f"/havneby/{page}", {"what": "den ellevte"})
    assert late.status_code == 422


def test_what_is_wrong_while_typing_in_is_said(cast: Cast):
    talk = booked_talk(cast)
    page = f"/havneby/talks/{talk.public_id}/agreements/type-in/"
    answer = cast.employee.client.post(page, {"what": "", "action": "Ringe rundt"})
    assert answer.status_code == 422
    assert "Ringe rundt" in answer.content.decode()


# --- the talk on paper ----------------------------------------------------------------------------


def paper(talk: Conversation) -> str:
    return f"/havneby/talks/{talk.public_id}/paper/"


def test_a_talk_on_paper_is_registered_confirmed_and_typed(cast: Cast):
    talk = planned_talk(cast)
    day = clock.today().isoformat()
    assert cast.leader.client.post(paper(talk), {"held_on": day}).status_code == 302
    mine, theirs = (
        member.client.get(paper(talk)).content.decode() for member in (cast.leader, cast.employee)
    )
    assert 'name="confirm"' not in mine
    assert 'name="confirm"' in theirs
    answer = cast.employee.client.post(
        paper(talk), {"confirm": "yes", "held_on": PaperTalk.objects.get().held_on.isoformat()}
    )
    assert answer.headers["Location"] == f"/havneby/talks/{talk.public_id}/minutes/"
    page = cast.leader.client.get(answer.headers["Location"]).content.decode()
    assert 'name="text.conclusion"' in page
    assert "we-agree/" in page


def test_contesting_tells_and_asks_again(cast: Cast):
    talk = stages.paper_talk(cast, confirmed=False)
    cast.employee.client.post(paper(talk), {"confirm": "no"})
    assert PaperTalk.objects.get().contested_at is not None
    page = cast.leader.client.get(paper(talk)).content.decode()
    assert "alert-info" in page
    assert 'name="held_on"' in page


@pytest.mark.parametrize("held_on", ["", "i går", "2999-01-01"])
def test_a_day_that_cannot_be_is_refused_with_a_reason(cast: Cast, held_on: str):
    talk = planned_talk(cast)
    answer = cast.leader.client.post(paper(talk), {"held_on": held_on})
    assert answer.status_code == 422
    assert 'class="problems"' in answer.content.decode()
    assert not PaperTalk.objects.exists()
