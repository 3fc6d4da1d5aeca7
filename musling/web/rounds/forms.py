"""The forms of rounds."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from musling.conversations.kinds import KINDS
from musling.foundation.actor import Actor
from musling.foundation.fingerprints import fingerprint
from musling.frames.models import FrameVersion
from musling.rounds.actions.planning import LONGEST_TEXT, STEP_FIELDS, Plan
from musling.rounds.five_steps import FiveStep
from musling.rounds.models import Form, LeftOut, Round, Step
from musling.rounds.placing import ODDITIES
from musling.rounds.queries import frames_for_rounds
from musling.web.forms import DateField, DkfdsForm
from musling.web.staff.choosing import ChoosingForm
from musling.web.staff.forms import SeenForm, SuggestedUnit, unit_among

LANGUAGES = (("da", _("Text in Danish")), ("en", _("Text in English")))


class PlanForm(SeenForm):
    """What HR says of a round."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Everybody meets it under this name.")
    )
    kind = forms.ChoiceField(label=_("Kind of talk"))
    year = forms.IntegerField(
        label=_("Year"), min_value=2000, max_value=2100, help_text=_("Whose yearly talk it is.")
    )
    starts_on = DateField(
        label=_("First day"), help_text=_("From here on the form is sent and talks are held.")
    )
    ends_on = DateField(label=_("Last day"), help_text=_("The talks are held by then."))
    frame = forms.ChoiceField(
        label=_("What is asked"),
        required=False,
        help_text=_("With what each team and committee has added for itself."),
    )
    default_form = forms.ChoiceField(
        label=_("Form, unless the unit's leader chooses another"), choices=Form.choices
    )
    choose_by = DateField(
        label=_("Leaders choose the form until"),
        required=False,
        help_text=_("Leave it empty where there is nothing to choose."),
    )
    leader_word = forms.CharField(
        label=_("Your own word for who leads the talk"),
        max_length=40,
        required=False,
        help_text=_("Leave it empty for “leader”."),
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.versions: dict[str, FrameVersion] = {}
        frames: list[tuple[str, Any]] = [("", _("The frame that is in use when the round opens"))]
        kinds = {}
        for version in frames_for_rounds(actor):
            kind = KINDS.get(version.frame.kind)
            if kind is None:
                continue
            kinds[kind.id] = f"{kind.name} ({kind.employee})"
            self.versions[version.public_id] = version
            frames.append((version.public_id, f"{version.frame.name} ({version.number})"))
        self.fields["frame"].choices = frames  # type: ignore[attr-defined]
        self.fields["kind"].choices = list(kinds.items())  # type: ignore[attr-defined]

    def plan(self) -> Plan:
        """What was written, as the action takes it."""
        facts = dict(self.cleaned_data)
        facts.pop("seen", None)
        version = self.versions.get(facts.pop("frame"))
        return Plan(frame_version=version, **facts)

    @staticmethod
    def of(row: Round) -> dict[str, Any]:
        """The fields of a round that stands."""
        names = ("name", "kind", "year", "starts_on", "ends_on", "default_form", "choose_by")
        facts = {name: getattr(row, name) for name in (*names, "leader_word")}
        return facts | {"frame": row.frame_version.public_id if row.frame_version else ""}


class CoverForm(ChoosingForm):
    """A unit that the round covers."""

    unit = forms.CharField(
        label=_("Cover only this unit, with all below it"),
        max_length=180,
        help_text=_("Write the name or the number of the unit."),
        widget=SuggestedUnit,
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, among={"unit": unit_among(actor)}, **options)


class LeaveOutForm(ChoosingForm):
    """Who is left out, and why."""

    by = forms.ChoiceField(label=_("Leave out by"), choices=LeftOut.By.choices)
    unit = forms.CharField(
        label=_("Unit"),
        max_length=180,
        required=False,
        help_text=_("Only where you leave out a unit."),
        widget=SuggestedUnit,
    )
    words = forms.CharField(
        label=_("Title or agreement"),
        max_length=120,
        required=False,
        help_text=_("As it stands with the people."),
    )
    reason = forms.CharField(
        label=_("Why"), max_length=300, help_text=_("It stays with the round, for all of HR.")
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, among={"unit": unit_among(actor)}, **options)
        for name in ("unit", "words"):
            self.fields[name].belongs = True  # type: ignore[attr-defined]  # one of them is asked for


class RulingsForm(SeenForm):
    """What is done about each thing that is odd."""

    def __init__(self, *args: Any, shown: dict[str, str], mark: str, **options: Any) -> None:
        options["initial"] = {"seen": mark}
        super().__init__(*args, **options)
        for name, answer in shown.items():
            oddity = ODDITIES[name]
            self.fields[name] = forms.ChoiceField(
                label=str(oddity.name),
                help_text=str(oddity.why),
                choices=oddity.answers,
                initial=answer,
                widget=forms.RadioSelect,
            )

    def answers(self) -> dict[str, str]:
        """What is done, by oddity."""
        return {name: self.cleaned_data[name] for name in self.fields if name != "seen"}

    def stands_now(self, mark: str) -> list[dict[str, str]]:
        """After a clash: each answer as it stands now beside what was chosen, where they differ.

        The form then carries the mark of what stands, so that saving again means it.
        """
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["seen"] = mark
        self.data = data
        found = []
        for name, typed in self.answers().items():
            words = {value: str(label) for value, label in ODDITIES[name].answers}
            if typed != self.fields[name].initial:
                now = words[str(self.fields[name].initial)]
                label = str(self.fields[name].label)
                found.append({"label": label, "now": now, "typed": words[typed]})
        return found


class StepForm(SeenForm):
    """The day and the text of a step, and the tasks that are done; these alone if not ``whole``."""

    due_on = DateField(label=_("Day"))
    by_itself = forms.BooleanField(
        label=_("Do it by itself on that day"),
        required=False,
        help_text=_("Else somebody in HR presses the button."),
    )
    ticked = forms.MultipleChoiceField(
        label=_("What is done"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, step: Step, row: FiveStep, whole: bool, **options: Any) -> None:
        options["initial"] = {
            "due_on": step.due_on,
            "by_itself": step.comes_by_itself,
            "ticked": step.ticked,
            "seen": fingerprint(step, STEP_FIELDS),
        }
        super().__init__(*args, **options)
        self.fields["ticked"].belongs = True  # type: ignore[attr-defined]
        self.fields["ticked"].choices = [  # type: ignore[attr-defined]
            (task.id, task.name) for task in row.tasks
        ]
        if not whole:
            del self.fields["due_on"]
        if not whole or not row.sends:
            del self.fields["by_itself"]
            return
        for language, label in LANGUAGES:
            self.fields[f"text_{language}"] = forms.CharField(
                label=label,
                required=False,
                max_length=LONGEST_TEXT,
                initial=step.texts.get(language, ""),
                help_text=_("Leave it empty to use the ready-made text."),
                widget=forms.Textarea(attrs={"rows": 4}),
            )

    def stands_now(self, step: Step) -> list[dict[str, str]]:
        """After a clash: each field as it stands now beside what was typed, where they differ.

        The form then carries the mark of what stands, so that saving again means it.
        """
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["seen"] = fingerprint(step, STEP_FIELDS)
        self.data = data
        names: dict[str, Any] = dict(self.fields["ticked"].choices)  # type: ignore[attr-defined]

        def in_words(values: dict[str, Any]) -> dict[str, str]:
            day, ticked = values.get("due_on"), values.get("ticked") or ()
            return {
                "due_on": date_format(day, "DATE_FORMAT") if day else "",
                "by_itself": str(_("Yes") if values.get("by_itself") else _("No")),
                "ticked": ", ".join(str(names[one]) for one in ticked if one in names),
                **{name: values.get(name) or "" for name in self.fields if name[:5] == "text_"},
            }

        texts = {f"text_{language}": words for language, words in step.texts.items()}
        facts = {"due_on": step.due_on, "by_itself": step.comes_by_itself, "ticked": step.ticked}
        now, typed = in_words({**facts, **texts}), in_words(self.cleaned_data)
        return [
            {"label": str(self.fields[name].label), "now": now[name], "typed": typed[name]}
            for name in now
            if name in self.fields and now[name] != typed[name]
        ]

    def texts(self) -> dict[str, str]:
        """The organisation's own words by language."""
        return {
            language: self.cleaned_data.get(f"text_{language}", "")
            for language, _label in LANGUAGES
        }


class NoteForm(DkfdsForm):
    """The joint note that closes a round."""

    note = forms.CharField(
        label=_("Our joint note"),
        error_messages={
            "required": _(
                "Write the joint note: what you learned, and what is done otherwise next year."
            )
        },
        help_text=_(
            "What you learned from the round, and what is done otherwise next year. It opens next "
            "year's plan. Write about nobody in particular."
        ),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
