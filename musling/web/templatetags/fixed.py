"""What is the same for everybody is rendered once per language and process.

An icon or the foot of the page costs a dozen nodes of a template each time; a page holds many.
"""

from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()
MOST = 500  # more would mean that somebody's own values got in
_rendered: dict[tuple[Any, ...], SafeString] = {}


@register.simple_tag
def fixed(component: str, **values: str) -> SafeString:
    """The component with these values: only ones that the template itself writes down.

    It sees nothing of the page's context, so nobody's own words can get into what is kept.
    """
    files = settings.STORAGES["staticfiles"]["BACKEND"]  # the suite uses two
    key = (component, get_language(), settings.ROOT_URLCONF, files, *values.items())
    kept = _rendered.get(key)
    if kept is None:
        if len(_rendered) >= MOST:
            _rendered.clear()
        kept = _rendered[key] = render_to_string(component, values)
    return kept


@register.simple_block_tag
def captured(content: str) -> str:
    """What stands inside, for use in two places: ``{% captured as list %}…{% endcaptured %}``."""
    return content
