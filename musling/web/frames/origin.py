"""Who put an item or a theme into the organisation's frame, said quietly beside it."""

from django.utils.translation import gettext as _

from musling.frames.document import Item, Theme


def origin(item: Item, theme: Theme) -> str:
    """The words for the item; empty where the organisation asks it, or the theme says it."""
    if item.added_by and item.added_by == theme.added_by:
        return ""
    return _said_of(item.added_by or item.mandatory_by)


def origin_of_theme(theme: Theme) -> str:
    """The words for the whole theme; a committee's theme is called what they would say."""
    return _said_of(theme.added_by) if theme.added_by == "team" else ""


def _said_of(who: str) -> str:
    if who == "team":
        return _("Added by the leader")
    return _("Chosen by the MED committee") if who == "committee" else ""
