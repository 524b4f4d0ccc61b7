"""Scene types of plug-ins: what is refused, in their schema, their attributes and the results of their methods."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support import plugin_lab, scene_samples
from vidbuild.extensions.installed import _all
from vidbuild.plan.compile import compile_graph
from vidbuild.plan.variant import own_variant
from vidbuild.scenes import registry
from vidbuild.spec import schema
from vidbuild.spec.diagnostics import SpecError
from vidbuild.spec.load import try_parse

COUNT = itertools.count()
GAUGE = plugin_lab.EXAMPLE / "vidbuild_example" / "gauge"
CODE = (GAUGE / "__init__.py").read_text(encoding="utf-8")
OWN: Mapping[str, Any] = json.loads((GAUGE / "schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def gauge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Check a spec with a scene of the example's type, whose code and schema are changed; return the messages."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def check(code: str = CODE, own: Mapping[str, Any] = OWN, **fields: Any) -> list[str]:
        module = f"gauge_{next(COUNT)}"
        points = f"[vidbuild.scenes]\ngauge = {module}:Gauge\n"
        template = (GAUGE / "template.typ").read_text(encoding="utf-8")
        files = {"__init__.py": code, "schema.json": json.dumps(own), "template.typ": template}
        plugin_lab.write(tmp_path, "acme", "1.0", points, {f"{module}/{name}": text for name, text in files.items()})
        _all.cache_clear()
        scene = {"id": "a", "type": "gauge", "value": 5, "duration": 1, **fields}
        text = json.dumps({"vidbuild": 1, "title": "A", "scenes": [scene]})
        return messages(text, tmp_path / "project" / "video.yaml")

    yield check
    if "gauge" in registry.SCENE_TYPES:
        registry.remove("gauge")
    schema.forget()
    _all.cache_clear()


def messages(text: str, path: Path) -> list[str]:
    """The errors of a spec, those of its plan included."""
    loaded = try_parse(text, path)
    if loaded.spec is None:
        return [each.message for each in loaded.errors]
    try:
        compile_graph(loaded.spec, own_variant(loaded.spec))
    except SpecError as error:
        return [each.message for each in error.diagnostics]
    return []


def test_a_scene_of_a_plugin_is_checked(gauge: Any) -> None:
    """Its fields are those of its schema, and its own checks are located at its fields."""
    assert gauge() == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"value": 500}, "500 is not between 0 and 100"),
        ({"valeu": 5}, "unknown scene field 'valeu'"),
        ({"unit": "far too long a unit"}, "'unit' must be at most 8 characters long, not 19"),
    ],
)
def test_wrong_fields_have_the_usual_messages(gauge: Any, fields: Mapping[str, Any], message: str) -> None:
    """Fields of a plug-in's scene are refused with the messages that all scenes have."""
    assert message in gauge(**fields)


def changed(name: str, **changes: Any) -> Mapping[str, Any]:
    """The example's schema with other keywords in a field."""
    properties = OWN["properties"]
    return {**OWN, "properties": {**properties, name: {**properties.get(name, {}), **changes}}}


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({**OWN, "title": ""}, "has a 'schema.json' without 'title'"),
        ([], "has a 'schema.json' without fields: expected a mapping"),
        (changed("narration", type="string", description="Mine."), "has fields that every scene has: narration"),
        (changed("unit", description=None), "describes no field 'unit'"),
        (changed("unit", pattern="x"), "has at 'unit' a 'pattern' without 'patternErrorMessage'"),
        (changed("unit", oneOf=[]), "uses at 'unit' the keyword 'oneOf'"),
        (changed("unit", type="text"), "is no JSON Schema"),
        (changed("unit", **{"$ref": "#/$defs/nothing"}), "refers at 'unit' to '#/$defs/nothing'"),
        (changed("unit", **{"x-path": {"kind": "tune"}}), "has at 'unit' an 'x-path' of no kind that is known"),
        (changed("unit", items={"properties": {}}), "has at 'unit' a mapping that takes unknown fields"),
        (changed("value", maximum=3), "has an example that it does not allow: 92 is greater than the maximum of 3"),
    ],
)
def test_a_schema_that_cannot_be_used(gauge: Any, own: Mapping[str, Any], message: str) -> None:
    """What messages, editors and the reader of specs could not use is refused, with the plug-in and the field."""
    [found] = gauge(own=own)
    assert found.startswith("the scene type 'gauge' of the plug-in acme 1.0 ")
    assert message in found


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("lights = (Light(0.5, 1.0, 0.5, 0.24),)", "lights = 5", "has an attribute 'lights' of another kind"),
        ("lights = (Light(0.5, 1.0, 0.5, 0.24),)", "spec_fields = None", "has an attribute 'spec_fields' of another"),
        ("lights = (Light(0.5, 1.0, 0.5, 0.24),)", 'modules = ("other",)', "has no file 'other.typ'"),
        ("round(share, 4)", "float('nan')", "failed in 'drawing': expected a mapping of JSON values"),
        ("round(share, 4)", "object()", "failed in 'drawing': expected a mapping of JSON values"),
        ('{"value": f', '{1: 2, "value": f', "failed in 'drawing': expected a mapping of JSON values"),
        ('"arc": "draw"', '"arc": "zoomy"', "failed in 'reveals': expected a list of reveals with known effects"),
        ("low, high, value = ", "1 / 0; low, high, value = ", "failed in 'check': ZeroDivisionError: division by zero"),
    ],
)
def test_code_that_cannot_be_used(gauge: Any, old: str, new: str, message: str) -> None:
    """Attributes and results that nothing expects are the plug-in's fault, found where the spec is read."""
    assert old in CODE
    assert any(message in each for each in gauge(CODE.replace(old, new)))


def test_a_type_that_changes_what_it_gets(gauge: Any) -> None:
    """A scene's fields stay as the spec has them, whatever a plug-in's method does with its copy."""
    old = "fields = scene.fields\n"
    assert old in CODE
    code = CODE.replace(old, f"{old}        fields['value'] = fields['value'] + 96\n")
    assert gauge(code) == []
    fields = {"value": 5, "minimum": 0, "maximum": 100, "unit": "", "label": "", "title": ""}
    scene = scene_samples.scene("title")
    given = replace(scene, fields=fields)
    kind = registry.SCENE_TYPES["gauge"]
    assert kind.drawing(given) == kind.drawing(given)
    assert fields["value"] == 5
