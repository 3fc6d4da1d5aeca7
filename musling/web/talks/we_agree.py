"""One button, "We agree …": its line lands in the right document by its type."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from musling.conversations import contents
from musling.conversations.actions import talking
from musling.conversations.models import State
from musling.conversations.queries.room import (
    AgreementText,
    OpenedMinutes,
    opened_minutes,
    was_taken_away,
)
from musling.conversations.queries.talks import Talk, talk
from musling.foundation.actor import Actor
from musling.foundation.problems import Clash, NotThere, Refused
from musling.gate import rules
from musling.web.access.eye import eye_line
from musling.web.talks.room_forms import AGREEMENT, FOCUS_AREA, INITIATIVE, WeAgreeForm


@dataclass(frozen=True)
class Agreed:
    """One line of what the talk has come to."""

    what: str
    meta: str
    mark: str
    url: str
    public_id: str


def listed(found: Talk, opened: OpenedMinutes, slug: str) -> list[Agreed]:
    """Agreements, then focus areas and initiatives, each with the page that changes it.

    Without ``slug`` there are no such pages: the minutes are locked.
    """

    def url(kind: str, row: str) -> str:
        if not (slug and row):
            return ""
        return reverse("change-agreed", args=[slug, found.public_id, kind, row])

    lines = [
        Agreed(row.what, agreement_meta(row), "", url(AGREEMENT, row.public_id), row.public_id)
        for row in opened.agreements
    ]
    lines += [
        Agreed(
            goal.title,
            " · ".join(filter(None, (goal.mine, goal.support))),
            _("Focus area"),
            url(FOCUS_AREA, goal.public_id),
            goal.public_id,
        )
        for goal in opened.focus_areas
    ]
    lines += [
        Agreed(goal.title, "", _("Initiative"), url(INITIATIVE, goal.public_id), goal.public_id)
        for goal in opened.initiatives
    ]
    return lines


def agreement_meta(row: AgreementText) -> str:
    """Who does what and when, on one line."""
    due = _("by %(day)s") % {"day": date_format(row.due_on)} if row.due_on else ""
    follow_up = row.follow_up
    if row.follow_up_on:
        when = _("we follow up %(day)s") % {"day": date_format(row.follow_up_on)}
        follow_up = f"{follow_up} · {when}" if follow_up else when
    return " · ".join(filter(None, (row.solution, row.action, row.who, due, follow_up)))


def blank_form() -> WeAgreeForm:
    """The form for something new."""
    return WeAgreeForm()


def undo_of(request: HttpRequest) -> tuple[str, str] | None:
    """What was just taken away, from the address that led back here: kind and public id."""
    kind, _dot, row = request.GET.get("undo", "").partition(".")
    return (kind, row) if kind in talking.WRITTEN and row.isalnum() else None


@rules.member("GET", "POST")
def we_agree(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """Adds an agreement, a focus area or an initiative."""
    found = _with_minutes(actor, public_id)
    if locked := _locked(request, found):
        return locked
    form = WeAgreeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _write(actor, public_id, form)
        except Refused as problem:
            form.add_error(problem.field if problem.field in form.fields else None, problem.message)
        else:
            return redirect(_back(request, found) + "#agreed")
    return _page(request, found, form, _("We agree"))


def _with_minutes(actor: Actor, public_id: str) -> Talk:
    """The talk from when it has minutes. Raises NotThere; where they are locked, actions refuse."""
    found = talk(actor, public_id)
    begun = found.conversation.opened_at or found.conversation.held_at
    if not begun or not found.sees_minutes:
        raise NotThere
    return found


def _locked(request: HttpRequest, found: Talk) -> HttpResponse | None:
    """Whoever opens a form for locked minutes is shown these; what was typed is never dropped."""
    if request.method == "POST" or found.state in talking.WRITABLE:
        return None
    return redirect("minutes", request.standing.slug, found.public_id)  # type: ignore[attr-defined]


def _write(actor: Actor, public_id: str, form: WeAgreeForm, row: str = "") -> None:
    given = form.cleaned_data
    version = given.get("version") or 0
    if given["kind"] == FOCUS_AREA:
        content = {"title": given["what"], "mine": given["mine"], "support": given["support"]}
        talking.write_focus_area(
            actor, public_id=public_id, content=content, row=row, version=version
        )
    elif given["kind"] == INITIATIVE:
        talking.write_initiative(
            actor, public_id=public_id, text=given["what"], row=row, version=version
        )
    else:
        talking.write_agreement(
            actor,
            public_id=public_id,
            content=form.content(),
            due_on=given["due_on"],
            follow_up_on=given["follow_up_on"],
            agreement=row,
            version=version,
        )


def _page(
    request: HttpRequest, found: Talk, form: WeAgreeForm, heading: str, **more: Any
) -> HttpResponse:
    page = {
        "found": found,
        "form": form,
        "heading": heading,
        "eye": eye_line(contents.AGREEMENT, found),
        "back": _back(request, found),
        "theirs": None,
        "row": "",
        "kind": "",
    }
    status = 409 if more.get("theirs") else 422 if form.errors else 200
    return render(request, "talks/we_agree.html", page | more, status=status)


def _back(request: HttpRequest, found: Talk) -> str:
    """To the room while it is open, else to the minutes."""
    name = "room" if found.state == State.OPEN else "minutes"
    slug = request.standing.slug  # type: ignore[attr-defined]
    url = reverse(name, args=[slug, found.public_id])
    phase = request.POST.get("phase", request.GET.get("phase", ""))
    return f"{url}?phase={phase}" if name == "room" and phase.isalpha() else url


@rules.member("GET", "POST")
def change(request: HttpRequest, actor: Actor, public_id: str, kind: str, row: str) -> HttpResponse:
    """Changes one of them, or takes it away."""
    found = _with_minutes(actor, public_id)
    if locked := _locked(request, found):
        return locked
    try:
        stored = _stored(actor, found, kind, row)
    except NotThere:
        typed = request.method == "POST" and "take_away" not in request.POST
        if not typed or not was_taken_away(found, talking.WRITTEN.get(kind), row):
            raise
        return _gone(request, found, kind)
    if request.method == "GET":
        return _page(request, found, WeAgreeForm(initial=stored), _("Change"), row=row, kind=kind)
    if "take_away" in request.POST:
        return _take_away(request, actor, found, kind, row)
    return _changed(request, actor, found, kind, row, stored)


def _changed(
    request: HttpRequest, actor: Actor, found: Talk, kind: str, row: str, stored: dict[str, Any]
) -> HttpResponse:
    """Writes the change, or shows the form again with what is wrong."""
    posted = request.POST.copy()
    posted["kind"] = kind  # a focus area stays one
    form = WeAgreeForm(posted)
    if form.is_valid():
        try:
            _write(actor, found.public_id, form, row)
        except Refused as problem:
            form.add_error(problem.field if problem.field in form.fields else None, problem.message)
        except Clash as clash:
            posted["version"] = str(clash.version)
            return _page(
                request, found, form, _("Change"), row=row, kind=kind, theirs=_shown(form, stored)
            )
        else:
            return redirect(_back(request, found) + "#agreed")
    return _page(request, found, form, _("Change"), row=row, kind=kind)


def _stored(actor: Actor, found: Talk, kind: str, row: str) -> dict[str, Any]:
    """What stands there now, as the form's fields. Raises NotThere."""
    opened = opened_minutes(actor, found)
    if kind == AGREEMENT:
        for text in opened.agreements:
            if text.public_id == row:
                return {name: getattr(text, name) for name in _AGREEMENT_FIELDS} | {"kind": kind}
    goals = {FOCUS_AREA: opened.focus_areas, INITIATIVE: opened.initiatives}.get(kind, [])
    for goal in goals:
        if goal.public_id == row:
            words = {"what": goal.title, "mine": goal.mine, "support": goal.support}
            return words | {"kind": kind, "version": goal.version}
    raise NotThere


