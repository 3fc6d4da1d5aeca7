"""How long something takes, as people write it: "1½ time", "fem kvarter", "halvanden time".

One table for the five languages: no word in it means another number in another of them.
"""

import re

MOST = 480  # minutes of a talk, as in every frame
_NUMBERS: dict[str, float] = {
    **dict.fromkeys(("en", "et", "ét", "én", "ett", "one", "an", "a", "eine", "einer", "ein"), 1),
    **dict.fromkeys(("to", "två", "zwei", "two"), 2),
    **dict.fromkeys(("tre", "drei", "three"), 3),
    **dict.fromkeys(("fire", "fyra", "vier", "four"), 4),
    **dict.fromkeys(("fem", "fünf", "five"), 5),
    **dict.fromkeys(("seks", "sex", "sechs", "six"), 6),
    **dict.fromkeys(("ti", "tio", "zehn", "ten"), 10),
    **dict.fromkeys(("femten", "femton", "fünfzehn", "fifteen"), 15),
    **dict.fromkeys(("tyve", "tjue", "tjugo", "zwanzig", "twenty"), 20),
    **dict.fromkeys(("tredive", "tretti", "trettio", "dreißig", "thirty"), 30),
    **dict.fromkeys(("halvanden", "halvannen", "anderthalb", "eineinhalb"), 1.5),
    **dict.fromkeys(("halv", "halve", "halvan", "half", "halbe", "halben"), 0.5),
}
_SIGNS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_UNITS = (
    (r"kvarterer|kvarter|kvart|viertelstunden?|quarters?\s+of\s+an\s+hour", 15),
    (r"halvtimer?|halvtimme", 30),
    (r"timers|timer|time|timme|timmar|stunden?|hours?", 60),
    (r"minutters|minutter|minut|minuters|minuter|minuten?|minutes?|min\b\.?", 1),
)
_HALF_MORE = r"(?:\s+(?:og|och|und|and)\s+(?:en|ett|et|eine|a)\s+(?:halv|halva|halbe|half))?"
_AMOUNT = (
    rf"(?:\d{{1,3}}(?:[.,]\d)?\s*[½¼¾]?|[½¼¾]|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
)
_DURATION = re.compile(
    rf"(?<!\w)(?:(?:en|et|ett|eine)\s+)?(?P<amount>{_AMOUNT})(?P<more>{_HALF_MORE})"
    rf"(?:\s+(?:an?|en))?[\s-]*(?P<unit>{'|'.join(unit for unit, _length in _UNITS)})(?!\w)",
    re.IGNORECASE,
)
_LASTS = re.compile(
    r"(?<!\w)(?:varer|varighed|varighet|varar|tager|tar|dauert|lasts|takes|(?:af|av)sæt|sæt|sett av"
    r"|sætter|bruk|set aside|allow|nehmen|mødes)(?!\w)",
    re.IGNORECASE,
)


def minutes_in(text: str) -> int | None:
    """The first duration in the text, in minutes; None for none, or more than a talk may take."""
    match = _DURATION.search(text)
    if match is None:
        return None
    amount = _amount(match["amount"].lower().strip()) + (0.5 if match["more"] else 0)
    length = next(n for unit, n in _UNITS if re.fullmatch(unit, match["unit"], re.IGNORECASE))
    minutes = round(amount * length)
    return minutes if 1 <= minutes <= MOST else None


def _amount(text: str) -> float:
    if text in _NUMBERS:
        return _NUMBERS[text]
    part = sum(value for sign, value in _SIGNS.items() if sign in text)
    whole = re.sub(r"[½¼¾\s]", "", text).replace(",", ".")
    return (float(whole) if whole else 0.0) + part


def minutes_of_talk(text: str) -> int | None:
    """How long the talk takes, where a sentence says so: "Samtalen varer fem kvarter."."""
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        if _LASTS.search(sentence) and (minutes := minutes_in(sentence)) and minutes >= _SHORTEST:
            return minutes
    return None


_SHORTEST = 15  # minutes; what takes less is no talk


def minutes_alone(text: str) -> int | None:
    """The duration where the text says little else: "(ca. 20 minutter)"."""
    rest = _DURATION.sub(" ", text, count=1)
    return minutes_in(text) if len(re.findall(r"[^\W\d_]{2,}", rest)) <= 2 else None
