"""Which parts of a line are isolated from the bidirectional algorithm. Braces stand for the isolates."""

from __future__ import annotations

import re
import time

import pytest

from vidbuild.scenes import isolation
from vidbuild.scenes.command import cells


def shown(line: str, run: re.Pattern[str]) -> str:
    """The line with its isolates as braces."""
    return isolation.isolate(line, run).replace("\u2068", "{").replace("\u2069", "}")


@pytest.mark.parametrize(
    "expected",
    [
        'print(name, "{שלום}", "{مرحبا 123}")',
        'name = "{مرحبا بالعالم}"  # {تعليق}',
        "f({שלום}, {עולם}) = 3",
        '"{שלום, עולם}", "{עולם. שלום}"',
        "{ערך1} = {ערך_2}",
        "// {תיקון: (שורה אחת), ועוד.}",
        "/* {תיקון} */ x",
        "<!-- {שלום, עולם} -->",
        '{צה"ל אמר} "{שלום}", "{עולם}"',
        "    {שלום, עולם. זה}",
        'x = "hello {שלום, עולם}!"',
        'a // b, "{שלום}"',
        r"x = 'it\'s {שלום}'",
        'url = "https://{שלום}.com/{עולם}"',
        "<p>{שלום}</p><p>{עולם}</p>",
        "('{שלום}': '{עולם}', 'c': `{ערך}`)",
        'x = "plain" # plain',
    ],
)
def test_strings_comments_and_names_are_isolated_in_code(expected: str) -> None:
    """Each string or comment that reads from right to left is isolated as a whole, and other words by themselves."""
    assert shown(expected.replace("{", "").replace("}", ""), isolation.CODE) == expected


@pytest.mark.parametrize(
    "expected",
    [
        "cp {שלום} {עולם}",
        "echo '{مرحبا بالعالم}' | wc -c",
        r"cp {תיקיה\ שלי}/{קובץ}.txt b",
        "echo {שלום} # {הערה כאן}",
        "mv {קובץ-ישן} {קובץ-חדש}",
    ],
)
def test_arguments_are_isolated_in_commands(expected: str) -> None:
    """A space divides arguments, unless it is quoted or escaped."""
    assert shown(expected.replace("{", "").replace("}", ""), isolation.COMMAND) == expected


@pytest.mark.parametrize("expected", ["error: {שלום, עולם}", "{שלום}  {עולם}", "│ {שלום} │ {עולם} │", "a=b"])
def test_prose_and_columns_are_isolated_in_output(expected: str) -> None:
    """A sentence is one part; the columns of a table are several."""
    assert shown(expected.replace("{", "").replace("}", ""), isolation.PROSE) == expected


def test_characters_that_change_directions_are_removed() -> None:
    """An override in code cannot show a line in another order than it has."""
    assert isolation.without_controls("a\u202e//\u2066b\u200f") == "a//b"
    controls = {0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
    removed = {code for code in range(0x600, 0x2100) if isolation.without_controls(f"א{chr(code)}") == "א"}
    assert removed == controls


@pytest.mark.parametrize(
    "line",
    [
        "א" + "1" * 100_000,
        "א, " * 50_000,
        '"' * 50_000 + "א",
        "# " * 50_000 + "א",
        "'א" * 50_000,
        'א "' + "\\" * 50_000,
    ],
)
def test_long_lines_take_little_time(line: str) -> None:
    """The time grows with the length of a line, not with its square."""
    start = time.process_time()
    for run in (isolation.CODE, isolation.COMMAND, isolation.PROSE):
        isolation.spans(line, run)
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("ab cd", ["ab cd"]),
        ("a日b", ["a", ["日", 2], "b"]),
        ("│ok│", ["│", "ok", "│"]),
        ("e\u0301x", [["e\u0301", 1], "x"]),
        ("👩\u200d👧!", [["👩\u200d👧", 2], "!"]),
        ("नमस्ते x", [["नमस्ते", 4], " x"]),
        ("cp ערך b", ["cp ", ["\u2068ערך\u2069", 3], " b"]),
        ("", []),
    ],
)
def test_parts_of_a_line(line: str, parts: list[cells.Part]) -> None:
    """Characters of one column are drawn as text; others, and scripts whose letters join, as parts with a width."""
    assert cells.parts(line, isolation.COMMAND) == parts
