"""Offering, answering, moving, putting off, calling off, and handing a talk to a deputy."""

import datetime as dt
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from musling.conversations.actions import handing_over, moving, offering
from musling.conversations.models import State
from musling.conversations.queries.deputies import possible_deputies
from musling.conversations.queries.talks import Talk, talk
from musling.conversations.queries.times import (
    USUAL_PERIOD,
    Period,
    free_for_talks,
    one_a_day,
    usual_period,
)
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.gate import rules
from musling.web.forms import DkfdsForm
from musling.web.talks.forms import DeputyForm, MoveForm, OfferForm, TimesForm

MOST_TO_CHOOSE = 8  # free times, each on a day of its own


def _led(actor: Actor, public_id: str) -> Talk:
    found = talk(actor, public_id)
    if not found.i_lead:
        raise NotThere
    return found


def _to_talk(request: HttpRequest, public_id: str) -> HttpResponse:
    return redirect("talk", request.standing.slug, public_id)  # type: ignore[attr-defined]


def _do(
    request: HttpRequest,
    public_id: str,
    form: DkfdsForm | None,
    act: Callable[[], object],
    done: str,
) -> HttpResponse | None:
    """Does it; on a refusal the reason stands on the form (or the talk's page), nothing is lost."""
    try:
        act()
    except Refused as problem:
        if form is None:
            messages.error(request, problem.message)
            return _to_talk(request, public_id)
        form.add_error(problem.field if problem.field in form.fields else None, problem.message)
        return None
    messages.success(request, done)
    return _to_talk(request, public_id)


