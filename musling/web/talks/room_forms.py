"""Forms of the talk room, the minutes, the agreements and the talk on paper."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from musling.web.forms import DateField, DkfdsForm
from musling.web.talks.texts import plain

AGREEMENT, FOCUS_AREA, INITIATIVE = "agreement", "focus_area", "initiative"
WHO = "who-names"  # id of the list with the two names


class WordsField(forms.CharField):
    """Words of some lines, with plain line ends; how many are allowed, the action says."""

    def __init__(self, rows: int = 2, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        """The words."""
        return plain(super().to_python(value) or "")


class AgreementForm(DkfdsForm):
    """What, who and when; the rest may be left empty."""

    what = WordsField(label=_("What"), error_messages={"required": _("Write what you agree on.")})
    solution = WordsField(label=_("Proposed solution"), required=False)
    action = WordsField(label=_("Action: what is done"), required=False)
    who = forms.CharField(
        label=_("Who does it"), required=False, widget=forms.TextInput(attrs={"list": WHO})
    )
    due_on = DateField(
        label=_("When, at the latest"),
        required=False,
        error_messages={"invalid": _("Write a date, such as 15-01-2027.")},
    )
    follow_up = WordsField(rows=1, label=_("How you follow up"), required=False)

    def content(self) -> dict[str, str]:
        """The words, as the actions take them."""
        names = ("what", "solution", "action", "who", "follow_up")
        return {name: self.cleaned_data.get(name, "") for name in names}


class WeAgreeForm(AgreementForm):
    """The one button's form: the line lands in the right document by its type."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[
            (AGREEMENT, _("An agreement")),
            (FOCUS_AREA, _("A focus area")),
            (INITIATIVE, _("An initiative")),
        ],
        widget=forms.RadioSelect,
        initial=AGREEMENT,
    )
    follow_up_on = DateField(
        label=_("When you follow up"),
        required=False,
        error_messages={"invalid": _("Write a date, such as 15-01-2027.")},
    )
    mine = WordsField(label=_("What I do"), required=False)
    support = WordsField(label=_("How my leader supports"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class TypeInForm(AgreementForm):
    """One of last year's agreements, typed in from paper."""

    what = WordsField(
        label=_("What you agreed"), error_messages={"required": _("Write what you agreed on.")}
    )


class FollowUpForm(DkfdsForm):
    """How an agreement goes."""

    note = WordsField(rows=3, label=_("How does it go?"), required=False)


class ReturnForm(DkfdsForm):
    """Why the minutes go back."""

    comment = WordsField(
        rows=4,
        label=_("What should change?"),
        error_messages={"required": _("Say what should change, so that the other can do it.")},
    )


class PaperForm(DkfdsForm):
    """The day on which a talk was held on paper."""

    held_on = DateField(
        label=_("When did you hold the talk?"),
        error_messages={
            "required": _("Write the day of the talk."),
            "invalid": _("Write a date, such as 15-01-2027."),
        },
    )


class TogetherForm(DkfdsForm):
    """With what the other party proves who she or he is, on this screen."""

    password = forms.CharField(
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        strip=False,
        error_messages={"required": _("Type your own password.")},
    )
    code = forms.CharField(
        label=_("Code from your app"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": _("Type the code that your app shows now.")},
    )

    def __init__(self, *args: Any, asks_code: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not asks_code:
            del self.fields["code"]
