"""The bill of materials: valid, complete against the locks, and the same each time."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from setup import sbom

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements" / "runtime.txt").read_text("utf-8")


@pytest.fixture(scope="module")
def text() -> str:
    return sbom.written(sbom.bill())


@pytest.fixture
def told(text: str) -> dict[str, Any]:
    return json.loads(text)


def in_the_lock() -> dict[str, set[str]]:
    """Name and version → hashes, read line by line and not as the bill reads it."""
    found: dict[str, set[str]] = {}
    for line in LOCK.splitlines():
        if pin := re.match(r"([\w.-]+)==([\w.]+) \\", line):
            found[f"pkg:pypi/{pin[1]}@{pin[2]}"] = hashes = set()
        elif "--hash=sha256:" in line:
            hashes.add(re.search(r"--hash=sha256:(\w+)", line)[1])
    return found


def in_the_bill(told: dict[str, Any]) -> dict[str, set[str]]:
    return {
        part["purl"]: {one["content"] for one in part["hashes"] if one["alg"] == "SHA-256"}
        for part in told["components"]
        if part.get("purl", "").startswith("pkg:pypi/")
    }


def named(told: dict[str, Any], name: str) -> dict[str, Any]:
    return next(part for part in told["components"] if part["name"] == name)


def test_it_keeps_the_schema(text: str) -> None:
    assert json.loads(text)["specVersion"] == "1.7"
    assert JsonStrictValidator(SchemaVersion.V1_7).validate_str(text) is None
    broken = text.replace('"type": "library"', '"type": "libary"', 1)
    assert JsonStrictValidator(SchemaVersion.V1_7).validate_str(broken) is not None


def test_it_lists_every_line_of_the_lock_with_every_hash(told: dict[str, Any]) -> None:
    assert len(in_the_lock()) > 40
    assert in_the_bill(told) == in_the_lock()


def test_one_missing_line_or_hash_is_found(told: dict[str, Any]) -> None:
    named(told, "django")["hashes"].pop()
    assert in_the_bill(told) != in_the_lock()
    told["components"].remove(named(told, "django"))
    assert len(in_the_bill(told)) == len(in_the_lock()) - 1


def test_every_part_says_its_licence_and_has_a_hash(told: dict[str, Any]) -> None:
    without = [part["name"] for part in told["components"] if not part.get("licenses")]
    assert without == []
    assert [part["name"] for part in told["components"] if not part.get("hashes")] == []
    listed = [one for part in told["components"] for one in part["licenses"]]
    assert [one for one in listed if "name" in one.get("license", {})] == []


def test_a_licence_that_was_read_is_one_that_its_package_does_not_state(monkeypatch) -> None:
    read = list(sbom.READ)
    monkeypatch.setattr(sbom, "READ", {})
    for name in read:
        with pytest.raises(SystemExit, match=f"{name} states no licence"):
            sbom.stated_licence(name, sbom.metadata.distribution(name).metadata)


def test_it_lists_what_is_served_and_what_developers_alone_use_is_not_in_it(
    told: dict[str, Any],
) -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    fetched = named(told, "dkfds")
    assert fetched["version"] == lock["node_modules/dkfds"]["version"]
    files = {part["name"]: part["hashes"][0]["content"] for part in fetched["components"]}
    folder = sbom.frontend.TARGET
    assert set(files) == {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert "axe-core" not in {part["name"] for part in told["components"]}
    assert "pytest" not in {part["name"] for part in told["components"]}
    htmx = named(told, "django-htmx")["components"][0]
    assert (htmx["name"], htmx["version"][:2]) == ("htmx.org", "2.")


def test_it_lists_the_fonts_and_what_is_compiled_in(told: dict[str, Any]) -> None:
    fonts = {part["name"] for part in told["components"] if part["name"].endswith(".ttf")}
    assert fonts == {path.name for path in (ROOT / "musling/documents/fonts").glob("*.ttf")}
    inside = {part["name"] for part in named(told, "typst")["components"]}
    assert {"typst", "typst-pdf", "krilla"} <= inside
    assert "openssl" in {part["name"] for part in named(told, "cryptography")["components"]}


def test_who_needs_whom_leads_from_musling_to_every_package(told: dict[str, Any]) -> None:
    needs = {one["ref"]: one.get("dependsOn", []) for one in told["dependencies"]}
    reached, ahead = set(), ["musling"]
    while ahead:
        reached.add(one := ahead.pop())
        ahead += [ref for ref in needs[one] if ref not in reached]
    assert {part["bom-ref"] for part in told["components"]} - reached == set()


def test_the_same_installation_gives_the_same_bytes(text: str, monkeypatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert sbom.written(sbom.bill()) == text
    assert "timestamp" not in json.loads(text)["metadata"]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    dated = json.loads(sbom.written(sbom.bill()))
    assert dated["metadata"]["timestamp"] == "2023-11-14T22:13:20+00:00"
    assert dated["serialNumber"] != json.loads(text)["serialNumber"]


def test_it_names_no_address_but_that_of_its_schema(text: str) -> None:
    addresses = set(re.findall(r"\w+://[^\"]*", text))
    assert addresses == {json.loads(text)["$schema"]}


def test_what_is_not_installed_as_locked_ends_it(monkeypatch) -> None:
    package = sbom.locked(LOCK)[0]
    for name, version, told in (
        ("no-such-package", "1.0", "is not installed|not installed"),
        (package.name, "0.0.1", "another version"),
    ):
        other = sbom.Locked(name, version, package.hashes, package.via)
        with pytest.raises(SystemExit, match=told):
            sbom.python_component(other)


def test_the_command_writes_the_file(tmp_path, monkeypatch, capsys, text: str) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    target = tmp_path / "bill.json"
    monkeypatch.setattr("sys.argv", ["sbom", str(target)])
    sbom.main()
    assert target.read_text("utf-8") == text
    assert "components in" in capsys.readouterr().out
