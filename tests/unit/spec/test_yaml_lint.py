"""Warnings about YAML that is valid and probably not meant."""

# ruff: noqa: E501 - a case is one line
from __future__ import annotations

import time

import pytest

from tests.support.spec_lab import Project

HEAD = "vidbuild: 1\ntitle: A\nscenes:\n  - id: a\n    type: {}\n    duration: 1\n    {}\n"
CUT = "' #' starts a comment, so the text ends before it"


def found(project: Project, kind: str, field: str) -> list[tuple[int, str]]:
    """Column and message of the warnings about one field of a scene; an error fails the test."""
    project.write("C#/x.png", (project.root / "dot.png").read_bytes())
    other = {"title": "", "code": "", "command": ""}.get(kind, "")
    examined = project.try_load(HEAD.format(kind, field + other))
    assert examined.errors == ()
    return [(item.column, item.message) for item in examined.diagnostics]


@pytest.mark.parametrize(
    ("kind", "field", "column"),
    [
        ("title", "title: Fix for crash #42 in the parser", 26),
        ("title", "title: Press the # key", 22),
        ("title", "title: Press the\t#key", 22),
        ("title", "title: Ends here  #42", 23),
        ("list", "items:\n      - Press #1\n      - Two", 15),
        ("command", "commands:\n      - run: make all # builds", 23),
        ("command", "commands:\n      - output: 3 of 5 #3 failed", 24),
        ("code", "code: x = 1 # one", 17),
        ("title", "title: A\n    narration: Press the # key", 26),
        ("title", "title: A\n    narration: {en: Press the # key\n      }", 31),
        ("title", "title: A\n    alt: A red button #1", 23),
    ],
)
def test_a_comment_in_a_text(project: Project, kind: str, field: str, column: int) -> None:
    """P42: a plain text that a comment cuts is a warning at the comment."""
    assert found(project, kind, field) == [(column, CUT)]


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("title", "title: Two blanks  # as linters want comments"),
        ("title", 'title: "In quotes" # a comment'),
        ("title", "title: 'In quotes' # a comment"),
        ("title", "title: C# and F#"),
        ("title", "title: |\n      In a block # it is text"),
        ("title", "title: A # x\n    notes: draft #2".replace("A # x", "A")),
        ("title", "title: A\n    transition: cut # at once"),
        ("title", "title: A\n    min_duration: 1 # second"),
        ("image", "src: dot.png # our logo"),
        ("image", "src: C#/x.png"),
        ("code", "code: |\n      x = 1 # one"),
        ("code", "code: x\n    language: python # of course"),
        ("title", "title: A\n    voice: espeak:en-us # the default"),
    ],
)
def test_a_comment_that_is_meant(project: Project, kind: str, field: str) -> None:
    """Comments after quotes, after two blanks, and after values that are no text are no warning."""
    assert found(project, kind, field) == []


@pytest.mark.parametrize(
    ("kind", "field", "column", "message"),
    [
        ("command", r'commands: [{run: "cd C:\temp\new\reports"}]', 28, r"'\t', '\n' and '\r' in double quotes are a tab, a line break and a carriage return"),
        ("command", r'commands: [{output: "Directory of C:\temp\bin"}]', 41, r"'\t' and '\b' in double quotes are a tab and a backspace"),
        ("command", r'commands: [{run: "grep -P ' + r"'\bend\b'" + '"}]', 32, r"'\b' in double quotes is a backspace"),
        ("command", r'commands: [{run: "printf ' + r"'%s\n' a" + '"}]', 33, r"'\n' in double quotes is a line break"),
        ("command", r'commands: [{run: "dir src\new"}]', None, ""),
        ("command", r'commands: [{run: "type src\new.txt"}]', 31, r"'\n' in double quotes is a line break"),
        ("command", r'commands: [{run: "cd ~\new"}]', 27, r"'\n' in double quotes is a line break"),
        ("command", r'commands: [{run: "dir \\\\host\new"}]', 35, r"'\n' in double quotes is a line break"),
        ("command", r'commands: [{run: "a\nb"}]', None, ""),
        ("command", r'commands: [{output: "a\tb\n\e[31mc\r\n"}]', None, ""),
        ("command", r'commands: [{output: "Done.\nWait ...\n....\e[31mF\e[0m\nfor $5\n"}]', None, ""),
        ("command", r'commands: [{output: "in ..\new"}]', 31, r"'\n' in double quotes is a line break"),
        ("code", r'code: "x\n\ty\n"', None, ""),
        ("code", r'code: "p = C:\\new"', None, ""),
        ("code", r'code: "p = C:\\temp\nq"', None, ""),
        ("code", r'code: "C:\new"', 14, r"'\n' in double quotes is a line break"),
        ("code", r'code: "\begin{a}"', 12, r"'\b' in double quotes is a backspace"),
        ("title", r'title: "The formula \frac{1}{2}"', 25, r"'\f' in double quotes is a form feed"),
        ("title", r'title: "Open C:\New Folder"', 20, r"'\N' in double quotes is a line break"),
        ("title", r'title: "a\tb"', 14, r"'\t' in double quotes is a tab"),
        ("title", r'title: "Two\nlines"', None, ""),
        ("title", r'title: "caf\u00e9 10\_km"', None, ""),
        ("title", r"title: 'C:\temp'", None, ""),
        ("title", r"title: C:\temp", None, ""),
    ],
)  # fmt: skip
def test_escapes_in_double_quotes(project: Project, kind: str, field: str, column: int | None, message: str) -> None:
    """P42: an escape where a backslash was probably meant is a warning at the first; a text's line breaks are not."""
    assert found(project, kind, field) == ([] if column is None else [(column, message)])


