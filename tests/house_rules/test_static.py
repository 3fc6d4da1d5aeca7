"""What may not stand anywhere in the program (T16, strict policy, no drawers)."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "musling"
PYTHON = [file for file in sorted(ROOT.rglob("*.py")) if "migrations" not in file.parts]
TEMPLATES = sorted((ROOT / "web" / "templates").rglob("*.html"))
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "yaml"}
DRAWERS = {"utils", "util", "common", "core", "base", "helpers", "misc"}


def calls(tree: ast.AST) -> set[str]:
    return {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def imported(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("file", PYTHON, ids=lambda file: str(file.relative_to(ROOT)))
def test_nothing_runs_what_a_user_wrote(file):
    tree = ast.parse(file.read_text("utf-8"))
    assert not calls(tree) & FORBIDDEN_CALLS
    assert not imported(tree) & FORBIDDEN_MODULES


def test_no_drawers():
    named = {file.stem for file in PYTHON} | {folder.name for folder in ROOT.rglob("*/")}
    assert not named & DRAWERS


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT)))
def test_templates_keep_the_strict_policy(file):
    html = re.sub(
        r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", file.read_text("utf-8"), flags=re.DOTALL
    )
    assert not re.search(r"\sstyle\s*=", html)
    assert not re.search(r"\son[a-z]+\s*=", html)
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert "hx-on" not in html
    assert "javascript:" not in html
    assert "|safe" not in html.replace("totp_svg|safe", "")  # a drawing that allauth makes
    assert not re.search(r"(src|href)\s*=\s*[\"']https?://", html)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_form_that_posts_carries_the_csrf_token(file):
    html = file.read_text("utf-8")
    for form in re.findall(
        r"<form[^>]*method=[\"']post[\"'].*?</form>", html, re.DOTALL | re.IGNORECASE
    ):
        assert "csrf_token" in form


def test_nothing_is_marked_safe_without_a_reason():
    for file in PYTHON:
        for line in file.read_text("utf-8").splitlines():
            if "mark_safe(" in line and "import" not in line:
                assert "noqa: S308 (" in line, f"{file}: {line}"
