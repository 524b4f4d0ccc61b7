"""The frames of changed scenes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.render_lab import ENV, made
from vidbuild.comparison import frames
from vidbuild.media.ffmpeg import ffmpeg

WIDTH, HEIGHT, FPS = 160, 90, 25
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "30", "-pix_fmt", "yuv420p")


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of 4 s in which every frame differs."""
    source = ("-f", "lavfi", "-t", "4", "-i", f"testsrc2=s={WIDTH}x{HEIGHT}:r={FPS}")
    return made(tmp_path_factory.mktemp("frames") / "a.mp4", *source, *H264)


def decoded(path: Path) -> Any:
    """All frames of a video, as ffmpeg decodes them."""
    chain = f"scale={WIDTH}:{HEIGHT}:flags=bicubic,format=rgb24"
    arguments = ["-i", str(path), "-vf", chain, "-f", "rawvideo", "-"]
    output = ffmpeg.capture(arguments, cwd=path.parent, env=ENV, timeout=60, what="decode").output
    return np.frombuffer(output, np.uint8).reshape(-1, HEIGHT, WIDTH, 3)


@pytest.mark.parametrize("first", [0, 1, 29, 30, 37])
def test_each_frame_is_the_one_that_is_meant(video: Path, first: int) -> None:
    """Wherever a scene starts, beside a key frame or not, its frames are those of the video, to the frame."""
    count = 40
    shares = [index / (count - 1) for index in range(count)]
    found = frames._frames([str(video), round(first / FPS, 3), count / FPS, FPS, "", "[]", []], shares)
    assert [each.number for each in found] == list(range(count))
    assert all(
        np.array_equal(each.pixels, decoded(video)[first + each.number]) for each in (found[0], found[7], found[-1])
    )


def test_a_segment_has_the_same_frames(video: Path) -> None:
    """A bare stream, which has no times, gives the same frames as the video that has it."""
    raw = made(video.with_suffix(".h264"), "-i", str(video), "-c", "copy", "-bsf:v", "h264_mp4toannexb", "-f", "h264")
    shares = [0, 0.5, 0.9, 1.0]
    ours = frames._frames([str(raw), 0.0, 4.0, FPS, "h264", "[]", []], shares)
    theirs = frames._frames([str(video), 0.0, 4.0, FPS, "", "[]", []], shares)
    assert all(np.array_equal(one.pixels, other.pixels) for one, other in zip(ours, theirs, strict=True))


def test_the_moment_with_the_largest_difference_is_shown(video: Path, tmp_path: Path) -> None:
    """Two versions that differ for half a second are shown there; at the end, where they are alike, they are not."""
    box = "drawbox=x=20:y=20:w=60:h=40:color=white:t=fill:enable='between(t,1.1,1.6)'"
    other = made(tmp_path / "b.mp4", "-i", str(video), "-vf", box, *H264, "-qp", "0")
    plain = made(tmp_path / "c.mp4", "-i", str(video), *H264, "-qp", "0")
    request = [[[str(path), 0.0, 4.0, FPS, "", "[]", []] for path in (plain, other)]]
    (answer,) = frames.pairs("", json.dumps(request))
    (moment,) = answer["moments"]
    assert 1.1 <= moment["before"]["at"] <= 1.6
    assert moment["before"]["at"] == moment["after"]["at"]


def test_one_side_alone(video: Path) -> None:
    """A scene that was added or removed is shown near its end."""
    (answer,) = frames.pairs("", json.dumps([[None, [str(video), 1.0, 2.0, FPS, "", "[]", []]]]))
    (moment,) = answer["moments"]
    assert moment["before"] is None
    assert moment["after"]["at"] == 1.84
    assert (moment["after"]["width"], moment["after"]["height"]) == (WIDTH, HEIGHT)


def test_what_cannot_be_decoded_is_a_problem(tmp_path: Path) -> None:
    """A file that cannot be decoded is said to be so, and raises nothing."""
    (tmp_path / "a.mp4").write_bytes(b"\0" * 4000)
    (answer,) = frames.pairs("", json.dumps([[None, [str(tmp_path / "a.mp4"), 0.0, 2.0, FPS, "", "[]", []]]]))
    assert answer["moments"] == []
    assert "could not decode 'a.mp4'" in answer["problem"]
