"""Who leads a unit or stands in, and who has which role: give and end."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.gate import rules
from musling.people import actions
from musling.people.access import changeable_leaderships, changeable_roles
from musling.people.models import Leadership
from musling.web.staff.forms import LastDayForm, PostForm, RoleForm
from musling.web.staff.people import found_person
from musling.web.staff.saving import posted, saved, slug_of
from musling.web.staff.suggestions import unit_suggestions
from musling.web.staff.units import found_unit


@rules.role("hr", methods=("GET", "POST"))
def give_post(request: HttpRequest, actor: Actor, unit: str) -> HttpResponse:
    """Gives a unit a leader or a stand-in from a day on."""
    row = found_unit(actor, unit)
    initial = {"starts_on": actor.today, "kind": Leadership.Kind.LEADER}
    form = PostForm(posted(request), actor=actor, initial=initial)
    if request.method == "POST" and saved(
        form,
        lambda: actions.give_leadership(
            actor,
            unit=row,
            employment=form.chosen["employment"],
            kind=form.cleaned_data["kind"],
            starts_on=form.cleaned_data["starts_on"],
            ends_on=form.cleaned_data["ends_on"],
        ),
    ):
        messages.success(request, _("Saved."))
        return redirect("unit", slug_of(request), row.public_id)
    return render(request, "staff/post.html", {"form": form, "unit": row})


@rules.role("hr", methods=("GET", "POST"))
def end_post(request: HttpRequest, actor: Actor, post: int) -> HttpResponse:
    """Ends a post, now or with a last day."""
    rows = changeable_leaderships(actor).select_related("unit", "employment__profile")
    row = rows.filter(pk=post).first()
    if row is None:
        raise NotThere
    form = LastDayForm(posted(request), may_be_now=True)
    if request.method == "POST" and saved(
        form,
        lambda: actions.end_leadership(actor, row, last_day=form.cleaned_data["last_day"]),
    ):
        messages.success(request, _("Saved."))
        return redirect("unit", slug_of(request), row.unit.public_id)
    return render(request, "staff/post_end.html", {"form": form, "post": row})


@rules.role("hr", methods=("GET", "POST"))
def give_role(request: HttpRequest, actor: Actor, person: str) -> HttpResponse:
    """Gives a person a role from a day on."""
    profile = found_person(actor, person).profile
    form = RoleForm(posted(request), actor=actor, initial={"starts_on": actor.today})
    if request.method == "POST" and saved(
        form,
        lambda: actions.give_role(
            actor,
            profile=profile,
            name=form.cleaned_data["name"],
            starts_on=form.cleaned_data["starts_on"],
            ends_on=form.cleaned_data["ends_on"],
            unit=form.chosen.get("unit"),
        ),
    ):
        messages.success(request, _("Saved."))
        return redirect("person", slug_of(request), profile.public_id)
    page = {"form": form, "profile": profile, "suggestions": unit_suggestions(actor)}
    return render(request, "staff/role.html", page)


@rules.role("hr", methods=("GET", "POST"))
def end_role(request: HttpRequest, actor: Actor, role: int) -> HttpResponse:
    """Ends a role, now or with a last day."""
    row = changeable_roles(actor).select_related("profile").filter(pk=role).first()
    if row is None:
        raise NotThere
    form = LastDayForm(posted(request), may_be_now=True)
    if request.method == "POST" and saved(
        form, lambda: actions.end_role(actor, row, last_day=form.cleaned_data["last_day"])
    ):
        messages.success(request, _("The role ends, and all sessions of the person have ended."))
        return _after_role(request, actor, row.profile.public_id, row.profile_id)
    return render(request, "staff/role_end.html", {"form": form, "role": row})


def _after_role(request: HttpRequest, actor: Actor, person: str, profile: int) -> HttpResponse:
    """Back to the person, or home for who gave up the own role and may not see that page."""
    if profile == actor.profile_id:
        return redirect("home")
    return redirect("person", slug_of(request), person)
