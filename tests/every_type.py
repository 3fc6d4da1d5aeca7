"""A frame with every type of item, answered alone or together; for tests that need them all."""

from typing import Any

from musling.foundation import clock
from musling.frames.actions import keep_content, take_into_use
from musling.frames.composing import Required, compose
from musling.frames.document import FrameDocument, Item
from musling.frames.models import Frame, FrameVersion
from musling.frames.parsing import parse
from musling.frames.team_changes import Added, TeamChanges
from tests.cast import Cast

BOTH = ("employee", "leader")


def words(danish: str, english: str = "") -> dict[str, str]:
    """A text in one language or both."""
    return {"da": danish, "en": english} if english else {"da": danish}


def raw() -> dict[str, Any]:
    """The frame as a file holds it."""
    return {
        "kind": "mus",
        "title": words("Alle slags", "Every kind"),
        "preparation": "handed_in",
        "minutes": 45,
        "scale": {"low": words("Slet ikke"), "high": words("Helt")},
        "life_phases": [
            {
                "id": "young",
                "title": words("Nye i arbejdslivet"),
                "explanation": words("De første år efter uddannelsen."),
                "help": [words("Hvad vil du lære nu?")],
            }
        ],
        "themes": [_now(), _ahead(), _goals()],
    }


def _now() -> dict[str, Any]:
    return {
        "id": "job",
        "title": words("Arbejdet", "The work"),
        "phase": "now",
        "minutes": 10,
        "items": [
            {"id": "job.well", "type": "scale", "text": words("Jeg trives."), "mandatory": True},
            {"id": "job.life", "type": "life_phase", "text": words("Livet og arbejdet passer.")},
            {"id": "job.why", "type": "text", "text": words("Hvorfor?")},
            {
                "id": "job.hours",
                "type": "choice",
                "text": words("Hvor mange timer vil du have?", "How many hours do you want?"),
                "text_leader": words("Hvor mange timer er der brug for?", "How many are needed?"),
                "explanation": words("Om året."),
                "help": [words("Hvad ville ændre sig?")],
                "options": [
                    {"id": "fewer", "text": words("Færre", "Fewer")},
                    {"id": "same", "text": words("Det samme", "The same")},
                    {"id": "more", "text": words("Flere", "More")},
                ],
            },
            {
                "id": "job.tasks",
                "type": "several",
                "text": words("Hvilke opgaver vil du have flere af?", "Which tasks?"),
                "options": [
                    {"id": "guide", "text": words("Vejledning", "Guiding")},
                    {"id": "plan", "text": words("Planlægning", "Planning")},
                    {"id": "care", "text": words("Pleje", "Care")},
                ],
            },
            {
                "id": "work.together",
                "type": "choice",
                "for_parts": [],
                "text": words("Hvad er vigtigst for os to?", "What matters most to us?"),
                "help": [words("Hvad kan vente?")],
                "options": [
                    {"id": "calm", "text": words("Ro", "Calm")},
                    {"id": "pace", "text": words("Fart", "Pace")},
                ],
            },
        ],
    }


def _ahead() -> dict[str, Any]:
    return {
        "id": "learn",
        "title": words("At lære", "Learning"),
        "phase": "ahead",
        "items": [
            {
                "id": "learn.plan",
                "type": "table",
                "text": words("Hvad vil du lære, og hvordan?", "What do you want to learn?"),
                "rows": 3,
                "columns": [
                    {"id": "what", "text": words("Hvad", "What")},
                    {"id": "how", "text": words("Hvordan", "How")},
                    {"id": "when", "text": words("Hvornår", "When")},
                ],
            }
        ],
    }


def _goals() -> dict[str, Any]:
    return {
        "id": "goals",
        "kind": "goals",
        "title": words("Mål", "Goals"),
        "phase": "ahead",
        "items": [
            {
                "id": "goals.focus",
                "type": "text",
                "text": words("Hvad vil vi nå?"),
                "help": [words("Hvad er det første skridt?")],
            },
            {
                "id": "goals.steps",
                "type": "table",
                "text": words("Hvilke skridt tager vi?"),
                "columns": [
                    {"id": "step", "text": words("Skridt")},
                    {"id": "who", "text": words("Hvem")},
                ],
            },
        ],
    }


def document() -> FrameDocument:
    """What a talk asks: with what the team and the committee put in."""
    noise = Item("committee.noise", "text", words("Er der ro?", "Is it quiet?"), "now", BOTH)
    team = Item("team.trip", "text", words("Hvor skal vi hen i år?"), "now", BOTH)
    composed = compose(
        parse(raw()),
        required=[Required("job.hours"), Required(own=noise)],
        team=TeamChanges(added=(Added("job", team),)),
    )
    assert not composed.misfits
    return composed.document


def adopt(cast: Cast) -> FrameDocument:
    """Takes it into use for the yearly talk in Havneby."""
    asked = document()
    content = keep_content(cast.havneby.pk, asked)
    frame = Frame.objects.create(organisation=cast.havneby, kind="mus", name="Alle slags")
    FrameVersion.objects.create(
        organisation=cast.havneby,
        frame=frame,
        number=1,
        content=content,
        published_at=clock.now(),
    )
    take_into_use(cast.hr.actor, frame=frame)
    return asked
