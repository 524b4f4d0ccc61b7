"""Parts of decoded music."""

from __future__ import annotations

import array
import math
import os
import tracemalloc
from pathlib import Path

import pytest

from tests.support.audio_lab import ENV, tone
from tests.support.render_lab import made
from vidbuild.errors import SpecProblem, StepError
from vidbuild.media.audio import wav
from vidbuild.media.audio.music_file import CROSSFADE, FRAME_BYTES, Tape, decode

HOUR = 3600 * 48_000


def tape(folder: Path, samples: int, *, loop: bool = False) -> Tape:
    """Music whose samples are their own numbers, in both channels."""
    path = folder / "music.pcm"
    path.write_bytes(array.array("h", (at % 30_000 for at in range(samples) for _ in "lr")).tobytes())
    return Tape(path, samples, loop)


def part(music: Tape, position: int, count: int) -> list[int]:
    """The left channel of a part."""
    out = music.path.with_name("part.pcm")
    music.copy(position, count, out)
    return list(array.array("h", out.read_bytes()))[::2]


def test_what_is_before_and_after_the_music_is_silence(tmp_path: Path) -> None:
    """A part that reaches over both ends has silence there."""
    assert part(tape(tmp_path, 5), -2, 9) == [0, 0, 0, 1, 2, 3, 4, 0, 0]
    assert part(tape(tmp_path, 5), 3, 4) == [3, 4, 0, 0]


def test_music_is_played_once_unless_it_is_a_loop(tmp_path: Path) -> None:
    """Without being called a loop, music is not repeated."""
    path = tape(tmp_path, 3).path
    path.write_bytes(array.array("h", [7, 7, 8, 8, 9, 9]).tobytes())
    assert part(Tape(path, 3), 0, 5) == [7, 8, 9, 0, 0]
    assert part(Tape(path, 3), -1, 3) == [0, 7, 8]


def test_a_loop_is_the_same_from_any_position(tmp_path: Path) -> None:
    """A loop that is cut into parts has the samples of one that is copied at once."""
    music = tape(tmp_path, 4900, loop=True)
    whole = part(music, 0, 15_000)
    assert [each for at in range(0, 15_000, 1024) for each in part(music, at, 1024)][:15_000] == whole
    period = music.samples - CROSSFADE
    assert whole[:period] == list(range(period))
    assert whole[period + CROSSFADE : 2 * period] == whole[CROSSFADE:period]
    assert whole[period + CROSSFADE : 2 * period] == whole[2 * period + CROSSFADE : 3 * period]


def test_an_hour_of_music_is_not_in_memory(tmp_path: Path) -> None:
    """A minute at the end of an hour of music takes less than 4 MB of memory."""
    path = tmp_path / "hour.pcm"
    with path.open("wb") as file:
        os.truncate(file.fileno(), HOUR * FRAME_BYTES)
    tracemalloc.start()
    Tape(path, HOUR, loop=True).copy(HOUR - 60 * 48_000, 120 * 48_000, tmp_path / "part.pcm")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000
    assert (tmp_path / "part.pcm").stat().st_size == 120 * 48_000 * FRAME_BYTES


@pytest.mark.parametrize("loudest", [9000, 32_767, -32_768])
def test_a_loop_fades_from_its_end_to_its_start_at_constant_power(tmp_path: Path, loudest: int) -> None:
    """Each channel's end is faded out by a cosine and its start in by a sine; what is too loud is limited."""
    samples, overlap = 4 * CROSSFADE + 400, CROSSFADE
    music = [(loudest, index % 5000) for index in range(samples)]
    path = tmp_path / "music.pcm"
    path.write_bytes(array.array("h", (each for pair in music for each in pair)).tobytes())
    out = tmp_path / "part.pcm"
    Tape(path, samples, loop=True).copy(samples - overlap - 1, overlap + 2, out)
    found = array.array("h", out.read_bytes())
    pairs = list(zip(found[::2], found[1::2], strict=True))
    assert (pairs[0], pairs[-1]) == (music[samples - overlap - 1], music[overlap])
    for index, pair in enumerate(pairs[1:-1]):
        angle = math.pi / 2 * (index + 0.5) / overlap
        for channel, value in enumerate(pair):
            exact = music[index][channel] * math.sin(angle) + music[samples - overlap + index][channel] * math.cos(
                angle
            )
            assert abs(value - max(-32_768, min(32_767, exact))) <= 0.5001


@pytest.mark.parametrize("samples", [8, 9])
def test_a_short_loop_fades_over_a_quarter_of_itself(tmp_path: Path, samples: int) -> None:
    """Eight or nine samples repeat after six or seven; two of them are faded."""
    found = part(tape(tmp_path, samples, loop=True), 0, 3 * samples)
    period = samples - 2
    assert found[:period] == list(range(period))
    assert found[period + 2 : 2 * period] == found[2 * period + 2 : 3 * period] == list(range(2, period))


def test_music_is_decoded_half_as_loud_up_to_a_maximum(tmp_path: Path) -> None:
    """Each channel has half the power of one, at half the level; a part of the file is no complete file."""
    music, out = tmp_path / "music.wav", tmp_path / "music.pcm"
    sound = tone(60_000)
    wav.write(music, sound)
    found = decode(music, out, 60_001, ENV, "music")
    assert (found.samples, found.complete) == (60_000, True)
    left, right = (array.array("h", out.read_bytes())[channel::2] for channel in (0, 1))
    assert left == right
    assert max(abs(one - other / math.sqrt(8)) for one, other in zip(left, sound, strict=True)) <= 1
    part = decode(music, out, 50_000, ENV, "music", start=9000)
    assert (part.samples, part.complete) == (50_000, False)
    assert array.array("h", out.read_bytes())[::2] == left[9000:59_000]
    rest = decode(music, out, 50_000, ENV, "music", start=59_000)  # too short for the meter
    assert (rest.samples, rest.complete) == (1000, True)
    assert rest.loudness.integrated == pytest.approx(found.loudness.integrated, abs=0.5)


def test_music_without_samples_is_an_error_of_its_field(tmp_path: Path) -> None:
    """A file of pictures, one that ends before the start, and one that is no media are refused with their name."""
    out, sound = tmp_path / "music.pcm", tmp_path / "short.wav"
    silent = made(tmp_path / "silent.mp4", "-f", "lavfi", "-i", "testsrc2=s=64x36:r=25", "-frames:v", "3")
    wav.write(sound, tone(4800))
    with pytest.raises(SpecProblem, match=r"'silent.mp4' has no audio track") as caught:
        decode(silent, out, 9, ENV, "music")
    assert caught.value.failure.field == "music"
    with pytest.raises(SpecProblem, match=r"'short.wav' ends before its start at 0.5 s") as caught:
        decode(sound, out, 9, ENV, "music", start=24_000)
    assert caught.value.failure.field == "start"
    sound.write_text("not a sound", encoding="utf-8")
    with pytest.raises(StepError, match=r"'short.wav': ") as caught_step:
        decode(sound, out, 9, ENV, "music")
    assert caught_step.value.failure.field == "music"
