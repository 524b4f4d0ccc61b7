"""The text of a spec."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from vidbuild.create import writing
from vidbuild.model import Narration
from vidbuild.spec.load import try_parse


def test_a_spec_that_people_like_to_edit() -> None:
    """Small mappings are in one line, code keeps its lines, and an empty line is between scenes."""
    scenes: list[dict[str, Any]] = [
        {"id": "a", "type": "command", "commands": [{"run": "ls", "at": "x"}], "narration": "Do it. [[step-1]]"},
        {"id": "b", "type": "code", "code": "a = 1\n\nif a:\n    b = 2"},
    ]
    assert writing.spec_text({"vidbuild": 1, "title": "Acme: a tool", "theme": "paper"}, scenes, "schema.json") == (
        "# yaml-language-server: $schema=schema.json\n"
        "vidbuild: 1\n"
        "title: 'Acme: a tool'\n"
        "theme: paper\n"
        "\n"
        "scenes:\n"
        "  - id: a\n"
        "    type: command\n"
        "    commands:\n"
        "      - {run: ls, at: x}\n"
        "    narration: Do it. [[step-1]]\n"
        "\n"
        "  - id: b\n"
        "    type: code\n"
        "    code: |-\n"
        "      a = 1\n"
        "\n"
        "      if a:\n"
        "          b = 2\n"
    )


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60))
def test_any_text_survives(text: str) -> None:
    """Whatever a source says, the spec's YAML has the same text."""
    scene = {"id": "a", "type": "code", "code": text}
    assert yaml.safe_load(writing.scene_text(scene)) == [scene]


@pytest.mark.parametrize("text", ["{{ name }}", "a {% if x %} b", "{# note #}", "[[ -f x ]] is a test", "a [[name]] b"])
def test_braces_and_brackets_of_a_source_are_no_templates_and_cues(text: str) -> None:
    """Braces and double brackets of a source are shown and spoken as they are."""
    scene: dict[str, Any] = {"id": "a", "type": "title", "title": f"The {text}", "narration": f"It has {text} in it."}
    loaded = try_parse(writing.spec_text({"vidbuild": 1, "title": "A"}, [scene]), "a.yaml", {})
    assert loaded.spec is not None, [each.message for each in loaded.diagnostics]
    (made,) = loaded.spec.scenes
    assert made.fields["title"] == f"The {text}"
    assert getattr(made.narration, "text", "") == f"It has {text} in it."


def test_code_is_not_marked() -> None:
    """Code and commands are verbatim in a spec: their braces need no marks."""
    scene = {"id": "a", "type": "command", "commands": [{"run": "echo {{ x }}"}]}
    assert writing.as_written(scene) == scene
    assert (
        writing.as_written({"id": "a", "type": "title", "title": "{{ x }}"})["title"] == "{% raw %}{{ x }}{% endraw %}"
    )


@pytest.mark.parametrize(
    "text", ["a {% endraw %}{{ 7*7 }} b", "{%endraw%}{{ x }}", "{%- endraw -%} {# c #}", "{% raw %}{% endraw %}"]
)
def test_a_source_about_templates_cannot_end_its_marks(text: str) -> None:
    """A text with the end of a raw block is kept as it is, and nothing of it is expanded."""
    scene = {"id": "a", "type": "title", "title": "A", "narration": f"Hello {text}"}
    loaded = try_parse(writing.spec_text({"vidbuild": 1, "title": text}, [scene]), Path("x.yaml"), {})
    assert [each.message for each in loaded.diagnostics if each.severity == "error"] == []
    assert loaded.spec is not None
    assert loaded.spec.title == text


@pytest.mark.parametrize("text", ["see a]] b", "[[cue]] b", "x [[a]]] y", "a[[b[[c]]", "[[step-1]] a ]] c"])
def test_brackets_of_a_source_are_no_cues(text: str) -> None:
    """Brackets that are no cue of the composer's own are spoken text, also if they have no partner."""
    scene = {"id": "a", "type": "title", "title": "A", "narration": f"Hello {text}"}
    loaded = try_parse(writing.spec_text({"vidbuild": 1, "title": "A"}, [scene]), Path("x.yaml"), {})
    assert [each.message for each in loaded.diagnostics if each.severity == "error"] == []
    assert loaded.spec is not None
    narration = loaded.spec.scenes[0].narration
    assert isinstance(narration, Narration)
    assert narration.text == f"Hello {text.removeprefix('[[step-1]] ')}"
