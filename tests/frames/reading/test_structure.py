"""What the reader makes of a form: one rule to the test, in forms of a few lines."""

from textwrap import dedent

import pytest

from musling.frames.reading import Draft, read_text


def read(text: str) -> Draft:
    return read_text(dedent(text).strip("\n"))


def outline(draft: Draft) -> dict[str, list[str]]:
    return {theme.title: [one.text for one in theme.questions] for theme in draft.themes}


def helped(draft: Draft) -> dict[str, list[str]]:
    return {one.text: one.help for one in draft.questions}


@pytest.mark.parametrize(
    "mark", ["•", "-", "–", "*", "\uf0b7", "o", "1.", "1)", "a)", "1.1", "Spørgsmål 1:", "A1"]
)
def test_a_marker_of_any_kind_is_taken_off_an_item(mark: str):
    draft = read(f"MUS-skema\n\nHverdagen\n{mark}\tHvad glæder du dig til om morgenen?")
    assert outline(draft) == {"Hverdagen": ["Hvad glæder du dig til om morgenen?"]}


def test_headings_without_marks_stand_over_what_asks():
    draft = read("""
        MUS i butikken

        Kunderne
        Hvad spørger de mest om?
        Hvad svarer du

        Lageret
        Hvem rydder op?
        """)
    assert draft.title == "MUS i butikken"
    assert outline(draft) == {
        "Kunderne": ["Hvad spørger de mest om?", "Hvad svarer du"],
        "Lageret": ["Hvem rydder op?"],
    }


@pytest.mark.parametrize("heads", ["0. {}", "{}:", "A. {}", "II. {}", "Tema 2: {}", "DEL 3 – {}"])
def test_a_heading_may_be_numbered_lettered_or_end_in_a_colon(heads: str):
    themes = [heads.format("Ude på ruten"), heads.format("Hjemme på kontoret")]
    draft = read(f"MUS\n\n{themes[0]}\n- Hvad går godt?\n\n{themes[1]}\n- Hvad går skidt?\n")
    assert list(outline(draft)) == ["Ude på ruten", "Hjemme på kontoret"]


def test_a_whole_sentence_with_a_colon_is_a_heading():
    draft = read("""
        TUS

        Når vi ser tilbage på året i køkkenet:
        - Hvad lykkedes?

        Når vi ser frem mod næste sæson:
        - Hvad skal vi lære?
        """)
    assert list(outline(draft)) == [
        "Når vi ser tilbage på året i køkkenet",
        "Når vi ser frem mod næste sæson",
    ]


def test_numbering_that_begins_anew_under_numbered_headings():
    draft = read("""
        Samtaleark

        1. Værkstedet
        1. Hvad virker?
        2. Hvad skal skiftes ud?
        2. Kunderne
        1. Hvem ringer mest?
        """)
    assert outline(draft) == {
        "Værkstedet": ["Hvad virker?", "Hvad skal skiftes ud?"],
        "Kunderne": ["Hvem ringer mest?"],
    }


def test_nested_lettered_and_bracketed_lines_help():
    draft = read("""
        MUS

        Opgaver
        1. Hvad fylder mest?
           a) i ugen
           b) i weekenden
        2. Hvad vil du af med?
           (tænk også på møder)
        """)
    assert helped(draft) == {
        "Hvad fylder mest?": ["i ugen", "i weekenden"],
        "Hvad vil du af med?": ["(tænk også på møder)"],
    }


def test_one_bullet_on_two_levels_is_told_by_what_it_says():
    draft = read("""
        MUS

        Trivsel
        • Jeg sover godt om natten.
        • Hvad holder dig vågen?
        • Hvem taler du med om det?
        • Jeg har tid til en pause.
        • Hvor holder du den?
        • Jeg kender planen.
        • Hvem laver den?
        """)
    assert helped(draft) == {
        "Jeg sover godt om natten.": ["Hvad holder dig vågen?", "Hvem taler du med om det?"],
        "Jeg har tid til en pause.": ["Hvor holder du den?"],
        "Jeg kender planen.": ["Hvem laver den?"],
    }
    assert {one.uncertain for one in draft.questions} == {"help"}


