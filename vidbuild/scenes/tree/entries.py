"""Read a folder tree: from text that is drawn with lines or indented, or from the listing of a folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vidbuild import columns
from vidbuild.scenes import isolation

TAB = 4
_ART = re.compile(r"[\s│┃┆┊|]*[├└┣┗╰╠╚|`+\\][─━═-]+\s*|[\s│┃┆┊|]*")
_SUMMARY = re.compile(r"^\d+ director(?:y|ies)(?:, \d+ files?)?$")
_COMMENT = re.compile(r"\s+#+\s+|\s+[—\u2013←]\s+|\s+<-+\s+|\s{2,}(?:#+|//+|--+)\s*")
_ELLIPSIS = frozenset({"…", "...", "....", "⋮"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder.

    path: the names from the top of the tree down to its own.
    line: its line in the text, from 1 on; 0 in a listing.
    """

    path: tuple[str, ...]
    comment: str = ""
    folder: bool = False
    line: int = 0

    @property
    def name(self) -> str:
        """Its own name."""
        return self.path[-1]

    @property
    def depth(self) -> int:
        """The number of folders of the tree that it is in."""
        return len(self.path) - 1

    @property
    def omitted(self) -> bool:
        """Whether it stands for entries that are not shown."""
        return self.name in _ELLIPSIS


class TreeError(ValueError):
    """A text that is no tree, because of a line."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def of_text(text: str) -> list[Entry]:
    """Return the entries of a tree as text, in its order. Raises TreeError."""
    found = [_parsed(line, number) for number, line in enumerate(_lines(text), 1)]
    rows = [row for row in found if row is not None]
    entries: list[Entry] = []
    above: list[tuple[int, str]] = []  # column and name of the folders that the entry is in
    for nth, (column, name, comment, number) in enumerate(rows):
        deeper = False
        while above and above[-1][0] > column:
            above.pop()
            deeper = True
        if above and above[-1][0] == column:
            above.pop()
        elif deeper:
            raise TreeError(f"'{name}' is indented by {column}, unlike every line above it", number)
        below = nth + 1 < len(rows) and rows[nth + 1][0] > column
        bare = name.rstrip("/") or name
        above.append((column, bare))
        path = tuple(each for _, each in above)
        entries.append(Entry(path, comment, below or (name.endswith("/") and name != bare), number))
    return entries


def of_listing(listing: Sequence[str]) -> list[Entry]:
    """Return the entries of a folder's listing, as vidbuild.spec.files.listing returns it."""
    return [Entry(tuple(item.rstrip("/").split("/")), folder=item.endswith("/")) for item in listing]


def matching(entries: Sequence[Entry], path: str) -> list[int]:
    """Return the indexes of the entries that a path names: all of their path, or else its end."""
    parts = tuple(part for part in path.strip().split("/") if part not in {"", "."})
    exact = [index for index, entry in enumerate(entries) if entry.path == parts]
    return exact or [index for index, entry in enumerate(entries) if entry.path[-len(parts) :] == parts]


def _lines(text: str) -> Iterator[str]:
    for line in isolation.without_controls(text).split("\n"):
        yield columns.expand_tabs(line.replace("\u00a0", " "), TAB).rstrip()


def _parsed(line: str, number: int) -> tuple[int, str, str, int] | None:
    """Return the column of a line's name, the name, its comment and the line's number; None without a name."""
    art = _ART.match(line)
    start = art.end() if art else 0
    rest = line[start:]
    if not rest or _SUMMARY.match(rest):
        return None
    comment = _COMMENT.search(rest)
    name = rest[: comment.start()] if comment else rest
    return columns.width(line[:start]), name.strip(), rest[comment.end() :].strip() if comment else "", number
