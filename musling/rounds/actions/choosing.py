"""Each unit's leader chooses the form before a date; HR sets only the default (E4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from musling.activity import log
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.organisations.models import Unit
from musling.people.leading import in_force
from musling.people.models import Leadership
from musling.rounds.access import readable_rounds
from musling.rounds.models import Form, FormChoice, Round, State


@dataclass(frozen=True, slots=True)
class OwnUnit:
    """A unit that the actor leads, and the form that holds for it."""

    unit: Unit
    form: str
    chosen: bool


def own_units(actor: Actor, row: Round) -> list[OwnUnit]:
    """The units that the actor leads today, with the form of each; two queries."""
    posts = Leadership.objects.filter(
        in_force(actor.today),
        organisation_id=actor.organisation_id,
        employment__profile_id=actor.profile_id,
    ).select_related("unit")
    units = {post.unit_id: post.unit for post in posts.order_by("unit__name", "unit")}
    rows = FormChoice.objects.filter(round=row, unit__in=units)
    chosen = dict(rows.values_list("unit", "form"))
    return [
        OwnUnit(unit, chosen.get(pk, row.default_form), pk in chosen) for pk, unit in units.items()
    ]


def round_to_choose_in(actor: Actor, public_id: str) -> Round:
    """A round that is announced, for one of its leaders. Raises NotThere."""
    row = readable_rounds(actor).filter(public_id=public_id).first()
    if row is None or row.state == State.CLOSED:
        raise NotThere
    return row


@transaction.atomic
def choose_form(actor: Actor, *, public_id: str, unit: str, form: str) -> None:
    """The unit's leader chooses individual talks, a talk of the group, or both.

    Raises NotThere for who does not lead the unit, Refused after the date.
    """
    row = round_to_choose_in(actor, public_id)
    own = next((one for one in own_units(actor, row) if one.unit.public_id == unit), None)
    if own is None:
        raise NotThere
    if form not in Form.values:
        raise Refused(_("Choose one of the forms on the page."), unit)
    if row.choose_by is None or row.choose_by < actor.today:
        raise Refused(_("The date by which the form is chosen has passed. Ask HR."), unit)
    FormChoice.objects.update_or_create(
        round=row,
        unit=own.unit,
        defaults={
            "organisation_id": actor.organisation_id,
            "form": form,
            "chosen_by_id": actor.profile_id,
            "chosen_at": clock.now(),
        },
    )
    log.note(actor, "round.form_chosen", object_id=row.pk, unit=own.unit.pk)


def forms_chosen(row: Round) -> Sequence[FormChoice]:
    """The choices that differ from the default, by unit; one query."""
    rows = FormChoice.objects.filter(round=row).exclude(form=row.default_form)
    return list(rows.select_related("unit", "chosen_by").order_by("unit__name", "pk"))
