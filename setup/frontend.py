"""Fetch the front-end files: npm brings the packages, an explicit list of files is kept.

``npm ci`` checks each package against package-lock.json and runs no script of it. The files go to
musling/web/static/vendor/ (not in version control). axe-core stays in node_modules: tests inject
it, nobody is served it. ``python -m setup.frontend`` does nothing when neither the lock nor this
file has changed.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from setup import environment

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "node_modules" / "dkfds" / "dist"
TARGET = ROOT / "musling" / "web" / "static" / "vendor" / "dkfds"
# Moving lines by mouse and by finger, on the editor's page alone; keys have buttons of their own.
SORTABLE = ROOT / "node_modules" / "sortablejs"
SORTABLE_FILES = ["Sortable.min.js", "LICENSE"]
STAMP = TARGET.parent / "fetched"
OLDEST_NPM = 7  # the first that reads this form of package-lock.json

CSS = "css/dkfds.min.css"
JS = "js/dkfds.min.js"
SPRITE = "img/all-svg-icons.svg"
# Regular and semi-bold carry nearly all text; Latin1 holds Danish and English, Latin2 and Latin3
# what foreign names need, so a page without such a name never fetches them.
FONTS = [
    f"fonts/IBMPlexSans/split/woff2/IBMPlexSans-{weight}-{part}.woff2"
    for weight in ("Regular", "SemiBold")
    for part in ("Latin1", "Latin2", "Latin3")
]
LICENCES = ["LICENSE.md", "fonts/IBMPlexSans/split/woff2/license.txt"]
# Drawn by DKFDS's own components: check boxes, accordions, selects, toasts, tables.
COMPONENT_ICONS = [
    "calendar-month", "check", "check-white", "chevron-double-left", "chevron-double-right",
    "chevron-down", "chevron-down-gray-200", "chevron-left", "chevron-right", "chevron-up", "close",
    "error-white", "info-white", "minus", "minus-white", "more-vert", "plus", "success-white",
    "warning",
]  # fmt: skip
# Named by our templates, as a class (icon-print) or from the sprite (icons.svg#print).
TEMPLATE_ICONS = [
    "arrow-back", "arrow-forward", "download", "edit", "error", "help", "home", "info", "lock",
    "menu", "open-in-new", "person", "print", "save", "search", "success", "upload", "visibility",
    "visibility-off",
]  # fmt: skip
ICONS = [f"img/svg-icons/{name}.svg" for name in COMPONENT_ICONS + TEMPLATE_ICONS]


def main() -> None:
    """Fetch the files unless they are there."""
    if STAMP.exists() and STAMP.read_text() == fingerprint():
        return
    print("Fetching the front-end files …", flush=True)
    fetch()
    shutil.rmtree(TARGET.parent, ignore_errors=True)
    for name in [*FONTS, *ICONS, *LICENCES]:
        write(name, (PACKAGE / name).read_bytes())
    write(CSS, trimmed_css((PACKAGE / CSS).read_text("utf-8"), set(ICONS)).encode())
    write(JS, without_source_map((PACKAGE / JS).read_text("utf-8")).encode())
    write("img/icons.svg", small_sprite((PACKAGE / SPRITE).read_text("utf-8")).encode())
    for name in SORTABLE_FILES:
        write(f"../sortablejs/{name}", (SORTABLE / name).read_bytes())
    STAMP.write_text(fingerprint())


def fetch() -> None:
    """Fill node_modules as package-lock.json says, with the system's npm or the one from PyPI."""
    command = [
        npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error",
    ]  # fmt: skip
    if subprocess.run(command, check=False, cwd=ROOT).returncode:
        sys.exit("npm could not fetch the front-end files; what it said stands above.")


def npm() -> str:
    """The npm to call; installs the one from PyPI into .venv where the system has none."""
    found = shutil.which("npm")
    if found and npm_version(found) >= OLDEST_NPM:
        return found
    environment.install("node")
    return str(environment.VENV / "bin" / "npm")


def npm_version(program: str) -> int:
    """The main version of an npm; 0 for one that does not start."""
    answer = subprocess.run([program, "--version"], check=False, capture_output=True, text=True)
    number = answer.stdout.partition(".")[0]
    return int(number) if number.isdigit() else 0


def write(name: str, content: bytes) -> None:
    """Write one file below the target folder, under the name that it has in the package."""
    path = TARGET / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def trimmed_css(css: str, kept: set[str]) -> str:
    """The design system's style sheet without what would point to files that we do not keep.

    Static files get hashed names, and a reference to a missing file stops that. So the complete
    fonts' ``@font-face`` rules go (musling.css has its own), the images that are not in ``kept``,
    the rules that this leaves empty, and the pointer to the source map. The rest is untouched.
    """

    def image(match: re.Match[str]) -> str:
        return match[0] if match[1].removeprefix("../") in kept else ""

    css = re.sub(r"@font-face\{[^{}]*\}", "", css)
    css = re.sub(r"background-image:url\(([^()]*)\);?", image, css)
    css = re.sub(r"(?<=[{}])[^{}@]+\{\}", "", css)
    return without_source_map(css)


def without_source_map(text: str) -> str:
    """The text without its last line that names a source map."""
    return re.sub(r"\n?(/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=.*)\s*$", "\n", text)


def small_sprite(sprite: str) -> str:
    """The icons that our templates name as one file of symbols; each keeps its name as its id."""
    symbols = dict(re.findall(r'(?s)<symbol id="([^"]+)"(.*?</symbol>)', sprite))
    body = "".join(f'<symbol id="{name}"{symbols[name]}' for name in TEMPLATE_ICONS)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>\n'


def fingerprint() -> str:
    """Changes with the packages' versions and with the list of files."""
    digest = hashlib.sha256((ROOT / "package-lock.json").read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
