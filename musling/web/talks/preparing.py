"""Preparing: the steps, saving while one writes, topics, and the one page of handing in."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.formats import date_format, time_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from musling.conversations import contents
from musling.conversations.actions import preparing
from musling.conversations.models import Reveal
from musling.conversations.queries.fitting import what_differs
from musling.conversations.queries.preparation import (
    LIFE_PHASES,
    MOST_TOPICS,
    OLD_AGREEMENT,
    TOPICS,
    OpenedPreparation,
    handed_in_by_me,
    last_agreements,
    own_preparation,
)
from musling.conversations.queries.talks import Talk, talk
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.clock import COPENHAGEN
from musling.foundation.fingerprints import of_values
from musling.foundation.problems import Clash, NotThere, Refused
from musling.frames.answers import said
from musling.frames.document import Item, Theme, text
from musling.gate import rules
from musling.rounds.queries import form_comes_on
from musling.web.access.eye import eye_line
from musling.web.frames.differences import told
from musling.web.talks.answer_fields import field_of, posted, refused_fields, versions_for
from musling.web.talks.heading import core_task_head
from musling.web.talks.sheet import sheet


@rules.member("GET", "POST")
def prepare(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """The first screen: what the talk is for, short or all, and who can see what."""
    found = talk(actor, public_id)
    opened = own_preparation(actor, found)
    if request.method == "POST":
        try:
            preparing.choose_length(
                actor, public_id=public_id, short=request.POST.get("length") != "all"
            )
        except Refused as problem:
            messages.error(request, problem.message)
            return redirect("talk", actor_slug(request), public_id)
        opened = own_preparation(actor, found)
        themes = _themes(opened)
        if not themes:  # nothing is asked of this part beforehand
            return redirect("prepare-topics", actor_slug(request), public_id)
        return redirect("prepare-theme", actor_slug(request), public_id, themes[0].id)
    language = actor.language
    purpose = found.document.purpose
    guidance = getattr(found.document.guidance, found.me.part)
    return render(
        request,
        "talks/prepare.html",
        {
            **core_task_head(actor, found),
            "found": found,
            "opened": opened,
            "eye": eye_line(contents.PREPARATION, found),
            "paragraphs": [text(paragraph, language) for paragraph in purpose.paragraphs],
            "aims": [(text(aim.title, language), text(aim.text, language)) for aim in purpose.aims],
            "guidance": [text(line, language) for line in guidance],
            "short_count": len(opened.items(short=True)),
            "short_minutes": opened.minutes_of(short=True),
            "all_count": len(opened.items(short=False)),
            "steps": _steps(request, found, opened, ""),
            "never": found.conversation.reveal == Reveal.NEVER,
            "form_day": form_comes_on(found.conversation),
            "fitted": told(what_differs(found), language),
        },
    )


def actor_slug(request: HttpRequest) -> str:
    """The organisation of the address."""
    return str(request.standing.slug)  # type: ignore[attr-defined]


def _themes(opened: OpenedPreparation) -> list[Theme]:
    """The themes in which this person prepares something, in the chosen length."""
    wanted = {item.id for item in opened.items()}
    return [
        theme
        for theme in opened.document.themes_for(opened.part)  # type: ignore[arg-type]
        if any(item.id in wanted for item in theme.items)
    ]


def _steps(
    request: HttpRequest, found: Talk, opened: OpenedPreparation, now: str
) -> list[dict[str, Any]]:
    slug, done = actor_slug(request), True
    steps = []
    for theme in _themes(opened):
        answered = any(item.id in opened.values for item in theme.items)
        steps.append((theme.id, text(theme.title, _language(request)), answered))
    steps.append(("topics", _("What I most want to talk about"), TOPICS in opened.values))
    if found.conversation.reveal != Reveal.NEVER:
        label = _("What %(name)s sees") % {"name": found.other.profile.first_name}
        steps.append(("hand-in", label, found.me.handed_in_at is not None))
    return [
        {
            "label": label,
            "url": f"/{slug}/talks/{found.public_id}/prepare/{step}/",
            "state": "now" if step == now else "done" if done and answered else "",
        }
        for step, label, answered in steps
    ]


def _language(request: HttpRequest) -> str:
    return str(request.actor.language)  # type: ignore[attr-defined]


@rules.member("GET", "POST")
def prepare_theme(request: HttpRequest, actor: Actor, public_id: str, theme: str) -> HttpResponse:
    """One theme. Without JavaScript the button saves and goes on."""
    found = talk(actor, public_id)
    opened = own_preparation(actor, found)
    themes = _themes(opened)
    place = next((n for n, row in enumerate(themes) if row.id == theme), None)
    if place is None:
        raise NotThere
    problem, clash = "", None
    if request.method == "POST":
        answers, versions = posted(request.POST)
        try:
            preparing.save_answers(actor, public_id=public_id, answers=answers, versions=versions)
        except Refused as refused:
            problem = refused.message
        except Clash as found_clash:
            clash = found_clash
        else:
            return _onwards(request, found, themes, place)
        _keep_typed(opened, answers, versions, clash)
    old = _old_agreements(request, actor, found, opened) if _asks_agreements(themes[place]) else ""
    form = sheet(
        found.document_hash,
        found.document,
        themes[place],
        found.me.part,
        opened.row.short,
        actor.language,
    ).fill(opened.values, opened.versions, mark_safe(old))  # noqa: S308 (a rendered template)
    following = themes[place + 1] if place + 1 < len(themes) else None
    return render(
        request,
        "talks/theme.html",
        {
            **core_task_head(actor, found),
            "found": found,
            "opened": opened,
            "theme": themes[place],
            "title": text(themes[place].title, actor.language),
            "sheet": form,
            "eye": eye_line(contents.PREPARATION, found),
            "steps": _steps(request, found, opened, theme),
            "next_title": text(following.title, actor.language)
            if following
            else _("What I most want to talk about"),
            "problem": problem,
            "clash": _clashing(found, clash, actor.language),
            "locked": not found.can_prepare,
            "saved_at": "" if problem else _clock_text(opened.row.saved_at),
            **_progress(opened),
        },
        status=_status(problem, clash),
    )


def _asks_agreements(theme: Theme) -> bool:
    return any(item.type == "agreements" for item in theme.items)


def _old_agreements(
    request: HttpRequest, actor: Actor, found: Talk, opened: OpenedPreparation
) -> str:
    """Last year's agreements with the author's notes, as they stand in the form."""
    rows = [
        (
            row,
            opened.values.get(OLD_AGREEMENT + row.public_id, {}).get("text", ""),
            opened.versions.get(OLD_AGREEMENT + row.public_id, 0),
        )
        for row in last_agreements(actor, found)
    ]
    about = {
        "old": rows,
        "organisation_slug": actor_slug(request),
        "public_id": found.public_id,
    }
    return render_to_string("talks/_old.html", about)


def _keep_typed(
    opened: OpenedPreparation,
    answers: dict[str, dict[str, Any]],
    versions: dict[str, int],
    clash: Clash | None,
) -> None:
    """Puts onto the page what was typed, and the versions that the writer has seen by now."""
    for item, change in answers.items():
        opened.values[item] = preparing.merged(opened.values.get(item, {}), change)
    opened.versions.update(versions)
    if clash:
        opened.versions[clash.item] = clash.version


def _clashing(found: Talk, clash: Clash | None, language: str) -> dict[str, str] | None:
    """The question whose text was also changed elsewhere, and what stands there now."""
    if clash is None:
        return None
    name, _slash, cell = clash.item.partition("/")
    item = found.document.find(name)
    words = [text(item.text_for(found.me.part), language)] if item else []  # type: ignore[arg-type]
    if item and cell:
        words.append(_cell_words(item, cell, language))
    return {"question": " – ".join(words), "theirs": clash.theirs}


def _cell_words(item: Item, cell: str, language: str) -> str:
    row, _dot, column = cell.partition(".")
    titles = {one.id: text(one.text, language) for one in item.columns}
    return _("%(column)s, row %(row)s") % {"column": titles.get(column, ""), "row": row}


def _status(problem: str, clash: Clash | None) -> int:
    return 409 if clash else 422 if problem else 200


def _clock_text(moment: Any) -> str:
    """The time of day, with the day where that was not today."""
    if not moment:
        return ""
    here = moment.astimezone(COPENHAGEN)
    time = time_format(here)
    if here.date() == clock.today():
        return time
    return f"{date_format(here, 'SHORT_DAY_FORMAT')} {time}"


def _progress(opened: OpenedPreparation) -> dict[str, Any]:
    done, total, left = opened.answered(), len(opened.items()), opened.minutes_left()
    words = _("%(done)s of %(total)s answered") % {"done": done, "total": total}
    rest = ngettext("about %(n)s minute left", "about %(n)s minutes left", left) % {"n": left}
    return {
        "done": done,
        "total": total,
        "progress_text": f"{words} · {rest}" if left else words,
    }


def _onwards(request: HttpRequest, found: Talk, themes: list[Theme], place: int) -> HttpResponse:
    slug = actor_slug(request)
    if "later" in request.POST:
        messages.success(request, _("Saved. You can go on whenever you like."))
        return redirect("talk", slug, found.public_id)
    if place + 1 < len(themes):
        return redirect("prepare-theme", slug, found.public_id, themes[place + 1].id)
    return redirect("prepare-topics", slug, found.public_id)


@rules.member("POST")
def save_answers(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """Saves while one writes: a few fields in, their new versions out."""
    answers, versions = posted(request.POST)
    try:
        saved = preparing.save_answers(
            actor, public_id=public_id, answers=answers, versions=versions
        )
    except Clash as clash:
        name = field_of(clash.item)
        return JsonResponse(
            {"clash": {"field": name, "theirs": clash.theirs, "version": clash.version}},
            status=409,
        )
    except Refused as problem:
        fields = refused_fields(request.POST, problem.field)
        return JsonResponse({"errors": dict.fromkeys(fields, problem.message)}, status=422)
    return JsonResponse(
        {"saved_at": _clock_text(clock.now()), "versions": versions_for(request.POST, saved)}
    )


@rules.member("GET", "POST")
def prepare_topics(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """Up to three topics that one most wants to talk about, or own words."""
    found = talk(actor, public_id)
    opened = own_preparation(actor, found)
    problem, clash = "", None
    if request.method == "POST":
        answers, versions = posted(request.POST)
        change = {"chosen": [], **answers.get(TOPICS, {})}
        try:
            preparing.save_answers(
                actor, public_id=public_id, answers={TOPICS: change}, versions=versions
            )
        except Refused as refused:
            problem = refused.message
        except Clash as found_clash:
            clash = found_clash
        else:
            if found.conversation.reveal == Reveal.NEVER or "later" in request.POST:
                messages.success(request, _("Saved. You can go on whenever you like."))
                return redirect("talk", actor_slug(request), public_id)
            return redirect("hand-in", actor_slug(request), public_id)
        _keep_typed(opened, {TOPICS: change}, versions, clash)
    value = opened.values.get(TOPICS, {})
    return render(
        request,
        "talks/topics.html",
        {
            **core_task_head(actor, found),
            "found": found,
            "opened": opened,
            "topics": [
                (theme.id, text(theme.title, actor.language), theme.id in value.get("chosen", []))
                for theme in found.document.themes
            ],
            "own": value.get("text", ""),
            "version": opened.versions.get(TOPICS, 0),
            "saved_at": "" if problem else _clock_text(opened.row.saved_at),
            "most": MOST_TOPICS,
            "problem": problem,
            "clash": _clashing(found, clash, actor.language),
            "eye": eye_line(contents.PREPARATION, found),
            "steps": _steps(request, found, opened, "topics"),
            "locked": not found.can_prepare,
        },
        status=_status(problem, clash),
    )


@rules.member("GET", "POST")
def hand_in(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """ "This is what your leader sees", with a tick per item."""
    found = talk(actor, public_id)
    if found.conversation.reveal == Reveal.NEVER:
        raise NotThere
    opened = own_preparation(actor, found)
    seen = of_values(opened.values)
    problem, ticked = "", None
    if request.method == "POST":
        ticked = request.POST.getlist("item")
        if request.POST.get("seen", seen) != seen:
            problem = _("You have written something since you opened this page. Look at it again.")
        else:
            problem = _handed_in(request, actor, found, ticked)
        if not problem or not found.can_prepare:
            return redirect("talk", actor_slug(request), public_id)
    return render(
        request,
        "talks/hand_in.html",
        {
            **core_task_head(actor, found),
            "found": found,
            "opened": opened,
            "rows": _hand_in_rows(actor, found, opened, ticked),
            "seen": seen,
            "problem": problem,
            "eye": eye_line(contents.HANDED_IN, found),
            "after_both": found.conversation.reveal == Reveal.AFTER_BOTH,
            "steps": _steps(request, found, opened, "hand-in"),
            "locked": not found.can_prepare,
        },
        status=_status(problem, None),
    )


def _handed_in(request: HttpRequest, actor: Actor, found: Talk, items: list[str]) -> str:
    """Hands in; the words of what was wrong, for the page or, where it is too late, the next."""
    try:
        preparing.hand_in(actor, public_id=found.public_id, items=items)
    except Refused as problem:
        if not found.can_prepare:
            messages.error(request, problem.message)
        return problem.message
    messages.success(
        request,
        _("Handed in. %(name)s sees what you ticked, and nothing else.")
        % {"name": found.other.profile.first_name},
    )
    return ""


def _hand_in_rows(
    actor: Actor, found: Talk, opened: OpenedPreparation, ticked: list[str] | None
) -> list[dict[str, Any]]:
    """Everything that holds something, in the frame's order, ticked unless it was kept back.

    ``ticked``: what has a tick on the page that was sent and comes back with a problem.
    """
    handed_in = handed_in_by_me(found) if found.me.handed_in_at else None
    before = handed_in if ticked is None else ticked
    # What tells of a phase of life can tell of pregnancy or age: never ticked beforehand (D7).
    of_life = {item.id for item in found.document.items if item.type == "life_phase"}
    of_life.add(LIFE_PHASES)
    labels: dict[str, str] = {}
    for item in found.document.items_for(found.me.part):  # type: ignore[arg-type]
        labels[item.id] = text(item.text_for(found.me.part), actor.language)  # type: ignore[arg-type]
        if item.type == "life_phase":
            labels[LIFE_PHASES] = _("Phases of life")
        if item.type == "agreements":
            for row in last_agreements(actor, found):
                labels[OLD_AGREEMENT + row.public_id] = row.what
    labels[TOPICS] = _("What I most want to talk about")
    phases = {phase.id: text(phase.title, actor.language) for phase in found.document.life_phases}
    themes = {theme.id: text(theme.title, actor.language) for theme in found.document.themes}
    return [
        {
            "item": item,
            "label": label,
            "said": said(
                found.document.find(item),
                value,
                actor.language,
                phases if item == LIFE_PHASES else themes,
            ),
            "ticked": item in before if before is not None else item not in of_life,
        }
        for item, label in labels.items()
        if (value := opened.values.get(item))
    ]
