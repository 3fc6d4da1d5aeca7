"""The user guide: Markdown files in ``docs/guide``, the same that one reads in the repository."""

import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language
from markdown_it import MarkdownIt
from markdown_it.token import Token

FOLDER = Path(settings.BASE).parent / "docs" / "guide"
LANGUAGES = ("da", "en")
PICTURE = re.compile(r"[a-z0-9-]+\.png")


def _language(language: str) -> str:
    return language if language in LANGUAGES else "da"


def language() -> str:
    """The reader's, as far as there is a guide in it."""
    return _language(get_language() or "da")


@cache
def pages(language: str) -> dict[str, str]:
    """The pages of the guide in a language: name → title."""
    found = {}
    for file in sorted((FOLDER / _language(language)).glob("*.md")):
        found[file.stem] = file.read_text("utf-8").partition("\n")[0].lstrip("# ").strip()
    return found


def is_in_another_language(page: str) -> bool:
    """Whether some language has a page of this name: who switches languages stands on it."""
    return any(page in pages(language) for language in LANGUAGES)


@cache
def html(language: str, page: str) -> str | None:
    """A page as HTML without its title, or None where there is no such page.

    The files are ours and HTML in them is off; links between pages and pictures lead to the
    program's own addresses; headings get the anchors that code hosts make.
    """
    if page not in pages(language):
        return None
    text = (FOLDER / _language(language) / f"{page}.md").read_text("utf-8").partition("\n")[2]
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(text)
    for token, following in zip(tokens, [*tokens[1:], Token("end", "", 0)], strict=True):
        if token.type == "heading_open":
            token.attrSet("id", anchor(following.content))
        for child in token.children or []:
            _lead_home(child)
    return str(reader.renderer.render(tokens, reader.options, {}))


def anchor(heading: str) -> str:
    """A heading's anchor: small letters with hyphens."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _lead_home(token: Token) -> None:
    if token.type == "image":
        token.attrSet("src", "/help/pictures/" + str(token.attrGet("src")).rpartition("/")[2])
        token.attrSet("loading", "lazy")
    elif token.type == "link_open":
        target = str(token.attrGet("href"))
        name, _dot, rest = target.partition(".md")
        if target.startswith(("http:", "https:", "#", "/")) or (not rest and ".md" not in target):
            return
        token.attrSet("href", f"/help/{name}/{rest}")


def picture(name: str) -> bytes | None:
    """A picture of the guide, or None; only plain names inside the folder."""
    if not PICTURE.fullmatch(name):
        return None
    file = FOLDER / "da" / "billeder" / name
    return file.read_bytes() if file.is_file() else None
