"""What a build would do."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from vidbuild.api.build import build

SPEC = """\
vidbuild: 1
title: One
voice: espeak:en-us
scenes:
  - id: one
    type: title
    title: Hello
    narration: One word.
"""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec of one scene, whose project is the folder with it."""
    path = tmp_path / "video.yaml"
    path.write_text(SPEC, encoding="utf-8")
    monkeypatch.setenv("VIDBUILD_CACHE", str(tmp_path / "cache"))
    return path


def test_a_dry_run_names_each_step_and_writes_nothing(spec: Path) -> None:
    """Without a cache, every step would run, with a reason; it takes the time that passes, and leaves no file."""
    began = time.monotonic()
    result = build(spec, dry_run=True)
    assert 0 < result.wall_seconds <= time.monotonic() - began + 0.001
    assert (result.status, result.ok, result.run, result.outputs) == ("would-build", True, "", ())
    assert len(result.steps.would_run) == result.steps.total > 5
    assert result.steps.cached == 0
    assert set(result.steps.reasons) == set(result.steps.would_run)
    assert result.steps.reasons["speak:one"] == "will run: never built"
    assert result.steps.reasons["timeline:one"].startswith("may run: speak:one")
    assert [path.name for path in spec.parent.iterdir()] == ["video.yaml"]
