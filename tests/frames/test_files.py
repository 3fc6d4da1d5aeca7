"""A frame as a file: one way to write it, the line of every fault, and its schema."""

import dataclasses
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from musling.frames import document as shapes
from musling.frames import standard
from musling.frames.document import FrameDocument, FrameFault, to_json
from musling.frames.files import writing
from musling.frames.files.json_lines import json_places
from musling.frames.files.limits import too_much
from musling.frames.files.reading import MOST_BYTES, FrameFileRefused, read_frame_file
from musling.frames.files.toml_lines import toml_lines
from musling.frames.files.writing import FORMATS, as_data, to_toml, written
from musling.frames.parsing import parse
from tests.frames.made_up import frames
from tests.frames.test_document import ANY_JSON, FAULTS, paths, put, small

SCHEMA = json.loads((Path(shapes.__file__).parent / "schema.json").read_text("utf-8"))
CHECK = Draft202012Validator(SCHEMA)
# The reasons that a schema cannot give: what an id names is known only with the others.
BEYOND_A_SCHEMA = re.compile(
    "is already used above|first and the last year|is kept for the talk|are kept for what"
)


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def refused(name: str, content: str | bytes) -> list[str]:
    data = content.encode() if isinstance(content, str) else content
    with pytest.raises(FrameFileRefused) as told:
        read_frame_file(name, data)
    return told.value.message.splitlines()


# --- written and read -----------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", standard.names())
def test_a_standard_frame_goes_out_and_comes_back_to_the_last_byte(name, form):
    file = written(standard.load(name), form)
    back = read_frame_file(f"frame.{form}", file.encode())
    assert back == standard.load(name)
    assert written(back, form) == file


@settings(max_examples=25)
@given(frames())
def test_any_frame_goes_out_and_comes_back_to_the_last_byte(data):
    document = parse(data)
    for form in FORMATS:
        file = written(document, form)
        back = read_frame_file(f"frame.{form}", file.encode())
        assert back == document
        assert written(back, form) == file


@pytest.mark.parametrize("name", standard.names())
def test_what_is_written_has_the_shape_of_the_files_that_come_with_musling(name):
    """The same lines; topics are put in their order, and what goes without saying goes."""
    lines = set(standard.source(name).decode().splitlines())
    new = to_toml(standard.load(name)).splitlines()
    assert {line for line in new if not line.startswith("covers = ")} - lines == set()


def test_a_text_of_several_lines_stands_on_several():
    data = put(small(), ("purpose", "paragraphs"), [])
    data = put(data, ("themes", 1, "intro"), {"da": 'Et\\n\n"To" """'})
    file = to_toml(parse(data))
    assert 'intro.da = """\nEt\\\\n\n\\"To\\" \\"\\"\\""""\n' in file
    assert read_frame_file("a.toml", file.encode()) == parse(data)


def test_every_field_of_a_document_has_its_place_in_the_order():
    kinds = (getattr(shapes, name) for name in dir(shapes))
    fields = {
        field.name
        for kind in kinds
        if dataclasses.is_dataclass(kind) and kind is not shapes.Fault
        for field in dataclasses.fields(kind)
    }
    assert fields | {"format"} == set(writing.ORDER)


# --- which line -----------------------------------------------------------------------------------


def test_a_fault_is_told_with_file_line_and_place():
    source = standard.source("mus-municipality").decode()
    words = 'text.da = "Jeg har det godt på mit arbejde"\n'
    at = source[: source.index(words)].count("\n")
    header = max(n for n, line in enumerate(source.splitlines()[:at], 1) if line[:2] == "[[")
    assert refused("/home/frame.toml", source.replace(words, "")) == [
        f"frame.toml, line {at + 1}: themes[1].items[0].text: missing Danish text"
    ]
    both = source.replace(words, "").replace('text.en = "I feel good at work"\n', "", 1)
    assert refused("frame.toml", both)[0].startswith(f"frame.toml, line {header}: ")


def test_what_is_missing_altogether_belongs_to_the_file_or_to_what_holds_it():
    assert refused("a.toml", 'kind = "mus"\n') == [
        "a.toml: title: missing Danish text",
        "a.toml: preparation: write one of: handed_in, after_both, never",
    ]


