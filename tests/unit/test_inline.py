"""Inline markup: what becomes code or strong text, and what stays as it is written."""

from __future__ import annotations

import time

import pytest

from vidbuild import inline

MARKUP = {
    "run `make demo` now": ("run <c>make demo</c> now", "run make demo now"),
    "`a` and `b`": ("<c>a</c> and <c>b</c>", "a and b"),
    "it is **fast**.": ("it is <s>fast</s>.", "it is fast."),
    "**two words**, and more": ("<s>two words</s>, and more", "two words, and more"),
    "(**`uv` alone**)": ("(<s><c>uv</c> alone</s>)", "(uv alone)"),
    "**速い**です": ("<s>速い</s>です", "速いです"),
    "这是**重点**内容": ("这是<s>重点</s>内容", "这是重点内容"),
    "„**schnell**“": ("„<s>schnell</s>“", "„schnell“"),
    r"a \`tick\` and \*\*stars\*\*": ("a `tick` and **stars**", "a `tick` and **stars**"),
    "` spaces `": ("<c>spaces</c>", "spaces"),
}
PLAIN = [
    "src/**/*.py and tests/**/*.py",
    "2**8 and 3**2",
    "**kwargs and **options",
    "f(**kwargs), g(**kwargs)",
    "a lone ` tick",
    "``two ticks``",
    "a ** b ** c",
    "****",
    "``",
    "* one * two *",
    "C:\\new\\folder",
    "**/*.ts, **/*.tsx",
    "docs/** and src/**",
]


def shown(text: str) -> str:
    """The marked text with readable marks."""
    for mark, tag in zip("\ufdd0\ufdd1\ufdd2\ufdd3", ("<c>", "</c>", "<s>", "</s>"), strict=True):
        text = text.replace(mark, tag)
    return text


@pytest.mark.parametrize("text", MARKUP)
def test_markup_becomes_marks(text: str) -> None:
    """Code and strong text are marked; without marks and markup the words are left."""
    marked = inline.marked(text)
    assert (shown(marked), inline.plain(text)) == MARKUP[text]
    assert inline.unmarked(marked) == inline.plain(text)


@pytest.mark.parametrize("text", PLAIN)
def test_globs_powers_and_lone_signs_stay(text: str) -> None:
    """Signs that are no markup are shown as they are written."""
    assert inline.marked(text) == inline.plain(text) == text


def test_marks_in_a_text_are_removed() -> None:
    """A text cannot bring marks of its own."""
    assert inline.marked("a\ufdd0b\ufdd3") == "ab"


@pytest.mark.parametrize("text", ["`" + "a" * 50_000, "`" + " " * 50_000, "**a " * 12_000, "`a ``" * 10_000])
def test_long_texts_take_little_time(text: str) -> None:
    """The time grows with the length of a text, not with its square."""
    start = time.process_time()
    inline.plain(text)
    assert time.process_time() - start < 5
