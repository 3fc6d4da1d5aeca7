"""The organisation's theme: now, next and before; chosen by the main committee, read by HR."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from musling.conversations.kinds import KINDS
from musling.foundation.actor import Actor
from musling.foundation.fingerprints import ChangedMeanwhile
from musling.foundation.problems import NotThere, Refused
from musling.frames.access import is_main_committee
from musling.frames.document import PARTS, FrameDocument, Theme, content_hash, text
from musling.frames.effective import period_theme
from musling.frames.models import OrganisationTheme
from musling.frames.periods import Period, is_period, missing_period, period, periods, when_is
from musling.frames.queries import document_of, in_use, kinds_in_use
from musling.frames.theme_actions import choose_theme, read
from musling.gate import rules
from musling.web.committee.theme_form import ThemeForm
from musling.web.staff.saving import posted, slug_of
from musling.web.talks.sheet import sheet


@rules.role("committee", "hr", methods=("GET",))
def overview(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All periods, the coming ones first."""
    chooses = is_main_committee(actor)
    asking, silent = _kinds(actor)
    found = periods(actor)
    rows: list[dict[str, Any]] = [
        {
            "period": one,
            "title": text(one.theme.title, actor.language) if one.theme else "",
            "statements": len(one.theme.items) if one.theme else 0,
            "may_choose": chooses and _is_open(one),
        }
        for one in found
    ]
    return render(
        request,
        "committee/themes.html",
        {
            "groups": [
                (name, [row for row in _in_order(name, rows) if row["period"].when == name])
                for name in ("now", "coming", "past")
            ],
            "chooses": chooses,
            "missing": missing_period(actor.organisation_id, actor.today),
            "asking": asking,
            "silent": silent,
        },
    )


def _in_order(name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Coming periods with the next one first, past ones with the last one first."""
    return rows[::-1] if name == "coming" else rows


def _is_open(one: Period) -> bool:
    """Whether the list offers to choose: the theme of talks that go on is changed on its page."""
    return one.when == "coming" or (one.when == "now" and one.chosen is None)


def _kinds(actor: Actor) -> tuple[list[str], list[str]]:
    """The kinds of talk whose frame has room for the theme, and those that have not."""
    found: dict[bool, list[str]] = {True: [], False: []}
    for name in kinds_in_use(actor):
        version = in_use(actor.organisation_id, name)
        if version and name in KINDS:
            themes = document_of(version.content).themes
            room = any(theme.kind == "organisation" for theme in themes)
            found[room].append(f"{KINDS[name].name} ({KINDS[name].employee})")
    return found[True], found[False]


@rules.role("committee", "hr", methods=("GET",))
def look(request: HttpRequest, actor: Actor, first_year: int) -> HttpResponse:
    """The theme of one period as employee or leader is asked it, and when it was chosen."""
    rows = period(actor, first_year) if is_period(first_year, actor.today) else []
    part = request.GET.get("part", PARTS[0])
    if not rows or part not in PARTS:
        raise NotThere
    theme = period_theme(rows[0].document, first_year)
    when = when_is(first_year, actor.today)
    return render(
        request,
        "committee/theme.html",
        {
            "first_year": first_year,
            "years": _years(first_year),
            "when": when,
            "title": text(theme.title, actor.language),
            "part": part,
            "sheet": asked(theme, str(part), actor.language),
            "rows": rows,
            "chooses": when != "past" and is_main_committee(actor),
        },
    )


def _years(first_year: int) -> str:
    return f"{first_year}–{first_year + 1}"


def asked(theme: Theme, part: str, language: str) -> Any:
    """The theme as a part meets it in a form, empty; nothing of it is kept."""
    # Without a scale of a frame's own the ends are said in the words that the page knows.
    document = FrameDocument("mus", theme.title, "handed_in", (theme,))
    name = content_hash(document)
    return sheet(name, document, theme, part, False, language).fill({}, {})


@rules.role("committee", methods=("GET", "POST"))
def choose(request: HttpRequest, actor: Actor, first_year: int) -> HttpResponse:
    """Words the theme of a period. ``preview`` and ``more`` save nothing."""
    when = when_is(first_year, actor.today)
    if not is_main_committee(actor) or not is_period(first_year, actor.today) or when == "past":
        raise NotThere
    rows = period(actor, first_year)
    newest = rows[0] if rows else None
    more = "more" in request.POST
    form = ThemeForm(
        None if more else posted(request),
        typed=request.POST if more else None,
        before=newest.document if newest else {},
        seen=newest.public_id if newest else "",
        has_begun=when == "now" and newest is not None,
    )
    preview: list[tuple[str, Any]] = []
    if form.is_bound and form.is_complete():
        try:
            if "preview" in request.POST:
                preview = _preview(form, first_year, actor.language)
            else:
                _save(actor, form, first_year)
                messages.success(
                    request, _("Saved. It is asked in %(years)s.") % {"years": _years(first_year)}
                )
                return redirect("theme-period", slug_of(request), first_year)
        except ChangedMeanwhile as changed:
            form = _with_what_stands(request.POST, actor, first_year)
            form.add_error(None, changed.message)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
    return render(
        request,
        "committee/theme_choose.html",
        {
            "form": form,
            "errors": form.all_errors,
            "years": _years(first_year),
            "first_year": first_year,
            "newest": newest,
            "has_begun": when == "now",
            "preview": preview,
        },
        status=422 if form.all_errors else 200,
    )


def _save(actor: Actor, form: ThemeForm, first_year: int) -> OrganisationTheme:
    facts = form.cleaned_data
    return choose_theme(
        actor,
        first_year=first_year,
        words=form.words(),
        seen=facts["seen"],
        change_now=facts.get("change_now", False),
    )


def _preview(form: ThemeForm, first_year: int, language: str) -> list[tuple[str, Any]]:
    names = (_("As the employee sees it"), _("As the leader sees it"))
    return [
        # Read anew for each part: the fields of the two previews need ids of their own.
        (name, asked(read(form.words(), first_year), part, language))
        for name, part in zip(names, PARTS, strict=True)
    ]


def _with_what_stands(typed: QueryDict, actor: Actor, first_year: int) -> ThemeForm:
    """The same words, with the mark of what stands now: saving again means it."""
    newest = period(actor, first_year)[0]
    data = typed.copy()
    data["seen"] = newest.public_id
    has_begun = when_is(first_year, actor.today) == "now"
    again = ThemeForm(data, before=newest.document, seen=newest.public_id, has_begun=has_begun)
    again.is_complete()
    return again
