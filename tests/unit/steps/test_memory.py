"""Memory does not grow with a scene's length: the peak of ffmpeg's memory, as the system counts it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.render_lab import Drawing, context, fake_ffmpeg, render_context, zooming
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.media.h264.encode import PROFILES
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.motion import Effect, Motion, Track
from vidbuild.steps import render, transition

SIZE = (640, 360)
SLACK_MB = 25
FRAME_MB = 640 * 360 * 1.5 / 2**20
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the system tells a child's memory in other ways")


@pytest.fixture
def peak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the largest peak of any ffmpeg that is started is written, in kB."""
    peak_file = tmp_path / "peak"
    body = (
        "import resource, subprocess\n"
        f"code = subprocess.call([{str(ffmpeg.executable())!r}, *args], close_fds=False)\n"
        "most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        f"open({str(peak_file)!r}, 'a').write(f'{{most}}\\n')\n"
        "sys.exit(code)"
    )
    monkeypatch.setenv(ffmpeg.VARIABLE, str(fake_ffmpeg(tmp_path / "watched", body)))
    return peak_file


def most(peak: Path) -> float:
    """The peak in MB, and forget it."""
    found = max(int(line) for line in peak.read_text(encoding="ascii").split()) / 1024
    peak.unlink()
    return found


def lively(folder: Path, frames: int, track: Track) -> Animation:
    """A picture that differs in every frame."""
    drawing = Drawing(folder, SIZE).add("background").add("a", (100, 50, 400, 250), (200, 40, 40))
    return drawing.picture(Motion(30, frames, {"a": track}))


@pytest.mark.parametrize(
    "track",
    [Track(enter=Effect(0, 400, "fade")), Track(enter=Effect(0, 400, "rise")), zooming(0.9, 1, 400)],
    ids=["fade", "rise", "zoom"],
)
def test_a_long_scene_takes_no_more_memory_than_a_short_one(tmp_path: Path, peak: Path, track: Track) -> None:
    """Ten times as many pictures, each other than the one before, are never all kept."""
    render.run(render_context(tmp_path / "short", lively(tmp_path / "a", 40, track)))
    short = most(peak)
    render.run(render_context(tmp_path / "long", lively(tmp_path / "b", 400, track)))
    assert 360 * FRAME_MB > 3 * SLACK_MB
    assert most(peak) < short + SLACK_MB


def test_a_long_transition_takes_no_more_memory_than_a_short_one(tmp_path: Path, peak: Path) -> None:
    """The same for a transition between two scenes that both move."""

    def blended(half: int) -> float:
        root = tmp_path / str(half)
        inputs: dict[str, Path] = {}
        for name in ("a", "b"):
            picture = lively(root / name, 2 * half, zooming(0.9, 1, 2 * half))
            (root / f"{name}.json").write_text(picture.motion.to_json(), encoding="utf-8")
            inputs |= {f"{name}.layers": picture.folder, f"{name}.motion": root / f"{name}.json"}
        params = {"profile": dict(PROFILES["standard"]), "size": list(SIZE), "frames": 2 * half, "effect": "fade"}
        transition.run(context(root / "step", params, inputs))
        return most(peak)

    assert blended(200) < blended(20) + SLACK_MB
