"""``musling vault rotate``: wraps all living keys anew and destroys generations that are done."""

import argparse
import time

from musling.cli.output import note, result
from musling.vault import keyring, rotation

NAME = "vault"
SECONDS = 1.0  # between two lines of progress
HELP = "what the schedule does with keys, now"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Rotate is all there is."""
    deeds = parser.add_subparsers(dest="deed", metavar="rotate", required=True)
    deeds.add_parser(
        "rotate",
        help="begin a new generation if the youngest is a week old, re-wrap all living keys under "
        "it, and destroy generations that no backup within the horizon can need",
    )


def run(arguments: argparse.Namespace) -> int:
    """Rotates; says how much was done. Raises KeyringProblem."""
    done = rotation.rotate(told=_Progress())
    generations = keyring.numbers()
    lines = [
        f"New generations: {done['begun']}",
        f"Keys wrapped anew: {done['rewrapped']}",
        f"Generations destroyed: {done['destroyed']}",
        f"Files destroyed in copies of the keyring: {done['copies_destroyed']}",
        f"Generations in the keyring: {len(generations)}",
    ]
    result(arguments, {**done, "generations": generations}, lines)
    return 0


class _Progress:
    """Says how far it is: at the first batch, then once a second, and at the end."""

    def __init__(self) -> None:
        self.all = 0
        self.said_at = 0.0

    def __call__(self, done: int) -> None:
        """Hears how many there are by now."""
        self.all = self.all or done + rotation.to_rewrap()
        if done >= self.all or time.monotonic() - self.said_at >= SECONDS:
            note(f"{done} of {self.all} keys wrapped anew …")
            self.said_at = time.monotonic()
