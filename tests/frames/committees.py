"""A theme, a topic and a local committee: what the tests of committees stand on."""

from typing import Any

from musling.foundation import clock
from musling.frames.models import OrganisationTheme, RequiredItem
from musling.frames.queries import first_year_of
from musling.frames.required_actions import OwnWords, require_own
from musling.frames.theme_actions import Statement, ThemeWords, choose_theme
from musling.organisations.models import Unit
from musling.people.models import Role
from tests.cast import LONG_AGO, Cast, Member


def this_period() -> int:
    """The odd year that the present period begins with."""
    return first_year_of(clock.today().year)


def next_period() -> int:
    """That of the period after it."""
    return this_period() + 2


def words(title: str = "Sammen om opgaven", *texts: str, **more: Any) -> ThemeWords:
    """A theme of a statement and a question, or of these statements."""
    statements = [Statement("scale", {"da": text}, {}, {}) for text in texts]
    return ThemeWords(
        title={"da": title, "en": more.pop("title_en", "")},
        intro={"da": "Fordi vi er fælles om det."},
        help=[{"da": "Hvornår går det godt?"}],
        statements=statements
        or [
            Statement(
                "scale",
                {"da": "Jeg ved, hvem jeg løser opgaven sammen med"},
                {"da": "Min medarbejder ved, hvem opgaven løses sammen med"},
                {"da": "Både i teamet og uden for det"},
            ),
            Statement("text", {"da": "Hvad vil du gerne gøre mere sammen?"}, {}, {}),
        ],
    )


def chosen(cast: Cast, first_year: int, title: str = "Sammen om opgaven") -> OrganisationTheme:
    """A theme that the main committee has chosen for the period."""
    return choose_theme(
        cast.committee.actor, first_year=first_year, words=words(title), seen="", change_now=True
    )


def sits_locally(cast: Cast, member: Member, unit: Unit) -> Member:
    """Lets somebody sit in the committee of a unit."""
    Role.objects.create(
        organisation=cast.havneby,
        profile=member.profile,
        name=Role.Name.COMMITTEE,
        unit=unit,
        starts_on=LONG_AGO,
    )
    return member


def own_words(text: str = "Hvordan taler vi om vold og trusler?", type_: str = "text") -> OwnWords:
    """A question of a committee's own."""
    return OwnWords(type_, {"da": text}, {}, [])


def topic(cast: Cast, unit: Unit | None = None, kinds: tuple[str, ...] = ("mus",)) -> RequiredItem:
    """A question of the main committee's own, asked in the unit and below."""
    return require_own(cast.committee.actor, unit=unit, kinds=kinds, words=own_words())
