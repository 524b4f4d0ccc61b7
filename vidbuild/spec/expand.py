"""Templating of a whole document: which texts are expanded, and where in the text their problems stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.location import Location
from vidbuild.spec import schema, templates
from vidbuild.spec.diagnostics import MAX_PROBLEMS
from vidbuild.spec.document import Document, Path
from vidbuild.suggest import did_you_mean

MAX_TEMPLATES = 5000  # texts of one spec in which something is to be replaced
MAX_WRITTEN = 100_000  # characters between their braces, all together
MAX_MADE = 5_000_000  # characters that come of them, all together
UNTOUCHED = frozenset({"vars", "vidbuild"})
_TOO_MUCH = f"the spec's templates make more than {MAX_MADE} characters"


def variables(document: Document, given: Mapping[str, Any]) -> dict[str, Any]:
    """The names a template can use: the spec's `vars`, then what was given for this build."""
    own = document.data.get("vars") if isinstance(document.data, Mapping) else None
    named = own if isinstance(own, Mapping) else {}
    return {**{key: value for key, value in named.items() if not isinstance(value, list | dict)}, **given}


def unknown(document: Document, given: Mapping[str, Any]) -> list[Diagnostic]:
    """An error for each variable given for this build that the spec neither declares nor asks for."""
    if not isinstance(document.data, Mapping):
        return []
    own = document.data.get("vars")
    known = set(own) if isinstance(own, Mapping) else set()
    if given.keys() <= known:
        return []
    for _, text in _texts(document.data, ()):
        known |= templates.names(text)
    place = document.keys.get(("vars",))
    return [
        Diagnostic("error", f"no variable '{name}' in this spec", document.name, place, hint=did_you_mean(name, known))
        for name in given
        if name not in known
    ]


def too_much(document: Document) -> list[Diagnostic]:
    """The one problem of a spec with so many templates that reading it would take minutes."""
    written = 0
    for count, (path, text) in enumerate(_texts(document.data, ()), 1):
        written += sum(len(match[0]) for match in templates.OPENS.finditer(text[: templates.MAX_SOURCE]))
        if count > MAX_TEMPLATES or written > MAX_WRITTEN:
            limit = f"{MAX_TEMPLATES} texts with" if count > MAX_TEMPLATES else f"{MAX_WRITTEN} characters of"
            message = f"more than {limit} templates in one spec"
            return [Diagnostic("error", message, document.name, document.value(path))]
    return []


def _texts(data: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Every template in the data, also where it is left as it is written."""
    if isinstance(data, str) and templates.is_template(data):
        yield path, data
    elif isinstance(data, Mapping | list):
        for key, item in data.items() if isinstance(data, Mapping) else enumerate(data):
            yield from _texts(item, (*path, key))


def expand(document: Document, names: Mapping[str, Any]) -> tuple[Document, dict[Path, list[Diagnostic]]]:
    """The document with its templates expanded; a text that cannot be stays as it is, and its path is told."""
    problems: dict[Path, list[Diagnostic]] = {}
    made = 0

    def walk(data: Any, path: Path) -> Any:  # noqa: ANN401 - any value of a document
        if isinstance(data, str):
            nonlocal made
            if not templates.is_template(data) or len(problems) > MAX_PROBLEMS or _verbatim(document.data, path):
                return data
            try:
                text = templates.expand(data, names)
            except templates.TemplateProblemError as error:
                problems[path] = [_diagnostic(document, path, problem) for problem in error.problems]
                return data
            made += len(text)
            if made > MAX_MADE:
                problems[path] = [_diagnostic(document, path, templates.TemplateProblem(_TOO_MUCH))]
                return data
            return _typed(text, path, document.data)
        if isinstance(data, Mapping):
            return {key: walk(value, (*path, key)) for key, value in data.items()}
        return [walk(value, (*path, index)) for index, value in enumerate(data)] if isinstance(data, list) else data

    if not isinstance(document.data, Mapping):
        return document, {}
    data = {key: value if key in UNTOUCHED else walk(value, (key,)) for key, value in document.data.items()}
    return replace(document, data=data), problems


def _verbatim(data: Mapping[str, Any], path: Path) -> bool:
    if path[0] != "scenes" or len(path) < 3:  # noqa: PLR2004 - "scenes", the scene, a field
        return False
    scene = data["scenes"][path[1]]
    if path[-1] == "notes" and len(path) == 3:  # noqa: PLR2004 - as above
        return True
    expanded = isinstance(scene, Mapping) and scene.get("expand") is True
    return not expanded and any(node.get("x-verbatim") for node in schema.allowed(path, data))


def _typed(text: str, path: Path, data: object) -> Any:  # noqa: ANN401 - a value of any type
    """An expanded text as a number or truth value where the schema has no use for text."""
    allowed = list(schema.allowed(path, data))
    kinds = {node.get("type") for node in allowed if "enum" not in node}
    values = [value for node in allowed for value in node.get("enum", ())]
    if not allowed or "string" in kinds or any(isinstance(value, str) for value in values):
        return text
    plain = text.strip()
    if "boolean" in kinds and plain in {"True", "False", "true", "false"}:
        return plain.lower() == "true"
    if re.fullmatch(r"[-+]?[0-9]{1,15}", plain):
        return int(plain)
    if re.fullmatch(r"[-+]?[0-9]{1,15}\.[0-9]{1,15}", plain):
        return float(plain)
    return text


def _diagnostic(document: Document, path: Path, problem: templates.TemplateProblem) -> Diagnostic:
    return Diagnostic("error", problem.message, document.name, _place(document, path, problem), hint=problem.hint)


def _place(document: Document, path: Path, error: templates.TemplateProblem) -> Location:
    """Where the token stands in the file: in the same expression of the scalar as it is written there."""
    span = document.spans.get(path)
    if span is None:
        return document.value(path)
    written = list(_expressions(document.text, span.start, span.end))
    if error.nth >= len(written):
        return document.value(path)
    start, end = written[error.nth]
    found = re.search(_pattern(error.token), document.text[start:end]) if error.token else None
    if found:
        return document.stretch(start + found.start(), start + found.end())
    return document.stretch(start, end) if error.token else document.value(path)


def _pattern(token: str) -> str:
    """A word as a whole, anything else wherever it stands."""
    word = token[:1].isalnum() or token[:1] == "_"
    return rf"(?<!\w){re.escape(token)}(?!\w)" if word else re.escape(token)


def _expressions(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in templates.OPENS.finditer(text, start, end):
        yield match.start(), match.end()
