"""The shared look: components, forms, error pages."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import path
from django.utils import translation

from musling.web.forms import DateField, DkfdsForm

# Only names: the look is tried without the site's own addresses behind it.
pytestmark = pytest.mark.urls(__name__)
urlpatterns = [
    path(f"{name}/", lambda request: None, name=name)
    for name in ["home", "help", "hide", "language", "log-out", "account_login", "accessibility"]
] + [
    path(f"<slug:organisation>/{name}", lambda request, organisation: None, name=name)
    for name in ["start", "access-page", "organisation-style"]
]

TEMPLATES = Path("musling/web/templates")
STEPS = [
    {"label": "About the talk", "state": "done", "url": "/"},
    {"label": "Well-being", "state": "now", "url": "/"},
    {"label": "Tasks", "state": ""},
]
HELP = ["When do you look forward to going to work?"]
# Every component that a page includes, with nothing but what it cannot do without.
LEAST: dict[str, dict[str, Any]] = {
    "agreed": {"agreements": [{"what": "A steady partner at weekends"}]},
    "alert": {"kind": "error", "text": "That did not work."},
    "button_row": {},
    "choice_item": {"name": "c", "number": 3, "text": "Which?", "options": [("a", "A")]},
    "comment": {"comment_name": "c", "number": 2},
    "copy": {"target": "x"},
    "core_task": {"core_task": "A safe everyday life"},
    "dialog": {"id": "d", "heading": "We agree", "body": "components/shell.html"},
    "dots": {"score": "4"},
    "empty": {"heading": "No talks yet", "text": "The first will stand here."},
    "error_summary": {},
    "eye": {"line": "Only you can see this."},
    "filled": {"table": {"columns": ["What"], "rows": [["A course"]]}},
    "help_questions": {"help": HELP},
    "mark": {"text": "Booked"},
    "minutes": {"minutes": 10},
    "pagination": {"page": Paginator(range(30), 10).page(2)},
    "pair": {"left_name": "Mette", "right_name": "You"},
    "phases": {"phases": [{"label": "Now", "now": True}]},
    "progress": {"done": 4, "total": 10, "text": "4 of 10"},
    "said": {"said": {"text": "More time"}},
    "save_state": {},
    "scale": {"name": "s", "number": 7, "text": "I am well at work"},
    "steps": {"steps": STEPS},
    "sums": {"sums": [{"number": 18, "label": "employees"}]},
    "table": {"caption": "Agreements", "columns": ["What", "Who"], "rows": [["Partner", "Lars"]]},
    "table_item": {
        "name": "k",
        "number": 5,
        "text": "Which?",
        "columns": ["What"],
        "rows": [[{"name": "k/1.what", "label": "What"}]],
    },
    "text_item": {"name": "t", "number": 4, "text": "What do you want more of?"},
}
# What components are made of, or the frame of the page; they are rendered with those.
PARTS = {
    "bare", "cell", "cover", "field", "field_error", "foot", "form", "head", "help_link", "icon",
    "item_question", "language", "save_dialogs", "save_words", "shell", "steps_list", "top",
}  # fmt: skip


class Elements(HTMLParser):
    """The elements of a page: tag and attributes."""

    def __init__(self, text: str) -> None:
        """Read ``text``."""
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep one element."""
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str, **having: str) -> list[dict[str, str | None]]:
        """Attributes of every element of this kind with these attributes."""
        return [
            attrs
            for name, attrs in self.found
            if name == tag and all(attrs.get(key) == value for key, value in having.items())
        ]

    @property
    def ids(self) -> list[str]:
        """Every id on the page, in order."""
        return [str(attrs["id"]) for _tag, attrs in self.found if "id" in attrs]


def rendered(source: str, *, user: object = None, **context: Any) -> str:
    """A template given as text, rendered as in a page, in English, for ``user`` or nobody."""
    request = RequestFactory().get("/havneby/")
    request.user = user  # type: ignore[assignment]
    request.session = {}  # type: ignore[assignment]
    with translation.override("en"):
        return engines["django"].from_string(source).render(context, request)


def component(name: str, /, **context: Any) -> Elements:
    """The elements that a component makes."""
    return Elements(rendered(f'{{% include "components/{name}.html" %}}', **context))


# --- components ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(LEAST))
def test_component_renders_without_what_may_be_left_out(name: str) -> None:
    """Unknown template variables fail in this suite, so a careless optional one is caught."""
    text = rendered(f'{{% include "components/{name}.html" %}}', **LEAST[name])
    assert "{{" not in text
    assert "comment_" not in text.replace("comment_name", "")


def test_every_component_is_tried() -> None:
    there = {file.stem for file in (TEMPLATES / "components").glob("*.html")}
    assert there == set(LEAST) | PARTS


def test_every_component_says_what_it_takes() -> None:
    for file in (TEMPLATES / "components").glob("*.html"):
        assert "{% comment %}" in file.read_text("utf-8")[:200], file


