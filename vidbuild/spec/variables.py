"""The variables of a spec's templates: those of `vars`, overridden by `--var`, whose values take the declared types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.json_types import Json
from vidbuild.location import Location
from vidbuild.spec import expand, templates
from vidbuild.spec.document import Document, Path
from vidbuild.spec.scalars import NumberError, read_plain
from vidbuild.suggest import did_you_mean

TRUTHS = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}
_SIMPLE = re.compile(r"\{\{-?\s*(\w+)\s*-?\}\}")


def values(document: Document, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Diagnostic]]:
    """Return name -> value of all variables, and the problems of those given for this build.

    A given text takes the type that `vars` declares for its name. If `vars` does not declare it, `true` and `false` are
    booleans, and all others are text: a version 2.10 must stay as it is written.
    """
    own = _declared(document)
    found, problems = dict(own), _unknown(document, given)
    for name, value in given.items():
        found[name] = own.get(name, value)
        if not isinstance(value, str):
            found[name] = value
        else:
            try:
                found[name] = _typed(value, own.get(name, ...))
            except NumberError as error:
                problems.append(_diagnostic(document, name, f"the value of '{name}' is a {error}"))
            except _TypeError as error:
                hint = f"use --var {name}={error.instead}"
                problems.append(_diagnostic(document, name, f"'{name}' must be {error}, as in 'vars'", hint))
    return found, problems


class _TypeError(Exception):
    """A text that is not of the declared type. instead: a value that is."""

    def __init__(self, expected: str, found: str, instead: Json) -> None:
        super().__init__(f"{expected}, not '{found}'")
        self.instead = instead


def _declared(document: Document) -> dict[str, Any]:
    own = document.data.get("vars") if isinstance(document.data, Mapping) else None
    return {key: value for key, value in own.items() if _is_scalar(value)} if isinstance(own, Mapping) else {}


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int | float)


def _typed(text: str, declared: object) -> Json:
    if isinstance(declared, str):
        return text
    plain = text.strip()
    if declared is ...:
        return {"true": True, "false": False}.get(plain.lower(), text)
    value = read_plain(plain)
    if isinstance(declared, bool):
        if not isinstance(value, bool):
            raise _TypeError("true or false", text, TRUTHS.get(plain.lower(), str(declared).lower()))
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise _TypeError("a number", text, declared)
    return value


def _unknown(document: Document, given: Mapping[str, Any]) -> list[Diagnostic]:
    """Return an error for each variable given for this build that the spec neither declares nor uses."""
    if not isinstance(document.data, Mapping):
        return []
    own = document.data.get("vars")
    known = set(own) if isinstance(own, Mapping) else set()
    if given.keys() <= known:
        return []
    for _, text in expand.texts(document.data):
        known |= templates.names(text)
    location = document.keys.get(("vars",))
    return [
        Diagnostic(
            "error", f"the spec has no variable '{name}'", document.name, location, hint=did_you_mean(name, known)
        )
        for name in given
        if name not in known
    ]


def doubtful(document: Document, given: Mapping[str, Any], *, failed: bool) -> Iterator[Diagnostic]:
    """Yield the warnings about variables of a document whose templates are not expanded yet.

    failed: whether a template could not be expanded, since it may misspell the name of a variable that seems unused.
    """
    own = _declared(document)
    if not own:
        return
    used: set[str] = set()
    kept: dict[str, None] = {}
    for path, text in expand.texts(document.data):
        if expand.is_verbatim(document.data, path):
            simple = {name: None for name in _SIMPLE.findall(text) if name in own}
            if simple and expand.can_expand(document.data, path):
                kept |= simple
                yield _shown_as_written(document, path, next(iter(simple)))
        else:
            used |= templates.names(text)
    for name, value in own.items():
        if name not in used and name not in kept and not failed and document.is_own(("vars", name)):
            message = f"no text uses variable '{name}'"
            yield _warning("VB106", document, document.key(("vars", name)), message)
        yield from _lost_digits(document, name, value, given)


def _shown_as_written(document: Document, path: tuple[str | int, ...], name: str) -> Diagnostic:
    text = f"{{{{ {name} }}}}"
    message = f"'{text}' is shown as it is written: code and commands are not expanded"
    hint = "add 'expand: true' to the scene, or 'expand: false' if that is what you want"
    return _warning("VB107", document, document.token(path, name), message, hint)


def _lost_digits(document: Document, name: str, value: Json, given: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Warn of a number that loses digits as text: a version 2.10 is the number 2.1."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    written = written_number(document, ("vars", name))
    if (lost := lost_digits(document, ("vars", name), value)) is not None:
        yield lost
    plain = given.get(name)
    if isinstance(plain, str) and _number(plain) is not None and plain.strip() != str(_number(plain)):
        message = f"'{name}' is a number in 'vars', so {plain.strip()} becomes the text '{_number(plain)}'"
        yield _warning("VB108", document, document.value(("vars", name)), message, f'write "{written or value}"')


def written_number(document: Document, path: Path) -> str:
    """Return a number as it is written; "" if it has no place in a text."""
    span = document.spans.get(path)
    return document.text[span.start : span.end].strip() if span else ""


def lost_digits(document: Document, path: Path, value: Json) -> Diagnostic | None:
    """Return a warning of a number that loses digits as text; None for any other value."""
    written = written_number(document, path)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not written or written == str(value):
        return None
    message = f"{written} is a number, which becomes the text '{value}'"
    return _warning("VB108", document, document.value(path), message, f'write "{written}"')


def _number(text: str) -> Json:
    try:
        value = read_plain(text.strip())
    except NumberError:
        return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _warning(code: str, document: Document, location: Location, message: str, hint: str | None = None) -> Diagnostic:
    return Diagnostic("warning", message, document.name, location, hint=hint, code=code)


def _diagnostic(document: Document, name: str, message: str, hint: str | None = None) -> Diagnostic:
    return Diagnostic("error", message, document.name, document.key(("vars", name)), hint=hint)
