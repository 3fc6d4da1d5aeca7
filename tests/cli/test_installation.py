"""A new installation: made, looked at, served, worked in and stopped, by the real command."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests.cli.installation import (
    ROOT,
    Installation,
    answer,
    children,
    free_port,
    installation,
    migrated,
    wait_until_gone,
    wait_until_served,
)

SLOW_CLIENTS = 64
MOST_RESIDENT = 150_000  # kB of one process


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """One new installation for this file."""
    new = installation(tmp_path_factory.mktemp("installation"), "musling_new")
    result = new.run("migrate")
    assert result.returncode == 0, result.stderr
    return new


def test_a_second_run_of_migrate_changes_nothing(made: Installation) -> None:
    done = made.json("migrate")
    assert done["migrations"] == done["static_files"] == done["destruction_finished"] == 0
    assert done["keyring"] == "kept"


def test_its_secrets_are_readable_by_the_program_alone(made: Installation) -> None:
    for secret in (made.var, *(made.var / "keyring").iterdir(), made.var / "certificate/seal.pem"):
        assert secret.stat().st_mode & 0o077 == 0, secret


def test_the_programs_role_owns_nothing_and_cannot_change_the_log(made: Installation) -> None:
    if connection.vendor == "postgresql":
        with psycopg.connect(made.environment["DATABASE_URL"], autocommit=True) as program:
            owned = program.execute(
                "SELECT count(*) FROM pg_tables WHERE tableowner = current_user"
            ).fetchone()
            assert owned == (0,)
            for statement in (
                "UPDATE activity_activity SET verb = ''",
                "DELETE FROM activity_activity",
                "TRUNCATE activity_reading",
                "DELETE FROM django_migrations",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    program.execute(statement)
    assert not [row for row in made.json("doctor")["findings"] if "owns" in row["message"]]


def findings(made: Installation, **environment: str) -> dict[str, list[str]]:
    """What doctor finds wrong, by check."""
    found: dict[str, list[str]] = {}
    for row in made.json("doctor", **environment)["findings"]:
        if row["state"] == "wrong":
            found.setdefault(row["check"], []).append(row["message"])
    return found


def test_doctor_finds_what_was_broken(made: Installation, tmp_path: Path) -> None:
    assert set(findings(made)) <= {"static files"}  # the Danish texts come with `make install`
    broken = tmp_path / "broken"
    shutil.copytree(made.var, broken)
    (broken / "static" / "staticfiles.json").write_text("{")
    (broken / "keyring").chmod(0o755)
    (broken / "ledger").mkdir(mode=0o500)
    found = findings(made, MUSLING_VAR=str(broken), EMAIL_URL=f"smtp://127.0.0.1:{free_port()}")
    assert "staticfiles.json" in found["static files"][0]
    assert "chmod" in found["keyring and ledger"][0]
    assert "refused" in found["mail server"][0]


def test_doctor_says_what_production_lacks(made: Installation) -> None:
    bare = {"MUSLING_MODE": "production", "MUSLING_MFA_REQUIRED": "0"}
    said = {row["message"]: row["state"] for row in made.json("doctor", **bare)["findings"]}
    words = "\n".join(said)
    for missing in ("MUSLING_SECRET_KEY", "MUSLING_HOSTS", "MUSLING_BASE_URL", "MUSLING_MAIL_FROM"):
        assert next(state for text, state in said.items() if missing in text) == "wrong", missing
    for weak in ("MUSLING_MFA_REQUIRED", "MUSLING_BEHIND_PROXY", "MUSLING_KEYRING_COPY"):
        assert [state for text, state in said.items() if weak in text] == ["warning"], words


def test_doctor_says_when_the_keyring_is_another_one(made: Installation, tmp_path: Path) -> None:
    other = str(tmp_path / "keyring")
    seal_something(made)
    in_program(made, "from musling.vault import keyring; keyring.begin()", MUSLING_KEYRING=other)
    found = findings(made, MUSLING_KEYRING=other)
    assert "does not belong to this database" in found["keyring and ledger"][0]


def seal_something(made: Installation) -> None:
    """Makes a key in its database, as the program does."""
    make_key = "from musling.vault import keys; keys.new_key(organisation_id=None, purpose='test')"
    in_program(made, make_key)


def in_program(made: Installation, code: str, **environment: str) -> None:
    """Runs a line of Python inside the program."""
    surroundings = made.environment | environment
    surroundings["DJANGO_SETTINGS_MODULE"] = "musling.config.settings"
    line = f"import django; django.setup(); {code}"
    subprocess.run([sys.executable, "-c", line], env=surroundings, cwd=ROOT, check=True)


def test_migrate_never_makes_a_second_keyring_for_a_database(
    made: Installation, tmp_path: Path
) -> None:
    seal_something(made)
    lost = made.run("migrate", "--json", MUSLING_KEYRING=str(tmp_path / "nothing-here"))
    assert lost.returncode == 1
    assert "an old one needs its own back" in lost.stderr
    assert not (tmp_path / "nothing-here").exists()


def test_production_does_not_start_unsound(made: Installation) -> None:
    result = made.run("serve", MUSLING_MODE="production", MUSLING_SECRET_KEY="short")
    assert result.returncode == 1
    assert "MUSLING_SECRET_KEY" in result.stderr


def test_nothing_is_served_before_the_database_is_in_step(tmp_path: Path) -> None:
    result = installation(tmp_path, "musling_empty").run("serve")
    assert result.returncode == 1
    assert "musling migrate" in result.stderr


def test_it_serves_while_slow_clients_hang_on_and_stops_with_all_it_started(
    made: Installation,
) -> None:
    port = free_port()
    with made.started("serve", "--port", str(port)) as server:
        wait_until_served(port)
        started = children(server.pid)
        assert len(started) == 3, "two that serve and one that works"
        taken = made.run("serve", "--port", str(port))
        assert taken.returncode == 1
        assert "--port" in taken.stderr
        slow = [slow_client(port, kind) for kind in SLOW * SLOW_CLIENTS]
        time.sleep(0.5)
        for _request in range(20):
            begun = time.monotonic()
            assert answer(port) == 404
            assert time.monotonic() - begun < 2
        assert max(resident(pid) for pid in started) < MOST_RESIDENT
        for client in slow:
            client.close()
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
        assert wait_until_gone(started) == []


SLOW = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
)


def slow_client(port: int, beginning: bytes) -> socket.socket:
    """Somebody who begins a request and says no more."""
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(beginning)
    return client


def resident(pid: int) -> int:
    """The resident memory of a process in kB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError(pid)


