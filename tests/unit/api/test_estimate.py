"""Estimates through the API: the length of scenes with clips."""

from __future__ import annotations

from pathlib import Path

import pytest

import vidbuild
from vidbuild.api.estimate import SceneEstimate, estimate
from vidbuild.media.ffmpeg import ffmpeg

SPEC = """\
vidbuild: 1
title: Clips
output: {{size: 160x90, fps: 24}}
voice: espeak:en-us
scenes:
  - {{id: one, type: clip, src: clip.mp4{fields}}}
"""
SECONDS = 3.0


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a clip of three seconds."""
    monkeypatch.setenv("VIDBUILD_CACHE", str(tmp_path / "cache"))
    (tmp_path / "vidbuild.toml").touch()
    source = ["-f", "lavfi", "-i", f"testsrc2=s=160x90:r=24:d={SECONDS}", "-c:v", "libx264", "-y"]
    ffmpeg.run([*source, f"file:{tmp_path / 'clip.mp4'}"], cwd=tmp_path, env={}, timeout=60, what="make a clip")
    return tmp_path


def estimated(project: Path, fields: str) -> SceneEstimate:
    """Return the estimate of the scene with the clip."""
    spec = project / "video.yaml"
    spec.write_text(SPEC.format(fields=fields), encoding="utf-8")
    [found] = estimate([spec])
    return found.scenes[0]


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ("", SECONDS),
        (', narration: "One word."', SECONDS),
        (", start: 1, speed: 2", 1.0),
        (", loop: 2", 2 * SECONDS),
        (", duration: 1.25", 1.25),
        (", start: 0.5, end: 1.5, min_duration: 2", 2.0),
    ],
)
def test_a_clip_is_as_long_as_it_plays(project: Path, fields: str, seconds: float) -> None:
    """A clip that is longer than its narration decides, with its part, speed and repetitions; a fixed length wins."""
    found = estimated(project, fields)
    assert found.seconds == pytest.approx(seconds, abs=0.05)
    assert not found.measured


def test_a_long_narration_is_longer_than_its_clip(project: Path) -> None:
    """The narration decides if it takes longer; the estimate is what a draft lasts."""
    found = estimated(project, f', narration: "{" ".join(["word"] * 20)}."')
    assert found.seconds is not None
    assert found.seconds > 20 / 2.6
    built = vidbuild.build(project / "video.yaml", draft=True)
    assert built.video_seconds == pytest.approx(found.seconds, abs=0.1)


def test_a_clip_that_cannot_be_read_has_no_length(project: Path) -> None:
    """A damaged file, and a part beyond its end, leave the length unknown; a check reports what is wrong."""
    assert estimated(project, ", start: 9").seconds is None
    (project / "clip.mp4").write_bytes(b"no video")
    found = estimated(project, "")
    assert found.seconds is None
    assert estimated(project, ', narration: "Two words."').seconds is not None
