"""Sorts the diagnostics of a spec and formats them as text, with the source lines that they point at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from vidbuild import columns
from vidbuild.diagnostic import Diagnostic, Severity
from vidbuild.errors import VidbuildError
from vidbuild.frozen import replaced
from vidbuild.remote.public_key import hidden
from vidbuild.sanitize import replace_controls, single_line

WIDTH = 100  # columns of a source line that are shown
MAX_EXAMINED = 4 * WIDTH  # characters of a line, before, in and after the marked part
TAB = 4
MAX_PROBLEMS = 100  # shown for one spec; the rest is shown when these are fixed
MAX_MESSAGE = 500  # characters of a message or hint, which can quote a text of any length from the spec


class SpecError(VidbuildError):
    """A spec with errors.

    sources: file name as in the diagnostics -> its text, for the source lines in the message.
    """

    code = 2

    def __init__(self, diagnostics: Sequence[Diagnostic], sources: Mapping[str, str] | None = None) -> None:
        self.diagnostics = tuple(diagnostics)
        self.sources = dict(sources or {})
        super().__init__(render(self.diagnostics, self.sources))


def tidy(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the diagnostics sorted by location, without duplicates, each in one line; at most MAX_PROBLEMS of them."""
    found = sorted(dict.fromkeys(map(_brief, diagnostics)), key=Diagnostic.order)
    if len(found) <= MAX_PROBLEMS:
        return found
    severity: Severity = "error" if any(item.severity == "error" for item in found[MAX_PROBLEMS:]) else "warning"
    last = found[MAX_PROBLEMS - 1]
    message = f"more problems follow: only the first {MAX_PROBLEMS} are shown"
    code = "VB190" if severity == "warning" else ""
    return [*found[:MAX_PROBLEMS], Diagnostic(severity, message, last.file, last.location, code=code)]


def _brief(item: Diagnostic) -> Diagnostic:
    return replaced(item, message=_short_line(item.message), hint=_short_line(item.hint) if item.hint else item.hint)


def _short_line(text: str) -> str:
    """Shorten a text to MAX_MESSAGE characters and replace control characters, line ends included."""
    if len(text) > MAX_MESSAGE:
        text = f"{text[: MAX_MESSAGE * 2 // 3]}…{text[-MAX_MESSAGE // 3 :]}"
    return single_line(text)


def render(diagnostics: Sequence[Diagnostic], sources: Mapping[str, str] | None = None) -> str:
    """Return the diagnostics as text: each with its source line, then their count. It has no final newline."""
    lines: dict[str, list[str]] = {}
    parts = [_paragraph(item, _source(item, sources or {}, lines)) for item in diagnostics]
    return "\n".join([*parts, summary(diagnostics)]) if parts else ""


def read_sources(diagnostics: Iterable[Diagnostic]) -> dict[str, str]:
    """Return name -> text of the files that the diagnostics point into, if they can be read now."""
    sources: dict[str, str] = {}
    for name in {item.location.file for item in diagnostics if item.location}:
        try:
            sources[name] = Path(name).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            continue
    return sources


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """Return the last line: "video.yaml: 2 errors, 1 warning"."""
    counts = []
    for severity in ("error", "warning"):
        number = sum(item.severity == severity for item in diagnostics)
        if number:
            counts.append(f"{number} {severity}{'s' if number > 1 else ''}")
    file = diagnostics[0].file if diagnostics else ""
    return f"{_short_line(file)}: {', '.join(counts)}"


def _source(item: Diagnostic, sources: Mapping[str, str], lines: dict[str, list[str]]) -> str | None:
    if item.location is None or not item.line or item.path not in sources:
        return None
    file = item.location.file
    if file not in lines:
        lines[file] = split_lines(sources[file])
    return hidden(lines[file][item.location.line - 1]) if item.location.line <= len(lines[file]) else None


@lru_cache(maxsize=4)
def split_lines(text: str) -> list[str]:
    """Split text into lines at YAML's line ends; str.splitlines also splits at form feeds."""
    for ending in ("\r\n", "\r", "\x85", "\u2028", "\u2029"):
        text = text.replace(ending, "\n")
    return text.split("\n")


def _paragraph(item: Diagnostic, line: str | None) -> str:
    where = f"{item.path}:{item.line}:{item.column}" if item.line else item.file
    if item.location is not None and not item.line and item.path:
        where += f": {item.path}"
    where = _short_line(where)
    mark = "warning: " if item.severity == "warning" else ""
    code = f" [{item.code}]" if item.code else ""
    parts = [f"{where}: {mark}{item.message}{code}"]
    margin = "  "
    if item.location is not None and line is not None:
        number = str(item.location.line)
        shown, start, length = _excerpt(line, item.location.column - 1, item.location.end_column - 1)
        gap = " " * max(5 - len(number), 0)
        margin = " " * (len(gap) + len(number) + 1)
        parts += [f"{gap}{number} │ {shown}".rstrip(), f"{margin}│ {' ' * start}{'^' * length}"]
    parts += [f"{margin}| {single_line(line)}" for line in item.log]
    if item.hint:
        parts.append(f"{margin}hint: {item.hint}")
    return "\n".join(parts)


def _excerpt(line: str, first: int, end: int) -> tuple[str, int, int]:
    """Return the part of a line to show, and the first column and the number of the carets below it."""
    first = min(first, len(line))
    end = max(min(end, len(line)), first)
    parts = (
        line[max(first - MAX_EXAMINED, 0) : first],
        line[first : min(end, first + MAX_EXAMINED)],
        line[end : end + MAX_EXAMINED],
    )
    before, token, after = (_without_controls(part) for part in parts)
    if columns.width(before + token + after) > WIDTH:
        before = _shortened(before[::-1], max(WIDTH // 2 - columns.width(token) // 2, WIDTH // 5))[::-1]
        complete, token = token, _shortened(token, WIDTH - columns.width(before))
        after = "" if token != complete else _shortened(after, max(WIDTH - columns.width(before + token), 1))
    return before + token + after, columns.width(before), max(columns.width(token), 1)


def _without_controls(text: str) -> str:
    """Replace tabs and control characters by spaces, so that columns can be counted."""
    return replace_controls(text.replace("\t", " " * TAB), " ")


def _shortened(text: str, width: int) -> str:
    """Return as much of the text as fits into a width, with an ellipsis if something is left out."""
    if columns.width(text) <= width:
        return text
    used = 0
    for index, character in enumerate(text):
        used += columns.width(character)
        if used > width - 1:
            return text[:index] + "…"
    return text
