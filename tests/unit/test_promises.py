"""Every promise that is published has a test that says so."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
NUMBER = re.compile(r"[PV]\d+")
HEAD = re.compile(r"((?:[PV]\d+(?:, | and )?)+):")


def published() -> list[str]:
    """The promises' numbers, as the page lists them."""
    page = (TESTS.parent / "docs" / "promises.md").read_text(encoding="utf-8")
    return re.findall(r"^\| ([PV]\d+) \|", page, re.MULTILINE)


def proven() -> Iterator[str]:
    """The numbers that begin a test's docstring."""
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                head = HEAD.match(ast.get_docstring(node) or "")
                yield from NUMBER.findall(head[1]) if head else ()


PROVEN = frozenset(proven())


@pytest.mark.parametrize("number", published())
def test_a_published_promise_has_its_test(number: str) -> None:
    """What the page promises is proven by a test whose docstring begins with the number."""
    assert number in PROVEN


def test_the_page_lists_each_promise_once() -> None:
    """The page is not empty, and no promise stands in it twice."""
    numbers = published()
    assert len(numbers) == len(set(numbers)) > 30
