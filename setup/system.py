"""What the tests need from the system: PostgreSQL, Chromium and gettext.

``python -m setup.system`` looks for them; as root on Debian it installs what is missing, elsewhere
it says what to install. Python's own library only, since it runs before there is a .venv.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Without a window's own pages, which a whole browser draws beside each of ours: a third faster.
SHELL = "chromium-headless-shell"
CHROMIUM = (SHELL, "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def main() -> None:
    """Install or name what is missing; exit 1 if anything still is."""
    packages = missing()
    if can_install():
        for some in (packages, wished()):
            if some:
                install(some)
        packages = missing()
    if packages:
        sys.exit(
            f"The tests need these from the system: {', '.join(packages)} (Debian's names)."
            " Please install them and run this again."
        )


def missing() -> list[str]:
    """The Debian packages whose programs are not here."""
    found = {
        "postgresql": postgresql_programs(),
        "chromium": chromium(),
        "gettext": shutil.which("xgettext"),
    }
    return [package for package, program in found.items() if not program]


def wished() -> list[str]:
    """Packages that make the tests faster; older systems may not have them."""
    return [] if shutil.which(SHELL) else [SHELL]


def postgresql_programs() -> Path | None:
    """The folder with ``initdb`` and ``postgres``: on the path, or the newest that Debian has."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(installed, key=lambda path: int(path.parts[-3]), default=None)
    return newest.parent if newest else None


def chromium() -> str | None:
    """The path of Chromium, or of the browser that is built from it."""
    return next((path for name in CHROMIUM if (path := shutil.which(name))), None)


def can_install() -> bool:
    """Whether we are root on a Debian."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: list[str]) -> None:
    """Install with apt; what apt says goes to standard error and decides nothing here."""
    print(f"Installing {', '.join(packages)} …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "-qq", "update"],
        ["apt-get", "-qq", "install", "--yes", "--no-install-recommends", *packages],
    ):
        subprocess.run(command, check=False, env=environment, stdout=sys.stderr)


if __name__ == "__main__":
    main()
