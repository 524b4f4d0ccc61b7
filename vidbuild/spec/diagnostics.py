"""What is wrong with a spec and how it is shown as text; it knows nothing of how it was found out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from vidbuild import columns
from vidbuild.diagnostic import Diagnostic, Severity
from vidbuild.errors import VidbuildError
from vidbuild.sanitize import replace_controls, single_line

WIDTH = 100  # columns of a source line that are shown
LOOKED_AT = 4 * WIDTH  # characters of a line, either side of what is marked and in it
TAB = 4
MAX_PROBLEMS = 100  # that are told of one spec; what is wrong with the rest is seen when these are mended
MAX_MESSAGE = 500  # characters of a message or hint, most of which a spec's author may have chosen


class SpecError(VidbuildError):
    """The spec is wrong. sources: file name as in the places -> its text, for the lines that are shown."""

    code = 2

    def __init__(self, diagnostics: Sequence[Diagnostic], sources: Mapping[str, str] | None = None) -> None:
        self.diagnostics = tuple(diagnostics)
        self.sources = dict(sources or {})
        super().__init__(render(self.diagnostics, self.sources))


def tidy(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sorted by place, each once, in one line each; of very many only the first."""
    found = sorted(dict.fromkeys(map(_brief, diagnostics)), key=Diagnostic.order)
    if len(found) <= MAX_PROBLEMS:
        return found
    severity: Severity = "error" if any(item.severity == "error" for item in found[MAX_PROBLEMS:]) else "warning"
    last = found[MAX_PROBLEMS - 1]
    message = f"there are more problems after this one; the first {MAX_PROBLEMS} are told"
    return [*found[:MAX_PROBLEMS], Diagnostic(severity, message, last.file, last.place)]


def _brief(item: Diagnostic) -> Diagnostic:
    return replace(item, message=_told(item.message), hint=_told(item.hint) if item.hint else item.hint)


def _told(text: str) -> str:
    """A text as one line without characters that a terminal, or whatever reads a log, would obey."""
    text = text if len(text) <= MAX_MESSAGE else f"{text[: MAX_MESSAGE * 2 // 3]}…{text[-MAX_MESSAGE // 3 :]}"
    return single_line(text)


def render(diagnostics: Sequence[Diagnostic], sources: Mapping[str, str] | None = None) -> str:
    """The text a user is shown: each problem with its source line, then the count. No final newline."""
    lines: dict[str, list[str]] = {}
    parts = [_one(item, _source(item, sources or {}, lines)) for item in diagnostics]
    return "\n".join([*parts, summary(diagnostics)]) if parts else ""


def read_sources(diagnostics: Iterable[Diagnostic]) -> dict[str, str]:
    """The texts of the files that the diagnostics point into, as far as they can be read now."""
    sources: dict[str, str] = {}
    for name in {item.place.file for item in diagnostics if item.place}:
        try:
            sources[name] = Path(name).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            continue
    return sources


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """The last line: "video.yaml: 2 errors, 1 warning"."""
    counts = []
    for severity in ("error", "warning"):
        number = sum(item.severity == severity for item in diagnostics)
        if number:
            counts.append(f"{number} {severity}{'s' if number > 1 else ''}")
    file = diagnostics[0].file if diagnostics else ""
    return f"{_told(file)}: {', '.join(counts)}"


def _source(item: Diagnostic, sources: Mapping[str, str], lines: dict[str, list[str]]) -> str | None:
    if item.place is None or not item.line or item.path not in sources:
        return None
    file = item.place.file
    if file not in lines:
        lines[file] = split_lines(sources[file])
    return lines[file][item.place.line - 1] if item.place.line <= len(lines[file]) else None


@lru_cache(maxsize=4)
def split_lines(text: str) -> list[str]:
    """The text's lines as YAML counts them (so not at form feeds, as str.splitlines would)."""
    for ending in ("\r\n", "\r", "\x85", "\u2028", "\u2029"):
        text = text.replace(ending, "\n")
    return text.split("\n")


def _one(item: Diagnostic, line: str | None) -> str:
    where = f"{item.path}:{item.line}:{item.column}" if item.line else item.file
    if item.place is not None and not item.line and item.path:
        where += f": {item.path}"
    where = _told(where)
    mark = "warning: " if item.severity == "warning" else ""
    parts = [f"{where}: {mark}{item.message}"]
    margin = "  "
    if item.place is not None and line is not None:
        number = str(item.place.line)
        shown, start, length = _excerpt(line, item.place.column - 1, item.place.end_column - 1)
        gap = " " * max(5 - len(number), 0)
        margin = " " * (len(gap) + len(number) + 1)
        parts += [f"{gap}{number} │ {shown}".rstrip(), f"{margin}│ {' ' * start}{'^' * length}"]
    if item.hint:
        parts.append(f"{margin}hint: {item.hint}")
    return "\n".join(parts)


def _excerpt(line: str, first: int, end: int) -> tuple[str, int, int]:
    """The part of a line that is shown, and where in it (in columns) the carets start and how many they are."""
    first = min(first, len(line))
    end = max(min(end, len(line)), first)
    parts = (
        line[max(first - LOOKED_AT, 0) : first],
        line[first : min(end, first + LOOKED_AT)],
        line[end : end + LOOKED_AT],
    )
    before, token, after = (_plain(part) for part in parts)
    if columns.width(before + token + after) > WIDTH:
        before = _keep(before[::-1], max(WIDTH // 2 - columns.width(token) // 2, WIDTH // 5))[::-1]
        whole, token = token, _keep(token, WIDTH - columns.width(before))
        after = "" if token != whole else _keep(after, max(WIDTH - columns.width(before + token), 1))
    return before + token + after, columns.width(before), max(columns.width(token), 1)


def _plain(text: str) -> str:
    """Tabs and characters that a terminal would obey become blanks, so that columns can be counted."""
    return replace_controls(text.replace("\t", " " * TAB), " ")


def _keep(text: str, width: int) -> str:
    """As much of the text as fits, with an ellipsis where something is left out."""
    if columns.width(text) <= width:
        return text
    taken = 0
    for index, character in enumerate(text):
        taken += columns.width(character)
        if taken > width - 1:
            return text[:index] + "…"
    return text
