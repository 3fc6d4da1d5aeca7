"""The talk room: agreeing on the frame, then one page for the whole talk."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from musling.conversations import contents
from musling.conversations.actions import talking
from musling.conversations.models import State
from musling.conversations.queries.preparation import handed_in, last_agreements
from musling.conversations.queries.room import (
    Expectation,
    expectations,
    ground_rules_before,
    opened_minutes,
)
from musling.conversations.queries.talks import Talk, talk
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import Clash, NotThere, Refused
from musling.frames.document import PHASES, Phase
from musling.gate import rules
from musling.web.access.eye import eye_line
from musling.web.talks.alike import alike, seen_of
from musling.web.talks.handed_in import expected
from musling.web.talks.heading import core_task_head
from musling.web.talks.sections import mark_of, phase_sections
from musling.web.talks.sides import Sides
from musling.web.talks.texts import clock_text, number, plain
from musling.web.talks.we_agree import blank_form, listed, undo_of

BEFORE_A_TIME = {State.PLANNED, State.OFFERED}
OVER = {State.HELD, State.MINUTES_OUT, State.AGREED}


@rules.member("GET")
def room(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """The room, or before it the page where both agree on the frame; once held, the minutes."""
    found = talk(actor, public_id)
    slug = _slug(request)
    if found.state == State.BOOKED:
        return render(request, "talks/threshold.html", _threshold(actor, found))
    if found.state == State.OPEN:
        return render(request, "talks/room.html", _room(request, actor, found))
    if found.state in OVER:
        return redirect("minutes", slug, public_id)
    if found.state in BEFORE_A_TIME:
        messages.info(request, _("The room opens when you have agreed on a time."))
    return redirect("talk", slug, public_id)


@rules.member("GET")
def news(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """What the other party changed, for the parts of the page that the reader does not write.

    204 where nothing did. Asked for by the page itself every few seconds.
    """
    found = talk(actor, public_id)
    if not found.sat_in_it:
        raise NotThere
    in_the_room = "phase" in request.GET
    states = {State.OPEN, *OVER} if in_the_room else {State.BOOKED}
    if found.state not in states:
        url = reverse("room", args=[_slug(request), public_id])
        return HttpResponse(headers={"HX-Redirect": url})
    page = _room_parts(request, actor, found) if in_the_room else _threshold(actor, found)
    if request.GET.get("seen") == page["seen"]:
        actor.readings.clear()  # nothing leaves
        return HttpResponse(status=204)
    name = "talks/room_news.html" if in_the_room else "talks/threshold_news.html"
    return render(request, name, page)


def _slug(request: HttpRequest) -> str:
    return str(request.standing.slug)  # type: ignore[attr-defined]


# --- before the room opens ----------------------------------------------------------------------


def _threshold(actor: Actor, found: Talk) -> dict[str, Any]:
    expected = expectations(actor, found)
    mine = expected.get(found.me.pk, Expectation())
    theirs = expected.get(found.other.pk, Expectation())
    taker = found.conversation.minute_taker_id
    sides = Sides(found, handed_in(actor, found), actor.language)
    return {
        "found": found,
        "mine": mine,
        "theirs": theirs,
        "eye": eye_line(contents.EXPECTED, found),
        "expected_themes": sides.of_kind("expectations"),
        "handed_in_eye": eye_line(contents.HANDED_IN, found),
        "takers": [
            {
                "id": seat.public_id,
                "name": _("%(name)s (you)") % {"name": seat.profile.first_name}
                if seat is found.me
                else seat.profile.first_name,
                "chosen": seat.pk == taker,
            }
            for seat in (found.employee, found.leader)
        ],
        "seen": f"{taker}-{found.me.ready_at}-{found.other.ready_at}-{theirs.version}",
        **_head(actor, found),
    }


def _head(actor: Actor, found: Talk) -> dict[str, Any]:
    """The core task, and the length of the talk."""
    return {**core_task_head(actor, found), "minutes": found.document.minutes}


@rules.member("POST")
def agree_on_frame(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """What one expects, who writes, and "we agree on the frame"; saves while one writes, too."""
    found = talk(actor, public_id)
    try:
        versions = _note(request, actor, public_id)
        if "agree" in request.POST:
            talking.agree_on_frame(actor, public_id=public_id)
    except Clash as clash:
        return _clash(request, found, {"expectation": clash})
    except Refused as problem:
        return _refused_before(request, actor, found, problem)
    if _is_autosave(request):
        return _saved(versions)
    return redirect("room", _slug(request), public_id)


FRAME_FIELDS = ("expectation", "minute_taker")


def _note(request: HttpRequest, actor: Actor, public_id: str) -> dict[str, int]:
    versions = {}
    if "minute_taker" in request.POST:
        talking.choose_minute_taker(
            actor, public_id=public_id, participant=request.POST["minute_taker"]
        )
    if "expectation" in request.POST:
        versions["expectation"] = talking.note_expectation(
            actor,
            public_id=public_id,
            text=plain(request.POST["expectation"]),
            version=number(request.POST.get("version.expectation", "")),
        )
    return versions


def _refused_before(
    request: HttpRequest, actor: Actor, found: Talk, problem: Refused
) -> HttpResponse:
    if _is_autosave(request):
        return _not_saved(problem, [name for name in FRAME_FIELDS if name in request.POST])
    if found.state != State.BOOKED:
        return _refused_text(
            request, found, problem, {"expectation": plain(request.POST.get("expectation", ""))}
        )
    page = _threshold(actor, found)
    typed = plain(request.POST.get("expectation", page["mine"].text))
    page["mine"] = Expectation(typed, page["mine"].version)
    page["errors"] = [{"id": problem.field, "label": "", "message": problem.message}]
    return render(request, "talks/threshold.html", page, status=422)


# --- the room ---------------------------------------------------------------------------------


def _room_parts(request: HttpRequest, actor: Actor, found: Talk) -> dict[str, Any]:
    """What the other party can change while one has the page open."""
    phase = _phase(request.GET.get("phase", ""))
    opened = opened_minutes(actor, found)
    shared = alike(actor, found) if phase == PHASES[0] else {"points": []}
    return {
        **shared,
        "found": found,
        "phase": phase,
        "agreed": listed(found, opened, _slug(request)),
        "written": phase_sections(
            found, opened, phase, actor.language, also=request.GET.get("write", "")
        ),
        "also": request.GET.get("write", ""),
        "seen": f"{found.state}-{opened.fixed()[:16]}-{seen_of(shared['points'])}",
        "ended": found.state != State.OPEN,
    }


def _room(request: HttpRequest, actor: Actor, found: Talk) -> dict[str, Any]:
    """One phase of the room."""
    parts = _room_parts(request, actor, found)
    phase: Phase = parts["phase"]
    sides = Sides(found, handed_in(actor, found), actor.language)
    old = last_agreements(actor, found)
    sections = {section.id: section for section in parts["written"]}
    themes = [(theme, sections.pop(theme.id, None)) for theme in sides.themes(phase)]
    following = PHASES[PHASES.index(phase) + 1 :]
    names = phase_names()
    return {
        **parts,
        **_head(actor, found),
        "taker": _taker(found),
        "phases": [
            {"label": label, "now": name == phase, "url": f"?phase={name}"}
            for name, label in names.items()
        ],
        "next_phase": (following[0], names[following[0]]) if following else None,
        "topics": sides.topics(),
        "expected": expected(actor, found) if phase == PHASES[0] else [],
        "expected_eye": eye_line(contents.EXPECTED, found),
        "themes": [(theme, section) for theme, section in themes if not theme.is_empty],
        "old_sections": [section for theme, section in themes if theme.is_empty and section],
        "other_sections": list(sections.values()),
        "old": [(row, sides.on_agreement(row)) for row in old],
        "rules_before": ground_rules_before(actor, found),
        "handed_in_eye": eye_line(contents.HANDED_IN, found),
        "minutes_eye": eye_line(contents.MINUTES, found),
        "started": _started(found),
        "form": blank_form(),
        "row": "",
        "back": "",
        "undo": undo_of(request),
    }


def _phase(name: str) -> Phase:
    return next((phase for phase in PHASES if phase == name), PHASES[0])


def phase_names() -> dict[str, str]:
    """What the three phases of a talk are called (B2)."""
    return {"back": _("Since last time"), "now": _("Right now"), "ahead": _("Ahead")}


def _taker(found: Talk) -> str:
    if found.conversation.minute_taker_id == found.me.pk:
        return _("You write")
    return _("%(name)s writes") % {"name": found.other.profile.first_name}


def _started(found: Talk) -> dt.datetime | None:
    """When the talk began, by the clock on the wall: the demo's moved clock is taken out."""
    opened_at = found.conversation.opened_at
    return opened_at - clock.offset() if opened_at and found.i_lead else None


