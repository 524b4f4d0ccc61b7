"""Where the samples of an MP4 are, as ffmpeg finds them."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest

from tests.support.render_lab import made
from tests.unit.media.container.test_mp4 import coded, written
from vidbuild.comparison import built
from vidbuild.media.container import samples
from vidbuild.media.container.samples import SamplesError

__all__ = ["coded"]  # the fixture of the MP4s


@pytest.mark.parametrize("sound", [0, 122, 300])
def test_packets_are_those_of_ffmpeg(coded: bytes, tmp_path: Path, sound: int) -> None:
    """Each sample has the time and the bytes of ffmpeg's packet, in both tracks."""
    path = tmp_path / "video.mp4"
    path.write_bytes(written(coded, sound=sound))
    found, wanted = built._packets(path).found, built._packets_by_ffmpeg(path).found
    for kind in ("video", "audio"):
        assert [digest for _, digest in found[kind]] == [digest for _, digest in wanted[kind]]
        assert [time for time, _ in found[kind]] == pytest.approx([time for time, _ in wanted[kind]])
    assert len(found["video"]) == 65


def test_a_file_of_another_program_is_left_to_ffmpeg(tmp_path: Path) -> None:
    """A file whose samples are shown in another order than they are stored in is refused, and read by ffmpeg."""
    args = ("-f", "lavfi", "-i", "testsrc2=s=64x36:r=25", "-frames:v", "9", "-c:v", "libx264", "-bf", "2")
    path = made(tmp_path / "other.mp4", *args, "-pix_fmt", "yuv420p")
    with pytest.raises(SamplesError, match="another order"):
        samples.read(path.read_bytes())
    assert len(built._packets(path).found["video"]) == 9


@pytest.mark.parametrize(
    ("box", "at", "value", "message"),
    [
        (b"stsz", 12, 0xFFFFFFFF, "too many"),
        (b"stco", 12, 0xFFFFFFF0, "beyond the end"),
        (b"stts", 12, 7, "times are not known"),
        (b"mdhd", 16, 0, "times are not known"),
        (b"moov", -4, 0xFFFFFFF0, "larger than what it is in"),
        (b"moov", 0, 0x61626364, "no box 'moov'"),
        (b"stsc", 8, 0xFFFFFF, "too short"),
    ],
)
def test_damaged_tables_are_refused(coded: bytes, box: bytes, at: int, value: int, message: str) -> None:
    """A table that does not fit its file is an error, never a wrong list. at: bytes after the box's type began."""
    data = bytearray(written(coded))
    struct.pack_into(">I", data, data.index(box) + at, value)
    with pytest.raises(SamplesError, match=message):
        samples.read(bytes(data))


def test_no_damage_is_another_error(coded: bytes) -> None:
    """Whatever bytes of the index are others, the file is read or refused."""
    whole, rng = written(coded), random.Random(7)
    start = whole.index(b"moov") - 4
    (size,) = struct.unpack_from(">I", whole, start)
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(3):
            data[start + rng.randrange(size)] = rng.randrange(256)
        try:
            found = samples.read(bytes(data))
        except SamplesError:
            continue
        assert all(first + length <= len(data) for track in found.values() for first, length in track.places)


def test_a_cut_file_is_refused(coded: bytes) -> None:
    """The beginning of a file, and no file at all, have no samples."""
    whole = written(coded)
    for length in (0, 4, 40, 400, len(whole) // 2):
        with pytest.raises(SamplesError):
            samples.read(whole[:length])
