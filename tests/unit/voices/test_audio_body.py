"""Audio as programs and servers send it."""

from __future__ import annotations

import struct

import pytest

from tests.support.fake_speech import tones, wav_file
from vidbuild.voices.audio_body import AudioBodyError, read_audio

SOUND = tones(2, 22_050)
BYTES = SOUND.tobytes()


@pytest.mark.parametrize("length", [0, 0x7FFFF000, 0xFFFFFFFF, len(BYTES)])
def test_a_wav_file_is_read_to_its_end(length: int) -> None:
    """A streamed file states no length, or the greatest one: all of its samples count, at the rate it states."""
    samples, rate = read_audio(wav_file(BYTES, 22_050, length), "audio/wav", 24_000)
    assert (samples, rate) == (SOUND, 22_050)


def test_what_follows_the_samples_is_not_audio() -> None:
    """A header with the real length ends the audio there."""
    samples, _ = read_audio(wav_file(BYTES, 22_050, len(BYTES)) + b"LIST\4\0\0\0info", "", 0)
    assert samples == SOUND


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        (b"", "audio/pcm", "sent no audio"),
        (b'{"error": 1}', "application/json", "sent application/json instead of audio"),
        (b"<html>", "", "sent text instead of audio"),
        (b"\1\2\3", "audio/pcm", "sent half a sample"),
        (b"RIFF\0\0\0\0WAVE", "audio/wav", "sent a WAV file without audio"),
        (b"RIFF\0\0\0\0WAVEdata" + struct.pack("<I", 2) + b"\0\0", "audio/wav", "without its format"),
        (wav_file(BYTES, 22_050, 2 * len(BYTES)), "audio/wav", f"sent only {len(BYTES)} of {2 * len(BYTES)} bytes"),
        (wav_file(BYTES, 1, len(BYTES)), "audio/wav", "of 1 Hz"),
    ],
)
def test_what_is_no_audio_is_an_error(body: bytes, kind: str, message: str) -> None:
    """Nothing, text, half samples and broken files are refused."""
    with pytest.raises(AudioBodyError, match=message):
        read_audio(body, kind, 24_000)


def test_raw_samples_have_the_stated_rate() -> None:
    """The content type may state a rate; else the server's own counts. Samples that begin like an MP3 file are none."""
    assert read_audio(BYTES, "audio/L16; rate=16000; channels=1", 24_000) == (SOUND, 16_000)
    assert read_audio(BYTES, "audio/pcm", 24_000) == (SOUND, 24_000)
    assert read_audio(b"\xff\xfb" * 8, "application/octet-stream", 24_000)[1] == 24_000


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfb\x90\0", "audio/mpeg"),
        (b"fLaC\0\0\0\x22", "application/octet-stream"),
        (b"OggS\0\2", ""),
        (
            wav_file(BYTES, 48_000, len(BYTES)).replace(
                struct.pack("<HHI", 1, 1, 48_000), struct.pack("<HHI", 1, 2, 48_000)
            ),
            "",
        ),
    ],
)
def test_coded_audio_is_left_to_ffmpeg(body: bytes, kind: str) -> None:
    """Coded audio, and several channels, are for ffmpeg to decode."""
    assert read_audio(body, kind, 24_000) == (None, 0)
