"""The pages of the organisation's theme: who may, what they show, what is typed is never lost."""

import datetime as dt

import pytest
from django.test import Client

from musling.foundation import clock
from musling.foundation.clock import COPENHAGEN
from musling.frames.models import OrganisationTheme
from tests.cast import Cast
from tests.frames.committees import chosen, next_period, sits_locally, this_period
from tests.web.staff_pages import at, english, queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.row("D8")]
ALL = at("organisation-theme")


def choose(year: int) -> str:
    return at("theme-choose", year)


def typed(**more: str) -> dict[str, str]:
    """A filled-in form of one statement."""
    return {
        "seen": "",
        "title_da": "Sammen om opgaven",
        "intro_da": "Fordi vi er fælles om det.",
        "help_da": "Hvornår går det godt?\nHvornår ikke?",
        "title_en": "Together on the task",
        "help_en": "When does it go well?",
        "s0-type": "scale",
        "s0-text_da": "Jeg ved, hvem jeg løser opgaven sammen med",
        "s0-leader_da": "Min medarbejder ved det",
        "s0-text_en": "I know with whom I solve the task",
        "s1-type": "scale",
        **more,
    }


def only() -> OrganisationTheme:
    return OrganisationTheme.objects.get()


def test_the_committee_chooses_a_theme_and_finds_it_again(cast: Cast):
    browser, year = english(cast.committee), next_period()
    page = words(browser.get(ALL))
    assert "Not chosen yet" in page
    assert "These kinds of talk ask it: MUS (Employee)" in page
    assert "The frame has no room for it in: MUS (Helper)" in page
    answer = browser.post(choose(year), typed(), follow=True)
    assert f"Saved. It is asked in {year}–{year + 1}." in words(answer)
    assert "Together on the task" in words(answer)
    document = only().document
    assert [item["text"]["da"] for item in document["items"]] == [
        "Jeg ved, hvem jeg løser opgaven sammen med"
    ]
    assert document["help"] == [
        {"da": "Hvornår går det godt?", "en": "When does it go well?"},
        {"da": "Hvornår ikke?"},
    ]
    assert "Together on the task" in words(browser.get(ALL))
    shown = at("theme-period", year)
    assert "I know with whom I solve the task" in words(browser.get(shown))
    # Where one text of the leader's is not in English, the leader reads Danish, not the employee's.
    assert "Min medarbejder ved det" in words(browser.get(shown, {"part": "leader"}))
    assert browser.get(shown, {"part": "operator"}).status_code == 404


def test_hr_reads_and_a_local_committee_too_but_they_do_not_choose(cast: Cast):
    chosen(cast, next_period())
    local = sits_locally(cast, cast.union_rep, cast.unit)
    for member in (cast.hr, local):
        browser = english(member)
        page = browser.get(ALL)
        assert "Sammen om opgaven" in words(page)
        assert "/choose/" not in page.content.decode()
        assert browser.get(at("theme-period", next_period())).status_code == 200
        for method in ("get", "post"):
            assert getattr(browser, method)(choose(next_period())).status_code == 404
    assert OrganisationTheme.objects.count() == 1


@pytest.mark.parametrize("off", [1, 6, -2, -200, 10**30])
def test_only_periods_that_there_are_open(cast: Cast, off: int):
    browser = english(cast.committee)
    year = max(0, this_period() + off)
    assert browser.get(at("theme-period", year)).status_code == 404
    assert browser.get(choose(year)).status_code == 404
    assert browser.post(choose(year), typed()).status_code == 404


def test_looking_at_it_first_saves_nothing_and_shows_both_parts(cast: Cast):
    browser = english(cast.committee)
    answer = browser.post(choose(next_period()), typed(preview="1"))
    page = words(answer)
    assert answer.status_code == 200
    assert "Nothing is saved yet" in page
    assert "I know with whom I solve the task" in page
    assert "Min medarbejder ved det" in page
    assert 'value="Sammen om opgaven"' in answer.content.decode()
    assert not OrganisationTheme.objects.exists()