def test_lines_under_a_help_label_help():
    draft = read("""
        GRUS

        Året der gik
        1. Hvad nåede vi ikke?
           I kan tale om:
           - sygdom
           - nye systemer
        2. Hvad nåede vi?
        """)
    assert helped(draft) == {
        "Hvad nåede vi ikke?": ["sygdom", "nye systemer"],
        "Hvad nåede vi?": [],
    }


def test_wrapped_lines_and_cut_words_are_joined():
    draft = read("""
        MUS

        Vagterne
        - Hvordan går det med at få familie og aftenvagter til at hænge sam-
        men, når skolen ringer, og der ikke er andre hjemme, som kan tage
        telefonen?
        - Hvad siger dag- og aftenholdet?
        """)
    whole = (
        "Hvordan går det med at få familie og aftenvagter til at hænge sammen, når skolen ringer, "
        "og der ikke er andre hjemme, som kan tage telefonen?"
    )
    assert outline(draft)["Vagterne"] == [whole, "Hvad siger dag- og aftenholdet?"]


@pytest.mark.parametrize(
    ("mark", "legend"),
    [
        (" (obligatorisk)", ""),
        (" *", "* = skal besvares"),
        (" *", "Spørgsmål med stjerne skal besvares."),
        (" (O)", "Spørgsmål mærket (O) er obligatoriske."),
        (" – skal besvares", ""),
    ],
)
def test_marks_of_what_is_mandatory(mark: str, legend: str):
    draft = read(f"MUS\n\n{legend}\n\nOpgaver\n- Hvad laver du?{mark}\n- Hvad vil du lave?\n")
    assert [(one.text, one.mandatory) for one in draft.questions] == [
        ("Hvad laver du?", True),
        ("Hvad vil du lave?", False),
    ]


def test_a_form_that_never_speaks_of_it_leaves_open_what_is_mandatory():
    draft = read("MUS\n\nOpgaver\n- Hvad laver du?\n* Udfyldes af lederen")
    assert {one.mandatory for one in draft.questions} == {None}


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("1  2  3  4  5", []),
        ("0 – 1 – 2 – 3", []),
        ("☐ ☐ ☐ ☐ ☐", []),
        ("Helt uenig   Uenig   Enig   Helt enig", ["Helt uenig", "Uenig", "Enig", "Helt enig"]),
        ("☐ aldrig ☐ sjældent ☐ ofte", ["aldrig", "sjældent", "ofte"]),
        ("1 (dårligt)  2  3  4 (godt)", ["dårligt", "godt"]),
    ],
)
@pytest.mark.parametrize("between", ["\t", "\n   "])
def test_a_scale_in_digits_boxes_or_words(line: str, options: list[str], between: str):
    draft = read(f"MUS\n\nTrivsel\n- Min stol passer mig{between}{line}\n- Hvad gør den?\n")
    assert [(one.type, one.options) for one in draft.questions] == [
        ("scale", options),
        ("text", []),
    ]


def test_a_legend_at_the_top_is_for_statements_and_not_for_open_questions():
    draft = read("""
        MUS

        Skala: 1 = slet ikke, 5 = helt

        Trivsel
        - Jeg har en god stol.
        - Hvad mangler den?

        Opgaver
        - Mine opgaver passer til mig
        """)
    assert [(one.type, one.options) for one in draft.questions] == [
        ("scale", ["slet ikke", "helt"]),
        ("text", []),
        ("scale", ["slet ikke", "helt"]),
    ]


def test_a_legend_under_a_heading_is_for_that_theme_alone():
    draft = read("""
        MUS

        Holdet
        Angiv på en skala fra 1 til 5, hvor enig du er:
        - Vi hjælper hinanden
        - Vi griner

        Fremtiden
        - Jeg vil gerne lære
        """)
    assert [one.type for one in draft.questions] == ["scale", "scale", "text"]


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("ja / nej", ["ja", "nej"]),
        ("(ja/nej)", ["ja", "nej"]),
        ("☐ Ja  ☐ Nej  ☐ Ved ikke", ["Ja", "Nej", "Ved ikke"]),
        ("Ja [ ]  Nej [ ]", ["Ja", "Nej"]),
    ],
)
def test_answers_to_pick_make_a_choice(line: str, options: list[str]):
    (one,) = read(f"MUS\n\nBilen\n- Har du kørekort? {line}").questions
    assert (one.text, one.type, one.options) == ("Har du kørekort?", "choice", options)


