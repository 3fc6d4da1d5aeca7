"""What a command prints: its result on standard output, everything else on standard error."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterable
from typing import Any


def result(arguments: Namespace, document: Any, lines: Iterable[str] = ()) -> None:
    """Prints the result: with ``--json`` as one JSON document, else as lines for people."""
    if arguments.json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for line in lines:
        print(line)


def note(text: str) -> None:
    """Tells whoever watches what is going on."""
    print(text, file=sys.stderr, flush=True)
