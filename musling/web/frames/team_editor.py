"""The leader's page "What we ask": each press changes the draft, one button saves it.

The same for all of the team's talks (``team``) and for one talk (``fit``); each is a ``Subject``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from musling.foundation.actor import Actor
from musling.foundation.problems import Clash, Refused
from musling.frames import team_editing as editing
from musling.frames.composing import Misfit, compose
from musling.frames.document import FrameDocument, Item, Theme, text
from musling.frames.team_changes import TeamChanges
from musling.web.frames.differences import misfits_in_words, told
from musling.web.frames.team_drafts import Draft, draft_of, drop, keep
from musling.web.frames.team_forms import HelpForm, OwnQuestionForm, initial_of
from musling.web.talks.texts import number


@dataclass(frozen=True)
class Subject:
    """What is edited: all talks of a team from now on, or one talk.

    ``seen`` and ``version`` tell what the leader has before the eyes; ``misfits`` what of the
    stored changes does not fit ``base``. ``here``, ``preview`` and ``catalogue``: addresses.
    ``save`` raises what its action raises.
    """

    name: str
    base: FrameDocument
    stored: TeamChanges
    seen: str
    version: str
    here: str
    preview: str
    catalogue: str
    save: Callable[[TeamChanges, Draft], None]
    misfits: tuple[Misfit, ...] = ()
    before: FrameDocument | None = None


@dataclass(frozen=True)
class Edited:
    """The subject with the draft, where there is one: ``changes`` fit the base."""

    subject: Subject
    changes: TeamChanges
    draft: Draft | None

    @property
    def document(self) -> FrameDocument:
        """What would be asked."""
        return compose(self.subject.base, team=self.changes).document


def edited(request: HttpRequest, subject: Subject) -> Edited:
    """The draft, or what is stored; no query."""
    draft = draft_of(request, subject.name)
    changes = draft.changes if draft else subject.stored
    return Edited(subject, editing.fitted(subject.base, changes), draft)


# --- presses ------------------------------------------------------------------------------------

Step = Callable[[FrameDocument, TeamChanges, str], TeamChanges]


def _remove_help(base: FrameDocument, changes: TeamChanges, what: str) -> TeamChanges:
    item, _colon, place = what.rpartition(":")
    if str(number(place)) != place:  # no place that the page has shown
        return changes
    return editing.remove_help(base, changes, item, number(place))


STEPS: dict[str, Step] = {
    "hide": editing.hide,
    "show": lambda _base, changes, item: editing.show(changes, item),
    "up": lambda base, changes, item: editing.move(base, changes, item, -1),
    "down": lambda base, changes, item: editing.move(base, changes, item, 1),
    "theme-up": lambda base, changes, theme: editing.move_theme(base, changes, theme, -1),
    "theme-down": lambda base, changes, theme: editing.move_theme(base, changes, theme, 1),
    "remove": editing.remove_own,
    "remove-help": _remove_help,
    "back": lambda _base, _changes, _what: TeamChanges(),
}


def posted(
    request: HttpRequest, actor: Actor, subject: Subject, about: dict[str, Any]
) -> HttpResponse:
    """The answer to a press on the page. ``about``: what else its template needs."""
    now = edited(request, subject)
    deed, _space, what = request.POST.get("do", "").partition(" ")
    if deed in STEPS:
        return _stepped(request, now, deed, what)
    if deed in FORMS:
        return _written(request, actor, now, deed, what, about)
    if deed == "drop":
        drop(request, subject.name)
        messages.success(request, _("Thrown away. What was saved before stands."))
    elif deed == "save":
        _save(request, now)
    return redirect(subject.here)


def _stepped(request: HttpRequest, now: Edited, deed: str, what: str) -> HttpResponse:
    try:
        changes = STEPS[deed](now.subject.base, now.changes, what)
    except Refused as problem:
        messages.error(request, problem.message)
        return redirect(now.subject.here)
    keep_changes(request, now, changes)
    anchor = what.rpartition(":")[0] if deed == "remove-help" else what
    place = "" if deed in {"remove", "back"} else f"#{'t' if 'theme' in deed else 'i'}-{anchor}"
    return redirect(f"{now.subject.here}?did={deed}{place}")


def keep_changes(request: HttpRequest, now: Edited, changes: TeamChanges) -> None:
    """As a draft; one that comes back to what is stored is none any more."""
    if changes == editing.fitted(now.subject.base, now.subject.stored) and not now.subject.misfits:
        drop(request, now.subject.name)
        return
    draft = now.draft or Draft(changes, now.subject.seen, now.subject.version)
    keep(request, now.subject.name, replace(draft, changes=changes))


def _save(request: HttpRequest, now: Edited) -> None:
    subject = now.subject
    draft = now.draft or Draft(now.changes, subject.seen, subject.version)
    try:
        subject.save(now.changes, draft)
    except (Clash, Refused) as problem:
        # From now on the leader has the newest before the eyes; saving again is meant.
        keep(request, subject.name, Draft(now.changes, subject.seen, subject.version))
        messages.error(request, problem.message if isinstance(problem, Refused) else _clash())
        return
    drop(request, subject.name)


def _clash() -> str:
    return _(
        "Nothing is saved yet: somebody saved other questions meanwhile, see “What is saved now”. "
        "Yours stand below. Save again to put them in their place, or throw yours away."
    )


# --- what is written ----------------------------------------------------------------------------

FORMS = {"add", "change", "add-help"}


def _form(
    request: HttpRequest, actor: Actor, now: Edited, deed: str, what: str
) -> HelpForm | OwnQuestionForm | None:
    """The form that was asked for or sent; None where there is nothing to write to."""
    sent = request.POST if request.method == "POST" else None
    own = next((one for one in now.changes.added if one.item.id == what), None)
    if deed == "add-help":
        known = {item.id for item in editing.with_hidden(now.subject.base, now.changes).items}
        return HelpForm(sent) if what in known else None
    if deed == "change" and (own is None or own.item.type not in editing.OWN_TYPES):
        return None
    return OwnQuestionForm(
        sent,
        base=now.subject.base,
        language=actor.language,
        initial=initial_of(own) if own and deed == "change" else None,
    )


def _written(
    request: HttpRequest, actor: Actor, now: Edited, deed: str, what: str, about: dict[str, Any]
) -> HttpResponse:
    form = _form(request, actor, now, deed, what)
    if form is None:
        return redirect(now.subject.here)
    if form.is_valid():
        try:
            changes = _with_form(now, form, deed, what)
        except Refused as problem:
            form.add_error(problem.field if problem.field in form.fields else None, problem.message)
        else:
            keep_changes(request, now, changes)
            item = what or changes.added[-1].item.id
            return redirect(f"{now.subject.here}?did={deed}#i-{item}")
    opened = {"deed": deed, "what": what, "form": form}
    return page(request, actor, now.subject, about | {"opened": opened}, status=422)


def _with_form(now: Edited, form: HelpForm | OwnQuestionForm, deed: str, what: str) -> TeamChanges:
    base = now.subject.base
    if isinstance(form, HelpForm):
        return editing.add_help(base, now.changes, what, {"da": form.cleaned_data["help"]})
    theme = form.cleaned_data["theme"]
    if deed == "add":
        return editing.add_own(base, now.changes, theme=theme, item=form.item())
    before = next((one.item for one in now.changes.added if one.item.id == what), None)
    return editing.change_own(base, now.changes, what, theme=theme, item=form.item(before))


# --- the page -----------------------------------------------------------------------------------


def page(
    request: HttpRequest, actor: Actor, subject: Subject, about: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The frame in its order with what can be done to each item, and what is not saved yet."""
    now = edited(request, subject)
    language = actor.language
    stored = compose(subject.base, team=editing.fitted(subject.base, subject.stored)).document
    found = told(editing.differences(subject.base, now.document), language)
    shown = {
        "here": subject.here,
        "preview": subject.preview,
        "catalogue": subject.catalogue,
        "themes": _themes(now, language),
        "unsaved": now.draft is not None,
        "told": found,
        "back": _("Go back to the organisation's questions") if found.line else "",
        "told_stored": told(editing.differences(subject.base, stored), language),
        "misfits": _misfits(now, language),
        "opened": _opened(request, actor, now),
        "said": _said(request.GET.get("did", "")),
        "stale": 0,
    }
    answer = render(request, "frames/team.html", shown | about, status=status)
    answer["HX-Push-Url"] = "false"  # a press is no step of the browser's history
    return answer


