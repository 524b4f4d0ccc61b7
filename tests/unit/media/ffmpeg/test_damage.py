"""Files that are damaged in their middle, by zeros or a gap in a stream; and joined files, which are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.render_lab import ENV, made
from vidbuild.media.ffmpeg.clip_part import clip_part

TEST = ("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=4", "-f", "lavfi", "-i", "sine=440:d=4")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "25", "-c:a", "aac")
PACKET = 188  # bytes of a transport stream's


def warnings(path: Path, end_ms: int | None = None) -> list[tuple[str, str]]:
    """Field and message of each warning about a clip's file."""
    return [(each.field, each.message) for each in clip_part(path, 0, end_ms, audible=True, env=ENV).warnings]


def damaged(path: Path) -> Path:
    """Overwrite a part of a file's middle with zeros, or drop packets of a stream."""
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // PACKET * PACKET
    if path.suffix == ".ts":
        del data[middle : middle + 100 * PACKET]
    else:
        data[middle : middle + 8000] = bytes(8000)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "a.ts"])
def test_damage_is_a_warning_with_its_time(tmp_path: Path, name: str) -> None:
    """V9: a file whose middle is damaged is a warning at `src` that names the time; the same file intact is none."""
    path = made(tmp_path / name, *TEST, *H264)
    assert warnings(path) == []
    ((field, message),) = warnings(damaged(path))
    assert field == "src"
    start = "the file is damaged from "
    assert message.startswith(start)
    assert message.endswith(" s on: frames and audio there can be wrong or missing")
    assert 1.0 < float(message.removeprefix(start).partition(" ")[0]) < 3.0
    assert warnings(path, 1000) == [], "the part that is shown ends before"


def test_what_a_reader_leaves_out_is_damage(tmp_path: Path) -> None:
    """V9: a WebM whose reader gives up in the middle is a warning, as less is left than its header says."""
    coding = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus")
    path = made(tmp_path / "a.webm", *TEST, *coding)
    padded = tmp_path / "padded.webm"
    padded.write_bytes(path.read_bytes() + bytes(4000))
    assert warnings(padded) == [], "zeros after the end are no damage"
    ((field, message),) = warnings(damaged(path))
    assert field == "src"
    assert message.startswith("the file is damaged from ")


def test_joined_recordings_are_not_damaged(tmp_path: Path) -> None:
    """Transport streams that were joined have packets that look lost at the joint, and decode without errors."""
    path = made(tmp_path / "a.ts", *TEST, *H264)
    path.write_bytes(path.read_bytes() * 2)
    assert warnings(path) == []
