"""Fixed parts of a page are the same for everybody, in each language, and see nothing of a page."""

import pytest
from django.template import engines
from django.utils import translation

from musling.web.templatetags import fixed as module
from musling.web.templatetags.fixed import fixed


def rendered(source: str, language: str = "en", **context: object) -> str:
    with translation.override(language):
        return engines["django"].from_string(source).render(context)


def test_each_language_has_its_own() -> None:
    source = '{% fixed "components/cover.html" %}'
    assert "Show the page" in rendered(source)
    assert "Show the page" not in rendered(source, "da")
    assert rendered(source) == rendered(source)


def test_nothing_of_the_page_gets_into_what_is_kept() -> None:
    with_words = rendered('{% fixed "components/foot.html" version="" %}', version="Mette")
    assert "Mette" not in with_words


def test_what_is_kept_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_rendered", {})
    monkeypatch.setattr(module, "MOST", 3)
    for version in "12345":
        assert f"Musling {version}" in fixed("components/foot.html", version=version)
    assert len(module._rendered) <= 3


def test_what_is_captured_is_escaped_once() -> None:
    source = "{% captured as twice %}<b>{{ name }}</b>{% endcaptured %}{{ twice }}{{ twice }}"
    assert rendered(source, name="<i>") == "<b>&lt;i&gt;</b>" * 2
