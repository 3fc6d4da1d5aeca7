"""One of the five steps: its day, text and tasks; doing it; closing the round."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override

from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.gate import rules
from musling.rounds.actions import planning, rolling_out
from musling.rounds.five_steps import BY_NUMBER
from musling.rounds.models import Round, State, Step
from musling.rounds.queries import one_round, progress, steps_of
from musling.web.rounds.forms import NoteForm, StepForm
from musling.web.staff.saving import posted, saved, slug_of


@rules.role("hr", methods=("GET", "POST"))
def step(request: HttpRequest, actor: Actor, round_id: str, number: int) -> HttpResponse:
    """The step's day, texts and tasks, with what to keep in mind."""
    row = one_round(actor, round_id)
    found = next((one for one in steps_of(row) if one.number == number), None)
    if found is None:
        raise NotThere
    # Whoever was writing when the step was done hears it, and keeps what was typed.
    whole = found.done_at is None or "due_on" in request.POST
    form = StepForm(posted(request), step=found, row=BY_NUMBER[number], whole=whole)
    if request.method == "POST" and saved(form, lambda: _change(actor, round_id, number, form)):
        messages.success(request, _("Saved."))
        return redirect("round-step", slug_of(request), round_id, number)
    clash = []
    if getattr(form, "changed_meanwhile", False):
        found.refresh_from_db()
        clash = form.stands_now(found)
    return render(
        request,
        "rounds/step.html",
        {
            "row": row,
            "step": found,
            "five": BY_NUMBER[number],
            "texts": _texts(row, found),
            "form": form,
            "clash": clash,
        },
    )


def _change(actor: Actor, round_id: str, number: int, form: StepForm) -> None:
    """The whole form, or of a step that is done what is ticked."""
    facts = form.cleaned_data
    seen = facts["seen"]
    if "due_on" in facts:
        planning.change_step(
            actor,
            public_id=round_id,
            number=number,
            due_on=facts["due_on"],
            by_itself=facts.get("by_itself", False),
            texts=form.texts(),
            seen=seen,
        )
        seen = ""  # that was seen, and is changed now
    planning.tick_tasks(actor, public_id=round_id, number=number, done=facts["ticked"], seen=seen)


def _texts(row: Round, step: Step) -> list[dict[str, str]]:
    """In each language the ready-made text; of a step that is done, the one that was sent."""
    five = BY_NUMBER[step.number]
    if not five.text:
        return []
    found = []
    for language, name in settings.LANGUAGES:
        with override(language):
            words = five.ready_made(row.leader_word)
        own = step.texts.get(language, "") if step.done_at else ""
        found.append({"language": language, "name": str(name), "words": own or words})
    return found


@rules.role("hr", methods=("GET", "POST"))
def do(request: HttpRequest, actor: Actor, round_id: str, number: int) -> HttpResponse:
    """Says what the step does, and does it."""
    row = one_round(actor, round_id)
    if number not in BY_NUMBER:
        raise NotThere
    if request.method == "POST":
        try:
            done = rolling_out.do_step(actor, public_id=round_id, number=number)
        except Refused as problem:
            messages.error(request, problem.message)
        else:
            _tell(request, row, number, done=done)
        return redirect("round", slug_of(request), round_id)
    found = next(one for one in steps_of(row) if one.number == number)
    page = {"row": row, "step": found, "five": BY_NUMBER[number]}
    if row.state != State.PLANNED:
        page["found"] = progress(actor, row)
    return render(request, "rounds/do.html", page)


def _tell(request: HttpRequest, row: Round, number: int, *, done: bool) -> None:
    """Says that it is done, or who was quicker: two in HR may have pressed at once."""
    if done:
        messages.success(request, _("Done: %(step)s.") % {"step": BY_NUMBER[number].name})
        return
    before = next(one for one in steps_of(row) if one.number == number)
    who = before.done_by.name if before.done_by else _("the program by itself")
    messages.info(
        request,
        _("This was done already, by %(who)s: %(step)s. It was not done again.")
        % {"who": who, "step": BY_NUMBER[number].name},
    )


@rules.role("hr", methods=("GET", "POST"))
def close(request: HttpRequest, actor: Actor, round_id: str) -> HttpResponse:
    """Closes the round with a joint note."""
    row = one_round(actor, round_id)
    form = NoteForm(posted(request))
    if request.method == "POST" and saved(
        form,
        lambda: rolling_out.close_round(actor, public_id=round_id, note=form.cleaned_data["note"]),
    ):
        messages.success(request, _("The round is closed. You can copy it to next year."))
        return redirect("round", slug_of(request), round_id)
    return render(
        request, "rounds/close.html", {"row": row, "form": form, "found": progress(actor, row)}
    )
