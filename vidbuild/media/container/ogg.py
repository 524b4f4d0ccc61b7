"""Read the packets of Opus audio in an Ogg file (RFC 3533, RFC 7845)."""

from __future__ import annotations

from collections.abc import Iterator

from vidbuild.frozen import dataclass

PACKET_SAMPLES = 960  # of each packet: 20 ms at 48 kHz
_CAPTURE, _HEADER, _LONGEST_LACE = b"OggS", 27, 255
_HEAD, _TAGS = b"OpusHead", b"OpusTags"
_HEAD_BYTES = 19
_STEREO = 2


class OggError(ValueError):
    """The file is damaged, or has no Opus audio in stereo."""


@dataclass(frozen=True, slots=True)
class Opus:
    """Opus audio.

    head: its identification header (RFC 7845, 5.1), which containers store.
    pre_skip: how many samples at the start belong to no sound.
    """

    head: bytes
    pre_skip: int
    packets: tuple[bytes, ...]


def read(data: bytes) -> Opus:
    """Return the audio in a file. Raise OggError."""
    found = tuple(_packets(data))
    if len(found) < 3 or found[0][:8] != _HEAD or found[1][:8] != _TAGS:  # noqa: PLR2004 - two headers and audio
        raise OggError("no Opus audio")
    head = found[0]
    if len(head) != _HEAD_BYTES or head[9] != _STEREO:
        raise OggError("the Opus audio is not stereo")
    return Opus(head, int.from_bytes(head[10:12], "little"), found[2:])


def packets_of(samples: int, pre_skip: int) -> int:
    """Return how many packets so many samples take."""
    return -(-(samples + pre_skip) // PACKET_SAMPLES)


def _packets(data: bytes) -> Iterator[bytes]:
    at, partial = 0, b""
    while at < len(data):
        if data[at : at + 4] != _CAPTURE or at + _HEADER > len(data):
            raise OggError("corrupt Ogg page")
        laces = data[at + _HEADER : at + _HEADER + data[at + 26]]
        at += _HEADER + len(laces)
        for lace in laces:
            partial += data[at : at + lace]
            at += lace
            if lace < _LONGEST_LACE:
                yield partial
                partial = b""
    if partial or at != len(data):
        raise OggError("the Ogg file ends within a packet")
