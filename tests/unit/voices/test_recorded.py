"""A recording in place of a voice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.audio_lab import ENV, silence, tone
from vidbuild.errors import StepError
from vidbuild.media.audio import wav
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.media.text.words import Speech
from vidbuild.voices import recorded


def take(recording: Path, scratch: Path) -> Speech:
    """Read a recording."""
    return recorded.read(recording, scratch / "said.wav", scratch, ENV)[0]


def test_silence_around_a_recording_stays(scratch: Path) -> None:
    """A recording's timing is the user's choice: not a sample is cut off or added."""
    sound = silence(4800)
    sound.extend(tone(9600))
    sound.extend(silence(4800))
    wav.write(scratch / "take.wav", sound)
    speech = take(scratch / "take.wav", scratch)
    assert speech == Speech((), 19_200, [(4800, 14_400)])
    assert wav.read(scratch / "said.wav") == sound


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("take.mp3", ["-c:a", "libmp3lame", "-ar", "44100", "-ac", "2"]),
        ("take.m4a", ["-c:a", "aac", "-ar", "44100", "-ac", "1"]),
        ("take.flac", ["-c:a", "flac", "-ar", "16000"]),
        ("take.ogg", ["-c:a", "libopus", "-ac", "2"]),
    ],
)
def test_any_format_becomes_samples(scratch: Path, name: str, options: list[str]) -> None:
    """V15: compressed, stereo and 44.1 kHz recordings keep their length to within a coder's frame."""
    wav.write(scratch / "in.wav", tone(96_000))
    recording = scratch / name
    ffmpeg.run(
        ["-i", str(scratch / "in.wav"), *options, str(recording)], cwd=scratch, env=ENV, timeout=60, what="encode"
    )
    speech = take(recording, scratch)
    assert abs(speech.samples - 96_000) <= 2 * 1152
    middle = wav.read(scratch / "said.wav")[24_000:72_000]
    assert 5000 < max(middle) < 10_500


@pytest.mark.parametrize("content", [b"", b"not a sound at all", b"RIFF\x24\x00\x00\x00WAVEfmt "])
def test_what_is_no_recording_is_an_error_at_its_place(scratch: Path, content: bytes) -> None:
    """A file without sound fails at narration.audio, with ffmpeg's own words for the curious."""
    path = scratch / "take.wav"
    path.write_bytes(content)
    with pytest.raises(StepError, match="the recording has no audio that ffmpeg can read") as caught:
        take(path, scratch)
    assert caught.value.failure.field == "narration.audio"
    assert caught.value.failure.command


def test_an_empty_recording_is_an_error(scratch: Path) -> None:
    """A WAV file of no samples is not a narration."""
    wav.write(scratch / "take.wav", silence(0))
    with pytest.raises(StepError, match="the recording"):
        take(scratch / "take.wav", scratch)


def test_the_identity_has_its_own_file() -> None:
    """V3: the version of the module is in keys, and is remembered by the stat of its file."""
    assert recorded.identity().startswith("recorded adapter ")
    assert [path.name for path in recorded.stat_paths()] == ["recorded.py"]