# In a file, null has a fault of its own.
@pytest.mark.parametrize(
    ("path", "value", "message"), [one for one in FAULTS if one[1] is not None]
)
def test_every_fault_of_a_json_file_has_the_line_of_its_place(path, value, message):
    source = json.dumps(put(small(), path, value), indent=1)
    (told,) = refused("a.json", source)
    line = re.match(r"a\.json(?:, line (\d+))?: ", told)
    assert told.endswith(message)
    place = message.split(": ")[0]
    above = _nearest(place, json.loads(source))
    assert (line[1] is None) == (above == "")
    if above:
        last = re.findall(r"[a-z_0-9]+", above.rpartition(".")[2])[0]
        assert last in source.splitlines()[int(line[1]) - 1] or above.endswith("]")


def _nearest(place: str, data: Any) -> str:
    """The place, or the nearest above it that the data has."""
    known = {_place(path) for path in paths(data)}
    while place not in known:
        place = re.sub(r"(^|\.)[^.\[]*$|\[\d+\]$", "", place)
    return place


def _place(path: tuple[str | int, ...]) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).lstrip(".")


def leaves(data: Any) -> Iterator[tuple[str, Any]]:
    for path in paths(data):
        at = data
        for step in path:
            at = at[step]
        if not isinstance(at, dict | list):
            yield _place(path), at


@settings(max_examples=25)
@given(frames())
def test_every_value_stands_on_the_line_that_is_told(data):
    document = parse(data)
    for form, find in (("toml", toml_lines), ("json", lambda file: json_places(file).lines)):
        file = written(document, form)
        lines = find(file)
        for place, value in leaves(as_data(document)):
            line = file.split("\n")[lines[place] - 1]
            shown = json.dumps(value, ensure_ascii=False)
            assert shown in line or (line.endswith('"""') and "\n" in value), place
            assert place.rpartition(".")[2].split("[")[0] in line or place.endswith("]"), place


ODD = '''\
# A file as nobody writes it, but may
"quoted.key" . 'and more' = 1 # x = 2
text = """
[not.a.table] "" \\"""
""""
other = \'\'\'
]]
\'\'\'
list = [ # one
  1,
  [ 2, "]", ],
  { a . b = 3, c = [ {}, { d = 2026-01-01 10:00:00 } ] }, # end
]

[ one . two ]
a = 1
[[one.rows]]
a = 1
[[one.rows]]
a = 2
[one.rows.in]
b = 3
[[one.rows.deep]]
c = [[], []]
[[one.rows.deep]]
"" = 1
[[one.rows]]
[[one.rows.deep]]
c = 1
'''


def test_any_toml_is_understood():
    assert tomllib.loads(ODD)
    lines = toml_lines(ODD)
    told = {place: line for place, line in lines.items() if place.startswith(("list", "one"))}
    assert told == {
        "list": 9,
        "list[0]": 10,
        "list[1]": 11,
        "list[1][0]": 11,
        "list[1][1]": 11,
        "list[2]": 12,
        "list[2].a": 12,
        "list[2].a.b": 12,
        "list[2].c": 12,
        "list[2].c[0]": 12,
        "list[2].c[1]": 12,
        "list[2].c[1].d": 12,
        "one": 15,
        "one.two": 15,
        "one.two.a": 16,
        "one.rows": 17,
        "one.rows[0]": 17,
        "one.rows[0].a": 18,
        "one.rows[1]": 19,
        "one.rows[1].a": 20,
        "one.rows[1].in": 21,
        "one.rows[1].in.b": 22,
        "one.rows[1].deep": 23,
        "one.rows[1].deep[0]": 23,
        "one.rows[1].deep[0].c": 24,
        "one.rows[1].deep[0].c[0]": 24,
        "one.rows[1].deep[0].c[1]": 24,
        "one.rows[1].deep[1]": 25,
        "one.rows[2]": 27,
        "one.rows[2].deep": 28,
        "one.rows[2].deep[0]": 28,
        "one.rows[2].deep[0].c": 29,
    }
    assert (lines["quoted.key"], lines["text"], lines["other"]) == (2, 3, 6)


NAMES = st.text("ab", min_size=1, max_size=3)
NESTED = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, NESTED, min_size=1, max_size=4))
def test_every_place_of_any_json_has_a_line(data):
    found = json_places(json.dumps(data, indent=1, ensure_ascii=False))
    assert set(found.lines) == {_place(path) for path in paths(data) if path}
    assert bool(found.nulls) == any(value is None for _place, value in leaves(data))
    assert found.twice == []


