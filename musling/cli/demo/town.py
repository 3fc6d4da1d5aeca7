"""Havneby Kommune in the demo: 1,200 people in a tree of units, as the files that HR would import.

Everybody is made up. Names are drawn from common Danish first and last names by a fixed seed, so
that two demos are alike.
"""

import csv
import io
import random
from dataclasses import dataclass, field

SEED = 20261122
PEOPLE = 1200
FIRST = """
    Anne Mette Lise Karen Hanne Kirsten Susanne Camilla Louise Maria Julie Sofie Emma Ida Freja
    Amina Fatima Sara Nadia Leyla Lars Peter Jens Søren Henrik Thomas Martin Jonas Mads Emil
    Oliver Noah Anders Kim Bo Erik Ole Torben Ahmed Yusuf Ali Mehmet Piotr Jakub Æsa Øjvind Åse
""".split()  # noqa: SIM905 (a list of 48 quoted names says less)
LAST = """
    Jensen Nielsen Hansen Pedersen Andersen Christensen Larsen Sørensen Rasmussen Jørgensen
    Petersen Madsen Kristensen Olsen Thomsen Poulsen Johansen Møller Mortensen Dahl Holm Lund Berg
    Bach Friis Winther Bech Krogh Skov Vestergaard Østergaard Aagaard Yıldız Nowak
""".split()  # noqa: SIM905 (a list of 48 quoted names says less)


@dataclass
class Place:
    """A unit: number, name, who works there, and whether the leader's post is vacant."""

    number: str
    name: str
    parent: str
    titles: tuple[str, ...] = ()
    vacant: bool = False
    staff: list[dict[str, str]] = field(default_factory=list)


CARE = (
    "Social- og sundhedsassistent",
    "Social- og sundhedshjælper",
    "Sygeplejerske",
    "Ergoterapeut",
    "Nattevagt",
)
SCHOOL = ("Lærer", "Lærer", "Pædagog", "Skolesekretær", "Teknisk servicemedarbejder")
DAYCARE = ("Pædagog", "Pædagogisk assistent", "Pædagogmedhjælper", "Køkkenassistent")
ROADS = ("Vejmand", "Gartner", "Chauffør", "Ingeniør", "Formand")
OFFICE = ("Socialrådgiver", "Kontorassistent", "Sagsbehandler", "Jurist", "Økonomikonsulent")


def places() -> list[Place]:
    """The tree of units, parents first."""
    rows = [
        Place("1", "Havneby Kommune", ""),
        Place("10", "Sundhed og Omsorg", "1"),
        Place("20", "Børn og Skole", "1"),
        Place("30", "Teknik og Miljø", "1"),
        Place("40", "Borgerservice og Stab", "1", OFFICE),
    ]
    for n, name in enumerate(("Øst", "Vest", "Nord", "Syd", "Nat"), 1):
        rows.append(Place(f"10{n}", f"Hjemmeplejen {name}", "10", CARE))
    for n, name in enumerate(("Solgården", "Strandlyst", "Fjordblik"), 6):
        rows.append(Place(f"10{n}", f"Plejecenter {name}", "10", CARE, vacant=name == "Fjordblik"))
    for n, name in enumerate(("Havneskolen", "Bakkeskolen", "Lyngskolen", "Engskolen"), 1):
        rows.append(Place(f"20{n}", name, "20", SCHOOL))
    for n, name in enumerate(("Mariehønen", "Myretuen", "Regnbuen", "Søstjernen"), 5):
        rows.append(Place(f"20{n}", f"Børnehuset {name}", "20", DAYCARE))
    for n, name in enumerate(("Vej og Park", "Genbrugspladsen", "Byg og Plan"), 1):
        rows.append(Place(f"30{n}", name, "30", ROADS))
    for n, name in enumerate(("Borgerservice", "Jobcenter", "Økonomi", "HR og Løn"), 1):
        rows.append(Place(f"40{n}", name, "40", OFFICE))
    return rows