# --- writing in place -----------------------------------------------------------------------------

TEXT = "text."


@rules.member("POST")
def write(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """Writes sections of the minutes: while one types, or by the button without a script."""
    found = talk(actor, public_id)
    by_itself = _is_autosave(request)
    texts = {
        name.removeprefix(TEXT): plain(request.POST[name])
        for name in request.POST
        # Without a script the button sends along what nobody changed.
        if name.startswith(TEXT) and (by_itself or _was_changed(request, name))
    }
    versions = {name: number(request.POST.get(f"version.{TEXT}{name}", "")) for name in texts}
    try:
        saved, clashes = _write(actor, public_id, texts, versions)
    except Refused as problem:
        return _refused_text(request, found, problem, texts)
    if clashes:
        return _clash(request, found, {TEXT + clash.section: clash for clash in clashes})
    if by_itself:
        return _saved({TEXT + section: version for section, version in saved.items()})
    messages.success(request, _("Saved."))
    return redirect(_back(request, public_id))


def _was_changed(request: HttpRequest, name: str) -> bool:
    return mark_of(plain(request.POST[name])) != request.POST.get(f"seen.{name}", "")


def _write(
    actor: Actor, public_id: str, texts: dict[str, str], versions: dict[str, int]
) -> tuple[dict[str, int], list[talking.SectionClash]]:
    """Writes all sections but those that the other changed meanwhile; these come back."""
    left, clashes = dict(texts), []
    while True:
        try:
            saved = talking.write_sections(
                actor, public_id=public_id, texts=left, versions=versions
            )
        except talking.SectionClash as clash:
            clashes.append(clash)
            del left[clash.section]
        else:
            return saved, clashes


def _refused_text(
    request: HttpRequest, found: Talk, problem: Refused, texts: dict[str, str]
) -> HttpResponse:
    if _is_autosave(request):
        return _not_saved(problem, [TEXT + section for section in texts])
    page = {
        "found": found,
        "problem": problem.message,
        "typed": "\n\n".join(texts.values()),
        "back": _back(request, found.public_id),
    }
    return render(request, "talks/not_saved.html", page, status=422)


def _back(request: HttpRequest, public_id: str) -> str:
    """The page that the form stood on: a phase of the room, or the minutes."""
    slug = _slug(request)
    phase = request.POST.get("phase", "")
    if phase in PHASES:
        return reverse("room", args=[slug, public_id]) + f"?phase={phase}"
    return reverse("minutes", args=[slug, public_id])


def _is_autosave(request: HttpRequest) -> bool:
    return "X-Musling-Autosave" in request.headers


def _not_saved(problem: Refused, names: list[str]) -> HttpResponse:
    """Why none of these fields was saved; each is named, so that none is sent again and again."""
    return JsonResponse({"errors": dict.fromkeys(names, problem.message)}, status=422)


def _saved(versions: dict[str, int]) -> HttpResponse:
    return JsonResponse({"saved_at": clock_text(clock.now()), "versions": versions})


def _clash(request: HttpRequest, found: Talk, clashes: Mapping[str, Clash]) -> HttpResponse:
    """Both texts of each field: for the page's own dialog the first, or a page without a script."""
    field, clash = next(iter(clashes.items()))
    if _is_autosave(request):
        return JsonResponse(
            {"clash": {"field": field, "theirs": clash.theirs, "version": clash.version}},
            status=409,
        )
    back = request.POST.get("phase", "")
    page = {
        "found": found,
        "pairs": [(plain(request.POST.get(name, "")), one.theirs) for name, one in clashes.items()],
        "back": _back(request, found.public_id)
        if back or field != "expectation"
        else reverse("room", args=[_slug(request), found.public_id]),
    }
    return render(request, "talks/clash.html", page, status=409)


@rules.member("GET", "POST")
def end(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """Ends the talk, after being asked."""
    found = talk(actor, public_id)
    slug = _slug(request)
    if request.method == "POST":
        try:
            talking.end_talk(actor, public_id=public_id)
        except Refused as problem:
            messages.error(request, problem.message)
            return redirect("talk", slug, public_id)
        messages.success(request, _("The talk has ended. The minutes can still be written."))
        return redirect("minutes", slug, public_id)
    if found.state != State.OPEN:
        raise NotThere
    return render(
        request,
        "talks/ask_in_room.html",
        {
            "found": found,
            "heading": _("End the talk?"),
            "words": _(
                "What you have written stays. The minutes can be finished and sent afterwards, and "
                "open agreements from last time come along."
            ),
            "button": _("End the talk"),
            "back": reverse("room", args=[slug, public_id]),
        },
    )
