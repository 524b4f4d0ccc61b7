"""Parts of decoded music."""

from __future__ import annotations

import array
import os
import tracemalloc
from pathlib import Path

from vidbuild.media.audio.music_file import CROSSFADE, FRAME_BYTES, Tape

HOUR = 3600 * 48_000


def tape(folder: Path, samples: int, *, start: int = 0, loop: bool = False) -> Tape:
    """Music whose samples are their own numbers, in both channels."""
    path = folder / "music.pcm"
    path.write_bytes(array.array("h", (at % 30_000 for at in range(samples) for _ in "lr")).tobytes())
    return Tape(path, samples, start, loop)


def part(music: Tape, position: int, count: int) -> list[int]:
    """The left channel of a part."""
    out = music.path.with_name("part.pcm")
    music.copy(position, count, out)
    return list(array.array("h", out.read_bytes()))[::2]


def test_what_is_before_and_after_the_music_is_silence(tmp_path: Path) -> None:
    """A part that reaches over both ends has silence there."""
    assert part(tape(tmp_path, 5), -2, 9) == [0, 0, 0, 1, 2, 3, 4, 0, 0]
    assert part(tape(tmp_path, 5, start=3), 0, 4) == [3, 4, 0, 0]


def test_a_loop_is_the_same_from_any_position(tmp_path: Path) -> None:
    """A loop that is cut into parts has the samples of one that is copied at once."""
    music = tape(tmp_path, 5000, start=100, loop=True)
    whole = part(music, 0, 15_000)
    assert [each for at in range(0, 15_000, 1024) for each in part(music, at, 1024)][:15_000] == whole
    period = music.length - CROSSFADE
    assert whole[:period] == list(range(100, 100 + period))
    assert whole[period + CROSSFADE : 2 * period] == whole[CROSSFADE:period]
    assert whole[period + CROSSFADE : 2 * period] == whole[2 * period + CROSSFADE : 3 * period]


def test_an_hour_of_music_is_not_in_memory(tmp_path: Path) -> None:
    """A minute at the end of an hour of music takes less than 4 MB of memory."""
    path = tmp_path / "hour.pcm"
    with path.open("wb") as file:
        os.truncate(file.fileno(), HOUR * FRAME_BYTES)
    tracemalloc.start()
    Tape(path, HOUR, 0, loop=True).copy(HOUR - 60 * 48_000, 120 * 48_000, tmp_path / "part.pcm")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000
    assert (tmp_path / "part.pcm").stat().st_size == 120 * 48_000 * FRAME_BYTES
