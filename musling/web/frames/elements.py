"""One question, one theme, or the frame itself in the editor: its form, saved while one writes."""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from musling.foundation.actor import Actor
from musling.frames import drafting, editing
from musling.frames.drafting import mark, outside_themes
from musling.frames.editing import Gone, Raw, id_of_press
from musling.frames.models import FrameDraft
from musling.gate import rules
from musling.web.frames.answering import Sheet, answer, gone
from musling.web.frames.draft_forms import (
    FrameForm,
    ItemForm,
    ThemeForm,
    frame_shown,
    item_shown,
    theme_shown,
)
from musling.web.frames.outline import found_draft
from musling.web.staff.saving import posted, slug_of

Fields = Mapping[str, Any]
NEW_THEME = "new"  # instead of a theme's id, where all of them have gone
OTHER: dict[str, Any] = {"title": {"da": "Andet", "en": "Other"}, "phase": "now"}


@rules.role("hr", methods=("GET", "POST"))
def item(request: HttpRequest, actor: Actor, draft_id: str, item_id: str) -> HttpResponse:
    """Changes a question."""
    found = found_draft(actor, draft_id)
    try:
        raw, theme = editing.item_of(found.document, item_id)
    except Gone:
        home = request.POST.get("home", "")
        return gone(request, found, _adding_item(request, actor, found, home, anew=True))
    form = ItemForm(posted(request), initial=item_shown(raw) | {"seen": mark(raw)})

    def save(seen: str) -> FrameDraft:
        fields = form.fields_of_item(raw)
        return drafting.change_item(
            actor, public_id=draft_id, item=item_id, fields=fields, seen=seen
        )

    def stands(draft: FrameDraft) -> tuple[dict[str, Any], str]:
        now = editing.item_of(draft.document, item_id)[0]
        return item_shown(now), mark(now)

    said = {
        "heading": _("Change the question"),
        "element": item_id,
        "is_item": True,
        "home": theme["id"],
        "themes": _themes(found, actor.language, but=theme),
    }
    sheet = Sheet(
        form,
        said,
        save,
        lambda draft: (stands(draft)[1], ""),
        stands,
        lambda draft: _adding_item(request, actor, draft, theme["id"], anew=True),
        lambda: item_id,
    )
    return answer(request, actor, found, sheet)


@rules.role("hr", methods=("GET", "POST"))
def theme(request: HttpRequest, actor: Actor, draft_id: str, theme_id: str) -> HttpResponse:
    """Changes a theme."""
    found = found_draft(actor, draft_id)
    try:
        raw = editing.theme_of(found.document, theme_id)
    except Gone:
        return gone(request, found, _adding_theme(request, actor, found, anew=True))
    form = ThemeForm(
        posted(request), initial=theme_shown(raw) | {"seen": mark(raw)}, kind=found.kind
    )

    def save(seen: str) -> FrameDraft:
        fields = form.fields_of_theme()
        return drafting.change_theme(
            actor, public_id=draft_id, theme=theme_id, fields=fields, seen=seen
        )

    def stands(draft: FrameDraft) -> tuple[dict[str, Any], str]:
        now = editing.theme_of(draft.document, theme_id)
        return theme_shown(now), mark(now)

    sheet = Sheet(
        form,
        {"heading": _("Change the theme"), "element": theme_id, "is_item": False},
        save,
        lambda draft: (stands(draft)[1], ""),
        stands,
        lambda draft: _adding_theme(request, actor, draft, anew=True),
        lambda: theme_id,
    )
    return answer(request, actor, found, sheet)


@rules.role("hr", methods=("GET", "POST"))
def frame(request: HttpRequest, actor: Actor, draft_id: str) -> HttpResponse:
    """Changes what stands round the themes."""
    found = found_draft(actor, draft_id)
    raw = outside_themes(found.document)
    initial = frame_shown(raw) | {"seen": mark(raw)}
    form = FrameForm(posted(request), initial=initial, kind=found.kind)

    def save(seen: str) -> FrameDraft:
        return drafting.change_frame(
            actor, public_id=draft_id, fields=form.fields_of_frame(raw), seen=seen
        )

    def stands(draft: FrameDraft) -> tuple[dict[str, Any], str]:
        now = outside_themes(draft.document)
        return frame_shown(now), mark(now)

    said = {"heading": _("Name, purpose and the rest"), "element": "", "is_item": False}
    sheet = Sheet(form, said, save, lambda draft: (stands(draft)[1], ""), stands)
    return answer(request, actor, found, sheet)


