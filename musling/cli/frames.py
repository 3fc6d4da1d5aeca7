"""``musling frames``: what frames there are, what one asks, and one as a file, out and in."""

import argparse
from collections.abc import Iterator
from typing import Any

from musling.cli import frame_files
from musling.cli.output import result
from musling.foundation.problems import Refused
from musling.frames import standard
from musling.frames.document import FrameDocument, Item, text, to_json
from musling.frames.models import FrameVersion

NAME = "frames"
HELP = "list frames, show what one asks, and take one out or bring one in as a file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """List, show, export and import."""
    deeds = parser.add_subparsers(dest="deed", metavar="DEED", required=True)
    deeds.add_parser("list", help="the standard frames, and those that organisations use")
    show = deeds.add_parser("show", help="a standard frame with every item")
    show.add_argument("name", help="its name in the list")
    show.add_argument("--language", choices=("da", "en"), default="da", help="default: da")
    frame_files.add_arguments(deeds)


def run(arguments: argparse.Namespace) -> int:
    """Prints the list or the frame. Raises Refused for a frame that does not exist."""
    others = {"show": _show, "export": frame_files.export, "import": frame_files.bring_in}
    if arguments.deed in others:
        return others[arguments.deed](arguments)
    shipped = [_shipped(name) for name in standard.names()]
    used = [_used(version) for version in _newest()]
    lines = [f"{row['name']:20} {row['items']:3} items  {row['title']}" for row in shipped]
    lines += [
        f"{row['organisation']:20} {row['kind']}: version {row['version']} of {row['title']}, "
        f"{row['id']}"
        for row in used
    ]
    result(arguments, {"standard": shipped, "in_use": used}, lines)
    return 0


def _shipped(name: str) -> dict[str, Any]:
    document = standard.load(name)
    return {"name": name, "title": text(document.title, "da"), "items": len(document.items)}


def _newest() -> list[FrameVersion]:
    """The newest version of each frame in use; one query."""
    versions = FrameVersion.objects.filter(frame__retired_at=None)
    newest = {
        version.frame_id: version
        for version in versions.select_related("frame", "organisation").order_by("number")
    }
    return sorted(newest.values(), key=lambda version: (version.organisation.slug, version.pk))


def _used(version: FrameVersion) -> dict[str, Any]:
    return {
        "id": version.public_id,
        "organisation": version.organisation.slug,
        "kind": version.frame.kind,
        "title": version.frame.name,
        "version": version.number,
    }


def _show(arguments: argparse.Namespace) -> int:
    if arguments.name not in standard.names():
        there = ", ".join(standard.names())
        raise Refused(f"There is no standard frame {arguments.name!r}. There are: {there}.")
    document = standard.load(arguments.name)
    result(arguments, to_json(document), _lines(document, arguments.language))
    return 0


def _lines(document: FrameDocument, language: str) -> Iterator[str]:
    yield text(document.title, language)
    for theme in document.themes:
        yield ""
        yield text(theme.title, language)
        for item in theme.items:
            yield _line(item, language)


def _line(item: Item, language: str) -> str:
    mark = "*" if item.mandatory else " "
    words = text(item.text, language)
    return f" {mark} {words} ({item.type})"
