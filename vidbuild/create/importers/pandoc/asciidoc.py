"""The preprocessor of AsciiDoc, which pandoc does not have in full: conditions, attributes, comments and includes."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from vidbuild.create.source.outline import Omission

# Attributes that are always there, and the processor's own.
_ALWAYS = {
    "empty": "", "blank": "", "sp": " ", "nbsp": "\u00a0", "zwsp": "", "wj": "", "apos": "'", "quot": '"',
    "lsquo": "\u2018", "rsquo": "\u2019", "ldquo": "\u201c", "rdquo": "\u201d", "deg": "°", "plus": "+",
    "brvbar": "¦", "vbar": "|", "amp": "&", "lt": "<", "gt": ">", "startsb": "[", "endsb": "]", "caret": "^",
    "asterisk": "*", "tilde": "~", "backslash": "\\", "backtick": "`", "two-colons": "::", "two-semicolons": ";;",
    "cpp": "C++", "asciidoctor": "", "asciidoctor-version": "2.0.23", "safe-mode-level": "20", "backend": "html5",
    "backend-html5": "", "doctype": "article", "doctype-article": "", "basebackend": "html", "basebackend-html": "",
}  # fmt: skip
_CONDITION = re.compile(r"(ifdef|ifndef|ifeval|endif)::([^\[\s]*)\[(.*)\]\s*\Z")
_INCLUDE = re.compile(r"include::([^\[]+)\[.*\]\s*\Z")
_ENTRY = re.compile(r":(!?)([\w][\w-]*)(!?):(?:\s+(.*))?\Z")
_REFERENCE = re.compile(r"(?<!\\)\{([\w][\w-]*)\}")
_DELIMITER = re.compile(
    r"(-{4,}|\.{4,}|\+{4,}|/{4,}|`{3,}(?=\s*\Z|[\w+-])[\w+-]*|--|={4,}|\*{4,}|_{4,}|[|,:!]={3,})\s*\Z"
)
_VERBATIM = ("----", "....", "++++", "```")
_COMPARISON = re.compile(r"\s*(.*?)\s*(==|!=|<=|>=|<|>)\s*(.*?)\s*\Z")
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip
_BLOCK_ATTRIBUTES = re.compile(r"\[[^\[\]].*\]\s*\Z")
_COLUMNS = re.compile(r"\bcols=\"?([^\",\]]*;[^\",\]]*)\"?")
# pandoc reads the colons of `std::string` as those behind a term; an invisible joiner between them keeps them together.
JOINER = "\u2060"
_SCOPE = re.compile(r"(?<=\w)::(?=\w)")
_HARD_BREAKS = re.compile(r"\[.*(?:%hardbreaks|hardbreaks-option|\boptions?=\"?[\w,]*hardbreaks).*\]\s*\Z")
_SHOWN_MACRO = re.compile(r"(?:image|video|audio)::[^\s\[]*\[")
_MACRO = re.compile(r"[\w-]+::[^\s\[]*\[")
MAX_LINE = 100_000  # characters of one line, after its attributes


@dataclass(slots=True)
class Resolved:
    """A document without conditions, references to attributes, comments and includes. lines: (number, text)."""

    lines: list[tuple[int, str]] = field(default_factory=list)
    left_out: list[Omission] = field(default_factory=list)

    @property
    def omissions(self) -> tuple[Omission, ...]:
        """What is left out."""
        return tuple(self.left_out)


def resolved(text: str) -> Resolved:
    """Return a document as pandoc can read it, each line with its number in the source."""
    found = Resolved()
    reader = _Reader(found)
    for number, line in enumerate(text.split("\n"), 1):
        reader.read(number, line)
    reader.end()
    return found


class _Reader:
    def __init__(self, found: Resolved) -> None:
        self._found = found
        self._attributes = dict(_ALWAYS)
        self._conditions: list[bool] = []
        self._verbatim = ""  # the delimiter of a literal text that is open
        self._comment = ""
        self._is_expanded = False  # whether the next literal text has references to attributes
        self._has_hard_breaks = False  # of the paragraph that is open
        self._entry: tuple[str, str] | None = None  # an attribute whose value goes on

    def read(self, number: int, line: str) -> None:
        """Read the next line."""
        if self._comment:
            if line.rstrip() == self._comment:
                self._comment = ""
        elif condition := _CONDITION.match(line):
            self._condition(number, *condition.groups())
        elif all(self._conditions):
            self._content(number, line)

    def end(self) -> None:
        """End a literal text that has no end: pandoc takes all memory for it."""
        if self._verbatim and self._found.lines:
            self._add(self._found.lines[-1][0], self._verbatim)

    def _condition(self, number: int, kind: str, name: str, content: str) -> None:
        if kind == "endif":
            del self._conditions[-1:]
            return
        holds = self._compares(content) if kind == "ifeval" else self._is_set(name) is (kind == "ifdef")
        if kind == "ifeval" or not content:
            self._conditions.append(holds)
        elif holds and all(self._conditions):
            self._content(number, content)

    def _is_set(self, names: str) -> bool:
        if "+" in names:
            return all(name in self._attributes for name in names.split("+"))
        return any(name in self._attributes for name in names.split(","))

    def _compares(self, expression: str) -> bool:
        if (parts := _COMPARISON.match(self._expanded(expression))) is None:
            return False
        a, b = _value(parts[1]), _value(parts[3])
        try:
            return _OPERATORS[parts[2]](a, b)
        except TypeError:  # a number and a text
            return False

    def _content(self, number: int, line: str) -> None:
        delimiter = _DELIMITER.match(line)
        mark = re.sub(r"\w.*", "", delimiter[1]) if delimiter else ""  # without the language behind a fence
        if included := _INCLUDE.match(line):
            self._found.left_out.append(Omission(f"what is included from {self._expanded(included[1])}", number))
        elif self._verbatim:
            self._verbatim = "" if mark == self._verbatim else self._verbatim
            self._add(number, self._expanded(line) if self._is_expanded and self._verbatim else line)
        elif self._entry is not None:
            self._continue(*self._entry, number, line)
        elif mark.startswith("////"):
            self._comment = mark
        elif mark:
            self._verbatim = mark if mark.startswith(_VERBATIM) else ""
            self._add(number, line)
        elif line.startswith("//") and not line.startswith("///"):
            pass
        elif entry := _ENTRY.match(line):
            self._set(number, line, entry)
        elif _BLOCK_ATTRIBUTES.match(line):
            self._is_expanded = "subs" in line and "attributes" in line
            self._add(number, _COLUMNS.sub(_with_commas, self._expanded(line)))
            self._has_hard_breaks = _HARD_BREAKS.match(line) is not None  # pandoc has none beside a link
        else:
            self._is_expanded = self._is_expanded and line.startswith(".")
            expanded = self._expanded(line)
            self._add(number, expanded if _MACRO.match(line) else _SCOPE.sub(f":{JOINER}:", expanded))

    def _add(self, number: int, line: str) -> None:
        lines = self._found.lines
        if self._has_hard_breaks and line.strip() and not _BLOCK_ATTRIBUTES.match(lines[-1][1]):
            lines[-1] = (lines[-1][0], f"{lines[-1][1]} +")
        self._has_hard_breaks = self._has_hard_breaks and bool(line.strip())
        if _SHOWN_MACRO.match(line) and not self._verbatim and lines and not lines[-1][1].strip():
            lines.append((number, "[.block]"))  # or else pandoc reads "image::" as a term of the list above
        lines.append((number, line))

    def _set(self, number: int, line: str, entry: re.Match[str]) -> None:
        """Set or unset an attribute; pandoc sees it too, for the document's title, language and options."""
        name, value = entry[2], self._expanded(entry[4] or "")
        if entry[1] or entry[3]:
            self._attributes.pop(name, None)
            self._add(number, line)
        elif value.endswith(" \\"):
            self._entry = (name, value[:-2])
        else:
            self._attributes[name] = value
            self._add(number, f":{name}: {value}".rstrip())

    def _continue(self, name: str, value: str, number: int, line: str) -> None:
        """Add a line to an attribute's value."""
        value += " " + self._expanded(line.strip())
        if value.endswith(" \\"):
            self._entry = (name, value[:-2])
            return
        self._entry = None
        self._attributes[name] = value
        self._add(number, f":{name}: {value}")

    def _expanded(self, line: str) -> str:
        """Return a line with the values of attributes in it; one that is not set stays as it is written."""
        pieces = "".join(self._pieces(line))
        return pieces if len(pieces) <= MAX_LINE else line

    def _pieces(self, line: str) -> Iterator[str]:
        end = 0
        for reference in _REFERENCE.finditer(line):
            yield line[end : reference.start()]
            yield self._attributes.get(reference[1].lower(), self._attributes.get(reference[1], reference[0]))
            end = reference.end()
        yield line[end:]


def _with_commas(columns: re.Match[str]) -> str:
    return f'cols="{columns[1].replace(";", ",")}"'


def _value(text: str) -> object:
    """Return a side of a comparison: a number, or a text with or without quotation marks."""
    bare = text.strip("\"'")
    try:
        return float(bare) if bare == text else bare
    except ValueError:
        return bare
