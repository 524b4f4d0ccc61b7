"""Templating of a whole spec: which texts, with which names, and where their problems stand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.spec_lab import Project
from vidbuild.diagnostic import Diagnostic
from vidbuild.spec.document import Path
from vidbuild.spec.expand import expand
from vidbuild.spec.reader import read
from vidbuild.spec.variables import values

HEAD = 'vidbuild: 1\nvars: {product: Acme, count: 3, long: 2.5, yes: true, raw: "{{ product }}"}\n'


def expanded(text: str, given: dict[str, Any] | None = None) -> tuple[Any, dict[Path, list[Diagnostic]]]:
    """A text's data after templating, and what is wrong."""
    document, problems = read(HEAD + text, "v.yaml")
    assert problems == []
    found, failed = expand(document, values(document, given or {})[0])
    return found.data, failed


def test_every_text_but_the_verbatim_ones() -> None:
    """Texts are expanded wherever they are; `vars`, `run`, `output`, `code` and `notes` stay as they are written."""
    data, failed = expanded(
        'title: "{{ product }}"\n'
        'output: {size: "{{ count }}x"}\n'
        'pronounce: {a: "{{ product }}"}\n'
        "scenes:\n"
        '  - {type: command, title: "{{ product }}", notes: "{{ odd",\n'
        '     commands: [{run: "echo {{ x }}", output: "{{ y", at: "{{ product }}"}]}\n'
        '  - {type: code, code: "{{ z }}", filename: "{{ product }}.py"}\n'
        '  - {type: list, items: ["{{ product }}", {text: "{{ count }}"}]}\n'
    )
    assert failed == {}
    assert data["vars"]["raw"] == "{{ product }}"
    assert data["title"] == data["pronounce"]["a"] == "Acme"
    assert data["output"]["size"] == "3x"
    assert data["scenes"][0]["title"] == "Acme"
    assert data["scenes"][0]["commands"] == [{"run": "echo {{ x }}", "output": "{{ y", "at": "Acme"}]
    assert (data["scenes"][1]["code"], data["scenes"][1]["filename"]) == ("{{ z }}", "Acme.py")
    assert data["scenes"][2]["items"] == ["Acme", {"text": "3"}]


def test_expand_turns_it_on_in_verbatim_fields() -> None:
    """`expand: true` on a scene expands its commands and code, and no other scene's."""
    data, failed = expanded(
        "scenes:\n"
        '  - {type: command, expand: true, commands: [{run: "pip install {{ product }}", output: "{{ count }}"}]}\n'
        '  - {type: command, expand: false, commands: [{run: "{{ product }}"}]}\n'
        '  - {type: code, expand: "true", code: "{{ product }}"}\n'
    )
    assert failed == {}
    assert data["scenes"][0]["commands"] == [{"run": "pip install Acme", "output": "3"}]
    assert data["scenes"][1]["commands"] == [{"run": "{{ product }}"}]
    assert data["scenes"][2]["code"] == "{{ product }}"


def test_given_variables_win() -> None:
    """--var overrides the spec's own, and may add to them."""
    data, _ = expanded('title: "{{ product }} {{ extra }}"', {"product": "Emca", "extra": "x"})
    assert data["title"] == "Emca x"


def test_a_given_variable_that_nothing_asks_for(project: Project) -> None:
    """P42: a misspelt --var is an error at `vars` with the nearest name; one that a text asks for is not."""
    text = (
        "vidbuild: 1\ntitle: A {{ who }} {{ product }}\nvars: {product: x}\nscenes:\n"
        "  - {id: a, type: title, title: 'A{% if mood %}B{% endif %}', duration: 1}\n"
    )
    assert project.problems(text, who="w", mood="m", product="p") == []
    assert project.problems(text, who="w", mood="", produkt="p") == [
        (3, 1, "the spec has no variable 'produkt'", "did you mean 'product'?")
    ]
    found = project.problems(text, who="w", mood="m", whoo="p")
    assert [item[2:] for item in found] == [("the spec has no variable 'whoo'", "did you mean 'who'?")]


def test_a_given_variable_in_a_spec_without_any(project: Project) -> None:
    """A spec without `vars` has no place to point at; nothing near is nothing to name."""
    text = "vidbuild: 1\ntitle: A\nscenes: [{id: a, type: title, title: B, duration: 1}]\n"
    (found,) = project.try_load(text, zzz="1").errors
    assert (found.location, found.message, found.hint) == (None, "the spec has no variable 'zzz'", None)
    made = {"vidbuild": 1, "title": "A", "scenes": [{"id": "a", "type": "title", "title": "B", "duration": 1}]}
    assert [item[2] for item in project.problems(made, zzz="1")] == ["the spec has no variable 'zzz'"]


