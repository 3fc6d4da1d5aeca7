"""The code that whoever installs Musling types to create the first organisation.

An empty installation on the open net would belong to whoever finds it first. In production the form
therefore asks for a code that only somebody on the server can read; demo and tests need none.
"""

import logging
import os
import secrets
from pathlib import Path

from django.conf import settings

log = logging.getLogger("musling.organisations")


def needed() -> bool:
    """Whether this installation asks for the code."""
    return bool(settings.MUSLING_MODE == "production")


def current() -> str:
    """The code, made and kept (readable by the program alone) where there is none yet."""
    try:
        return _file().read_text().strip()
    except FileNotFoundError:
        return _make()


def fits(typed: str) -> bool:
    """Whether this is the code; compared in constant time.

    False as well where another account of the server wrote the file and the program cannot read it.
    """
    try:
        code = current()
    except PermissionError:
        log.exception("%s cannot be read by the program: give the file to its account.", _file())
        return False
    return secrets.compare_digest(typed.strip().lower().encode(), code.encode())


def forget() -> None:
    """Throws the code away when it has served."""
    _file().unlink(missing_ok=True)


def _file() -> Path:
    return Path(settings.MUSLING_VAR) / "setup-code"


def _make() -> str:
    code = "-".join(secrets.token_hex(3) for _part in range(3))
    _file().parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(_file(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first
        return _file().read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(code)
    return code