@pytest.mark.row("X12")
def test_no_template_needs_what_the_content_policy_forbids() -> None:
    for file in TEMPLATES.rglob("*.html"):
        for tag, attrs in Elements(re.sub(r"{%.*?%}", "x", file.read_text("utf-8"))).found:
            assert "style" not in attrs, f"{file}: style on <{tag}>"
            assert tag != "style", f"{file}: <style>"
            assert tag != "script" or attrs.get("src"), f"{file}: inline script"
            assert not [name for name in attrs if name.startswith("on")], f"{file}: handler"


@pytest.mark.row("D3")
@pytest.mark.row("X11")
def test_scale_is_six_named_radios_with_nothing_chosen() -> None:
    page = component("scale", **LEAST["scale"])
    radios = page.of("input", type="radio", name="s")
    assert [radio["value"] for radio in radios] == ["0", "1", "2", "3", "4", "5", ""]
    assert radios[3]["aria-label"] == "3 at question 7"
    assert radios[6]["aria-label"] == "No answer to question 7"
    assert not [radio for radio in radios if "checked" in radio]


def test_scale_shows_the_answer_and_unfolds_what_was_said() -> None:
    page = component("scale", **LEAST["scale"], value="0", comment_name="c", comment="Tired")
    chosen = [radio["value"] for radio in page.of("input", type="radio") if "checked" in radio]
    assert chosen == ["0"]
    assert "open" in page.of("details")[0]
    assert page.of("textarea")[0]["aria-label"] == "Say more 7"


def test_scale_carries_versions_for_the_saving_script() -> None:
    page = component("scale", **LEAST["scale"], version=0, comment_name="c", comment_version=3)
    hidden = {field["name"]: field["value"] for field in page.of("input", type="hidden")}
    assert hidden == {"version.s": "0", "version.c": "3"}


def test_text_of_a_person_is_never_markup() -> None:
    text = rendered('{% include "components/pair.html" %}', left_name="<b>", right_name="x",
                    left_text="<script>alert(1)</script>")  # fmt: skip
    assert "<script>" not in text
    assert "<b>" not in text


def test_text_that_begins_with_a_line_break_keeps_it() -> None:
    page = rendered('{% include "components/text_item.html" %}', **LEAST["text_item"], value="\nA")
    assert "\n\nA</textarea>" in page  # a browser drops the first line break after the tag


# --- forms -----------------------------------------------------------------------------------


class Employee(DkfdsForm):
    """One field of each kind."""

    autocomplete = {"email": "email"}
    name = forms.CharField(label="Name", help_text="As in the payroll.")
    email = forms.EmailField(label="E-mail", required=False)
    start = DateField(label="From")
    unit = forms.ChoiceField(label="Unit", choices=[("1", "Home care")])
    pay = forms.ChoiceField(label="Pay", widget=forms.RadioSelect, choices=[("m", "Monthly")])
    roles = forms.MultipleChoiceField(
        label="Roles", required=False, widget=forms.CheckboxSelectMultiple, choices=[("h", "HR")]
    )
    leave = forms.BooleanField(label="On leave")
    note = forms.CharField(label="Note", required=False, widget=forms.HiddenInput)


def test_form_has_the_classes_of_the_design_system() -> None:
    page = Elements(str(Employee()))
    classes = {attrs["name"]: attrs.get("class") for tag, attrs in page.found if "name" in attrs}
    assert classes == {
        "name": "form-input",
        "email": "form-input",
        "start": "form-input",
        "unit": "form-select",
        "pay": "form-radio",
        "roles": "form-checkbox",
        "leave": "form-checkbox",
        "note": None,
    }


@pytest.mark.row("X11")
def test_form_ties_errors_and_hints_to_fields_that_are_there() -> None:
    page = Elements(str(Employee({"email": "wrong"})))
    links = [str(link["href"]) for link in page.of("a")]
    assert links == ["#id_name", "#id_email", "#id_start", "#id_unit", "#id_pay_0", "#id_leave"]
    described = [
        attrs["aria-describedby"] for _t, attrs in page.found if "aria-describedby" in attrs
    ]
    assert described[0] == "id_name_helptext id_name_error"
    wanted = {link[1:] for link in links} | {one for many in described for one in str(many).split()}
    assert wanted <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_only_named_fields_are_kept_by_the_browser() -> None:
    page = Elements(str(Employee()))
    kept = {field["name"]: field.get("autocomplete") for field in page.of("input")}
    assert kept["email"] == "email"
    assert kept["name"] == "off"
    assert kept["leave"] is None


def test_a_form_without_errors_has_no_summary() -> None:
    assert "alert" not in str(Employee())


def test_every_form_of_the_project_is_drawn_so() -> None:
    class Plain(forms.Form):
        word = forms.CharField(label="<Word>")

    assert 'class="form-input"' in str(Plain())
    assert "&lt;Word&gt;" in str(Plain())


# --- pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["400", "403", "404", "500", "hide"])
def test_pages_for_trouble_need_no_request_and_no_database(page: str) -> None:
    text = render_to_string(f"{page}.html")
    assert "<main" in text
    assert "Traceback" not in text


def test_frame_shows_only_what_there_is_to_somebody_unknown() -> None:
    page = Elements(rendered('{% extends "base.html" %}'))
    assert page.of("html")[0].get("data-person") is None
    assert not page.of("form", id="log-out")
    assert page.of("a", href="#main-content")[0]["class"] == "skipnav"
