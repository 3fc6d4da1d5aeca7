"""How every form of the site is drawn: the markup of DKFDS, hints and errors tied to the fields.

``FORM_RENDERER`` names :class:`DkfdsRenderer`, so ``{{ form }}`` of any form, also allauth's,
renders ``components/form.html`` and ``{{ form.email.as_field_group }}`` ``components/field.html``.
"""

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, cast

import django.forms
from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import BaseRenderer, EngineMixin
from django.forms.widgets import (
    CheckboxInput,
    CheckboxSelectMultiple,
    RadioSelect,
    Select,
    Textarea,
    TextInput,
    Widget,
)
from django.template.backends.django import DjangoTemplates
from django.utils.translation import gettext as _

# The DKFDS class of each kind of control; the first that fits. Everything else is a form-input.
CONTROL_CLASSES: list[tuple[type[Widget], str]] = [
    (CheckboxSelectMultiple, "form-checkbox"),  # before RadioSelect, which it is a kind of
    (RadioSelect, "form-radio"),
    (CheckboxInput, "form-checkbox"),
    (Select, "form-select"),
]
FIRST_YEAR, LAST_YEAR = 1900, 2200
# A browser may offer these again to whoever holds the device next, so it is told not to keep them.
KEPT_BY_BROWSERS = {"text", "search", "tel", "email", "url", "number", "date", "time"}


def control_class(widget: Widget) -> str:
    """The DKFDS class for a widget; empty for hidden ones and for groups of several inputs."""
    if widget.is_hidden or isinstance(widget, forms.MultiWidget):
        return ""
    return next((name for kind, name in CONTROL_CLASSES if isinstance(widget, kind)), "form-input")


class DkfdsBoundField(BoundField):
    """A field in a form, with the classes and ids that ``components/field.html`` counts on."""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: Widget | None = None
    ) -> dict[str, Any]:
        """Django's attributes, the DKFDS class, autocomplete as the form says or "off"."""
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        if isinstance(widget, Textarea | TextInput):
            # A browser silently cuts what is pasted beyond it; the answer says so, and keeps it.
            attrs["maxlength"] = False
        classes = [control_class(widget), str(widget.attrs.get("class", ""))]
        if any(classes):
            attrs["class"] = " ".join(filter(None, classes))
        if autocomplete := self._autocomplete(widget):
            attrs.setdefault("autocomplete", autocomplete)
        return attrs

    def _autocomplete(self, widget: Widget) -> str:
        named: dict[str, str] = getattr(self.form, "autocomplete", {})
        if self.name in named:
            return named[self.name]
        if "autocomplete" in widget.attrs:
            return ""
        kept = isinstance(widget, Textarea) or getattr(widget, "input_type", "") in KEPT_BY_BROWSERS
        return "off" if kept else ""

    @property
    def has_options(self) -> bool:
        """Whether the control is a group of radios or tick boxes, to be drawn one by one."""
        return isinstance(self.field.widget, RadioSelect)

    @property
    def first_id(self) -> str:
        """The id that a link to this field leads to: its control, or the first of a group."""
        if self.has_options:
            return f"{self.auto_id}_0"
        return self.id_for_label or str(self.auto_id)


class DkfdsRenderer(EngineMixin, BaseRenderer):
    """Renders forms with the templates under ``components/``, whatever ``TEMPLATES`` says."""

    backend = DjangoTemplates
    bound_field_class = DkfdsBoundField
    form_template_name = "components/form.html"
    field_template_name = "components/field.html"

    @property
    def engine(self) -> DjangoTemplates:
        """The engine of our templates, then Django's own for the single controls."""
        return _engine()


@cache
def _engine() -> DjangoTemplates:
    # One for the process: parsed templates are kept in it.
    places = [Path(__file__).parent, Path(django.forms.__file__).parent]
    return DjangoTemplates(
        {
            "NAME": "dkfds",
            "APP_DIRS": False,
            "DIRS": [place / "templates" for place in places],
            "OPTIONS": {"builtins": ["musling.web.templatetags.fixed"]},
        }
    )


class DkfdsForm(forms.Form):
    """A form that may name the autocomplete of fields about the person at the keyboard."""

    # Field name → token of HTML's autocomplete, such as {"email": "email"}.
    autocomplete: ClassVar[dict[str, str]] = {}

    @property
    def error_list(self) -> list[dict[str, str]]:
        """Every error with the id it belongs to, for ``components/error_summary.html``."""
        fields = cast("list[DkfdsBoundField]", list(self))
        return [
            {"id": field.first_id, "label": str(field.label), "message": str(message)}
            for field in fields
            for message in field.errors
        ] + [{"id": "", "label": "", "message": str(m)} for m in self.non_field_errors()]


class DateInput(forms.DateInput):
    """The browser's own date field; sends and shows ISO dates, accepts Danish ones when typed."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own time field, hours and minutes."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


def within_reach(value: dt.date) -> None:
    """Refuses a date or a moment of a year that no calendar here reaches.

    Whatever is counted on from it would end beyond the last day that there is.
    """
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValidationError(
            _("Write a year from %(first)s to %(last)s."),
            params={"first": FIRST_YEAR, "last": LAST_YEAR},
        )


class DateField(forms.DateField):
    """A date within reach, asked for with :class:`DateInput`."""

    widget = DateInput
    default_validators = [within_reach]


class TimeField(forms.TimeField):
    """A time of day, asked for with :class:`TimeInput`."""

    widget = TimeInput
