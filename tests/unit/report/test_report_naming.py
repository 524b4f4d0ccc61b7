"""What steps' ids say."""

from __future__ import annotations

import pytest

from vidbuild.engine.graph.step_id import kind_of, scene_of


@pytest.mark.parametrize(
    ("step", "kind", "scene"),
    [("render:install", "render", "install"), ("de/speak:a", "speak", "a"), ("mux", "mux", ""), ("de/join", "mux", "")],
)
def test_a_step_id_tells_its_kind_and_scene(step: str, kind: str, scene: str) -> None:
    """Language, kind and scene are read off the id."""
    assert (kind_of(step), scene_of(step)) == (kind, scene)