def test_what_serve_started_ends_even_when_serve_is_killed(made: Installation) -> None:
    port = free_port()
    with made.started("serve", "--port", str(port)) as server:
        wait_until_served(port)
        started = children(server.pid)
        server.kill()
        server.wait()
        assert wait_until_gone(started) == []


def test_a_worker_that_dies_beside_serve_is_begun_again(made: Installation) -> None:
    port = free_port()
    with made.started("serve", "--port", str(port)) as server:
        wait_until_served(port)
        (worker,) = [pid for pid in children(server.pid) if b"worker" in command(pid)]
        os.kill(worker, signal.SIGKILL)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            workers = [pid for pid in children(server.pid) if b"worker" in command(pid)]
            if workers and workers != [worker]:
                return
            time.sleep(0.2)
        pytest.fail("nobody works any more")


def command(pid: int) -> bytes:
    """The command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""


def test_a_worker_runs_the_schedule_and_stops_when_told(tmp_path: Path) -> None:
    # An installation of its own: where a worker ran a moment ago, doctor still says that one runs.
    new = migrated(tmp_path, "musling_worker")
    with new.started("worker") as worker:
        until = time.monotonic() + 40
        while time.monotonic() < until:
            rows = new.json("doctor")["findings"]
            if ("worker", "ok") in {(row["check"], row["state"]) for row in rows}:
                break
            time.sleep(0.5)
        else:
            pytest.fail("the schedule did not run")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
