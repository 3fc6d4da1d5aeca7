"""The organisation's theme: chosen for two years, enters by itself, is reminded of (row D8)."""

import datetime as dt

import pytest
from django.utils import translation

from musling.activity.models import Activity
from musling.conversations.actions.planning import plan_talks
from musling.foundation import clock
from musling.foundation.clock import COPENHAGEN
from musling.foundation.fingerprints import ChangedMeanwhile
from musling.foundation.problems import NotThere, Refused
from musling.frames.document import FrameDocument
from musling.frames.models import OrganisationTheme
from musling.frames.periods import due_period, missing_period, period, periods
from musling.frames.queries import document_of, theme_in_force
from musling.frames.theme_actions import Statement, choose_theme, note_missing_theme
from tests.cast import Cast, booked_talk
from tests.frames.committees import (
    chosen,
    next_period,
    sits_locally,
    this_period,
    words,
)

pytestmark = pytest.mark.django_db


def at(*when: int) -> None:
    """Moves the clock to that moment in Denmark."""
    moment = dt.datetime(*when, tzinfo=COPENHAGEN)  # type: ignore[misc, arg-type]
    clock.move(moment - clock.now())


@pytest.fixture(autouse=True)
def _in_english():
    """Refusals are compared by their words."""
    with translation.override("en"):
        yield


def asked(talk) -> FrameDocument:
    return document_of(talk.content)


def slot(talk) -> str:
    """What the organisation's theme is called in the talk."""
    (theme,) = [one for one in asked(talk).themes if one.kind == "organisation"]
    return theme.title["da"]


def plan(cast: Cast, member, **more):
    (talk,) = plan_talks(cast.leader.actor, employments=[member.employment], **more)
    return talk


STANDARD = "Fælles tema: værdier i hverdagen"


# --- choosing ------------------------------------------------------------------------------------


def test_the_main_committee_chooses_and_the_talks_of_those_years_ask_it(cast: Cast):
    row = chosen(cast, next_period())
    assert Activity.objects.get(verb="theme.chosen").object_id == row.pk
    year = next_period()
    now = plan(cast, cast.employee)
    coming = plan(cast, cast.colleague, year=year)
    assert (slot(now), slot(coming)) == (STANDARD, "Sammen om opgaven")
    (theme,) = [one for one in asked(coming).themes if one.kind == "organisation"]
    assert theme.years == (year, year + 1)
    assert all(item.mandatory and item.short for item in theme.items)
    assert theme.items[0].text_leader["da"].startswith("Min medarbejder")


def test_ids_never_meet_those_of_a_frame_and_stay_with_what_stays(cast: Cast):
    row = chosen(cast, next_period())
    ids = [item["id"] for item in row.document["items"]]
    assert all(one.startswith(f"theme-{next_period()}.") for one in ids)
    assert row.document["id"].startswith(f"theme-{next_period()}-")
    assert len(set(ids)) == 2
    kept = Statement("scale", {"da": "Jeg ved, hvem vi løser den sammen med"}, {}, {}, ids[0])
    foreign = Statement("text", {"da": "Andet?"}, {}, {}, "wellbeing.general")
    again = choose_theme(
        cast.committee.actor,
        first_year=next_period(),
        words=with_statements(kept, foreign),
        seen=row.public_id,
    )
    new = [item["id"] for item in again.document["items"]]
    assert new[0] == ids[0]
    assert new[1].startswith(f"theme-{next_period()}.")
    assert again.document["id"] == row.document["id"]


def with_statements(*statements: Statement):
    made = words()
    return type(made)(made.title, made.intro, made.help, statements)


def test_nobody_but_the_main_committee_chooses(cast: Cast):
    sits_locally(cast, cast.union_rep, cast.unit)
    for name, member in cast.everybody.items():
        if name != "committee":
            with pytest.raises(NotThere):
                choose_theme(member.actor, first_year=next_period(), words=words(), seen="")
    assert not OrganisationTheme.objects.exists()


@pytest.mark.parametrize("off", [1, -1, 6, 1000, -100])
def test_only_for_periods_that_there_are(cast: Cast, off: int):
    with pytest.raises(NotThere):
        choose_theme(cast.committee.actor, first_year=this_period() + off, words=words(), seen="")


def test_a_period_that_is_over_is_over(cast: Cast):
    with pytest.raises(Refused, match="are over"):
        choose_theme(cast.committee.actor, first_year=this_period() - 2, words=words(), seen="")


@pytest.mark.parametrize(
    ("made", "field"),
    [
        (words("  "), "title_da"),
        (with_statements(), ""),
        (words("Tema", *["Et udsagn"] * 9), ""),
        (words("x" * 121), ""),
        (words("Tema", "x" * 301), ""),
        (with_statements(Statement("agreements", {"da": "Aftaler"}, {}, {})), ""),
        (with_statements(Statement("scale", {"en": "English only"}, {}, {})), ""),
    ],
)
def test_what_cannot_be_asked_is_refused(cast: Cast, made, field: str):
    with pytest.raises(Refused) as problem:
        choose_theme(cast.committee.actor, first_year=next_period(), words=made, seen="")
    assert problem.value.field == field
    assert not OrganisationTheme.objects.exists()


