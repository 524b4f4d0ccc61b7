"""Whether data conforms to the schema, and nothing else: jsonschema, which knows why it does not, is ten times slower.

A node of the schema becomes a function, with the semantics that jsonschema has for the keywords that our schema uses. A
node with any other keyword is left to jsonschema.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from vidbuild.spec import schema

Check = Callable[[Any], bool]
Node = Mapping[str, Any]

# What says nothing about the data; so does any name that begins with "x-".
_NOTES = frozenset(
    {
        *("$schema", "$defs", "title", "description", "examples", "default", "format", "patternErrorMessage"),
        *("errorMessage", "then"),  # `then` belongs to `if`
    }
)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_TYPES: Mapping[str, Check] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: (
        (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())
    ),
    "number": _is_number,
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}


class _UnknownKeywordError(Exception):
    """A node has a keyword, or a form of one, that is left to jsonschema."""


def conforms(data: object, definition: str = "") -> bool:
    """Return True only if jsonschema finds no error in the data; False may also mean that this cannot be known here.

    definition: as for `validate`.
    """
    check = _check_of(definition)
    try:
        return check is not None and check(data)
    except (TypeError, ValueError, RecursionError):  # keys that are no text, values that have no order
        return False


_KNOWN: dict[str, tuple[Node, Check | None]] = {}  # by definition, with the schema that they are of


def _check_of(definition: str) -> Check | None:
    """Return the check of a definition of the schema, "" for the whole; None if it is left to jsonschema."""
    root = schema.load()  # another one when scene types were added
    if definition not in _KNOWN or _KNOWN[definition][0] is not root:
        check: Check | None = None
        with contextlib.suppress(_UnknownKeywordError):
            check = _Compiler(root).check(root["$defs"][definition] if definition else root)
        _KNOWN[definition] = root, check
    return _KNOWN[definition][1]


class _Compiler:
    """Makes functions of the nodes of one schema; those that are referred to are made once."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._known: dict[str, Check | None] = {}

    def check(self, node: object) -> Check:
        """Return the check of a node."""
        if isinstance(node, bool):
            return lambda _: node
        if not isinstance(node, Mapping):
            raise _UnknownKeywordError
        checks = [check for keyword in node for check in self._of_keyword(keyword, node)]
        if len(checks) == 1:
            return checks[0]
        return lambda value: all(check(value) for check in checks)

    def _of_keyword(self, keyword: str, node: Node) -> Iterator[Check]:
        if keyword in _NOTES or keyword.startswith("x-"):
            return
        limit = node[keyword]
        if keyword in _SIMPLE:
            yield _SIMPLE[keyword](limit)
        elif keyword == "$ref":
            yield self._reference(limit)
        elif keyword == "anyOf":
            checks = [self.check(each) for each in limit]
            yield lambda value: any(check(value) for check in checks)
        elif keyword in {"allOf", "if"}:
            yield self._all(limit if keyword == "allOf" else [node])
        elif keyword in {"items", "propertyNames"}:  # a mapping iterates over its keys
            kind, each = list if keyword == "items" else dict, self.check(limit)
            yield lambda value: not isinstance(value, kind) or all(each(item) for item in value)
        elif keyword in {"properties", "patternProperties", "additionalProperties"}:
            if keyword == next(each for each in node if each in _FIELDS):
                yield self._fields(node)
        else:
            raise _UnknownKeywordError

    def _reference(self, reference: str) -> Check:
        if not reference.startswith("#/"):
            raise _UnknownKeywordError
        if reference not in self._known:
            self._known[reference] = None  # a definition that refers to itself finds it when it is called
            target: Any = self._root
            for part in reference.removeprefix("#/").split("/"):
                target = target[part]
            self._known[reference] = self.check(target)
        found, known = self._known[reference], self._known

        def late(value: Any) -> bool:  # noqa: ANN401 - any JSON value
            return (known[reference] or _never)(value)

        return found or late

    def _all(self, nodes: list[Node]) -> Check:
        """Return the check of `allOf`; its rules with an `if`, which ask for a scene's type, are found by the type."""
        rules = [node for node in nodes if "if" in node]
        checks = [self.check(node) for node in nodes if "if" not in node]
        thens: dict[str, Check] = {}
        for node in rules:
            if node.keys() != {"if", "then"} or node["if"].keys() - {"required"} != {"properties"}:
                raise _UnknownKeywordError
            name = node["if"]["properties"]["type"]["const"]
            if name in thens or not isinstance(name, str):
                raise _UnknownKeywordError
            thens[name] = self.check(node["then"])

        def check(value: Any) -> bool:  # noqa: ANN401 - any JSON value
            if not all(each(value) for each in checks):
                return False
            if not isinstance(value, Mapping):
                return all(then(value) for then in thens.values())
            then = thens.get(value.get("type", ""))
            return then is None or then(value)

        return check

    def _fields(self, node: Node) -> Check:
        fields = {name: self.check(each) for name, each in node.get("properties", {}).items()}
        patterns = [(re.compile(name), self.check(each)) for name, each in node.get("patternProperties", {}).items()]
        others = self.check(node.get("additionalProperties", True))

        def check(value: Any) -> bool:  # noqa: ANN401 - any JSON value
            if not isinstance(value, dict):
                return True
            for key, item in value.items():
                known = fields.get(key)
                if known is not None and not known(item):
                    return False
                matching = [each for pattern, each in patterns if pattern.search(key)]
                if not all(each(item) for each in matching):
                    return False
                if known is None and not matching and not others(item):
                    return False
            return True

        return check


_FIELDS = ("properties", "patternProperties", "additionalProperties")


def _never(_: object) -> bool:
    return False


def _type(limit: str | list[str]) -> Check:
    checks = [_TYPES[name] for name in ([limit] if isinstance(limit, str) else limit)]
    return checks[0] if len(checks) == 1 else lambda value: any(check(value) for check in checks)


def _enum(limit: list[Any]) -> Check:
    if any(isinstance(each, (list, dict)) for each in limit):
        raise _UnknownKeywordError
    return lambda value: any(each == value and isinstance(each, bool) == isinstance(value, bool) for each in limit)


def _required(limit: list[str]) -> Check:
    return lambda value: not isinstance(value, dict) or all(name in value for name in limit)


def _pattern(limit: str) -> Check:
    search = re.compile(limit).search
    return lambda value: not isinstance(value, str) or search(value) is not None


# Keywords that have no nodes in them; each is about values of one type alone, and allows any other.
_SIMPLE: Mapping[str, Callable[[Any], Check]] = {
    "type": _type,
    "enum": _enum,
    "const": lambda limit: _enum([limit]),
    "required": _required,
    "pattern": _pattern,
    "minLength": lambda limit: lambda value: not isinstance(value, str) or len(value) >= limit,
    "maxLength": lambda limit: lambda value: not isinstance(value, str) or len(value) <= limit,
    "minItems": lambda limit: lambda value: not isinstance(value, list) or len(value) >= limit,
    "maxItems": lambda limit: lambda value: not isinstance(value, list) or len(value) <= limit,
    "minProperties": lambda limit: lambda value: not isinstance(value, dict) or len(value) >= limit,
    "minimum": lambda limit: lambda value: not (_is_number(value) and value < limit),
    "maximum": lambda limit: lambda value: not (_is_number(value) and value > limit),
    "exclusiveMinimum": lambda limit: lambda value: not (_is_number(value) and value <= limit),
}
