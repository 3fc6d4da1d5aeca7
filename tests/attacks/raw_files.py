"""What an attacker finds who has the disk: the database's own files, byte by byte."""

import os
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection

from musling.vault.keys import binding
from musling.vault.sealing import BEGIN, FORMAT
from tests import postgres
from tests.cli.installation import Installation
from tests.databases import CLUSTER_FOLDER

WRAPPED = 61  # bytes of a wrapped key: one of format, 12 of nonce, 32, 16 of tag
Files = dict[str, bytes]


def disk_of(made: Installation) -> Files:
    """The database's files as they lie on the disk now: tables, WAL, journal, the server's log."""
    if connection.vendor == "sqlite":
        return _read(sorted(made.var.glob("musling.sqlite3*")))
    cluster = Path(os.environ[CLUSTER_FOLDER])
    database = urlsplit(made.environment["DATABASE_URL"]).path.strip("/")
    with psycopg.connect(
        postgres.address(cluster, "postgres", database), autocommit=True
    ) as highest:
        highest.execute("CHECKPOINT")  # what PostgreSQL still holds in memory goes to the disk
        oid = highest.execute(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    assert oid
    data = cluster / "data"
    places = [data / "base" / str(oid[0]), data / "global", data / "pg_wal"]
    return _read([cluster / "log", *(path for place in places for path in sorted(place.iterdir()))])


def _read(paths: Iterable[Path]) -> Files:
    found = {}
    for path in paths:
        if path.is_file():
            found[str(path)] = path.read_bytes()
    return found


def everything_below(folder: Path) -> Files:
    """Every file in a folder and its folders."""
    return _read(sorted(folder.rglob("*")))


def content_of_copy(folder: Path) -> Files:
    """The database in a copy that 'musling backup' made; PostgreSQL's is unpacked."""
    if connection.vendor == "sqlite":
        return _read([folder / "content.sqlite3"])
    where = folder / "content.dump"
    done = subprocess.run(["pg_restore", "--file=-", str(where)], capture_output=True, check=True)
    return {str(where): done.stdout}


def holding(files: Files, needle: bytes) -> list[str]:
    """The files in which these bytes stand, as they are, as hex, or as wide characters."""
    wide = needle.decode("latin-1").encode("utf-16-le")
    forms = (needle, needle.hex().encode(), needle.hex().upper().encode(), wide)
    return [name for name, data in files.items() if any(form in data for form in forms)]


def pieces(files: Files, length: int) -> Iterator[bytes]:
    """Everything in the files that might be something sealed of that length."""
    for data in files.values():
        for mark in _marks(length):
            at = data.find(mark)
            while at >= 0:
                begin = at + len(mark) - len(FORMAT)
                if begin + length <= len(data):
                    yield data[begin : begin + length]
                at = data.find(mark, at + 1)


def _marks(length: int) -> list[bytes]:
    """What stands before and at the beginning of it: PostgreSQL writes the length there."""
    if connection.vendor == "sqlite":
        return [FORMAT]
    short = bytes([(length + 1) << 1 | 1])
    long = ((length + 4) << 2).to_bytes(4, "little")
    return [short + FORMAT if length < 126 else long + FORMAT]


def unwrapped(
    candidates: Iterable[bytes], public_id: str, generations: Iterable[bytes]
) -> set[bytes]:
    """The content keys that open with any generation, for the key with that public id."""
    ciphers = [AESGCM(key) for key in set(generations)]
    place = binding(public_id).encode()
    found = set()
    for piece in set(candidates):
        for cipher in ciphers:
            try:
                found.add(cipher.decrypt(piece[1:BEGIN], piece[BEGIN:], place))
            except InvalidTag:
                continue
    return found
