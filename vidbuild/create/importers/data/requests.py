"""An example request of an OpenAPI operation, as a command."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vidbuild.json_types import Json, listed, mapping, mappings

MAX_DEPTH = 5
MAX_FIELDS = 40  # values of an example
MAX_REFERENCES = 20
BASE = "$BASE_URL"  # of a document that names no server
_SAMPLES = {"string": "string", "integer": 0, "number": 0, "boolean": True}


def curl(method: str, path: str, fields: Mapping[str, Any], shared: Sequence[Any], document: Mapping[str, Any]) -> str:
    """Return the command of a request with examples of the document for what it requires."""
    verb = "" if method in {"GET", "POST"} else f"-X {method} "
    parts = [f"curl {verb}{_address(path, fields, shared, document)}"]
    if _needs_token(fields, document):
        parts.append('-H "Authorization: Bearer $TOKEN"')
    body = mapping(resolved(fields.get("requestBody"), document))
    kinds = {str(kind): each for kind, each in mapping(body.get("content")).items()}
    kind = next((each for each in kinds if "json" in each), next(iter(kinds), ""))
    if kind:
        parts += _body(kind, _example(kinds[kind], document))
    elif method == "POST":
        parts[0] = parts[0].replace("curl ", "curl -X POST ", 1)
    return " \\\n  ".join(parts)


def resolved(value: Json, document: Mapping[str, Json]) -> Json:
    """Return a value, or what it refers to in the same document; None if that does not exist."""
    for _ in range(MAX_REFERENCES):
        reference = mapping(value).get("$ref")
        if not isinstance(reference, str):
            return value
        if not reference.startswith("#/"):
            return None
        value = document
        for step in reference[2:].split("/"):
            name = step.replace("~1", "/").replace("~0", "~")
            value = mapping(value).get(name)
    return None


def _address(path: str, fields: Mapping[str, Any], shared: Sequence[Any], document: Mapping[str, Any]) -> str:
    """Return the address, with required parameters. In double quotes if the document names no server."""
    url = next((mapping(each).get("url") for each in listed(document.get("servers"))), None)
    base = url.rstrip("/") if isinstance(url, str) and re.match(r"https?://[^\s{}]+\Z", url) else ""
    queries = []
    for entry in (*shared, *listed(fields.get("parameters"))):
        parameter = mapping(resolved(entry, document))
        if not isinstance(parameter.get("name"), str):
            continue
        value = _scalar(_example(parameter, document))
        if parameter.get("in") == "path" and value != "string":
            path = path.replace(f"{{{parameter['name']}}}", value)
        elif parameter.get("in") == "query" and parameter.get("required") is True:
            queries.append(f"{parameter['name']}={value}")
    address = path + ("?" + "&".join(queries) if queries else "")
    address = re.sub(r"[\"$`\\\s]", "", address)
    if base:
        return shlex.quote(base + address)
    return f'"{BASE}{address}"'


def _needs_token(fields: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Return whether a request is authorized by a token in its header."""
    names = {name for each in mappings(fields.get("security", document.get("security"))) for name in each}
    defined = mapping(mapping(document.get("components")).get("securitySchemes"))
    schemes = [mapping(resolved(defined.get(name), document)) for name in names]
    return any(each.get("scheme") == "bearer" or each.get("type") in ("oauth2", "openIdConnect") for each in schemes)


def _body(kind: str, example: Json) -> Iterator[str]:
    if "json" in kind:
        yield (
            f"-H {shlex.quote(f'Content-Type: {kind}')}"
            if kind != "application/json"
            else "-H 'Content-Type: application/json'"
        )
        yield f"-d {shlex.quote(json.dumps(example, ensure_ascii=False, indent=2))}"
    elif isinstance(example, Mapping):
        flag = "-F" if "multipart" in kind else "-d"
        for name, value in example.items():
            yield f"{flag} {shlex.quote(f'{name}={_scalar(value)}')}"
    else:
        yield f"-H {shlex.quote(f'Content-Type: {kind}')}"
        yield "-d @file"


def _scalar(value: Json) -> str:
    if isinstance(value, list):
        return _scalar(value[0]) if value else ""
    return (
        str(value).lower() if isinstance(value, bool) else json.dumps(value) if isinstance(value, dict) else str(value)
    )


def _example(holder: Json, document: Mapping[str, Json]) -> Json:
    """Return the example of a parameter or body: the document's own, or one made from its schema."""
    if not isinstance(holder, Mapping):
        return "string"
    examples = holder.get("examples")
    named = resolved(next(iter(examples.values()), None), document) if isinstance(examples, Mapping) else None
    own = holder.get("example", named.get("value") if isinstance(named, Mapping) else None)
    return _bounded(own) if own is not None else _Maker(document).value(holder.get("schema"), 0)


def _bounded(value: Json, depth: int = 0) -> Json:
    """Return a value as JSON has it, cut to the limits."""
    if isinstance(value, Mapping) and depth < MAX_DEPTH:
        return {str(key): _bounded(each, depth + 1) for key, each in list(value.items())[:MAX_FIELDS]}
    if isinstance(value, list) and depth < MAX_DEPTH:
        return [_bounded(each, depth + 1) for each in value[:3]]
    return value if value is None or isinstance(value, str | int | float) else str(type(value).__name__)


class _Maker:
    """Makes an example of a schema: what it requires, with its own examples, defaults and first choices."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._left = MAX_FIELDS

    def value(self, schema: Json, depth: int) -> Json:
        """Return a value that the schema describes."""
        schema = resolved(schema, self._document)
        self._left -= 1
        if not isinstance(schema, Mapping) or depth > MAX_DEPTH or self._left < 0:
            return "string"
        for own in (
            schema.get("example"),
            *listed(schema.get("examples"))[:1],
            schema.get("const"),
            schema.get("default"),
        ):
            if own is not None:
                return _bounded(own)
        if isinstance(schema.get("enum"), list) and schema["enum"]:
            return _bounded(schema["enum"][0])
        for kind in ("anyOf", "oneOf", "allOf"):
            if isinstance(schema.get(kind), list) and schema[kind]:
                parts = [self.value(each, depth + 1) for each in schema[kind][: None if kind == "allOf" else 1]]
                whole = [each for each in parts if isinstance(each, Mapping)]
                return {key: value for each in whole for key, value in each.items()} if whole else parts[0]
        return self._of_type(schema, depth)

    def _of_type(self, schema: Mapping[str, Json], depth: int) -> Json:
        kind = schema.get("type")
        kind = kind[0] if isinstance(kind, list) and kind else kind
        if isinstance(properties := schema.get("properties"), Mapping):
            required = [each for each in listed(schema.get("required")) if isinstance(each, str)]
            names = [each for each in required if each in properties] or [str(each) for each in list(properties)[:2]]
            return {name: self.value(properties.get(name), depth + 1) for name in names[:MAX_FIELDS]}
        if kind == "array":
            return [self.value(schema.get("items"), depth + 1)]
        if kind == "object":
            return {}
        if schema.get("format") == "binary":
            return "@file"
        return _SAMPLES.get(kind, "string") if isinstance(kind, str) else "string"
