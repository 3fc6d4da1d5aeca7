"""Write the software bill of materials: ``python -m setup.sbom [FILE]``, CycloneDX 1.7 as JSON.

What a running installation is made of: the Python packages of requirements/runtime.txt, what is
compiled into them as far as they say so themselves (PEP 770), the front-end package with the files
of it that are served, htmx, and the fonts of the documents. The hashes are those of the locks and
of the files on disk; the licences those that each part states.

The same installation gives the same bytes: the serial number follows from the content, and there
is a date only where SOURCE_DATE_EPOCH gives one. No address of a registry is in it.
"""

import base64
import datetime as dt
import hashlib
import json
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot7
from cyclonedx.schema import SchemaVersion
from cyclonedx.spdx import is_expression
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from setup import environment, frontend

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "sbom.cdx.json"
PYTHON_LOCK = environment.lock_file("runtime")
NPM_LOCK = ROOT / "package-lock.json"
FONTS = ROOT / "musling" / "documents" / "fonts"
HTMX = "django_htmx/static/django_htmx/htmx-2.min.js"

# What a package's classifiers call a licence, where it says it in no other way.
CLASSIFIERS = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: MIT License": "MIT",
}
# Packages that name a family ("BSD") or nothing: read in the licence files they bring.
READ = {
    "django-csp": "BSD-3-Clause",
    "fido2": "BSD-2-Clause AND Apache-2.0 AND MPL-2.0",
    "python-dateutil": "BSD-3-Clause",  # for all of it; newer parts may be had as Apache-2.0, too
    "qrcode": "BSD-3-Clause AND MIT",
    "segno": "BSD-3-Clause",
    "sqlparse": "BSD-3-Clause",
}
HTMX_LICENCE = "0BSD"


@dataclass(frozen=True, slots=True)
class Locked:
    """One package of the Python lock: its hashes, and the packages that asked for it."""

    name: str
    version: str
    hashes: tuple[str, ...]
    via: tuple[str, ...]


def main() -> None:
    """Write the bill to the file of the command line, sbom.cdx.json without one."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    text = written(bill())
    if problem := JsonStrictValidator(SchemaVersion.V1_7).validate_str(text):
        sys.exit(f"The bill of materials breaks its schema: {problem}")
    target.write_text(text, "utf-8")
    print(f"{len(json.loads(text)['components'])} components in {target}")


def bill() -> Bom:
    """The bill. Ends the program where a part is missing or nobody knows its licence."""
    packages = locked(PYTHON_LOCK.read_text("utf-8"))
    python = {package.name: python_component(package) for package in packages}
    npm = list(npm_components(json.loads(NPM_LOCK.read_text("utf-8"))))
    fonts = [font(path) for path in sorted(FONTS.glob("*.ttf"))]
    whole = itself()
    bom = Bom(metadata=BomMetaData(component=whole), components=[*python.values(), *npm, *fonts])
    first = [python[package.name] for package in packages if "musling" in package.via]
    bom.register_dependency(whole, [*first, *npm, *fonts])
    for package in packages:
        needs = [python[other.name] for other in packages if package.name in other.via]
        bom.register_dependency(python[package.name], needs)
    return bom


def written(bom: Bom) -> str:
    """The bill as JSON, with a serial number that follows from the rest."""
    content: dict[str, Any] = json.loads(JsonV1Dot7(bom).output_as_string())
    content.pop("serialNumber")
    content["metadata"].pop("timestamp")
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        content["metadata"]["timestamp"] = dt.datetime.fromtimestamp(int(epoch), dt.UTC).isoformat()
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    content["serialNumber"] = f"urn:uuid:{uuid5(NAMESPACE_OID, digest)}"
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def itself() -> Component:
    """Musling."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return Component(
        type=ComponentType.APPLICATION,
        name=project["name"],
        version=project["version"],
        bom_ref=project["name"],
        licenses=licences(project["license"]),
    )


# --- Python ----------------------------------------------------------------------------------


def locked(lock: str) -> list[Locked]:
    """The packages of a lock that pip-compile wrote."""
    return [
        Locked(
            name=name,
            version=version,
            hashes=tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", rest)),
            via=tuple(re.findall(r"(?m)^ +#(?: via)? +(?!via$)([\w.-]+)", rest)),
        )
        for name, version, rest in re.findall(
            r"(?ms)^([\w.-]+)(?:\[[^\]]*\])?==([\w.]+) \\\n(.*?)(?=^\S|\Z)", lock
        )
    ]


def python_component(package: Locked) -> Component:
    """A package of the lock, with what is compiled into it."""
    try:
        installed = metadata.distribution(package.name)
    except metadata.PackageNotFoundError:
        sys.exit(f"{package.name} is in the lock and not installed; run: make dev")
    if installed.version != package.version:
        sys.exit(f"{package.name} {installed.version} is installed; the lock has another version.")
    url = PackageURL("pypi", None, package.name, package.version)
    inside = [*compiled_in(installed, str(url)), *brought_along(installed)]
    return Component(
        name=package.name,
        version=package.version,
        purl=url,
        bom_ref=str(url),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one) for one in package.hashes],
        licenses=licences(stated_licence(package.name, installed.metadata)),
        components=inside,
    )


