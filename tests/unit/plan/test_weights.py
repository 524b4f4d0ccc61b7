"""Estimates of how much work steps are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from vidbuild.model import Spec
from vidbuild.plan.compile import compile_graph
from vidbuild.plan.variant import VideoSpec, own_variant
from vidbuild.plan.weights import length, weights
from vidbuild.spec.load import parse

PAUSES = {"pause_before": 0.4, "pause_after": 0.6}


def spec(tmp_path: Path, *scenes: dict[str, Any]) -> Spec:
    """A spec of title scenes a, b, c and so on."""
    (tmp_path / "vidbuild.toml").touch()
    named = [
        {"id": name, "type": "title", "title": "T", **scene} for name, scene in zip("abcdef", scenes, strict=False)
    ]
    data = {"vidbuild": 1, "title": "V", "defaults": PAUSES, "scenes": named}
    return parse(data, path=tmp_path / "video.yaml")


@pytest.mark.parametrize(
    ("scene", "seconds"),
    [
        ({"duration": 7}, 7.0),
        ({"duration": 2, "narration": " ".join(["word"] * 26)}, 2.0),
        ({"narration": " ".join(["word"] * 26)}, 11.0),
        ({"narration": "word", "min_duration": 9}, 9.0),
        ({"narration": "One."}, 1.385),
    ],
)
def test_a_scene_lasts_its_duration_or_its_words(tmp_path: Path, scene: dict[str, Any], seconds: float) -> None:
    """The duration if it is set, else the pauses and the words at an ordinary pace, min_duration at least."""
    loaded = spec(tmp_path, scene)
    narration = VideoSpec(loaded, own_variant(loaded)).narration(loaded.scenes[0])
    assert length(loaded.scenes[0], narration) == pytest.approx(seconds, abs=0.001)


def test_every_weight_belongs_to_a_step(tmp_path: Path) -> None:
    """Every name is a step of the graph; a longer scene weighs more in each of its kinds, and render weighs most."""
    loaded = spec(tmp_path, {"duration": 3}, {"narration": "One two three four five six seven eight nine ten."})
    found = weights(loaded, own_variant(loaded))
    assert found.keys() == {"render:a", "audio:a", "render:b", "audio:b", "speak:b"}
    assert found.keys() <= compile_graph(loaded, own_variant(loaded)).steps.keys()
    assert found["render:b"] > found["render:a"] > found["audio:b"] > found["audio:a"]
