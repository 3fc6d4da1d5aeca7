"""Minutes, signatures and documents as pages."""

import io
import re

import pytest
from pypdf import PdfReader

from musling.conversations.models import Conversation, Minutes, Signature
from musling.documents.typesetting import TypesettingFailedError
from musling.web.talks import documents
from tests.cast import PASSWORD, Cast, Member, booked_talk
from tests.conversations import stages

pytestmark = pytest.mark.django_db


def url(talk: Conversation, rest: str = "") -> str:
    return f"/havneby/talks/{talk.public_id}/{rest}"


def html(member: Member, talk: Conversation, rest: str = "minutes/") -> str:
    answer = member.client.get(url(talk, rest))
    assert answer.status_code == 200, answer
    return answer.content.decode()


def primary(page: str) -> list[str]:
    """The words on the primary buttons that stand on the page, dialogs left out."""
    shown = re.sub(r"<dialog.*?</dialog>", "", page, flags=re.DOTALL)
    return re.findall(r'class="button button-primary"[^>]*>([^<]+)<', shown)


@pytest.mark.row("E8")
def test_from_draft_to_lock_without_a_script(cast: Cast):
    talk = stages.held_talk(cast)
    mette, lars = cast.employee.client, cast.leader.client
    mette.post(
        url(talk, "room/write/"), {"text.conclusion": "Vi er enige", "version.text.conclusion": 0}
    )
    check = html(cast.employee, talk, "minutes/send/")
    assert "Vi er enige" in check
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', check)[1]
    assert mette.post(url(talk, "minutes/send/"), {"seen": seen}).status_code == 302
    version = re.search(r'name="version" value="(\d+)"', html(cast.leader, talk))[1]
    lars.post(
        url(talk, "minutes/answer/"),
        {"return": "1", "comment": "Datoen mangler", "version": version},
    )
    assert "Datoen mangler" in html(cast.employee, talk)
    mette.post(
        url(talk, "room/write/"),
        {"text.conclusion": "Vi er enige den 3.", "version.text.conclusion": 1},
    )
    mette.post(url(talk, "minutes/send/"))
    page = html(cast.leader, talk)
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    lars.post(url(talk, "minutes/answer/"), {"approve": "1", "version": version})
    assert Minutes.objects.get().state == Minutes.State.APPROVED
    for member in (cast.employee, cast.leader):
        page = html(member, talk)
        assert 'class="mark ok"' in page
        assert "<textarea" not in page


def test_what_the_other_added_after_the_check_page_is_looked_at_again(cast: Cast):
    talk = stages.held_talk(cast)
    check = html(cast.employee, talk, "minutes/send/")
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', check)[1]
    stages.agree(cast, talk, "Lige en til")
    answer = cast.employee.client.post(url(talk, "minutes/send/"), {"seen": seen})
    assert answer.headers["Location"] == url(talk, "minutes/send/")
    assert Minutes.objects.get().state == Minutes.State.DRAFT
    assert "Lige en til" in html(cast.employee, talk, "minutes/send/")


def test_each_stage_has_one_next_step_for_whoever_has_one(cast: Cast):
    talk = stages.held_talk(cast)
    assert (len(primary(html(cast.employee, talk))), primary(html(cast.leader, talk))) == (1, [])
    talk = _again(stages.sent_talk, cast)
    assert (primary(html(cast.employee, talk)), len(primary(html(cast.leader, talk)))) == ([], 1)
    talk = _again(stages.approved_talk, cast)
    assert (primary(html(cast.employee, talk)), primary(html(cast.leader, talk))) == ([], [])


def _again(stage, cast: Cast) -> Conversation:
    """A talk in that stage, with the ones before it out of the way."""
    Conversation.objects.update(year=2000)
    return stage(cast)


def test_sending_back_without_a_word_keeps_the_page_and_says_why(cast: Cast):
    talk = stages.sent_talk(cast)
    answer = cast.leader.client.post(
        url(talk, "minutes/answer/"), {"return": "1", "comment": " ", "version": 2}
    )
    assert answer.status_code == 422
    assert 'class="problems"' in answer.content.decode()


def test_a_comment_typed_too_late_is_not_lost(cast: Cast):
    talk = stages.sent_talk(cast)
    answer = cast.leader.client.post(
        url(talk, "minutes/answer/"), {"return": "1", "comment": "Ret datoen", "version": 1}
    )
    assert answer.status_code == 422
    assert "Ret datoen" in answer.content.decode()


