"""The cells of a notebook, with their outputs, whichever format it is in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vidbuild.create.source import json_text
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.json_types import listed, mapping, mappings

FORMATS = (3, 4)
MAX_CELLS = 20_000
_MARKER = re.compile(r"(?:#|//) ?%%(?P<options>.*)")
_KIND = re.compile(r"\[(markdown|md|raw)\]")
_HEADER = re.compile(r"(?:#|//) ---\s*\Z")
_COMMENT = re.compile(r"(?:#|//) ?")
_STRING = re.compile(r"[rR]?(?P<quotes>\"{3}|'{3})\n?(?P<text>.*?)\n?(?P=quotes)\s*\Z", re.DOTALL)
_COMMENT_MARKS = re.compile(r"^(?:#|//) ?", re.MULTILINE)
# Magics and commands, which Jupytext writes as comments, so that the script runs: "# %matplotlib inline", "# !ls".
_COMMENTED_CELL = re.compile(r"(?:#|//) %%[a-z]\w*(?:\s|\Z)")
_COMMENTED_MAGIC = re.compile(r"^(?:#|//) (?=%%?[a-z]\w*(?:\s|\Z)|![a-z./])", re.MULTILINE)
# The fields of an output in format 3, and the type of content that each is.
_WIDGET = "application/vnd.jupyter.widget-view+json"
_FORMAT_3 = {
    "text": "text/plain", "html": "text/html", "svg": "image/svg+xml", "png": "image/png", "jpeg": "image/jpeg",
    "latex": "text/latex", "json": "application/json", "javascript": "application/javascript",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Output:
    """An output of a cell.

    data: type of content -> content; what a stream has is text/plain.
    error: the name and message of an exception; "" if the cell ended well.
    """

    data: Mapping[str, str]
    error: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell. kind: "markdown", "code" or "raw".

    place: how messages name it; line: of a script, 0 for a notebook.
    slide: its part in a slideshow: "slide", "subslide", "fragment", "notes", "skip", or "".
    hidden: the tags that hide parts of it: "hide-input" and its like.
    """

    kind: str
    source: str
    outputs: Sequence[Output] = ()
    language: str = ""
    place: str = ""
    line: int = 0
    slide: str = ""
    hidden: frozenset[str] = frozenset()
    attachments: Mapping[str, Mapping[str, str]] | None = None

    @property
    def canonical(self) -> str:
        """What the cell shows, as text: its source, and its outputs with digests for those that are no text."""
        lines = [self.source]
        for output in self.outputs:
            lines.append(output.error)
            for kind, content in sorted(output.data.items()):
                is_text = kind.startswith("text/")
                lines.append(f"{kind} {content if is_text else hashlib.sha256(content.encode()).hexdigest()}")
        return "\n".join(filter(None, lines))


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook. title: as its metadata say; "" if they do not."""

    cells: tuple[Cell, ...]
    title: str = ""


def notebook_of(source: Source) -> Notebook:
    """Return the cells of a .ipynb file. Raises SourceError with the place if it is no notebook."""
    data = _json(source)
    version = data.get("nbformat")
    if version is None:
        raise _error(source, "is no notebook: it has no field 'nbformat'")
    if version not in FORMATS:
        hint = f"convert it: jupyter nbconvert --to notebook {source.path.name}"
        raise _error(source, f"has the notebook format {version!r}: expected 3 or 4", hint)
    worksheets = data.get("worksheets") if version == FORMATS[0] else [data]
    cells = [cell for sheet in mappings(worksheets) for cell in listed(sheet.get("cells"))]
    if not cells:
        raise _error(source, "has no cells")
    if len(cells) > MAX_CELLS:
        raise _error(source, f"has {len(cells)} cells: the maximum is {MAX_CELLS}")
    metadata = mapping(data.get("metadata"))
    language = _language(metadata)
    found = tuple(_cell(cell, nth, language, source) for nth, cell in enumerate(cells, 1))
    return Notebook(found, _text(metadata.get("title") or ""))


def _json(source: Source) -> Mapping[str, Any]:
    data = json_text.load(source)
    if not isinstance(data, dict):
        raise _error(source, f"is no notebook: expected a mapping, got {type(data).__name__}")
    return data


def _error(source: Source, problem: str, hint: str | None = None) -> SourceError:
    return SourceError(f"'{source.address}' {problem}", hint=hint)


def _language(metadata: Mapping[str, Any]) -> str:
    """Return the language of a notebook's code: of its kernel, or as it says itself."""
    info, kernel = mapping(metadata.get("language_info")), mapping(metadata.get("kernelspec"))
    for name in (info.get("name"), kernel.get("language"), metadata.get("language")):
        if isinstance(name, str) and name:
            return name.lower()
    return ""


