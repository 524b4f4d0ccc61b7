"""Markup in narrations."""

from __future__ import annotations

import time

import pytest

from tests.support.spec_lab import Project
from vidbuild.spec import markup


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (
            "Run `pip install` **once**, *then* see [the guide](https://example.org/a_b).",
            "Run pip install once, then see the guide.",
        ),
        ("## Getting started\n\n- First, unpack it\n- Second", "Getting started.\n\nFirst, unpack it.\nSecond."),
        ("## Go [[a]]\nnext", "Go. [[a]]\nnext"),
        ("请**保存**文件", "请保存文件"),
        ("***both*** and **a *b* c** and `*.py`", "both and a b c and *.py"),
        ("_so_ and ~~old~~ and ![alt](a.png) and <https://example.org>", "so and old and alt and https://example.org"),
    ],
)
def test_inline_markdown_is_not_spoken(text: str, plain: str) -> None:
    """Emphasis, code, links, headings and list marks are removed; headings and items end like sentences."""
    assert markup.plain(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "2 * 3 * 4 and 2*3*4 and 2**3**4",
        "*.py, *.txt and **/*.md",
        "def f(*args, **kwargs)",
        "__init__ and foo_bar_baz and _private.x",
        "f[i](y) and a[0] and [0:v]",
        "C# and #1 and # comment",
        "[[cue]] and 5 > 3",
        "a ~ b ~ c",
    ],
)
def test_math_and_code_stay(text: str) -> None:
    """Stars, underscores, brackets and number signs of math and code are no markup."""
    assert markup.plain(text) == text


@pytest.mark.parametrize(
    ("narration", "message", "hint"),
    [
        (
            'Wait. <break time="1s"/> Go.',
            "the voice reads '<break time=\"1s\"/>' aloud: narrations are plain text",
            "write '[[pause 1]]' for silence",
        ),
        (
            "Open # to be checked",
            "the voice reads '#' aloud",
            "remove it, or add how it is spoken to 'pronounce': {'#': ...}",
        ),
        (
            "a **bold start",
            "the voice reads '**' aloud",
            "remove it, or add how it is spoken to 'pronounce': {'**': ...}",
        ),
        (
            "from a -> b",
            "espeak leaves out '->', which captions show",
            "add how it is spoken to 'pronounce', such as {'->': to}",
        ),
        (
            "if a < b",
            "espeak leaves out '<', which captions show",
            "add how it is spoken to 'pronounce', such as {'<': less than}",
        ),
        (
            "a | b",
            "espeak leaves out '|', which captions show",
            "add how it is spoken to 'pronounce', such as {'|': or}",
        ),
    ],
)
def test_what_is_not_spoken_as_written_is_a_warning(project: Project, narration: str, message: str, hint: str) -> None:
    """Markup that is read aloud, and signs that are left out, are warnings; following the hint ends them."""
    ((_, found, shown),) = project.wrong({"narration": narration}, voice="espeak:en-us", reading="verbatim")
    assert (found, shown) == (message, hint)
    if "pronounce" in hint:
        sign = message.split("'")[1]
        assert (
            project.wrong({"narration": narration}, pronounce={sign: "to"}, voice="espeak:en-us", reading="verbatim")
            == []
        )


@pytest.mark.parametrize("narration", ["from a -> b", "if a < b", "a | b", "a list<b>", "2 > 1"])
def test_a_sign_that_is_read_is_no_warning(project: Project, narration: str) -> None:
    """The reading gives the signs that espeak leaves out their English words, and no other language's."""
    assert project.wrong({"narration": narration}) == []
    assert project.wrong({"narration": narration}, language="de", voice="espeak:de")


def test_markup_that_is_read_is_a_warning(project: Project) -> None:
    """Markup that is left is a warning also if its signs are read; an entry of `pronounce` ends it."""
    for narration, sign in (("Open # to be checked", "#"), ("a **bold start", "**")):
        ((_, message, _),) = project.wrong({"narration": narration})
        assert message == f"the voice reads '{sign}' aloud"
        assert project.wrong({"narration": narration}, pronounce={sign: "to"}) == []
    ((_, message, _),) = project.wrong({"narration": 'Wait. <break time="1s"/> Go.'})
    assert message == "the voice reads '<break time=\"1s\"/>' aloud: narrations are plain text"


def test_a_sign_is_found_by_itself(project: Project) -> None:
    """The place of a sign is its own, not that of an arrow before it with the same character."""
    head = "vidbuild: 1\ntitle: A\nvoice: espeak:en-us\nscenes:\n"
    head += "  - id: a\n    type: title\n    title: A\n    narration: "
    found = project.problems(head + "a -> b > c -> d\nreading: verbatim\n")
    assert [(line, column, message.split("'")[1]) for line, column, message, _ in found] == [
        (8, 18, "->"),
        (8, 23, ">"),
    ]


def test_the_tags_of_an_element_are_one_kind_of_problem(project: Project) -> None:
    """A closing tag is a tag also directly after a word; a type parameter is none."""
    tags = {message for _, message, _ in project.wrong({"narration": "It is <b>bold</b>."})}
    assert tags == {f"the voice reads '{tag}' aloud: narrations are plain text" for tag in ("<b>", "</b>")}
    signs = {
        message
        for _, message, _ in project.wrong({"narration": "It is a list<b>."}, voice="espeak:en-us", reading="verbatim")
    }
    assert signs == {f"espeak leaves out '{sign}', which captions show" for sign in "<>"}


def test_hostile_texts_take_no_time() -> None:
    """Texts of 10,000 characters that almost match take less than a second."""
    started = time.monotonic()
    for part in ("`a", "*a", "[a", "[a](", "_a ", "``a`", "**a ", "~~a", "<a ", "- a [[x]] ", "](" + "(a" * 9, "# a #"):
        text = (part * 10_000)[:10_000]
        markup.plain(text)
        assert [*markup.tags(text), *markup.read_aloud(text), *markup.silent(text), ""]
    assert time.monotonic() - started < 12


@pytest.mark.parametrize("text", ["## a" + " #" * 4900 + "b", "## a" + " " * 9000 + "b", "- a" + "\t" * 9000 + "b"])
def test_a_long_heading_takes_no_time(text: str) -> None:
    """The time of a heading or an item grows with its length, not with the square of its blanks."""
    started = time.process_time()
    assert markup.plain(text).endswith("b.")
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("text", "plain"),
    [("## In C#", "In C#"), ("## End ##  ", "End."), ("## Only #1", "Only #1."), ("- item \t", "item."), ("## #", "#")],
)
def test_a_heading_ends_without_its_closing_signs(text: str, plain: str) -> None:
    """Signs that close a heading are none of its words; those of a word are."""
    assert markup.plain(text) == plain