def _misfits(now: Edited, language: str) -> list[str]:
    """What no longer fits, of what is stored and of the draft, in words."""
    subject = now.subject
    documents = [one for one in (subject.before, subject.base) if one]
    rows = misfits_in_words(subject.misfits, subject.stored, documents, language)
    if now.draft:
        newer = compose(subject.base, team=now.draft.changes).misfits
        rows += misfits_in_words(newer, now.draft.changes, documents, language)
    return list(dict.fromkeys(rows))


def _opened(request: HttpRequest, actor: Actor, now: Edited) -> dict[str, Any]:
    """The one form that is open, by the address: ?write=add, ?write=add-help+ITEM."""
    deed, _space, what = request.GET.get("write", "").partition(" ")
    form = _form(request, actor, now, deed, what) if deed in FORMS else None
    return {"deed": deed, "what": what, "form": form} if form else {}


def _said(deed: str) -> str:
    """What the press before did, for whoever does not see it."""
    return {
        "hide": _("Left out"),
        "show": _("Taken in again"),
        "up": _("Moved up"),
        "down": _("Moved down"),
        "theme-up": _("Moved up"),
        "theme-down": _("Moved down"),
        "remove": _("Removed"),
        "remove-help": _("Removed"),
        "add": _("Added"),
        "add-help": _("Added"),
        "change": _("Changed"),
    }.get(deed, "")


def _themes(now: Edited, language: str) -> list[dict[str, Any]]:
    shown = editing.with_hidden(now.subject.base, now.changes).themes
    return [
        {
            "id": theme.id,
            "title": text(theme.title, language),
            "note": _note(theme),
            "items": _items(now, theme, language),
            "first": place == 0,
            "last": place == len(shown) - 1,
        }
        for place, theme in enumerate(shown)
    ]


def _note(theme: Theme) -> str:
    """Who prepares it, where that is not both."""
    if not theme.for_parts:
        return _("Filled in together, in the talk")
    if theme.for_parts == ("leader",):
        return _("Prepared by the leader")
    return ""


def _items(now: Edited, theme: Theme, language: str) -> list[dict[str, Any]]:
    known = {item.id: item for item in now.subject.base.items}
    return [
        {
            "id": item.id,
            "text": text(item.text, language),
            "mandatory": item.mandatory,
            "committee": item.mandatory_by == "committee",
            "hidden": item.id in now.changes.hidden,
            "own": item.id not in known,
            "changeable": item.type in editing.OWN_TYPES,
            "options": [text(one.text, language) for one in item.options],
            "help": _help(known.get(item.id), language),
            "own_help": [
                (place, text(one, language))
                for place, one in enumerate(editing.own_help(now.changes, item.id))
            ],
            "first": place == 0,
            "last": place == len(theme.items) - 1,
        }
        for place, item in enumerate(theme.items)
    ]


def _help(item: Item | None, language: str) -> list[str]:
    return [text(one, language) for one in item.help] if item else []