def _cell(cell: object, nth: int, language: str, source: Source) -> Cell:
    place = f"cell {nth}"
    if not isinstance(cell, dict):
        raise _error(source, f"{place}: expected a mapping, got {type(cell).__name__}")
    kind = cell.get("cell_type")
    if not isinstance(kind, str) or kind not in {"markdown", "code", "raw", "heading", "html"}:
        raise _error(source, f"{place}: unknown type of cell {kind!r}: expected markdown, code or raw")
    text = _text(cell.get("source", cell.get("input", "")))
    if kind == "heading":  # of format 3
        level = cell.get("level")
        text = f"{'#' * (level if isinstance(level, int) and level in range(1, 7) else 1)} {text}"
    metadata = mapping(cell.get("metadata"))
    tags = {str(tag) for tag in listed(metadata.get("tags"))} | _hidden(mapping(metadata.get("jupyter")))
    outputs = [_output(each) for each in mappings(cell.get("outputs"))]
    attachments = {
        name: {k: _text(v) for k, v in mapping(each).items()} for name, each in mapping(cell.get("attachments")).items()
    }
    slide = mapping(metadata.get("slideshow")).get("slide_type")
    own = cell.get("language")
    return Cell(
        {"heading": "markdown", "html": "raw"}.get(kind, kind),
        text,
        tuple(_merged(outputs)),
        own.lower() if isinstance(own, str) and language == "" else language,
        place,
        slide=slide if isinstance(slide, str) else "",
        hidden=frozenset(tags),
        attachments=attachments,
    )


def _hidden(jupyter: Mapping[str, Any]) -> set[str]:
    return {
        tag
        for name, tag in (("source_hidden", "hide-input"), ("outputs_hidden", "hide-output"))
        if jupyter.get(name) is True
    }


def _output(output: Mapping[str, Any]) -> Output:
    kind = output.get("output_type")
    if kind in {"error", "pyerr"}:
        return Output({}, f"{_text(output.get('ename', 'error'))}: {_text(output.get('evalue', ''))}".rstrip(": "))
    if kind == "stream":
        # What a program writes about itself, such as warnings and progress, is no result.
        is_error = output.get("name", output.get("stream")) == "stderr"
        return Output({} if is_error else {"text/plain": _text(output.get("text", ""))})
    data = mapping(output.get("data")) or {name: output[field] for field, name in _FORMAT_3.items() if field in output}
    # Of JSON, which no scene shows, only that it is there: the text beside it is the name of an object.
    found = {name: _text(value) if isinstance(value, str | list) else "" for name, value in data.items()}
    if _WIDGET in data:  # its text is the name of an object in Python
        found = {name: text for name, text in found.items() if name != "text/plain"} or {_WIDGET: ""}
    return Output(found)


def _merged(outputs: Sequence[Output]) -> Iterator[Output]:
    """Yield the outputs; pieces of text that follow each other are one."""
    text: list[str] = []
    for output in outputs:
        if output.data.keys() == {"text/plain"}:
            text.append(output.data["text/plain"])
            continue
        if text:
            yield Output({"text/plain": _lines(text)})
            text = []
        if output.data or output.error:
            yield output
    if text:
        yield Output({"text/plain": _lines(text)})


def _lines(pieces: Sequence[str]) -> str:
    return "".join(piece if piece.endswith("\n") or piece is pieces[-1] else f"{piece}\n" for piece in pieces)


def _text(value: object) -> str:
    """Return a text, which a notebook can have as a list of lines; half a character of UTF-16 becomes a "?"."""
    lines = value if isinstance(value, list) else [value]
    return "".join(each for each in lines if isinstance(each, str)).encode("utf-8", "replace").decode()


def is_percent_script(data: bytes) -> bool:
    """Return whether a script has cells: a line that begins with `# %%`."""
    return bool(re.search(rb"(?m)^(?:#|//) ?%%(?:\s|$)", data))


def script_of(source: Source, language: str) -> Notebook:
    """Return the cells of a script."""
    lines = source.text().split("\n")
    start = 0
    if lines and _HEADER.match(lines[0]):  # metadata of Jupytext
        start = next((at + 1 for at in range(1, len(lines)) if _HEADER.match(lines[at])), 0)
    marks = [index for index in range(start, len(lines)) if _is_mark(lines[index])]
    if not marks:
        raise _error(source, "has no cells: expected lines that begin with '# %%'")
    cells = [
        _script_cell(lines[mark:end], mark + 1, language)
        for mark, end in zip(marks, [*marks[1:], len(lines)], strict=True)
    ]
    return Notebook(tuple(cells))


def _is_mark(line: str) -> bool:
    found = _MARKER.match(line)
    return found is not None and (not found["options"] or found["options"][0] in " \t[")


def _script_cell(lines: Sequence[str], line: int, language: str) -> Cell:
    match = _MARKER.match(lines[0])
    options = match["options"] if match else ""
    kind = _KIND.search(options)
    text = "\n".join(lines[1:]).strip("\n")
    if kind is not None:
        string = _STRING.match(text)  # whose lines are no comments: "# A" in it is a heading
        text = string["text"] if string else "\n".join(_COMMENT.sub("", each, count=1) for each in text.split("\n"))
    else:
        is_magic = _COMMENTED_CELL.match(text)
        text = _COMMENT_MARKS.sub("", text) if is_magic else _COMMENTED_MAGIC.sub("", text)
    slide = re.search(r'"?slide_type"?\s*[:=]\s*"(\w+)"', options)
    name = {"md": "markdown"}.get(kind[1], kind[1]) if kind else "code"
    return Cell(name, text, (), language, f"line {line}", line, slide[1] if slide else "")
