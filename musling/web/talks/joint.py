"""One talk for all of a person's employments: asking for it, and the leaders' answers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from musling.conversations.joint.actions import ask_for_one_talk, refuse_one_talk
from musling.conversations.joint.queries import choices, is_ruled, own_employments, own_joint_talk
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.gate import rules
from musling.rounds.actions import joining
from musling.web.staff.saving import public_id_in


@rules.member("GET", "POST")
def one_for_all(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The person asks for one talk, sees how far it is, or takes it back."""
    employments = own_employments(actor)
    if len(employments) < 2:
        raise NotThere
    slug = request.standing.slug  # type: ignore[attr-defined]
    problem = ""
    if request.method == "POST":
        try:
            _do(request, actor)
        except Refused as refused:
            problem = refused.message
        else:
            return redirect("one-for-all", slug)
    joint = own_joint_talk(actor, actor.today.year)
    return render(
        request,
        "talks/one_for_all.html",
        {
            "joint": joint,
            "ruled": joint is not None and is_ruled(joint),
            "choices": [] if joint else choices(actor, employments),
            "chosen": request.POST.get("holder", ""),
            "problem": problem,
        },
        status=422 if problem else 200,
    )


def _do(request: HttpRequest, actor: Actor) -> None:
    if "take_back" in request.POST:
        joining.take_back(actor, public_id=public_id_in(request.POST, "take_back"))
        messages.success(request, _("Taken back. There is a talk for each employment."))
        return
    ask_for_one_talk(actor, holder=request.POST.get("holder", ""))
    messages.success(request, _("Asked. Your leaders get a mail, and you hear what they answer."))


@rules.member("POST")
def answer(request: HttpRequest, actor: Actor, joint_id: str) -> HttpResponse:
    """A leader agrees to one talk for several employments, or says no."""
    try:
        if request.POST.get("answer") == "agree":
            settled = joining.agree(actor, public_id=joint_id)
            said = _("It is one talk now.") if settled else _("Noted. Another leader answers, too.")
        else:
            refuse_one_talk(actor, public_id=joint_id)
            said = _("Noted. There is a talk for each employment.")
    except Refused as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, said)
    return redirect("team", request.standing.slug)  # type: ignore[attr-defined]