def test_a_variable_in_a_text_that_is_left_alone_counts(project: Project) -> None:
    """A name in a command or in a text that is no proper template is asked for, so that giving it is no slip."""
    text = (
        "vidbuild: 1\ntitle: A\nscenes:\n"
        "  - {id: a, type: command, duration: 2, commands: [{run: 'echo {{ tag }} {{ x y'}]}\n"
    )
    assert project.problems(text, tag="1", y="2") == []


@pytest.mark.parametrize(
    ("scene", "field", "value"),
    [
        ('duration: "{{ count }}"', "duration", 3),
        ('duration: "{{ long }}"', "duration", 2.5),
        ('duration: "{{ count + 0.5 }}"', "duration", 3.5),
        ('captions: "{{ yes }}"', "captions", True),
        ('duration: "{{ product }}"', "duration", "Acme"),
        ('title: "{{ count }}"', "title", "3"),
        ('lines: "{{ count }}"', "lines", "3"),
        ('background: "{{ count }}"', "background", "3"),
    ],
)
def test_numbers_where_the_schema_wants_numbers(scene: str, field: str, value: object) -> None:
    """A template makes a number or truth value only where the schema has no use for text."""
    data, failed = expanded("scenes:\n  - {type: code, " + scene + "}\n")
    assert failed == {}
    assert data["scenes"][0][field] == value
    assert type(data["scenes"][0][field]) is type(value)


def test_rates_and_sizes_from_variables() -> None:
    """fps, whose values are an enumeration of numbers, can come from a variable too."""
    data, _ = expanded('output: {fps: "{{ count * 10 }}", size: "{{ count }}20x240"}')
    assert data["output"] == {"fps": 30, "size": "320x240"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('title: "{{ produkt }}"', (3, 12, 19)),
        ("title: {{ produkt }}", None),
        ("title: a {{ produkt }} b", (3, 13, 20)),
        ("title: >\n  a {{ product }}\n  b {{ produkt }}\n", (5, 8, 15)),
        ("title: |\n\n  a {{ product\n  ~ produkt }}\n", (6, 5, 12)),
        ('title: "a\n  b {{ produkt }}"', (4, 8, 15)),
        ('title: "\\t\\" {{ produkt }}"', (3, 17, 24)),
        ('title: "日本 {{ produkt }}"', (3, 15, 22)),
        ('title: "{{ product }} produkt {{ produkt }}"', (3, 34, 41)),
        ('scenes: [{type: title, title: "{{ produkt }}"}]', (3, 35, 42)),
        ('title: &t "{{ produkt }}"\ndescription: x', (3, 15, 22)),
    ],
)
def test_problems_point_into_the_text(text: str, place: tuple[int, int, int] | None) -> None:
    """P42: the caret stands under the name in every style of scalar, also lines below its start."""
    if place is None:
        document, problems = read(HEAD + text, "v.yaml")
        assert problems or not isinstance(document.data["title"], str)
        return
    _, failed = expanded(text)
    ((found,),) = failed.values()
    assert found.message == "'produkt' is not defined"
    assert found.hint == "did you mean 'product'?"
    assert found.location is not None
    assert (found.location.line, found.location.column, found.location.end_column) == place


def test_two_problems_in_one_text() -> None:
    """P42: each name in a text that has no value has a place of its own."""
    _, failed = expanded('title: "{{ one }} {{ two }}"')
    (found,) = failed.values()
    assert [(item.line, item.column) for item in found] == [(3, 12), (3, 22)]


def test_escaped_braces_point_to_the_whole() -> None:
    """Where an expression is written with escapes, the whole value is pointed to."""
    _, failed = expanded('title: "\\x7b{ produkt }}"')
    ((found,),) = failed.values()
    assert (found.line, found.column) == (3, 8)


@pytest.mark.parametrize("text", ["- a", "just text", "vars: [1]\ntitle: x", "vars: {a: {b: 1}}\nscenes: 5"])
def test_any_shape_of_document(text: str) -> None:
    """A document of the wrong shape passes through; the schema reports its errors."""
    document, _ = read(text, "v.yaml")
    assert expand(document, values(document, {})[0])[0].data == document.data