@rules.member("GET", "POST")
def offer(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """The leader proposes one to three times."""
    found = _led(actor, public_id)
    minutes = offering.length_of(found.conversation.kind)
    form = OfferForm(
        request.POST or None,
        initial={
            "minutes": minutes,
            "place": found.conversation.place,
            **(_a_few_free(actor, found, minutes) if not request.POST else {}),
        },
    )
    if request.method == "POST" and form.is_valid():
        answer = _do(
            request,
            public_id,
            form,
            lambda: offering.offer_talk(
                actor,
                public_id=public_id,
                times=form.times(),
                minutes=form.cleaned_data["minutes"],
                place=form.cleaned_data["place"],
            ),
            _("Sent. %(name)s gets a mail with the times.")
            % {"name": found.other.profile.first_name},
        )
        if answer:
            return answer
    return render(
        request,
        "talks/form.html",
        {
            "found": found,
            "form": form,
            "heading": _("Propose times"),
            "button": _("Send the offer"),
            "help": _(
                "Up to three. The ones below are free in your working hours; change what does not "
                "suit. Nobody else sees the times."
            ),
            "fit_first": found.offer is None,
        },
        status=422 if form.errors else 200,
    )


def _a_few_free(actor: Actor, found: Talk, minutes: int) -> dict[str, dt.datetime]:
    """Three of the leader's free times on different days, to begin with."""
    free = free_for_talks(
        actor, usual_period(actor), minutes=minutes, without=[found.conversation.pk]
    )
    return {f"time_{number}": time for number, time in enumerate(one_a_day(free, 3), 1)}


@rules.member("GET", "POST")
def answer(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """The employee's answer: a time, other times, no thanks, taken back; the leader's to those."""
    found = talk(actor, public_id)
    what = request.POST.get("answer", "")
    moment = _moment(request.POST.get("time", ""))
    name = found.other.profile.first_name
    form = TimesForm(request.POST if what == "other_times" else None)
    if request.method == "GET":
        return _other_times(request, found, form)
    if what == "other_times":
        if form.is_valid():
            done = _do(
                request,
                public_id,
                form,
                lambda: offering.propose_other_times(
                    actor, public_id=public_id, times=form.times()
                ),
                _("Sent. %(name)s answers your proposal.") % {"name": name},
            )
            if done:
                return done
        return _other_times(request, found, form)
    deeds: dict[str, tuple[Callable[[], object], str]] = {
        "decline": (
            lambda: offering.decline_offer(actor, public_id=public_id),
            _("You have said no thanks. You can take it back here."),
        ),
        "outside": (
            lambda: offering.refuse_outside_hours(actor, public_id=public_id),
            _("Sent. %(name)s proposes a time within your working hours.") % {"name": name},
        ),
        "take_back": (
            lambda: offering.take_back_decline(actor, public_id=public_id),
            _("The offer stands open again."),
        ),
        "refuse_deputy": (
            lambda: handing_over.refuse_deputy(actor, public_id=public_id),
            _("Your own leader has the talk again."),
        ),
    }
    if moment is not None:
        deeds["accept"] = (
            lambda: offering.accept_offer(actor, public_id=public_id, time=moment),
            _("Booked. You both get an invitation for the calendar."),
        )
        deeds["take_time"] = (
            lambda: offering.take_proposed_time(actor, public_id=public_id, time=moment),
            _("Booked. You both get an invitation for the calendar."),
        )
    if what not in deeds:
        messages.error(request, _("Choose a time first."))
        return _to_talk(request, public_id)
    act, done_words = deeds[what]
    return _do(request, public_id, None, act, done_words) or _to_talk(request, public_id)


def _moment(text: str) -> dt.datetime | None:
    """The chosen time; nothing where the text is none, such as 31 February."""
    try:
        return parse_datetime(text)
    except ValueError:
        return None


def _other_times(request: HttpRequest, found: Talk, form: TimesForm) -> HttpResponse:
    if found.i_lead:
        raise NotThere
    return render(
        request,
        "talks/form.html",
        {
            "found": found,
            "form": form,
            "heading": _("Propose another time"),
            "button": _("Send the proposal"),
            "hidden": ("answer", "other_times"),
            "help": _("Propose up to three times that suit you."),
        },
        status=422 if form.errors else 200,
    )


@rules.member("GET", "POST")
def move(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """The leader gives a booked talk a new time."""
    found = _led(actor, public_id)
    conversation = found.conversation
    length = offering.length_of(conversation.kind)
    if conversation.starts_at and conversation.ends_at:
        length = round((conversation.ends_at - conversation.starts_at).total_seconds() / 60)
    period = Period(actor.today, actor.today + USUAL_PERIOD)
    free = free_for_talks(actor, period, minutes=length, without=[conversation.pk])
    form = MoveForm(
        request.POST or None,
        free=one_a_day(free, MOST_TO_CHOOSE),
        initial={"time": conversation.starts_at, "minutes": length, "place": conversation.place},
    )
    if request.method == "POST" and form.is_valid():
        done = _do(
            request,
            public_id,
            form,
            lambda: moving.move_talk(actor, public_id=public_id, **form.cleaned_data),
            _("Moved. You both get the new time in the calendar."),
        )
        if done:
            return done
    return render(
        request,
        "talks/form.html",
        {"found": found, "form": form, "heading": _("Move the talk"), "button": _("Move")},
        status=422 if form.errors else 200,
    )


@rules.member("GET", "POST")
def postpone(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """Either puts off a booked talk, after being asked."""
    found = talk(actor, public_id)
    if request.method == "POST":
        return _do(
            request,
            public_id,
            None,
            lambda: moving.postpone_talk(actor, public_id=public_id),
            _("Put off. The time is taken out of both calendars, and a new one is asked for."),
        ) or _to_talk(request, public_id)
    return _ask(
        request,
        found,
        _("Put off the talk?"),
        _("The time is taken out of both calendars. The leader proposes a new one."),
        _("Put off the talk"),
        State.BOOKED,
    )


@rules.member("GET", "POST")
def call_off(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """The leader calls the talk off, after being asked."""
    found = _led(actor, public_id)
    if request.method == "POST":
        return _do(
            request,
            public_id,
            None,
            lambda: offering.call_off_talk(actor, public_id=public_id),
            _("Called off. You are both told."),
        ) or _to_talk(request, public_id)
    return _ask(
        request,
        found,
        _("Call off the talk?"),
        _(
            "You are both told, and the time is taken out of both calendars. What each of you has "
            "prepared stays with each of you."
        ),
        _("Call off"),
        "",
    )


def _ask(
    request: HttpRequest, found: Talk, heading: str, words: str, button: str, needs: str
) -> HttpResponse:
    if needs and found.state != needs:
        raise NotThere
    return render(
        request,
        "talks/ask.html",
        {"found": found, "heading": heading, "words": words, "button": button},
    )


@rules.member("GET", "POST")
def deputy(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """The leader lets somebody else lead this one talk."""
    found = _led(actor, public_id)
    form = DeputyForm(request.POST or None, choices=possible_deputies(actor, found))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["employment"]
        try:
            handing_over.hand_to_deputy(actor, public_id=public_id, employment=chosen)
        except Refused as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(
                request,
                _("%(name)s leads this talk now. You can no longer open it.")
                % {"name": chosen.profile.name},
            )
            return redirect("team", request.standing.slug)  # type: ignore[attr-defined]
    return render(
        request,
        "talks/form.html",
        {
            "found": found,
            "form": form,
            "heading": _("Let somebody else lead this talk"),
            "button": _("Hand over this talk"),
            "help": _("%(name)s is told and may say no. Your own preparation stays yours.")
            % {"name": found.other.profile.first_name},
        },
        status=422 if form.errors else 200,
    )
