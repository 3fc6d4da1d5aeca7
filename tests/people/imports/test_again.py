"""A list that comes again: what comes of it is what the whole list would have made."""

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musling.activity import log
from musling.activity.models import Activity
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.people.import_files import rows as reading
from musling.people.imports import again, apply_import, import_again, known
from musling.people.models import Employment, Leadership, Person, Profile
from tests.people.imports.lists import (
    Line,
    counts,
    csv,
    people,
    person,
    rejected,
    tree,
    unit,
    units,
)
from tests.people.workplace import Workplace

pytestmark = pytest.mark.django_db
STAFF = 60


@pytest.fixture(autouse=True)
def _clean(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.MUSLING_VAR = tmp_path
    yield
    clock.reset()


def program(place: Workplace) -> Actor:
    """Whoever runs the server, now."""
    return Actor(None, 0, place.organisation.pk, clock.now())


def staff() -> list[Line]:
    """Sixty people in the four units."""
    places = ("1", "10", "11", "12")
    more = (person(str(n), unit_id=places[n % 4]) for n in range(7, STAFF + 1))
    return [*(person(str(n)) for n in range(1, 7)), *more]


def stands(place: Workplace) -> dict[str, list[Any]]:
    """All that an import decides of people in the organisation, by numbers instead of ids."""
    own = {"organisation": place.organisation}
    profile = ("number", "first_name", "last_name", "email", "mobile", "language", "imported")
    one = ("number", "profile__number", "unit__number", "title", "starts_on", "ends_on", "pay")
    rest = ("leave_from", "leave_until", "agreement", "imported")
    post = ("unit__number", "employment__number", "starts_on", "ends_on", "kind")
    deeds = Activity.objects.filter(organisation_id=place.organisation.pk)
    return {
        "profiles": sorted(Profile.objects.filter(**own).values_list(*profile)),
        "closed": sorted(
            Profile.objects.filter(disabled_at__isnull=False, **own).values_list("number")
        ),
        "employments": sorted(map(str, Employment.objects.filter(**own).values_list(*one, *rest))),
        "posts": sorted(map(str, Leadership.objects.filter(**own).values_list(*post))),
        "deeds": sorted(deeds.values_list("verb", flat=True)),
    }


class Nights:
    """Two workplaces that get the same lists; the one's are read again, the other's whole."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ours, self.whole = Workplace("havneby"), Workplace("sandvig")
        self.quick = 0
        real = again._part

        def counting(*given: Any) -> Any:
            found = real(*given)
            self.quick += found is not None
            return found

        monkeypatch.setattr(again, "_part", counting)

    def night(self, lines: list[Line], tree_lines: list[Line] | None = None) -> Any:
        """The same list in both. Returns the plan of the one that was read again."""
        read = units(tree_lines) if tree_lines else None
        other = units(tree_lines) if tree_lines else None
        theirs = apply_import(program(self.whole), people(lines), other, allow_ending=True)
        ours = import_again(program(self.ours), "people.csv", csv(lines), read, allow_ending=True)
        assert ours.as_json() == theirs.as_json()
        assert (len(ours.ending), ours.in_force) == (len(theirs.ending), theirs.in_force)
        assert stands(self.ours) == stands(self.whole)
        return ours

    def by_hand(self, number: str, **changes: Any) -> None:
        """HR changes an employment in both, and the log says so."""
        for place in (self.ours, self.whole):
            one = Employment.objects.get(number=number, organisation=place.organisation)
            Employment.objects.filter(pk=one.pk).update(**changes)
            who = program(place)
            log.note(who, "employment.changed", object_id=one.pk, about=one.profile_id)


@pytest.fixture
def nights(monkeypatch: pytest.MonkeyPatch) -> Nights:
    """The first list is in, in both."""
    found = Nights(monkeypatch)
    found.night(staff(), tree())
    assert found.quick == 0
    clock.move(dt.timedelta(hours=7))
    return found


# --- how little is done ----------------------------------------------------------------------


def test_of_a_list_with_one_change_one_row_is_read(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []
    real = reading.Reading.take
    lines = staff()
    lines[20]["title"] = "Souschef"
    leaders = sum(line["is_leader"] == "ja" for line in lines)

    def take(self: Any, source: Any, found: Any) -> None:
        taken.append(source.number)
        real(self, source, found)

    monkeypatch.setattr(reading.Reading, "take", take)
    plan = import_again(program(nights.ours), "people.csv", csv(lines))
    assert counts(plan) == (0, 1, STAFF - 1, 0)
    assert len(taken) == 1 + leaders
    assert nights.quick == 1


def test_an_unchanged_list_writes_nothing(nights: Nights) -> None:
    before = stands(nights.ours)
    assert counts(nights.night(staff())) == (0, 0, STAFF, 0)
    assert stands(nights.ours) == before
    assert nights.quick == 1


def test_the_number_of_queries_does_not_grow_with_the_changes(nights: Nights) -> None:
    def cost(changed: int) -> int:
        lines = staff()
        for line in lines[30 : 30 + changed]:
            line["title"] = f"{changed}"
        with CaptureQueriesContext(connection) as queries:
            import_again(program(nights.ours), "people.csv", csv(lines))
        return len(queries)

    assert cost(2) == cost(5)
    assert nights.quick == 2


# --- when nothing known is trusted -----------------------------------------------------------


def test_what_hr_changed_since_is_set_right_by_the_row_that_did_not_change(nights: Nights) -> None:
    nights.by_hand("A-30", title="Vikar")
    assert counts(nights.night(staff())) == (0, 1, STAFF - 1, 0)
    assert nights.quick == 1


@pytest.mark.parametrize("how", ["lost", "spoilt", "old", "restored", "secret", "headings"])
def test_it_reads_the_whole_list_where_it_cannot_know(
    nights: Nights, how: str, settings: Any
) -> None:
    own = nights.ours.organisation.pk
    lines = staff()
    Employment.objects.filter(number="A-30").update(title="Of which the log knows nothing")
    if how == "lost":
        known.forget(own)
    elif how == "spoilt":
        (settings.MUSLING_VAR / "lists" / str(own)).write_bytes(b"{}\nabc")
    elif how == "old":
        clock.move(known.LONGEST)
    elif how == "restored":
        file = settings.MUSLING_VAR / "lists" / str(own)
        kept = file.read_bytes()
        file.write_bytes(kept.replace(b'"last": ', b'"last": 9', 1))
    elif how == "secret":
        settings.SECRET_KEY += "another"
    else:
        lines = [dict(reversed(line.items())) for line in lines]
    assert counts(nights.night(lines)) == (0, 1, STAFF - 1, 0)
    assert nights.quick == 0


def test_what_is_kept_holds_nobodys_number_name_or_address(nights: Nights, settings: Any) -> None:
    (file,) = (settings.MUSLING_VAR / "lists").iterdir()
    kept = file.read_bytes()
    for secret in (b"A-30", b"P-30", b"Navn30", b"havneby.example", b"Signe"):
        assert secret not in kept
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(known.load(nights.ours.organisation.pk).prints) == STAFF - 3  # without who leads


def test_it_touches_no_log_in(nights: Nights) -> None:
    person_ = Person.objects.create_user("navn30@private.example")
    profile = Profile.objects.get(number="P-30", organisation=nights.ours.organisation)
    profile.person, profile.language = person_, "en"
    profile.save()
    log.note(program(nights.ours), "activation.used", object_id=profile.pk, about=profile.pk)
    before = list(Person.objects.values())
    lines = staff()
    lines[29]["email"] = "new@havneby.example"
    import_again(program(nights.ours), "people.csv", csv(lines))
    profile.refresh_from_db()
    assert (profile.person_id, profile.language) == (person_.pk, "en")
    assert profile.email == "new@havneby.example"
    assert list(Person.objects.values()) == before


# --- the same as the whole -------------------------------------------------------------------


def test_who_is_in_the_list_no_more_ends(nights: Nights) -> None:
    assert counts(nights.night(staff()[:-2])) == (0, 0, STAFF - 2, 2)
    assert nights.quick == 1
    assert counts(nights.night(staff())) == (0, 2, STAFF - 2, 0)


def test_a_second_employment_of_the_same_person_is_compared_with_the_first(nights: Nights) -> None:
    lines = [*staff(), person("30", employment_id="B-30", last_name="Hansen")]
    plan = nights.night(lines)
    assert rejected(plan) == [("people.csv", STAFF + 2, "person_id")]
    lines[29]["email"] = ""
    lines[-1]["last_name"] = "Jensen"
    nights.night(lines)
    lines.pop(29)
    nights.night(lines)
    assert nights.quick >= 2


def test_a_leader_who_leaves_on_a_day_to_come_leads_no_more_from_that_day(nights: Nights) -> None:
    lines = staff()
    day = (clock.today() + dt.timedelta(days=3)).strftime("%d-%m-%Y")
    lines[2] |= {"to": day}
    for _night in range(6):
        nights.night(lines)
        clock.move(dt.timedelta(days=1))
    assert nights.quick >= 5


@pytest.mark.parametrize("seed", range(8))
def test_nights_of_all_kinds_make_what_whole_lists_make(nights: Nights, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 (no secret)
    lines, top = staff(), tree()
    for night in range(12):
        for _change in range(chance.randrange(4)):
            _change_one(chance, lines, f"{night}{_change}")
        if chance.random() < 0.2:
            nights.by_hand(f"A-{chance.randrange(7, STAFF)}", title="Vikar")
        if chance.random() < 0.3:
            chance.choice(top)["leader_employment_id"] = f"A-{chance.randrange(1, STAFF)}"
        if chance.random() < 0.1:
            top.append(unit(f"2{night}", parent_id="10"))
        nights.night(lines, top if chance.random() < 0.4 else None)
        clock.move(dt.timedelta(hours=chance.choice([1, 12, 24, 48])))
    assert nights.quick >= 4


def _change_one(chance: random.Random, lines: list[Line], name: str) -> None:
    line = chance.choice(lines)
    day = (clock.today() + dt.timedelta(days=chance.randrange(-2, 4))).strftime("%d-%m-%Y")
    change: dict[str, str] = chance.choice(
        [
            {"title": f"Nr. {name}"},
            {"email": f"x{name}@havneby.example"},
            {"email": "no address"},
            {"email": ""},
            {"mobile": ""},
            {"unit_id": chance.choice(["1", "10", "11", "12", "99"])},
            {"to": day},
            {"to": ""},
            {"is_leader": "ja"},
            {"is_leader": "nej"},
            {"last_name": f"N{name}"},
            {"leave_from": day},
            {"person_id": f"P-{chance.randrange(1, STAFF)}"},
            {"employment_id": f"A-{chance.randrange(1, STAFF)}"},
        ]
    )
    if chance.random() < 0.15 and len(lines) > STAFF - 8:
        lines.remove(line)
    elif chance.random() < 0.15:
        lines.append(person(f"9{name}", unit_id="12"))
    else:
        line |= change
