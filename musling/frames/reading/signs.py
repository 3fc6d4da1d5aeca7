"""Signs that a text carries: scales, answers to pick, room to write, marks, fields.

Each function looks at one piece of text and knows nothing of what stands around it.
"""

import itertools
import re
from typing import NamedTuple

from musling.frames.reading.markers import BOX, BOXES
from musling.frames.reading.words import Words

_ROOM = re.compile(r"[\s:]*(?:_{2,}|\.{4,}|…{2,}|(?:\.\s){4,}|[-–]{5,})[\s_.…|:–-]*$")
_LONGEST = 400  # characters of a row of answers
_MOST_STEPS = 12  # words that name the steps of a scale, or the answers
_DIGITS = 6  # characters of a line that only a number fits on
_ONLY_ROOM = re.compile(r"[\s_.…|:–\-=*~/+☐□]+$")
_BOXED = re.compile(BOX)
_NUMBERS = re.compile(
    r"(?P<low>(?:[^\d]*?[^\d\s–\-|(\[])?)[\s–\-|(\[]*"
    rf"(?P<numbers>(?:(?<!\d)\d{{1,2}}(?!\d)(?:[\s–\-/|.,·_{BOXES}\[\]()]|\.\.\.)+){{2,}}\d{{1,2}}(?!\d))"
    rf"[\s–\-|)\]{BOXES}\[(]*(?P<high>[^\d]*)$"
)
_PAIR = re.compile(
    r"(?<![\w-])(\d{1,2})\s*"
    r"(?:=|:|\bbetyder\b|\ber\b|\bbetyr\b|\bär\b|\bbedeutet\b|\bist\b|\bmeans\b|\bis\b|–|-|\()\s*"
    r"(?=[^\W\d_])([^\d;=]*?)(?=\s*(?:[,;.)–-]|\bog\b|\band\b|\bund\b|\boch\b|$))"
)
_RANGE = re.compile(r"(?<!\d)(?:0|1|10)\s*(?:-|–|til|to|bis|till|\.\.\.?|…)\s*(?:10|[3-7])(?!\d)")
_NAMED = re.compile(r"\s*(?:[^\s:?]+\s+){0,3}[^\s:?]+:(?:\s|_|\.\.|…|$)")  # "Lærlingens navn: ____"
_SEPARATOR = re.compile(rf"\t|\s{{2,}}|{BOX}|\s[–—/|-]\s|\s*\|\s*|\s*/\s*|\s*;\s*")
_COLUMNS = re.compile(r"\t+|\s{2,}|\s*\|\s*")
_BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]\s*[:.]?\s*$")


class Answers(NamedTuple):
    """Answers to pick from: ``scale`` or ``choice``, with the words of each."""

    type: str
    options: list[str]


def is_room(text: str) -> bool:
    """Whether there is nothing but a line, dots or a box to write on."""
    return bool(_ONLY_ROOM.match(text)) and len(text.strip()) > 1


def is_tick(text: str) -> bool:
    """Whether there is nothing but a box to tick, or the number of a step."""
    return bool(re.fullmatch(rf"\s*(?:{BOX}|\d{{1,2}}|[xX–-])\s*", text))


def without_room(text: str) -> tuple[str, bool]:
    """The text without the line to write on at its end, and whether there was one."""
    match = _ROOM.search(text)
    if not match:
        return text, False
    # A few underscores are room for a number, not for words.
    return text[: match.start()], len(match[0].strip(" :")) > _DIGITS


def columns(text: str) -> list[str]:
    """The pieces that tabs, bars or wide spaces part."""
    return [piece.strip() for piece in _COLUMNS.split(text.strip(" |")) if piece.strip()]


def answers(text: str, words: Words) -> Answers | None:
    """The answers, if the text is nothing else than answers to pick from."""
    if len(text) > _LONGEST:
        return None
    return _numbers(text, words) or _boxes(text, words) or _named_steps(text, words)


def _numbers(text: str, words: Words) -> Answers | None:
    named = re.findall(r"\(([^()\d]{2,40})\)", text)
    if len(named) == 2 and text.rstrip().endswith(")"):  # "1 (dårligt) 2 3 4 5 (godt)"
        bare = _numbers(re.sub(r"\(([^()\d]{2,40})\)", " ", text), words)
        return Answers("scale", [_bare(one) for one in named]) if bare else None
    match = _NUMBERS.match(text.strip())
    if not match or not _in_a_row([int(one) for one in re.findall(r"\d+", match["numbers"])]):
        return None
    ends = [_bare(match["low"]), _bare(match["high"])]
    if any(len(end.split()) > 6 or "?" in end for end in ends):
        return None
    if ends[0] and not ends[1]:
        return None  # a statement with the numbers behind it
    return Answers("scale", [end for end in ends if end])


def _bare(text: str) -> str:
    return text.strip(" \t\n()[]:,;=|–-_.…\u00a0" + BOXES)


