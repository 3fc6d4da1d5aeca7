"""The two (or more) who talked: what they are called, and whether they have signed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

from musling.documents.letterhead import day

How = Literal["here", "together", "paper"]


@dataclass(frozen=True, slots=True)
class Signature:
    """That one party signed: ``here`` is alone in Musling, ``together`` is on one screen."""

    on: dt.date
    how: How = "here"

    def sentence(self) -> str:
        """One line for the signature field, in the language that is on."""
        sentences = {
            "here": _("Signed in Musling on {date}"),
            "together": _("Signed together on one screen on {date}"),
            "paper": _("Signed on paper on {date}"),
        }
        return sentences[self.how].format(date=day(self.on))


@dataclass(frozen=True, slots=True)
class Party:
    """``label`` is the part played (Leader, Employee, Helper …), in the document's language.

    An empty ``name`` is a line to write on, as is a missing signature.
    """

    label: str
    name: str = ""
    signed: Signature | None = None


def fields(parties: Sequence[Party]) -> list[dict[str, Any]]:
    """The signature fields as ``templates/paper.typ`` draws them."""
    return [
        {
            "label": party.label,
            "name": party.name,
            "signed": party.signed.sentence() if party.signed else "",
            "signature-label": _("Signature – {party}").format(party=party.label),
        }
        for party in parties
    ]
