"""The documentation says what the program does."""

import re
from pathlib import Path

from musling.web.access.document import FILE, markdown

ROOT = Path(__file__).parents[2]


def test_the_access_page_is_what_the_rows_say():
    assert FILE.read_text("utf-8") == markdown(), "run: make access-page"


def test_every_setting_is_described():
    settings = (ROOT / "musling" / "config" / "settings.py").read_text("utf-8")
    read = set(re.findall(r'env(?:_bool|_list)?\(\s*"([A-Z_]+)"', settings))
    told = set(re.findall(r"`([A-Z_]{6,})`", (ROOT / "docs" / "operations.md").read_text("utf-8")))
    assert read - told == set()


def test_every_layer_is_described():
    told = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    folders = {
        path.name
        for path in (ROOT / "musling").iterdir()
        if path.is_dir() and not path.name.startswith("_")
    }
    assert {name for name in folders - {"locale"} if f"`{name}`" not in told} == set()
