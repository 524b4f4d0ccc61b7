"""Checks a document against the schema and says in our own words what is wrong; it knows no field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.location import Location
from vidbuild.spec import schema, value_hints
from vidbuild.spec.diagnostics import MAX_PROBLEMS
from vidbuild.spec.document import Document, Path
from vidbuild.suggest import did_you_mean

KINDS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}
MAX_FAULTS = 2 * MAX_PROBLEMS  # some are echoes of others
TRUTHS = {"yes": "true", "on": "true", "no": "false", "off": "false"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that the schema does not allow: where, and whether its key is meant rather than its value.

    missing: the field that is not there. echo: it follows from another fault, so a user need not hear of it.
    """

    path: Path
    message: str
    hint: str | None = None
    at_key: bool = False
    missing: str = ""
    echo: bool = False


def validate(document: Document, definition: str = "", skip: Iterable[Path] = ()) -> list[Fault]:
    """What the schema (or a named part of it) does not allow in the document, except below the paths to skip.

    Where these are more than MAX_FAULTS there are others, which are not looked for.
    """
    skipped = set(skip)
    found: dict[Fault, None] = {}
    for error in _validator(definition).iter_errors(document.data):
        for fault in _translate(error):
            if not any(fault.path[: len(path)] == path for path in skipped):
                found[fault] = None
        if len(found) > MAX_FAULTS:
            break
    return list(_with_echoes(list(found)))


def valid(data: object, node: schema.Schema) -> bool:
    """Whether the data is an instance of a part of the schema."""
    from jsonschema import Draft202012Validator

    return bool(Draft202012Validator({**node, "$defs": schema.load()["$defs"]}).is_valid(data))


def diagnose(document: Document, faults: Iterable[Fault]) -> list[Diagnostic]:
    """The faults, located."""
    return [
        Diagnostic("error", fault.message, document.name, _place(document, fault), hint=_hint(document, fault))
        for fault in faults
        if not fault.echo and not (fault.missing and value_hints.is_colon(document, fault.path))
    ]


def _hint(document: Document, fault: Fault) -> str | None:
    if fault.at_key:
        return value_hints.COLON if value_hints.is_colon(document, fault.path[:-1]) else fault.hint
    return fault.hint or (None if fault.missing else value_hints.hint(document, fault.path))


def _place(document: Document, fault: Fault) -> Location:
    return document.key(fault.path) if fault.at_key else value_hints.place(document, fault.path)


@lru_cache(maxsize=4)
def _validator(definition: str) -> Any:  # noqa: ANN401 - jsonschema is imported lazily
    from jsonschema import Draft202012Validator

    whole = schema.load()
    if not definition:
        return Draft202012Validator(whole)
    return Draft202012Validator({"$ref": f"#/$defs/{definition}", "$defs": whole["$defs"]})


def _translate(error: Any) -> Iterator[Fault]:  # noqa: ANN401 - jsonschema types what an error holds as perhaps unset
    path = tuple(error.absolute_path)
    if error.validator in {"anyOf", "oneOf"}:
        yield from _meant(error, path)
    elif error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance:
                yield Fault(path, f"missing {_noun(error.schema, path)}field '{name}'", missing=name)
    elif error.validator == "additionalProperties":
        yield from _unknown(error, path)
    elif error.parent is not None and error.parent.validator == "propertyNames":
        yield from ()
    elif "propertyNames" in error.absolute_schema_path:
        expected = error.schema.get("patternErrorMessage", "another name")
        yield Fault((*path, error.instance), f"the name '{_short(error.instance)}' must be {expected}", at_key=True)
    else:
        yield _plain(error, path)


