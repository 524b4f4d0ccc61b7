"""The schema for editors: it takes every spec that builds, templates included, and says what editors show."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.support.paths import ROOT
from tests.support.scene_samples import SAMPLES, full
from tests.support.spec_lab import Project
from vidbuild.scenes.code.languages import typst_name
from vidbuild.spec import reader, schema
from vidbuild.spec.editor_schema import CODE_LANGUAGES

EDITOR: dict[str, Any] = json.loads(schema.schema_path().read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(EDITOR)
# The keywords of JSON Schema that occur; a strict validator refuses all that are not in the standard.
STANDARD = frozenset(
    {
        *(
            "$schema",
            "$defs",
            "$ref",
            "title",
            "description",
            "default",
            "examples",
            "type",
            "enum",
            "const",
            "pattern",
        ),
        *("minLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "items"),
        *("properties", "patternProperties", "additionalProperties", "propertyNames", "required", "minProperties"),
        *("anyOf", "oneOf", "allOf", "if", "then", "not"),
    }
)
HEAD = {"vidbuild": 1, "title": "A"}
SCENE = {"id": "a", "type": "title", "title": "A", "duration": 1}


def nodes(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Every schema in the schema, with where it is."""
    if not isinstance(node, Mapping):
        return
    yield path, node
    for key in ("properties", "$defs", "patternProperties"):
        for name, child in node.get(key, {}).items():
            yield from nodes(child, (*path, key, name))
    for key in ("items", "additionalProperties", "propertyNames", "if", "then", "not"):
        yield from nodes(node.get(key), (*path, key))
    for key in ("anyOf", "oneOf", "allOf"):
        for index, child in enumerate(node.get(key, ())):
            yield from nodes(child, (*path, key, str(index)))


def messages(data: object) -> list[str]:
    """What the schema refuses."""
    return [f"{list(error.absolute_path)}: {error.message}"[:200] for error in VALIDATOR.iter_errors(data)]


def test_standard_keywords_alone() -> None:
    """The schema is valid draft 2020-12, with one type in each node and no keyword that is not in the standard."""
    Draft202012Validator.check_schema(EDITOR)
    for path, node in nodes(EDITOR):
        assert set(node) <= STANDARD, path
        assert isinstance(node.get("type", ""), str), path


@pytest.mark.parametrize(
    "spec",
    sorted([*ROOT.glob("examples/*/video.yaml"), ROOT / "examples/gallery.yaml", *ROOT.glob("specs/*.yaml")]),
    ids=str,
)
def test_examples_are_valid(spec: Any) -> None:
    """Every example is valid in an editor, which reads YAML 1.2 as vidbuild does: `on` is no boolean."""
    assert messages(reader.read(spec.read_text(encoding="utf-8"), spec.name)[0].data) == []


def test_every_scene_type_is_valid() -> None:
    """A scene of every type with all of its fields is valid in an editor."""
    for name in SAMPLES:
        assert messages({**HEAD, "scenes": [{"id": "a", "type": name, **full(name)}]}) == [], name


@pytest.mark.parametrize(
    "top",
    [
        {"language": "{{ x }}"},
        {"output": {"size": "{{ x }}x180"}},
        {"output": {"size": "{% if x %}720p{% endif %}"}},
        {"output": {"fps": "{{ x }}", "loudness": "{{ x }}", "peak": "{{ x }}", "profile": "{{ x }}"}},
        {"voice": "{{ x }}"},
        {"voice": "espeak:{{ x }}"},
        {"voice": {"engine": "espeak", "name": "{{ x }}", "rate": "{{ x }}", "pitch": "{{ x }}"}},
        {"theme": "{{ x }}"},
        {"theme": {"accent": "{{ x }}", "syntax": {"keyword": "#{{ x }}"}}},
        {"defaults": {"pause_after": "{{ x }}", "transition": "{{ x }}"}},
        {"defaults": {"transition": {"type": "{{ x }}", "duration": "{{ x }}"}}},
        {"pronounce": {"x": "{{ x }}"}},
        {"x-own": [{"anything": "{{ x }}"}]},
        {"$schema": "video.schema.json"},
        {"vars": {"a": "b", "c": 1.5, "d": True}},
    ],
)
def test_templates_at_the_top(top: dict[str, Any]) -> None:
    """A template is valid wherever it is expanded, whatever type its field has."""
    assert messages({**HEAD, **top, "scenes": [SCENE]}) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "{{ x }}", "duration": "{{ x }}", "captions": "{{ x }}", "min_duration": "{{ x }}"},
        {"background": "{{ x }}", "transition": "{{ x }}", "pause_before": "{{ x }}", "voice": "{{ x }}"},
        {"type": "code", "title": "A", "lines": "{{ x }}", "highlight": [{"lines": "{{ x }}", "at": "{{ x }}"}]},
        {"type": "clip", "src": "{{ x }}", "start": "{{ x }}", "end": "{{ x }}", "fit": "{{ x }}", "audio": "{{ x }}"},
        {"type": "list", "items": ["{{ x }}", {"text": "a", "at": "{{ x }}"}], "style": "{{ x }}"},
        {"type": "command", "commands": [{"run": "a", "at": "{{ x }}"}], "prompt": "{{ x }}" * 20},
        {"narration": {"en": "{{ x }}"}},
    ],
)
def test_templates_in_scenes(fields: dict[str, Any]) -> None:
    """A template is valid in every field of a scene that is expanded."""
    scene = {key: value for key, value in {**SCENE, **fields}.items() if fields.get("type") or key != "x"}
    if fields.get("type"):
        scene.pop("title")
    assert messages({**HEAD, "scenes": [scene]}) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": 5},
        {"titel": "x"},
        {"language": "English"},
        {"output": {"size": "1080"}},
        {"output": {"fps": "30"}},
        {"output": {"fps": 29.97}},
        {"vars": {"a": []}},
        {"vars": {"a b": 1}},
        {"scenes": [{**SCENE, "duration": "5s"}]},
        {"scenes": [{**SCENE, "captions": "yes"}]},
        {"scenes": [{**SCENE, "expand": "{{ x }}"}]},
        {"scenes": [{**SCENE, "items": []}]},
        {"scenes": [{**SCENE, "background": "red"}]},
        {"scenes": [{"type": "title", "title": "A"}]},
        {"scenes": [{"id": "a", "type": "command", "commands": [{"run": "a"}], "prompt": "x" * 41}]},
    ],
)
def test_what_is_wrong_is_refused(wrong: dict[str, Any]) -> None:
    """What the reader refuses without a template, the schema for editors refuses too."""
    assert messages({**HEAD, "scenes": [SCENE], **wrong}) != []


