"""The limits of a spec: each is named at its place, in little time and memory."""

# ruff: noqa: E501 - a case is one line
from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.support.bounds import bounded
from tests.support.spec_lab import Project
from vidbuild.spec import expand, load, narration, node_data, reader
from vidbuild.spec.diagnostics import MAX_PROBLEMS, render

HEAD = "vidbuild: 1\ntitle: A\n"
SCENES = "scenes:\n  - {id: a, type: title, title: A, duration: 1}\n"
NAME = "k" * 38


def scene(count: int, fields: str) -> str:
    """A spec with so many scenes; `#` in the fields is the scene's number."""
    return HEAD + "scenes:\n" + "".join(f"  - {{{fields.replace('#', str(index))}}}\n" for index in range(count))


def mapping(name: str, count: int, entry: str) -> str:
    """A mapping with so many entries; `#` in an entry is its number."""
    return f"{name}:\n" + "".join(f"  {entry.replace('#', str(index))}\n" for index in range(count))


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{after}: &{after} [{','.join(['*' + before] * 9)}]\n"
    for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)
TOO_MANY = f"too many entries in one list: the maximum is {node_data.MAX_ENTRIES}"
TOO_MANY_KEYS = f"too many entries in one mapping: the maximum is {node_data.MAX_ENTRIES}"
TOO_LONG = "text of 60000 characters: the maximum is 50000"

LIMITS: dict[str, tuple[str, int, str]] = {
    "deep lists": ("a: " + "[" * 10_000, 1, "nested too deeply: the maximum is 50 levels"),
    "deep mappings": ("a: " + "{a: " * 10_000, 1, "nested too deeply: the maximum is 50 levels"),
    "deep block": ("\n".join(" " * depth + "a:" for depth in range(1000)), 51, "nested too deeply: the maximum is 50 levels"),
    "a bomb of aliases": (BOMB, 5, "aliases repeat too many values: the maximum is 20000"),
    "scenes": (scene(20_000, "id: s#, type: title, title: A, duration: 1"), 2004, TOO_MANY),
    "empty scenes": (HEAD + "scenes:\n" + "  -\n" * 190_000, 2004, TOO_MANY),
    "variables": (HEAD + mapping("vars", 60_000, "k#: 1") + SCENES, 2004, TOO_MANY_KEYS),
    "the same key": ("a: 1\n" * 60_000, 2001, TOO_MANY_KEYS),
    "values": ("[" + ("[" + "[]," * 1900 + "],") * 200 + "]", 1, f"too many values: the maximum is {reader.MAX_NODES}"),
    "a long text": (HEAD + "description: " + "x" * 60_000 + "\n" + SCENES, 3, TOO_LONG),
    "a long key": (HEAD + "x" * 1000 + ": a\n" + SCENES, 3, "key of 1000 characters: the maximum is 200"),
    "a long file": ("#" * 2_000_001, 0, "the spec is too large: the maximum is 2000000 bytes"),
    "tags": ("[" + "!x a, " * 1000 + "]", 1, "more problems follow"),
    "templates": (
        HEAD + "vars: {x: a}\n" + mapping("pronounce", 2000, "k#: '{{x}}'") + scene(
            2000, "id: s#, type: title, title: '{{x}}', subtitle: '{{x}}', duration: 1"
        ).removeprefix(HEAD),
        3506,
        f"too many templates in one spec: the maximum is {expand.MAX_TEMPLATES} texts",
    ),
    "templates' characters": (
        HEAD + mapping("pronounce", 8, "k#: '" + "{{x}}" * 2800 + "'") + SCENES,
        11,
        f"too many templates in one spec: the maximum is {expand.MAX_EXPRESSIONS} characters",
    ),
    "templates' results": (
        HEAD + "vars: {x: " + "y" * 9000 + "}\n" + mapping("pronounce", 600, "k#: '{{ x }}'") + SCENES,
        560,
        f"the expanded templates are too long: the maximum is {expand.MAX_EXPANDED} characters in one spec",
    ),
    "a narration": (
        scene(1, "id: a, type: title, title: A, narration: '" + "x " * 6000 + "'"),
        4,
        f"narration of 12000 characters: the maximum is {narration.MAX_LENGTH}",
    ),
    "cues": (
        scene(1, "id: a, type: title, title: A, narration: 'a " + "[[a]] " * 1000 + "'"),
        4,
        f"too many cues in one narration: the maximum is {narration.MAX_CUES}",
    ),
    "a size": (HEAD + "output: {size: 1000000x1000000}\n" + SCENES, 3, "'size' must be "),
    "a large size": (HEAD + "output: {size: 9998x9998}\n" + SCENES, 3, "width and height must be even and from 64 to 7680"),
    "frames a second": (HEAD + "output: {fps: 1000000}\n" + SCENES, 3, "'fps' must be "),
    "a duration": (scene(1, "id: a, type: title, title: A, duration: 1000000000"), 4, "'duration' must be at most 3600"),
    "a float": (scene(1, "id: a, type: title, title: A, duration: 1e999"), 4, "number too large"),
    "no number": (scene(1, "id: a, type: title, title: A, duration: .nan"), 4, "'duration' must be a number, not '.nan'"),
    "hexadecimal": (scene(1, "id: a, type: title, title: A, duration: 0x10"), 4, "'duration' must be a number, not '0x10'"),
    "a date": (HEAD + "language: 2026-01-01\n" + SCENES, 3, "'language' must be a BCP 47 language tag"),
    "merged mappings": (
        HEAD + "".join(f"x-{name}: &{name}\n" + "".join(f"  {name}{at}: 1\n" for at in range(1500)) for name in "ab")
        + "vars: {<<: [*a, *b]}\n" + SCENES,
        3005,
        TOO_MANY_KEYS,
    ),
    "a bomb of merge keys": (
        "x-a: &a {a: 1, b: 2, c: 3, d: 4, e: 5, f: 6}\n"
        + "".join(f"x-{name}: &{name} {{<<: [{','.join(['*' + before] * 20)}]}}\n" for before, name in pairwise("abcdefghi")),
        4,
        "aliases repeat too many values: the maximum is 20000",
    ),
    "digits": (HEAD + "vars: {a: " + "9" * 40_000 + "}\n" + SCENES, 3, "number with too many digits"),
}  # fmt: skip


