"""What stands before a text to number or point it out: bullet, box, number, letter, "Tema 1:"."""

import re
from typing import NamedTuple

from musling.frames.reading.words import Words

# U+F000–F0FF: Word's symbol fonts, which a PDF hands over as private characters.
BULLETS = "•●◦▪▫■‣⁃∙·➢➤►▶▸✓✔→»–—-*+❖◆◇★☆⁕§"
BOXES = "☐□❑❏❒◻▢☑☒⬜◯○⭘\uf0a8\uf06f\uf071\uf072\uf0fe\uf0fd"
BOX = rf"(?:[{BOXES}]|\[[ xX_]?\]|\(\s{{0,3}}\))"

_BULLET = re.compile(rf"(?:[{re.escape(BULLETS)}]|[\uf000-\uf0ff])(?:\s+|(?=[^\W\d_]{{2}}))")
_DOUBLED = re.compile(r"([*+–-])\1{1,2}\s+(?=\S)")
_LETTER_O = re.compile(r"o\s+(?=\S)")
_BOX = re.compile(rf"{BOX}\s*(?=[^\W_])")
_PARTS = re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,3})[.):]?(?:\s+|(?=[A-ZÆØÅÄÖÜ]))")
_NUMBER = re.compile(r"[(\[]?(\d{1,3})([.):\]]|\s?[–-](?=\s))(?:\s+|(?=[A-ZÆØÅÄÖÜa-zæøå]))")
_CODE = re.compile(r"([A-ZÆØÅ])\.?(\d{1,2})[.):]?\s+(?=\S)")
_BARE_NUMBER = re.compile(r"(\d{1,2})\s+(?=[*★☆●†‡#!]?\s*[A-ZÆØÅÄÖÜ])")
_ROMAN = re.compile(r"[(]?([ivx]{1,5}|[IVX]{1,5})[.):]\s+")
_LETTER = re.compile(
    r"[(]?([A-Za-zæøåÆØÅ])[.)]\s+|([A-Z])(?::| [–-])\s+(?=\S)|([A-H])(?:\t|\s{2,})(?=[A-ZÆØÅÄÖÜ])"
)
_PREFIX = re.compile(r"\s*:\s+(?=\S)")
_AFTER_WORD = r"\s*(\d{1,2}|[IVXivx]{1,4}|[A-H])\b\s*(?:[.:)–—-]+|$|\s(?=[A-ZÆØÅÄÖÜ]))\s*"

_COMPOUND = re.compile(r"([^\W\d_]{6,})\s+(\d{1,2}|[IVX]{1,4}|[A-H])\s*(?::|[–—-]\s|\.\s)\s*(?=\S)")
_SPELLED = re.compile(r"([^\W\d_]+)\s+([^\W\d_]+)\s*(?::|\s[–—-]|[.)](?=\s))\s*(?=\S)")


class Marker(NamedTuple):
    """The kind of marker, the number it says (-1: none), and how many characters it takes."""

    style: str
    ordinal: int
    length: int


NONE = Marker("", -1, 0)


def marker_of(text: str, words: Words) -> Marker:
    """The marker that the text begins with; NONE without one. ``text`` without space before it."""
    for find in (_boxed, _named, _numbered, _lettered, _bulleted):
        found = find(text, words)
        if found.length:
            return found
    return NONE


def _boxed(text: str, _words: Words) -> Marker:
    match = _BOX.match(text)
    return Marker("box", -1, match.end()) if match else NONE


def _named(text: str, words: Words) -> Marker:
    """ "Tema 1:" and "Tema:" stand before a heading, "Spørgsmål 3:" before an item."""
    helped = words.pattern("help_label").match(text)
    if helped and (plain := _PREFIX.match(text, helped.end())) and "?" in text:
        return Marker("help", -1, plain.end())
    for name, style in (("theme", "theme"), ("number_word", "question")):
        word = words.pattern(name).match(text)
        if word and (plain := _PREFIX.match(text, word.end())):
            return Marker(style, -1, plain.end())
        match = word and re.compile(_AFTER_WORD).match(text, word.end())
        if match and match.end() < len(text):
            return Marker(style, _ordinal(match[1]), match.end())
    return _spelled(text, words) or _compounded(text, words)


def _spelled(text: str, words: Words) -> Marker | None:
    """ "Part Two – …" and "Anden del: …": the number in letters."""
    match = _SPELLED.match(text)
    if match is None:
        return None
    one, other = match[1].lower(), match[2].lower()
    counted = words.has("theme", one) and words.has("numbers", other)
    if counted or (words.has("theme", other) and words.has("ordinals", one)):
        return Marker("theme", -1, match.end())
    return None


def _compounded(text: str, words: Words) -> Marker:
    """ "Kompetenceområde 2: …" and "Dialogpunkt 3 – …": a word that ends in one for a theme."""
    match = _COMPOUND.match(text)
    if match and words.ends("theme", match[1]) and match.end() < len(text):
        return Marker("theme", _ordinal(match[2]), match.end())
    return NONE


def _ordinal(text: str) -> int:
    return int(text) if text.isdecimal() else -1


def _numbered(text: str, _words: Words) -> Marker:
    if match := _PARTS.match(text):
        parts = match[1].split(".")
        return Marker(f"number{len(parts)}", int(parts[-1]), match.end())
    if match := _NUMBER.match(text):
        return Marker(f"number{match[2].strip()}", int(match[1]), match.end())
    if match := _CODE.match(text):
        return Marker("number A", int(match[2]), match.end())
    if match := _BARE_NUMBER.match(text):
        return Marker("number", int(match[1]), match.end())
    return NONE


def _lettered(text: str, _words: Words) -> Marker:
    if match := _ROMAN.match(text):
        return Marker("roman" if match[1].islower() else "ROMAN", -1, match.end())
    if match := _LETTER.match(text):
        letter = match[1] or match[2] or match[3]
        return Marker("letter" if letter.islower() else "LETTER", _place(letter), match.end())
    return NONE


def _place(letter: str) -> int:
    return ord(letter.lower()) - ord("a") + 1


def _bulleted(text: str, _words: Words) -> Marker:
    if match := _LETTER_O.match(text):
        return Marker("bullet o", -1, match.end())
    if match := _DOUBLED.match(text):  # "** " under "* ": deeper, as wikis and e-mails write it
        return Marker(f"bullet {match[0].strip()}", -1, match.end())
    match = _BULLET.match(text)
    # A star that touches its word marks the item; one apart from it is a bullet.
    if match and not (text[0] in "*+" and not text[1:2].isspace()):
        return Marker(f"bullet {text[0]}", -1, match.end())
    return NONE
