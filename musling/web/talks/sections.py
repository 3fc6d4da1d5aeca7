"""The sections of the minutes as a page shows them: who writes which, what is there."""

import hashlib
from dataclasses import dataclass

from django.utils.translation import gettext as _

from musling.conversations.queries.room import (
    CONCLUSION,
    GROUND_RULES,
    SHARED_SECTIONS,
    WHOLE_TALK,
    OpenedMinutes,
)
from musling.conversations.queries.talks import Talk
from musling.frames.document import Item, Phase, Theme, text


@dataclass(frozen=True)
class Section:
    """One section: a theme, the ground rules, the conclusion, or the talk as a whole.

    ``mine``: the reader writes it on this page. ``may``: the reader could.
    """

    id: str
    title: str
    text: str
    version: int
    mine: bool
    may: bool
    hint: str = ""

    @property
    def is_shared(self) -> bool:
        """Whether every talk has it: its title then needs no more words."""
        return self.id in SHARED_SECTIONS

    @property
    def seen(self) -> str:
        """A short mark of the text that the page shows."""
        return mark_of(self.text)

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return "minutes-" + self.id.replace(".", "-")


def mark_of(text: str) -> str:
    """A short mark of a text, to tell one that was only sent along from one that was changed."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def shared_titles() -> dict[str, str]:
    """The sections that every talk has, in the order in which it ends."""
    return {
        GROUND_RULES: _("Our ground rules"),
        CONCLUSION: _("Conclusion"),
        WHOLE_TALK: _("Anything else"),
    }


def _hints(found: Talk) -> dict[str, str]:
    together = _("Also write here what you answer together.")
    return {theme.id: together for theme in found.document.themes if _is_answered_here(theme)} | {
        GROUND_RULES: _(
            "How you want to work together until next time. Next year's talk opens with them."
        ),
    }


def is_written_in_minutes(theme: Theme, item: Item) -> bool:
    """Whether both answer it in the talk, in the theme's minutes.

    Goals in words are written as focus areas and initiatives instead; a table of them is not.
    """
    return item.together and not (theme.kind == "goals" and item.type == "text")


def _is_answered_here(theme: Theme) -> bool:
    return any(is_written_in_minutes(theme, item) for item in theme.items)


def _has_section(theme: Theme) -> bool:
    return theme.kind != "goals" or _is_answered_here(theme)


def phase_sections(
    found: Talk, opened: OpenedMinutes, phase: Phase, language: str, *, also: str = ""
) -> list[Section]:
    """The sections that belong to a phase; what every talk ends with stands in the last."""
    titles = {
        theme.id: text(theme.title, language)
        for theme, _items in found.document.themes_in(phase)
        if _has_section(theme)
    }
    if phase == "ahead":
        titles |= shared_titles()
    return [_section(found, opened, one, title, also) for one, title in titles.items()]


def minutes_sections(
    found: Talk, opened: OpenedMinutes, language: str, *, also: str = ""
) -> list[Section]:
    """All sections of the minutes in the frame's order."""
    titles = {
        theme.id: text(theme.title, language)
        for theme in found.document.themes
        if _has_section(theme)
    } | shared_titles()
    return [_section(found, opened, one, title, also) for one, title in titles.items()]


def _section(found: Talk, opened: OpenedMinutes, section: str, title: str, also: str) -> Section:
    i_take = found.conversation.minute_taker_id == found.me.pk
    may = i_take or section in SHARED_SECTIONS
    return Section(
        section,
        title,
        opened.sections.get(section, ""),
        opened.versions.get(section, 0),
        mine=i_take or (may and section == also),
        may=may,
        hint=_hints(found).get(section, ""),
    )
