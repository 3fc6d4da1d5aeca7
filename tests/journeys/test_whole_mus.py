"""One whole MUS in the browser, as both parties, to next year's first question."""

import datetime as dt
import re

import pytest
from django.core.cache import caches

from musling.conversations.actions.offering import accept_offer, offer_talk
from musling.conversations.models import Agreement, Conversation, HandedIn, Signature
from musling.foundation import clock
from tests.browser import DESKTOP, PHONE
from tests.cast import Cast, make_cast, next_week
from tests.journeys.steps import Visitor, local

ROWS = "A2 A4 A6 A7 B1 B2 B6 B7 C3 C7 C8 D2 D3 D6 D7 D9 D10 D12 E8 E13 X8 X11 X12"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    *(pytest.mark.row(name) for name in ROWS.split()),
]
SECRET = "Det her er kun mit"
SHARED = "Weekenderne er hårde, når vi mangler en"


@pytest.fixture
def whole_cast(transactional_db: None) -> Cast:
    caches["rendered"].clear()
    return make_cast()


@pytest.mark.parametrize(
    ("size", "javascript"),
    [(DESKTOP, True), (PHONE, True), (DESKTOP, False)],
    ids=["1280", "360", "without JavaScript"],
)
def test_a_whole_mus(visit, whole_cast: Cast, size, javascript):
    cast = whole_cast
    lars = Visitor(visit(size=size, javascript=javascript), cast.leader, looks_closely=javascript)
    mette = Visitor(
        visit(size=size, javascript=javascript), cast.employee, looks_closely=javascript
    )
    lars.logs_in()
    mette.logs_in()
    talk = offer_and_answer(lars, mette)
    prepare(mette, talk)
    prepare_as_leader(lars, talk)
    agree_on_the_frame(lars, mette, talk)
    talk_together(lars, mette, talk)
    approve(lars, mette, talk)
    follow_up(lars, mette, talk)
    next_year(lars, mette, talk)


def offer_and_answer(lars: Visitor, mette: Visitor) -> str:
    """Offered, declined and taken back (A2), accepted."""
    lars.goes_to("/havneby/team/")
    lars.presses("text=Mette Prøve")
    lars.presses()
    first, second = next_week(10), next_week(13)
    lars.writes("time_1", local(first))
    lars.writes("time_2", local(second))
    lars.writes("place", "Mødelokale 2")
    lars.presses()
    row = Conversation.objects.get()
    assert row.state == "offered"
    address = f"/havneby/talks/{row.public_id}/"
    mette.goes_to("/havneby/")
    mette.presses()
    mette.presses("main form:has([name=answer][value=decline]) button")
    row.refresh_from_db()
    assert row.state == "declined"
    mette.presses()  # I want the talk after all
    mette.page.locator("[name=time]").nth(1).check(force=True)
    mette.presses()
    row.refresh_from_db()
    assert (row.state, row.starts_at) == ("booked", second)
    return address


def prepare(mette: Visitor, talk: str) -> None:
    mette.goes_to(talk)
    mette.presses()
    assert "udviklingssamtale" in mette.reads() or "En gang om året" in mette.reads()  # B1
    mette.ticks("length", "all")
    mette.presses()  # the five steps
    mette.writes("t.steps.now", SECRET)
    mette.presses()
    assert mette.page.url.endswith("/prepare/wellbeing/")
    if mette.looks_closely:  # D6: help questions, folded until one wants them
        helps = mette.page.locator(".item details.fold").first
        assert not helps.locator("li").first.is_visible()
        helps.locator("summary").click()
        assert helps.locator("li").first.is_visible()
    mette.ticks("a.wellbeing.general", "4")
    mette.writes("t.wellbeing.general", SHARED)
    mette.ticks("c.life-phases", "family-life")
    mette.presses()
    mette.goes_to(talk + "prepare/expectations/")
    mette.writes("t.expectations.leader", "At du siger til i god tid")
    mette.presses()
    mette.goes_to(talk + "prepare/topics/")
    mette.ticks("c.topics", "wellbeing")
    mette.presses()
    assert mette.page.url.endswith("/prepare/hand-in/")
    assert SHARED in mette.reads()
    mette.page.locator('[name="item"][value="steps.now"]').uncheck(force=True)
    mette.presses()
    handed_in = set(HandedIn.objects.values_list("item", flat=True))
    assert handed_in == {"wellbeing.general", "expectations.leader", "topics"}


def prepare_as_leader(lars: Visitor, talk: str) -> None:
    lars.goes_to(talk + "prepare/")
    assert SHARED not in lars.reads()
    lars.ticks("length", "all")
    lars.presses()
    lars.goes_to(talk + "prepare/feedback/")
    lars.writes("t.feedback.contribution", "Du har en ro, som borgerne mærker")
    lars.presses()
    lars.goes_to(talk + "prepare/hand-in/")
    lars.presses()


def agree_on_the_frame(lars: Visitor, mette: Visitor, talk: str) -> None:
    lars.goes_to(talk + "room/")
    lars.writes("expectation", "To ting, vi kan huske")
    lars.page.locator("[name=minute_taker]").first.check(force=True)
    lars.presses("main [name=agree]")
    mette.goes_to(talk + "room/")
    assert "To ting, vi kan huske" in mette.reads()  # C7
    mette.presses("main [name=agree]")
    assert Conversation.objects.order_by("pk").last().state == "open"
    assert "/room/" in mette.page.url


