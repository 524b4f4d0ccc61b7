"""Marp: slides are divided by rules, or by headings, and comments that are no directives are notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from vidbuild.create.importers.slides.raw import RawSlide, without_comments

DIRECTIVES = frozenset(
    [
        "author",
        "backgroundColor",
        "backgroundImage",
        "backgroundPosition",
        "backgroundRepeat",
        "backgroundSize",
        "class",
        "color",
        "description",
        "footer",
        "header",
        "headingDivider",
        "image",
        "keywords",
        "lang",
        "marp",
        "math",
        "paginate",
        "size",
        "style",
        "theme",
        "title",
        "transition",
        "url",
    ]
)
_MAGIC = re.compile(
    r"(?:fit|prettier-ignore(?:-start|-end)?|(?:markdownlint|textlint|eslint|prettier)\b.*)\Z", re.DOTALL
)
# What the alternative text of a picture tells Marp: its size, its place and its filters.
_IMAGE = re.compile(
    r"(?:^|\s)(?:bg|fit|cover|contain|auto|vertical|(?:left|right)(?::[\d.]+%)?|(?:w|h|width|height):\S+|[\d.]+%"
    r"|(?:blur|brightness|contrast|drop-shadow|grayscale|hue-rotate|invert|opacity|saturate|sepia)(?::\S+)?)(?=\s|$)"
)


def recognizes(matter: Mapping[str, Any]) -> bool:
    """Return whether the front matter says that a document is a deck of Marp."""
    return matter.get("marp") is True


def slides(text: str, matter: Mapping[str, Any]) -> Iterator[RawSlide]:
    """Yield the slides."""
    lines = text.split("\n")
    for start, end in _ranges(text, lines, matter):
        body, comments = without_comments("\n".join(lines[start:end]))
        notes = [each for each in comments if not _is_directive(each)]
        yield RawSlide(start, body, "\n\n".join(notes))


def alt(text: str) -> str:
    """Return the alternative text of a picture without what it tells Marp."""
    return " ".join(_IMAGE.sub(" ", text).split())


def _ranges(text: str, lines: list[str], matter: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    """Yield the first line of each slide, and the one behind its last."""
    from vidbuild.create.importers.markdown.parser import parse

    levels = _levels(matter.get("headingDivider"))
    start, is_empty = 0, True
    for node in parse(text).children:
        if node.map is None:
            continue
        if node.type == "front_matter":
            start = node.map[1]
        elif node.type == "hr":
            yield start, node.map[0]
            start, is_empty = node.map[1], True
        else:
            if node.type == "heading" and int(node.tag[1:]) in levels and not is_empty:
                yield start, node.map[0]
                start = node.map[0]
            is_empty = is_empty and node.type == "html_block" and "<!--" in node.content
    yield start, len(lines)


def _levels(value: object) -> range | list[object]:
    """Return the levels of headings that begin a slide: all down to a number, or those of a list."""
    if isinstance(value, list):
        return value
    return range(1, value + 1) if isinstance(value, int) else []


def _is_directive(comment: str) -> bool:
    """Return whether Marp takes a comment as settings: YAML with a name that it knows."""
    if _MAGIC.match(comment):
        return True
    names = re.findall(r"(?m)^\$?_?(\w+)\s*:", comment)
    return any(name in DIRECTIVES for name in names)
