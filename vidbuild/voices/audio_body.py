"""Reads audio as programs and servers send it: WAV files of any stated length, or raw samples."""

from __future__ import annotations

import array
import re
import struct

from vidbuild.media.audio import wav

PCM, SAMPLE_BITS = 1, 16
FORMAT_BYTES = 16  # of the shortest format of a WAV file
UNKNOWN_LENGTH = 0x7FFFF000  # and more: the lengths that writers state before they know the real one
LOWEST_RATE, HIGHEST_RATE = 4_000, 192_000
_RATE = re.compile(r"\brate=\"?(\d{4,6})\b")
# How files begin that ffmpeg decodes. An MP3 file without a tag begins as raw samples can, so its type must be stated.
_CODED = re.compile(rb"fLaC|OggS|ID3|....ftyp|FORM....AIF", re.DOTALL)


class AudioBodyError(ValueError):
    """It is not audio; text: why, to follow the name of what sent it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def is_coded(body: bytes) -> bool:
    """Return whether audio begins as a file that ffmpeg decodes does."""
    return bool(_CODED.match(body))


def read_audio(body: bytes, content_type: str, rate: int) -> tuple[array.array[int] | None, int]:
    """Return mono samples and their rate in Hz; None if the audio is coded or has several channels.

    content_type: as a server states it, perhaps with the rate of raw samples; "" if nothing is stated.
    rate: of raw samples, unless the content type states another one.
    Raises AudioBodyError.
    """
    if not body:
        raise AudioBodyError("sent no audio")
    if body.startswith(b"RIFF"):
        return _read_wav(body)
    kind = content_type.partition(";")[0].strip().lower()
    if kind.startswith("text/") or kind.endswith("json") or body[:1] in {b"{", b"<"}:
        raise AudioBodyError(f"sent {kind or 'text'} instead of audio")
    coded = kind.startswith("audio/") and not re.search(r"/(x-)?(pcm|l16|raw|wav|wave)\b", kind)
    if coded or is_coded(body):
        return None, 0
    stated = _RATE.search(content_type)
    if len(body) % wav.SAMPLE_BYTES:
        raise AudioBodyError("sent half a sample at the end of its audio")
    return wav.from_bytes(body), int(stated[1]) if stated else rate


def _read_wav(body: bytes) -> tuple[array.array[int] | None, int]:
    """Return the samples of a WAV file, whatever length its header states: a streamed one has none or the maximum."""
    at, form = 12, b""
    while at + 8 <= len(body):
        name, size = body[at : at + 4], int(struct.unpack_from("<I", body, at + 4)[0])
        start = at + 8
        if name == b"fmt ":
            form = body[start : start + size]
        elif name == b"data":
            return _samples(form, body[start:], size)
        at = start + size + size % 2
    raise AudioBodyError("sent a WAV file without audio")


def _samples(form: bytes, data: bytes, stated: int) -> tuple[array.array[int] | None, int]:
    if len(form) < FORMAT_BYTES:
        raise AudioBodyError("sent a WAV file without its format")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", form)
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise AudioBodyError(f"sent a WAV file of {rate} Hz: expected {LOWEST_RATE} to {HIGHEST_RATE}")
    if 0 < stated < UNKNOWN_LENGTH:
        if stated > len(data):
            raise AudioBodyError(f"sent only {len(data)} of {stated} bytes of its audio")
        data = data[:stated]
    if kind != PCM or channels != 1 or bits != SAMPLE_BITS:
        return None, 0
    return wav.from_bytes(data), rate
