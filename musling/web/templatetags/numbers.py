"""Numbers as they are written in the reader's language."""

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def grouped(number: object) -> object:
    """A count with its thousands apart: 1.200 in Danish, 1,200 in English. Never for a year."""
    return number_format(number, force_grouping=True) if isinstance(number, int) else number
