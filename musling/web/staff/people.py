"""The list of people; adding, changing and ending one; the page of support."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from musling.conversations.queries.standing import talk_dates_of
from musling.foundation.actor import Actor
from musling.foundation.fingerprints import fingerprint
from musling.foundation.problems import NotThere, Refused
from musling.gate import rules
from musling.mail.queries import told_to, undelivered
from musling.people import actions
from musling.people.models import Profile
from musling.people.queries import (
    Job,
    PersonForSupport,
    StaffRow,
    StaffState,
    person_for_support,
    staff,
    staff_rows,
)
from musling.privacy.asked import waiting_about
from musling.web.staff.forms import LastDayForm, NewPersonForm, PersonForm, SearchForm
from musling.web.staff.saving import posted, saved, show_what_stands, slug_of
from musling.web.staff.suggestions import unit_suggestions
from musling.web.staff.words import job_state, why_this_leader

PER_PAGE = 50
MAILS_SHOWN = 8


@rules.role("hr")
def staff_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The people, 50 a page, narrowed down by words, unit and state."""
    form = SearchForm(request.GET)
    if form.is_valid():
        wanted = {name: str(form.cleaned_data[name]) for name in form.fields}
    else:  # says what is wrong, and finds nobody rather than everybody
        wanted = {"q": "", "unit": "", "state": "nobody"}
    found = staff(
        actor, words=wanted["q"], unit=wanted["unit"], state=wanted["state"] or StaffState.CURRENT
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    narrowed = {name: value for name, value in wanted.items() if value}
    return render(
        request,
        "staff/list.html",
        {
            "form": form,
            "page": page,
            "rows": [_line(row, actor) for row in staff_rows(actor, page)],
            "query": f"&{urlencode(narrowed)}" if narrowed else "",
            "narrowed": bool(narrowed),
            "undelivered": undelivered(actor).count(),
        },
    )


def _line(row: StaffRow, actor: Actor) -> dict[str, Any]:
    """One line of the list, in words."""
    state, kind = job_state(row.profile, row.jobs, actor.today)
    leaders = dict.fromkeys(job.leader.profile.name for job in row.jobs if job.leader)
    return {
        "profile": row.profile,
        "titles": ", ".join(
            dict.fromkeys(j.employment.title for j in row.jobs if j.employment.title)
        ),
        "units": ", ".join(dict.fromkeys(job.employment.unit.name for job in row.jobs)),
        "leaders": ", ".join(leaders),
        "no_leader": any(job.problem for job in row.jobs),
        "state": state,
        "kind": kind,
    }


@rules.role("hr", methods=("GET", "POST"))
def add(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A person together with the first employment."""
    form = NewPersonForm(posted(request), actor=actor, initial={"starts_on": actor.today})
    made: list[Profile] = []
    if request.method == "POST" and saved(form, lambda: made.append(_add(actor, form))):
        messages.success(request, _("%(name)s is added.") % {"name": made[0].name})
        return redirect("person", slug_of(request), made[0].public_id)
    context = {"form": form, "suggestions": unit_suggestions(actor)}
    return render(request, "staff/person_add.html", context)


def _add(actor: Actor, form: NewPersonForm) -> Profile:
    facts = form.cleaned_data
    profile = actions.add_person(actor, **{name: facts[name] for name in actions.PERSON_FIELDS})
    actions.add_employment(
        actor,
        profile,
        unit=form.chosen["unit"],
        title=facts["title"],
        starts_on=facts["starts_on"],
        pay=facts["pay"],
    )
    return profile


def found_person(actor: Actor, public_id: str) -> PersonForSupport:
    """The person with all that HR sees; NotThere where there is none."""
    found = person_for_support(actor, public_id)
    if found is None:
        raise NotThere
    return found


@rules.role("hr")
def person(request: HttpRequest, actor: Actor, person: str) -> HttpResponse:
    """The page of support: employments and leaders, posts, roles, states of talks, mails."""
    found = found_person(actor, person)
    today = actor.today
    mails = told_to(actor, profile=found.profile.public_id)
    return render(
        request,
        "staff/person.html",
        {
            "found": found,
            "profile": found.profile,
            "jobs": [_job(job, found.profile, actor) for job in found.jobs],
            "posts": [{"row": post, "over": _over(post, today)} for post in found.posts],
            "roles": [{"row": role, "over": _over(role, today)} for role in found.roles],
            "talks": talk_dates_of(actor, found.profile),
            "requests": waiting_about(actor, found.profile),
            "mails": mails[:MAILS_SHOWN],
            "older_mails": mails[MAILS_SHOWN:],
            "oneself": found.profile.pk == actor.profile_id,
        },
    )


def _job(job: Job, profile: Profile, actor: Actor) -> dict[str, Any]:
    state, kind = job_state(profile, [job], actor.today)
    return {
        "row": job.employment,
        "leader": job.leader,
        "why": why_this_leader(job),
        "problem": job.problem,
        "state": state,
        "kind": kind,
        "over": _over(job.employment, actor.today),
    }


def _over(row: Any, today: Any) -> bool:
    return row.ends_on is not None and row.ends_on < today


@rules.role("hr", methods=("GET", "POST"))
def change(request: HttpRequest, actor: Actor, person: str) -> HttpResponse:
    """Changes what the organisation knows of a person. Never the log-in."""
    profile = found_person(actor, person).profile
    fields = actions.PERSON_FIELDS
    initial = {name: getattr(profile, name) for name in fields}
    form = PersonForm(posted(request), initial={**initial, "seen": fingerprint(profile, fields)})
    if request.method == "POST" and saved(
        form, lambda: actions.change_person(actor, profile, **form.cleaned_data)
    ):
        messages.success(request, _("Saved."))
        return redirect("person", slug_of(request), profile.public_id)
    clash = show_what_stands(form, profile, fields)
    return render(
        request, "staff/person_change.html", {"form": form, "profile": profile, "clash": clash}
    )


@rules.role("hr", methods=("GET", "POST"))
def end(request: HttpRequest, actor: Actor, person: str) -> HttpResponse:
    """Ends a person with the last day: employments, posts and roles."""
    profile = found_person(actor, person).profile
    form = LastDayForm(posted(request), initial={"last_day": actor.today})
    if request.method == "POST" and saved(
        form,
        lambda: actions.end_person(actor, profile, last_day=form.cleaned_data["last_day"]),
    ):
        messages.success(request, _("Saved."))
        return redirect("person", slug_of(request), profile.public_id)
    return render(request, "staff/person_end.html", {"form": form, "profile": profile})


@rules.role("hr", methods=("POST",))
def access(request: HttpRequest, actor: Actor, person: str) -> HttpResponse:
    """Closes the organisation to a person at once, or opens it again."""
    profile = found_person(actor, person).profile
    try:
        if request.POST.get("access") == "open":
            actions.open_access(actor, profile)
            messages.success(request, _("The access is open again."))
        else:
            actions.close_access(actor, profile)
            messages.success(request, _("The access is closed, and all sessions have ended."))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("person", slug_of(request), profile.public_id)
