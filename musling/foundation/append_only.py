"""Files that only grow: a line is on the disk before anything is done that it tells of."""

import os
from pathlib import Path


def append_line(path: Path, line: str) -> None:
    """Adds a line to the file, making it and its folder where they are missing. Raises OSError.

    A line that a crash cut off is ended first, so that it does not swallow this one.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a") as file:
        file.write(("\n" if _is_cut_off(path) else "") + line + "\n")
        file.flush()
        os.fsync(file.fileno())


def _is_cut_off(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"
