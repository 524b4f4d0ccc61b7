"""What is read from OpenAPI documents."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from vidbuild.create import registry
from vidbuild.create.source.outline import Commands, Outline, Prose, Table
from vidbuild.create.source.protocol import SourceError

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1", "description": "Sells *tea*.\n\n# More\n\nLess."},
    "servers": [{"url": "https://shop.example.com/api/"}],
    "tags": [{"name": "cart-items", "description": "What a customer buys."}, {"name": "unused"}],
    "paths": {
        "/items": {
            "get": {"tags": ["cart-items"], "summary": "List items"},
            "post": {
                "tags": ["cart-items"],
                "summary": "Add an item",
                "security": [{"key": []}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}}},
            },
        },
        "/health": {
            "get": {"parameters": [{"name": "deep", "in": "query", "required": True, "schema": {"type": "boolean"}}]}
        },
    },
    "components": {
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "Item": {
                "type": "object",
                "required": ["name", "count"],
                "properties": {
                    "name": {"type": "string", "examples": ["Earl's Grey"]},
                    "count": {"type": "integer", "default": 2},
                    "more": {"$ref": "#/components/schemas/Item"},
                },
            }
        },
    },
}


def read(path: Path, text: str) -> Outline:
    """The outline of a text that is saved so, through the registry."""
    path.write_text(text, encoding="utf-8")
    importer, source = registry.resolve(str(path))
    assert importer.name == "data"
    return importer.read(source)


@pytest.mark.parametrize(
    ("name", "dump"), [("api.json", json.dumps), ("api.yaml", yaml.safe_dump), ("api.yml", yaml.safe_dump)]
)
def test_operations_by_tag(tmp_path: Path, name: str, dump: Any) -> None:
    """Each tag has a table of its operations, in the order of the document."""
    outline = read(tmp_path / name, dump(DOCUMENT))
    assert outline.title == "Shop"
    assert outline.sections[0].blocks == (Prose("Sells tea."), Prose("There are 3 operations on 2 paths."))
    assert [each.heading for each in outline.sections[1:]] == ["Cart items", "Operations"]
    said, table, *_ = outline.sections[1].blocks
    assert said == Prose("What a customer buys.")
    assert isinstance(table, Table)
    assert sorted(table.rows) == [("GET", "`/items`", "List items"), ("POST", "`/items`", "Add an item")]


def test_an_example_request(tmp_path: Path) -> None:
    """A request has what the document requires, with its own examples and defaults, and is a command of a shell."""
    outline = read(tmp_path / "api.json", json.dumps(DOCUMENT))
    runs = [block.commands[0].run for each in outline.sections for block in each.blocks if isinstance(block, Commands)]
    words = [[word for word in shlex.split(run) if word != "\n"] for run in runs]
    assert words[0][:4] == ["curl", "https://shop.example.com/api/items", "-H", "Authorization: Bearer $TOKEN"]
    assert json.loads(words[0][-1]) == {"name": "Earl's Grey", "count": 2}
    assert words[1] == ["curl", "https://shop.example.com/api/health?deep=true"]


def test_a_document_without_a_server(tmp_path: Path) -> None:
    """No host is invented."""
    outline = read(tmp_path / "api.json", json.dumps({**DOCUMENT, "servers": []}))
    runs = [block.commands[0].run for each in outline.sections for block in each.blocks if isinstance(block, Commands)]
    assert runs[1] == 'curl "$BASE_URL/health?deep=true"'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("swagger: '2.0'\ninfo: {title: a}\n", r"OpenAPI 2\.0 is not read: expected version 3"),
        ("openapi: 3.0.0\ninfo: {title: a}\npaths: {}\n", "the document has no operations"),
    ],
)
def test_documents_that_cannot_be_read(tmp_path: Path, text: str, message: str) -> None:
    """Another version, and a document without operations, are reported."""
    with pytest.raises(SourceError, match=message):
        read(tmp_path / "api.yaml", text)


def test_other_yaml_is_refused(tmp_path: Path) -> None:
    """YAML that is no OpenAPI document says so if its kind is given, also if it is nested too deeply."""
    for text, message in (("a: 1\n", "no OpenAPI document"), ("[" * 200_000, r"x\.yaml:1:101: more than 100 values")):
        path = tmp_path / "x.yaml"
        path.write_text(text, encoding="utf-8")
        importer, source = registry.resolve(f"data:{path}")
        with pytest.raises(SourceError, match=message):
            importer.read(source)
