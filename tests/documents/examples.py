"""Documents to try things on, and how to read the text of one."""

import datetime as dt
import re
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from musling.documents.agreement_sheet import AgreementLine, AgreementSheet
from musling.documents.letterhead import Letterhead
from musling.documents.parties import Party, Signature

MADE_AT = dt.datetime(2026, 5, 3, 12, 0, tzinfo=dt.UTC)
DANISH = Letterhead(language="da", organisation="Havneby Kommune", talk_name="MUS", made_at=MADE_AT)
ENGLISH = Letterhead(
    language="en", organisation="Havneby Kommune", talk_name="MUS", made_at=MADE_AT
)
PARTIES = (
    Party("Leder", "Lars Friis", Signature(dt.date(2026, 5, 3))),
    Party("Medarbejder", "Åse Møller"),
)


def line(number: int) -> AgreementLine:
    """An agreement whose every field can be told from every other's."""
    return AgreementLine(
        what=f"Emne{number}",
        proposed_solution=f"Forslag{number}",
        action=f"Handling{number}",
        who=f"Person{number}",
        when=dt.date(2027, 1, number % 28 + 1),
        follow_up=f"Siden{number}",
    )


def sheet(count: int = 3, head: Letterhead = DANISH, **changes: Any) -> AgreementSheet:
    """A filled sheet with so many agreements."""
    filled: dict[str, Any] = {
        "held_on": dt.date(2026, 4, 28),
        "parties": PARTIES,
        "agreements": tuple(line(number) for number in range(1, count + 1)),
        "conclusion": "Et godt år.",
        "ground_rules": "Vi siger det på dagen.",
        "unchanged_since": dt.date(2026, 5, 3),
    }
    return AgreementSheet(head=head, **(filled | changes))


def pages(pdf: bytes) -> list[str]:
    """Each page's text, on one line, without the places where a long word may break."""
    texts = [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]
    return [re.sub(r"\s+", " ", text.replace("\N{ZERO WIDTH SPACE}", "")) for text in texts]


def letters(text: str) -> str:
    """Only what is written, so that it is the same wherever its lines break."""
    return re.sub(r"[\s\u00ad\u200b‐-]", "", text)