def _in_a_row(numbers: list[int]) -> bool:
    steps = {after - before for before, after in itertools.pairwise(numbers)}
    return len(numbers) > 2 and steps in ({1}, {-1})


def _boxes(text: str, words: Words) -> Answers | None:
    boxes = len(_BOXED.findall(text))
    if not boxes:
        return None
    parts = [_bare(part) for part in _BOXED.split(text)]
    labels = [part for part in parts if any(sign.isalnum() for sign in part)]
    if parts[0] and parts[-1] and len(labels) > 2:
        return None  # each box stands before its label, so what comes first is the question
    if boxes >= 3 and len(labels) <= 2 < boxes and _are_ends(labels, parts, words):
        return Answers("scale", labels)
    if len(labels) < boxes or len(labels) > boxes + 1 or any("?" in one for one in labels):
        return None
    if any(len(one.split()) > 8 for one in labels) or len(labels) < 2:
        return None
    if all(one.isdecimal() for one in labels):
        return Answers("scale", [])
    return Answers(_kind(labels, words), labels)


def _are_ends(labels: list[str], parts: list[str], words: Words) -> bool:
    """Words stand before the first and after the last box, if anywhere.

    Words before the first alone are most often the statement itself.
    """
    if len(labels) == 1 and (len(labels[0].split()) > 3 or not words.holds("scale", labels[0])):
        return False
    return all(label in (parts[0], parts[-1]) for label in labels) and all(
        len(label.split()) < 7 for label in labels
    )


def _named_steps(text: str, words: Words) -> Answers | None:
    pieces = [_bare(piece) for piece in _SEPARATOR.split(text.strip(" .|"))]
    pieces = [piece for piece in pieces if piece]
    if not 2 <= len(pieces) <= _MOST_STEPS or any(
        len(piece.split()) > 5 or "?" in piece for piece in pieces
    ):
        return None
    rest = max(len(piece.split()) for piece in pieces[1:])
    if words.starts("own", pieces[0]) or len(pieces[0].split()) > rest + 1:
        return None  # a statement with the steps behind it
    kind = _kind(pieces, words)
    if kind == "choice":
        known = sum(words.has("choice", piece) for piece in pieces)
        return Answers("choice", pieces) if known * 2 >= len(pieces) else None
    return Answers("scale", pieces) if len(pieces) > 2 else None


def _kind(labels: list[str], words: Words) -> str:
    """Steps of a scale, or answers of which one is picked: yes and no are no steps."""
    if sum(words.has("choice", label) for label in labels) > 1:
        return "choice"
    steps = sum(words.holds("scale", label) for label in labels)
    return "scale" if len(labels) > 2 and steps * 3 >= len(labels) * 2 else "choice"


def kind_of_options(labels: list[str], words: Words) -> str:
    """``scale`` or ``choice`` for answers that each stand on a line of their own."""
    return _kind(labels, words) if labels else "choice"


def is_scale(text: str, words: Words) -> bool:
    """Whether the text is a row of steps and nothing else."""
    found = answers(text, words)
    return found is not None and found.type == "scale"


def legend(text: str, words: Words) -> Answers | None:
    """The scale that a sentence explains: "1 = slet ikke, 5 = helt", "en skala fra 1 til 5"."""
    pairs = [(int(m[1]), _bare(m[2])) for m in _PAIR.finditer(text)]
    pairs = [pair for pair in pairs if pair[1] and len(pair[1].split()) < 9]
    if len(pairs) >= 2 and len({number for number, _words in pairs}) == len(pairs):
        return Answers("scale", [label for _number, label in sorted(pairs) if label])
    named = words.holds("scale_name", text)
    told = words.starts("rate", text) and "?" not in text
    if _RANGE.search(text) and (named or told or words.holds("scale", text)):
        return Answers("scale", [])
    between = re.search(r"(?<!\d)[01]\s*\(([^)]+)\).{1,12}(?<!\d)(?:10|[3-7])\s*\(([^)]+)\)", text)
    return Answers("scale", [between[1], between[2]]) if between else None


def split_answers(text: str, words: Words) -> tuple[str, str, Answers] | None:
    """The text before answers on the same line, the answers as written, and what they are."""
    for start in _starts_of_answers(text):
        tail = text[start:].strip()
        found = answers(tail.strip("()[]") if tail.startswith("(") else tail, words)
        head = text[:start].rstrip(" \t:|")
        if found and any(sign.isalpha() for sign in head):
            return head, text[start:], found
    return _bracketed_legend(text, words)


def _starts_of_answers(text: str) -> list[int]:
    """Where answers may begin: after wide space, a question mark, before a box or a number."""
    places = [m.end() for m in re.finditer(r"\t|\s{2,}|\?\s+|\s(?=\()", text)]
    places += [m.start() for m in re.finditer(rf"(?<=\s){BOX}|(?<=\s)[01](?=[\s–/-]+[12]\b)", text)]
    return sorted(place for place in set(places) if 0 < place < len(text))[:16]


