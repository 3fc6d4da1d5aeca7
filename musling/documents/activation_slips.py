"""Slips that let somebody without a work e-mail log in for the first time.

Handed over on paper by a leader or HR. A slip works once; it says so, and what to do.
"""

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import segno
from django.utils.translation import gettext as _

from musling.documents.letterhead import Letterhead, day
from musling.documents.typesetting import typeset

GROUP = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationSlip:
    """One person's slip.

    ``code`` as it is typed, without blanks; ``address`` is the page where one types it; ``link`` is
    what the QR code opens (address and code in one).
    """

    name: str
    code: str
    address: str
    link: str
    valid_until: dt.date


def activation_slips(
    head: Letterhead, slips: Sequence[ActivationSlip], *, per_page: Literal[1, 4] = 1
) -> bytes:
    """The slips as a PDF, in the order given: one to a page, or four to be cut apart.

    Raises ValueError without slips, TypesettingFailedError where none comes out.
    """
    if not slips:
        raise ValueError("No slips to print.")
    with head.wording():
        data = head.page(_("Your way into Musling")) | {
            "per-page": per_page,
            "slips": [_slip(slip) for slip in slips],
            "labels": {
                "code": _("Your one-time code"),
                "address": _("Go to"),
                "valid": _("Valid until"),
                "qr": _("QR code that opens the page with your code filled in"),
            },
            "steps": [
                _("Scan the QR code with a phone, or type the address and the code."),
                _("Choose a password and add an e-mail address of your own."),
                _("Throw this slip away. It works once, and only for you."),
            ],
        }
    return typeset("activation_slips.typ", data, made_at=head.made_at)


def grouped(code: str) -> str:
    """``ABCDEFGHJK`` as ``ABCD EFGH JK``: easier to read aloud and to type."""
    return " ".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def _slip(slip: ActivationSlip) -> dict[str, Any]:
    return {
        "name": slip.name,
        "greeting": _("For {name}").format(name=slip.name),
        "code": grouped(slip.code),
        "address": slip.address,
        "valid-until": day(slip.valid_until),
        "qr": _qr(slip.link),
    }


def _qr(link: str) -> list[int]:
    """The bytes of an SVG of one path; survives a crease or a coffee ring (level M)."""
    picture = io.BytesIO()
    segno.make_qr(link, error="m").save(
        picture, kind="svg", xmldecl=False, border=2, dark="#1a1a1a"
    )
    return list(picture.getvalue())
