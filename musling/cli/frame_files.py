"""``musling frames export`` and ``import``: a frame as one file (docs/frames-file.md)."""

import argparse
import json
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from musling.cli.output import note, result
from musling.conversations.frame_kinds import suited
from musling.conversations.kinds import KINDS
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.problems import Refused
from musling.frames import standard
from musling.frames.document import FrameDocument, text
from musling.frames.exchange import import_frame
from musling.frames.files.reading import FrameFileRefused, read_frame_file
from musling.frames.files.writing import FORMATS, written
from musling.frames.models import FrameVersion
from musling.frames.queries import document_of
from musling.organisations.models import Organisation


def add_arguments(deeds: Any) -> None:
    """What export and import take; ``deeds``: the subparsers of ``musling frames``."""
    out = deeds.add_parser("export", help="a frame as a file, on standard output or in a file")
    out.add_argument("name", metavar="NAME|VERSION", help="a standard frame, or a version's id")
    out.add_argument("--organisation", metavar="SLUG", help="whose version; default: anybody's")
    out.add_argument("--format", choices=FORMATS, help="default: as the file ends, else toml")
    out.add_argument("--output", type=Path, metavar="FILE", help="default: standard output")
    into = deeds.add_parser("import", help="a file as a frame of an organisation")
    into.add_argument("file", type=Path, metavar="FILE", help=".toml or .json")
    into.add_argument("--organisation", required=True, metavar="SLUG")
    into.add_argument("--kind", help="the kind of talk; default: as the file says")
    into.add_argument("--name", default="", help="what the frame is called; default: its title")
    into.add_argument("--note", default="", help="what is new in this version")
    into.add_argument("--use", action="store_true", help="talks that begin from now on ask it")
    into.add_argument("--dry-run", action="store_true", help="check the file, change nothing")


def export(arguments: argparse.Namespace) -> int:
    """Writes the file; with ``--json`` the JSON file, and where it went. Raises Refused."""
    document = _named(arguments.name, arguments.organisation)
    form = arguments.format or _form_of(arguments.output, as_json=arguments.json)
    file = written(document, form)
    if arguments.output is None:
        _print(file, form, as_json=arguments.json)
        return 0
    try:
        arguments.output.write_text(file, "utf-8", newline="\n")
    except OSError as problem:
        raise Refused(f"{arguments.output}: {problem.strerror}") from None
    told = {"file": str(arguments.output), "format": form, "items": len(document.items)}
    result(arguments, told, [_("Written to %(file)s.") % told])
    return 0


def _print(file: str, form: str, *, as_json: bool) -> None:
    """With ``--json`` whatever is asked for comes in one JSON document: TOML as a string in it."""
    if as_json and form == "toml":
        file = json.dumps({"toml": file}, ensure_ascii=False) + "\n"
    print(file, end="")


def _form_of(output: Path | None, *, as_json: bool) -> Any:
    if output is not None:
        return "json" if output.suffix.lower() == ".json" else "toml"
    return "json" if as_json else "toml"


def _named(name: str, slug: str | None) -> FrameDocument:
    """The standard frame of that name, or the version with that id."""
    if name in standard.names() and slug is None:
        return standard.load(name)
    rows = FrameVersion.objects.filter(public_id=name).select_related("content")
    found = (rows.filter(organisation__slug=slug) if slug else rows).first()
    if found is None:
        raise Refused(
            _("There is no frame “%(name)s”; `musling frames list` names those that there are.")
            % {"name": name}
        )
    return document_of(found.content)


def bring_in(arguments: argparse.Namespace) -> int:
    """Imports, or with ``--dry-run`` checks, and prints what became of it. Raises Refused."""
    try:
        document = read_frame_file(arguments.file.name, _bytes(arguments.file))
    except FrameFileRefused as refused:
        return _faults(arguments, refused)
    kind = arguments.kind or document.kind
    if kind not in KINDS:
        kinds = {"kind": kind, "kinds": ", ".join(KINDS)}
        raise Refused(
            _("Musling holds no talks of the kind “%(kind)s”. Choose with --kind: %(kinds)s.")
            % kinds
        )
    actor = _program_in(arguments.organisation)
    document, changed = suited(document, KINDS[kind])
    for line in changed:
        note(line)
    told = {"kind": kind, "title": text(document.title, "da"), "items": len(document.items)}
    if arguments.dry_run:
        result(arguments, told, [_("The file is right. Nothing was changed.")])
        return 0
    version = import_frame(
        actor,
        document=document,
        kind=kind,
        name=arguments.name,
        note=arguments.note,
        use=arguments.use,
    )
    done = {"id": version.public_id, "name": version.frame.name, "version": version.number}
    line = _("Version %(version)s of %(name)s, %(id)s.") % done
    result(arguments, done | told | {"in_use": arguments.use}, [line])
    return 0


def _faults(arguments: argparse.Namespace, refused: FrameFileRefused) -> int:
    faults = [
        {"line": fault.line or None, "place": fault.place, "problem": fault.problem}
        for fault in refused.faults
    ]
    result(arguments, {"file": refused.name, "faults": faults})
    note(refused.message)
    return 1


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise Refused(f"{file}: {problem.strerror}") from None


def _program_in(slug: str) -> Actor:
    """The program itself, acting in the organisation for whoever runs the server."""
    found = Organisation.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if found is None:
        raise Refused(_("There is no organisation with this address: %(slug)s.") % {"slug": slug})
    return Actor(None, 0, found, clock.now())
