"""What steps' ids say."""

from __future__ import annotations

import pytest

from vidbuild.report.step_id import kind_of, scene_of


@pytest.mark.parametrize(
    ("step", "kind", "scene"),
    [("film:install", "film", "install"), ("de/speak:a", "speak", "a"), ("join", "join", ""), ("de/join", "join", "")],
)
def test_a_step_id_tells_its_kind_and_scene(step: str, kind: str, scene: str) -> None:
    """Language, kind and scene are read off the id."""
    assert (kind_of(step), scene_of(step)) == (kind, scene)
