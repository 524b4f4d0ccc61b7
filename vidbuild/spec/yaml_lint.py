"""Warns of YAML that is valid and probably not meant: comments in texts, escapes in paths, joined lines of code."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from vidbuild.diagnostic import Diagnostic
from vidbuild.frozen import dataclass
from vidbuild.spec import schema
from vidbuild.spec.document import Document, Path, Span
from vidbuild.spec.value_hints import value_of

SINGLE_QUOTES = "use single quotes, in which '\\' is an ordinary character"
NAMES = frozenset({"engine", "name", "language", "notes"})  # fields in which a comment cuts no text that is shown
IGNORED = frozenset({"vidbuild", "voice", "voices", "theme"})  # top-level fields without text
# A comment as linters want it, two spaces and "# ", is meant as one; " #" in a text rarely is.
_COMMENT = re.compile(r"([ \t]+)(#[^\n\r]*)")
_MEANT = re.compile(r"( {2,}|\t[ \t]*)#+([ \t]|$)")
_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[^\n\r])")
_DRIVE = re.compile(r"(?<![A-Za-z])[A-Za-z]:\\\w")
_ANY_DRIVE = re.compile(r"(?<![A-Za-z])[A-Za-z]:\\{1,2}\w")
_START = re.compile(r"((?:^|(?<=[=(,;:]))\.{1,2}|~|%\w+%|\$[A-Za-z_]\w*)\\\w|\\\\\\\\\w")
_FILE = re.compile(r"[\w-]+(\\{1,2}[\w-]+)+\.\w{1,5}\W*\Z")
_QUOTES = "'\""
_TOKEN = re.compile(r"[^ \n]+")
_QUOTE_OR_ESCAPE = re.compile(r"""\\.|["']""")
_LONGEST_PATH = 300  # characters at the end of a token in which the path of a file is looked for
_MEANING = {
    "0": "a null character",
    "a": "a bell",
    "b": "a backspace",
    "e": "an escape character",
    "f": "a form feed",
    "n": "a line break",
    "r": "a carriage return",
    "t": "a tab",
    "v": "a vertical tab",
    "N": "a line break",
    "L": "a line break",
    "P": "a line break",
    "_": "a no-break space",
}
_NEVER_MEANT = frozenset("0abefvNLP")


@dataclass(frozen=True, slots=True)
class _Text:
    """A text of the spec.

    source: as it is written, quotes included.
    field: name of its field.
    is_path: whether the field names a file.
    keeps_lines: whether the lines of the field's value are shown as lines.
    """

    source: str
    span: Span
    field: str | int
    is_path: bool
    keeps_lines: bool


def check(document: Document, original: Document) -> Iterator[Diagnostic]:
    """Yield the warnings about a document.

    original: the document before its templates were expanded.
    """
    text = document.text
    for path, span in document.spans.items():
        if not path or path[0] in IGNORED or span.start == span.end:
            continue
        style = text[span.start]
        if style == '"':
            escaped = "\\" in text[span.start : span.end]
            suspect = escaped or "\n" in text[span.start : span.end]
        elif style in "|'":
            suspect = style == "'" and "\n" in text[span.start : span.end]
        else:
            suspect = (
                style == ">" or text[span.end : span.end + 1] in {" ", "\t"} or "\n" in text[span.start : span.end]
            )
        found = _text(document, path, span) if suspect else None
        if found is not None:
            yield from _check(document, found, value_of(original.data, path))


def _check(document: Document, text: _Text, value: object) -> Iterator[Diagnostic]:
    style = text.source[0]
    if style == '"':
        yield from _escapes(document, text)
    elif style not in "'>|":
        yield from _cut(document, text)
    if text.keeps_lines and isinstance(value, str) and style != "|":
        yield from _joined(document, text, value)


def _text(document: Document, path: Path, span: Span) -> _Text | None:
    """Return what is known of the text at a path, or None if its field takes no free text."""
    name = path[-1] if isinstance(path[-1], str) else path[-2] if len(path) > 1 else path[-1]
    if name in NAMES and path[0] != "vars":
        return None
    nodes = [node for node in schema.allowed(path, document.data) if _takes_text(node)]
    if not nodes:
        return None
    verbatim = any(node.get("x-verbatim") for node in nodes)
    is_path = any("x-path" in node for node in nodes)
    return _Text(document.text[span.start : span.end], span, name, is_path, verbatim and name != "run")


def _takes_text(node: schema.Schema) -> bool:
    kinds = node.get("type")
    return ("string" in kinds if isinstance(kinds, list) else kinds == "string") and node.get("pattern", r"\S") == r"\S"


