"""Lists of people and units as an organisation would send them, for tests of the import."""

from collections.abc import Iterable
from typing import Any

from musling.people.import_files import ReadPeople, ReadUnits, read_people, read_units

UNITS = (
    {"unit_id": "1", "name": "Havneby Kommune", "leader_employment_id": "A-1"},
    {"unit_id": "10", "name": "Børn og unge", "parent_id": "1", "leader_employment_id": "A-2"},
    {"unit_id": "11", "name": "Skovbrynet", "parent_id": "10", "leader_employment_id": "A-3"},
    {"unit_id": "12", "name": "Åkanden", "parent_id": "10"},
)
PEOPLE = (
    {"id": "1", "first_name": "Dorte", "last_name": "Dam", "unit_id": "1", "is_leader": "ja"},
    {"id": "2", "first_name": "Carl", "last_name": "Chef", "unit_id": "10", "is_leader": "ja"},
    {"id": "3", "first_name": "Lise", "last_name": "Leder", "unit_id": "11", "is_leader": "ja"},
    {"id": "4", "first_name": "Signe", "last_name": "Bøgh", "unit_id": "11"},
    {"id": "5", "first_name": "Åse", "last_name": "Ørsted", "unit_id": "11"},
    {"id": "6", "first_name": "Bo", "last_name": "Holm", "unit_id": "12"},
)

Line = dict[str, str]


def person(number: str, **changes: str) -> Line:
    """A line of the list of people; employment and person have numbers that end alike."""
    given = next((dict(one) for one in PEOPLE if one["id"] == number), {"unit_id": "11"})
    given.pop("id", None)
    name = given.get("first_name", f"Navn{number}")
    line = {
        "employment_id": f"A-{number}",
        "person_id": f"P-{number}",
        "first_name": name,
        "last_name": "Jensen",
        "email": f"{name.lower().replace('å', 'aa')}@havneby.example",
        "mobile": "12345678",
        "title": "Pædagog",
        "is_leader": "nej",
        "from": "01-02-2020",
        "to": "",
        "pay": "monthly",
        "leave_from": "",
        "leave_until": "",
        "agreement": "BUPL",
        "language": "da",
    }
    return line | given | changes


def everybody(**changes: str) -> list[Line]:
    """The six of the list."""
    return [person(one["id"], **changes) for one in PEOPLE]


def unit(number: str, **changes: str) -> Line:
    """A line of the list of units."""
    given = next((one for one in UNITS if one["unit_id"] == number), {"name": f"Enhed {number}"})
    line = {"unit_id": number, "parent_id": "", "leader_employment_id": "", "closed": ""}
    return line | given | changes


def tree(**changes: str) -> list[Line]:
    """The four units."""
    return [unit(one["unit_id"], **changes) for one in UNITS]


def vacant(**changes: str) -> list[Line]:
    """The four units, with nobody in the posts."""
    return tree(leader_employment_id="", **changes)


def csv(lines: Iterable[Line]) -> bytes:
    """The lines as a file; its columns are those of the first one."""
    rows = [list(line.values()) for line in lines]
    heading = list(next(iter(lines)))
    return "\r\n".join(";".join(row) for row in [heading, *rows]).encode()


def people(lines: list[Line]) -> ReadPeople:
    """The list of people, read."""
    return read_people("people.csv", csv(lines))


def units(lines: list[Line]) -> ReadUnits:
    """The list of units, read."""
    return read_units("units.csv", csv(lines))


def without(lines: list[Line], *columns: str) -> list[Line]:
    """The lines of a file that does not have these columns."""
    return [{name: line[name] for name in line if name not in columns} for line in lines]


def counts(plan: Any, what: str = "people") -> tuple[int, int, int, int]:
    """Created, updated, unchanged, ended."""
    one = plan.as_json()[what]
    return one["created"], one["updated"], one["unchanged"], one["ended"]


def rejected(plan: Any) -> list[tuple[str, int, str]]:
    """File, row and column of what was rejected; each comes with a sentence."""
    assert all(one.problem for one in plan.rejected)
    return [(one.file, one.row, one.column) for one in plan.rejected]
