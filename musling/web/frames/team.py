"""What a team is asked: the leader changes it for all talks from now on; HR reads what changed."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from musling.conversations.actions.fitting import use_for_not_begun
from musling.conversations.kinds import KINDS, Kind
from musling.conversations.models import Part
from musling.conversations.queries.fitting import (
    fitted_alone,
    kinds_of_units,
    not_begun,
    out_of_date,
)
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.frames.document import text
from musling.frames.models import OrganisationTheme, TeamVersion
from musling.frames.parsing import parse_theme
from musling.frames.queries import document_of, kinds_in_use
from musling.frames.team_actions import change_team_version
from musling.frames.team_changes import TeamChanges, parse
from musling.frames.team_queries import TeamAsks, changed_teams, led_unit, team_asks
from musling.gate import rules
from musling.organisations.models import Unit
from musling.people.leading import headed_units
from musling.web.frames.differences import told_of_changes
from musling.web.frames.seen import as_seen
from musling.web.frames.team_drafts import Draft
from musling.web.frames.team_editor import Subject, edited, page, posted
from musling.web.frames.team_picking import pick_into

PLANNED_KIND = "mus"  # what the team's page plans
PER_PAGE = 50


def kinds_held(actor: Actor, units: Sequence[Unit]) -> dict[int, list[Kind]]:
    """The kinds of talk that each unit holds and the organisation has a frame for; two queries."""
    held = kinds_of_units(actor, units)
    used = set(kinds_in_use(actor))
    wanted = {unit.pk: (held[unit.pk] | {PLANNED_KIND}) & used or used for unit in units}
    return {
        pk: [kind for kind in KINDS.values() if kind.id in kinds] for pk, kinds in wanted.items()
    }


@rules.member("GET")
def team_asked(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The first unit and kind of the leader's. 404 for whoever leads nothing."""
    units = list(headed_units(actor))
    kinds = kinds_held(actor, units[:1])
    if units and kinds[units[0].pk]:
        return _shown(request, actor, units[0], kinds[units[0].pk][0].id)
    if not request.standing.leads:  # type: ignore[attr-defined]
        raise NotThere
    return render(request, "frames/team_none.html", {"no_frame": bool(units)})


@rules.member("GET", "POST")
def team_asked_of(request: HttpRequest, actor: Actor, unit: str, talk_kind: str) -> HttpResponse:
    """What one unit is asked in one kind of talk; 404 for whoever does not lead it today."""
    place = _place(actor, unit, talk_kind)
    if request.method == "GET":
        return _shown(request, actor, place, talk_kind)
    if request.POST.get("do") == "use":
        return _use(request, actor, place, talk_kind)
    asks = _asks(actor, place, talk_kind)
    subject = _subject(request, actor, asks)
    return posted(request, actor, subject, _about(request, actor, asks, subject))


@rules.member("GET")
def team_asked_seen(request: HttpRequest, actor: Actor, unit: str, talk_kind: str) -> HttpResponse:
    """What would be asked, as the employee or the leader would see it; also what is not saved."""
    place = _place(actor, unit, talk_kind)
    asks = _asks(actor, place, talk_kind)
    return seen_by(request, actor, _subject(request, actor, asks))


@rules.member("GET", "POST")
def team_asked_pick(request: HttpRequest, actor: Actor, unit: str, talk_kind: str) -> HttpResponse:
    """Questions of the catalogue to ask the team, too."""
    place = _place(actor, unit, talk_kind)
    subject = _subject(request, actor, _asks(actor, place, talk_kind))
    return pick_into(request, actor, subject, talk_kind)


def seen_by(request: HttpRequest, actor: Actor, subject: Subject) -> HttpResponse:
    """The preview of a subject, as one of its parties."""
    part = request.GET.get("part", Part.EMPLOYEE)
    if part not in {Part.EMPLOYEE, Part.LEADER}:
        raise NotThere
    now = edited(request, subject)
    # Nothing of a draft is kept: of one talk it is sealed, and it changes with every press.
    shown = as_seen(actor, "", now.document, str(part))
    return render(
        request,
        "frames/team_seen.html",
        shown | {"here": subject.here, "unsaved": now.draft is not None},
    )


def _place(actor: Actor, unit: str, talk_kind: str) -> Unit:
    """The unit, where the actor leads it and it holds such talks. Raises NotThere."""
    found = led_unit(actor, unit)
    if talk_kind not in {kind.id for kind in kinds_held(actor, [found])[found.pk]}:
        raise NotThere
    return found


