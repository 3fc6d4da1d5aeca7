"""T10: an answer of an evaluation is joined to no person, whatever one has copies of.

The attacker has every row of every table before and after each answer, with what the database
itself keeps of a row (its place, its transaction), and the web server's log with who, when, what
address, and how long the answers were. See docs/decisions/0020-evaluation.md, also for the last
attacker, who has the keyring besides.
"""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from musling.foundation import clock
from musling.rounds.evaluation import box, closing
from musling.rounds.evaluation.models import EvaluationBox, EvaluationText
from musling.rounds.evaluation.queries import evaluation_state
from musling.vault.keys import open_key
from tests.cast import Cast, Member, make_cast
from tests.rounds.evaluation.evaluating import World, make_round, make_world, take_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("C4")]
PEOPLE = 12
ROUNDS = 8
# Guessing joins one person in each round. More than so many in all by chance: less than
# once in ten million (Poisson, mean 8).
MOST_BY_CHANCE = 28
OURS = "rounds_evaluation"
BOXES = EvaluationBox._meta.db_table
OWN = {"xmin", "xmax", "ctid", "rowid"}  # what the databases note of a row

Rows = dict[str, list[tuple[Any, ...]]]


# --- what the attacker holds ------------------------------------------------------------------


@dataclass
class Copy:
    """Every table at one moment: the names of its columns, and its rows as they lie there."""

    columns: dict[str, list[str]] = field(default_factory=dict)
    rows: Rows = field(default_factory=dict)

    def lengths(self, table: str) -> list[list[int]]:
        """How long each value of a table is, but for what the database itself notes of a row."""
        own = sum(name in OWN for name in self.columns[table])
        return sorted([len(value) for value in row[own:]] for row in self.rows[table])


def copy() -> Copy:
    """All there is, in the order in which the database gives it."""
    taken = Copy()
    own = "xmin::text, xmax::text, ctid::text" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT {own}, * FROM "{table}"')  # noqa: S608 (names of our own)
            taken.columns[table] = [column[0] for column in cursor.description]
            taken.rows[table] = [tuple(map(plain, row)) for row in cursor.fetchall()]
    return taken


def plain(value: Any) -> Any:
    return bytes(value).hex() if isinstance(value, (bytes, memoryview)) else str(value)


def changed(before: Copy, after: Copy) -> dict[str, tuple[int, int]]:
    """Table → how many rows went and came; a changed row is one of each."""
    found = {}
    for table, rows in after.rows.items():
        old, new = set(before.rows[table]), set(rows)
        if old != new:
            found[table] = (len(old - new), len(new - old))
    return found


@dataclass
class WebLog:
    """What a web server writes down of each request, and from whose address it came."""

    lines: list[tuple[str, str, str, int, int]] = field(default_factory=list)

    def note(self, who: str, method: str, answer: HttpResponse, address: str) -> None:
        """One line."""
        self.lines.append((who, method, address, answer.status_code, len(answer.content)))


def sends(
    world: World, who: Member, number: int, web_log: WebLog, client: Client | None = None
) -> None:
    """Opens the form and sends it: own scores, and words of any length."""
    client = client or who.client
    address = f"/havneby/evaluation/{world.round.public_id}/"
    name = who.profile.first_name
    web_log.note(name, "GET", client.get(address), address)
    form = {
        "anonymous": "1",
        "s.prepared": str(number % 6),
        "s.heard": str(number % 6),
        "t.good": f"Svar {number:02} " + "x" * (45 * number),
    }
    answer = client.post(address, form)
    assert answer.status_code == 302, answer.content.decode()
    web_log.note(name, "POST", answer, address)
    web_log.note(name, "GET", client.get("/havneby/evaluation/thanks/"), "thanks")


def another_round(world: World) -> World:
    """The same people, another year's round."""
    row = make_round(world.cast.havneby, year=world.round.year + 1)
    take_in(world.cast, row, world.employees, world.leaders)
    return World(world.cast, row, world.employees, world.leaders)


# --- joining by order --------------------------------------------------------------------------


def joined_by(
    taken: Copy, table: str, number_of: Callable[[dict[str, Any]], int | None]
) -> dict[str, int]:
    """For each column: how many answers stand where their writer's turn came, in its order.

    The writer of answer n was the n-th to answer: that is what the web log says. Read from either
    end; rows that a column does not tell apart stay as they lie on the disk.
    """
    names = taken.columns[table]
    rows = [dict(zip(names, row, strict=True)) for row in taken.rows[table]]
    rows = [row for row in rows if number_of(row) is not None]
    orders = {"as they lie": rows}
    for name in names:
        orders[name] = sorted(rows, key=lambda row, name=name: sort_key(row[name]))  # type: ignore[misc]
        orders[f"length of {name}"] = sorted(rows, key=lambda row, name=name: len(row[name]))  # type: ignore[misc]
    return joined_in({name: [number_of(row) for row in order] for name, order in orders.items()})