# The people of the demo accounts, where they work, and what they are.
KNOWN: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("medarbejder", "Mette", "Dam", "101", "Social- og sundhedsassistent", ""),
    ("leder", "Lars", "Friis", "101", "Teamleder", "leads"),
    ("chef", "Charlotte", "Bruun", "10", "Områdechef", "leads"),
    ("kollega", "Jonas", "Berg", "101", "Sygeplejerske", ""),
    ("hr", "Hanne", "Vest", "404", "HR-konsulent", "first"),
    ("med", "Morten", "Juul", "401", "Fællestillidsrepræsentant", ""),
    ("tr", "Tina", "Kjær", "101", "Social- og sundhedsassistent", ""),
    ("drift", "Ditte", "Rask", "403", "IT-driftstekniker", ""),
    ("vikar", "Vibeke", "Lauridsen", "101", "Nattevagt", ""),
)
# The rest of the team that the guide's pictures show.
TEAM = (
    ("Amina", "Yusuf", "Social- og sundhedshjælper"),
    ("Peter", "Holst", "Ergoterapeut"),
    ("Sara", "Lund", "Sygeplejerske"),
    ("Kim", "Toft", "Nattevagt"),
    ("Birthe", "Mørk", "Social- og sundhedshjælper"),
    ("Ali", "Demir", "Social- og sundhedsassistent"),
    ("Lone", "Østergaard", "Sygeplejerske"),
    ("Jørgen", "Bak", "Social- og sundhedshjælper"),
    ("Nanna", "Holm", "Social- og sundhedsassistent"),
    ("Piotr", "Nowak", "Social- og sundhedshjælper"),
    ("Gitte", "Aagaard", "Social- og sundhedshjælper"),
    ("Rasmus", "Skov", "Sygeplejerske"),
    ("Fatima", "Haddad", "Social- og sundhedsassistent"),
)


def _person(number: int, first: str, last: str, unit: str, title: str) -> dict[str, str]:
    return {
        "employment_id": f"E{number:05d}",
        "person_id": f"P{number:05d}",
        "first_name": first,
        "last_name": last,
        "email": "",
        "mobile": "",
        "title": title,
        "unit_id": unit,
        "is_leader": "0",
        "from": "01-08-2021",
        "to": "",
        "pay": "monthly",
        "leave_from": "",
        "leave_until": "",
        "agreement": "",
        "language": "da",
    }


def files(leave_until: str, leave_from: str) -> tuple[bytes, bytes]:
    """The two files, people and units, as UTF-8 CSV with semicolons.

    Sara Lund of the team is on leave between the two dates (dd-mm-yyyy).
    """
    chance = random.Random(SEED)  # noqa: S311 (made-up names, no secret)
    tree = places()
    people: list[dict[str, str]] = []

    def add(first: str, last: str, unit: str, title: str) -> dict[str, str]:
        row = _person(len(people) + 2, first, last, unit, title)
        people.append(row)
        return row

    for account, first, last, unit, title, part in KNOWN:
        if part == "first":
            continue  # founded the organisation and is there already
        row = add(first, last, unit, title)
        row["email"] = f"{account}@havneby.example"
        row["is_leader"] = "1" if part == "leads" else "0"
    for first, last, title in TEAM:
        row = add(first, last, "101", title)
        if first == "Sara":
            row["leave_from"], row["leave_until"] = leave_from, leave_until
        if first == "Kim":
            row["pay"] = "hourly"
    _fill(tree, people, chance, add)
    units = [
        {"unit_id": place.number, "name": place.name, "parent_id": place.parent} for place in tree
    ]
    return _csv(people), _csv(units)


def _fill(tree: list[Place], people: list[dict[str, str]], chance: random.Random, add) -> None:  # type: ignore[no-untyped-def]
    """A leader where there is none, then staff in every unit until they are 1,200."""
    led = {row["unit_id"] for row in people if row["is_leader"] == "1"}
    for place in tree:
        if place.number not in led and not place.vacant:
            title = "Kommunaldirektør" if place.number == "1" else "Leder"
            row = add(chance.choice(FIRST), chance.choice(LAST), place.number, title)
            row["is_leader"] = "1"
    homes = [place for place in tree if place.titles and place.number != "101"]
    while len(people) < PEOPLE - 1:
        place = chance.choice(homes)
        row = add(
            chance.choice(FIRST), chance.choice(LAST), place.number, chance.choice(place.titles)
        )
        if chance.random() < 0.15:
            row["pay"] = "hourly"


def _csv(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
