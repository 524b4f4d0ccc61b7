"""Expands the templates in a document: selects the texts to expand, and locates their problems in the file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.frozen import replaced
from vidbuild.json_types import Json
from vidbuild.location import Location
from vidbuild.spec import schema, templates
from vidbuild.spec.diagnostics import MAX_PROBLEMS
from vidbuild.spec.document import AUTHORS_OWN, SCENE_FIELD, Document, Path

# Limits for one spec, so that expanding it takes seconds at most.
MAX_TEMPLATES = 5000  # texts with a template
MAX_EXPRESSIONS = 100_000  # characters between the braces of all templates
MAX_EXPANDED = 5_000_000  # characters of all expanded texts
VERBATIM = frozenset({"vars", "vidbuild", "languages", "$schema"})  # top-level fields without templates
_TOO_LONG = f"the expanded templates are too long: the maximum is {MAX_EXPANDED} characters in one spec"


def too_many_templates(document: Document) -> list[Diagnostic]:
    """Return an error if the spec has so many templates that expanding them would take minutes."""
    length = 0
    for count, (path, text) in enumerate(texts(document.data), 1):
        length += sum(len(match[0]) for match in templates.EXPRESSION.finditer(text[: templates.MAX_SOURCE]))
        if count > MAX_TEMPLATES or length > MAX_EXPRESSIONS:
            limit = f"{MAX_TEMPLATES} texts" if count > MAX_TEMPLATES else f"{MAX_EXPRESSIONS} characters"
            message = f"too many templates in one spec: the maximum is {limit}"
            return [Diagnostic("error", message, document.name, document.value(path))]
    return []


def texts(data: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the path and text of every template, also of those that are not expanded."""
    if isinstance(data, str) and templates.is_template(data):
        yield path, data
    elif isinstance(data, Mapping | list):
        for key, item in data.items() if isinstance(data, Mapping) else enumerate(data):
            yield from texts(item, (*path, key))


def expand(document: Document, names: Mapping[str, Any]) -> tuple[Document, dict[Path, list[Diagnostic]]]:
    """Return the document with its templates expanded, and path -> problems of the texts that could not be."""
    problems: dict[Path, list[Diagnostic]] = {}
    expanded = 0

    def walk(data: Json, path: Path) -> Json:
        if isinstance(data, str):
            nonlocal expanded
            data = unicodedata.normalize("NFC", data)
            if not templates.is_template(data) or len(problems) > MAX_PROBLEMS or is_verbatim(document.data, path):
                return data
            try:
                text = unicodedata.normalize("NFC", templates.expand(data, names))
            except templates.TemplateProblemError as error:
                problems[path] = [_diagnostic(document, path, problem) for problem in error.problems]
                return data
            expanded += len(text)
            if expanded > MAX_EXPANDED:
                problems[path] = [_diagnostic(document, path, templates.TemplateProblem(_TOO_LONG))]
                return data
            return _typed(text, path, document.data)
        if isinstance(data, Mapping):
            return {key: walk(value, (*path, key)) for key, value in data.items()}
        return [walk(value, (*path, index)) for index, value in enumerate(data)] if isinstance(data, list) else data

    if not isinstance(document.data, Mapping):
        return document, {}
    data = {
        key: value if is_verbatim(document.data, (key,)) else walk(value, (key,))
        for key, value in document.data.items()
    }
    return replaced(document, data=data), problems


def is_verbatim(data: object, path: Path) -> bool:
    """Return whether a text stays as written: notes, sources, and commands or code unless their scene expands them."""
    if not path or not isinstance(data, Mapping):
        return True
    if str(path[0]) in VERBATIM or str(path[0]).startswith(AUTHORS_OWN):
        return True
    scene = _scene(data, path)
    if scene is None:
        return False
    if path[SCENE_FIELD - 1] == "made_from" or (path[-1] == "notes" and len(path) == SCENE_FIELD):
        return True
    return scene.get("expand") is not True and any(node.get("x-verbatim") for node in schema.allowed(path, data))


def can_expand(data: object, path: Path) -> bool:
    """Return whether the scene of a verbatim text leaves open whether its code and commands are expanded."""
    scene = _scene(data, path)
    return scene is not None and "expand" not in scene and path[-1] != "notes"


def _scene(data: object, path: Path) -> Mapping[str, Any] | None:
    """Return the scene that a path leads into."""
    if len(path) < SCENE_FIELD or path[0] != "scenes" or not isinstance(data, Mapping):
        return None
    scene = data["scenes"][path[1]]
    return scene if isinstance(scene, Mapping) else None


def _typed(text: str, path: Path, data: object) -> Json:
    """Convert an expanded text to a number or boolean if the schema allows no text at its path."""
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
    return Diagnostic("error", problem.message, document.name, _location(document, path, problem), hint=problem.hint)


def _location(document: Document, path: Path, error: templates.TemplateProblem) -> Location:
    """Return the location of a problem's token in the file: in the same expression of the scalar."""
    span = document.spans.get(path)
    if span is None:
        return document.value(path)
    expressions = list(_expressions(document.text, span.start, span.end))
    if error.nth >= len(expressions):
        return document.value(path)
    start, end = expressions[error.nth]
    found = re.search(_pattern(error.token), document.text[start:end]) if error.token else None
    if found:
        return document.range(start + found.start(), start + found.end())
    return document.range(start, end) if error.token else document.value(path)


def _pattern(token: str) -> str:
    """Return a pattern that matches a word only as a whole, and any other text anywhere."""
    word = token[:1].isalnum() or token[:1] == "_"
    return rf"(?<!\w){re.escape(token)}(?!\w)" if word else re.escape(token)


def _expressions(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in templates.EXPRESSION.finditer(text, start, end):
        yield match.start(), match.end()
