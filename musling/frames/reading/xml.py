"""A part of a Word file as a tree, read so that no file can make it large or slow.

No document type is let in, so there are no entities to expand; elements and depth are counted while
reading. (The parsers of the standard library that make trees do not count.)
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from musling.frames.reading.problems import Limits, too_long


class NotXml(ValueError):
    """The part is no XML, or holds what has no place in a Word file."""


@dataclass(slots=True)
class Element:
    """An element without its namespace: ``p`` for ``w:p``."""

    name: str
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    text: str = ""

    def find(self, *path: str) -> "Element | None":
        """The first element at the end of the path of names below, or None."""
        found: Element | None = self
        for name in path:
            found = next((c for c in found.children if c.name == name), None) if found else None
        return found

    def all(self, name: str) -> Iterator["Element"]:
        """The direct children of that name."""
        return (child for child in self.children if child.name == name)

    def within(self, name: str) -> Iterator["Element"]:
        """All elements of that name, at any depth, in order."""
        waiting = list(reversed(self.children))
        while waiting:
            one = waiting.pop()
            if one.name == name:
                yield one
            waiting.extend(reversed(one.children))

    def get(self, name: str, default: str = "") -> str:
        """An attribute's value."""
        return self.attributes.get(name, default)


def tree(data: bytes, limits: Limits) -> Element:
    """The root element. Raises NotXml; UnreadableForm where there is more than in any form."""
    builder = _Builder(limits)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise NotXml(str(error)) from error
    return builder.root


def _refuse(*_parts: object) -> NoReturn:
    raise NotXml("A document type has no place in a Word file.")


class _Builder:
    """Keeps the elements that are open."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.count = limits, 0
        self.root = Element("", {})
        self.open = [self.root]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self.count += 1
        if self.count > self.limits.elements or len(self.open) > self.limits.depth:
            raise too_long()
        element = Element(_local(name), {_local(key): value for key, value in attributes.items()})
        self.open[-1].children.append(element)
        self.open.append(element)

    def end(self, _name: str) -> None:
        """The innermost element ends."""
        self.open.pop()

    def characters(self, data: str) -> None:
        """Text within the innermost element; only leaves of text keep it."""
        if self.open[-1].name in ("t", "instrText"):
            self.open[-1].text += data


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