def joined_in(orders: dict[str, list[int | None]]) -> dict[str, int]:
    """The same for answers in some orders, each read from both ends."""
    forwards = {name: matches(order) for name, order in orders.items()}
    backwards = {f"{name}, backwards": matches(order[::-1]) for name, order in orders.items()}
    return forwards | backwards


def sort_key(value: str) -> tuple[int, str]:
    """Numbers as numbers, and places on the disk page by page."""
    digits = value.strip("()").replace(",", "").replace("-", "")
    return (len(value), value) if digits.isdigit() else (0, value)


def matches(numbers: list[int | None]) -> int:
    return sum(number == place for place, number in enumerate(numbers))


def opened(world: World) -> dict[str, int]:
    """By public id: whose words a text is, for judging what the attacker guessed."""
    key = open_key(world.evaluation.text_key_id)
    rows = EvaluationText.objects.filter(evaluation=world.evaluation)
    return {row.public_id: int(row.unseal(key, "content").split()[1]) for row in rows}


def attack_after_closing(world: World, told: dict[str, list[int]]) -> None:
    """One round: everybody answers in turn, it closes, and each column is tried."""
    world.asks()
    for number, one in enumerate(world.employees):
        answers_quickly(world, one, number)
    world.closes()
    writer = opened(world)
    taken = copy()
    ours = {writer[row] for row in writer}
    assert ours == set(range(PEOPLE))
    table = EvaluationText._meta.db_table
    found = joined_by(taken, table, lambda row: writer.get(row["public_id"]))
    state = evaluation_state(world.hr, world.round)
    assert state is not None
    shown = [text for one in state.groups for part in one.results for text in part.texts]
    found |= joined_in({"HR's page": [int(text.split()[1]) for text in shown]})
    for name, number in found.items():
        told.setdefault(name, []).append(number)


def answers_quickly(world: World, one: Member, number: int) -> None:
    """Without a browser; the texts alike in length, which the next test tries by itself."""
    world.answers(one, number % 6, text=f"Svar {number:02}")


def rounds_of(number: int) -> list[World]:
    first = make_world(make_cast(), employees=PEOPLE)
    return [first, *(another_round(first) for _ in range(number - 1))]


def test_no_column_no_order_and_no_place_on_the_disk_joins_better_than_chance():
    told: dict[str, list[int]] = {}
    for world in rounds_of(ROUNDS):
        attack_after_closing(world, told)
    sums = {name: sum(numbers) for name, numbers in told.items()}
    assert {name: one for name, one in sums.items() if one > MOST_BY_CHANCE} == {}
    assert "xmin" in sums or connection.vendor == "sqlite"
    assert {"id", "public_id", "content", "as they lie", "HR's page"} <= set(sums)


def test_the_same_attack_joins_everybody_where_nothing_is_shuffled(monkeypatch):
    """That the test above would see it."""
    for module in (box, closing):
        monkeypatch.setattr(module, "shuffle", lambda rows: None)
    told: dict[str, list[int]] = {}
    (world,) = rounds_of(1)
    attack_after_closing(world, told)
    assert told["id"] == told["as they lie"] == [PEOPLE]


# --- two copies at two moments ----------------------------------------------------------------


def test_each_answer_changes_the_same_rows_by_the_same_lengths_and_nothing_else():
    """Whatever was answered, and whoever did: a word, or six hundred characters."""
    world = make_world(make_cast(), employees=PEOPLE, log_in=True)
    world.asks()
    clients = [one.client for one in world.employees]
    web_log = WebLog()
    before = copy()
    seen = []
    for number, one in enumerate(world.employees):
        sends(world, one, number, web_log, clients[number])
        after = copy()
        seen.append(changed(before, after))
        assert before.lengths(BOXES) == after.lengths(BOXES)
        before = after
    tables = {"rounds_evaluationbox": (1, 1), "rounds_evaluationticket": (1, 0)}
    if connection.vendor == "postgresql":  # xmax: that somebody held the row
        tables["rounds_evaluation"] = (1, 1)
    assert seen == [tables] * PEOPLE
    # The log of the web server: the same lines for everybody.
    told = {line[1:] for line in web_log.lines}
    assert sorted(line[0] for line in told) == ["GET", "GET", "POST"]


