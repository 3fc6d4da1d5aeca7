"""Both sides of a theme: what the two handed in, beside each other, in the reader's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from musling.conversations.models import Reveal
from musling.conversations.queries.preparation import (
    LIFE_PHASES,
    OLD_AGREEMENT,
    TOPICS,
    OldAgreement,
)
from musling.conversations.queries.talks import Talk
from musling.frames.answers import Said, said
from musling.frames.document import Item, Option, Phase, Theme, text
from musling.web.frames.origin import origin, origin_of_theme
from musling.web.talks.sections import is_written_in_minutes

HandedIn = Mapping[int, Mapping[str, Mapping[str, Any]]]
Value = Mapping[str, Any]
NOTHING = Said()


@dataclass(frozen=True)
class Side:
    """What one party handed in on one item; ``state`` says so where it is nothing."""

    name: str
    said: Said = NOTHING
    state: str = ""

    @property
    def score(self) -> int | None:
        """The number from 0 to 5, where there is one."""
        return self.said.score


@dataclass(frozen=True)
class Pair:
    """One item with both sides. A side is None where the item is not asked of that party."""

    number: int
    words: str
    help: tuple[str, ...]
    employee: Side | None
    leader: Side | None
    type: str = "text"
    origin: str = ""
    in_minutes: bool = False
    options: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def wide(self) -> bool:
        """Whether the two sides need the whole width, one below the other."""
        return self.type == "table"

    @property
    def said(self) -> bool:
        """Whether anybody handed in anything on it."""
        return any(side and not side.state for side in (self.employee, self.leader))


@dataclass(frozen=True)
class Topic:
    """A topic that somebody most wants to talk about."""

    mark: str
    theme: str = ""
    title: str = ""
    phase: str = ""
    own_words: str = ""

    @property
    def anchor(self) -> str:
        """Where its theme stands on the page."""
        return anchor(self.theme)


@dataclass
class ThemeSides:
    """A theme as the room shows it in one phase.

    ``together``: what both answer in the talk, written in the theme's minutes. ``minutes``: how
    long to talk about it, for the leader; None for no time.
    """

    id: str
    title: str
    kind: str
    intro: str
    help: list[str]
    marks: list[str] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    silent: list[Pair] = field(default_factory=list)
    together: list[Pair] = field(default_factory=list)
    origin: str = ""
    minutes: int | None = None

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return anchor(self.id)

    @property
    def is_empty(self) -> bool:
        """Whether it asks nothing in this phase but how last year's agreements went."""
        return not (self.pairs or self.silent or self.together)


def anchor(theme: str) -> str:
    """The id of a theme's part of the page."""
    return "theme-" + theme.replace(".", "-")


