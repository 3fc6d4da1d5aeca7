"""What changes an organisation and its tree of units.

Who may do it takes a role, and roles lie above: ``people.actions`` asks, then calls these. Here
stands what keeps the tree a tree. Each notes itself in ``activity`` in the same transaction.
"""

import datetime as dt

from django.db import connection, transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat, Length, Substr
from django.utils.translation import gettext as _

from musling.activity import log
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.fingerprints import refuse_if_changed
from musling.foundation.problems import NotThere, Refused
from musling.foundation.public_ids import new_public_id
from musling.organisations.models import Organisation, Unit

# First parts of addresses that belong to the installation; no organisation may be called so.
RESERVED_SLUGS = frozenset(
    {
        *("account", "accounts", "accessibility", "activate", "activation", "admin", "api"),
        *("calendar", "code", "confirm", "create", "demo", "favicon", "files", "health", "help"),
        *("hide", "home", "language", "log-in", "log-out", "login", "logout", "mail", "manifest"),
        *("media", "musling", "new", "password", "robots", "security", "session", "sessions"),
        *("setup", "static", "status", "style", "system", "test", "well-known", "www", "da", "en"),
    }
)
UNIT_FIELDS = ("number", "name", "closed_on")  # what the form of a unit shows
MAX_PATH = 400


@transaction.atomic
def found(*, name: str, slug: str, sector: str, talk_name: str) -> Organisation:
    """A new organisation without units and people. Nobody is there yet, so there is no actor.

    Raises Refused (field ``slug``) where the address is taken or belongs to the installation.
    """
    if slug in RESERVED_SLUGS or Organisation.objects.filter(slug=slug).exists():
        raise Refused(_("This address is taken. Choose another."), "slug")
    return Organisation.objects.create(
        name=name, slug=slug, sector=sector, talk_name=talk_name or "MUS", made_at=clock.now()
    )