def test_one_more_statement_keeps_what_is_typed_and_says_nothing_is_wrong(cast: Cast):
    browser = english(cast.committee)
    answer = browser.post(choose(next_period()), typed(more="1", title_da=""))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "This must be put right first" not in page
    assert "Jeg ved, hvem jeg løser opgaven sammen med" in page
    assert page.count('name="s2-text_da"') == 1
    many = {f"s{number}-type": "text" for number in range(8)}
    page = browser.post(choose(next_period()), typed(more="1", **many)).content.decode()
    assert "s8-type" not in page
    assert 'name="more"' not in page


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ({"title_da": ""}, "What the theme is called"),
        ({"s0-text_da": "", "s0-leader_da": ""}, "Write the question or statement in Danish."),
        (
            {"s0-text_da": "", "s0-leader_da": "", "s0-text_en": ""},
            "Write at least one statement or question.",
        ),
        ({"help_en": "a\nb\nc"}, " stands in English alone."),
        ({"help_da": "\n".join("abcdefghijk"), "help_en": ""}, "At most 10 help questions."),
        ({"help_da": "x" * 301}, "At most 300 characters in a line."),
        ({"s0-type": "agreements"}, "How it is answered"),
    ],
)
def test_what_is_wrong_is_said_and_what_is_typed_stays(cast: Cast, more, complaint: str):
    answer = english(cast.committee).post(choose(next_period()), typed(**more))
    assert answer.status_code == 422
    assert complaint in words(answer)
    assert "Fordi vi er fælles om det." in answer.content.decode()
    assert not OrganisationTheme.objects.exists()


def test_two_at_once_see_each_other_and_saving_again_means_it(cast: Cast):
    browser = english(cast.committee)
    chosen(cast, next_period(), "Den andens")
    answer = browser.post(choose(next_period()), typed())
    assert answer.status_code == 422
    assert "Den andens" in words(answer)
    page = answer.content.decode()
    assert 'value="Sammen om opgaven"' in page
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    assert seen == only().public_id
    browser.post(choose(next_period()), typed(seen=seen))
    newest = OrganisationTheme.objects.order_by("pk").last()
    assert newest.document["title"]["da"] == "Sammen om opgaven"
    assert OrganisationTheme.objects.count() == 2


def test_pressing_twice_saves_once(cast: Cast):
    browser = english(cast.committee)
    for _time in range(2):
        assert browser.post(choose(next_period()), typed()).status_code == 302
    assert OrganisationTheme.objects.count() == 1


def test_the_theme_of_now_is_changed_with_a_clear_word_only(cast: Cast):
    browser, year = english(cast.committee), this_period()
    assert "Talks planned from now on" not in words(browser.get(choose(year)))
    row = chosen(cast, year, "Det første")
    assert "Talks planned from now on" in words(browser.get(choose(year)))
    given = typed(seen=row.public_id)
    assert browser.post(choose(year), given).status_code == 422
    assert browser.post(choose(year), given | {"change_now": "on"}).status_code == 302
    page = words(browser.get(at("theme-period", year)))
    assert "worded anew since" in page


def test_the_start_page_says_what_is_missing_in_the_half_year_before(cast: Cast):
    def says() -> bool:
        return "The theme for 2027–2028 is not chosen yet" in words(start.get(at("start")))

    for day, missing in ((dt.date(2026, 6, 30), False), (dt.date(2026, 7, 1), True)):
        moment = dt.datetime.combine(day, dt.time(9), COPENHAGEN)
        clock.move(moment - clock.now())
        start = english(cast.committee)
        assert says() is missing, day
        assert ("Nothing is chosen for 2027" in words(start.get(ALL))) is missing
    start = english(sits_locally(cast, cast.union_rep, cast.unit))
    assert "For the committee" in words(start.get(at("start")))
    assert not says()
    chosen(cast, 2027)
    start = english(cast.committee)
    assert not says()
    assert "For the committee" not in words(english(cast.employee).get(at("start")))


def test_pages_cost_the_same_however_many_themes_there_were(cast: Cast):
    browser = english(cast.committee)
    chosen(cast, next_period())
    few = [queries(browser, address) for address in pages()]
    for number in range(6):
        OrganisationTheme.objects.create(
            organisation=cast.havneby,
            first_year=this_period() - 2 * number,
            document=only_first().document,
            chosen_at=clock.now(),
        )
    assert [queries(browser, address) for address in pages()] == few


def pages() -> list[str]:
    return [ALL, at("theme-period", next_period()), choose(next_period())]


def only_first() -> OrganisationTheme:
    return OrganisationTheme.objects.order_by("pk")[0]


def test_getting_changes_nothing(cast: Cast):
    browser: Client = english(cast.committee)
    for address in (ALL, choose(next_period())):
        assert browser.get(address, typed()).status_code == 200
    assert browser.post(ALL).status_code == 405
    assert not OrganisationTheme.objects.exists()
