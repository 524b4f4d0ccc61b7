"""Checks a document against the schema, and writes messages of its own for the errors."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.frozen import dataclass, replaced
from vidbuild.location import Location
from vidbuild.spec import conformity, elsewhere, meanings, plugins, schema, value_hints, value_shapes, wording
from vidbuild.spec.diagnostics import MAX_PROBLEMS
from vidbuild.spec.document import SCENE_FIELD, Document, Path
from vidbuild.suggest import did_you_mean, nearest

MAX_FAULTS = 2 * MAX_PROBLEMS  # some are consequences of others
MAX_LISTED = 20  # names of fields in a message
SCENE_PATH = 2  # length: "scenes", index
SchemaError = Any  # a ValidationError of jsonschema, whose attributes are typed as possibly unset
TRUTHS = {"yes": "true", "on": "true", "no": "false", "off": "false"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One value that the schema does not allow.

    at_key: whether the value's key is wrong instead.
    missing: name of the missing field, if that is what is wrong.
    consequence: whether it follows from another fault, so that users need not see it.
    expected: the end of the message if there is no hint.
    """

    path: Path
    message: str
    hint: str | None = None
    at_key: bool = False
    missing: str = ""
    consequence: bool = False
    expected: str = ""


def validate(document: Document, definition: str = "", skip: Iterable[Path] = ()) -> list[Fault]:
    """Return what the schema does not allow in the document; it stops after MAX_FAULTS.

    definition: name of the schema's definition to check against; "" is the whole schema.
    skip: paths at and below which faults are ignored.
    """
    if conformity.conforms(document.data, definition):
        return []
    skipped, found = set(skip), dict[Fault, None]()
    for error in schema.validator(definition).iter_errors(document.data):
        for fault in _translate(error):
            if not any(fault.path[: len(path)] == path for path in skipped):
                found[fault] = None
        if len(found) > MAX_FAULTS:
            break
    return list(_with_consequences(list(found)))


def valid(data: object, node: schema.Schema) -> bool:
    """Return whether the data is an instance of a part of the schema."""
    from jsonschema import Draft202012Validator

    return bool(Draft202012Validator({**node, "$defs": schema.load()["$defs"]}).is_valid(data))


def diagnose(document: Document, faults: Iterable[Fault]) -> list[Diagnostic]:
    """Return the faults as located diagnostics, with hints."""
    return list(_diagnose(document, faults))


def _diagnose(document: Document, faults: Iterable[Fault]) -> Iterator[Diagnostic]:
    cut: set[tuple[Path, str]] = set()
    for fault in faults:
        if fault.consequence or (fault.missing and value_hints.is_colon(document, fault.path)):
            continue
        whole = value_hints.comma(document, fault.path) if fault.at_key else None
        if whole and (fault.path[:-1], whole) in cut:
            continue  # another piece of the same text
        cut.add((fault.path[:-1], whole or ""))
        hint = whole or _hint(document, fault)
        message = _message(document, fault) + ("" if hint else fault.expected)
        yield Diagnostic("error", message, document.name, _location(document, fault), hint=hint)


def _message(document: Document, fault: Fault) -> str:
    """Return a fault's message with the value as it is written, such as 1.10 and not 1.1."""
    written = value_hints.as_written(document, fault.path)
    value = value_hints.value_of(document.data, fault.path)
    if not written or fault.at_key or fault.missing or isinstance(value, str):
        return fault.message
    return fault.message.removesuffix(wording.found(value)) + f", not {written}"


def _hint(document: Document, fault: Fault) -> str | None:
    if fault.at_key:
        return value_hints.COLON if value_hints.is_colon(document, fault.path[:-1]) else fault.hint
    if fault.hint and fault.hint.startswith('write "'):
        return f'write "{value_hints.as_written(document, fault.path) or fault.hint[7:-1]}"'
    return fault.hint or (None if fault.missing else value_hints.hint(document, fault.path))


def _location(document: Document, fault: Fault) -> Location:
    return document.key(fault.path) if fault.at_key else value_hints.location(document, fault.path)


