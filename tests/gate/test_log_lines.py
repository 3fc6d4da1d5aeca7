"""A log line never quotes what somebody wrote (T31)."""

import logging
import sys

from musling.gate.log_lines import LineFormatter


def line_of(raising) -> str:
    try:
        raising()
    except Exception:  # noqa: BLE001 (whatever it is)
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "run %s", ("abc",), sys.exc_info())
        return LineFormatter("%(message)s").format(record)
    raise AssertionError("nothing was raised")


def deep() -> None:
    try:
        {}["hemmeligt inderst"]
    except KeyError as error:
        raise ValueError("hemmeligt yderst") from error


def test_the_place_and_the_kinds_are_told_and_the_words_are_not():
    line = line_of(deep)
    assert "hemmeligt" not in line
    assert "in deep" in line
    assert "builtins.ValueError from builtins.KeyError" in line
    assert line.startswith("run abc")