@rules.role("hr", methods=("GET", "POST"))
def add_item(request: HttpRequest, actor: Actor, draft_id: str, theme_id: str) -> HttpResponse:
    """Adds a question at the end of a theme: the one of the address, or the one chosen instead."""
    found = found_draft(actor, draft_id)
    home = request.POST.get("home", theme_id)
    if home != NEW_THEME and home not in dict(_themes(found, actor.language)):
        return gone(request, found, _adding_item(request, actor, found, home, anew=True))
    return answer(request, actor, found, _adding_item(request, actor, found, home))


@rules.role("hr", methods=("GET", "POST"))
def add_theme(request: HttpRequest, actor: Actor, draft_id: str) -> HttpResponse:
    """Adds a theme at the end."""
    found = found_draft(actor, draft_id)
    return answer(request, actor, found, _adding_theme(request, actor, found))


def _adding_item(
    request: HttpRequest, actor: Actor, found: FrameDraft, home: str, *, anew: bool = False
) -> Sheet:
    """The sheet of a question that is not there yet. ``anew``: it was, or its theme was."""
    themes = dict(_themes(found, actor.language)) or {NEW_THEME: OTHER["title"][actor.language]}
    initial: dict[str, Any] = {}
    if home in themes and home != NEW_THEME:
        at = editing.theme_of(found.document, home)
        initial = {"phase": at["phase"], "for_parts": at.get("for_parts", [])}
    form = ItemForm(posted(request), initial=item_shown(initial))
    made = ""

    def save(_seen: str) -> FrameDraft:
        nonlocal made
        fields = form.fields_of_item({})
        made = _id_of(request, "item", fields)

        def deed(raw: Raw) -> Raw:
            if _is_there(raw, made):
                return raw
            theme = home
            if home == NEW_THEME:
                raw, theme = editing.add_theme(raw, OTHER)
            return editing.add_item(raw, theme, {**fields, "id": made})[0]

        return drafting.change(
            actor, public_id=found.public_id, what="item.added", element=home[:60], deed=deed
        )

    def after(draft: FrameDraft) -> tuple[str, str]:
        address = reverse("draft-item", args=[slug_of(request), found.public_id, made])
        return mark(editing.item_of(draft.document, made)[0]), address

    said = {
        "heading": _("Add a question"),
        "element": home if home in themes else next(iter(themes)),
        "is_item": True,
        "adds": "item",
        "press": _press_of(request),
        "homes": list(themes.items()) if anew else [],
        "anew": anew,
    }
    again = None if anew else lambda draft: _adding_item(request, actor, draft, home, anew=True)
    return Sheet(form, said, save, after, adds_anew=again, line=lambda: made)


def _adding_theme(
    request: HttpRequest, actor: Actor, found: FrameDraft, *, anew: bool = False
) -> Sheet:
    """The sheet of a theme that is not there yet, or not any more."""
    form = ThemeForm(posted(request), kind=found.kind)
    made = ""

    def save(_seen: str) -> FrameDraft:
        nonlocal made
        fields = form.fields_of_theme()
        made = _id_of(request, "theme", fields)

        def deed(raw: Raw) -> Raw:
            there = any(one["id"] == made for one in raw.get("themes", []))
            return raw if there else editing.add_theme(raw, {**fields, "id": made})[0]

        return drafting.change(
            actor, public_id=found.public_id, what="theme.added", element="", deed=deed
        )

    def after(draft: FrameDraft) -> tuple[str, str]:
        address = reverse("draft-theme", args=[slug_of(request), found.public_id, made])
        return mark(editing.theme_of(draft.document, made)), address

    said = {
        "heading": _("Add a theme"),
        "element": "",
        "is_item": False,
        "adds": "theme",
        "press": _press_of(request),
        "anew": anew,
    }
    return Sheet(form, said, save, after, line=lambda: made)


def _press_of(request: HttpRequest) -> str:
    """What tells one sending of the form from the same, sent twice; a new one with a new form."""
    return request.POST.get("press", "")[:64] or secrets.token_hex(8)


def _id_of(request: HttpRequest, prefix: str, fields: Fields) -> str:
    return id_of_press(prefix, _press_of(request), json.dumps(fields, sort_keys=True))


def _is_there(raw: Raw, item_id: str) -> bool:
    return any(
        one["id"] == item_id for home in raw.get("themes", []) for one in home.get("items", [])
    )


def _themes(found: FrameDraft, language: str, but: Fields | None = None) -> list[tuple[str, str]]:
    """The id and the name of each theme."""
    return [
        (one["id"], one["title"].get(language) or one["title"]["da"])
        for one in found.document.get("themes", [])
        if one is not but
    ]