def test_signing_on_paper_goes_through_both_pages(cast: Cast):
    talk = stages.sent_talk(cast, "mus_bpa")
    assert "minutes/on-paper/" in html(cast.employee, talk)
    html(cast.employee, talk, "minutes/on-paper/")
    cast.employee.client.post(url(talk, "minutes/on-paper/"), {"version": 2})
    page = html(cast.leader, talk)
    assert 'name="confirm"' in page
    cast.leader.client.post(url(talk, "minutes/on-paper/"), {"confirm": "yes"})
    assert Signature.objects.get(how="paper").confirmed_at is not None
    assert 'name="confirm"' not in html(cast.leader, talk)


def test_signing_together_asks_for_the_others_password_and_keeps_it_nowhere(cast: Cast):
    talk = stages.sent_talk(cast)
    page = html(cast.employee, talk, "minutes/together/")
    form = page[page.index('enctype="multipart/form-data"') :]  # never held for after log-in
    assert 'type="password"' in form
    assert cast.leader.person.email not in page
    wrong = cast.employee.client.post(
        url(talk, "minutes/together/"), {"version": 2, "password": "gættet kode"}
    )
    assert wrong.status_code == 422
    assert "gættet kode" not in wrong.content.decode()
    right = cast.employee.client.post(
        url(talk, "minutes/together/"), {"version": 2, "password": PASSWORD}
    )
    assert right.status_code == 302
    assert Minutes.objects.get().state == Minutes.State.APPROVED


def test_somebody_without_a_password_is_shown_the_other_ways(cast: Cast):
    talk = stages.sent_talk(cast)
    cast.leader.person.set_unusable_password()
    cast.leader.person.save()
    page = html(cast.employee, talk, "minutes/together/")
    assert 'type="password"' not in page


# --- documents ------------------------------------------------------------------------------------


def pdf(member: Member, talk: Conversation, name: str) -> tuple[str, str]:
    """The text of a document, and the name of its file."""
    answer = member.client.get(url(talk, name))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in answer.headers["Cache-Control"]
    reader = PdfReader(io.BytesIO(answer.content))
    assert "/Sig" in str(reader.trailer["/Root"]["/AcroForm"]["/Fields"][0].get_object())
    text = "\n".join(page.extract_text() for page in reader.pages)
    return text, answer.headers["Content-Disposition"]


@pytest.mark.row("A6")
def test_both_take_out_the_agreement_sheet_and_the_minutes_sealed(cast: Cast):
    talk = stages.approved_talk(cast)
    for member in (cast.employee, cast.leader):
        for name in ("agreements.pdf", "minutes.pdf"):
            text, disposition = pdf(member, talk, name)
            assert "Fast makker" in text
            assert "Mette Prøve" in text
            assert disposition.startswith("attachment; filename=")
            told = disposition.lower()
            assert not any(word in told for word in ("mette", "lars", "mus-", "referat", "aftale"))


def test_the_empty_sheet_and_the_questions_hold_nothing_that_was_written(cast: Cast):
    talk = stages.open_talk(cast)
    stages.agree(cast, talk, "Fast makker")
    sheet, _name = pdf(cast.leader, talk, "empty-sheet.pdf")
    assert "Fast makker" not in sheet
    questions, _name = pdf(cast.employee, talk, "preparation.pdf")
    assert "Jeg har det godt på mit arbejde" in questions


def test_before_the_talk_there_are_no_minutes_to_take_out(cast: Cast):
    talk = booked_talk(cast)
    for name in ("agreements.pdf", "minutes.pdf"):
        assert cast.employee.client.get(url(talk, name)).status_code == 404


def test_a_document_that_cannot_be_made_says_so(cast: Cast, monkeypatch):
    talk = stages.approved_talk(cast)

    def fail(*_given):
        raise TypesettingFailedError("no")

    monkeypatch.setattr(documents, "agreement_sheet", fail)
    client = cast.employee.client
    answer = client.get(url(talk, "agreements.pdf"), follow=True)
    assert answer.redirect_chain == [(url(talk), 302)]
    assert 'class="alert alert-error"' in answer.content.decode()