# --- files that are no frames ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.txt", "", "a.txt: a frame is a file that ends in .toml or .json"),
        ("a", "", "a: a frame is a file that ends in .toml or .json"),
        ("x/../b.docx", "", "b.docx: a frame is a file that ends in .toml or .json"),
        ("a.toml", b"a = 1\nb = \xe6", "a.toml, line 2: save the file as UTF-8"),
        ("a.toml", "a = 1\na = 2\n", "a.toml, line 2: this is not TOML (Cannot overwrite a value)"),
        ("A.TOML", "a = ", "A.TOML, line 1: this is not TOML (Invalid value)"),
        ("a.json", '{\n"a": }', "a.json, line 2: this is not JSON (Expecting value)"),
        ("a.json", '{"a": 1,\n"a": 2}', "a.json, line 2: a: this field is given twice"),
        (
            "a.json",
            '{"a": [1,\nnull]}',
            "a.json, line 2: a[1]: leave the field out instead of writing null",
        ),
        (
            "a.json",
            "[" * 90_000,
            "a.json, line 1: there are brackets within brackets, far too many",
        ),
        (
            "a.toml",
            "a=" + "[" * 90_000,
            "a.toml, line 1: there are brackets within brackets, far too many",
        ),
        (
            "a.toml",
            "\n\nx" + ".y" * 400_000 + " = 1",
            "a.toml, line 3: the name of a field has too many parts",
        ),
        (
            "a.toml",
            "#" * (MOST_BYTES + 1),
            "a.toml: the file is larger than 1000 kB; a frame is not",
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_file_that_is_no_frame_gets_a_clear_answer(name, content, told):
    assert refused(name, content) == [told]


ABSURD = {
    "deep lists": ("toml", "a = " + "[" * 17 + "]" * 17),
    "deep tables": ("toml", "a = " + "{a=" * 17 + "1" + "}" * 17),
    "deep in JSON": ("json", "[" * 17 + "]" * 17),
    "long names": ("toml", "[" + ".".join(["a"] * 9) + "]"),
    "long names with strings": ("toml", "\n" + " . ".join(['"a.b"'] * 9) + " = 1"),
    "very many values": ("toml", "a = [" + "1," * 40_001 + "]"),
    "very many in JSON": ("json", "[" + "{}," * 20_001 + "1]"),
    "unfinished": ("toml", "a = " + "[" * 17 + '"""' * 100_000),
}


@pytest.mark.parametrize("case", ABSURD.values(), ids=ABSURD)
def test_what_no_frame_needs_is_refused_before_anything_is_made_of_it(case, monkeypatch):
    form, source = case
    for reader in (json, tomllib):
        monkeypatch.setattr(reader, "loads", lambda _source: pytest.fail("it was read"))
    (told,) = refused(f"a.{form}", source)
    assert re.search("far too many|too many parts|more in the file", told)


def test_the_first_excess_ends_the_walk():
    """What is looked at does not grow with what follows."""
    seen = {too_much("a=" + "[" * 17 + ",]{}" * more, "toml").seen for more in (1, 100, 100_000)}
    assert seen == {18}


@pytest.mark.parametrize("sign", ['"', "'", '\\"', '"""', "#", '"""\\', "'''"])
def test_a_string_without_an_end_is_looked_at_once(sign):
    source = "a = " + f"{sign}b\n" * 50_000
    found = too_much(source, "toml")
    assert found is None or found.seen <= len(source)
    assert refused("a.toml", source)


def test_signs_in_texts_and_comments_do_not_count():
    many = "[{.,=" * 20_000
    for text in (f'"{many}"', f"'{many}'", f'"""\n{many}\\""" " \n"""', f"'''\n{many}\n'''"):
        assert too_much(f"a = {text} # {many}\n", "toml") is None
    assert too_much(json.dumps({"a": many + '"'}), "json") is None


@pytest.mark.parametrize("number", ["1" * 5000, "1e99999", "NaN", "-Infinity", "1.0", "true"])
@pytest.mark.parametrize("form", FORMATS)
def test_odd_numbers_stop_nothing(number, form):
    source = f"minutes = {number}\n" if form == "toml" else f'{{"minutes": {number}}}'
    assert refused(f"a.{form}", source)


def test_whoever_saves_with_windows_is_understood():
    file = to_toml(parse(small())).replace("\n", "\r\n")
    assert read_frame_file("a.toml", b"\xef\xbb\xbf" + file.encode()) == parse(small())


@pytest.mark.parametrize("form", FORMATS)
def test_a_name_of_any_length_is_told_cut(form):
    name = "a" * 900_000
    told = refused(f"a.{form}", f"{name} = 1" if form == "toml" else f'{{"{name}": 1}}')
    assert f"a.{form}, line 1: {'a' * 60}: there is no such field; check the spelling" in told
    assert max(map(len, told)) < 200


def test_a_flood_of_faults_is_told_in_part():
    told = refused("a.toml", "\n".join(f"field-{n} = 1" for n in range(5000)))
    assert len(told) == 101
    assert told[-1].startswith("… and 49")


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode), st.sampled_from(FORMATS))
def test_nothing_but_a_frame_file_is_one(content, form):
    assert refused(f"a.{form}", content)


