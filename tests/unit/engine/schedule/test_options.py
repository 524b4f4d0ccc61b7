"""What the options of a run decide."""

from __future__ import annotations

import os

import pytest

from vidbuild.engine.schedule.options import RunOptions


@pytest.mark.parametrize(
    ("jobs", "processors", "workers"), [(None, 8, 8), (3, 8, 3), (1, 8, 1), (12, 8, 12), (None, None, 1), (2, None, 2)]
)
def test_as_many_steps_run_as_there_are_processors(
    monkeypatch: pytest.MonkeyPatch, jobs: int | None, processors: int | None, workers: int
) -> None:
    """Without --jobs as many steps run side by side as there are processors, one if their number is unknown."""
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    assert RunOptions(jobs=jobs).workers == workers