def _translate(error: SchemaError) -> Iterator[Fault]:
    path = tuple(error.absolute_path)
    if error.validator in {"anyOf", "oneOf"}:
        yield from _alternative_faults(error, path)
    elif error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance:
                hint = _renamed(name, error) if "type" not in error.instance else None
                yield Fault(path, f"missing {_mapping_name(error.schema, path)}field '{name}'", hint, missing=name)
    elif error.validator == "additionalProperties":
        yield from _unknown_fields(error, path)
    elif error.validator == "type" and "then" in list(error.absolute_schema_path)[-3:]:
        pass  # no mapping is a scene of any type: that is a fault of the scene already
    elif error.parent is not None and error.parent.validator == "propertyNames":
        pass  # its parent is a fault of the key already
    elif "propertyNames" in error.absolute_schema_path:
        expected = error.schema.get("patternErrorMessage", "another name")
        yield Fault(
            (*path, error.instance), f"the name '{wording.short(error.instance)}' must be {expected}", at_key=True
        )
    elif not (error.validator in wording.BOUNDS and error.schema.get("type") == "integer" and error.instance % 1):
        yield _value_fault(error, path)  # of a fraction instead of a whole number, one fault is enough


def _renamed(name: str, error: SchemaError) -> str | None:
    """Return a hint for a missing field that is present under a misspelt name, whose mapping is not checked further."""
    known = {*schema.SHARED, "id", "type", *error.schema.get("properties", ())}
    others = [each for each in error.instance if each not in known]
    meant = {each: meanings.field(each, ("id", "type"), ()) for each in others}
    same = (each for each in others if meant[each] == name)
    other = next(same, None) or nearest(name, [each for each in others if not meant[each]])
    return f"rename '{other}' to '{name}'" if other else None


def _alternative_faults(error: SchemaError, path: Path) -> Iterator[Fault]:
    """Yield the faults of the alternative that was probably intended.

    That is one of the same shape, with the most of the value's fields, and with the fewest faults.
    """
    branches: dict[int, list[SchemaError]] = {}
    for part in error.context:
        branches.setdefault(part.schema_path[0], []).append(part)
    value = error.instance
    hint = _enum_hint(error, path, str(value)) if isinstance(value, str | int | float) else None
    if hint is None and any(value_shapes.takes_text(branch) for branch in schema.branches(error.schema)):
        hint = value_shapes.as_text(value)
    fitting = {index: parts for index, parts in branches.items() if not any(_wrong_shape(part, path) for part in parts)}
    if not fitting or "errorMessage" in error.schema:
        listed = wording.brief(value) if isinstance(value, list) and "errorMessage" in error.schema else ""
        found = f", not {listed}" if listed else wording.found(value)
        yield Fault(path, f"{wording.name(path)} must be {_alternatives(error)}{found}", hint)
        return
    enums = [part for parts in fitting.values() for part in parts if part.validator == "enum" and _here(part, path)]
    if enums and len(enums) == len(fitting):
        yield Fault(path, f"{wording.name(path)} must be {_alternatives(error)}{wording.found(value)}", hint)
        return
    best = min(fitting, key=lambda index: (-_known_keys(error, index), len(fitting[index])))
    for part in fitting[best]:
        yield from _translate(part)


def _known_keys(error: SchemaError, index: int) -> int:
    """Return how many keys of the value are fields of an alternative, or other names for them."""
    fields = schema.resolve(error.validator_value[index]).get("properties", {})
    if not isinstance(error.instance, Mapping):
        return 0
    return sum(key in fields or meanings.field(key, fields, ()) is not None for key in error.instance)


def _wrong_shape(part: SchemaError, path: Path) -> bool:
    if not _here(part, path):
        return False
    if part.validator == "enum":
        return not isinstance(part.instance, type(part.validator_value[0]))
    if part.validator in {"anyOf", "oneOf"}:
        return all(_wrong_shape(below, path) for below in part.context)
    return bool(part.validator == "type")


def _here(part: SchemaError, path: Path) -> bool:
    return tuple(part.absolute_path) == path


def _alternatives(error: SchemaError) -> str:
    if "errorMessage" in error.schema:
        return str(error.schema["errorMessage"])
    kinds: list[str] = []
    for branch in schema.branches(error.schema):
        values = branch.get("enum")
        kinds += map(str, values) if values else [wording.KINDS[branch["type"]]]
    return wording.either(list(dict.fromkeys(kinds)))


def _enum_hint(error: SchemaError, path: Path, value: str) -> str | None:
    if path == ("output", "size") and (hint := value_hints.size(value)):
        return hint
    if path == ("reading",) and (hint := value_hints.reading(value)):
        return hint
    known = [str(item) for branch in schema.branches(error.schema) for item in branch.get("enum", ())]
    return _meant_value(value, known)


