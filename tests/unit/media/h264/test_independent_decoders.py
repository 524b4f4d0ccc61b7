"""Videos and segments of every kind of scene, decoded strictly by independent decoders with equal results."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import decoding, h264_headers, sample_videos
from tests.support.render_lab import made
from tests.support.workspace import Workspace
from vidbuild.media.h264 import h264

CODE = b"\x00\x00\x00\x01"
LOOKS = 12


@pytest.fixture(scope="module", params=sample_videos.VIDEOS)
def video(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> sample_videos.Video:
    """Each of the sample videos in turn."""
    return sample_videos.built(Workspace(tmp_path_factory.mktemp(request.param) / "project"), request.param)


def test_a_video_is_the_same_to_all(video: sample_videos.Video) -> None:
    """V16: without a warning, every decoder shows frame k at k / fps, bit for bit alike, also when it is sent there.

    Between two moments at which anything changes, all frames are the same, bit for bit.
    """
    keys = tuple(at for at, packet in enumerate(decoding.packets(video.path)) if packet.key)
    looks = video.worth_a_look(keys, LOOKS)
    decoding.prove(video.path, video.frames, video.fps, moments=video.moments, seeks=looks)


def test_a_segment_is_the_same_to_all(video: sample_videos.Video, tmp_path: Path) -> None:
    """Each scene's and each transition's segment is a whole video by itself."""
    for segment in video.segments:
        moments = segment.moments or ()
        seeks = [segment.frames // 2]
        decoding.prove_segment(segment.path, tmp_path, segment.frames, video.fps, moments=moments, seeks=seeks)


def test_decoding_can_start_every_ten_seconds(video: sample_videos.Video) -> None:
    """Each segment begins with a key frame, and from no frame is the last one more than ten seconds away."""
    keys = [at for at, packet in enumerate(decoding.packets(video.path)) if packet.key]
    assert set(video.starts) <= set(keys)
    gaps = [after - before for before, after in zip(keys, [*keys[1:], video.frames], strict=True)]
    assert max(gaps) <= 10 * video.fps


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """A good stream's units: three of parameter sets and the like, then 20 pictures."""
    options = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "60", "-x264-params", "bframes=0:ref=1:weightp=0"]
    source = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=30", "-frames:v", "20"]
    path = made(tmp_path_factory.mktemp("units") / "good.h264", *source, *options)
    found = list(h264.units(path.read_bytes()))
    assert [h264.unit_type(unit) for unit in found[3:]] == [h264.IDR, *[h264.SLICE] * 19]
    return found


def written(folder: Path, units: list[bytes]) -> Path:
    """A stream of these units."""
    path = folder / "stream.h264"
    path.write_bytes(b"".join(CODE + unit for unit in units))
    return path


def test_a_good_stream_is_proven(units: list[bytes], tmp_path: Path) -> None:
    """What x264 writes passes."""
    shown = decoding.prove_segment(written(tmp_path, units), tmp_path, 20, 30, moments=range(20), seeks=(0, 7, 19))
    assert len(set(shown.digests)) == 20


def test_wrong_bytes_are_caught(units: list[bytes], tmp_path: Path) -> None:
    """A decoder that meets what cannot be ends the proof, whichever it is."""
    wrong = bytearray(units[8])
    for at in range(len(wrong) // 2, len(wrong) // 2 + 8):
        wrong[at] ^= 0x5A
    path = written(tmp_path, [*units[:8], bytes(wrong), *units[9:]])
    for decoder in (decoding.pinned()[0], decoding.openh264()):
        with pytest.raises(AssertionError, match=r"ended with [1-9]"):
            decoding.strictly(path, decoder)


def test_a_lost_picture_is_caught(units: list[bytes], tmp_path: Path) -> None:
    """FFmpeg's decoder ignores a missing reference picture; OpenH264 and the slice headers show it."""
    path = written(tmp_path, [*units[:8], *units[9:]])
    assert len(decoding.strictly(path, decoding.pinned()[0]).digests) == 19
    with pytest.raises(AssertionError, match="referencing pictures lost due frame gaps"):
        decoding.strictly(path, decoding.openh264())
    with pytest.raises(AssertionError, match="picture 5 has frame_num 6, not 5"):
        h264_headers.check(decoding.boxed(path, tmp_path / "boxed.mp4"))


def test_a_picture_too_many_is_caught(units: list[bytes], tmp_path: Path) -> None:
    """All decoders ignore a reference picture that is there twice, but its slice header shows it."""
    path = decoding.boxed(written(tmp_path, [*units[:8], *units[7:]]), tmp_path / "boxed.mp4")
    decoding.check_alike(path, decoding.pinned())
    with pytest.raises(AssertionError, match="picture 5 has frame_num 4, not 5"):
        decoding.prove(path, 21, 30)


def test_a_hold_that_is_none_is_caught(units: list[bytes], tmp_path: Path) -> None:
    """Frames of a hold that differ from the one before are reported."""
    with pytest.raises(AssertionError, match="frame 8 is not as 7"):
        decoding.prove_segment(written(tmp_path, units), tmp_path, 20, 30, moments=[*range(8), *range(9, 20)])


def test_a_level_too_low_is_caught(units: list[bytes], tmp_path: Path) -> None:
    """A decoder may refuse pictures that are larger, or come faster, than the level that they claim allows."""
    sequence = units[0]
    assert h264.unit_type(sequence) == h264.SPS
    low = sequence[:3] + bytes([10]) + sequence[4:]
    path = decoding.boxed(written(tmp_path, [low, *units[1:]]), tmp_path / "boxed.mp4")
    with pytest.raises(AssertionError, match="level 10 allows 1485 macroblocks a second, not 1800"):
        h264_headers.check(path)


@pytest.mark.parametrize(("frames", "fps"), [(19, 30), (21, 30), (20, 25)])
def test_a_wrong_count_or_rate_is_caught(units: list[bytes], tmp_path: Path, frames: int, fps: int) -> None:
    """A frame too few or too many, or another rate, ends the proof."""
    with pytest.raises(AssertionError):
        decoding.prove(decoding.boxed(written(tmp_path, units), tmp_path / "boxed.mp4"), frames, fps)


def test_a_missing_older_ffmpeg_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a second ffmpeg there is an error with what to install; vidbuild's own does not count as one."""
    monkeypatch.setenv(decoding.OLDER, str(tmp_path / "none"))
    with pytest.raises(AssertionError, match="there is no older ffmpeg: apt-get install ffmpeg"):
        decoding.older()
    monkeypatch.setenv(decoding.OLDER, str(decoding.pinned()[0].program))
    with pytest.raises(AssertionError, match="is the very ffmpeg that vidbuild uses"):
        decoding.older()