def wait_for_others_who_found() -> None:
    """Lets one founding at a time through until the transaction ends; two would both be first."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE organisations_organisation IN SHARE ROW EXCLUSIVE MODE")


@transaction.atomic
def add_unit(actor: Actor, *, name: str, number: str = "", parent: Unit | None = None) -> Unit:
    """A new unit, at the top or below ``parent``; without a number it gets one of its own."""
    one_at_a_time(actor)
    parent = _as_it_stands(actor, parent) if parent else None
    if parent and parent.closed_on:
        raise Refused(_("This unit is closed. Choose one that is open."), "parent")
    public_id = new_public_id()
    number = number or public_id
    refuse_number_taken(actor, number)
    unit = Unit.objects.create(
        public_id=public_id,
        organisation_id=actor.organisation_id,
        number=number,
        name=name,
        parent=parent,
    )
    # The path holds the unit's own id, which is known only now.
    unit.path = _path(unit, parent)
    unit.save(update_fields=["path"])
    log.note(actor, "unit.added", object_id=unit.pk)
    return unit


@transaction.atomic
def rename_unit(actor: Actor, unit: Unit, *, name: str, number: str, seen: str = "") -> Unit:
    """Gives the unit this name and number. ``seen``: the mark of the form, see fingerprints.

    Raises Refused (field ``number``) where another unit has the number, ChangedMeanwhile.
    """
    unit = _as_it_stands(actor, unit)
    refuse_if_changed(unit, UNIT_FIELDS, seen)
    if number != unit.number:
        refuse_number_taken(actor, number)
    unit.name, unit.number = name, number
    unit.save(update_fields=["name", "number"])
    log.note(actor, "unit.changed", object_id=unit.pk)
    return unit


@transaction.atomic
def move_unit(actor: Actor, unit: Unit, *, parent: Unit | None) -> Unit:
    """Moves the unit with all below it under ``parent`` (none: to the top); two updates in all.

    Raises Refused (field ``parent``) for a circle.
    """
    one_at_a_time(actor)
    unit = _as_it_stands(actor, unit)
    parent = _as_it_stands(actor, parent) if parent else None
    if parent and parent.path.startswith(unit.path):
        raise Refused(circle(), "parent")
    if parent and parent.closed_on:
        raise Refused(_("This unit is closed. Choose one that is open."), "parent")
    old, new = unit.path, _path(unit, parent)
    below = Unit.objects.filter(organisation_id=actor.organisation_id, path__startswith=old)
    _refuse_too_deep(below, len(new) - len(old))
    below.update(path=Concat(Value(new), Substr("path", len(old) + 1)))
    Unit.objects.filter(pk=unit.pk).update(parent=parent)
    log.note(actor, "unit.changed", object_id=unit.pk)
    unit.refresh_from_db()
    return unit


@transaction.atomic
def move_all_below(actor: Actor, unit: Unit, *, parent: Unit | None) -> list[int]:
    """Moves all units below this one under ``parent`` (none: to the top); two updates in all.

    Returns the ids of those that lay right below. Raises Refused (field ``parent``) for a circle.
    """
    one_at_a_time(actor)
    unit = _as_it_stands(actor, unit)
    parent = _as_it_stands(actor, parent) if parent else None
    if parent and parent.path.startswith(unit.path) and parent.pk != unit.pk:
        raise Refused(circle(), "parent")
    new = parent.path if parent else "/"
    own = Unit.objects.filter(organisation_id=actor.organisation_id)
    below = own.filter(path__startswith=unit.path).exclude(pk=unit.pk)
    _refuse_too_deep(below, len(new) - len(unit.path))
    moved = list(own.filter(parent=unit).order_by("pk").values_list("pk", flat=True))
    below.update(path=Concat(Value(new), Substr("path", len(unit.path) + 1)))
    own.filter(pk__in=moved).update(parent=parent)
    log.note_many(actor, [("unit.changed", pk, None) for pk in moved])
    return moved


@transaction.atomic
def close_unit(actor: Actor, unit: Unit, *, day: dt.date) -> Unit:
    """Closes the unit from the date on. Open units below it must be moved or closed first."""
    one_at_a_time(actor)
    unit = _as_it_stands(actor, unit)
    if unit.children.filter(closed_on=None).exists():
        raise Refused(_("There are open units below this one. Move or close them first."))
    unit.closed_on = day
    unit.save(update_fields=["closed_on"])
    log.note(actor, "unit.closed", object_id=unit.pk)
    return unit


def one_at_a_time(actor: Actor) -> None:
    """Holds the organisation's row until the transaction ends.

    Two changes of the same tree at once could make a circle that neither would make alone.
    """
    # Not its key: rows that only point to the organisation are written meanwhile.
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.organisation_id)


def _as_it_stands(actor: Actor, unit: Unit) -> Unit:
    """The unit read anew and locked; NotThere for one of another organisation."""
    own = Unit.objects.select_for_update().filter(organisation_id=actor.organisation_id)
    found = own.filter(pk=unit.pk).first()
    if found is None:
        raise NotThere
    return found


def refuse_number_taken(actor: Actor, number: str) -> None:
    """Raises Refused (field ``number``) where a unit has the number."""
    if Unit.objects.filter(organisation_id=actor.organisation_id, number=number).exists():
        raise Refused(_("Another unit has this number. Choose another."), "number")


def _path(unit: Unit, parent: Unit | None) -> str:
    path = f"{parent.path if parent else '/'}{unit.pk}/"
    if len(path) > MAX_PATH:
        raise _too_deep()
    return path


def _refuse_too_deep(below: QuerySet[Unit], longer: int) -> None:
    deepest = below.annotate(characters=Length("path")).filter(characters__gt=MAX_PATH - longer)
    if longer > 0 and deepest.exists():
        raise _too_deep()


def circle() -> str:
    """Why a unit cannot lie there: what to do about it."""
    return _("A unit cannot lie under itself or under a unit of its own. Choose another place.")


def _too_deep() -> Refused:
    return Refused(too_many_levels(), "parent")


def too_many_levels() -> str:
    """Why a unit cannot lie so deep: what to do about it."""
    return _("This is too many levels of units. Choose a place higher up.")
