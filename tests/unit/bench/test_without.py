"""Builds with something left out: it is left out in vidbuild and in its workers, and nothing else changes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import cases, without
from tests.bench.cases import Case

SMALL = Case(scenes=1, size="160x90", fps=24, seconds=1.0, reveals=2, narrated=False)


def build(folder: Path, what: str) -> bytes:
    """Build from nothing without it, and return the video."""
    spec = cases.write(SMALL, folder)
    command = [sys.executable, without.__file__, what, "build", str(spec)]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    return (folder / "build" / "video.mp4").read_bytes()


def test_nothing_left_out_changes_the_video(tmp_path: Path) -> None:
    """What is measured without waiting and without walls makes the same bytes as what is measured with them."""
    videos = [build(tmp_path / str(place), what) for place, what in enumerate(("nothing", "sync+walls"))]
    assert len(set(videos)) == 1


def test_waiting_is_left_out_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without sync, asking the system to wait for a file does not even look at it."""
    monkeypatch.setattr(os, "fsync", os.fsync)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fsync(10_000)
    without.apply("sync")
    os.fsync(10_000)


def test_what_is_unknown_cannot_be_left_out() -> None:
    """A misspelt name is an error, not a measurement of nothing."""
    with pytest.raises(KeyError):
        without.apply("fsync")
