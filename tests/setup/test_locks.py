"""The Python locks name no index, and pin each package with its hashes."""

import re
from pathlib import Path

import pytest

LOCKS = sorted((Path(__file__).parents[2] / "requirements").glob("*.txt"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_a_lock_names_no_address(lock: Path) -> None:
    assert re.findall(r"(?m)https?://.*|^--(?!hash).*|file:/.*", lock.read_text()) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_each_package_is_pinned_and_hashed(lock: Path) -> None:
    lines = [line for line in lock.read_text().splitlines() if line[:1].isalnum()]
    assert lines
    assert [line for line in lines if not re.fullmatch(r"[\w.\[\]-]+==[\w.]+ \\", line)] == []


def test_developers_run_what_everybody_runs() -> None:
    pins = {
        lock.stem: set(re.findall(r"(?m)^([\w.-]+==[\w.]+)", lock.read_text())) for lock in LOCKS
    }
    assert pins["runtime"] - pins["dev"] == set()
