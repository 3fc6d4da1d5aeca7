"""T13 and T14: script and template code in every text; it comes out as the text that it is."""

import io

import pytest
from pypdf import PdfReader

from musling.conversations.actions import following_up, talking
from musling.conversations.models import Agreement
from musling.conversations.queries.talks import talk as found
from musling.organisations.models import Organisation
from musling.people.models import Employment, Profile
from tests.access.stages import STAGES
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SCRIPT = '<script>alert("x")</script><img src=x onerror=alert(1)>'
CODE = '{{7*7}}{% load static %}#import "x"; #{1+1}'
EVIL = SCRIPT + CODE


@pytest.fixture
def evil_talk(cast: Cast):
    """A talk in which every text is hostile, names and units too."""
    Profile.objects.filter(organisation=cast.havneby).update(last_name=EVIL[:80])
    Employment.objects.filter(organisation=cast.havneby).update(title=EVIL[:110])
    Organisation.objects.filter(pk=cast.havneby.pk).update(name=EVIL[:110], talk_name=SCRIPT[:40])
    talk = STAGES["booked"](cast)
    answers = {
        f"{kind}.{item}": EVIL
        for kind in ("t",)
        for item in ("wellbeing.general", "steps.now", "other.open", "expectations.leader")
    }
    base = f"/havneby/talks/{talk.public_id}/prepare/"
    assert cast.employee.client.post(base + "save/", answers).status_code == 200
    cast.employee.client.post(base + "hand-in/", {"item": [name[2:] for name in answers]})
    talking.note_expectation(cast.employee.actor, public_id=talk.public_id, text=EVIL)
    seat = talk.__class__.objects.get(pk=talk.pk)
    party = found(cast.employee.actor, seat.public_id)
    talking.choose_minute_taker(
        cast.employee.actor, public_id=talk.public_id, participant=party.me.public_id
    )
    talking.agree_on_frame(cast.employee.actor, public_id=talk.public_id)
    talking.agree_on_frame(cast.leader.actor, public_id=talk.public_id)
    for section in ("wellbeing", "conclusion", "ground-rules"):
        talking.write_section(
            cast.employee.actor, public_id=talk.public_id, section=section, text=EVIL, version=0
        )
    names = ("what", "solution", "action", "who", "follow_up")
    talking.write_agreement(
        cast.leader.actor, public_id=talk.public_id, content=dict.fromkeys(names, EVIL)
    )
    talking.write_focus_area(
        cast.leader.actor,
        public_id=talk.public_id,
        content=dict.fromkeys(("title", "mine", "support"), EVIL),
    )
    talking.end_talk(cast.leader.actor, public_id=talk.public_id)
    agreement = Agreement.objects.get()
    following_up.note_follow_up(cast.leader.actor, agreement=agreement.public_id, note=EVIL)
    return talk


def test_no_page_runs_or_evaluates_what_somebody_wrote(cast: Cast, evil_talk):
    base = f"/havneby/talks/{evil_talk.public_id}/"
    agreement = Agreement.objects.get().public_id
    pages = [
        "/havneby/",
        "/havneby/team/",
        "/havneby/talks/",
        "/havneby/agreements/",
        f"/havneby/agreements/{agreement}/",
        base,
        base + "prepare/",
        base + "prepare/wellbeing/",
        base + "prepare/hand-in/",
        base + "minutes/",
        base + "agreements/",
    ]
    seen = 0
    for member in (cast.employee, cast.leader):
        for page in pages:
            if page == "/havneby/team/" and member is cast.employee:
                continue
            html = member.client.get(page).content.decode()
            assert "<script>alert" not in html, page
            assert "<img src=x" not in html, page
            seen += html.count("&lt;script&gt;")
            assert "{{7*7}}" in html or "7*7" not in html, page
            assert "49{%" not in html, page
    assert seen > 10  # the texts were there, escaped


def test_hrs_pages_and_exports_escape_names(cast: Cast, evil_talk):
    for page in ("people/", f"people/{cast.employee.profile.public_id}/", "units/", "coverage/"):
        html = cast.hr.client.get(f"/havneby/{page}").content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html


def test_documents_hold_the_text_as_text(cast: Cast, evil_talk):
    for name in ("minutes.pdf", "agreements.pdf"):
        answer = cast.leader.client.get(f"/havneby/talks/{evil_talk.public_id}/{name}")
        assert answer.status_code == 200, name
        words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
        assert "{{7*7}}" in words.replace("\n", "").replace(" ", "")


def test_the_policy_forbids_inline_scripts_on_every_page(cast: Cast):
    policy = cast.employee.client.get("/havneby/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert "default-src 'none'" in policy