@pytest.mark.parametrize("name", LIMITS)
def test_limits_are_named_at_their_place(project: Project, name: str) -> None:
    """P42: whatever is too much is an error that names the limit, where it is passed, before it costs anything."""
    text, line, message = LIMITS[name]
    with bounded():
        examined = project.try_load(text)
        shown = render(examined.diagnostics, examined.sources)
    assert examined.spec is None
    assert [item for item in examined.diagnostics if item.message.startswith(message) and item.line == line], shown
    assert len(shown) < 300_000


NEAR: dict[str, str] = {
    "undefined names": HEAD + mapping("vars", 2000, NAME + "#: 1") + mapping("pronounce", 1100, f"k#: '{{{{ {NAME}x# }}}}'") + SCENES,
    "voices": HEAD + mapping("voices", 2000, NAME + "#: espeak:en") + scene(2000, f"id: s#, type: title, title: A, duration: 1, voice: {NAME}x#").removeprefix(HEAD),
    "cues": scene(250, "id: s#, type: list, narration: '" + " ".join(f"w [[{NAME}{at}]]" for at in range(150)) + "', items: [" + ",".join(["{text: a, at: " + NAME + "x}"] * 12) + "]"),
    "files": scene(2000, "id: s#, type: image, duration: 1, src: " + "../" * 40 + "a.png"),
    "fields": scene(1900, "id: S#, typ: title, titel: A, duraton: 2s, voice: {engin: a}"),
    "one line": HEAD + "scenes: [" + ",".join(["{id: A, typ: b, x: " + "y" * 800 + "}"] * 1900) + "]\n",
    "ids": scene(2000, "id: a, type: title, title: A, duration: 1"),
    "one long word": HEAD + "pronounce: {a: b}\n" + scene(1, "id: a, type: title, title: A, narration: '" + "." * 4000 + "x" + "." * 4000 + "'").removeprefix(HEAD),
    "comparisons": HEAD + "vars: {x: " + "a" * 9900 + ", y: " + "a" * 4900 + "b" + "a" * 4900 + "}\n" + mapping("pronounce", 500, "k#: '{{ y in (x~x~x~x~x~x~x~x~x~x) }}'") + SCENES,
    "combining characters": HEAD + "foo: a" + "\u0301" * 40_000 + "\n" + SCENES,
}  # fmt: skip


