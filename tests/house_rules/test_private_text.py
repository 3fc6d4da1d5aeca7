"""Every free text of the domain is sealed, or stands on a list of public texts with a reason."""

import pytest
from django.apps import apps
from django.db import models

from musling.vault.models import SealedField, SealedModel

OURS = [app.label for app in apps.get_app_configs() if app.name.startswith("musling.")]
# What everybody in the organisation may see, or what carries no words of a person.
PUBLIC = {
    "organisations.organisation": {"slug", "name", "talk_name", "accent"},
    "organisations.unit": {"number", "name", "path"},
    "people.person": {"password", "email", "language"},  # a hash; an address; two letters
    "people.profile": {"number", "first_name", "last_name", "email", "mobile", "language"},
    "people.employment": {"number", "title", "agreement"},
    "people.activation": {"code_hash"},
    "calendars.workinghours": {"days"},  # weekdays and times of day
    "calendars.feed": {"secret_hash"},
    "frames.framecontent": {"hash", "document"},  # what is asked is public
    "frames.frame": {"kind", "name", "standard"},
    "frames.frameversion": {"note"},
    # What is asked, before it is published, and what leaders and committees add: pages say so.
    "frames.framedraft": {"kind", "document", "original_name", "original", "presses"},
    "frames.draftstep": {"document", "what", "element"},
    "frames.teamversion": {"kind", "changes"},
    "frames.organisationtheme": {"document"},
    "frames.requireditem": {"kinds", "item", "document"},
    "frames.coretask": {"text", "validated_by"},
    "conversations.conversation": {"kind", "place"},  # the place stands in two calendars
    "conversations.offer": {"how", "times", "place", "proposed_times"},  # dates: they are proof
    "conversations.jointtalk": {"kind"},
    "conversations.sharedtimes": {"times"},  # of nobody in particular
    "conversations.answer": {"item"},
    "conversations.handedin": {"item"},
    "conversations.minutes": {"hash"},  # keyed by a sealed salt
    "conversations.minutessection": {"section"},
    "conversations.signature": {"hash"},
    "conversations.counted": {"places", "years"},  # paths of units, and numbers
    "conversations.tally": {"sort"},  # the unit's name
    "conversations.tallieduntil": {"years"},
    # A plan for the whole organisation, and its joint note: the form says of nobody in particular.
    "rounds.round": {"kind", "name", "leader_word", "run", "note"},
    "rounds.keptpreview": {"run", "counts"},  # numbers and ids
    "rounds.leftout": {"words", "reason"},  # of a unit, a title or an agreement
    "rounds.ruling": {"oddity", "answer"},
    "rounds.place": {"waits", "closed_why"},  # one of a few words of ours
    "rounds.step": {"texts", "ticked"},
    "rounds.evaluation": {"own_question"},  # HR's words, asked of everybody
    "rounds.evaluationfigure": {"question"},
    "rounds.evaluationtext": {"question"},
    "activity.activity": {"verb", "more"},  # ids and dates only: see test_activity
    "activity.reading": {"content"},
    "activity.batch": {"log", "ids", "prints_hash", "before", "hash"},  # hashes over ids and dates
    "work.run": {"name", "arguments", "cursor", "result", "problem"},
    "privacy.announcement": {"rule"},
    "privacy.retentionperiod": {"kind", "rule"},
    "vault.key": {"purpose", "reason"},
    # The mail server's own words; a keyed hash of an address.
    "mail.delivery": {"mail", "message_id", "problem", "refused_at"},
    "mail.mailchoices": {"turned_down"},  # names in the catalogue
    "mail.digest": {"taken_by"},  # a random token
    "mail.reminder": {"reason"},  # a name in the program
    "schedule.turn": {"job", "problem"},
    "identity.cacheentry": {"cache_key", "value"},  # rate limits of log-in
}
OPEN_TEXT = (models.CharField, models.TextField, models.JSONField, models.FileField)
FIXED = ("public_id",)


def open_texts(model: type[models.Model]) -> set[str]:
    """Columns that could hold what a person wrote: not sealed, not one of fixed choices."""
    return {
        field.name
        for field in model._meta.get_fields()
        if isinstance(field, OPEN_TEXT)
        and not isinstance(field, SealedField)
        and not field.choices
        and field.name not in FIXED
    }


@pytest.mark.parametrize(
    "model", [m for label in OURS for m in apps.get_app_config(label).get_models()]
)
def test_every_free_text_is_sealed_or_on_the_list(model):
    listed = PUBLIC.get(model._meta.label_lower, set())
    assert open_texts(model) == listed, f"{model._meta.label}: seal it, or list it with a reason"


def test_every_sealed_field_stands_in_a_table_that_destroying_walks():
    for label in OURS:
        for model in apps.get_app_config(label).get_models():
            sealed = [f.name for f in model._meta.fields if isinstance(f, SealedField)]
            assert not sealed or issubclass(model, SealedModel), model


def test_every_row_of_the_domain_carries_its_organisation():
    without = {
        "people.person",
        "people.activation",
        "organisations.organisation",
        "identity.heldpost",
    }
    for label in ("organisations", "people", "calendars", "frames", "conversations"):
        for model in apps.get_app_config(label).get_models():
            if model._meta.label_lower in without:
                continue
            names = {field.attname for field in model._meta.fields}
            assert "organisation_id" in names, model
