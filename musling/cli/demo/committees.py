"""What Havneby's committee has decided, and its core task: validated, told, with a contribution."""

from musling.cli.demo.living import acting
from musling.foundation.actor import Actor
from musling.frames.core_task_actions import tell_core_task, validate_core_task, word_core_task
from musling.frames.queries import first_year_of
from musling.frames.required_actions import OwnWords, require_item, require_own
from musling.frames.theme_actions import Statement, ThemeWords, choose_theme
from musling.organisations.models import Unit
from musling.people.models import Profile

CORE_TASK = "Vi gør hverdagen tryg for borgerne, så de kan leve det liv, de selv vælger."
CONTRIBUTION = "Vi kommer, når vi har sagt det, og hjælper borgeren med selv at klare det næste."
THEME = ThemeWords(
    title={
        "da": "Vi taler sammen, også når det er svært",
        "en": "We talk, also when it is hard",
    },
    intro={
        "da": "Hovedudvalget har valgt temaet, fordi mange i sidste runde skrev, at de svære ting "
        "først kommer frem, når de er blevet store.",
        "en": "The main committee has chosen this because many wrote last time that what is hard "
        "comes out only when it has grown big.",
    },
    help=(
        {
            "da": "Hvornår har I sidst sagt noget svært til hinanden, og hvordan gik det?",
            "en": "When did you last say something hard to each other, and how did it go?",
        },
        {
            "da": "Hvad gør det lettere at sige noget i tide?",
            "en": "What makes it easier to say something in time?",
        },
    ),
    statements=(
        Statement(
            "scale",
            {
                "da": "Jeg kan sige, at noget er svært, og blive taget alvorligt",
                "en": "I can say that something is hard and be taken seriously",
            },
            {
                "da": "Min medarbejder kan sige, at noget er svært, og blive taget alvorligt",
                "en": "My employee can say that something is hard and be taken seriously",
            },
            {
                "da": "Det gælder både over for din leder og i teamet.",
                "en": "Both with your leader and in the team.",
            },
        ),
        Statement(
            "scale",
            {
                "da": "Hos os kan man være uenige og stadig arbejde godt sammen",
                "en": "With us one can disagree and still work well together",
            },
            {},
            {},
        ),
        Statement(
            "scale",
            {
                "da": "Jeg bliver spurgt, før noget bliver lavet om hos os",
                "en": "I am asked before something is changed with us",
            },
            {
                "da": "Min medarbejder bliver spurgt, før noget bliver lavet om hos os",
                "en": "My employee is asked before something is changed with us",
            },
            {
                "da": "Det behøver ikke ende, som du ville. Men du nåede at sige din mening.",
                "en": "It need not end as you wanted. But you had your say.",
            },
        ),
        Statement(
            "text",
            {
                "da": "Hvad burde vi tale mere om hos os?",
                "en": "What ought we to talk about more?",
            },
            {},
            {},
        ),
    ),
)
TOPIC = OwnWords(
    type="text",
    text={
        "da": "Ved du, hvem du går til, hvis nogen truer dig eller slår?",
        "en": "Do you know whom to go to if somebody threatens or hits you?",
    },
    explanation={
        "da": "Det skal kunne siges samme dag, og ingen skal stå med det alene.",
        "en": "It can be said the same day, and nobody should be alone with it.",
    },
    help=(
        {
            "da": "Mangler du noget for at føle dig tryg hos en borger?",
            "en": "Do you lack anything to feel safe at a citizen's?",
        },
    ),
)
PICKED = "wellbeing.balance"


def fill(hr: Actor, member: Profile, leader: Profile, unit: Unit, year: int) -> None:
    """All of it, by the actions that the pages call. ``year``: one of the theme's two."""
    task = word_core_task(hr, words=CORE_TASK)
    validate_core_task(hr, version=task.version, by="Direktionen", on=hr.today)
    tell_core_task(hr, version=task.version)
    word_core_task(acting(leader), words=CONTRIBUTION, unit=unit)
    sits = acting(member)
    choose_theme(sits, first_year=first_year_of(year), words=THEME, seen="", change_now=True)
    above = unit.parent
    require_own(sits, unit=above, kinds=["mus"], words=TOPIC)
    require_item(sits, unit=None, kinds=["mus"], item=PICKED)