def _cut(document: Document, text: _Text) -> Iterator[Diagnostic]:
    """Warn of a plain text that a comment or the end of its line cuts."""
    end = text.span.end
    comment = _COMMENT.match(document.text, end)
    if comment and not _MEANT.match(comment[0]) and not (text.is_path and comment[2][1:2] in {" ", ""}):
        message = "' #' starts a comment, so the text ends before it"
        hint = "put quotes around the text, or two spaces before the comment and one after its '#'"
        span = (comment.start(2), comment.end(2))
        yield _warning("VB101", document, span, message, hint)
    elif text.field == "prompt" and not comment:
        blank = re.compile(r"[ \t]+(?=[\n\r]|\Z)").match(document.text, end)
        if blank:
            message = "the space after the prompt is not part of it"
            yield _warning("VB102", document, (text.span.start, end), message, f'write "{text.source} "')


def _escapes(document: Document, text: _Text) -> Iterator[Diagnostic]:
    """Warn of escapes in double quotes that were probably meant as backslashes."""
    doubtful = list(_doubtful(text))
    if not doubtful:
        return
    distinct = list(dict.fromkeys(match[0][1] for match in doubtful))
    written = _and([f"'\\{letter}'" for letter in distinct])
    meant = _and(list(dict.fromkeys(_MEANING[letter] for letter in distinct)))
    message = f"{written} in double quotes {'are' if len(distinct) > 1 else 'is'} {meant}"
    start = text.span.start + doubtful[0].start()
    single = "'" not in text.source and set(re.findall(r"\\(.)", text.source)) <= set(_MEANING)
    backslashes = _and(["'" + 2 * "\\" + letter + "'" for letter in distinct])
    twice = f"write {backslashes} for a backslash and the letter"
    yield _warning("VB103", document, (start, start + 2), message, SINGLE_QUOTES if single else twice)


def _doubtful(text: _Text) -> Iterator[re.Match[str]]:
    """Yield the escapes that were probably meant as a backslash and a letter."""
    quoted = _quoted(text.source) if text.field == "run" else frozenset()
    for token in _TOKEN.finditer(text.source):
        shown = token[0].strip(_QUOTES)
        is_path = bool(text.is_path or _DRIVE.search(shown) or _START.search(shown))
        names_file = not text.keeps_lines and bool(_FILE.search(shown[-_LONGEST_PATH:]) or _ANY_DRIVE.search(shown))
        for match in _ESCAPE.finditer(text.source, *token.span()):
            letter = match[0][1]
            if letter == "e" and text.keeps_lines and text.source[match.end() : match.end() + 1] in {"[", "]", "("}:
                continue  # a sequence of a terminal, which is drawn as its color
            if letter in _MEANING and (is_path or _is_doubtful(text, match, letter, quoted, names_file=names_file)):
                yield match


def _is_doubtful(text: _Text, match: re.Match[str], letter: str, quoted: Collection[int], *, names_file: bool) -> bool:
    """Return whether an escape outside of a path was probably meant as a backslash and a letter.

    quoted: offsets of the escapes in a command between quotes of the shell.
    names_file: whether the text around it without blanks ends like the path of a file.
    """
    if text.keeps_lines:
        return letter in _NEVER_MEANT - set("abe") if text.field == "output" else letter in _NEVER_MEANT
    if letter in _NEVER_MEANT or names_file:
        return True
    if text.field == "run":
        return letter in "rt" or (letter == "n" and match.start() in quoted)
    before, after = text.source[match.start() - 1], text.source[match.end() : match.end() + 1]
    return letter == "t" and not before.isspace() and after.isalnum()


def _quoted(source: str) -> frozenset[int]:
    """Return the offsets of the escapes in a command that are between quotes of the shell."""
    found: set[int] = set()
    opened = ""
    for part in _QUOTE_OR_ESCAPE.finditer(source, 1):
        sign = part[0][-1]
        if part[0] == "\\" + sign and sign != '"':
            if opened:
                found.add(part.start())
        elif opened in {"", sign}:
            opened = "" if opened else sign
    return frozenset(found)


def _and(words: list[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _joined(document: Document, text: _Text, value: str) -> Iterator[Diagnostic]:
    """Warn of lines of code or output that YAML joins into one."""
    lines = [line for line in text.source.splitlines() if line.strip()]
    written = len(lines) - 1 if text.source[0] == ">" else len(lines)
    if written > len([line for line in value.splitlines() if line.strip()]) > 0:
        folded = text.source[0] == ">"
        hint = "write '|' instead of '>'" if folded else f"write '{text.field}: |' and the lines below it"
        message = f"the lines of '{text.field}' are joined into one"
        span = (text.span.start, text.span.start + len(lines[0]))
        yield _warning("VB104", document, span, message, hint)


def _warning(code: str, document: Document, span: tuple[int, int], message: str, hint: str) -> Diagnostic:
    return Diagnostic("warning", message, document.name, document.range(*span), hint=hint, code=code)