def test_nothing_is_told_before_it_closes_and_then_of_at_least_five_at_once(cast: Cast):
    world = make_world(cast, employees=PEOPLE)
    world.asks()
    results = ("rounds_evaluationfigure", "rounds_evaluationtext")
    before = copy()
    for number, one in enumerate(world.employees[:11]):
        answers_quickly(world, one, number)
        after = copy()
        assert not set(results) & set(changed(before, after))
        before = after
    world.closes()
    after = copy()
    went = changed(before, after)
    assert went["rounds_evaluationtext"] == (0, 11)
    assert went["rounds_evaluationfigure"] == (0, 5)
    assert went["rounds_evaluationticket"] == (1, 0)  # who has not answered is told no more
    assert after.rows["rounds_evaluationbox"] == []


def test_what_closing_wrote_was_written_in_one_transaction(cast: Cast):
    """On PostgreSQL; SQLite notes none."""
    world = make_world(cast, employees=PEOPLE)
    world.asks()
    for number, one in enumerate(world.employees):
        answers_quickly(world, one, number)
    world.closes()
    taken = copy()
    if connection.vendor == "sqlite":
        assert "xmin" not in taken.columns["rounds_evaluationtext"]
        return
    written = {
        row[0] for table in ("figure", "text") for row in taken.rows[f"rounds_evaluation{table}"]
    }
    assert len(written) == 1


# --- what else could tell -----------------------------------------------------------------------


def test_no_deed_no_time_and_no_session_tells_of_an_answer(cast: Cast):
    world = make_world(cast, employees=PEOPLE, log_in=True)
    world.asks()
    clients = [one.client for one in world.employees]
    clock.move(dt.timedelta(hours=1))
    began = clock.now()
    before = copy()
    for number, one in enumerate(world.employees):
        sends(world, one, number, WebLog(), clients[number])
    world.closes()
    after = copy()
    ours = {name for name in after.rows if name.startswith(OURS)}
    # The organisation's row: PostgreSQL notes on it that closing held it, and no answer does.
    more = {"activity_activity", "vault_key", "organisations_organisation"}
    assert set(changed(before, after)) <= ours | more
    names = after.columns["activity_activity"]
    noted = set(after.rows["activity_activity"]) - set(before.rows["activity_activity"])
    verbs = [dict(zip(names, row, strict=True))["verb"] for row in noted]
    assert verbs == ["evaluation.closed"]
    moments = {
        f"{table}.{name}"
        for table, rows in after.rows.items()
        if table.startswith(OURS)
        for row in rows
        for name, value in zip(after.columns[table], row, strict=True)
        if name.endswith("_at") and value[:10] == str(began.date())
    }
    assert moments == set()


def test_the_words_stand_in_no_table_and_the_scores_in_no_row(cast: Cast):
    world = make_world(cast, employees=PEOPLE, log_in=True)
    world.asks()
    for number, one in enumerate(world.employees):
        sends(world, one, number, WebLog())
    waiting = json.dumps(copy().rows)
    world.closes()
    closed = copy()
    for text in (waiting, json.dumps(closed.rows)):
        assert "Svar 0" not in text
        assert b"Svar 0".hex() not in text
    names = closed.columns["rounds_evaluationfigure"]
    figures = [dict(zip(names, row, strict=True)) for row in closed.rows["rounds_evaluationfigure"]]
    assert all(int(row["answered"]) == PEOPLE for row in figures)
    assert not {"profile_id", "person_id", "actor_id"} & {
        name for table in closed.columns if table.startswith(OURS) for name in closed.columns[table]
        if closed.rows[table]
    }  # fmt: skip


def test_one_copy_and_the_keyring_open_the_box_and_find_no_order_in_it():
    """What is not held off: what was said is told, though not who said which."""
    told: dict[str, list[int]] = {}
    for world in rounds_of(ROUNDS):
        world.asks()
        for number, one in enumerate(world.employees):
            answers_quickly(world, one, number)
        key = open_key(world.evaluation.box_key_id)
        row = EvaluationBox.objects.get(evaluation=world.evaluation, group="employees")
        lying = [int(one["good"].split()[1]) for one in box.taken_out(row, key)]
        assert sorted(lying) == list(range(PEOPLE))
        for name, number in joined_in({"lying": list(lying)}).items():
            told.setdefault(name, []).append(number)
    assert all(sum(numbers) <= MOST_BY_CHANCE for numbers in told.values())