def _meant_value(value: str, known: Collection[str]) -> str | None:
    """Return a hint with the value that a word stands for, or is most similar to."""
    meant = meanings.value(value, known)
    return f"did you mean '{meant}'?" if meant else did_you_mean(value, known)


def _unknown_fields(error: SchemaError, path: Path) -> Iterator[Fault]:
    fields = error.schema["properties"]
    own = "|".join(error.schema.get("patternProperties", ())) or r"\Z."
    for name in error.instance:
        if name not in fields and not re.match(own, name):
            meant = meanings.field(name, fields, error.instance)
            hint = f"did you mean '{meant}'?" if meant else elsewhere.hint(name, path) or did_you_mean(name, fields)
            message = f"unknown {_mapping_name(error.schema, path)}field '{wording.short(name)}'"
            yield Fault((*path, name), message, hint, at_key=True, expected=_expected(error, path))


def _expected(error: SchemaError, path: Path) -> str:
    """Return the end of a message about an unknown field: the others that its mapping can have."""
    shared = schema.SHARED if len(path) == SCENE_PATH and path[0] == "scenes" else ()
    names = [each for each in error.schema["properties"] if each not in shared and each not in error.instance]
    return f": expected {wording.either(names)}" if path and 0 < len(names) <= MAX_LISTED else ""


def _mapping_name(node: Mapping[str, Any], path: Path) -> str:
    """Return what a message calls a mapping, with a space at its end."""
    if not path:
        return ""
    if len(path) == SCENE_PATH and path[0] == "scenes":
        return "scene "
    return f"{node['title']} " if "title" in node else ""


def _value_fault(error: SchemaError, path: Path) -> Fault:
    rule, limit, name, found = error.validator, error.validator_value, wording.name(path), wording.found(error.instance)
    if rule == "type":
        kinds = [wording.KINDS[kind] for kind in ([limit] if isinstance(limit, str) else limit)]
        expected = "a mapping of fields" if not path else wording.either(kinds)
        if limit == "object" and path and (needed := [f"'{each}'" for each in error.schema.get("required", ())]):
            expected += f" with {' and '.join(needed)}"
        return Fault(path, f"{name} must be {expected}{found}", _rewritten(error))
    if rule == "enum":
        return _choice_fault(error, path)
    if rule == "const":
        return Fault(path, f"{name} must be {limit}, the version of the spec language{found}")
    if rule == "pattern":
        if error.schema["patternErrorMessage"] == "some text":
            return Fault(path, f"{name} must not be empty")
        hint = value_hints.scene_id(error.instance) if path[-1:] == ("id",) else value_hints.brand(error.instance, path)
        return Fault(path, f"{name} must be {error.schema['patternErrorMessage']}{found}", hint)
    return Fault(path, f"{name} {wording.limits(rule, limit, error.instance)}")


def _choice_fault(error: SchemaError, path: Path) -> Fault:
    value, known = error.instance, error.validator_value
    hint = _meant_value(str(value), known) if isinstance(value, str | bool) and isinstance(known[0], str) else None
    if path[:1] == ("scenes",) and path[-1:] == ("type",) and len(path) == SCENE_FIELD and isinstance(value, str):
        meant = meanings.scene_type(value, known)
        hint = f"did you mean '{meant}'?" if meant else plugins.type_hint(value, known)
        return Fault(path, f"unknown scene type '{wording.short(value)}': expected {wording.either(known)}", hint)
    return Fault(path, f"{wording.name(path)} must be {wording.either(known)}{wording.found(value)}", hint)


def _rewritten(error: SchemaError) -> str | None:
    """Return a hint on how to write the value as the expected type."""
    value = error.instance
    if error.validator_value == "string":
        return value_shapes.as_text(value, error.schema.get("pattern", ""))
    if error.validator_value == "boolean" and isinstance(value, str) and value.lower() in TRUTHS:
        return f"write {TRUTHS[value.lower()]}"
    return None


def _with_consequences(faults: list[Fault]) -> Iterator[Fault]:
    """Mark the missing fields that are present under a misspelt name as consequences of the misspelling."""
    hinted = {(fault.path[:-1], fault.hint) for fault in faults if fault.at_key and fault.hint}
    for fault in faults:
        consequence = bool(fault.missing) and (fault.path, f"did you mean '{fault.missing}'?") in hinted
        yield replaced(fault, consequence=True) if consequence else fault
