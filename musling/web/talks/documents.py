"""PDFs of a talk: minutes, agreement sheet, empty sheet, preparation on paper; sealed.

A GET writes nothing but readings, so taking out a document is noted as one (content "document").
"""

import logging
from collections.abc import Callable
from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from musling.conversations import contents
from musling.conversations.models import Minutes, Part, Participant, Signature
from musling.conversations.queries.room import (
    CONCLUSION,
    GROUND_RULES,
    AgreementText,
    OpenedMinutes,
    opened_minutes,
)
from musling.conversations.queries.talks import Talk, talk
from musling.documents import minutes as minutes_paper
from musling.documents import parties
from musling.documents.agreement_sheet import (
    AgreementLine,
    AgreementSheet,
    agreement_sheet,
    empty_agreement_sheet,
)
from musling.documents.certificate import CertificateProblemError
from musling.documents.letterhead import Letterhead, day
from musling.documents.parties import Party
from musling.documents.preparation_paper import PreparationPaper, preparation_paper
from musling.documents.seal import sealed
from musling.documents.typesetting import TypesettingFailedError
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.clock import COPENHAGEN
from musling.foundation.problems import NotThere
from musling.gate import rules
from musling.web.access.eye import eye_line
from musling.web.frames.paper import Names, on_paper
from musling.web.talks.heading import core_tasks
from musling.web.talks.sections import minutes_sections

log = logging.getLogger("musling.documents")
# What keeps a document from being made.
PressProblem = (TypesettingFailedError, CertificateProblemError)
HOWS: dict[str, parties.How] = {
    Signature.How.ALONE: "here",
    Signature.How.TOGETHER: "together",
    Signature.How.PAPER: "paper",
}


