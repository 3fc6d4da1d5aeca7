"""T16: nothing evaluates, unpickles, imports or reaches by a name what a user wrote (static check).

Every module of the program is read as a syntax tree. Where a name is computed, the place stands
below with the reason why no user can write that name; a place that is gone fails, too.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "musling"
FILES = {
    str(file.relative_to(ROOT)): ast.parse(file.read_text("utf-8"))
    for file in sorted(ROOT.rglob("*.py"))
}

RUNS = {
    *("eval", "exec", "compile", "__import__", "os.system", "os.popen", "os.startfile"),
    *("runpy.run_path", "runpy.run_module", "code.interact", "builtins.eval", "builtins.exec"),
}
UNPACKS = {"pickle", "marshal", "shelve", "dill", "yaml", "jsonpickle", "cloudpickle", "xmlrpc"}
# Clients of the web: nothing of ours asks anybody for anything, but for the one module below (T17).
# Mail goes by Django's SMTP.
ASKS = {
    *("urllib.request", "http.client", "requests", "httpx", "aiohttp", "urllib3", "ftplib"),
    *("telnetlib", "websockets", "pycurl"),
}
MAY_ASK = {
    # The person's own calendar, by https, to public addresses only: tests/attacks of T17.
    "calendars/fetching.py": {"http.client"},
}
READS_XML = {"xml.sax", "xml.dom", "xml.etree", "lxml"}

# Where a name is computed, and why nobody writes it.
BY_NAME = {
    "activity/chain.py": "columns of our own models",
    "conversations/actions/following_up.py": "one of two columns, by the part that one plays",
    "conversations/actions/talking.py": "the two dates of an agreement",
    "conversations/coverage/queries.py": "columns of our own table, listed beside it",
    "frames/differences.py": "fields of our own dataclasses, listed in it",
    "frames/document.py": "fields of our own dataclasses",
    "frames/parsing.py": "fields of our own dataclasses, listed in it",
    "mail/choices.py": "three columns of our own, listed in it",
    "people/actions/typed.py": "the fields of a form, listed in it",
    "people/imports/people.py": "columns that a list lacks, of our own list",
    "rounds/actions/planning.py": "the fields of a plan, listed in it",
    "vault/models.py": "sealed fields of the model itself",
    "web/rounds/forms.py": "the fields of a plan, listed in it",
    "web/staff/employments.py": "the fields of a form, listed in it",
    "web/staff/people.py": "the fields of a form, listed in it",
    "web/staff/saving.py": "the fields of a form, listed in it",
    "web/talks/preparing.py": "employee or leader, by the part that one plays",
    "web/talks/we_agree.py": "the fields of an agreement, listed beside it",
}
BY_MODULE = {
    "cli/bench/__init__.py": "one of the benches that the command line knows",
    "cli/buffering.py": "the WSGI application of the settings",
    "cli/main.py": "one of our own commands",
    "schedule/cleaning.py": "the session engine of the settings",
}


def name_of(node: ast.AST) -> str:
    """A call's or attribute's name with dots; empty for what has none."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = name_of(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the name that it is made by."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield name_of(node.func), node


def imported(tree: ast.AST) -> set[str]:
    """Modules that are imported, with all that lies above them."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found | {name.rpartition(".")[0] for name in found}


def is_fixed(node: ast.AST | None) -> bool:
    """Whether it stands in the source as it is."""
    return isinstance(node, ast.Constant)


def computed_names(tree: ast.AST) -> int:
    """How many attributes are reached by a name that is computed."""
    reach = {"getattr", "setattr", "delattr", "hasattr", "attrgetter", "operator.attrgetter"}
    return sum(
        name in reach and not is_fixed(call.args[-1] if "getter" in name else call.args[1])
        for name, call in calls(tree)
    )


def computed_modules(tree: ast.AST) -> int:
    """How many modules are imported by a name that is computed."""
    ways = {"import_module", "importlib.import_module", "import_string"}
    return sum(name in ways and not is_fixed(call.args[0]) for name, call in calls(tree))


def shells(tree: ast.AST) -> int:
    """How many programs are started through a shell."""
    return sum(
        any(word.arg == "shell" and not is_false(word.value) for word in call.keywords)
        for _name, call in calls(tree)
    )


def is_false(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def templates_from_text(tree: ast.AST) -> int:
    """How many templates are made of a string instead of a file of ours."""
    ways = ("Template", "from_string", "Engine.from_string")
    return sum(name.split(".")[-1] in ways for name, _call in calls(tree))


def sql_as_text(tree: ast.AST) -> int:
    """How many queries are put together past the ORM's own parameters."""
    ways = {"extra", "raw", "RawSQL", "raw_as_sql"}
    return sum(
        (name.split(".")[-1] in ways and "objects" in name) or name.endswith("RawSQL")
        for name, _call in calls(tree)
    )


@pytest.mark.parametrize("file", FILES)
def test_a_module_runs_unpacks_and_asks_nothing(file: str):
    tree = FILES[file]
    assert {name for name, _call in calls(tree)} & RUNS == set()
    assert imported(tree) & UNPACKS == set()
    assert imported(tree) & ASKS == MAY_ASK.get(file, set())
    assert imported(tree) & READS_XML == set()
    assert (shells(tree), templates_from_text(tree), sql_as_text(tree)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("count", "listed"), [(computed_names, BY_NAME), (computed_modules, BY_MODULE)]
)
def test_where_a_name_is_computed_it_is_none_that_a_user_writes(
    count: Callable[[ast.AST], int], listed: dict[str, str]
):
    found = {file for file, tree in FILES.items() if count(tree)}
    assert found == set(listed), "say here why no user can write that name"


HARMFUL = {
    "evaluates": "value = eval(text)",
    "runs": "import os\nos.system(text)",
    "shell": "import subprocess\nsubprocess.run(text, shell=True)",
    "unpickles": "from pickle import loads",
    "yaml": "import yaml",
    "asks": "from urllib import request",
    "asks too": "import urllib.request",
    "xml": "from xml.etree import ElementTree",
    "template": "from django.template import Template\nTemplate(text).render()",
    "engine": "engines['django'].from_string(text)",
    "raw": "Person.objects.raw(text)",
    "extra": "Person.objects.extra(where=[text])",
    "attribute": "getattr(row, text)",
    "attribute set": "setattr(row, f'{text}', 1)",
    "module": "from importlib import import_module\nimport_module(text)",
}


@pytest.mark.parametrize("kind", HARMFUL)
def test_the_check_itself_sees_it(kind: str):
    tree = ast.parse(HARMFUL[kind])
    seen = (
        {name for name, _call in calls(tree)} & RUNS
        or imported(tree) & (UNPACKS | ASKS | READS_XML)
        or shells(tree)
        or templates_from_text(tree)
        or sql_as_text(tree)
        or computed_names(tree)
        or computed_modules(tree)
    )
    assert seen
