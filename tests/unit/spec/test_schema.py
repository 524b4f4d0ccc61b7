"""The schema: well formed, closed, complete, current, and found wherever vidbuild is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.support.paths import ROOT
from tools import scene_pages
from tools import schema as generator
from tools.reference import page
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.spec import schema
from vidbuild.spec.editor_schema import text_for_editors

WHOLE = schema.load()


def nodes(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Every schema in the schema, with where it is."""
    if isinstance(node, Mapping):
        yield path, node
        for key in ("properties", "$defs"):
            for name, child in node.get(key, {}).items():
                yield from nodes(child, (*path, key, name))
        for key in ("items", "additionalProperties", "propertyNames", "if", "then"):
            yield from nodes(node.get(key), (*path, key))
        for key in ("anyOf", "allOf"):
            for index, child in enumerate(node.get(key, ())):
                yield from nodes(child, (*path, key, str(index)))


FIELDS = [
    (path, node) for path, node in nodes(WHOLE) if len(path) > 1 and path[-2] == "properties" and "if" not in path
]


def test_it_is_a_schema() -> None:
    """The schema is valid draft 2020-12."""
    assert WHOLE["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(WHOLE)


def test_it_is_current() -> None:
    """The committed schema for editors is what the generator makes of the parts."""
    for name in schema.NAMES:
        written = (generator.SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")
        assert written == text_for_editors(name), f"run: {generator.COMMAND}"


def test_the_reference_page_is_current() -> None:
    """docs/reference.md is what the generator makes of the schema."""
    written = generator.REFERENCE.read_text(encoding="utf-8")
    assert written == page(schema.load()), f"run: {generator.COMMAND}"
    assert f"`{generator.COMMAND}`" in written


def test_the_pages_of_scene_types_are_current() -> None:
    """docs/scenes has what the generator makes of the schema and the gallery, and nothing else."""
    written = {path.name: path.read_text(encoding="utf-8") for path in generator.SCENES.iterdir()}
    assert written == scene_pages.pages(schema.load()), f"run: {generator.COMMAND}"


def test_every_field_is_described() -> None:
    """Every field has a title, a description and, unless its values are a list of names, an example."""
    fields = {"/".join(path): schema.resolve(node) for path, node in FIELDS}
    assert [path for path, node in fields.items() if not node.get("title")] == []
    assert [path for path, node in fields.items() if not node.get("description", "").endswith(".")] == []
    assert [path for path, node in fields.items() if not node.get("examples") and "enum" not in node] == []


def test_descriptions_have_no_relative_links() -> None:
    """An editor shows descriptions, and pages of several folders: a relative link would lead elsewhere."""
    texts = [node.get("description", "") for _, node in nodes(WHOLE)]
    assert [text for text in texts if re.search(r"\]\((?!https:)", text)] == []


def test_every_mapping_is_closed() -> None:
    """No mapping takes unknown keys, unless it maps names of the user's own to values that are checked."""
    for path, node in nodes(WHOLE):
        if node.get("type") == "object" and path not in {("$defs", "scene"), ("$defs", "part")}:  # closed by their type
            others = node.get("additionalProperties")
            assert others is False or isinstance(others, Mapping), path


def test_examples_and_defaults_are_valid() -> None:
    """Every example and every default is an instance of its own schema."""
    for path, node in nodes(WHOLE):
        for value in (*node.get("examples", ()), *((node["default"],) if "default" in node else ())):
            found = [*Draft202012Validator({**node, "$defs": WHOLE["$defs"]}).iter_errors(value)]
            assert found == [], (path, value)


def test_every_reference_leads_somewhere() -> None:
    """Every `$ref` of the schema is resolved, and nothing defined is unused but the definitions of other files."""
    used = set()
    for _, node in nodes(WHOLE):
        if "$ref" in node:
            assert schema.resolve(node)
            used.add(node["$ref"].split("/")[2])
    assert set(WHOLE["$defs"]) - used == {"batch", "brand"}


def test_scene_types_are_the_registry() -> None:
    """The types in the schema are those in the registry, each with a name, a summary and a folder of its own."""
    assert schema.scene_types() == list(SCENE_TYPES)
    for name, kind in SCENE_TYPES.items():
        assert kind.name == name
        assert kind.summary
        assert f"[`{name}`](scenes/{name}.md)" in page(WHOLE)


def test_every_pattern_has_words() -> None:
    """Each pattern has the words with which a message describes what was expected."""
    for path, node in nodes(WHOLE):
        if "pattern" in node and "size" not in path:  # the size's alternatives have one message together
            assert node["patternErrorMessage"], path


def test_defaults_are_taken_from_the_schema() -> None:
    """What is left out of valid data is filled in, also in mappings that are defaults themselves."""
    whole = schema.complete({"output": {"fps": 25}, "theme": {"accent": "#fff"}, "voice": "espeak:en"}, WHOLE)
    fields = WHOLE["properties"]["output"]["properties"]
    defaults = {name: field["default"] for name, field in fields.items() if "default" in field}
    assert whole["output"] == {**defaults, "fps": 25}
    known = {"size": "1080p", "loudness": -16, "peak": -1.5, "profile": "standard", "format": "mp4"}
    assert known.items() <= defaults.items()
    assert whole["theme"] == {"accent": "#fff", "extends": "midnight"}
    assert whole["defaults"] == {"pause_before": 0.4, "pause_after": 0.6, "pause_between": 0.4}
    assert (whole["voice"], whole["language"], whole["vars"], whole["pronounce"]) == ("espeak:en", "en", {}, {})


def test_defaults_of_what_may_be_several_things() -> None:
    """A transition, a list's item or a voice that is a mapping gets the defaults of that mapping."""
    item = {"id": "a", "type": "list", "items": ["one", {"text": "two"}], "transition": {"type": "fade"}}
    whole = schema.complete(item, schema.definition("scene"))
    assert whole["items"] == ["one", {"text": "two", "detail": ""}]
    assert whole["transition"] == {"type": "fade", "duration": 0.4}
    assert (whole["style"], whole["min_duration"], whole["captions"]) == ("bullets", 0, True)
    voice = schema.complete(
        {"engine": "espeak", "name": "en", "fallback": {"engine": "edge", "name": "x"}}, WHOLE["$defs"]["voice"]
    )
    assert (voice["rate"], voice["volume"], voice["fallback"]["rate"]) == (100, 100, 100)


def test_defaults_are_copies() -> None:
    """Changing what was filled in changes neither the schema nor the next spec."""
    schema.complete({}, WHOLE)["vars"]["a"] = 1
    assert schema.complete({}, WHOLE)["vars"] == {}


def test_the_installed_layout(tmp_path: Path) -> None:
    """From an installed wheel, where `schemas` and samples lie in the package, both are found there."""
    site = tmp_path / "site"
    shutil.copytree(ROOT / "vidbuild", site / "vidbuild", ignore=shutil.ignore_patterns("__pycache__", "*.typ"))
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    forced = config["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    for source, target in forced.items():
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, site / target)
        else:
            (site / target).parent.mkdir(exist_ok=True)
            shutil.copyfile(ROOT / source, site / target)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from vidbuild.spec import schema, load\n"
        "print(schema.schema_path())\n"
        "from vidbuild.api import gallery\n"
        "print(gallery.samples())\n"
        "print(load.parse({'vidbuild': 1, 'title': 'A', 'scenes': [{'id': 'a', 'type': 'title', 'title': 'A',"
        " 'duration': 3}]}, 'v.yaml').title)\n"
    )
    command = [sys.executable, "-P", "-c", code, str(site)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path).stdout.split("\n")
    package = site / "vidbuild"
    assert said[:3] == [str(package / "schemas/video.schema.json"), str(package / "samples/gallery.yaml"), "A"]


def test_light_imports() -> None:
    """P46: the spec's modules and the scene types are imported without yaml, jinja2, jsonschema, Pillow or voices."""
    code = (
        "import sys, vidbuild.spec.load, vidbuild.spec.scenes, vidbuild.spec.theme, vidbuild.spec.voice\n"
        "heavy = {'yaml', 'jinja2', 'jsonschema', 'PIL', 'edge_tts', 'aiohttp', 'typst', 'rich', 'ffmpeg', 'asyncio'}\n"
        "print(sorted(heavy & set(sys.modules)), 'vidbuild.voices.registry' in sys.modules)\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert said == "[] False\n"


@pytest.mark.parametrize("kind", [*schema.scene_types(), "unknown", None, 1, True, ["title"], {}])
def test_the_rule_of_a_type_is_the_one_that_json_schema_chooses(kind: Any) -> None:
    """The validator, which compares types by itself, finds the very errors that jsonschema finds."""
    part = {"type": kind, "title": 4, "other": 1}
    for scene in ({"id": "a", **part}, {"id": "b", "type": "split", "left": part, "right": "text"}, {"id": "c"}, kind):
        data = {"vidbuild": 1, "title": "t", "scenes": [scene]}
        plain = list(Draft202012Validator(WHOLE).iter_errors(data))
        assert list(map(_facts, schema.validator("").iter_errors(data))) == list(map(_facts, plain))
        assert plain


def _facts(error: Any) -> list[Any]:
    causes = [_facts(each) for each in error.context]
    return [error.message, *error.absolute_path, *error.absolute_schema_path, error.validator, causes]