def _meant(error: Any, path: Path) -> Iterator[Fault]:  # noqa: ANN401 - jsonschema types what an error holds as perhaps unset
    """What is wrong with the alternative that was meant: of the same shape, with most of its fields, least wrong."""
    branches: dict[int, list[Any]] = {}
    for part in error.context:
        branches.setdefault(part.schema_path[0], []).append(part)
    hint = _enum_hint(error, str(error.instance)) if isinstance(error.instance, str | int | float) else None
    fitting = {index: parts for index, parts in branches.items() if not any(_wrong_shape(part, path) for part in parts)}
    if not fitting:
        yield Fault(path, f"{_named(path)} must be {_alternatives(error)}{_but(error.instance)}", hint)
        return
    if "errorMessage" in error.schema:
        yield Fault(path, f"{_named(path)} must be {_alternatives(error)}{_but(error.instance)}", hint)
        return
    enums = [part for parts in fitting.values() for part in parts if part.validator == "enum" and _here(part, path)]
    best = min(fitting, key=lambda index: (-_named_keys(error, index), len(fitting[index])))
    for part in enums if enums and len(enums) == len(fitting) else fitting[best]:
        yield from _translate(part)


def _named_keys(error: Any, index: int) -> int:  # noqa: ANN401 - jsonschema types what an error holds as perhaps unset
    """How many keys of what is wrong are fields of an alternative."""
    fields = schema.resolve(error.validator_value[index]).get("properties", {})
    return sum(key in fields for key in error.instance) if isinstance(error.instance, Mapping) else 0


def _wrong_shape(part: Any, path: Path) -> bool:  # noqa: ANN401 - jsonschema types what an error holds as perhaps unset
    if not _here(part, path):
        return False
    if part.validator == "enum":
        return not isinstance(part.instance, type(part.validator_value[0]))
    if part.validator in {"anyOf", "oneOf"}:
        return all(_wrong_shape(below, path) for below in part.context)
    return bool(part.validator == "type")


def _here(part: Any, path: Path) -> bool:  # noqa: ANN401 - jsonschema types what an error holds as perhaps unset
    return tuple(part.absolute_path) == path


def _alternatives(error: Any) -> str:  # noqa: ANN401 - jsonschema types what an error holds as perhaps unset
    if "errorMessage" in error.schema:
        return str(error.schema["errorMessage"])
    kinds: list[str] = []
    for branch in schema.branches(error.schema):
        values = branch.get("enum")
        kinds.append(_listed(values) if values else KINDS[branch["type"]])
    return _or(list(dict.fromkeys(kinds)))


def _enum_hint(error: Any, value: str) -> str | None:  # noqa: ANN401 - jsonschema types what an error holds as perhaps unset
    known = [str(item) for branch in schema.branches(error.schema) for item in branch.get("enum", ())]
    return did_you_mean(value, known)


def _unknown(error: Any, path: Path) -> Iterator[Fault]:  # noqa: ANN401 - jsonschema types what an error holds as perhaps unset
    fields = error.schema["properties"]
    for name in error.instance:
        if name not in fields:
            hint = _elsewhere(name, path) or did_you_mean(name, fields)
            message = f"unknown {_noun(error.schema, path)}field '{_short(name)}'"
            yield Fault((*path, name), message, hint, at_key=True)


def _elsewhere(name: str, path: Path) -> str | None:
    """Where a field that is unknown here would be known."""
    if len(path) == 2 and path[0] == "scenes":  # noqa: PLR2004 - a scene
        types = [kind for kind in schema.scene_types() if name in schema.definition(f"scene_{kind}")["properties"]]
        return f"'{name}' is a field of {_or(types)} scenes" if types else None
    return None


def _noun(node: Mapping[str, Any], path: Path) -> str:
    if not path:
        return ""
    if len(path) == 2 and path[0] == "scenes":  # noqa: PLR2004 - a scene
        return "scene "
    return f"{node['title']} " if "title" in node else ""


