"""Ways in which forms are written: one to the test, in forms of a few lines."""

import pytest

from musling.frames.reading import Draft, read_text


def outline(draft: Draft) -> dict[str, list[str]]:
    return {theme.title: [one.text for one in theme.questions] for theme in draft.themes}


def test_a_mark_before_the_number_marks_the_item_and_changes_no_rank():
    draft = read_text(
        "MUS\n\nSpørgsmål med ! foran skal vi omkring.\n\nHavnen\n ! 1) Hvad ser du?\n"
        "   2) Hvad hører du?\n      a) om natten\n ! 3) Hvad skal laves?\n"
    )
    assert outline(draft) == {"Havnen": ["Hvad ser du?", "Hvad hører du?", "Hvad skal laves?"]}
    assert [one.mandatory for one in draft.questions] == [True, False, True]
    assert [one.help for one in draft.questions] == [[], ["om natten"], []]


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("Hvordan går det med dig og dit arbejde?", "Del to: Vagten"),
        ("Hvordan går det med dig og dit arbejde?", "Anden del: Vagten"),
        ("How are you and how is your work going?", "Part Two - Vagten"),
        ("Hur går det för dig och ditt arbete?", "Del två: Vagten"),
        ("Wie geht es Ihnen und wie ist die Arbeit?", "Zweiter Teil: Vagten"),
    ],
)
def test_numbers_in_letters_stand_before_a_heading(language: str, heading: str):
    draft = read_text(f"MUS\n\n{heading}\n- {language}\n- {language}\n")
    assert [theme.title for theme in draft.themes] == ["Vagten"]


def test_a_doubled_bullet_helps_the_single_one_above_it():
    draft = read_text("MUS\n\nHolder\n* Hvad?\n** Hvornår så?\n* Hvem?\n")
    assert [(one.text, one.help) for one in draft.questions] == [
        ("Hvad?", ["Hvornår så?"]),
        ("Hvem?", []),
    ]


def test_where_bold_marks_an_item_a_bold_heading_marks_none():
    from musling.frames.reading import read  # noqa: PLC0415
    from tests.frames.reading.word_file import paragraph, word_file  # noqa: PLC0415 (for this one)

    draft = read(
        word_file(
            paragraph("MUS"),
            paragraph("Spørgsmål med fed skrift skal besvares."),
            paragraph("Dagen", bold=True),
            paragraph("Hvad ser du?", bold=True, level=0),
            paragraph("Hvad hører du?", level=0),
        ),
        "a.docx",
    )
    assert [one.mandatory for one in draft.questions] == [True, False]


@pytest.mark.parametrize(
    "top",
    [
        "Nordhavn Værft A/S                 Skema 14\n\nLÆRLINGESAMTALE",
        "Nordhavn Kommune\nHR og Løn\n\nUdviklingssamtale i havnen",
        "Klinik am Deich gGmbH\n\nLÆRLINGESAMTALE",
    ],
)
def test_the_letterhead_is_not_the_forms_name(top: str):
    draft = read_text(f"{top}\n\nDagen\n1. Hvad ser du på arbejdet?\n2. Hvad hører du?\n")
    assert draft.title == top.rpartition("\n")[2]


def test_rows_with_steps_are_items_and_what_stands_over_them_is_not():
    draft = read_text(
        "MUS\n\nDagen\n1. Hvad ser du?\n2. Din vurdering af dig selv (sæt kryds):\n"
        "                 Under middel    Middel    Over middel\n"
        "   Tempo             [ ]           [ ]        [ ]\n"
        "   Orden             [ ]           [ ]        [ ]\n"
        "3. Hvad hører du?\n"
    )
    assert outline(draft) == {"Dagen": ["Hvad ser du?", "Tempo", "Orden", "Hvad hører du?"]}
    assert [one.type for one in draft.questions] == ["text", "scale", "scale", "text"]
    assert draft.themes[0].questions[1].options == ["Under middel", "Middel", "Over middel"]


