"""A real project whose cache becomes corrupt, a file of each kind at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.corruption import a_folder, flipped, truncated
from tests.support.workspace import Workspace

SPEC = """\
vidbuild: 1
title: A scene
output: {size: 160x90, fps: 24}
voice: espeak:en-us
scenes:
  - {id: one, type: title, title: One, narration: One., pause_before: 0, pause_after: 0}
"""
KINDS = {"cas": 3, "traces": 3, "index": 1, "files": 1, "memos": 1, "placed": 1, "usage": 1}
"""Kind of file -> how many of its kind are damaged, one after the other."""


@pytest.fixture
def built(workspace: Workspace) -> Workspace:
    """A project, built."""
    workspace.write("video.yaml", SPEC)
    workspace.build()
    return workspace


def outputs(space: Workspace) -> dict[str, bytes]:
    """Name -> content of what is beside the spec."""
    return {path.name: path.read_bytes() for path in sorted((space.root / "build").iterdir())}


def of_kind(space: Workspace, kind: str, number: int) -> Path:
    """A file of that kind, another one for each number."""
    home = space.root / ".vidbuild" / "v1"
    found = [path for path in sorted(home.rglob("*")) if path.is_file() and path.relative_to(home).parts[0] == kind]
    return found[(number * 7) % len(found)]


def test_a_corrupt_cache_is_repaired_and_reported(built: Workspace) -> None:
    """P21, V9: whatever kind of file is corrupt, the video is the same; corrupt blobs and traces are reported."""
    expected, reported = outputs(built), 0
    for kind, count in KINDS.items():
        for number, damage in enumerate([lambda path: flipped(path, 3, 9), truncated, a_folder][:count]):
            damage(of_kind(built, kind, number))
            done = built.build()
            assert outputs(built) == expected, (kind, number)
            reported += "corrupt cache file" in done.stderr
            assert "corrupt" not in built.build().stderr, (kind, number)
            assert built.ran() == [], (kind, number)
    assert reported >= 4
