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


def form(kind: int = 1, channels: int = 1, rate: int = 24_000, bits: int = 16) -> bytes:
    """The format of a WAV file."""
    return struct.pack("<HHIIHH", kind, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits)


def chunks(*parts: tuple[bytes, bytes]) -> bytes:
    """A WAV file of chunks, of which those with an odd length are followed by a byte that does not count."""
    body = b"".join(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in parts)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body


@pytest.mark.parametrize(("rate", "right"), [(3999, False), (4000, True), (192_000, True), (192_001, False)])
def test_rates_of_a_wav_file_have_limits(rate: int, right: bool) -> None:
    """A WAV file has 4 to 192 kHz."""
    body = chunks((b"fmt ", form(rate=rate)), (b"data", BYTES))
    if right:
        assert read_audio(body, "", 0) == (SOUND, rate)
    else:
        with pytest.raises(AudioBodyError, match=f"of {rate} Hz: expected 4000 to 192000"):
            read_audio(body, "", 0)


def test_other_chunks_are_passed_over() -> None:
    """Chunks before the samples are skipped with their padding, and a format may be longer than needed."""
    assert read_audio(
        chunks((b"LIST", b"odd"), (b"fmt ", form() + b"\0\0"), (b"fact", b""), (b"data", BYTES)), "", 0
    ) == (
        SOUND,
        24_000,
    )
    assert read_audio(chunks((b"fmt ", form()), (b"data", b"")), "", 0)[1] == 24_000
    with pytest.raises(AudioBodyError, match="without its format"):
        read_audio(chunks((b"fmt ", form()[:15]), (b"data", BYTES)), "", 0)


@pytest.mark.parametrize("other", [form(kind=3), form(channels=2), form(bits=24)], ids=["float", "stereo", "24 bits"])
def test_other_formats_are_left_to_ffmpeg(other: bytes) -> None:
    """Anything but one channel of 16-bit integers is for ffmpeg to decode."""
    assert read_audio(chunks((b"fmt ", other), (b"data", BYTES)), "", 0) == (None, 0)


def test_a_length_just_below_the_unknown_ones_is_believed() -> None:
    """The greatest length that a file can state and must have."""
    with pytest.raises(AudioBodyError, match=f"sent only {len(BYTES)} of 2147479551 bytes"):
        read_audio(wav_file(BYTES, 22_050, 0x7FFFEFFF), "", 0)
