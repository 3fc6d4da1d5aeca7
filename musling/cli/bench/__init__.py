"""``musling bench``: measures Musling against the bare engine that does the same work.

``page`` holds four pages against bare views of Django that send the same bytes, ``coverage`` those
of coverage against the same beside few talks, ``load`` two hundred people at once against one
alone, ``import`` the
import of people against COPY of the same rows, ``reimport`` a nightly list with little changed
against reading it, ``open-round`` opening a round against
``INSERT … SELECT``, ``seal`` sealing against bare AES-GCM, ``retention`` counts the talks destroyed
a second, ``rotate`` the keys wrapped anew, and ``mail`` holds the sending of mails against smtplib
alone. ``read-frames`` scores what is made of paper forms, without a database. Each of the others
fills a database of its own first; no installation is ever touched. What is compared, and the
figures measured: docs/benches.md.
"""

import argparse
from importlib import import_module
from pathlib import Path

from musling.cli.output import result
from musling.foundation.problems import Refused

NAME = "bench"
HELP = "measure pages and the import against the bare engine, in a database of their own"
TALKS = 500_000
SIZES = {
    "page": 30,
    "import": 500_000,
    "reimport": 500_000,
    "open-round": 500_000,
    "coverage": TALKS,
    "load": 200,
    "seal": 10_000,
    "retention": 100_000,
    "rotate": 1_000_000,
    "mail": 10_000,
    "read-frames": 1,
}
MODULES = {
    "import": "importing",
    "reimport": "reimporting",
    "open-round": "opening",
    "seal": "sealing",
    "retention": "destroying",
    "rotate": "rotating",
    "mail": "mailing",
    "load": "loading",
    "read-frames": "reading_frames",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to measure, how large, and where."""
    parser.add_argument("name", choices=sorted(SIZES))
    parser.add_argument(
        "--size",
        type=_count,
        help="page: employees of the leader (30); import, reimport: rows in the list (500000); "
        "open-round: people (500000); coverage: talks (500000); seal: texts (10000); "
        "retention: talks to destroy (100000); rotate: living keys (1000000); mail: mails (10000); "
        "load: people at once (200)",
    )
    parser.add_argument(
        "--database",
        metavar="URL",
        help="an empty one, sqlite:///… or postgresql://…; default: own ones, made and removed",
    )
    parser.add_argument(
        "--talks", type=_count, default=TALKS, help=f"that the database holds; default: {TALKS}"
    )
    parser.add_argument(
        "--rounds", type=_count, default=5, help="each side is measured so often; default: 5"
    )
    parser.add_argument(
        "--seconds",
        type=float,
        help="length of a round of pages; default: 2, of load 60",
    )
    parser.add_argument(
        "--forms", type=Path, help="read-frames: the folder of forms with answers; default: our own"
    )
    parser.add_argument(
        "--folder", type=Path, help="keeps the filled databases there, and finds them again"
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Measures, and prints one document. Raises Refused where that cannot be done here."""
    from musling.cli.cluster import CannotStart

    size = arguments.size or SIZES[arguments.name]
    bench = import_module(f"musling.cli.bench.{MODULES.get(arguments.name, arguments.name)}")
    try:
        document = bench.measure(arguments, size)
    except CannotStart as problem:
        raise Refused(f"{problem} Or measure SQLite alone: --database sqlite:///file") from problem
    result(arguments, document, bench.lines(document))
    return 0