# --- the schema -----------------------------------------------------------------------------------


def schema_faults(data: Any) -> list[str]:
    return [error.message for error in CHECK.iter_errors(data)]


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("name", standard.names())
def test_a_standard_frame_is_what_the_schema_says(name):
    assert schema_faults(tomllib.loads(standard.source(name).decode())) == []
    assert schema_faults(as_data(standard.load(name))) == []
    assert schema_faults(to_json(standard.load(name))) == []


@settings(max_examples=30)
@given(frames())
def test_any_frame_is_what_the_schema_says(data):
    assert schema_faults(data) == []
    assert schema_faults(to_json(parse(data))) == []


@pytest.mark.parametrize(("path", "value", "message"), FAULTS)
def test_a_fault_is_one_to_the_schema_too(path, value, message):
    data = put(small(), path, value)
    assert bool(schema_faults(data)) != bool(BEYOND_A_SCHEMA.search(message))


def understood(data: Any) -> FrameDocument | None:
    try:
        return parse(data, own=True)
    except FrameFault:
        return None


def has_null(data: Any) -> bool:
    return any(value is None for _place, value in leaves(data))


@settings(max_examples=100)
@given(frames(), st.data())
def test_what_parse_takes_the_schema_takes(data, draw):
    """A value anywhere in a frame is another: where it is still a frame, the schema says so too."""
    places = [path for path in paths(data) if path]
    others = ANY_JSON | st.sampled_from([value for _place, value in leaves(data)])
    changed = put(data, draw.draw(st.sampled_from(places)), draw.draw(others | st.just(...)))
    if understood(changed) and not has_null(changed):
        assert schema_faults(changed) == []


def test_the_words_of_the_schema_are_those_of_the_program():
    fields, parts = SCHEMA["properties"], SCHEMA["$defs"]
    item, theme = parts["item"]["properties"], parts["theme"]["properties"]
    for words, there in (
        (fields["kind"]["enum"], shapes.KINDS),
        (fields["preparation"]["enum"], shapes.PREPARATIONS),
        (parts["parts"]["items"]["enum"], shapes.PARTS),
        (parts["phase"]["enum"], shapes.PHASES),
        (item["type"]["enum"], shapes.ITEM_TYPES),
        (theme["kind"]["enum"], shapes.THEME_KINDS),
        (theme["covers"]["items"]["enum"], shapes.TOPICS),
    ):
        assert sorted(words) == sorted(there)
    assert fields["format"]["const"] == shapes.FORMAT
    assert parts["added_by"]["const"] == ""
    assert item["rows"]["maximum"] == shapes.MOST_TABLE_ROWS
    assert parts["minutes"]["maximum"] == shapes.MOST_MINUTES
    longest = [
        parts[name]["patternProperties"]["^"]["maxLength"]
        for name in ("title", "item_text", "body")
    ]
    assert longest == [shapes.TITLE, shapes.ITEM, shapes.BODY]


def test_every_field_is_in_the_schema():
    shapes_of = {
        "theme": shapes.Theme,
        "item": shapes.Item,
        "point": shapes.Point,
        "option": shapes.Option,
        "life_phase": shapes.LifePhase,
    }
    told = {name: set(SCHEMA["$defs"][name]["properties"]) for name in shapes_of}
    there = {n: {f.name for f in dataclasses.fields(s)} for n, s in shapes_of.items()}
    assert told == there
    whole = {field.name for field in dataclasses.fields(FrameDocument)}
    assert set(SCHEMA["properties"]) == whole | {"format"}