def test_pressing_twice_chooses_once(cast: Cast):
    first = chosen(cast, next_period())
    assert chosen(cast, next_period()) == first
    assert OrganisationTheme.objects.count() == 1


def test_two_at_once_do_not_overwrite_each_other(cast: Cast):
    chosen(cast, next_period(), "Den enes")
    with pytest.raises(ChangedMeanwhile, match="Den enes"):
        choose_theme(
            cast.committee.actor, first_year=next_period(), words=words("Den andens"), seen=""
        )
    assert OrganisationTheme.objects.count() == 1


def test_before_the_period_it_is_changed_freely_afterwards_with_a_clear_word(cast: Cast):
    actor, year = cast.committee.actor, this_period()
    first = choose_theme(actor, first_year=year, words=words("Det første"), seen="")
    begun = booked_talk(cast)
    given = {"first_year": year, "words": words("Det nye"), "seen": first.public_id}
    with pytest.raises(Refused, match="The period has begun") as problem:
        choose_theme(actor, **given)
    assert problem.value.field == "change_now"
    choose_theme(actor, **given, change_now=True)
    begun.refresh_from_db()
    assert slot(begun) == "Det første"
    assert slot(plan(cast, cast.colleague)) == "Det nye"
    assert [row.document["title"]["da"] for row in period(actor, year)] == [
        "Det nye",
        "Det første",
    ]


# --- by itself -----------------------------------------------------------------------------------


@pytest.mark.row("D8")
def test_it_enters_by_itself_on_new_years_day(cast: Cast):
    at(2026, 6, 1, 9)
    chosen(cast, 2025, "Det gamle")
    chosen(cast, 2027, "Det nye")
    at(2026, 12, 31, 23, 55)
    old = plan(cast, cast.employee)
    at(2027, 1, 1, 0, 5)
    assert slot(plan(cast, cast.colleague)) == "Det nye"
    old.refresh_from_db()
    assert slot(old) == "Det gamle"
    at(2028, 12, 30, 12)
    assert theme_in_force(cast.havneby.pk, clock.today().year).first_year == 2027
    at(2029, 1, 1, 12)
    assert slot(plan(cast, cast.two_places)) == STANDARD


def test_a_frame_without_room_for_it_asks_nothing_new(cast: Cast):
    chosen(cast, this_period())
    talk = booked_talk(cast, "mus_bpa")
    assert all(theme.kind != "organisation" for theme in asked(talk).themes)


def test_periods_are_past_now_and_coming(cast: Cast):
    at(2026, 11, 29, 12)
    chosen(cast, 2025, "Det gamle")
    chosen(cast, 2029)
    at(2030, 2, 1, 12)
    found = periods(cast.hr.actor)
    assert [(one.first_year, one.when, one.theme is not None) for one in found] == [
        (2033, "coming", False),
        (2031, "coming", False),
        (2029, "now", True),
        (2025, "past", True),
    ]
    assert periods(cast.employee.actor)[-1].theme is None


# --- reminding -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "due"),
    [
        ("2026-06-30", None),
        ("2026-07-01", (2027, "2026-07-01")),
        ("2026-11-30", (2027, "2026-07-01")),
        ("2026-12-01", (2027, "2026-12-01")),
        ("2026-12-31", (2027, "2026-12-01")),
        ("2027-01-01", None),
        ("2027-12-31", None),
        ("2028-07-01", (2029, "2028-07-01")),
    ],
)
def test_when_a_theme_is_missed(day: str, due: tuple[int, str] | None):
    found = due_period(dt.date.fromisoformat(day))
    assert (found and (found[0], found[1].isoformat())) == due


def test_the_committee_is_reminded_half_a_year_and_a_month_before(cast: Cast):
    noted = []
    for day in ((6, 30), (7, 1), (7, 2), (9, 15), (11, 30), (12, 1), (12, 2), (12, 31)):
        at(2026, *day, 8)
        noted.append(note_missing_theme(cast.havneby.pk))
    assert noted == [0, 1, 0, 0, 0, 1, 0, 0]
    rows = Activity.objects.filter(verb="theme.due")
    assert {row.more["on"] for row in rows} == {"2027-01-01"}
    assert {row.organisation_id for row in rows} == {cast.havneby.pk}
    assert note_missing_theme(cast.sandvig.pk) == 1


def test_a_worker_that_slept_in_july_reminds_in_august(cast: Cast):
    at(2026, 8, 20, 8)
    assert note_missing_theme(cast.havneby.pk) == 1


def test_nobody_is_reminded_of_what_is_chosen(cast: Cast):
    at(2026, 7, 1, 8)
    chosen(cast, 2027)
    assert missing_period(cast.havneby.pk, clock.today()) is None
    assert note_missing_theme(cast.havneby.pk) == 0
