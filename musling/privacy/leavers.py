"""Whoever has left goes altogether, once nothing names her or him any more.

The log names people for its own years, so that everybody can see who looked; the proof of a talk
names both parties. What is left after that (name, number, addresses, employments, and a log-in
that belongs to nobody else) is removed.
"""

from typing import Any

from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, Model, OuterRef, Q, QuerySet

from musling.activity import log
from musling.activity.expiring import forgotten_before
from musling.calendars.actions import forget_all_of
from musling.calendars.models import BusyTime, Feed, OwnCalendar, WorkingHours
from musling.conversations.models import JointPart, JointTalk
from musling.foundation.actor import program
from musling.mail.models import Delivery, Digest, MailChoices, Reminder
from musling.organisations.models import Organisation
from musling.people.models import Activation, Employment, Leadership, Person, Profile, Role
from musling.privacy.batches import in_batches
from musling.rounds.models import FormChoice, FormSent, HelpAsked, LeftOut, Place, Step
from musling.vault import keys

# These go along; whatever else points to a profile or an employment holds it.
OF_MAIL = (Delivery, Digest, Reminder)
GOES_ALONG: tuple[type[Model], ...] = (
    *(Employment, Leadership, Role, Activation),
    *(*OF_MAIL, MailChoices),
    *(Place, FormSent, HelpAsked),
    *(JointTalk, JointPart),
    *(LeftOut, FormChoice, Step),  # these stay, and name nobody any more
    *(WorkingHours, OwnCalendar, BusyTime, Feed),
)
REASON = "left"


def gone() -> QuerySet[Profile]:
    """Profiles that had an employment or a role, none for so long, and that nothing names."""
    before = forgotten_before().date()
    ever: dict[str, Any] = {"profile": OuterRef("pk")}
    lately = Q(ends_on=None) | Q(ends_on__gte=before)
    rows = Profile.objects.filter(
        Exists(Employment.objects.filter(**ever)) | Exists(Role.objects.filter(**ever)),
        ~Exists(Employment.objects.filter(lately, **ever)),
        ~Exists(Role.objects.filter(lately, **ever)),
    )
    for model, name in _pointing_to(Profile):
        rows = rows.exclude(Exists(model.objects.filter(**{name: OuterRef("pk")})))
    for model, name in _pointing_to(Employment):
        named = model.objects.filter(**{f"{name}__profile": OuterRef("pk")})
        rows = rows.exclude(Exists(named))
    return rows


def _pointing_to(target: type[Model]) -> list[tuple[Any, str]]:
    """Tables and columns that hold a row of ``target``; new ones are found by themselves."""
    relations = target._meta.get_fields(include_hidden=True)  # noqa: SLF001 (Django's own name)
    return [
        (relation.related_model, relation.field.name)
        for relation in relations
        if isinstance(relation, ForeignObjectRel) and relation.related_model not in GOES_ALONG
    ]


def remove() -> int:
    """Removes them; returns how many. Each batch commits by itself; safe to run twice."""
    done = 0
    for organisation in Organisation.objects.order_by("pk").values_list("pk", flat=True):
        for some in in_batches(gone().filter(organisation=organisation)):
            done += _remove(organisation, [profile.pk for profile in some])
    return done


@transaction.atomic
def _remove(organisation: int, ids: list[int]) -> int:
    # Whoever takes somebody on again meanwhile waits here, or is seen by the second look.
    list(Profile.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    ids = list(gone().filter(pk__in=ids).values_list("pk", flat=True))
    rows = Profile.objects.filter(pk__in=ids)
    persons = list(rows.exclude(person=None).values_list("person", flat=True))
    own = Employment.objects.filter(profile__in=ids)
    Activation.objects.filter(made_by__in=ids).update(made_by=None)
    LeftOut.objects.filter(noted_by__in=ids).update(noted_by=None)
    FormChoice.objects.filter(chosen_by__in=ids).update(chosen_by=None)
    Step.objects.filter(done_by__in=ids).update(done_by=None)
    FormSent.objects.filter(sent_by__in=ids).update(sent_by=None)
    HelpAsked.objects.filter(answered_by__in=ids).update(answered_by=None)
    JointPart.objects.filter(agreed_by__in=ids).update(agreed_by=None)
    forget_all_of(ids)
    for going in (
        JointTalk.objects.filter(profile__in=ids),
        Place.objects.filter(employment__in=own),
        FormSent.objects.filter(leader__in=ids),
        HelpAsked.objects.filter(leader__in=ids),
        *(model.objects.filter(recipient__in=ids) for model in OF_MAIL),
        MailChoices.objects.filter(profile__in=ids),
        Activation.objects.filter(profile__in=ids),
        Role.objects.filter(profile__in=ids),
        Leadership.objects.filter(employment__in=own),
        own,
        rows,
    ):
        going.delete()
    _remove_log_ins(persons)
    log.note_each(program(organisation), "person.removed", [(pk, None, {}) for pk in ids])
    return len(ids)


def _remove_log_ins(persons: list[int]) -> None:
    """Those that no organisation knows any more, with their second factors."""
    # The ledger cannot be taken back: nobody may be linked to a log-in after the look.
    list(Person.objects.select_for_update().filter(pk__in=persons).order_by("pk"))
    unknown = list(Person.objects.filter(pk__in=persons, profiles=None).select_related("key"))
    keys.destroy([row.key for row in unknown if row.key], reason=REASON)
    Person.objects.filter(pk__in=[row.pk for row in unknown]).delete()
