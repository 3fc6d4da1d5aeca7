"""What a leader changed in what is asked, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from musling.frames.composing import Misfit
from musling.frames.document import FrameDocument, text
from musling.frames.team_changes import TeamChanges
from musling.frames.team_editing import Differences


@dataclass(frozen=True, slots=True)
class Told:
    """The differences as lists of words; ``line`` in one line."""

    line: str
    added: list[str]
    left_out: list[str]
    helped: list[tuple[str, list[str]]]
    reordered: bool


def told(found: Differences, language: str) -> Told:
    """The differences between two documents in the reader's language."""
    return Told(
        line=in_one_line(len(found.added), len(found.left_out), len(found.helped), found.reordered),
        added=[text(item.text, language) for item in found.added],
        left_out=[text(item.text, language) for item in found.left_out],
        helped=[
            (text(item.text, language), [text(one, language) for one in own])
            for item, own in found.helped
        ],
        reordered=found.reordered,
    )


def told_of_changes(changes: TeamChanges, words: dict[str, str], language: str) -> Told:
    """The same of changes alone. ``words``: the text of each item that they may name."""
    unknown = _("a question that is not asked any more")
    return Told(
        line=in_one_line(
            len(changes.added),
            len(changes.hidden),
            len(changes.help),
            bool(changes.order or changes.themes),
        ),
        added=[text(one.item.text, language) for one in changes.added],
        left_out=sorted(words.get(one, unknown) for one in changes.hidden),
        helped=[
            (words.get(one, unknown), [text(own, language) for own in texts])
            for one, texts in changes.help.items()
        ],
        reordered=bool(changes.order or changes.themes),
    )


def in_one_line(added: int, left_out: int, helped: int, reordered: bool) -> str:
    """ "2 questions added, 1 left out"; empty for nothing."""
    parts = [
        ngettext("%(n)s question added", "%(n)s questions added", added) % {"n": added}
        if added
        else "",
        ngettext("%(n)s question left out", "%(n)s questions left out", left_out) % {"n": left_out}
        if left_out
        else "",
        ngettext(
            "own help questions to %(n)s question", "own help questions to %(n)s questions", helped
        )
        % {"n": helped}
        if helped
        else "",
        _("another order") if reordered else "",
    ]
    return ", ".join(part for part in parts if part)


def misfits_in_words(
    misfits: Iterable[Misfit],
    changes: TeamChanges,
    documents: Iterable[FrameDocument],
    language: str,
) -> list[str]:
    """What no longer fits, and what to do about each. ``documents``: where the words are found."""
    words = {
        item.id: text(item.text, language) for document in documents for item in document.items
    } | {one.item.id: text(one.item.text, language) for one in changes.added}
    return [_sentence(one, words, changes, language) for one in misfits]


def _sentence(misfit: Misfit, words: dict[str, str], changes: TeamChanges, language: str) -> str:
    named = {"question": words.get(misfit.what, _("A question"))}
    if misfit.why == "help-gone":
        own = [text(one, language) for one in changes.help.get(misfit.what, ())]
        return _(
            "“%(question)s” is not asked any more. Your help questions to it: “%(help)s”. Write "
            "them to another question if you still need them."
        ) % (named | {"help": "” “".join(own)})
    return _SENTENCES[misfit.why]() % named


_SENTENCES = {
    "hidden-mandatory": lambda: _(
        "“%(question)s” has become mandatory. You had left it out; it is asked again."
    ),
    "hidden-gone": lambda: _(
        "“%(question)s”, which you had left out, is not asked any more anyway."
    ),
    "theme-gone": lambda: _(
        "The theme of your own question “%(question)s” is gone. It stands at the end now, under "
        "your own questions. Move it if it belongs elsewhere."
    ),
    "no-scale": lambda: _(
        "Your own question “%(question)s” is answered on the scale, and this frame has none. It is "
        "not asked until you save; then it is answered in words."
    ),
    "id-taken": lambda: _("“%(question)s” could not be put in. Write it anew."),
    "required-together": lambda: _(
        "“%(question)s” is required by a committee, but you answer it together in the talk, so "
        "nobody has to prepare it."
    ),
    "required-gone": lambda: _("“%(question)s” is required by a committee and not in the frame."),
}
