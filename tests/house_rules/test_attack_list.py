"""The list of attack cases is whole, names tests that there are, and leaves out what cannot be."""

import ast
import re
from pathlib import Path

from django.apps import apps
from django.conf import settings

from musling.conversations.kinds import KINDS
from musling.gate.checks import every_address

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "tests" / "attacks" / "README.md").read_text("utf-8")
TRIED, WAITING = TEXT.split("## Does not apply yet")
ROW = re.compile(r"^\| (T\d+) \|(.*)\|$", re.MULTILINE)


def cases(text: str) -> dict[str, str]:
    return dict(ROW.findall(text))


def test_every_case_stands_once():
    found = [case for case, _rest in ROW.findall(TEXT)]
    assert sorted(found, key=lambda case: int(case[1:])) == [f"T{n}" for n in range(1, 37)]


def test_what_is_tried_is_tried_in_a_file_that_has_tests():
    for case, rest in cases(TRIED).items():
        files = re.findall(r"`(tests/[^`]+)`", rest)
        assert files, case
        for name in files:
            tree = ast.parse((ROOT / name).read_text("utf-8"))
            tests = [
                node
                for node in ast.walk(tree)
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
            ]
            assert tests, (case, name)


def test_each_file_of_attacks_is_named_after_cases_that_point_to_it():
    for file in (ROOT / "tests" / "attacks").glob("test_*.py"):
        named = {f"T{number}" for number in re.findall(r"(?<=_)t(\d+)(?=_)", file.name)}
        assert named, file.name
        for case in named:
            assert file.name in cases(TRIED)[case], (case, file.name)


def test_each_attack_asserts():
    """A test that asserts nothing proves nothing; some assert in a helper of their file."""
    for file in (ROOT / "tests" / "attacks").glob("test_*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        functions = {n.name: n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
        for name, node in functions.items():
            if name.startswith("test_"):
                assert asserts(node, functions, set()), f"{file.name}: {name}"


def asserts(node: ast.FunctionDef, functions: dict[str, ast.FunctionDef], seen: set[str]) -> bool:
    seen.add(node.name)
    for part in ast.walk(node):
        if isinstance(part, ast.Assert):
            return True
        if isinstance(part, ast.Attribute) and part.attr == "raises":
            return True
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            helper = functions.get(part.func.id)
            if helper and helper.name not in seen and asserts(helper, functions, seen):
                return True
    return False


def test_what_does_not_apply_yet_does_not():
    assert set(cases(WAITING)) == {"T9", "T23", "T32"}
    for package in ("insight", "api"):
        assert [path.name for path in (ROOT / "musling" / package).glob("*.py")] == ["__init__.py"]
    assert not [name for name in settings.INSTALLED_APPS if "social" in name or "saml" in name]
    assert not [a for a, _p in every_address() if re.search(r"sso|oidc|saml|figures", a)]
    assert set(KINDS) <= {"mus", "mus_bpa", "lus", "senior", "one_to_one"}, "no group talks yet"
    assert not apps.is_installed("musling.insight")