@pytest.mark.parametrize(
    ("kind", "field"),
    [("code", "code"), ("title", "title"), ("command", "commands: [{run"), ("command", "commands: [{output")],
)
def test_many_escapes_take_little_time(project: Project, kind: str, field: str) -> None:
    """The time grows with the number of escapes in a text, not with its square."""
    closing = "}]" if "{" in field else ""
    start = time.process_time()
    found(project, kind, f'{field}: "{chr(92).join(["a"] + ["na"] * 15_000)}"{closing}')
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    ("kind", "field", "joined"),
    [
        ("code", "code: >\n      import x\n      x.run()", "code"),
        ("code", "code: import x\n      x.run()", "code"),
        ("code", 'code: "import x\n      x.run()"', "code"),
        ("code", "code: 'import x\n      x.run()'", "code"),
        ("command", "commands:\n      - output: >-\n          one\n          two", "output"),
        ("code", "code: |\n      import x\n      x.run()", ""),
        ("code", "code: >\n      import x", ""),
        ("code", "code: >\n      import x\n\n      x.run()", ""),
        ("code", 'code: "import x\\n\\\n      x.run()"', ""),
        ("command", "commands:\n      - run: >\n          pip install\n          acme", ""),
        ("title", "title: >\n      Two\n      lines", ""),
    ],
)
def test_lines_that_are_joined(project: Project, kind: str, field: str, joined: str) -> None:
    """P42: code and output whose lines YAML joins is a warning; a long command may be folded."""
    messages = [message for _, message in found(project, kind, field)]
    assert messages == ([f"the lines of '{joined}' are joined into one"] if joined else [])


def test_a_prompt_without_its_space(project: Project) -> None:
    """P42: the space at the end of a plain prompt, which YAML drops, is a warning with the prompt in quotes."""
    text = HEAD.format("command", "commands: [{run: ls}]\n    prompt: >>> \n".replace(">>>", "$"))
    assert project.problems(text) == [(8, 13, "the space after the prompt is not part of it", 'write "$ "')]
    assert project.problems(text.replace("prompt: $ ", "prompt: $")) == []


@pytest.mark.parametrize(("text", "warned"), [("&friends rock", True), ("'&friends rock'", False), ("R&D", False)])
def test_an_anchor_that_is_text(project: Project, text: str, warned: bool) -> None:
    """P42: a word after '&' that YAML takes for an anchor is a warning, unless an alias uses it."""
    messages = [message for _, message in found(project, "title", f"title: {text}")]
    assert messages == (["'&friends' is an anchor, not text, and no alias uses it"] if warned else [])
    assert found(project, "title", "title: &t Acme\n    alt: *t") == []


def test_the_same_text_through_aliases_is_one_warning(project: Project) -> None:
    """A text that several scenes take through an alias is warned of once."""
    text = "vidbuild: 1\ntitle: A\nx-c: &c\n  type: title\n  duration: 1\n  title: Press #1\nscenes:\n"
    examined = project.try_load(text + "  - {<<: *c, id: a}\n  - {<<: *c, id: b}\n")
    assert [(item.line, item.message) for item in examined.diagnostics] == [(6, CUT)]
