"""What stands on every document: from whom, in which language, made when."""

import datetime as dt
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from django.utils import dateformat, translation
from django.utils.translation import gettext as _

DAY = {"da": "j. F Y", "en": "j F Y"}
REGIONS = {"da": "DK", "en": "GB"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """``talk_name`` is what the organisation calls its talks; ``made_at`` is aware."""

    language: str
    organisation: str
    talk_name: str
    made_at: dt.datetime

    def wording(self) -> AbstractContextManager[None]:
        """Within it, gettext speaks the document's language."""
        return translation.override(self.language)

    def page(self, title: str) -> dict[str, Any]:
        """What ``templates/paper.typ`` needs. Call it within ``wording``."""
        return {
            "title": f"{title} – {self.talk_name}",
            "heading": title,
            "language": self.language,
            "region": REGIONS.get(self.language),
            "organisation": self.organisation,
            "talk-name": self.talk_name,
            "footer": f"{title} · {self.talk_name} · {self.organisation}",
            "page-of": _("Page {page} of {pages}"),
        }


def day(value: dt.date | None) -> str:
    """``3. maj 2026`` in the language that is on; empty for None."""
    if value is None:
        return ""
    return dateformat.format(value, DAY.get(translation.get_language() or "da", DAY["da"]))


def day_or_words(value: dt.date | str | None) -> str:
    """A date written out, or what somebody wrote instead of one."""
    return value if isinstance(value, str) else day(value)
