"""What is spoken for what is written."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from vidbuild.reading.lexicon import Lexicon, size
from vidbuild.reading.reader import Reader

TABLES = Path(__file__).parent


@cache
def reader(language: str) -> Reader:
    """A reader without words of a user."""
    return Reader(Lexicon(), language)


def read(text: str, language: str = "en", with_reader: Reader | None = None) -> str:
    """Return what is spoken for a text."""
    spoken, at = "", 0
    for part in (with_reader or reader(language)).read(text):
        spoken += text[at : part.start] + part.spoken
        at = part.end
    return " ".join((spoken + text[at:]).split())


def rows(name: str) -> Iterator[tuple[str, str]]:
    """The rows of a table: what is written, and what is spoken for it."""
    for line in (TABLES / name).read_text(encoding="utf-8").splitlines():
        if "\t" in line:
            written, spoken = line.split("\t")
            yield written, spoken


@pytest.mark.parametrize(("written", "spoken"), list(rows("reading.tsv")))
def test_what_is_spoken(written: str, spoken: str) -> None:
    """Each row of the table is spoken as it says."""
    assert read(written) == spoken


def test_the_table_is_large() -> None:
    """The table has at least 400 rows, all different, and the lexicon at least 500 names."""
    written = [row[0] for row in rows("reading.tsv")]
    assert len(set(written)) == len(written) >= 400
    assert size() >= 500
