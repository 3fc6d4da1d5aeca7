"""The guide's links lead somewhere, on the page in the program and in the file alike.

A heading's anchor is its text in small letters with hyphens, as the program and code hosts make it.
"""

import re
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
PAGES = sorted(GUIDE.glob("*/*.md"))
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)#\s]*)(?:#([^)\s]+))?\)")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")


def headings(page: Path) -> list[str]:
    return re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def page_id(page: Path) -> str:
    return f"{page.parent.name}/{page.name}"


def test_each_language_has_the_same_pages():
    assert [page_id(page) for page in PAGES] == [
        "da/hr.md",
        "da/leder.md",
        "da/log-ind.md",
        "da/medarbejder.md",
        "da/privatliv.md",
        "da/runder.md",
        "da/spoergerammer.md",
        "da/udvalg.md",
        "en/committee.md",
        "en/employee.md",
        "en/hr.md",
        "en/leader.md",
        "en/log-in.md",
        "en/own-frames.md",
        "en/privacy.md",
        "en/rounds.md",
    ]


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_lead_to_a_page_and_a_heading(page):
    dead = []
    for name, fragment in LINK.findall(page.read_text("utf-8")):
        target = page.parent / name if name else page
        if not target.is_file():
            dead.append(name)
        elif fragment and fragment not in map(anchor, headings(target)):
            dead.append(f"{name}#{fragment}")

    assert dead == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_a_page_has_one_title_and_no_heading_twice(page):
    found = headings(page)
    titles = re.findall(r"^# .+$", page.read_text("utf-8"), re.MULTILINE)

    assert len(titles) == 1
    assert len(set(map(anchor, found))) == len(found)


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_a_picture_has_words_for_those_who_cannot_see_it(page):
    silent = [name for words, name in PICTURE.findall(page.read_text("utf-8")) if not words]

    assert silent == []
