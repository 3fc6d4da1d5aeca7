"""A frame as it stands on paper: for one part or for the whole talk, in one language."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from musling.documents.letterhead import Letterhead
from musling.documents.preparation_paper import (
    PaperItem,
    PaperLifePhase,
    PaperTheme,
    Point,
    PreparationPaper,
)
from musling.frames import document as frame
from musling.frames.document import FrameDocument, Item, Part, Theme, text
from musling.frames.raw_table import Text

Side = Literal["employee", "leader", "both"]
SIDES: tuple[Side, ...] = ("employee", "leader", "both")


def sides_of(document: FrameDocument) -> tuple[Side, ...]:
    """For whom there is something to fill in: a part that prepares nothing needs no paper."""
    parts: tuple[Part, ...] = ("employee", "leader")
    return (*(part for part in parts if document.items_for(part)), "both")


@dataclass(frozen=True, slots=True)
class Names:
    """What the two are called in this kind of talk."""

    employee: str
    leader: str

    def of(self, part: Part) -> str:
        """What that part is called."""
        return self.leader if part == "leader" else self.employee

    def both(self) -> str:
        """Both of them."""
        return _("%(one)s and %(other)s") % {"one": self.employee, "other": self.leader}


def on_paper(
    document: FrameDocument,
    side: Side,
    *,
    head: Letterhead,
    names: Names,
    who_can_see: str = "",
) -> PreparationPaper:
    """All that this side of the talk reads and fills in, in the language of the letterhead."""
    with head.wording():
        return _Reader(document, head.language, names).paper(side, head, who_can_see)


@dataclass(frozen=True, slots=True)
class _Reader:
    document: FrameDocument
    language: str
    names: Names

    def paper(self, side: Side, head: Letterhead, who_can_see: str) -> PreparationPaper:
        document, scale, both = self.document, self.document.scale, side == "both"
        return PreparationPaper(
            head=head,
            for_whom=self.names.both() if side == "both" else self.names.of(side),
            themes=self._whole_talk() if side == "both" else self._themes_for(side),
            purpose="\n\n".join(self._all(document.purpose.paragraphs)),
            aims=self._points(document.purpose.aims),
            four_points=self._points(document.four_points),
            guidance=() if side == "both" else self._guidance(side),
            who_can_see=who_can_see,
            scale_low=self._words(scale.low if scale else None),
            scale_high=self._words(scale.high if scale else None),
            scale_explanation=self._words(scale.explanation if scale else None),
            life_phases=tuple(self._life_phase(phase) for phase in document.life_phases),
            chooses_phase=side == "employee",
            minutes=document.minutes or 0,
            asks_topics=not both,
            whole_talk=both,
        )

    def _themes_for(self, part: Part) -> tuple[PaperTheme, ...]:
        kept = (
            (theme, [item for item in theme.items if part in item.for_parts])
            for theme in self.document.themes_for(part)
        )
        return tuple(
            self._theme(theme, (self._item(item, part) for item in items))
            for theme, items in kept
            if items
        )

    def _whole_talk(self) -> tuple[PaperTheme, ...]:
        return tuple(
            self._theme(theme, (self._item_for_both(item) for item in theme.items))
            for theme in self.document.themes
        )

    def _theme(self, theme: Theme, items: Iterable[PaperItem]) -> PaperTheme:
        phases = {"back": _("Since last time"), "now": _("Right now"), "ahead": _("Ahead")}
        return PaperTheme(
            title=self._words(theme.title),
            items=tuple(items),
            phase=phases[theme.phase],
            minutes=theme.minutes or 0,
            introduction=self._words(theme.intro),
            help_questions=self._all(theme.help),
        )

    def _item(
        self, item: Item, part: Part, mirror: str = "", answered_by: tuple[str, ...] = ()
    ) -> PaperItem:
        return PaperItem(
            text=self._words(item.text_for(part)),
            type=item.type,
            mirror=mirror,
            explanation=self._words(item.explanation_for(part)),
            mandatory=item.mandatory,
            help_questions=self._all(item.help),
            options=self._all(option.text for option in item.options),
            columns=self._all(column.text for column in item.columns),
            rows=item.rows,
            answered_by=answered_by,
        )

    def _item_for_both(self, item: Item) -> PaperItem:
        """With a field for each who answers it; the leader's wording where it is another."""
        if item.for_parts == ("leader",):
            return self._item(item, "leader", answered_by=(self.names.leader,))
        if item.together:
            return self._item(item, "employee", answered_by=(_("Together, in the talk"),))
        own, mirrored = self._words(item.text), self._words(item.text_leader)
        asks = "leader" in item.for_parts and mirrored not in ("", own)
        mirror = f"{self.names.leader}: {mirrored}" if asks else ""
        return self._item(
            item, "employee", mirror, tuple(self.names.of(part) for part in item.for_parts)
        )

    def _guidance(self, part: Part) -> tuple[str, ...]:
        guidance = self.document.guidance
        return self._all(guidance.leader if part == "leader" else guidance.employee)

    def _life_phase(self, phase: frame.LifePhase) -> PaperLifePhase:
        return PaperLifePhase(
            title=self._words(phase.title),
            explanation=self._words(phase.explanation),
            help_questions=self._all(phase.help),
        )

    def _points(self, points: Iterable[frame.Point]) -> tuple[Point, ...]:
        return tuple((self._words(point.title), self._words(point.text)) for point in points)

    def _all(self, texts: Iterable[Text]) -> tuple[str, ...]:
        return tuple(self._words(one) for one in texts)

    def _words(self, one: Text | None) -> str:
        return text(one, self.language) if one else ""
