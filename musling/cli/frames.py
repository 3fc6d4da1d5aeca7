"""``musling frames``: list, show, read a paper form, and a frame as a file, out and in."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from musling.cli import frame_files
from musling.cli.output import result
from musling.foundation.problems import Refused
from musling.frames import standard
from musling.frames.document import FrameDocument, Item, text, to_json
from musling.frames.models import FrameVersion
from musling.frames.reading import Draft, DraftQuestion, read_file

NAME = "frames"
HELP = "list frames, show what one asks, read a paper form, take one out or bring one in"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """List, show, read, export and import."""
    deeds = parser.add_subparsers(dest="deed", metavar="DEED", required=True)
    deeds.add_parser("list", help="the standard frames, and those that organisations use")
    show = deeds.add_parser("show", help="a standard frame with every item")
    show.add_argument("name", help="its name in the list")
    show.add_argument("--language", choices=("da", "en"), default="da", help="default: da")
    read = deeds.add_parser("read", help="what a paper or Word form asks, as a draft of a frame")
    read.add_argument("file", type=Path, help="the form: .docx, .pdf, .txt or .md")
    frame_files.add_arguments(deeds)


def run(arguments: argparse.Namespace) -> int:
    """Prints the list, the frame or the draft, or does what the deed says.

    Raises Refused for a frame that does not exist and for a file that cannot be read.
    """
    others = {
        "show": _show,
        "read": _read,
        "export": frame_files.export,
        "import": frame_files.bring_in,
    }
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


def _read(arguments: argparse.Namespace) -> int:
    draft = read_file(arguments.file)
    result(arguments, draft.to_json(), _draft_lines(draft))
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


def _draft_lines(draft: Draft) -> Iterator[str]:
    yield f"{draft.title} ({draft.kind}, {draft.language})"
    for theme in draft.themes:
        yield ""
        yield theme.title
        for question in theme.questions:
            yield from _question_lines(question)
    yield ""
    yield f"Left out: {len(draft.left_out)}"
    for one in draft.left_out:
        yield f"   {one.lines[0]:5} {one.reason}: {one.text}"


def _question_lines(question: DraftQuestion) -> Iterator[str]:
    mark = "*" if question.mandatory else " "
    unsure = f" – {question.uncertain}" if question.uncertain else ""
    yield f" {mark} {question.text} ({question.type}){unsure}"
    yield from (f"       {line}" for line in question.help)
