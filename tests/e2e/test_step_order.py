"""Which scene is rendered first."""

from __future__ import annotations

from pathlib import Path

import vidbuild
from vidbuild.engine.runs.events import Event, StepStarted

SPEC = """\
vidbuild: 1
title: T
output: {size: 128x72, fps: 24}
defaults: {transition: cut}
scenes:
  - {id: short, type: title, title: A, duration: 0.5}
  - {id: long, type: title, title: B, duration: 2}
  - {id: middle, type: title, title: C, duration: 1}
"""


def rendered(root: Path) -> list[str]:
    """Return the scenes in the order in which a first build renders them, one at a time."""
    root.mkdir()
    (root / "vidbuild.toml").touch()
    (root / "video.yaml").write_text(SPEC)
    heard: list[Event] = []
    assert vidbuild.build(root / "video.yaml", jobs=1, on_event=heard.append).ok
    started = [event.step for event in heard if isinstance(event, StepStarted)]
    return [step.removeprefix("render:") for step in started if step.startswith("render:")]


def test_a_first_build_renders_the_longest_scene_first(tmp_path: Path) -> None:
    """Without past durations, scenes are rendered from the longest to the shortest, every time."""
    assert rendered(tmp_path / "one") == rendered(tmp_path / "two") == ["long", "middle", "short"]
