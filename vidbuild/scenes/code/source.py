"""The lines of code that a scene shows, and what its ranges of lines stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vidbuild import columns
from vidbuild.scenes import isolation
from vidbuild.scenes.code import languages, markers
from vidbuild.scenes.protocol import SceneProblem
from vidbuild.suggest import did_you_mean

TAB = 4
Range = tuple[int, int]  # first and last line, numbered as in the code as it is written


def code_lines(code: str) -> list[str]:
    """Split code into lines, with tabs expanded and without empty lines at the end."""
    lines = [columns.expand_tabs(line, TAB).rstrip() for line in isolation.without_controls(code).split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def source_text(value: str | Mapping[str, Any]) -> str:
    """Return the text of a field that has a text or names a file."""
    return value if isinstance(value, str) else str(value["code"])


def changed_file(fields: Mapping[str, Any]) -> str:
    """Return the file that `to`, or else `from`, names; "" if both have a text."""
    return next((str(fields[side]["file"]) for side in ("to", "from") if isinstance(fields[side], Mapping)), "")


def unknown_language(field: str, language: str) -> Iterator[SceneProblem]:
    """Yield a warning if code in a language has no colors, though it should."""
    if language and languages.typst_name(language) is None:
        message = f"no syntax highlighting for '{language}'"
        yield SceneProblem(field, message, languages.hint(language), code="VB321")


def joined(lines: Sequence[str]) -> str:
    """Return lines as one text, in which words from right to left keep their places.

    The layout draws wide characters in boxes, which have no direction of their own.
    """
    return "\n".join(
        isolation.isolate(_kept_in_order(line) if isolation.has_right_to_left(line) else line, isolation.CODE)
        for line in lines
    )


def _kept_in_order(line: str) -> str:
    """Return a line whose wide letters have marks from left to right around them."""
    marks = columns.graphemes(line)
    return "".join(
        isolation.left_to_right(mark) if mark[0].isalpha() and columns.width(mark) > 1 else mark for mark in marks
    )


def wide(lines: Sequence[str]) -> list[str]:
    """Return the characters in lines that take two columns."""
    return sorted({mark for line in lines for mark in columns.graphemes(line) if columns.width(mark) > 1})


def line_range(lines: str | int) -> Range:
    """Return the first and last line of "3" or "4-9"."""
    first, _, last = str(lines).partition("-")
    return int(first), int(last or first)


@dataclass(frozen=True, slots=True)
class Source:
    """Code and its markers.

    lines: all of its lines.
    marked: which of them are no markers, and what the markers name.
    """

    lines: Sequence[str]
    marked: markers.Marked

    @classmethod
    def of(cls, code: str) -> Source:
        """Read code. Raises MarkerError."""
        lines = code_lines(code)
        return cls(lines, markers.read(lines))

    def range(self, lines: str | int) -> Range:
        """Return the lines that a field names, by numbers or by a marker."""
        return self.marked.ranges[str(lines)] if is_name(lines) else line_range(lines)

    def shown(self, fields: Mapping[str, Any]) -> Sequence[int]:
        """Return the numbers of the lines that the scene shows: those that `lines` selects, without markers."""
        first, last = self.range(fields["lines"]) if "lines" in fields else (1, len(self.lines))
        return [number for number in self.marked.numbers if first <= number <= last]

    def counted(self, number: int) -> int:
        """Return the number with which a line is shown: markers do not count."""
        return sum(each <= number for each in self.marked.numbers)

    def counted_range(self, lines: str | int) -> Range:
        """Return the numbers with which a range of lines is shown."""
        first, last = self.range(lines)
        return self.counted(first - 1) + 1, self.counted(last)


def is_name(lines: str | int) -> bool:
    """Return whether a range of lines is the name of a marker."""
    return not str(lines)[:1].isdigit()


def problem(field: str, lines: str | int, source: Source, shown: Sequence[int] | None) -> SceneProblem | None:
    """Return what is wrong with a range of lines.

    shown: the numbers of the lines that the scene shows; None if the range selects them.
    """
    if is_name(lines) and str(lines) not in source.marked.ranges:
        hint = did_you_mean(str(lines), source.marked.ranges)
        return SceneProblem(field, f"no marker '[start:{lines}]' in the code", hint)
    low, high = source.range(lines)
    if is_name(lines) and low > high:
        return SceneProblem(field, f"no line between '[start:{lines}]' and '[end:{lines}]'")
    if low > high:
        return SceneProblem(field, f"lines '{lines}' end before they start")
    first, last = (shown[0], shown[-1]) if shown else (1, len(source.lines))
    if low < first or high > last:
        outside = "not in the code, which has" if shown is None else "not shown: 'lines' selects"
        named = f"lines {low} to {high} are" if high > low else f"line {low} is"
        allowed = f"lines {first} to {last}" if last > first else f"line {first} only"
        return SceneProblem(field, f"{named} {outside} {allowed}")
    if not any(low <= number <= high for number in source.marked.numbers):
        return SceneProblem(field, f"'{lines}' has nothing but markers, which are not shown")
    return None