def talk_together(lars: Visitor, mette: Visitor, talk: str) -> None:
    lars.goes_to(talk + "room/?phase=now")
    assert SHARED in lars.reads()
    assert SECRET not in lars.page.content()
    assert lars.page.locator("[data-clock]").count() == 1  # C8: the leader's screen only
    mette.goes_to(talk + "room/?phase=now")
    assert mette.page.locator("[data-clock]").count() == 0
    write_section(mette, talk, "now", "wellbeing", "Vi prøver en fast makker")
    write_section(mette, talk, "ahead", "conclusion", "Et godt år")
    write_section(mette, talk, "ahead", "ground-rules", "Vi siger det samme dag")
    for kind, words in (
        ("agreement", "Fast makker i weekenden"),
        ("agreement", "Kursus i forflytning"),
        ("initiative", "Følgevagt i januar"),
    ):
        lars.goes_to(talk + "we-agree/")
        lars.ticks("kind", kind)
        lars.writes("what", words)
        if kind == "agreement":
            lars.writes("who", "Lars")
            lars.writes("due_on", (clock.today() + dt.timedelta(days=40)).isoformat())
        lars.presses()
    lars.goes_to(talk + "we-agree/")
    lars.ticks("kind", "focus_area")
    lars.writes("what", "Tryg forflytning")
    lars.writes("mine", "Jeg øver det")
    lars.writes("support", "Tid på ruten")
    lars.presses()
    lars.goes_to(talk + "room/end/")
    lars.presses()
    assert Conversation.objects.get().held_at is not None


def write_section(mette: Visitor, talk: str, phase: str, section: str, words: str) -> None:
    """Where scripts run, it saves by itself; else by the button."""
    mette.goes_to(f"{talk}room/?phase={phase}")
    name = f"text.{section}"
    mette.writes(name, words)
    if mette.looks_closely:
        mette.page.locator(f'[name="{name}"]').blur()
        mette.page.wait_for_function(
            'name => /\\d\\d\\.\\d\\d/.test(document.querySelector(`.write:has([name="${name}"])`)'
            ".querySelector('[data-save-state]').textContent)",
            arg=name,
        )
    else:
        mette.presses(f'.write:has([name="{name}"]) button[type=submit]')


def approve(lars: Visitor, mette: Visitor, talk: str) -> None:
    mette.goes_to(talk + "minutes/")
    assert "Vi prøver en fast makker" in mette.page.content()
    mette.goes_to(talk + "minutes/send/")
    mette.presses()
    lars.goes_to("/havneby/team/")
    lars.goes_to(talk + "minutes/")
    lars.page.locator("details:has([name=comment]) > summary").click()
    lars.writes("comment", "Skriv også, at vi ser på det i marts")
    lars.presses("main [name=return]")
    mette.goes_to(talk + "minutes/")
    assert "Skriv også, at vi ser på det i marts" in mette.reads()
    mette.goes_to(talk + "minutes/send/")
    mette.presses()
    lars.goes_to(talk + "minutes/")
    lars.presses("main [name=approve]")
    row = Conversation.objects.get()
    assert row.state == "agreed"
    assert Signature.objects.count() == 2
    assert clock.today().strftime("%Y") in lars.reads()
    with lars.page.expect_download() as download:
        lars.page.evaluate(
            "address => { const a = document.createElement('a'); a.href = address;"
            " document.body.append(a); a.click(); }",
            talk + "agreements.pdf",
        ) if lars.looks_closely else lars.page.locator('a[href$="agreements.pdf"]').click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")


def follow_up(lars: Visitor, mette: Visitor, talk: str) -> None:
    agreement = Agreement.objects.order_by("pk").first()
    address = f"/havneby/agreements/{agreement.public_id}/"
    mette.goes_to("/havneby/agreements/")
    assert "Fast makker i weekenden" in mette.reads()
    mette.goes_to(address)
    mette.writes("note", "Vi er begyndt")
    mette.presses("main [name=done]")
    agreement.refresh_from_db()
    assert (agreement.done_by_employee_at, agreement.done_by_leader_at)[1] is None
    lars.goes_to(address)
    assert "Vi er begyndt" in lars.reads()
    lars.presses("main [name=done]")
    agreement.refresh_from_db()
    assert agreement.done_by_leader_at is not None


def next_year(lars: Visitor, mette: Visitor, talk: str) -> None:
    clock.move(dt.timedelta(days=365))
    for visitor in (lars, mette):
        visitor.page.context.clear_cookies()
        visitor.logs_in()
    lars.goes_to("/havneby/team/")
    lars.presses("text=Mette Prøve")
    lars.presses()
    row = Conversation.objects.order_by("pk").last()
    assert re.search(row.public_id, lars.page.url)
    assert row.previous is not None
    time = next_week()
    offer_talk(lars.member.actor, public_id=row.public_id, times=[time], minutes=45)
    accept_offer(mette.member.actor, public_id=row.public_id, time=time)
    mette.goes_to(f"/havneby/talks/{row.public_id}/prepare/")
    mette.ticks("length", "all")
    mette.presses()
    assert "Kursus i forflytning" in mette.reads()  # A7: the next talk opens with the last sheet
    agree_on_the_frame(lars, mette, f"/havneby/talks/{row.public_id}/")
    mette.goes_to(f"/havneby/talks/{row.public_id}/room/?phase=back")
    assert "Vi siger det samme dag" in mette.reads()  # E13
    assert "Kursus i forflytning" in mette.reads()
