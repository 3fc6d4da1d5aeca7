"""The box: answers sealed together, shuffled at each writing, always equally long.

Whoever has copies of the database before and after an answer sees that the box was written, and
neither what, where in it, nor how much.
"""

from random import SystemRandom
from typing import Any

from orjson import dumps

from musling.rounds.evaluation.models import EvaluationBox
from musling.rounds.evaluation.questions import MOST_CHARACTERS
from musling.vault.sealing import OpenKey

HOLDS = 40  # answers; a full box is followed by another
TEXT_BYTES = 2 * MOST_CHARACTERS  # of a text as it is stored: signs that take more count for more
_ANSWER_BYTES = 2 * (TEXT_BYTES + 20) + 200
BYTES = HOLDS * _ANSWER_BYTES

Answer = dict[str, Any]  # question → score or text

shuffle = SystemRandom().shuffle


def size_of(text: str) -> int:
    """How many bytes a text takes in the box."""
    return len(dumps(text))


def put_in(box: EvaluationBox, key: OpenKey, answers: list[Answer]) -> None:
    """Seals the answers into the box, in an order that tells nothing (not saved yet)."""
    shuffle(answers)
    box.seal(key, "content", {"answers": answers, "rest": " " * (BYTES - len(dumps(answers)))})


def taken_out(box: EvaluationBox, key: OpenKey) -> list[Answer]:
    """The answers in the box."""
    answers: list[Answer] = box.unseal(key, "content")["answers"]
    return answers
