"""The text of pages: a title and paragraphs, without what all pages repeat."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vidbuild.create.importers.slides.pdf_lines import Line

TITLE_LINES = 3
REPEATED = 0.5  # share of pages from which a line is no content
_BULLET = re.compile(r"(?:[•◦▪▫●○■□►▶▸‣\u2043∙·✓✔➢➤\u2013—*-]|\(?\d{1,2}[.)])\s+")  # dashes of both lengths
_COUNTED = re.compile(r"(\d{1,2})\s+")
_NUMBER = re.compile(r"(?:page|slide|seite|folie)?\s*\d{1,4}\s*(?:(?:/|of|von|\|)\s*\d{1,4})?", re.IGNORECASE)
HALF = 0.5  # of the type size: by so much is an indented line moved
_EDGE = 0.12  # of a page's height, at its top and bottom


@dataclass(frozen=True, slots=True)
class PageText:
    """What a page says. title: "" if it has no text; paragraphs: without code; all: with code, for readers."""

    title: str
    paragraphs: tuple[str, ...]
    all: str


def page_texts(pages: Sequence[Sequence[Line]]) -> list[PageText]:
    """Return what each page says, without headers, footers and numbers."""
    counts = Counter(key for lines in pages for key in {_key(line) for line in lines})
    usual = statistics.median([line.size for lines in pages for line in lines] or [0])
    least = max(REPEATED * len(pages), 3)
    return [
        _text([line for line in lines if not _is_margin(line, counts[_key(line)] >= least, usual)]) for lines in pages
    ]


def _key(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text), round(50 * line.place)


def _is_margin(line: Line, repeated: bool, usual: float) -> bool:
    at_edge = line.place < _EDGE or line.place > 1 - _EDGE
    return at_edge and ((repeated and line.size <= usual) or _NUMBER.fullmatch(line.text) is not None)


def _text(lines: Sequence[Line]) -> PageText:
    title, rest = _titled(sorted(lines, key=lambda line: round(line.top)) if _is_mixed(lines) else list(lines))
    paragraphs = _led(_unnumbered(list(_paragraphs([each for each in rest if not each.fixed]))))
    return PageText(title, tuple(paragraphs), _joined([*lines]))


def _unnumbered(paragraphs: list[str]) -> list[str]:
    """Return the paragraphs of a numbered list, such as a table of contents, without their numbers."""
    numbers = [match[1] if (match := _COUNTED.match(each)) else "" for each in paragraphs]
    if len(numbers) > 1 and numbers == [str(nth + 1) for nth in range(len(numbers))]:
        return [_COUNTED.sub("", each) for each in paragraphs]
    return paragraphs


def _led(paragraphs: Sequence[str]) -> Iterator[str]:
    """Yield the paragraphs; one that ends with a colon leads the next one."""
    lead = ""
    for each in paragraphs:
        if each.endswith(":"):
            lead = f"{lead} {each}".strip()
        else:
            yield f"{lead} {each}".strip()
            lead = ""
    if lead:
        yield lead


def _is_mixed(lines: Sequence[Line]) -> bool:
    """Return whether a page's first line is drawn late, as a title that was added last."""
    return bool(lines) and min(lines, key=lambda line: line.top) is not lines[0]


def _titled(lines: list[Line]) -> tuple[str, list[Line]]:
    """Return the title, which is the first line unless another one is much larger, and the other lines."""
    if not lines:
        return "", []
    largest = max(line.size for line in lines)
    first = 0 if lines[0].size > 0.75 * largest else next(n for n, line in enumerate(lines) if line.size == largest)
    end = first + 1
    # A title goes on in lines of its size, if there is text of another one.
    while end < min(len(lines), first + TITLE_LINES) and _is_same(lines[end], lines[first], lines):
        end += 1
    return _joined(lines[first:end]), [*lines[:first], *lines[end:]]


def _is_same(line: Line, title: Line, lines: Sequence[Line]) -> bool:
    near = line.top - title.top < TITLE_LINES * 1.6 * title.size
    return near and abs(line.size - title.size) < 0.08 * title.size and title.size > 1.15 * min(o.size for o in lines)


def _paragraphs(lines: Sequence[Line]) -> Iterator[str]:
    """Yield the paragraphs: a bullet, a gap and another size begin one."""
    part: list[Line] = []
    for line in lines:
        if part and (_BULLET.match(line.text) or _is_apart(part[-1], line, part[0])):
            yield _joined(part)
            part = []
        part.append(line)
    if part:
        yield _joined(part)


def _is_apart(before: Line, line: Line, first: Line) -> bool:
    gap = line.top - before.top
    if not 0 < gap < 1.45 * max(before.size, line.size) or abs(before.size - line.size) > 0.15 * before.size:
        return True
    if abs(before.left + before.right - line.left - line.right) < 0.5 * line.size:  # both are in the middle
        return False
    # Items that shapes lead are known by their indentation; an item that a sign leads goes on behind it.
    shift = (line.left - before.left) / line.size
    return shift < -HALF or (shift > HALF and not (before is first and _BULLET.match(before.text) is not None))


def _joined(lines: Sequence[Line]) -> str:
    text = ""
    for line in lines:
        own = _BULLET.sub("", line.text, count=1) if _BULLET.match(line.text) else line.text
        text = text[:-1] + own if text.endswith("\u00ad") else f"{text} {own}"
    return text.replace("\u00ad", "").strip()