def _gone(request: HttpRequest, found: Talk, kind: str) -> HttpResponse:
    """The other took it away while it was being changed: what was typed can be written anew."""
    posted = request.POST.copy()
    posted["kind"] = kind
    posted.pop("version", None)
    form = WeAgreeForm(posted)
    form.add_error(
        None,
        _(
            "This was taken away in the meantime. Your text stands below: "
            "write it down again if you still agree on it."
        ),
    )
    return _page(request, found, form, _("We agree"))


_AGREEMENT_FIELDS = (
    "what",
    "solution",
    "action",
    "who",
    "due_on",
    "follow_up",
    "follow_up_on",
    "version",
)


def _shown(form: WeAgreeForm, stored: dict[str, Any]) -> list[tuple[str, Any]]:
    """What the other party saved in the meantime, with the labels of the form."""
    return [
        (str(field.label), stored[field.name])
        for field in form.visible_fields()
        if field.name != "kind" and stored.get(field.name)
    ]


def _take_away(
    request: HttpRequest, actor: Actor, found: Talk, kind: str, row: str
) -> HttpResponse:
    try:
        talking.take_away(actor, public_id=found.public_id, what=kind, row=row)
    except Refused as problem:
        messages.error(request, problem.message)
        return redirect(_back(request, found))
    url = _back(request, found)
    return redirect(f"{url}{'&' if '?' in url else '?'}undo={kind}.{row}")


@rules.member("POST")
def put_back(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """Undoes taking away."""
    found = _with_minutes(actor, public_id)
    try:
        talking.put_back(
            actor,
            public_id=public_id,
            what=request.POST.get("what", ""),
            row=request.POST.get("row", ""),
        )
    except Refused as problem:
        messages.error(request, problem.message)
    return redirect(_back(request, found) + "#agreed")
