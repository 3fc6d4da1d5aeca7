"""What is not translated, doubtful or left over is listed, with where it stands."""

from pathlib import Path

import pytest

from setup import translations

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

#: web/start.py
msgid "Agreement"
msgstr "Aftale"

#: web/start.py
msgid "Minutes"
msgstr ""

#: web/talk.py
#, fuzzy
msgid "Offer"
msgstr "Tilbage"

#~ msgid "Sheet"
#~ msgstr "Ark"
"""


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue with one entry of each kind."""
    path = tmp_path / translations.CATALOGUE
    path.parent.mkdir(parents=True)
    path.write_text(CATALOGUE, "utf-8")
    monkeypatch.setattr(translations, "PACKAGE", tmp_path)
    return path


def test_each_gap_is_named(catalogue: Path) -> None:
    assert translations.problems(catalogue) == [
        "not translated: 'Minutes' (web/start.py)",
        "to be looked at: 'Offer' (web/talk.py)",
        "not used any more: 'Sheet'",
    ]


def test_the_compiled_form_speaks_danish(catalogue: Path) -> None:
    translations.compile_catalogue()
    compiled = catalogue.with_suffix(".mo")
    assert b"Aftale" in compiled.read_bytes()


def test_a_message_without_danish_fails_the_check(
    catalogue: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    catalogue.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n')
    code = translations.PACKAGE / "talk.py"
    code.write_text('from django.utils.translation import gettext as _\n_("Hello")\n')
    with pytest.raises(SystemExit, match="1 gaps"):
        translations.check()
    assert "not translated: 'Hello' (talk.py)" in capsys.readouterr().err