def _asks(actor: Actor, unit: Unit, kind: str) -> TeamAsks:
    """What the unit is asked. Raises NotThere where the frame went out of use just now."""
    try:
        return team_asks(actor, unit, kind)
    except Refused:
        raise NotThere from None


def _shown(request: HttpRequest, actor: Actor, unit: Unit, kind: str) -> HttpResponse:
    asks = _asks(actor, unit, kind)
    subject = _subject(request, actor, asks)
    return page(request, actor, subject, _about(request, actor, asks, subject))


def _subject(request: HttpRequest, actor: Actor, asks: TeamAsks) -> Subject:
    slug = request.standing.slug  # type: ignore[attr-defined]
    names = [slug, asks.unit.public_id, asks.kind]

    def save(changes: TeamChanges, draft: Draft) -> None:
        change_team_version(
            actor,
            unit=asks.unit,
            kind=asks.kind,
            base=draft.base,
            changes=changes,
            seen=int(draft.seen),
        )
        messages.success(request, _("Saved. Talks that begin from now on ask this."))

    return Subject(
        name=f"{asks.unit.public_id}:{asks.kind}",
        base=asks.base,
        stored=asks.stored,
        seen=str(asks.number),
        version=asks.version.public_id,
        here=reverse("team-asked-of", args=names),
        preview=reverse("team-asked-seen", args=names),
        catalogue=reverse("team-asked-pick", args=names),
        save=save,
        misfits=asks.misfits,
        before=asks.before,
    )


def _about(request: HttpRequest, actor: Actor, asks: TeamAsks, subject: Subject) -> dict[str, Any]:
    """What else stands on the page: other units and kinds, and talks that are not offered yet."""
    waiting = not_begun(actor, asks.unit, asks.kind)
    return {
        "kind": KINDS[asks.kind],
        "unit": asks.unit,
        "choices": _choices(request, actor, asks),
        "stale": len(out_of_date(waiting, subject.stored)),
        "waiting": waiting[:PER_PAGE],
        "version": asks.version,
    }


def _choices(request: HttpRequest, actor: Actor, asks: TeamAsks) -> list[dict[str, Any]]:
    """Every unit and kind that the leader may change; the present one is marked."""
    units = list(headed_units(actor))
    held = kinds_held(actor, units)
    slug = request.standing.slug  # type: ignore[attr-defined]
    return [
        {
            "url": reverse("team-asked-of", args=[slug, unit.public_id, kind.id]),
            "label": f"{unit.name} · {kind.name} ({kind.employee})",
            "now": unit.pk == asks.unit.pk and kind.id == asks.kind,
        }
        for unit in units
        for kind in held[unit.pk]
    ]


def _use(request: HttpRequest, actor: Actor, unit: Unit, kind: str) -> HttpResponse:
    count = use_for_not_begun(actor, unit=unit, kind=kind)
    words = ngettext(
        "%(n)s talk asks this now. The employee sees it before preparing.",
        "%(n)s talks ask this now. The employees see it before preparing.",
        count,
    )
    messages.success(request, words % {"n": count})
    slug = request.standing.slug  # type: ignore[attr-defined]
    return redirect("team-asked-of", slug, unit.public_id, kind)


@rules.role("hr", methods=("GET",))
def frames_teams(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What each team changed in what the organisation asks."""
    rows = Paginator(changed_teams(actor), PER_PAGE).get_page(request.GET.get("page"))
    themes = _words_of_themes(actor)
    return render(
        request,
        "frames/teams.html",
        {
            "page": rows,
            "rows": [_changed(row, themes, actor.language) for row in rows],
            "alone": [
                (row, KINDS[row.kind].name if row.kind in KINDS else row.kind)
                for row in fitted_alone(actor)
            ],
        },
    )


def _words_of_themes(actor: Actor) -> dict[str, str]:
    """The words of what the themes of all periods ask, by item; one query."""
    rows = OrganisationTheme.objects.filter(organisation_id=actor.organisation_id)
    items = [item for row in rows for item in parse_theme(row.document).items]
    return {item.id: text(item.text, actor.language) for item in items}


def _changed(row: TeamVersion, themes: dict[str, str], language: str) -> dict[str, Any]:
    base = document_of(row.base.content)
    words = themes | {item.id: text(item.text, language) for item in base.items}
    kind = KINDS.get(row.kind)
    return {
        "version": row,
        "kind": kind.name if kind else row.kind,
        "told": told_of_changes(parse(row.changes), words, language),
    }
