"""Frames that nobody wrote: right ones of every shape, with letters that files find hard."""

from typing import Any

from hypothesis import strategies as st

from musling.frames.document import (
    ITEM_TYPES,
    KINDS,
    PARTS,
    PHASES,
    PREPARATIONS,
    TOPICS,
)

HARD = [
    '"',
    '""" + "',
    "\\",
    "'''",
    "#",
    "[[themes]]",
    "\n",
    "\n\n",
    "= {",
    "æøå",
    "😀",
    "\u2028",
    "é",
]
TYPES_OF = {
    "questions": ITEM_TYPES,
    "steps": ("text", "agreements"),
    "expectations": ("text",),
    "feedback": ("text",),
    "goals": ("text", "table"),
    "organisation": ("scale", "text", "choice", "several"),
}
ONCE = ("life_phase", "agreements")


def words() -> st.SearchStrategy[str]:
    """A text of a few pieces that does not begin or end with blanks."""
    pieces = st.lists(st.sampled_from([*HARD, "Hvad", " vil ", "du?"]), min_size=1, max_size=6)
    return pieces.map(lambda parts: f"a{''.join(parts)}z")


def texts() -> st.SearchStrategy[dict[str, str]]:
    """In Danish, and perhaps in more languages, one of which is called as a field is."""
    more = st.dictionaries(st.sampled_from(["en", "id", "nb"]), words(), max_size=2)
    return st.builds(lambda da, rest: {"da": da} | rest, words(), more)


def perhaps(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any of these fields."""
    return st.fixed_dictionaries({}, optional=fields)


def named(count: int, *fields: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    """So many rows with an id and texts."""
    row = st.fixed_dictionaries({field: texts() for field in fields})
    rows = st.lists(row, min_size=count, max_size=count)
    return rows.map(lambda rows: [{"id": f"n-{n}", **row} for n, row in enumerate(rows)])


def some(least: int, most: int, *fields: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    """From ``least`` to ``most`` of them."""
    return st.integers(least, most).flatmap(lambda count: named(count, *fields))


helps = st.lists(texts(), max_size=2)


@st.composite
def items(draw: st.DrawFn, kind: str, parts: tuple[str, ...], left: list[str]) -> dict[str, Any]:
    """One item of a theme that these parts prepare; its id comes later."""
    types = [one for one in TYPES_OF[kind] if one not in ONCE or one in left]
    item = {"type": draw(st.sampled_from(types)), "text": draw(texts())}
    if item["type"] in left:
        left.remove(item["type"])
    if item["type"] in ("choice", "several"):
        item["options"] = draw(some(2, 3, "text"))
    if item["type"] == "table":
        item["columns"] = draw(some(1, 3, "text"))
        item |= draw(perhaps(rows=st.integers(1, 20)))
    item |= draw(
        perhaps(
            phase=st.sampled_from(PHASES),
            text_leader=texts(),
            explanation=texts(),
            explanation_leader=texts(),
            help=helps,
        )
    )
    own = draw(st.none() | st.lists(st.sampled_from(parts), unique=True)) if parts else None
    if own is not None:
        item["for_parts"] = own
    if own or (own is None and parts):
        item |= draw(st.sampled_from([{}, {"mandatory": True}, {"short": True}]))
    return item


@st.composite
def themes(draw: st.DrawFn, left: list[str]) -> dict[str, Any]:
    """One theme; ``left`` holds what may be asked only once in a frame and is not yet."""
    kinds = [kind for kind in TYPES_OF if kind != "organisation" or kind in left]
    kind = draw(st.sampled_from(kinds))
    if kind in left:
        left.remove(kind)
    theme: dict[str, Any] = {"kind": kind, "title": draw(texts())}
    theme["phase"] = draw(st.sampled_from(PHASES))
    parts = {"feedback": ("leader",), "goals": ()}.get(kind, PARTS)
    if kind not in ("feedback", "goals") and draw(st.booleans()):
        parts = tuple(draw(st.lists(st.sampled_from(PARTS), unique=True)))
        theme["for_parts"] = list(parts)
    if kind == "organisation":
        theme |= draw(perhaps(years=st.just([2025, 2026])))
    theme |= draw(
        perhaps(
            intro=texts(),
            help=helps,
            covers=st.lists(st.sampled_from(TOPICS), max_size=2),
            minutes=st.integers(1, 480),
        )
    )
    theme["items"] = draw(st.lists(items(kind, parts, left), min_size=1, max_size=3))
    return theme


@st.composite
def frames(draw: st.DrawFn) -> dict[str, Any]:
    """The raw data of a frame that can be used."""
    left = ["life_phase", "agreements", "organisation"]
    made = draw(st.lists(themes(left), min_size=1, max_size=3))
    for t, theme in enumerate(made):
        theme["id"] = f"theme-{t}"
        for i, item in enumerate(theme["items"]):
            item["id"] = f"theme-{t}.{i}"
    frame = {
        "kind": draw(st.sampled_from(KINDS)),
        "title": draw(texts()),
        "preparation": draw(st.sampled_from(PREPARATIONS)),
        "themes": made,
        "scale": {
            "low": draw(texts()),
            "high": draw(texts()),
            **draw(perhaps(explanation=texts())),
        },
    }
    if "life_phase" not in left:
        frame["life_phases"] = draw(some(1, 3, "title"))
    return frame | draw(
        perhaps(
            format=st.just(1),
            minutes=st.integers(1, 480),
            purpose=perhaps(paragraphs=helps, aims=some(0, 2, "title", "text")),
            four_points=st.just([]) | named(4, "title", "text"),
            guidance=perhaps(employee=helps, leader=helps),
            core_task_example=texts(),
        )
    )
