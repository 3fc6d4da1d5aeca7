"""Fitting what is asked to the team: in one talk, or in those that are not offered yet."""

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.conversations.actions.offering import led_talk
from musling.conversations.models import Conversation, Fitting, State
from musling.conversations.queries.fitting import NotBegun, base_of, not_begun, out_of_date
from musling.conversations.queries.talks import Talk
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import Clash, NotThere, Refused
from musling.frames import team_changes
from musling.frames.composing import compose
from musling.frames.document import content_hash
from musling.frames.effective import keep_contents
from musling.frames.models import FrameContent
from musling.frames.team_changes import TeamChanges
from musling.frames.team_editing import check
from musling.frames.team_queries import team_asks
from musling.organisations.models import Unit
from musling.people.leading import headed_units


@transaction.atomic
def fit_talk(actor: Actor, *, public_id: str, changes: TeamChanges, seen: str) -> None:
    """This one talk asks what it asks without the leader's changes, with these instead (row D5).

    The changes are sealed under the talk's key. ``seen``: the hash of what it asked when the leader
    began. Raises NotThere for who does not lead the talk, Clash where it asks something else by
    now, Refused once it was offered, and for what may not be changed.
    """
    found = led_talk(actor, public_id)
    check_can_fit(found)
    base = base_of(found)
    check(base, changes)
    talk = found.conversation
    there = content_hash(found.document)
    if found.is_fitted and there == content_hash(compose(base, team=changes).document):
        return
    if there != seen:
        raise Clash("", 0)
    row = Fitting.objects.filter(conversation=talk).first() or Fitting(
        organisation_id=actor.organisation_id, conversation=talk
    )
    row.made_by, row.made_at = found.me, clock.now()
    row.seal(found.key, "changes", team_changes.to_json(changes))
    row.save()
    talk.content_id, talk.base_content = talk.base_content_id or talk.content_id, None
    talk.fitted_at = row.made_at
    talk.save(update_fields=["content", "base_content", "fitted_at"])
    log.note(actor, "conversation.fitted", object_id=talk.pk, about=found.employee.profile_id)


def check_can_fit(found: Talk) -> None:
    """That what the talk asks can still be changed. Raises Refused, and says why not.

    It closes with the first offer, in a round when the leader sends the form: a day that both know,
    from which on the employee prepares.
    """
    talk = found.conversation
    if found.can_be_fitted:
        return
    if talk.opened_at or talk.held_at or talk.state == State.CANCELLED:
        raise Refused(_("The talk has begun or ended. It keeps the questions that it has."))
    raise Refused(
        _("The talk has been offered. From then on it keeps its questions for both of you.")
    )


def _ask(talk: Conversation, content: FrameContent, base: FrameContent) -> None:
    talk.content = content
    talk.base_content = None if content == base else base


@transaction.atomic
def use_for_not_begun(actor: Actor, *, unit: Unit, kind: str) -> int:
    """The talks of the unit that nobody can prepare yet ask what the team is asked; how many did.

    Each keeps the organisation's version that it began with; one that was fitted alone keeps that.
    A fixed number of statements. Raises NotThere for who does not lead the unit today.
    """
    if not headed_units(actor).filter(pk=unit.pk).exists():
        raise NotThere
    changes = team_asks(actor, unit, kind).stored
    seen = out_of_date(not_begun(actor, unit, kind), changes)
    pks = [row.conversation.pk for row in seen]
    list(Conversation.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk"))
    # What was offered while this waited is left alone.
    rows = out_of_date(not_begun(actor, unit, kind), changes) if pks else []
    rows = [row for row in rows if row.conversation.pk in pks]
    _bring_up_to_date(actor, rows, changes)
    return len(rows)


def _bring_up_to_date(actor: Actor, rows: list[NotBegun], changes: TeamChanges) -> None:
    bases = {row.base.pk: row for row in rows}
    documents = {pk: row.with_changes(changes) for pk, row in bases.items()}
    stored = keep_contents(actor.organisation_id, documents.values())
    for row in rows:
        _ask(row.conversation, stored[id(documents[row.base.pk])], row.base)
    Conversation.objects.bulk_update(
        [row.conversation for row in rows], ["content", "base_content"], batch_size=1000
    )
    log.note_many(
        actor,
        [("conversation.fitted", row.conversation.pk, row.about) for row in rows],
    )