@rules.member("GET")
def minutes_pdf(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """The minutes as both own them."""
    found, opened = _with_minutes(actor, public_id)
    return _answer(
        request,
        found,
        "papir",
        lambda: minutes_paper.minutes_document(_minutes(request, actor, found, opened)),
    )


def sealed_minutes(request: HttpRequest, actor: Actor, public_id: str) -> tuple[Talk, bytes]:
    """The talk and its minutes as a sealed PDF. Raises NotThere, and any of ``PressProblem``."""
    found, opened = _with_minutes(actor, public_id)
    paper = minutes_paper.minutes_document(_minutes(request, actor, found, opened))
    return found, sealed(paper)


def sealed_sheet(request: HttpRequest, actor: Actor, public_id: str) -> tuple[Talk, bytes]:
    """The talk and its agreement sheet; as ``sealed_minutes``."""
    found, opened = _with_minutes(actor, public_id)
    return found, sealed(agreement_sheet(_sheet(request, actor, found, opened)))


@rules.member("GET")
def sheet_pdf(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """The agreement sheet, filled."""
    found, opened = _with_minutes(actor, public_id)
    return _answer(
        request, found, "ark", lambda: agreement_sheet(_sheet(request, actor, found, opened))
    )


@rules.member("GET")
def empty_sheet_pdf(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """The same sheet to fill in by hand."""
    found = talk(actor, public_id)
    labels = (str(found.kind.leader), str(found.kind.employee))
    return _answer(
        request,
        found,
        "tomt-ark",
        lambda: empty_agreement_sheet(_head(request, actor), labels),
    )


@rules.member("GET")
def preparation_pdf(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """What one is asked while preparing, to fill in by hand; nothing that was written."""
    found = talk(actor, public_id)
    return _answer(
        request,
        found,
        "ark-til-mig",
        lambda: preparation_paper(_preparation(request, actor, found)),
    )


def _with_minutes(actor: Actor, public_id: str) -> tuple[Talk, OpenedMinutes]:
    found = talk(actor, public_id)
    opened = opened_minutes(actor, found)
    if opened.row is None:
        raise NotThere
    actor.note_reading(contents.DOCUMENT.id, opened.row.pk, found.other.profile_id)
    return found, opened


def _answer(
    request: HttpRequest, found: Talk, name: str, make: Callable[[], bytes]
) -> HttpResponse:
    """The sealed file under a name that tells nothing of whom or what it is about."""
    try:
        pdf = sealed(make())
    except PressProblem as problem:
        log.error("document %s of talk %s: %s", name, found.public_id, problem)  # noqa: TRY400
        messages.error(
            request,
            _("The document could not be made. Try again later, or tell whoever runs Musling."),
        )
        return redirect("talk", request.standing.slug, found.public_id)  # type: ignore[attr-defined]
    file_name = f"musling-{name}-{found.conversation.year}.pdf"
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )


# --- from a talk to what the documents take -------------------------------------------------------


def _head(request: HttpRequest, actor: Actor) -> Letterhead:
    standing = request.standing  # type: ignore[attr-defined]
    return Letterhead(
        language=actor.language,
        organisation=standing.organisation_name,
        talk_name=standing.talk_name,
        made_at=clock.now(),
    )


def _sheet(
    request: HttpRequest, actor: Actor, found: Talk, opened: OpenedMinutes
) -> AgreementSheet:
    held_at = found.conversation.held_at
    return AgreementSheet(
        head=_head(request, actor),
        held_on=held_at.astimezone(COPENHAGEN).date() if held_at else None,
        parties=_parties(found, opened),
        agreements=tuple(_line(row) for row in opened.agreements),
        conclusion=opened.sections.get(CONCLUSION, ""),
        ground_rules=opened.sections.get(GROUND_RULES, ""),
        unchanged_since=opened.unchanged_since,
    )


def _minutes(
    request: HttpRequest, actor: Actor, found: Talk, opened: OpenedMinutes
) -> minutes_paper.Minutes:
    sheet = _sheet(request, actor, found, opened)
    apart = {CONCLUSION, GROUND_RULES}
    sections = minutes_sections(found, opened, actor.language)
    there = (found.me, found.other, *opened.signers(found))
    wrote = [seat for seat in there if seat.pk == found.conversation.minute_taker_id]
    taker = wrote[0] if wrote else found.other
    return minutes_paper.Minutes(
        head=sheet.head,
        held_on=sheet.held_on,
        written_by=taker.profile.name,
        parties=sheet.parties,
        core_task=_core_task(actor, found),
        sections=tuple(
            minutes_paper.Section(one.title, one.text) for one in sections if one.id not in apart
        ),
        focus_areas=tuple(
            minutes_paper.FocusArea(
                title=goal.title, what_i_do=goal.mine, leader_supports=goal.support
            )
            for goal in opened.focus_areas
        ),
        initiatives=tuple(
            minutes_paper.Initiative(title=goal.title) for goal in opened.initiatives
        ),
        agreements=sheet.agreements,
        conclusion=sheet.conclusion,
        ground_rules=sheet.ground_rules,
        approvals=_approvals(found, opened.row),
        unchanged_since=sheet.unchanged_since,
    )


def _core_task(actor: Actor, found: Talk) -> str:
    return " ".join(row.text for row in core_tasks(actor, found))


def _line(row: AgreementText) -> AgreementLine:
    return AgreementLine(
        what=row.what,
        proposed_solution=row.solution,
        action=row.action,
        who=row.who,
        when=row.due_on,
        follow_up=_follow_up(row),
    )


def _follow_up(row: AgreementText) -> str:
    return " · ".join(filter(None, (row.follow_up, day(row.follow_up_on))))


def _parties(found: Talk, opened: OpenedMinutes) -> tuple[Party, ...]:
    employee, leader = opened.signers(found)
    return tuple(
        Party(label_of(found, seat), seat.profile.name, _signed(opened.signature_of(seat)))
        for seat in (leader, employee)
    )


def label_of(found: Talk, seat: Participant) -> str:
    """What the part is called in this kind of talk."""
    return str(found.kind.leader if seat.part == Part.LEADER else found.kind.employee)


def _signed(signature: Signature | None) -> parties.Signature | None:
    if signature is None:
        return None
    if signature.how == Signature.How.PAPER and signature.confirmed_at is None:
        return None
    return parties.Signature(signature.at.astimezone(COPENHAGEN).date(), HOWS[signature.how])


def _approvals(found: Talk, row: Minutes | None) -> tuple[minutes_paper.Approval, ...]:
    """The other party's, where the kind asks for it and the minutes have been sent."""
    if row is None or not found.kind.approves or row.sent_at is None:
        return ()
    i_take = found.conversation.minute_taker_id == found.me.pk
    approver = found.other if i_take else found.me
    on = row.approved_at.astimezone(COPENHAGEN).date() if row.approved_at else None
    return (minutes_paper.Approval(label_of(found, approver), approver.profile.name, on),)


def _preparation(request: HttpRequest, actor: Actor, found: Talk) -> PreparationPaper:
    paper = on_paper(
        found.document,
        found.me.part,  # type: ignore[arg-type]
        head=_head(request, actor),
        names=Names(str(found.kind.employee), str(found.kind.leader)),
        who_can_see=eye_line(contents.PREPARATION, found),
    )
    return replace(paper, purpose=_headed(actor, found, paper.purpose))


def _headed(actor: Actor, found: Talk, purpose: str) -> str:
    """The core task first, as on the screen; then what the talk is for."""
    words = _core_task(actor, found)
    head = _("Our core task: %(words)s") % {"words": words} if words else ""
    return "\n\n".join(filter(None, (head, purpose)))
