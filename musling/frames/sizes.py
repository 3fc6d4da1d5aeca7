"""How large a frame may be, so that each of its themes can be filled in and sent as one form.

Checked where a frame is made: in the editor, when a file or a form is read, when it is published.
What was published before is read as it stands.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from musling.frames.document import FrameDocument, FrameFault, Item, Theme
from musling.frames.raw_table import Fault

MOST_COLUMNS = 8  # more cannot be read beside each other, and not written in
MOST_CELLS = 600  # of the tables in a theme
# A form sends one field per text, one for its count, one per score or tick; the server takes 2000
# (DATA_UPLOAD_MAX_NUMBER_FIELDS). What is left is for old agreements and the form's own.
MOST_FIELDS = 1900


def refuse_too_large(document: FrameDocument, before: FrameDocument | None = None) -> None:
    """Raises FrameFault with each theme and table that is too large.

    ``before``: how it stood. What was too large in it already may be changed, so that it can be
    made smaller.
    """
    known = {element for element, _fault in _too_large(before)} if before else set()
    faults = [fault for element, fault in _too_large(document) if element not in known]
    if faults:
        raise FrameFault(faults)


def _too_large(document: FrameDocument) -> Iterator[tuple[str, Fault]]:
    """The id of what is too large, and the fault with its place."""
    for place, theme in enumerate(document.themes):
        at = f"themes[{place}]"
        for number, item in enumerate(theme.items):
            if len(item.columns) > MOST_COLUMNS:
                words = _("a table has at most %(most)s columns; this one has %(n)s")
                known = {"most": MOST_COLUMNS, "n": len(item.columns)}
                yield item.id, Fault(f"{at}.items[{number}].columns", words % known)
        if problem := _of_theme(theme):
            yield theme.id, Fault(f"{at}.items", problem)


def _of_theme(theme: Theme) -> str:
    cells = sum(len(item.cells) for item in theme.items)
    if cells > MOST_CELLS:
        words = _(
            "the tables of a theme have at most %(most)s fields together, rows times columns; here "
            "are %(n)s. Take away rows, or put a table into another theme"
        )
        return words % {"most": MOST_CELLS, "n": cells}
    if sum(map(_fields, theme.items)) > MOST_FIELDS:
        return _("the theme is too large to be filled in. Put some of it into another theme")
    return ""


def _fields(item: Item) -> int:
    """The most fields that the item's part of a form sends."""
    return 4 + 2 * len(item.cells) + len(item.options)
