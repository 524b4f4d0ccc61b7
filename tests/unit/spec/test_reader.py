"""Reading YAML text as plain data with places."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from vidbuild.spec import reader
from vidbuild.spec.document import Document, Path
from vidbuild.spec.reader import MAX_ALIASED, MAX_DEPTH, decode, read


def data(text: str) -> Any:
    """The data of a text that has nothing wrong with it."""
    document, problems = read(text, "v.yaml")
    assert problems == []
    return document.data


def problem(text: str) -> tuple[str, int, int, int]:
    """The one problem of a text: message, line, column, end column."""
    _, problems = read(text, "v.yaml")
    (found,) = problems
    assert found.place is not None
    return found.message, found.place.line, found.place.column, found.place.end_column


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True), ("True", True), ("FALSE", False), ("null", None), ("~", None), ("", None),
        ("yes", "yes"), ("no", "no"), ("on", "on"), ("off", "off"), ("y", "y"), ("NO", "NO"),
        ("12", 12), ("-3", -3), ("+4", 4), ("007", 7), ("1.5", 1.5), (".5", 0.5), ("2.", 2.0), ("1e3", 1000.0),
        ("1:30", "1:30"), ("2026-01-01", "2026-01-01"), ("0x1f", "0x1f"), ("1_000", "1_000"), (".inf", ".inf"),
        (".nan", ".nan"), ("1e9999", "1e9999"), ("=", "="), ("<<", "<<"), ("'12'", "12"), ('"true"', "true"),
        ("1.2.3", "1.2.3"), ("1 2", "1 2"), ("٣", "٣"),
    ],
)  # fmt: skip
def test_plain_scalars_mean_what_they_mean_to_editors(written: str, value: object) -> None:
    """Plain scalars follow YAML 1.2's core schema: no Norway problem, no sexagesimals, no dates."""
    found = data(f"a: {written}")["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("path", "key", "place"),
    [
        (("title",), True, (1, 1, 6)),
        (("title",), False, (1, 8, 12)),
        (("output", "size"), True, (2, 10, 14)),
        (("output", "size"), False, (2, 16, 21)),
        (("output",), False, (2, 9, 32)),
        (("scenes",), False, (4, 5, 7)),
        (("scenes", 0), False, (4, 5, 7)),
        (("scenes", 0, "items"), False, (6, 9, 12)),
        (("scenes", 0, "items", 1), False, (7, 9, 12)),
        (("scenes", 0, "text"), False, (8, 11, 12)),
        (("scenes", 0, "quoted"), False, (10, 13, 21)),
        (("scenes", 0, "long"), False, (11, 11, 16)),
    ],
)
def test_every_key_and_value_has_its_place(path: Path, key: bool, place: tuple[int, int, int]) -> None:
    """P42: keys and values in block and flow style, quoted, folded and over several lines have their places."""
    text = (
        "title: Acme\n"
        "output: {size: 1080p, fps: 30 }\n"
        "scenes:\n"
        "  - id: a\n"
        "    items:\n"
        "      - one\n"
        "      - two\n"
        "    text: >\n"
        "      folded\n"
        '    quoted: "te\\"xt"\n'
        "    long: plain\n"
        "      goes on\n"
    )
    document, problems = read(text, "v.yaml")
    assert problems == []
    found = document.key(path) if key else document.value(path)
    assert (found.line, found.column, found.end_column) == place


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("the file is empty", 1, 1, 2)),
        ("# nothing\n", ("the file is empty", 1, 1, 2)),
        ("---\n", ("the file is empty", 1, 1, 2)),
        ("a: b: c", ("not YAML: ':' is not expected here", 1, 5, 6)),
        ("a:\n\t- b", ("not YAML: a tab is not expected here", 2, 1, 2)),
        ("a: @b", ("not YAML: '@' is not expected here", 1, 4, 5)),
        ("a: [1, 2", ("not YAML: ',' or ']' is expected here", 1, 8, 9)),
        ("a: \x07", ("not YAML: character U+0007 is not allowed", 1, 4, 5)),
        ("a: \ufffe", ("not YAML: character U+FFFE is not allowed", 1, 4, 5)),
        ("a: 1\n---\nb: 2", ("a second YAML document; one file is one document", 2, 1, 4)),
        ("a: *b", ("alias '*b' has no anchor '&b' before it", 1, 4, 6)),
        ("a: &b [*b]", ("alias '*b' contains itself", 1, 8, 10)),
        ("a: 1\nb: 2\na: 3", ("'a' is given twice; first in line 1", 3, 1, 2)),
        ("1: a", ("a key must be text, but this is a number", 1, 1, 2)),
        ("true: a", ("a key must be text, but this is true or false", 1, 1, 5)),
        ("~: a", ("a key must be text, but this is nothing", 1, 1, 2)),
        ("? [a]\n: b", ("a key must be text, but this is a list", 1, 3, 6)),
        ("{a: b}: c", ("a key must be text, but this is a mapping", 1, 1, 7)),
        ("a: !!str b", ("a tag is not allowed: '!!str'", 1, 4, 9)),
        ("a: !x\n  b: c", ("a tag is not allowed: '!x'", 1, 4, 6)),
        ("a: &n !x b", ("a tag is not allowed: '!x'", 1, 7, 9)),
        ("a: 1234567890123456789012", ("a number of more digits than can be kept", 1, 4, 26)),
        ("a: " + "9" * 5000, ("a number of more digits than can be kept", 1, 4, 5004)),
    ],
)  # fmt: skip
def test_problems_are_located(text: str, expected: tuple[str, int, int, int]) -> None:
    """P42: whatever is wrong with a text as YAML is one problem at its character, and never a traceback."""
    assert problem(text) == expected


