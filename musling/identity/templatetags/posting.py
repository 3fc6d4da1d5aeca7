"""``{% csrf_token %}``, which also says for whom the form was made. Built into every template.

So no form of the site can forget it, and what somebody posts after the session ended can be kept
for the one who wrote it (see ``musling.identity.held``).
"""

from typing import Any

from django import template
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from musling.identity import held

register = template.Library()


class PostingNode(CsrfTokenNode):
    """Django's hidden field with the token, and one with the author."""

    child_nodelists = ()

    def render(self, context: Context) -> SafeString:
        """Both fields; the second only for somebody logged in."""
        token = SafeString(super().render(context))
        request = getattr(context, "request", None) or context.get("request")
        author = held.author_token(request) if token and request else ""
        if not author:
            return token
        return token + format_html('<input type="hidden" name="{}" value="{}">', held.FIELD, author)


@register.tag
def csrf_token(_parser: Any, _token: Any) -> PostingNode:
    """Takes the place of Django's tag of the same name."""
    return PostingNode()
