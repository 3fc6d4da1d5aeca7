"""What the forms of HR have in common: doing a deed, and saying on the form why it was refused."""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from django import forms
from django.db import models, transaction
from django.http import HttpRequest, QueryDict
from django.utils.formats import date_format

from musling.foundation.fingerprints import ChangedMeanwhile, fingerprint
from musling.foundation.problems import NotThere, Refused
from musling.foundation.public_ids import PATTERN

IS_PUBLIC_ID = re.compile(PATTERN)


def slug_of(request: HttpRequest) -> str:
    """The organisation of the address; the gate has found it."""
    return str(request.standing.slug)  # type: ignore[attr-defined]


def public_id_in(values: QueryDict, name: str) -> str:
    """The public id of a query string or a form; empty where none came. NotThere for what is none.

    Nothing else reaches the database: PostgreSQL would break at a NUL.
    """
    value = values.get(name, "")
    if value and not IS_PUBLIC_ID.fullmatch(value):
        raise NotThere
    return value


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the fields that were sent, none being a sending too."""
    return request.POST if request.method == "POST" else None


def saved(form: forms.Form, deed: Callable[[], Any]) -> bool:
    """Does the deed if the form is complete. A refusal goes to its field; nothing typed is lost."""
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            deed()
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        if isinstance(refused, ChangedMeanwhile):
            form.changed_meanwhile = True  # type: ignore[attr-defined]
        return False
    return True


def show_what_stands(form: forms.Form, row: models.Model, fields: Iterable[str]) -> list[Any]:
    """After a clash: each field as it stands now beside what was typed, where they differ.

    The form then carries the mark of what stands, so that saving again means it.
    """
    if not getattr(form, "changed_meanwhile", False):
        return []
    row.refresh_from_db()
    data = QueryDict(mutable=True)
    data.update(form.data)
    data["seen"] = fingerprint(row, fields)
    form.data = data
    stands = {name: _in_words(row, name) for name in fields if name in form.fields}
    return [
        {
            "label": str(form.fields[name].label),
            "now": _as_shown(form.fields[name], now),
            "typed": _as_shown(form.fields[name], typed),
        }
        for name, now in stands.items()
        if (typed := str(form.data.get(form.add_prefix(name), ""))) != now
    ]


def _as_shown(field: forms.Field, value: str) -> str:
    """A value of a form as its reader knows it: a date in words, a choice by its name."""
    if isinstance(field, forms.DateField):
        with suppress(forms.ValidationError):
            day = field.to_python(value)
            return date_format(day, "DATE_FORMAT") if day else ""
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    return value


def _in_words(row: models.Model, name: str) -> str:
    value = getattr(row, name)
    if isinstance(value, models.Model):
        return f"{value} · {getattr(value, 'number', '')}"
    return "" if value is None else str(value)
