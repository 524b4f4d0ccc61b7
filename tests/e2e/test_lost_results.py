"""What a build does when parts of its cache are gone or damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.workspace import Workspace

SPEC = """\
vidbuild: 1
title: Two scenes
output: {size: 160x90, fps: 24}
voice: espeak:en-us
scenes:
  - {id: one, type: title, title: One, narration: Hello one.}
  - {id: two, type: title, title: Two, narration: Hello two.}
"""


@pytest.fixture
def built(workspace: Workspace) -> Workspace:
    """A small project, built."""
    workspace.write("video.yaml", SPEC)
    workspace.build()
    return workspace


def digests(space: Workspace) -> dict[str, str]:
    """The outputs of the last build."""
    assert space.last is not None
    return {Path(each["path"]).name: each["sha256"] for each in space.last.data["outputs"]}


@pytest.mark.parametrize("damage", ["truncate", "flip", "empty", "delete"])
def test_a_damaged_cache_is_rebuilt(built: Workspace, damage: str) -> None:
    """V9: damaged blobs are noticed and made again, with the same bytes, without a word of help."""
    before = digests(built)
    for blob in sorted((built.root / ".vidbuild" / "v1" / "cas").rglob("*")):
        if not blob.is_file():
            continue
        content = blob.read_bytes()
        blob.chmod(0o644)
        if damage == "truncate":
            blob.write_bytes(content[: len(content) // 2])
        elif damage == "flip":
            blob.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        elif damage == "empty":
            blob.write_bytes(b"")
        else:
            blob.unlink()
    for output in (built.root / "build").iterdir():
        output.unlink()
    built.build()
    assert digests(built) == before
    assert built.ran() != []
    built.build()
    assert built.ran() == []


def test_outputs_that_are_gone_are_put_back_without_a_step(built: Workspace) -> None:
    """Deleting the outputs costs a copy, not a render."""
    before = digests(built)
    for output in (built.root / "build").iterdir():
        output.unlink()
    built.build()
    assert built.ran() == []
    assert digests(built) == before
    assert (built.root / "build" / "video.mp4").exists()


@pytest.mark.parametrize("lost", ["speak:one", "render:one", "audio:one"])
def test_the_video_does_not_depend_on_what_was_cached(built: Workspace, lost: str) -> None:
    """V13: narration cached and video not, or the reverse, give the same video."""
    before = digests(built)
    outcome = built.build("--fresh", lost)
    assert lost in outcome.data["steps"]["ran"]
    assert digests(built) == before


def test_fresh_runs_a_step_again_and_stops_at_equal_bytes(built: Workspace) -> None:
    """P12, P3: --fresh reruns a step; equal bytes stop there; the next build has nothing to do."""
    built.build("--fresh", "draw:one")
    assert built.ran() == ["draw:one"]
    built.build()
    assert built.ran() == []


def test_foreign_files_in_the_cache_are_left_alone(built: Workspace) -> None:
    """V11: other programs' files neither break a build nor vanish in a clean-up."""
    foreign = [
        built.write(".vidbuild/.DS_Store", b"x"),
        built.write(".vidbuild/v1/cas/._a.mp4", b"x"),
        built.write(".vidbuild/v1/traces/aa/readme.txt", b"x"),
    ]
    built.build()
    assert built.run("cache", "gc").code == 0
    assert all(path.exists() for path in foreign)
