"""Which items a form calls mandatory: words on the item, or a sign that a legend explains.

Where the form says it of some, the others are not; where it never speaks of it, nobody knows.
"""

import re
from dataclasses import dataclass, field

from musling.frames.reading.blocks import Block
from musling.frames.reading.words import Words

_SIGN = re.compile(r"(?<![\w*!#])([*!#†‡§●▲★☆✱⚑■◆✓⭐]{1,2})(?![\w*!#])")
_TOKEN = re.compile(r"[(\[]\s*([^\W\d_]{1,15}|[*!#])\s*[)\]]")
_QUOTED = re.compile(
    r"[\"”“„»«’‘']\s*([^\W\d_]{1,3}|[*!#])\s*[\"”“„»«’‘']|(?<![\w.])([A-ZÆØÅ])(?![\w.])"
)
_STAR_WORD = re.compile(r"stjern|asterisk|stjärn|stern|(?<!\w)star(?!\w|t)", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[(\[{]([^()\[\]{}]{1,90})[)\]}]")
_MUST = re.compile(r"(?<!\w)(?:skal|må|ska|måste|muss|müssen|must|shall)(?!\w)", re.IGNORECASE)
_DEFINES = re.compile(r"\W{0,2}\w?\W{0,2}\s*[=:–]|[*!#†]+\)?\s")
_MARKED = re.compile(r"[*!#†‡§]{1,2}\s*[^\W\d_]")  # behind a number: an item with its mark
_PROSE = 1500  # characters; a longer block is no legend


@dataclass(slots=True)
class Marks:
    """What the form's legends say: signs of what is mandatory and of what is not, and the rest."""

    mandatory: set[str] = field(default_factory=set)
    optional: set[str] = field(default_factory=set)
    explained: set[str] = field(default_factory=set)
    bold: bool = False
    all: bool | None = None
    rest: bool | None = None


def found_in(blocks: list[Block], words: Words) -> Marks:
    """The marks that legends explain; a block that is nothing but such a legend gets its role."""
    marks = Marks()
    for block in blocks:
        asks = "?" in block.text or words.starts("question", block.text)
        asks = asks or (
            block.style.startswith(("number", "letter")) and bool(_MARKED.match(block.text))
        )
        if asks or block.type or len(block.text) > _PROSE:
            continue
        sentences = re.split(r"(?<=\w[.:;])\s+(?=[^\W\d_*(])", block.text)
        explaining = [one for one in sentences if _explain(one, marks, words)]
        block.explains = bool(explaining)
        if explaining and len(explaining) == len(sentences):
            block.leave("mark", "legend")
    _note_repeated(blocks, marks, words)
    return marks


def _note_repeated(blocks: list[Block], marks: Marks, words: Words) -> None:
    """A mark that prose tells of in its own words: "[pligt]" is with us "every time".

    It stands on several items and is said once more, in a sentence that speaks of all talks.
    """
    counts: dict[str, int] = {}
    for block in blocks:
        for token in _tokens(block.text):
            counts[token] = counts.get(token, 0) + 1
    repeated = [t for t, n in counts.items() if n > 2 and t not in marks.mandatory | marks.optional]
    for block in blocks:
        if not repeated or len(block.text) > _PROSE or len(block.text.split()) < 8:
            continue
        for sentence in re.split(r"(?<=[.!?])\s+(?=[A-ZÆØÅÄÖÜ])", block.text):
            always = words.holds("always", sentence) and not words.holds("optional", sentence)
            if "?" not in sentence and always:
                marks.mandatory.update(t for t in repeated if t in _sayings(sentence))


def _tokens(text: str) -> set[str]:
    """What may be a mark of an item: brackets and signs at its edges."""
    edge = re.search(r"[(\[]([^()\[\]]{1,60})[)\]]\W*$", text)
    sign = re.match(r"\W{0,2}", text)
    found = {edge[1].strip()} if edge and "?" not in edge[1] else set()
    return found | {m[1] for m in _SIGN.finditer(sign[0] if sign else "")}


def _sayings(sentence: str) -> set[str]:
    brackets = {m[1].strip() for m in _BRACKETS.finditer(sentence)}
    return brackets | {m[1] for m in _SIGN.finditer(sentence)}


def _explain(sentence: str, marks: Marks, words: Words) -> bool:
    told = _TOKEN.sub(" ", sentence)
    optional = words.holds("optional", told)
    mandatory = words.holds("mandatory", words.pattern("optional").sub("", told))
    if not (optional or mandatory or _MUST.search(told)):
        return _note_others(sentence, marks)
    if words.holds("all_items", sentence) and not _signs(sentence):
        marks.all = mandatory and not optional if mandatory or optional else marks.all
        return mandatory or optional
    legend = (words.holds("marked", told) and not words.starts("own", told)) or _DEFINES.match(
        sentence
    )
    signs = _signs(sentence)
    if words.holds("bold_mark", sentence) and (mandatory or optional):
        marks.bold = mandatory
        return True
    if not signs or not legend:
        return False
    if optional and mandatory:
        optional = _nearest_is_optional(sentence, signs, words)
    (marks.mandatory if not optional else marks.optional).update(signs)
    return True


def _nearest_is_optional(sentence: str, signs: set[str], words: Words) -> bool:
    """Where a sentence speaks of both, the sign belongs to the word that stands next to it."""
    place = min(sentence.find(sign) for sign in signs if sign in sentence)

    def distance(name: str) -> int:
        found = words.pattern(name).finditer(sentence)
        return min((abs(match.start() - place) for match in found), default=len(sentence))

    return distance("optional") < distance("mandatory")


def _note_others(sentence: str, marks: Marks) -> bool:
    """A sign that means something else, such as who fills in: it marks nothing mandatory."""
    match = re.match(r"([*†‡#]{1,3})\)?\s*[=:]?\s*\w", sentence)
    if match:
        marks.explained.add(match[1])
    return False


def _signs(sentence: str) -> set[str]:
    found = {m[1] for m in _SIGN.finditer(sentence)} | {m[1] for m in _TOKEN.finditer(sentence)}
    found |= {m[1] or m[2] for m in _QUOTED.finditer(sentence)} - {"I"}
    return found | {"*"} if _STAR_WORD.search(sentence) else found


def apply(block: Block, marks: Marks, words: Words) -> None:
    """Takes the mark off the block and notes what it says."""
    for find in (_bulleted, _bracketed, _signed, _worded):
        if find(block, marks, words):
            return
    if marks.bold and block.bold:
        block.mandatory = block.by_bold = True


def _bulleted(block: Block, marks: Marks, _words: Words) -> bool:
    """ "● Hvad …": a mark that was taken for a bullet."""
    sign = block.style.removeprefix("bullet ")
    if sign not in marks.mandatory | marks.optional or not block.style.startswith("bullet "):
        return False
    block.mandatory = sign not in marks.optional
    block.style = ""
    return True


def _bracketed(block: Block, marks: Marks, words: Words) -> bool:
    for match in _BRACKETS.finditer(block.text):
        says = _says(match[1], marks, words)
        if says is not None:
            _take(block, match.start(), match.end(), says)
            return True
    return False


def _says(inner: str, marks: Marks, words: Words) -> bool | None:
    token = inner.strip()
    if token in marks.optional:
        return False
    if token in marks.mandatory or _MUST.fullmatch(token):
        return True
    if "?" in token or len(token.split()) > 12:
        return None
    if words.starts("optional", token) or (
        words.holds("optional", token) and len(token.split()) < 5
    ):
        return False
    begins = words.starts("mandatory", token)
    return True if begins or (words.holds("mandatory", token) and len(token.split()) < 5) else None


def _take(block: Block, start: int, end: int, says: bool) -> None:
    block.mandatory = says
    block.peel(block.text[start:end], "mark")
    block.text = f"{block.text[:start].rstrip()} {block.text[end:].lstrip()}".strip()
    block.text = re.sub(r"\s+([.,:;?!])$", r"\1", block.text)


def _signed(block: Block, marks: Marks, _words: Words) -> bool:
    for sign in sorted(marks.mandatory | marks.optional, key=len, reverse=True):
        pattern = re.escape(sign)
        first = rf"^\s*[(\[]?{pattern}[)\]]?[\s.:)–-]*(?=\S)"
        edge = rf"{first}|\s*[(\[]?(?<!\w){pattern}[)\]]?(?=[.:?]?\s*$)"
        if sign.isalnum():
            edge = rf"^{pattern}[\s.:)–-]+(?=[A-ZÆØÅÄÖÜ])|\s+{pattern}\s*$"
        match = re.search(edge, block.text)
        if match:
            _take(block, match.start(), match.end(), sign not in marks.optional)
            return True
    return _bare_star(block, marks)


def _bare_star(block: Block, marks: Marks) -> bool:
    """A star at the end that nothing explains: by custom it means mandatory."""
    match = re.search(r"\s*\*+(?=\s*$)|^\*(?=\w)", block.text)
    if not match or "*" in marks.explained or len(block.text) < 4:
        return False
    _take(block, match.start(), match.end(), True)
    block.uncertain = block.uncertain or "star"
    return True


def _worded(block: Block, _marks: Marks, words: Words) -> bool:
    """ "Obligatorisk: Hvordan …" and "Hvordan …? – obligatorisk"."""
    for name, says in (("optional", False), ("mandatory", True)):
        for match in words.pattern(name).finditer(block.text):
            before, after = block.text[: match.start()], block.text[match.end() :]
            if not before.strip() and re.match(r"\s*[:–-]\s+\S", after):
                _take(block, 0, match.end() + len(after) - len(after.lstrip(" :–-")), says)
                return True
            if re.match(r"[.)\]]*\s*$", after) and re.search(r"([?.]|\s[–—-])\s*$", before):
                cut = len(before.rstrip(" –—-"))
                _take(block, cut, len(block.text), says)
                return True
    return False
