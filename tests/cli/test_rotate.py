"""``musling vault rotate`` in processes of its own: killed in the middle, and two at once."""

import json
import re
import signal
import subprocess

import pytest

from tests.cli.installation import ROOT, SETTINGS, Installation, migrated

KEYS, BATCH = 12_000, 5_000
FILL = f"""
import json
from musling.vault import keys
made = keys.new_keys({KEYS}, organisation_id=None, purpose="test")
opened = keys.unwrap(made[:100])
print(json.dumps([[key.pk, opened[key.pk].seal("a|b|c", "bliver").hex()] for key in made[:100]]))
"""
# What was sealed before, and that no key is left behind or wrapped by what is not there.
LOOK = """
import json
from django.db.models import Count
from musling.vault import keys
from musling.vault.models import Key
sealed = dict(json.loads(SEALED))
opened = keys.open_keys(list(sealed))
assert len(opened) == len(sealed)
for pk, text in sealed.items():
    assert opened[pk].open("a|b|c", bytes.fromhex(text)) == "bliver"
whole = len(keys.unwrap(Key.objects.all()))
by = Key.objects.order_by().values_list("generation").annotate(Count("pk"))
print(json.dumps({"whole": whole, "by": dict(by)}))
"""
A_WEEK = "import datetime as dt; from musling.foundation import clock; clock.move(dt.timedelta(8))"
# Killed by itself at a known place, as no signal from outside could hit it.
KILLED_AFTER_A_BATCH = """
import os, signal
from musling.vault import rotation
rotation.BATCH = 5000
rotation.rotate(told=lambda done: os.kill(os.getpid(), signal.SIGKILL))
"""
KILLED_WITHIN_A_BATCH = """
import os, signal
from django.db import connection
from musling.vault import rotation
updates = []
def watch(execute, sql, *rest):
    done = execute(sql, *rest)
    if sql.startswith("UPDATE vault_key"):
        updates.append(sql)
        if len(updates) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
    return done
with connection.execute_wrapper(watch):
    rotation.rotate()
"""
KILLED_AFTER_BEGINNING = """
import os, signal
from musling.vault import keyring, rotation
begin = keyring.begin
def begin_and_die():
    begin()
    os.kill(os.getpid(), signal.SIGKILL)
keyring.begin = begin_and_die
rotation.rotate()
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> tuple[Installation, str]:
    """An installation with 12,000 keys, and what some of them have sealed."""
    made = migrated(tmp_path_factory.mktemp("rotate"), "musling_rotate")
    return made, made.inside(FILL)


@pytest.fixture
def due(filled) -> tuple[Installation, str, int]:
    """The same, a week after all keys were wrapped by the generation of that number."""
    made, sealed = filled
    made.inside(A_WEEK)
    (number,) = map(int, look(made, sealed))
    return made, sealed, number


def look(made: Installation, sealed: str) -> dict[str, int]:
    """How many keys each generation wraps; fails where anything does not open."""
    found = json.loads(made.inside(LOOK.replace("SEALED", repr(sealed))))
    assert found["whole"] == KEYS
    return found["by"]


@pytest.mark.parametrize(
    ("code", "moved"),
    [(KILLED_AFTER_BEGINNING, 0), (KILLED_AFTER_A_BATCH, BATCH), (KILLED_WITHIN_A_BATCH, BATCH)],
    ids=["after beginning", "after a batch", "within a batch"],
)
def test_a_rotation_that_was_killed_goes_on_where_it_was(due, code, moved):
    made, sealed, number = due
    killed = subprocess.run(
        made.program(code),
        env=made.environment | SETTINGS,
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    expected = {str(number): KEYS - moved, str(number + 1): moved}
    assert look(made, sealed) == {one: count for one, count in expected.items() if count}
    done = json.loads(made.run("vault", "rotate", "--json").stdout)
    assert (done["begun"], done["rewrapped"]) == (0, KEYS - moved)
    assert look(made, sealed) == {str(number + 1): KEYS}


def test_it_says_how_far_it_is(due):
    made, _sealed, _number = due
    done = made.run("vault", "rotate", "--json")
    json.loads(done.stdout)  # one document and nothing else
    said = re.findall(r"(\d+) of (\d+) keys wrapped anew", done.stderr)
    assert {of for _done, of in said} == {str(KEYS)}
    counts = [int(count) for count, _of in said]
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (BATCH, KEYS)


def test_two_at_once_begin_one_generation_and_share_the_work(due):
    made, sealed, number = due
    words = ("vault", "rotate", "--json")
    with made.begun(*words) as one, made.begun(*words) as other:
        answers = [process.communicate(timeout=120) for process in (one, other)]
    assert [one.returncode, other.returncode] == [0, 0], answers
    done = [json.loads(out) for out, _err in answers]
    assert sorted(row["begun"] for row in done) == [0, 1]
    assert sum(row["rewrapped"] for row in done) == KEYS
    assert look(made, sealed) == {str(number + 1): KEYS}
