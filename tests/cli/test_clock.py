"""``musling clock``."""

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from musling.cli.main import main
from musling.foundation import clock
from musling.foundation.clock import COPENHAGEN


@pytest.fixture(autouse=True)
def _right_clock() -> Iterator[None]:
    """Nobody's clock is moved before or after."""
    clock.reset()
    yield
    clock.reset()


@pytest.mark.parametrize(
    ("words", "days"),
    [(["10d"], 10), (["2w"], 14), (["1y"], 365), (["48h"], 2), (["3d", "--back"], -3)],
)
def test_it_moves_by_a_length(words: list[str], days: int) -> None:
    assert main(["clock", "move", *words]) == 0
    assert clock.offset() == dt.timedelta(days=days)


def test_it_moves_on_from_where_it_is_and_back_to_now() -> None:
    main(["clock", "move", "10d"])
    main(["clock", "move", "10d"])
    assert clock.offset() == dt.timedelta(days=20)
    main(["clock", "reset"])
    assert clock.offset() == dt.timedelta(0)


def test_it_moves_to_a_day_at_the_same_hour() -> None:
    before = clock.now().astimezone(COPENHAGEN)
    main(["clock", "move", "--to", "2027-07-01"])
    now = clock.now().astimezone(COPENHAGEN)
    assert now.date() == dt.date(2027, 7, 1)
    assert abs(dt.datetime.combine(before, now.time()) - before.replace(tzinfo=None)) < (
        dt.timedelta(minutes=1)
    )


def test_it_tells_the_time_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    main(["clock", "move", "1d", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["moved_seconds"] == 86400
    assert dt.datetime.fromisoformat(told["now"]) - clock.now() < dt.timedelta(seconds=5)


@pytest.mark.parametrize("words", [["10"], ["d"], ["10m"], ["-5d"], ["--to", "1.3.2027"]])
def test_what_is_no_length_is_wrong_usage(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["clock", "move", *words])
    assert ended.value.code == 2
    assert clock.offset() == dt.timedelta(0)


def test_production_refuses(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.MUSLING_MODE = "production"
    assert main(["clock", "move", "1d"]) == 1
    assert "cannot be moved" in capsys.readouterr().err