def _bracketed_legend(text: str, words: Words) -> tuple[str, str, Answers] | None:
    match = _BRACKET.search(text)
    if not match:
        return None
    inner = match[1]
    found = legend(inner, words) or (
        Answers("scale", []) if _RANGE.fullmatch(inner.strip()) else None
    )
    return (text[: match.start()].rstrip(), text[match.start() :], found) if found else None


def told_steps(text: str, words: Words) -> list[str]:
    """The steps in brackets for the list around: "(Altid / Ofte / Aldrig – sæt kryds)"."""
    match = re.fullmatch(r"\(([^()]*)\)\W*", text)
    pieces = re.split(r"\s+/\s+", match[1]) if match else []
    if len(pieces) < 3:
        return []
    pieces[-1] = re.split(r"\s[–—-]\s|[.,;:]\s", pieces[-1])[0]
    short = all(0 < len(piece.split()) <= 5 for piece in pieces)
    return [_bare(p) for p in pieces] if short and _kind(pieces, words) == "scale" else []


def without_rating(text: str, words: Words) -> tuple[str, str]:
    """The question, and what stands behind it on how to answer: "… pladserne? Sæt ring"."""
    question, mark, rest = text.rpartition("?")
    told = rest.strip(" .:()")
    short = 0 < len(told.split()) <= 6
    return (question + mark, rest) if short and words.starts("rate", told) else (text, "")


def asks_for_step(text: str, words: Words) -> bool:
    """ "I hvor høj grad …", "på en skala fra 1 til 10"."""
    return bool(_RANGE.search(text)) and words.holds("scale_name", text)


def is_form_line(text: str, words: Words) -> bool:
    """Whether a line with room to write asks for no answer, but for a name, a date, a signature.

    Several short names with room on one line are always that.
    """
    rooms = re.findall(r"_{3,}|\.{4,}|…{2,}", text)
    labels = [one.strip(" :/") for one in re.split(r"_{3,}|\.{4,}|…{2,}|\t|\s{3,}", text)]
    labels = [label for label in labels if any(sign.isalpha() for sign in label)]
    if _names_with_colons(text, words):
        return True
    if not labels or any("?" in one or len(one.split()) > 6 for one in labels):
        return False
    named = sum(bool(_NAMED.match(one)) for one in re.split(r"\t|\s{3,}", text))
    if len(labels) > 1 and (len(rooms) > 1 or named > 1):
        return True
    return bool(rooms) and all(words.holds("field_word", label) for label in labels)


def _names_with_colons(text: str, words: Words) -> bool:
    """ "Dato: Underskrift:": names one after the other, with nothing behind the last colon."""
    parts = [part for part in text.split(":") if part.strip()]
    if not text.rstrip().endswith(":") or len(text) > 90 or "?" in text:
        return False
    return all(len(part.split()) <= 6 and words.holds("field_word", part) for part in parts)


def is_field(text: str, words: Words) -> bool:
    """Whether every piece of the line is a name, date or signature to fill in."""
    body = re.sub(r"_{2,}|\.{3,}|…+|☐|□", "\t", text)
    pieces = [piece for piece in re.split(r"\t+|\s{2,}|\||:\s|:$|;", body) if piece.strip(" ./,-")]
    known = [piece for piece in pieces if _is_field_name(piece, words)]
    return bool(pieces) and len(known) == len(pieces)


def _is_field_name(piece: str, words: Words) -> bool:
    name = re.sub(r"\(.*?\)|[*.,/]+$|^\W+", "", piece.strip()).strip().lower()
    if not name or "?" in piece or len(name.split()) > 6:
        return not any(sign.isalpha() for sign in name)
    if words.has("field", name):
        return True
    parts = [
        part.strip(" .,-")
        for part in re.split(r"\s*[/,&]\s*|\s+og\s+|\s+and\s+|\s+und\s+|\s+och\s+", name)
    ]
    return len(parts) > 1 and all(words.has("field", part) for part in parts if part)


def stands_alone(text: str, words: Words) -> bool:
    """Whether the line can be no part of a sentence: room, steps, a field."""
    return is_room(text) or answers(text, words) is not None or _field_with_room(text, words)


def _field_with_room(text: str, words: Words) -> bool:
    """A name to fill in is told by its colon or line; without them it may be a word."""
    return bool(re.search(r":|_{2,}|\.{4,}|…", text)) and is_field(text, words)


def explains_a_mark(text: str, words: Words) -> bool:
    """ "* = skal besvares": a sign, and what it means."""
    match = re.match(r"[*!#†●★]+\)?\s*(?:[=:–-]\s*)?", text)
    if not match or "?" in text:
        return False
    rest = text[match.end() :]
    return len(rest.split()) < 12 and (
        words.starts("mandatory", rest) or (words.holds("mandatory", rest) and "=" in match[0])
    )