@pytest.mark.parametrize("name", NEAR)
def test_as_much_as_is_allowed_takes_little(project: Project, name: str) -> None:
    """A spec just under its limits, made so that everything is compared with everything, is checked in little time."""
    with bounded():
        examined = project.try_load(NEAR[name])
        shown = render(examined.diagnostics, examined.sources)
    assert len(examined.diagnostics) <= MAX_PROBLEMS + 1
    assert len(shown) < 300_000


def test_of_many_problems_the_first_are_reported(project: Project) -> None:
    """Of thousands of errors the first are reported, and that there are more."""
    examined = project.try_load(NEAR["ids"])
    assert len(examined.diagnostics) == MAX_PROBLEMS + 1
    assert examined.diagnostics[-1].message == "more problems follow: only the first 100 are shown"
    assert examined.spec is None


def test_only_warnings_leave_a_spec(project: Project) -> None:
    """However many warnings there are, they are warnings."""
    examined = project.try_load(scene(300, f"id: s#, type: title, duration: 1, title: {'long ' * 20}"))
    assert {item.severity for item in examined.diagnostics} == {"warning"}
    assert len(examined.diagnostics) == MAX_PROBLEMS + 1
    assert examined.spec is not None


def test_messages_are_one_plain_line(project: Project) -> None:
    """What a spec's author chose reaches no terminal and no log as a command, in messages or in lines shown."""
    text = HEAD + '"k\\e]0;x\\a": 1\nscenes:\n  - {id: "\\e[31m\\n::add-mask::x\\u2028", type: title, title: A}\n'
    examined = project.try_load(text)
    shown = render(examined.diagnostics, examined.sources)
    assert len(examined.diagnostics) > 1
    assert not [mark for mark in shown if mark != "\n" and not mark.isprintable()]
    assert "\n::add-mask" not in shown


def unreadable(path: Path) -> str:
    """The one problem of a file that is no spec."""
    with bounded():
        (found,) = load.try_load(path).diagnostics
    return found.message


def test_what_is_no_file_is_not_waited_for(project: Project) -> None:
    """A pipe or a device in the place of a spec is an error at once, and a file of many gigabytes is not read."""
    os.mkfifo(project.root / "pipe.yaml")
    large = project.write("large.yaml", "")
    os.truncate(large, 4 << 30)
    assert unreadable(project.root / "pipe.yaml") == "cannot read the spec: not a regular file"
    assert unreadable(large) == "the spec is too large: the maximum is 2000000 bytes"
    assert unreadable(Path("/dev/zero")) == "cannot read the spec: not a regular file"
    assert unreadable(project.root) == "cannot read the spec: is a directory"
    assert unreadable(project.root / "a\0b.yaml") == "cannot read the spec: embedded null byte"


def test_a_spec_is_of_its_own_project(project: Project, tmp_path: Path) -> None:
    """V26: a spec that is a symlink out of its project is not read, so no line of it is shown in an error."""
    secret = tmp_path / "credentials"
    secret.write_text("token: hunter2", encoding="utf-8")
    (project.root / "out.yaml").symlink_to(secret)
    project.write(".git/config", "token: hunter2")
    (project.root / "config.yaml").symlink_to(".git/config")
    project.write("real.yaml", "token: hunter2")
    (project.root / "in.yaml").symlink_to("real.yaml")
    assert unreadable(project.root / "out.yaml") == "cannot read the spec: symlink to a file outside the project folder"
    assert unreadable(project.root / "config.yaml").startswith(
        "cannot read the spec: 'config.yaml': specs may not read files in '.git'"
    )
    assert "unknown field 'token'" in [item.message for item in load.try_load(project.root / "in.yaml").diagnostics]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"title": "x" * 60_000}, "text of 60000 characters: the maximum is 50000"),
        ({"vars": {"k" * 300: 1}}, "key of 300 characters: the maximum is 200"),
        ({"scenes": [None] * 3000}, "too many entries in one list: the maximum is 2000"),
        ({"vars": dict.fromkeys(map(str, range(3000)))}, "too many entries in one mapping: the maximum is 2000"),
    ],
)
def test_specs_made_in_python_have_the_same_limits(project: Project, data: dict[str, Any], message: str) -> None:
    """What is too much in a file is too much in data."""
    assert message in [item.message for item in project.try_load(data).diagnostics]
