"""How well paper forms are read, against frames that a person made of the same forms; no database.

A folder holds ``NAME.txt``, ``.md``, ``.docx`` or ``.pdf`` and ``NAME.expected.json`` beside each.
The reference is the time of taking the bare text out of the same files. Scores are means over the
forms: docs/frames-from-paper.md says what each counts.
"""

import argparse
import json
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import musling
from musling.foundation.problems import Refused
from musling.frames.reading import Limits, files, read_file
from musling.frames.reading.scoring import Scores, mean, score

FORMS = Path(musling.__file__).parents[1] / "tests" / "frames" / "forms"
ANSWER = ".expected.json"
AIMS = {"f1": 0.95, "themes": 0.9, "types": 0.95}


def measure(arguments: argparse.Namespace, _size: int) -> dict[str, Any]:
    """Reads each form, scores it, and times it. Returns the document of docs/contract.md.

    Raises Refused for a folder without forms, and for a form that cannot be read.
    """
    forms = forms_in(arguments.forms or FORMS)
    rows = [_row(form, answer, arguments.rounds) for form, answer in forms]
    seconds = sum(row["seconds"] for row in rows)
    reference = sum(row["reference_seconds"] for row in rows)
    scores = [Scores(**row["scores"]) for row in rows]
    return {
        "name": "read-frames",
        "size": len(rows),
        "seconds": seconds,
        "reference_seconds": reference,
        "ratio": seconds / reference,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "queries": 0,
        "scores": mean(scores).to_json(),
        "forms": rows,
    }


def forms_in(folder: Path) -> list[tuple[Path, Path]]:
    """Each form with its answer, by name. Raises Refused where there is none."""
    beside = {file.stem: file for file in sorted(folder.glob("*")) if file.suffix in files.ENDINGS}
    answers = sorted(folder.glob(f"*{ANSWER}"))
    pairs = [(beside.get(one.name.removesuffix(ANSWER)), one) for one in answers]
    found = [(form, answer) for form, answer in pairs if form is not None]
    if not found:
        raise Refused(f"There are no forms with answers in {folder}. Name a folder with --forms.")
    return found


def _row(form: Path, answer: Path, rounds: int) -> dict[str, Any]:
    draft = read_file(form)
    ours, bare = [], []
    for _round in range(rounds):
        ours.append(_timed(lambda: read_file(form)))
        bare.append(_timed(lambda: files.lines(form.read_bytes(), form.name, Limits())))
    wanted = json.loads(answer.read_text("utf-8"))
    found = score(wanted, draft.to_json())
    return {
        "form": form.name,
        "seconds": statistics.median(ours),
        "reference_seconds": statistics.median(bare),
        "scores": found.to_json(),
    }


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def lines(document: dict[str, Any]) -> Iterator[str]:
    """The outcome for people."""
    for row in document["forms"]:
        yield f"{row['form']:44} {_told(row['scores'])}  {row['seconds'] * 1000:6.0f} ms"
    yield f"{'mean of ' + str(document['size']) + ' forms':44} {_told(document['scores'])}"
    yield (
        f"{document['seconds'] * 1000:.0f} ms in all; taking out the bare text of the same files: "
        f"{document['reference_seconds'] * 1000:.0f} ms, ratio {document['ratio']:.2f}"
    )
    kept = all(document["scores"][name] >= aim for name, aim in AIMS.items())
    yield f"Aims (items F1 0.95, themes 0.9, types 0.95): {'kept' if kept else 'not kept'}."


def _told(scores: dict[str, float]) -> str:
    names = {
        "precision": "precision", "recall": "recall", "f1": "F1", "themes": "theme",
        "types": "type", "mandatory": "mandatory", "help_f1": "help F1",
    }  # fmt: skip
    return "  ".join(f"{told} {scores[name]:.2f}" for name, told in names.items())
