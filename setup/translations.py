"""The Danish catalogue: ``python -m setup.translations compile|refresh|check``.

English stands in the code, Danish in musling/locale/da. ``compile`` needs no gettext; ``refresh``
and ``check`` read the code with it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "musling"
CATALOGUE = Path("locale/da/LC_MESSAGES/django.po")
NOT_OURS = ["vendor"]


def main() -> None:
    """Do what the command line names."""
    {"compile": compile_catalogue, "refresh": refresh, "check": check}[sys.argv[1]]()


def compile_catalogue() -> None:
    """Write the compiled form beside the catalogue, unless it is newer already."""
    source = PACKAGE / CATALOGUE
    target = source.with_suffix(".mo")
    if source.exists() and not (
        target.exists() and target.stat().st_mtime >= source.stat().st_mtime
    ):
        polib.pofile(str(source)).save_as_mofile(str(target))


def refresh() -> None:
    """Bring the catalogue in step with the code; new and doubtful entries wait for a translator."""
    collect(PACKAGE)
    for problem in problems(PACKAGE / CATALOGUE):
        print(problem)


def check() -> None:
    """Exit 1 with a list unless every message in the code has its Danish, and none is left over."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "musling"
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("*.mo", "static"))
        collect(copy)
        found = problems(copy / CATALOGUE)
    if found:
        print("\n".join(found), file=sys.stderr)
        sys.exit(f"The Danish catalogue has {len(found)} gaps. `make messages`, then translate.")


def collect(package: Path) -> None:
    """Read all messages of a package's code and templates into its catalogue."""
    (package / CATALOGUE).parent.mkdir(parents=True, exist_ok=True)
    ignored = [f"--ignore={name}" for name in NOT_OURS]
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "--locale=da", "--add-location=file",
         "--no-wrap", "--verbosity=0", *ignored],
        check=True, cwd=package, env={**os.environ, "DJANGO_SETTINGS_MODULE": ""},
    )  # fmt: skip
    # gettext wraps the lists of files all the same; a moved template then changes half of them.
    polib.pofile(str(package / CATALOGUE), wrapwidth=0).save()


def problems(catalogue: Path) -> list[str]:
    """One line for each entry that is not translated, doubtful, or not used any more."""
    entries = polib.pofile(str(catalogue))
    return [
        *(f"not translated: {entry.msgid!r} ({places(entry)})" for entry in
          entries.untranslated_entries()),
        *(f"to be looked at: {entry.msgid!r} ({places(entry)})" for entry in
          entries.fuzzy_entries()),
        *(f"not used any more: {entry.msgid!r}" for entry in entries.obsolete_entries()),
    ]  # fmt: skip


def places(entry: polib.POEntry) -> str:
    """The files that a message comes from."""
    return ", ".join(file for file, _line in entry.occurrences)


if __name__ == "__main__":
    main()
