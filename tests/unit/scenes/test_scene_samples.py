"""The samples of the scene types: there is one for each, complete and valid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import scene_samples
from tests.support.scene_samples import SAMPLES
from vidbuild.media.text.scene_text import texts
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.spec.load import try_parse


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the files that the samples show."""
    path = tmp_path_factory.mktemp("samples")
    scene_samples.write_media(path)
    return path


def problems(folder: Path, scene: dict[str, Any]) -> list[str]:
    """Return the messages about a spec with one scene."""
    scenes = [{"id": "s", "duration": 2, **scene}]
    examined = try_parse({"vidbuild": 1, "title": "A", "scenes": scenes}, folder / "v.yaml")
    return [item.message for item in examined.diagnostics]


def test_every_scene_type_has_a_sample() -> None:
    """A new scene type needs an entry in SAMPLES of tests/support/scene_samples.py."""
    assert list(SAMPLES) == list(SCENE_TYPES)


@pytest.mark.parametrize("kind", SAMPLES)
def test_the_full_sample_has_every_text_field(kind: str) -> None:
    """No text field of a type is missing in its sample, so that tests with difficult texts reach all of them."""
    assert scene_samples.sampled_text_fields(kind) == scene_samples.text_fields(kind)


@pytest.mark.parametrize("kind", SAMPLES)
def test_samples_are_valid(kind: str, folder: Path) -> None:
    """A spec with any of the samples has no errors or warnings."""
    sample = SAMPLES[kind]
    for fields in (sample.full, sample.brief("word"), sample.numbered(1, ["one", "two"], 0.4)):
        assert problems(folder, {"type": kind, **fields}) == []
    assert problems(folder, {"type": kind, **scene_samples.with_text(kind, "word")}) == []


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_drawn_text_has_a_field_in_the_spec(kind: str) -> None:
    """Warnings about any drawn text point at a field of the spec, through the type's `spec_fields` if names differ."""
    drawn = scene_samples.drawing(kind, **SAMPLES[kind].full)
    properties = set(scene_samples.scene(kind, **SAMPLES[kind].full).fields)
    assert {path.split(".")[0] for path in texts(drawn, SCENE_TYPES[kind].spec_fields)} <= properties
