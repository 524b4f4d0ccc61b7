"""Reading YAML text as plain data with places."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.support.bounds import bounded
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
    assert found.location is not None
    return found.message, found.location.line, found.location.column, found.location.end_column


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
        ("a: b: c", ("invalid YAML: unexpected ':'", 1, 5, 6)),
        ("a:\n\t- b", ("invalid YAML: unexpected tab", 2, 1, 2)),
        ("a: @b", ("invalid YAML: unexpected '@'", 1, 4, 5)),
        ("a: [1, 2", ("invalid YAML: expected ',' or ']'", 1, 8, 9)),
        ("a: \x07", ("invalid YAML: character U+0007 is not allowed", 1, 4, 5)),
        ("a: \ufffe", ("invalid YAML: character U+FFFE is not allowed", 1, 4, 5)),
        ("a: 1\n---\nb: 2", ("second YAML document: expected one document in a file", 2, 1, 4)),
        ("a: *b", ("alias '*b' before its anchor '&b'", 1, 4, 6)),
        ("a: &b [*b]", ("alias '*b' contains itself", 1, 8, 10)),
        ("a: 1\nb: 2\na: 3", ("'a' is given twice: first in line 1", 3, 1, 2)),
        ("1: a", ("a key must be text, not a number", 1, 1, 2)),
        ("true: a", ("a key must be text, not true", 1, 1, 5)),
        ("~: a", ("a key must be text, but it is empty", 1, 1, 2)),
        ("? [a]\n: b", ("a key must be text, not a list", 1, 3, 6)),
        ("{a: b}: c", ("a key must be text, not a mapping", 1, 1, 7)),
        ("a: !!str b", ("tags such as '!!str' are not allowed", 1, 4, 9)),
        ("a: !x\n  b: c", ("tags such as '!x' are not allowed", 1, 4, 6)),
        ("a: &n !x b", ("tags such as '!x' are not allowed", 1, 7, 9)),
        ("a: 1234567890123456789012", ("number with too many digits", 1, 4, 26)),
        ("a: " + "9" * 5000, ("number with too many digits", 1, 4, 5004)),
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
    assert message.endswith(": the unfinished part starts in line 1")


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
    with bounded():
        message, line, column, _ = problem(bomb(10))
    assert message == f"aliases repeat too many values: the maximum is {MAX_ALIASED}"
    assert (line, column) == (5, 10)


def test_a_few_levels_of_aliases_are_fine() -> None:
    """What a person writes with aliases is far from the limit."""
    assert len(data(bomb(3))["a2"]) == 10


@pytest.mark.parametrize("text", ["[" * 3000, "a: " + "{b: " * 3000, "- " * 3000, "? " * 3000])
def test_deep_nesting_is_refused(text: str) -> None:
    """Nesting that would end in a recursion error is a located problem."""
    message, *_ = problem(text)
    assert message == f"nested too deeply: the maximum is {MAX_DEPTH} levels"


def test_too_many_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of more values than any spec has is refused."""
    monkeypatch.setattr(reader, "MAX_NODES", 100)
    assert problem("[" + "1," * 200 + "1]")[0] == "too many values: the maximum is 100"


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
        (b"a: b\nc: caf\xe9\n", "the file is not UTF-8: invalid byte 0xe9", 2, 7),
        ("日: ".encode() + b"\xff", "the file is not UTF-8: invalid byte 0xff", 1, 4),
        (b"\xff\xfea\x00", "the file is UTF-16: expected UTF-8", 1, 1),
        (b"\x80", "the file is not UTF-8: invalid byte 0x80", 1, 1),
        (b"\xef\xbb\xbf\xff", "the file is not UTF-8: invalid byte 0xff", 1, 1),
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
    assert [document.token(("a",), "[[x]]", nth).line for nth in (0, 1)] == [2, 3]
    assert document.token(("a",), "[[x]]").column == 7
    assert document.token(("a",), "[[y]]") == document.value(("a",))
    assert document.token(("b",), "x") == document.value(("b",))


def test_places_of_what_is_not_there() -> None:
    """A path that is not in the text has the place of the nearest thing around it."""
    document, _ = read("a:\n  b: 1\n", "v.yaml")
    assert document.value(("a", "c", 3)) == document.value(("a",))
    assert document.key(("a", "c")) == document.value(("a",))
    assert Document("v.yaml", "", None).value(()).line == 0


MERGED = "x-a: &a {one: 1, two: 2}\nx-b: &b {two: 3, three: 4}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("m: {<<: *a}", {"one": 1, "two": 2}),
        ("m: {<<: *a, two: 5}", {"two": 5, "one": 1}),
        ("m:\n  two: 5\n  <<: *a", {"two": 5, "one": 1}),
        ("m: {<<: [*a, *b]}", {"one": 1, "two": 2, "three": 4}),
        ("m: {<<: [*b, *a]}", {"one": 1, "two": 3, "three": 4}),
        ("m: {<<: {five: 5}}", {"five": 5}),
        ("n: &n {<<: *a, six: 6}\nm: {<<: *n, one: 7}", {"six": 6, "one": 7, "two": 2}),
        ('m: {"<<": *a}', {"<<": {"one": 1, "two": 2}}),
        ("m: {<<: []}", {}),
    ],
)
def test_merge_keys(text: str, expected: dict[str, int]) -> None:
    """A merge key `<<` adds the fields of other mappings; own fields win, then those of the first mapping."""
    document, problems = read(MERGED + text, "v.yaml")
    assert problems == []
    assert document.data["m"] == expected


@pytest.mark.parametrize("value", ["5", "text", "[*a, 5]", "", "'*a'"])
def test_a_merge_key_without_a_mapping(value: str) -> None:
    """P42: a merge key with anything but mappings is an error at the key, with the way to write it."""
    _, (found,) = read(f"{MERGED}m:\n  <<: {value}\n", "v.yaml")
    assert (found.line, found.column) == (4, 3)
    assert found.message == "'<<' needs a mapping, or a list of mappings"
    assert found.hint == "write '<<: *name', with '&name' before the mapping that has the fields"


def test_a_merged_value_stands_where_it_is_written() -> None:
    """P42: the location of a merged field is that of its own text, above the scene that takes it."""
    document, _ = read(MERGED + "m: {<<: *a}", "v.yaml")
    assert (document.key(("m", "two")).line, document.key(("m", "two")).column) == (1, 18)
    assert (document.value(("m", "two")).line, document.value(("m", "two")).column) == (1, 23)
