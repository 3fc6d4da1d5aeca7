"""The leader prints slips for those of the own team who have no log-in."""

import io
import re

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musling.activity.models import Activity
from musling.people import activation
from musling.people.models import Activation, Profile, Role
from tests.cast import LONG_AGO, Cast
from tests.web.staff_pages import at, employ, employ_many, english, queries, words

pytestmark = pytest.mark.django_db
SLIPS = at("team-slips")


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """Four people in the team, and only Mette has made her log-in."""
    for one in (cast.colleague, cast.union_rep, cast.two_places):
        one.profile.person = None
        one.profile.save(update_fields=["person"])
    return cast


@pytest.fixture
def browser(cast):
    return english(cast.leader)


def ids(*profiles: Profile) -> dict[str, list[str]]:
    """What a browser sends with these ticked."""
    return {"people": [profile.public_id for profile in profiles]}


def ticks(page) -> dict[str, bool]:
    """The name at each tick box, and whether it is ticked."""
    found = re.findall(
        r'<input type="checkbox"([^>]*)><label[^>]*>([^<]+)</label>', page.content.decode()
    )
    return {name: " checked" in attributes for attributes, name in found}


def printed(answer) -> tuple[int, str]:
    """How many pages the PDF has, and its text."""
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return len(pages), "\n".join(page.extract_text() for page in pages)


def test_those_without_a_log_in_stand_here_ticked_beforehand(cast, browser):
    page = browser.get(SLIPS)
    assert ticks(page) == {"Jonas Prøve": True, "Tanja Prøve": True, "Vilma Prøve": True}


def test_each_slip_on_the_paper_opens_the_log_in_of_its_holder(cast, browser):
    jonas, tanja = cast.colleague.profile, cast.union_rep.profile
    pages, text = printed(browser.post(SLIPS, ids(jonas, tanja)))
    assert pages == 1
    codes = re.findall(r"[A-Z2-9]{4} [A-Z2-9]{4} [A-Z2-9]{4}", text)
    found = [activation.find(code) for code in codes]
    assert [one.profile for one in found] == [jonas, tanja]
    assert text.index("Jonas") < text.index(codes[0]) < text.index("Tanja")
    assert "Vilma" not in text
    made = Activation.objects.values_list("profile", "how", "made_by")
    assert set(made) == {(who.pk, "slip", cast.leader.profile.pk) for who in (jonas, tanja)}
    noted = Activity.objects.filter(verb="activation.printed").values_list("actor_id", "about_id")
    assert set(noted) == {(cast.leader.profile.pk, who.pk) for who in (jonas, tanja)}


def test_four_slips_share_a_page(cast, browser):
    more = [employ(cast, name, "Ny").profile for name in ("Asta", "Bo", "Camilla")]
    assert printed(browser.post(SLIPS, ids(*more)))[0] == 1
    everybody = [cast.colleague.profile, cast.union_rep.profile, *more]
    assert printed(browser.post(SLIPS, ids(*everybody)))[0] == 2


def test_whose_slip_is_out_is_said_and_not_ticked_beforehand(cast, browser):
    browser.post(SLIPS, ids(cast.colleague.profile))
    jonas, *others = ticks(browser.get(SLIPS)).items()
    assert re.fullmatch(r"Jonas Prøve \(slip printed .+\)", jonas[0])
    assert (jonas[1], others) == (False, [("Tanja Prøve", True), ("Vilma Prøve", True)])
    # A new one ends the one before.
    browser.post(SLIPS, ids(cast.colleague.profile))
    assert Activation.objects.filter(ended_at=None).count() == 1
    Activation.objects.update(expires_at="2026-01-01T00:00Z")
    assert ticks(browser.get(SLIPS))["Jonas Prøve"] is True


def test_with_nobody_ticked_nothing_is_printed(cast, browser):
    answer = browser.post(SLIPS, {})
    assert answer.status_code == 422
    # Once above the form, once at the field.
    assert words(answer).count("Choose at least one person.") == 2
    assert set(ticks(answer).values()) == {False}
    assert not Activation.objects.exists()


@pytest.mark.parametrize("who", ["employee", "leaders_leader", "hr", "neighbour", "leader"])
def test_nobody_else_gets_a_slip_and_what_was_ticked_stays(cast, browser, who):
    """Whoever has a log-in, is led by somebody else, or works elsewhere."""
    Profile.objects.filter(pk=cast.hr.profile.pk).update(person=None)
    Profile.objects.filter(pk=cast.neighbour.profile.pk).update(person=None)
    other = cast.everybody[who].profile
    answer = browser.post(SLIPS, ids(cast.colleague.profile, other))
    assert answer.status_code == 422
    assert "Choose again." in words(answer)
    assert other.public_id not in answer.content.decode()
    assert [name for name, ticked in ticks(answer).items() if ticked] == ["Jonas Prøve"]
    assert not Activation.objects.exists()


def test_the_leaders_leader_prints_for_the_own_team_only(cast):
    Profile.objects.filter(pk=cast.leader.profile.pk).update(person=None)
    browser = english(cast.leaders_leader)
    assert list(ticks(browser.get(SLIPS))) == ["Lars Prøve"]
    assert browser.post(SLIPS, ids(cast.colleague.profile)).status_code == 422
    assert "Lars" in printed(browser.post(SLIPS, ids(cast.leader.profile)))[1]


def test_hr_who_leads_prints_for_the_own_team_here(cast):
    """HR may give anybody a slip, but this page is the team's."""
    Role.objects.create(
        organisation=cast.havneby, profile=cast.leader.profile, name="hr", starts_on=LONG_AGO
    )
    Profile.objects.filter(pk=cast.committee.profile.pk).update(person=None)
    page = english(cast.leader).get(SLIPS)
    assert list(ticks(page)) == ["Jonas Prøve", "Tanja Prøve", "Vilma Prøve"]


@pytest.mark.parametrize(
    ("languages", "greeting"),
    [(("en", "en"), "For Jonas"), (("da", "en"), "Til Jonas"), (("da", "da"), "Til Jonas")],
)
def test_slips_speak_the_language_of_those_who_get_them(cast, browser, languages, greeting):
    both = cast.colleague.profile, cast.union_rep.profile
    for profile, language in zip(both, languages, strict=True):
        Profile.objects.filter(pk=profile.pk).update(language=language)
    assert greeting in printed(browser.post(SLIPS, ids(*both)))[1]


def test_where_everybody_has_a_log_in_the_page_says_so(cast, browser):
    Profile.objects.filter(organisation=cast.havneby, person=None).update(
        disabled_at="2026-01-01T00:00Z"
    )
    page = browser.get(SLIPS)
    assert "Everybody has a log-in" in words(page)
    assert ticks(page) == {}


def test_the_queries_do_not_grow_with_the_team(cast, browser):
    def cost_of_printing() -> int:
        everybody = Profile.objects.filter(organisation=cast.havneby, person=None)
        with CaptureQueriesContext(connection) as captured:
            assert browser.post(SLIPS, ids(*everybody)).status_code == 200
        return len(captured)

    before = queries(browser, SLIPS), cost_of_printing()
    employ_many(cast, range(30))
    assert (queries(browser, SLIPS), cost_of_printing()) == before
