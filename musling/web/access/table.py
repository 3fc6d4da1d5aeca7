"""The table "who can see what", made from the rows that the program enforces."""

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from musling.calendars import access as calendars
from musling.conversations import access as conversations
from musling.conversations import contents
from musling.conversations.coverage import access as coverage
from musling.conversations.joint import access as joint
from musling.conversations.kinds import Kind
from musling.foundation.visibility import Content, PartPlayed, Row, Stage, Text
from musling.frames import access as frames
from musling.people import access as people
from musling.privacy import access as privacy
from musling.rounds import access as rounds
from musling.rounds.evaluation import access as evaluation

WITHOUT_STAGES: tuple[Row, ...] = (
    *(people.ROWS + coverage.ROWS + joint.ROWS + calendars.ROWS + frames.ROWS),
    *(rounds.ROWS + evaluation.ROWS + privacy.ROWS),
)


@dataclass(frozen=True)
class Reader:
    """One part that sees a class of content: when, and what it may do in which stage."""

    part: PartPlayed
    when: Text  # what else must be so; for content without stages: when
    sees: frozenset[Stage] = frozenset()
    changes: frozenset[Stage] = frozenset()
    may_change: bool = False

    def cells(self) -> list[tuple[Stage, bool, bool]]:
        """Each stage: whether it is seen there, and whether it may be changed."""
        return [(stage, stage in self.sees, stage in self.changes) for stage in contents.STAGES]


@dataclass(frozen=True)
class Line:
    """Classes of content with the same readers: who sees them and when, and who never does."""

    contents: tuple[Content, ...]
    seen_by: tuple[Reader, ...]
    never: tuple[PartPlayed, ...] = ()


def of_talks(kind: Kind) -> list[Line]:
    """What there is of content in such a talk, in the order of the rows.

    Nothing here is written by hand.
    """
    rows = conversations.ROWS
    seen = [
        (content, _readers(rows, content))
        for content in dict.fromkeys(row.content for row in rows)
        if contents.in_kind(content, kind)
    ]
    return [
        Line(tuple(content for content, _same in alike), readers, _never(readers))
        for readers, alike in groupby(seen, key=itemgetter(1))
    ]


def of_people() -> list[Line]:
    """The same for what the organisation knows of a person, which has no stages."""
    held = dict.fromkeys(row.content for row in WITHOUT_STAGES)
    return [Line((content,), _readers(WITHOUT_STAGES, content)) for content in held]


def names() -> dict[str, Text]:
    """The name of each class of content, by its id."""
    return {row.content.id: row.content.name for row in conversations.ROWS + WITHOUT_STAGES}


def _readers(rows: tuple[Row, ...], content: Content) -> tuple[Reader, ...]:
    """Rows of the same part on the same condition are one."""
    found: dict[tuple[str, str], Reader] = {}
    for row in rows:
        if row.content is content:
            place = (row.part.id, str(row.when))
            found[place] = _with(row, found.get(place, Reader(row.part, row.when)))
    return tuple(found.values())


def _with(row: Row, reader: Reader) -> Reader:
    return Reader(
        row.part,
        row.when,
        reader.sees | set(row.stages),
        reader.changes | set(row.changes),
        reader.may_change or row.may_change,
    )


def _never(readers: tuple[Reader, ...]) -> tuple[PartPlayed, ...]:
    """Who has no row. What somebody wrote, one of the two wrote."""
    seen = {reader.part for reader in readers}
    parties = {contents.AUTHOR, contents.EMPLOYEE, contents.LEADER}
    return tuple(part for part in contents.PARTS if part not in seen | parties)