def test_a_spec_with_templates_builds_and_is_valid(project: Project) -> None:
    """A spec with templates in size, rate, language and numbers loads, and is valid in an editor as it is written."""
    text = (
        "vidbuild: 1\ntitle: A\nvars: {lang: en, rate: 24, secs: 1, caps: true}\nlanguage: '{{ lang }}'\n"
        "output: {size: '{{ w }}x180', fps: '{{ rate }}'}\n"
        "scenes: [{id: a, type: title, title: x, duration: '{{ secs }}', captions: '{{ caps }}'}]\n"
    )
    spec = project.try_load(text, w="320").spec_or_raise()
    assert (spec.output.width, spec.output.fps, spec.scenes[0].duration, spec.scenes[0].captions) == (320, 24, 1, True)
    assert messages(yaml.safe_load(text)) == []


def test_editors_show_defaults() -> None:
    """Every default of the reader is in the description that editors show, unless it is empty."""
    described = EDITOR["properties"]["output"]["properties"]
    defaults = {
        name: field.get("default") for name, field in schema.load()["properties"]["output"]["properties"].items()
    }
    assert len([each for each in defaults.values() if each is not None]) > 5
    for name, default in defaults.items():
        assert default is None or f"Default: `{default}`." in described[name]["description"]
    ink = EDITOR["$defs"]["theme"]["properties"]["text"]["description"]
    assert ink.endswith("Write a color such as '#f80' or '#ff8800'.")
    captions = EDITOR["$defs"]["scene_title"]["properties"]["captions"]
    assert captions["description"].endswith("Default: `true`.")


def test_nothing_that_editors_insert_wrongly() -> None:
    """No example beside alternatives is a mapping, no default is empty, and each type of scene is a constant."""
    for path, node in nodes(EDITOR):
        if node.keys() & {"anyOf", "oneOf", "$ref"}:
            assert not [each for each in node.get("examples", ()) if isinstance(each, dict | list)], path
        assert node.get("default", 1) not in ("", [], {}), path
    for name in schema.scene_types():
        kind = EDITOR["$defs"][f"scene_{name}"]["properties"]["type"]
        assert kind == {"const": name, "type": "string", "default": name}


def test_each_value_of_an_enumeration_is_explained() -> None:
    """The description of every enumeration of names says what each of them means."""
    for path, node in nodes(schema.load()):
        values = [
            value for branch in schema.branches(node) for value in branch.get("enum", ()) if isinstance(value, str)
        ]
        if values and "description" in node and path[-1] != "type":
            assert [value for value in values if f"`{value}`" not in node["description"]] == [], path


def test_offered_languages_are_known() -> None:
    """Every language of code that editors offer has colors, or is plain text; another name is valid too."""
    assert [name for name in CODE_LANGUAGES if typst_name(name) is None] == []
    scene = {"id": "a", "type": "code", "code": "x", "duration": 1}
    assert messages({**HEAD, "scenes": [{**scene, "language": "golang"}, {**scene, "language": "go"}]}) == []


def test_editors_accept_the_brands_of_the_example() -> None:
    """The schema of brands for editors takes the brands of the example, and rejects an unknown field of one."""
    brands = Draft202012Validator(json.loads(schema.schema_path("brand").read_text(encoding="utf-8")))
    for path in sorted((ROOT / "examples" / "brand" / "brands").glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert [error.message for error in brands.iter_errors(data)] == []
        assert not brands.is_valid({**data, "titel": "A"})
        assert not brands.is_valid({**data, "intro": [{"id": "a", "type": "titel"}]})
        assert brands.is_valid({**data, "intro": [{"id": "a", "type": "title", "title": "A", "duration": "{{ s }}"}]})
