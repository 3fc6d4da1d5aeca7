"""Reading the lists of people and units that an organisation sends: CSV and .xlsx.

Nothing here knows the database. ``delimited`` and ``spreadsheets`` turn a file into rows of cells,
``columns`` finds what each cell is by its heading, ``values`` reads one cell, ``rows`` makes typed
rows and says what was rejected, where and why.
"""

from musling.people.import_files.columns import PEOPLE, UNITS, Column
from musling.people.import_files.rows import (
    PersonRow,
    ReadPeople,
    ReadUnits,
    Rejected,
    UnitRow,
    read_people,
    read_units,
)
from musling.people.import_files.unreadable import UnreadableFile

__all__ = [
    "PEOPLE",
    "UNITS",
    "Column",
    "PersonRow",
    "ReadPeople",
    "ReadUnits",
    "Rejected",
    "UnitRow",
    "UnreadableFile",
    "read_people",
    "read_units",
]