class Sides:
    """What both handed in to one talk, ready to be set beside each other."""

    def __init__(self, found: Talk, handed_in: HandedIn, language: str) -> None:
        self.found, self.language = found, language
        self.values = {
            "employee": handed_in.get(found.employee.pk, {}),
            "leader": handed_in.get(found.leader.pk, {}),
        }
        self.names = {
            seat.part: _("You") if seat is found.me else seat.profile.first_name
            for seat in (found.me, found.other)
        }
        # Whoever came after the talk handed in nothing to it.
        self.absent = "" if found.sat_in_it else found.me.part
        self.shares = found.conversation.reveal != Reveal.NEVER
        self.numbers = {item.id: n for n, item in enumerate(found.document.items, 1)}
        self.phases = {
            phase.id: text(phase.title, language) for phase in found.document.life_phases
        }

    def themes(self, phase: Phase) -> list[ThemeSides]:
        """The themes of a phase, those that somebody chose as a topic first."""
        topics = self.topics()
        chosen = [topic.theme for topic in topics if topic.theme]
        themes = [self._theme(t, items) for t, items in self.found.document.themes_in(phase)]
        for theme in themes:
            theme.marks = [topic.mark for topic in topics if topic.theme == theme.id]
            theme.minutes = self._minutes(theme.id, phase)
        return sorted(themes, key=lambda t: chosen.index(t.id) if t.id in chosen else len(chosen))

    def _minutes(self, theme_id: str, phase: Phase) -> int | None:
        """The theme's time, once, where most of it is asked; the clock is the leader's alone."""
        theme = next(one for one in self.found.document.themes if one.id == theme_id)
        return theme.minutes if self.found.i_lead and _main_phase(theme) == phase else None

    def all_themes(self) -> list[ThemeSides]:
        """Every theme on which somebody handed in something, whole, in the frame's order."""
        themes = [self._theme(theme, theme.items) for theme in self.found.document.themes]
        return [theme for theme in themes if theme.pairs]

    def of_kind(self, kind: str) -> list[ThemeSides]:
        """The themes of that kind, whatever their phase."""
        wanted = [theme for theme in self.found.document.themes if theme.kind == kind]
        return [self._theme(theme, theme.items) for theme in wanted]

    def topics(self) -> list[Topic]:
        """What each most wants to talk about, the employee's first."""
        titles = {theme.id: theme for theme in self.found.document.themes}
        result = []
        for part in ("employee", "leader"):
            value = self.values[part].get(TOPICS, {})
            chosen = [titles[one] for one in value.get("chosen", []) if one in titles]
            own = value.get("text", "")
            total = len(chosen) + bool(own)
            for number, theme in enumerate(chosen, 1):
                title = text(theme.title, self.language)
                phase = _main_phase(theme)
                result.append(Topic(self._mark(part, number, total), theme.id, title, phase))
            if own:
                result.append(Topic(self._mark(part, total, total), own_words=own))
        return result

    def _mark(self, part: str, number: int, total: int) -> str:
        known = {"number": number, "total": total, "name": self.names[part]}
        if self.found.me.part == part:
            return _("Your topic %(number)s of %(total)s") % known
        return _("Topic %(number)s of %(total)s from %(name)s") % known

    def on_agreement(self, row: OldAgreement) -> Pair:
        """What both noted while preparing on one of last year's agreements."""
        item = OLD_AGREEMENT + row.public_id
        sides = (self._side("employee", item), self._side("leader", item))
        return Pair(0, row.what, (), *sides)

    def _theme(self, theme: Theme, items: tuple[Item, ...]) -> ThemeSides:
        pairs = [self._pair(theme, item) for item in items if item.type != "agreements"]
        unsaid = [pair for pair in pairs if not pair.said]
        return ThemeSides(
            id=theme.id,
            title=text(theme.title, self.language),
            kind=theme.kind,
            # The steps' introduction helps somebody to begin preparing; here both have begun.
            intro=text(theme.intro, self.language) if theme.intro and theme.kind != "steps" else "",
            help=[text(line, self.language) for line in theme.help],
            pairs=[pair for pair in pairs if pair.said],
            silent=[pair for pair in unsaid if not pair.in_minutes],
            together=[pair for pair in unsaid if pair.in_minutes],
            origin=origin_of_theme(theme),
        )

    def _pair(self, theme: Theme, item: Item) -> Pair:
        words = item.text_for(self.found.me.part)  # type: ignore[arg-type]
        return Pair(
            self.numbers[item.id],
            text(words, self.language),
            tuple(text(line, self.language) for line in item.help),
            self._side("employee", item.id) if self._asked(item, "employee") else None,
            self._side("leader", item.id) if self._asked(item, "leader") else None,
            item.type,
            origin(item, theme),
            is_written_in_minutes(theme, item),
            words_of(item.options, self.language),
            words_of(item.columns, self.language),
        )

    def _asked(self, item: Item, part: str) -> bool:
        return self.shares and part in item.for_parts and part != self.absent

    def _side(self, part: str, item: str) -> Side:
        value = self.values[part].get(item, {})
        if self._is_life_phase(item):
            phases = self.values[part].get(LIFE_PHASES, {})
            value = {**value, "chosen": phases.get("chosen", ())}
        one = said(self.found.document.find(item), value, self.language, self.phases)
        return Side(self.names[part], one, "" if one else _("Not handed in"))

    def _is_life_phase(self, item: str) -> bool:
        asked = self.found.document.find(item)
        return asked is not None and asked.type == "life_phase"


def _main_phase(theme: Theme) -> str:
    """Where a topic leads: the phase of most of the theme's items."""
    phases = [item.phase for item in theme.items]
    return max(phases, key=phases.count) if phases else theme.phase


def words_of(options: tuple[Option, ...], language: str) -> tuple[str, ...]:
    """What can be chosen, or the columns of a table, in the reader's words."""
    return tuple(text(option.text, language) for option in options)
