"""``musling vault rotate``: wraps all living keys anew and destroys generations that are done."""

import argparse

from musling.cli.output import note, result
from musling.vault import keyring, keys

NAME = "vault"
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
    done = keys.rotate(told=lambda count: note(f"{count} keys wrapped anew …"))
    generations = keyring.numbers()
    lines = [
        f"New generations: {done['begun']}",
        f"Keys wrapped anew: {done['rewrapped']}",
        f"Generations destroyed: {done['destroyed']}",
        f"Generations in the keyring: {len(generations)}",
    ]
    result(arguments, {**done, "generations": generations}, lines)
    return 0