def _plain(error: Any, path: Path) -> Fault:  # noqa: ANN401 - jsonschema types what an error holds as perhaps unset
    rule, limit, what, value = error.validator, error.validator_value, _named(path), _but(error.instance)
    if rule == "type":
        kinds = [KINDS[kind] for kind in ([limit] if isinstance(limit, str) else limit)]
        wanted = "a mapping of fields" if not path else _or(kinds)
        return Fault(path, f"{what} must be {wanted}{value}", _rewritten(error))
    if rule == "enum":
        return _choice(error, path)
    if rule == "const":
        return Fault(path, f"{what} must be {limit}, the version of the spec language{value}")
    if rule == "pattern":
        return Fault(path, f"{what} must be {error.schema['patternErrorMessage']}{value}")
    return Fault(path, f"{what} {_limits(rule, limit, error.instance)}")


def _choice(error: Any, path: Path) -> Fault:  # noqa: ANN401 - jsonschema types what an error holds as perhaps unset
    value, known = error.instance, error.validator_value
    hint = did_you_mean(value, known) if isinstance(value, str) and isinstance(known[0], str) else None
    if path[-1:] == ("type",) and len(path) == 3 and isinstance(value, str):  # noqa: PLR2004 - a scene's type
        return Fault(path, f"unknown scene type '{_short(value)}': expected {_listed(known)}", hint)
    return Fault(path, f"{_named(path)} must be {_listed(known)}{_but(value)}", hint)


def _limits(validator: str, limit: Any, value: Any) -> str:  # noqa: ANN401 - jsonschema types what an error holds as perhaps unset
    if validator in {"minLength", "minItems", "minProperties"}:
        return "must not be empty" if limit == 1 else f"must have at least {limit}"
    if validator == "maxLength":
        return f"must be at most {limit} characters long, not {len(value)}"
    if validator == "maxItems":
        return f"can have at most {limit} entries, not {len(value)}"
    words = {"minimum": "at least", "maximum": "at most", "exclusiveMinimum": "more than", "exclusiveMaximum": "under"}
    return f"must be {words.get(validator, validator)} {limit:g}, not {value:g}"


def _rewritten(error: Any) -> str | None:  # noqa: ANN401 - jsonschema types what an error holds as perhaps unset
    """How a value that was meant as another type is written."""
    value = error.instance
    if error.validator_value == "string" and isinstance(value, int | float):
        return f'write "{str(value).lower() if isinstance(value, bool) else value}"'
    if error.validator_value == "boolean" and isinstance(value, str) and value.lower() in TRUTHS:
        return f"write {TRUTHS[value.lower()]}"
    return None


def _with_echoes(faults: list[Fault]) -> Iterator[Fault]:
    """The faults; a missing field that is there under a misspelt name is an echo of that."""
    hinted = {(fault.path[:-1], fault.hint) for fault in faults if fault.at_key and fault.hint}
    for fault in faults:
        echo = bool(fault.missing) and (fault.path, f"did you mean '{fault.missing}'?") in hinted
        yield replace(fault, echo=True) if echo else fault


def _named(path: Path) -> str:
    """How a message names what stands at a path: by its key, or as an entry of the list it is in."""
    if not path:
        return "this"
    if isinstance(path[-1], int):
        return f"entry {path[-1] + 1} of '{path[-2]}'" if len(path) > 1 else f"entry {path[-1] + 1}"
    return f"'{_short(path[-1])}'"


def _but(value: object) -> str:
    """How a message goes on from what was expected to what was found."""
    if value is None:
        return ", but nothing is written here"
    if isinstance(value, bool):
        return f", not {str(value).lower()}"
    if isinstance(value, Mapping):
        return ", not a mapping"
    if isinstance(value, list):
        return ", not a list"
    return f", not '{_short(value)}'" if isinstance(value, str) else f", not {value}"


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= 60 else line[:59] + "…"  # noqa: PLR2004 - as much as a message bears


def _listed(values: list[Any]) -> str:
    return _or([str(value) for value in values])


def _or(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} or {items[-1]}"