def test_boxes_under_a_question_are_its_answers():
    (one,) = read("MUS\n\nKurser\n1. Vælg det vigtigste\n☐ førstehjælp\n☐ truck\n").questions
    assert (one.type, one.options, one.help) == ("choice", ["førstehjælp", "truck"], [])


@pytest.mark.parametrize(
    "sheet",
    [
        "Hvad     Hvem     Hvornår\n___________\n___________",
        "Hvad | Hvem | Hvornår\n1 | |\n2 | |",
        "Hvad\nHvem\nHvornår\n1\n2",
        "Hvad Hvem Hvornår\nAftale 1\n\nAftale 2",
        "Hvad / Hvem / Hvornår\n1. ____",
    ],
)
def test_a_flattened_agreement_sheet_is_one_table(sheet: str):
    draft = read(f"MUS\n\nOpgaver\n- Hvad laver du?\n\nVi er enige om\n{sheet}\n")
    assert outline(draft)["Vi er enige om"] == ["Vi er enige om"]
    assert [one.columns for one in draft.questions][-1] == ["Hvad", "Hvem", "Hvornår"]


def test_fields_advice_and_page_numbers_are_left_out_and_listed():
    draft = read("""
        MUS hos tømreren

        Navn: ____________   Dato: ____________

        Sådan gør du
        Læs skemaet, og skriv stikord i felterne. Tag det med til samtalen.

        Pladsen
        - Hvad vælter?

        Side 1 af 1
        Underskrift: ______________
        """)
    assert outline(draft) == {"Pladsen": ["Hvad vælter?"]}
    reasons = {one.reason for one in draft.left_out}
    assert {"form field", "prose", "page"} <= reasons
    assert all(one.lines for one in draft.left_out)


def test_a_heading_with_nothing_but_room_is_theme_and_item():
    draft = read("MUS\n\nOpgaver\n- Hvad laver du?\n\nEVENTUELT\n________\n________\n")
    assert outline(draft)["EVENTUELT"] == ["EVENTUELT"]


def test_a_theme_goes_on_on_the_next_page():
    draft = read("MUS\n\n1 Holdet\n1.1 Hvem mangler?\n\n1 Holdet (fortsat)\n1.2 Hvem er ny?\n")
    assert outline(draft) == {"Holdet": ["Hvem mangler?", "Hvem er ny?"]}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("da", "MUS\n\nOpgaver\n- Hvad synes du om dine opgaver, og hvem hjælper dig med dem?"),
        (
            "nb",
            "Medarbeidersamtale\n\nOppgaver\n- Hva synes du om oppgavene dine, og hva trenger du?",
        ),
        (
            "sv",
            "Medarbetarsamtal\n\nUppgifter\n- Vad tycker du om dina uppgifter och vad behöver du?",
        ),
        (
            "de",
            "Mitarbeitergespräch\n\nAufgaben\n- Wie gefallen Ihnen Ihre Aufgaben und was fehlt?",
        ),
        (
            "en",
            "Development talk\n\nTasks\n- What do you think of your tasks, and who can help you?",
        ),
    ],
)
def test_it_reads_five_languages_and_says_which(language: str, text: str):
    draft = read(text)
    assert (draft.language, draft.kind, len(list(draft.questions))) == (language, "MUS", 1)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Gruppeudviklingssamtale", "GRUS"), ("TUS i team 4", "TUS"), ("LUS", "LUS"),
        ("Seniorsamtale", "SENIOR"), ("1:1", "OTHER"), ("MUS-skema", "MUS"),
    ],
)  # fmt: skip
def test_the_title_tells_the_kind_of_talk(title: str, kind: str):
    assert read(f"{title}\n\nHoldet\n- Hvem er ny?").kind == kind
