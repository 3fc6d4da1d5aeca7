"""The minutes after the talk: finishing, sending, approving, signing. One page, one next step."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from musling.conversations import contents
from musling.conversations.actions import approving
from musling.conversations.models import Minutes, Signature
from musling.conversations.queries.room import OpenedMinutes, opened_minutes
from musling.conversations.queries.talks import Talk, talk
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.gate import rules
from musling.web.access.eye import eye_line
from musling.web.talks.alike import alike
from musling.web.talks.heading import core_task_head
from musling.web.talks.proving import can_prove_here, needs_code, proved
from musling.web.talks.room_forms import ReturnForm, TogetherForm
from musling.web.talks.sections import minutes_sections
from musling.web.talks.texts import number
from musling.web.talks.we_agree import blank_form, listed, undo_of

WRITING = {Minutes.State.DRAFT, Minutes.State.RETURNED}


def _opened(actor: Actor, public_id: str) -> tuple[Talk, OpenedMinutes, Minutes]:
    """The talk with its minutes, opened. Raises NotThere before there are any."""
    found = talk(actor, public_id)
    opened = opened_minutes(actor, found)
    if opened.row is None:
        raise NotThere
    return found, opened, opened.row


def _slug(request: HttpRequest) -> str:
    return str(request.standing.slug)  # type: ignore[attr-defined]


def _to_minutes(request: HttpRequest, public_id: str) -> HttpResponse:
    return redirect("minutes", _slug(request), public_id)


@rules.member("GET")
def minutes(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """The minutes, wherever they stand."""
    found, opened, row = _opened(actor, public_id)
    return render(request, "talks/minutes.html", _page(request, actor, found, opened, row))


def _page(
    request: HttpRequest, actor: Actor, found: Talk, opened: OpenedMinutes, row: Minutes
) -> dict[str, Any]:
    i_take = found.conversation.minute_taker_id == found.me.pk
    writing = row.state in WRITING
    sections = minutes_sections(
        found, opened, actor.language, also=request.GET.get("write", "") if writing else ""
    )
    signing = _signing(found, opened)
    return {
        **core_task_head(actor, found),
        **alike(actor, found),
        "found": found,
        "minutes": row,
        "opened": opened,
        "i_take": i_take,
        "writing": writing,
        "held": found.conversation.held_at is not None,
        "to_approve": row.state == Minutes.State.OUT and not i_take,
        "out": row.state == Minutes.State.OUT,
        "approved": row.state == Minutes.State.APPROVED,
        "written": [one for one in sections if one.text or (one.mine and one.is_shared)],
        "filled": [one for one in sections if one.text],
        "unwritten": [one for one in sections if one.mine and not (one.text or one.is_shared)],
        "others": [s for s in sections if writing and s.may and not s.mine],
        "agreed": listed(found, opened, _slug(request) if writing else ""),
        "eye": eye_line(contents.MINUTES, found),
        "taker": _("You write")
        if i_take
        else _("%(name)s writes") % {"name": found.other.profile.first_name},
        "form": blank_form(),
        "row": "",
        "back": "",
        "return_form": ReturnForm(),
        "undo": undo_of(request) if writing else None,
        "phase": "",
        **signing,
    }


def _signing(found: Talk, opened: OpenedMinutes) -> dict[str, Any]:
    """Who has signed, and what the reader can do about it.

    Where somebody else has a seat by now, the signature of whoever was in the talk stands.
    """
    employee, leader = opened.signers(found)
    own, other = (leader, employee) if found.i_lead else (employee, leader)
    mine, theirs = opened.signature_of(own), opened.signature_of(other)
    on_paper = mine is not None and _only_said(mine)
    return {
        "signs": found.kind.signs,
        "signatures": [(seat, opened.signature_of(seat)) for seat in opened.signers(found)],
        "i_signed": mine is not None and not on_paper,
        "confirm_paper": on_paper,
        "other_signed": theirs is not None,
        "waits_for_paper": theirs is not None and _only_said(theirs),
    }


def _only_said(signature: Signature) -> bool:
    return signature.how == Signature.How.PAPER and signature.confirmed_at is None


@rules.member("GET", "POST")
def send(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """One page that shows what goes out; then out it goes."""
    found, opened, row = _opened(actor, public_id)
    if found.conversation.minute_taker_id != found.me.pk or row.state not in WRITING:
        return _to_minutes(request, public_id)
    if request.method == "POST":
        try:
            approving.send_minutes(actor, public_id=public_id, seen=request.POST.get("seen", ""))
        except Refused as problem:
            messages.error(request, problem.message)
            return redirect("send-minutes", _slug(request), public_id)
        messages.success(request, _("Sent to %(name)s.") % {"name": found.other.profile.first_name})
        return _to_minutes(request, public_id)
    page = _page(request, actor, found, opened, row) | {"seen": opened.fixed()}
    return render(request, "talks/send_minutes.html", page)


@rules.member("POST")
def answer(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """The other party approves, or sends back with a comment."""
    version = number(request.POST.get("version", ""))
    if "approve" in request.POST:
        return _deed(
            request,
            public_id,
            lambda: approving.approve_minutes(actor, public_id=public_id, version=version),
            _("Approved. From now on nobody can change the minutes."),
        )
    form = ReturnForm(request.POST)
    if form.is_valid():
        comment = form.cleaned_data["comment"]
        try:
            approving.return_minutes(actor, public_id=public_id, comment=comment, version=version)
        except Refused as problem:
            form.add_error(problem.field or None, problem.message)
        else:
            messages.success(request, _("Sent back with your comment."))
            return _to_minutes(request, public_id)
    found, opened, row = _opened(actor, public_id)
    page = _page(request, actor, found, opened, row) | {"return_form": form}
    if not page["to_approve"] and request.POST.get("comment", "").strip():
        # The page has no such form any more: what was typed is shown all the same.
        lost = {
            "found": found,
            "problem": " ".join(map(str, form.non_field_errors()))
            or _("These minutes are not with you now."),
            "typed": request.POST["comment"],
            "back": reverse("minutes", args=[_slug(request), public_id]),
        }
        return render(request, "talks/not_saved.html", lost, status=422)
    return render(request, "talks/minutes.html", page, status=422)


def _deed(request: HttpRequest, public_id: str, act: Any, done: str) -> HttpResponse:
    try:
        act()
    except Refused as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, done)
    return _to_minutes(request, public_id)


@rules.member("POST")
def sign(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """One signs for oneself."""
    version = number(request.POST.get("version", ""))
    return _deed(
        request,
        public_id,
        lambda: approving.sign_minutes(actor, public_id=public_id, version=version),
        _("You have signed."),
    )


@rules.member("GET", "POST")
def sign_together(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """Both sign on this screen: the other proves with the own password, and is not logged in."""
    found, opened, row = _opened(actor, public_id)
    if not _may_sign_for_both(found, opened, row):
        return _to_minutes(request, public_id)
    person = found.other.profile.person
    possible = person is not None and can_prove_here(person)
    form = TogetherForm(
        request.POST or None, asks_code=person is not None and possible and needs_code(person)
    )
    if request.method == "POST" and possible and person is not None and form.is_valid():
        problem = proved(request, person, **form.cleaned_data)
        if problem:
            form.add_error(problem.field, problem.message)
        elif _signed_together(request, actor, public_id, person.pk, form):
            return _to_minutes(request, public_id)
    page = _page(request, actor, found, opened, row)
    return render(
        request,
        "talks/sign_together.html",
        page | {"together_form": form, "possible": possible},
        status=422 if form.errors else 200,
    )


def _may_sign_for_both(found: Talk, opened: OpenedMinutes, row: Minutes) -> bool:
    theirs = opened.signature_of(opened.signers(found)[0 if found.i_lead else 1])
    missing = theirs is None or _only_said(theirs)
    return found.kind.signs and row.state not in WRITING and missing


def _signed_together(
    request: HttpRequest, actor: Actor, public_id: str, person_id: int, form: TogetherForm
) -> bool:
    version = number(request.POST.get("version", ""))
    try:
        approving.sign_together(
            actor, public_id=public_id, version=version, other_person_id=person_id
        )
    except Refused as problem:
        form.add_error(None, problem.message)
        return False
    messages.success(request, _("You have both signed."))
    return True


@rules.member("GET", "POST")
def sign_on_paper(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """One says that the other signed on paper; the other confirms that, or says it is not so."""
    version = number(request.POST.get("version", ""))
    if request.method == "POST" and "confirm" in request.POST:
        yes = request.POST["confirm"] == "yes"
        return _deed(
            request,
            public_id,
            lambda: approving.confirm_paper_signature(actor, public_id=public_id, confirm=yes),
            _("You have confirmed your signature.") if yes else _("The signature was taken away."),
        )
    if request.method == "POST":
        return _deed(
            request,
            public_id,
            lambda: approving.register_paper_signature(actor, public_id=public_id, version=version),
            _("Noted. It counts when the other of you has confirmed it."),
        )
    found, opened, row = _opened(actor, public_id)
    if not _may_sign_for_both(found, opened, row) or opened.signature_of(found.other):
        return _to_minutes(request, public_id)
    return render(request, "talks/sign_on_paper.html", _page(request, actor, found, opened, row))
