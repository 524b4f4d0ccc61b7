"""Every published promise has a test that names it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import ROOT, TESTS

PAGE = ROOT / "docs" / "promises.md"
NUMBER = re.compile(r"[NPV]\d+")
HEAD = re.compile(r"((?:[NPV]\d+(?:, | and )?)+):")


def published() -> list[str]:
    """The promises' numbers, as the page lists them."""
    return re.findall(r"^\| ([NPV]\d+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def proven() -> Iterator[tuple[str, Path]]:
    """The numbers that begin a test's docstring, each with its file."""
    for path in TESTS.rglob("test_*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                head = HEAD.match(ast.get_docstring(node) or "")
                for number in NUMBER.findall(head[1]) if head else ():
                    yield number, path


@pytest.fixture(scope="module")
def every_proof() -> frozenset[tuple[str, Path]]:
    """All of them; made once, and not while tests are collected, which each process does."""
    return frozenset(proven())


def linked(number: str) -> list[Path]:
    """The files that the page links to for a promise."""
    row = re.search(rf"^\| {number} \|.*$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [(PAGE.parent / link).resolve() for link in re.findall(r"\]\(([^)]+)\)", row[0])] if row else []


@pytest.mark.parametrize("number", published())
def test_a_published_promise_has_its_test(every_proof: frozenset[tuple[str, Path]], number: str) -> None:
    """A promise is proven by tests whose docstrings begin with its number, in the files that its row links to."""
    assert linked(number)
    assert {(number, path) for path in linked(number)} <= every_proof


def test_the_page_lists_each_promise_once() -> None:
    """The page is not empty, and no promise stands in it twice."""
    numbers = published()
    assert len(numbers) == len(set(numbers)) > 30