def stated_licence(name: str, about: metadata.PackageMetadata) -> str:
    """The licence as the package states it, else as it was read. Ends the program for neither."""
    classified = [one for one in about.get_all("Classifier", []) if one.startswith("License ::")]
    stated: list[str | None] = [
        *about.get_all("License-Expression", []),
        *about.get_all("License", []),
        CLASSIFIERS.get(classified[0]) if len(classified) == 1 else None,
        READ.get(name),
    ]
    for one in stated:
        if one and is_expression(one):
            return one
    sys.exit(f"{name} states no licence by its SPDX name: read it, and add it to READ here.")


def compiled_in(installed: metadata.Distribution, owner: str) -> Iterator[Component]:
    """What the package's own bills say is compiled into it: crates, OpenSSL, libpq and its like."""
    seen = {owner}  # a bill may name the package itself
    for path in sorted(str(path) for path in installed.files or []):
        if ".dist-info/sboms/" not in path:
            continue
        told = json.loads(content_of(installed, path))
        for part in told.get("components", []):
            # Without its qualifiers: they are addresses.
            url = PackageURL.from_string(part["purl"])._replace(qualifiers={}, subpath=None)
            if (name := str(url).replace("_", "-")) not in seen:
                seen.add(name)
                yield inner(part, url, owner)


def content_of(installed: metadata.Distribution, path: str) -> bytes:
    """A file that a package brings."""
    return Path(str(installed.locate_file(path))).read_bytes()


def inner(part: dict[str, Any], url: PackageURL, owner: str) -> Component:
    """One part of a package's own bill."""
    return Component(
        name=url.name,
        version=url.version,
        purl=url,
        bom_ref=f"{owner}#{url}",
        hashes=told_hashes(part),
        licenses=licences(" AND ".join(sorted(told_licences(part)))),
    )


def told_hashes(part: dict[str, Any]) -> list[HashType]:
    """The hashes that a part's own bill gives."""
    return [
        HashType(alg=HashAlgorithm(one["alg"]), content=one["content"])
        for one in part.get("hashes", [])
    ]


def told_licences(part: dict[str, Any]) -> set[str]:
    """The licences that a part's own bill gives."""
    told = part.get("licenses", [])
    found = {one.get("expression") or one.get("license", {}).get("id") for one in told}
    return {f"({one})" if " OR " in one else one for one in found if one}


def brought_along(installed: metadata.Distribution) -> Iterator[Component]:
    """htmx, which django-htmx brings as a file."""
    if installed.metadata["Name"] != "django-htmx":
        return
    content = content_of(installed, HTMX)
    version = re.search(rb'version:"([0-9.]+)"', content)
    if version is None:
        sys.exit(f"{HTMX} does not say its version.")
    url = PackageURL("npm", None, "htmx.org", version[1].decode())
    yield Component(
        name="htmx.org",
        version=url.version,
        purl=url,
        bom_ref=str(url),
        hashes=[sha256(content)],
        licenses=licences(HTMX_LICENCE),
    )


# --- the front end and the fonts -------------------------------------------------------------


def npm_components(lock: dict[str, Any]) -> Iterator[Component]:
    """The packages of the npm lock that are served, with the files of them that are kept."""
    for place, package in lock["packages"].items():
        if not place or package.get("dev"):
            continue
        name = place.removeprefix("node_modules/")
        url = PackageURL("npm", None, name, package["version"])
        kept = frontend.TARGET.parent / name
        yield Component(
            name=name,
            version=package["version"],
            purl=url,
            bom_ref=str(url),
            hashes=[integrity(package["integrity"])],
            licenses=licences(package["license"].strip("()")),
            components=[served(path, kept, str(url)) for path in files_below(kept)],
        )


def files_below(folder: Path) -> list[Path]:
    """The files of a folder, in order. Ends the program where there are none."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return found or sys.exit(f"{folder} is empty; run: make dev")


def served(path: Path, folder: Path, owner: str) -> Component:
    """A file of the front end as it is served."""
    name = str(path.relative_to(folder))
    return Component(
        type=ComponentType.FILE,
        name=name,
        bom_ref=f"{owner}#{name}",
        hashes=[sha256(path.read_bytes())],
    )


def font(path: Path) -> Component:
    """A font that Typst sets documents in."""
    about = path.with_name(f"{path.name}.license").read_text("utf-8")
    # In two parts, or a check of licences would take it for the licence of this file.
    stated = re.search(r"(?m)^SPDX-License-" + r"Identifier: (.+)$", about)
    return Component(
        type=ComponentType.FILE,
        name=path.name,
        bom_ref=f"font/{path.name}",
        hashes=[sha256(path.read_bytes())],
        licenses=licences(stated[1] if stated else ""),
        copyright="; ".join(re.findall(r"(?m)^SPDX-FileCopyrightText: (.+)$", about)),
        properties=[Property(name="musling:use", value="documents")],
    )


# --- small readers ---------------------------------------------------------------------------


def licences(expression: str) -> list[License]:
    """The licence as CycloneDX writes it; none for an empty text."""
    return [LicenseFactory().make_from_string(expression)] if expression else []


def integrity(text: str) -> HashType:
    """A checksum of npm, ``sha512-…``, as a hash in hexadecimal digits."""
    method, _dash, digest = text.partition("-")
    if method != "sha512":
        sys.exit(f"package-lock.json has a checksum of another kind: {method}")
    return HashType(alg=HashAlgorithm.SHA_512, content=base64.b64decode(digest).hex())


def sha256(content: bytes) -> HashType:
    """The hash of a file."""
    return HashType(alg=HashAlgorithm.SHA_256, content=hashlib.sha256(content).hexdigest())


if __name__ == "__main__":
    main()