def test_a_line_over_boxes_is_the_item_that_they_answer():
    draft = read_text(
        "MUS\n\nMuligheder\nSæt kryds ved det, du gerne vil høre om\n☐ færre timer\n☐ nye opgaver\n"
    )
    (one,) = draft.questions
    assert (one.text, one.type) == ("Sæt kryds ved det, du gerne vil høre om", "choice")
    assert one.options == ["færre timer", "nye opgaver"]


def test_topics_under_lines_with_a_colon_are_items_where_nothing_asks():
    draft = read_text(
        "Udviklingssamtale\n\nDet sidste år:\n- bedste projekt\n- værste projekt\n\n"
        "Mig og mit fag:\n- nye ting\n- gamle ting\n"
    )
    assert outline(draft) == {
        "Det sidste år": ["bedste projekt", "værste projekt"],
        "Mig og mit fag": ["nye ting", "gamle ting"],
    }
    assert all(one.uncertain for one in draft.questions)


def test_steps_in_brackets_after_statements_are_their_scale():
    draft = read_text(
        "MUS\n\nOs\n- Vi hjælper hinanden.\n- Vi holder, hvad vi aftaler.\n\n"
        "(Passer altid / Passer ofte / Passer aldrig – sæt et tegn ud for hver linje)\n"
    )
    assert [one.type for one in draft.questions] == ["scale", "scale"]
    assert draft.themes[0].questions[0].options == ["Passer altid", "Passer ofte", "Passer aldrig"]


def test_a_line_to_write_on_makes_what_stands_over_it_an_item():
    draft = read_text(
        "MUS\n\nDagen\n- Hvad?\n\nAftale\n\nDet er aftalt, at\n______\nDen gælder til\n______\n"
    )
    assert outline(draft)["Aftale"] == ["Det er aftalt, at", "Den gælder til"]


def test_a_form_without_blank_lines_has_its_headings():
    draft = read_text(
        "MUS\nOm jobbet:\n- hvad går godt\n- hvad går galt\nOm os andre:\n- hvordan er tonen\n"
        "- får du ris og ros\nOm fremtiden:\n- er du her om to år\n- vil du på kursus\n"
    )
    assert [theme.title for theme in draft.themes] == ["Om jobbet", "Om os andre", "Om fremtiden"]


def test_a_mark_that_had_no_room_on_the_line_belongs_to_the_item():
    draft = read_text(
        "MUS\n\nDagen\n- Har du tid nok til det, som beboerne lægger mest vægt på?\n"
        "  (obligatorisk)\n- Hvad ellers?\n"
    )
    assert [(one.mandatory, one.help) for one in draft.questions] == [(True, []), (False, [])]


def test_how_to_answer_behind_a_question_is_no_part_of_it():
    draft = read_text("MUS\n\nDagen\n1. Er du sikker? Sæt ring   ja / nej\n2. Hvad ellers?\n")
    assert [one.text for one in draft.questions] == ["Er du sikker?", "Hvad ellers?"]


def test_a_hundred_and_more_numbered_questions_are_all_items():
    asked = [f"Hvad skete der med sag nummer {n}?" for n in range(1, 141)]
    rows = "\n".join(f"{n}. {text}" for n, text in enumerate(asked, 1))
    draft = read_text(f"MUS\n\nSagerne\n{rows}\n")
    assert outline(draft) == {"Sagerne": asked}


def test_a_statement_without_steps_in_a_form_with_a_scale_is_doubtful():
    draft = read_text(
        "MUS\n\nDagen\nSkala: 1 = uenig, 5 = enig\n- Jeg trives.\n\nUgen\n- Hvad ser du?\n"
        "- Alle hjælper til.\n"
    )
    assert [one.uncertain for one in draft.questions][1:] == ["", "scale"]


def test_much_help_under_one_item_is_doubtful():
    helps = "\n".join(f"  - Hvad skete der i uge {n}?" for n in range(1, 9))
    draft = read_text(f"MUS\n\nDagen\n1. Hvad skete der?\n{helps}\n2. Hvad nu?\n")
    assert [one.uncertain for one in draft.questions] == ["help", ""]
