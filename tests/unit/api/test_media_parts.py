"""A frame and the waveform of a finished video."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from vidbuild.api.media_parts import frame_of, peaks_of
from vidbuild.create.source.protocol import SourceError
from vidbuild.media.ffmpeg import ffmpeg


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of two seconds: the first one red and silent, the second one blue with a tone."""
    path = tmp_path_factory.mktemp("media") / "video.mp4"
    graph = (
        "color=red:s=64x36:r=25:d=1[a];color=blue:s=64x36:r=25:d=1[b];[a][b]concat[v];"
        "sine=f=440:d=2,volume='if(lt(t,1),0,4)':eval=frame[s]"
    )
    command = [str(ffmpeg.executable()), "-v", "error", "-filter_complex", graph, "-map", "[v]", "-map", "[s]"]
    subprocess.run([*command, "-pix_fmt", "yuv420p", "-y", str(path)], check=True)
    return path


@pytest.mark.parametrize(("seconds", "red"), [(0.0, True), (0.96, True), (1.0, False), (1.96, False)])
def test_a_frame(video: Path, seconds: float, red: bool, tmp_path: Path) -> None:
    """The frame that starts at a time is the one that is written, to the frame."""
    path = tmp_path / "deep" / "frame.png"
    frame_of(video, seconds, path)
    with Image.open(io.BytesIO(path.read_bytes())) as image:
        assert image.size == (64, 36)
        pixel = image.convert("RGB").getpixel((32, 18))
    assert isinstance(pixel, tuple)
    assert (pixel[0] > 200, pixel[2] > 200) == (red, not red)


def test_a_frame_has_no_color_tags(video: Path, tmp_path: Path) -> None:
    """Browsers show a PNG with the tags of a video darker than the video itself."""
    tagged, path = tmp_path / "tagged.mp4", tmp_path / "frame.png"
    tags = ("-bsf:v", "h264_metadata=transfer_characteristics=1:colour_primaries=1:matrix_coefficients=1")
    command = [str(ffmpeg.executable()), "-v", "error", "-i", str(video), "-c", "copy", *tags, str(tagged)]
    subprocess.run(command, check=True)
    frame_of(tagged, 0.0, path)
    data = path.read_bytes()
    assert [tag for tag in (b"cICP", b"gAMA", b"cHRM") if tag in data] == []


def test_a_waveform(video: Path) -> None:
    """Fifty peaks a second say where a video is loud."""
    found = json.loads(peaks_of(video))
    assert found["rate"] == 50
    assert abs(found["seconds"] - 2) < 0.1
    assert max(found["peaks"][:45]) <= 2
    assert min(found["peaks"][55:95]) > 30
    assert max(found["peaks"]) <= 255


def test_what_is_no_video(tmp_path: Path) -> None:
    """A file that is no video is an error that names it, and one without audio has no peaks."""
    path = tmp_path / "video.mp4"
    path.write_bytes(b"nothing")
    with pytest.raises(SourceError):
        frame_of(path, 0.0, tmp_path / "x.png")
    with pytest.raises(SourceError):  # no empty waveform, which would be kept for as long as the file
        peaks_of(path)
    silent = tmp_path / "silent.mp4"
    command = [str(ffmpeg.executable()), "-v", "error", "-f", "lavfi", "-i", "color=red:s=64x36:r=25:d=1"]
    subprocess.run([*command, "-y", str(silent)], check=True)
    assert json.loads(peaks_of(silent))["peaks"] == []
