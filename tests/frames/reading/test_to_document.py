"""A draft becomes a frame: nothing is lost to the limits, and Danish is always there."""

from musling.frames.document import FrameDocument
from musling.frames.parsing import parse
from musling.frames.reading import Draft, DraftQuestion, DraftTheme
from musling.frames.reading.to_document import cut, pieces, raw_document


def made(*questions: DraftQuestion, title: str = "Året", language: str = "da") -> FrameDocument:
    theme = DraftTheme(title, list(questions))
    return parse(raw_document(Draft("Skema", language, "MUS", [theme])))


def test_types_marks_help_and_answers_carry_over():
    frame = made(
        DraftQuestion("Jeg trives", "scale", True, ["Hvorfor?"], ["nej", "lidt", "ja"]),
        DraftQuestion("Kører du?", "choice", options=["Ja", "Nej"]),
        DraftQuestion("Aftaler", "table", columns=["Hvad", "Hvem"]),
        DraftQuestion("Hvad ellers?"),
    )
    assert [item.type for item in frame.items] == ["scale", "choice", "table", "text"]
    assert [item.mandatory for item in frame.items] == [True, False, False, False]
    assert frame.scale
    assert (frame.scale.low, frame.scale.high) == ({"da": "nej"}, {"da": "ja"})
    assert [one.text["da"] for one in frame.items[1].options] == ["Ja", "Nej"]
    assert frame.items[0].help == ({"da": "Hvorfor?"},)


def test_steps_that_a_frame_has_no_place_for_are_explained():
    frame = made(
        DraftQuestion("Jeg trives", "scale", options=["nej", "lidt", "ja"]),
        DraftQuestion("Jeg sover", "scale", options=["aldrig", "ofte", "altid"]),
        DraftQuestion("Jeg griner", "scale", options=["nej", "lidt", "ja"]),
    )
    assert frame.scale
    assert frame.scale.explanation == {"da": "Skemaets trin: nej · lidt · ja"}
    assert [one.explanation for one in frame.items] == [
        None,
        {"da": "Skemaets trin: aldrig · ofte · altid"},
        None,
    ]


def test_the_ends_alone_need_no_explanation():
    frame = made(DraftQuestion("Jeg trives", "scale", options=["nej", "ja"]))
    assert frame.scale
    assert frame.scale.explanation is None


def test_ids_are_new_each_time():
    questions = [DraftQuestion("Kører du?", "choice", options=["Ja", "Nej"])]
    one, other = made(*questions), made(*questions)
    assert one.themes[0].id != other.themes[0].id
    assert one.items[0].id != other.items[0].id
    assert not {o.id for o in one.items[0].options} & {o.id for o in other.items[0].options}


def test_a_theme_of_more_items_than_a_frame_holds_is_split():
    frame = made(*(DraftQuestion(f"Hvad er {n}?") for n in range(201)))
    assert [(one.title["da"], len(one.items)) for one in frame.themes] == [
        ("Året (1)", 67),
        ("Året (2)", 67),
        ("Året (3)", 67),
    ]
    assert [one.text["da"] for one in frame.items] == [f"Hvad er {n}?" for n in range(201)]


def test_what_lacks_its_answers_becomes_a_question_in_words():
    frame = made(DraftQuestion("Kører du?", "choice", options=["Ja"]), DraftQuestion("A", "table"))
    assert [item.type for item in frame.items] == ["text", "text"]
    assert frame.items[0].explanation == {"da": "Ja"}


def test_another_language_is_there_beside_danish():
    frame = made(DraftQuestion("Hva nå?"), language="nb")
    assert frame.items[0].text == {"da": "Hva nå?", "nb": "Hva nå?"}


def test_the_phase_is_guessed_from_words():
    back, now, ahead = (
        made(DraftQuestion("Hvad?"), title=title).themes[0].phase
        for title in ("Siden sidst", "Samarbejde", "Fremtiden")
    )
    assert (back, now, ahead) == ("back", "now", "ahead")


def test_what_is_too_long_is_moved_and_not_lost():
    words = " ".join(f"ord{n}" for n in range(200))
    frame = made(DraftQuestion(words, help=[words]), title=words)
    (theme,) = frame.themes
    (item,) = theme.items
    assert item.explanation
    assert theme.intro
    assert f"{item.text['da']} {item.explanation['da']}" == words
    assert f"{theme.title['da']} {theme.intro['da']}" == words
    assert " ".join(one["da"] for one in item.help) == words


def test_text_is_cut_at_a_space_or_where_there_is_none():
    assert cut("en to tre", 6) == ("en to", "tre")
    assert list(pieces("a" * 7, 3)) == ["aaa", "aaa", "a"]