def test_all_located_problems_at_once() -> None:
    """P42: errors that do not end reading are collected, so that a user fixes them in one go."""
    _, problems = read("a: !x 1\nb: !y 2\na: 3\n4: 5\n", "v.yaml")
    assert len(problems) == 4


def test_an_unfinished_bracket_names_its_line() -> None:
    """A bracket that is never closed is an error with the line of its beginning."""
    message, line, *_ = problem("a: {b: 1\nc: 2\n")
    assert line == 2
    assert message.endswith("; what is not finished began in line 1")


def test_aliases_repeat_values_with_their_places() -> None:
    """An alias stands for its anchor's value; what is in it keeps the place where it is written."""
    document, problems = read("a: &x {b: 1}\nc: *x\n", "v.yaml")
    assert problems == []
    assert document.data == {"a": {"b": 1}, "c": {"b": 1}}
    assert document.value(("c",)).line == 2
    assert document.value(("c", "b")).line == 1
    assert document.value(("a",)).column == 7


def bomb(levels: int) -> str:
    """A billion laughs: each level holds ten of the one before."""
    lines = ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    for level in range(1, levels):
        inner = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} [{inner}]")
    return "\n".join(lines)


def test_alias_bombs_are_defused() -> None:
    """Ten levels of aliases, ten billion values, are refused at the alias that goes too far, and at once."""
    message, line, column, _ = problem(bomb(10))
    assert message == f"aliases repeat more than {MAX_ALIASED} values"
    assert (line, column) == (5, 10)


def test_a_few_levels_of_aliases_are_fine() -> None:
    """What a person writes with aliases is far from the limit."""
    assert len(data(bomb(3))["a2"]) == 10


@pytest.mark.parametrize("text", ["[" * 3000, "a: " + "{b: " * 3000, "- " * 3000, "? " * 3000])
def test_deep_nesting_is_refused(text: str) -> None:
    """Nesting that would end in a recursion error is a located problem."""
    message, *_ = problem(text)
    assert message == f"nested more than {MAX_DEPTH} deep"


def test_too_many_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of more values than any spec has is refused."""
    monkeypatch.setattr(reader, "MAX_NODES", 100)
    assert problem("[" + "1," * 200 + "1]")[0] == "more than 100 values"


def test_the_pure_loader_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libyaml the slow loader gives the same data and the same places."""
    text = "a: &x [1, 'b']\nc: {d: *x, e: text}\nf: |\n  text\n  more\n"
    fast, _ = read(text, "v.yaml")
    monkeypatch.delattr(yaml, "CSafeLoader")
    slow, _ = read(text, "v.yaml")
    assert (slow.data, slow.values, slow.keys) == (fast.data, fast.values, fast.keys)


def test_decoding() -> None:
    """UTF-8 is read with or without a byte order mark."""
    assert decode("a: ü".encode(), "v") == ("a: ü", [])
    assert decode(b"\xef\xbb\xbfa: b", "v") == ("a: b", [])


@pytest.mark.parametrize(
    ("raw", "message", "line", "column"),
    [
        (b"a: b\nc: caf\xe9\n", "not UTF-8: byte 0xe9 is not text", 2, 7),
        ("日: ".encode() + b"\xff", "not UTF-8: byte 0xff is not text", 1, 4),
        (b"\xff\xfea\x00", "not UTF-8 but UTF-16", 1, 1),
        (b"\x80", "not UTF-8: byte 0x80 is not text", 1, 1),
        (b"\xef\xbb\xbf\xff", "not UTF-8: byte 0xff is not text", 1, 1),
    ],
)
def test_bytes_that_are_not_text(raw: bytes, message: str, line: int, column: int) -> None:
    """P42: bytes that are not UTF-8 are a problem at the byte."""
    _, (found,) = decode(raw, "v.yaml")
    assert (found.message, found.line, found.column) == (message, line, column)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings(ending: str) -> None:
    """Lines and columns are counted the same whatever ends a line."""
    document, problems = read(ending.join(["a: 1", "b: {c: 2,", "  d: 3}", ""]), "v.yaml")
    assert problems == []
    assert [document.value(path).line for path in (("a",), ("b",), ("b", "d"))] == [1, 2, 3]
    assert document.value(("b",)).end_column == 10


def test_places_inside_text() -> None:
    """A token inside a scalar has its own place, in block text too; one that is not there has the scalar's."""
    document, _ = read("a: >\n  one [[x]]\n  two [[x]]\n", "v.yaml")
    assert [document.inside(("a",), "[[x]]", nth).line for nth in (0, 1)] == [2, 3]
    assert document.inside(("a",), "[[x]]").column == 7
    assert document.inside(("a",), "[[y]]") == document.value(("a",))
    assert document.inside(("b",), "x") == document.value(("b",))


def test_places_of_what_is_not_there() -> None:
    """A path that is not in the text has the place of the nearest thing around it."""
    document, _ = read("a:\n  b: 1\n", "v.yaml")
    assert document.value(("a", "c", 3)) == document.value(("a",))
    assert document.key(("a", "c")) == document.value(("a",))
    assert Document("v.yaml", "", None).value(()).line == 0
