"""How long something takes, as people write it."""

import pytest

from musling.frames.reading import read_text
from musling.frames.reading.durations import minutes_alone, minutes_in, minutes_of_talk
from musling.frames.reading.to_document import raw_document


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("fem kvarter", 75),
        ("et kvarter", 15),
        ("tre kvarter", 45),
        ("halvanden time", 90),
        ("1½ time", 90),
        ("1,5 timer", 90),
        ("en halv time", 30),
        ("to en halv", None),
        ("en og en halv time", 90),
        ("to timer", 120),
        ("90 minutter", 90),
        ("45 min.", 45),
        ("halvannen time", 90),
        ("en halvtimme", 30),
        ("två timmar", 120),
        ("anderthalb Stunden", 90),
        ("eine Stunde", 60),
        ("half an hour", 30),
        ("one and a half hours", 90),
        ("an hour", 60),
        ("20 timer", None),
        ("sidste time", None),
        ("2 ting", None),
    ],
)
def test_durations_are_read_in_words_and_digits(text: str, minutes: int | None):
    assert minutes_in(text) == minutes


def test_the_talks_length_is_told_by_a_sentence_about_it():
    assert minutes_of_talk("Samtalen er et tilbud. Den varer fem kvarter.") == 75
    assert minutes_of_talk("Du får svar på en time.") is None
    assert minutes_alone("(ca. 20 minutter)") == 20
    assert minutes_alone("Vi taler i 20 minutter om det, der fylder mest.") is None


def test_talk_and_theme_take_their_minutes_from_the_form():
    raw = raw_document(
        read_text(
            "MUS\n\nSamtalen varer halvanden time.\n\n"
            "Dagen\n(20 minutter)\n- Hvad?\n\nUgen\n- Hvem?\n"
        )
    )
    assert raw["minutes"] == 90
    assert [theme.get("minutes") for theme in raw["themes"]] == [20, None]
    assert raw["themes"][0]["intro"] == {"da": "(20 minutter)"}
