"""Slidev: slides are divided by `---`, which front matter may follow, and notes are a slide's last comment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from vidbuild.create.importers.slides.raw import RawSlide, outside_of_fences, without_comments
from vidbuild.create.source import yaml_text
from vidbuild.create.source.outline import Omission
from vidbuild.create.source.protocol import SourceError

# Settings of a deck that no other tool has.
_DECK = frozenset(
    [
        "aspectRatio",
        "browserExporter",
        "canvasWidth",
        "colorSchema",
        "drawings",
        "exportFilename",
        "highlighter",
        "lineNumbers",
        "mdc",
        "monaco",
        "presenter",
        "routerMode",
        "selectable",
        "themeConfig",
        "twoslash",
        "wakeLock",
    ]
)
_SLIDE = frozenset(["layout", "class", "clicks", "transition", "src", "hide", "disabled", "routeAlias", "background"])
_THEMES = frozenset(["seriph", "apple-basic", "bricks", "shibainu"])
_FIELD = re.compile(r"([A-Za-z]\w*):(?:\s|$)")
_SLOT = re.compile(r"(?m)^::[\w-]+::[ \t]*$")
_CLICK = re.compile(r"\[click(?::\d+)?\]\s*")
_BLOCK_MATTER = re.compile(r"\s*```ya?ml\n(.*?)\n```", re.DOTALL)


def recognizes(matter: Mapping[str, Any], text: str) -> bool:
    """Return whether a document has settings of Slidev, for the deck or before a later slide."""
    if _DECK & matter.keys() or matter.get("theme") in _THEMES:
        return True
    lines = text.split("\n")
    return any(_fields(lines, start) & _SLIDE for start, _, end in _ranges(lines) if start and end > start + 1)


def slides(text: str) -> Iterator[RawSlide]:
    """Yield the slides."""
    lines = text.split("\n")
    for before, start, end in _ranges(lines):
        matter = _yaml("\n".join(lines[before + 1 : start - 1])) if start > before + 1 else {}
        body = "\n".join(lines[start:end])
        if not matter and (block := _BLOCK_MATTER.match(body)):
            matter = _yaml(block[1])
            body = "\n" * body.count("\n", 0, block.end()) + body[block.end() :]
        shown, notes = _without_notes(body)
        shown, _ = without_comments(_SLOT.sub("", shown))
        imported = matter.get("src")
        omissions = (Omission(f"a slide from another file: {imported}", before + 2),) if imported else ()
        hidden = matter.get("hide") is True or matter.get("disabled") is True
        yield RawSlide(start, shown, _CLICK.sub("", notes), matter, hidden, omissions=omissions)


def _ranges(lines: list[str]) -> Iterator[tuple[int, int, int]]:
    """Yield (index of the separator, first line, line behind the last) of each slide.

    A separator that a line with text follows begins front matter, up to the next `---`.
    """
    before, start = 0, 0
    skip = 0
    is_first = True
    for index, line in outside_of_fences(lines):
        if index < skip or not line.startswith("---"):
            continue
        if not (is_first and not "".join(lines[:index]).strip()):
            yield before, start, index
        is_first = False
        before, start = index, index + 1
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if line[3:4] != "-" and following.strip():
            end = next((at for at in range(index + 1, len(lines)) if lines[at].rstrip() == "---"), index)
            start = skip = end + 1
    yield before, start, len(lines)


def _fields(lines: list[str], start: int) -> set[str]:
    """Return the names of the front matter behind a separator."""
    found: set[str] = set()
    for line in lines[start + 1 :]:
        if line.rstrip() == "---":
            return found
        if match := _FIELD.match(line):
            found.add(match[1])
        elif line.strip() and not line.startswith((" ", "#", "-")):
            return set()
    return set()


def _yaml(text: str) -> Mapping[str, Any]:
    try:
        data = yaml_text.load(text, "")
    except SourceError:
        return {}
    return data if isinstance(data, dict) else {}


def _without_notes(body: str) -> tuple[str, str]:
    """Return a slide without its notes, and these: the comment that it ends with."""
    text = body.rstrip()
    if not text.endswith("-->") or (begin := text.rfind("<!--")) < 0:
        return body, ""
    return body[:begin], text[begin + 4 : -3].strip()
