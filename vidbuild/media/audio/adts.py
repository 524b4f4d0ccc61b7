"""AAC frames in an ADTS stream: split, checked, counted; it knows nothing of what they hold or of who joins them.

Clause numbers are those of ISO/IEC 13818-7:2006; ISO/IEC 14496-3, annex 1.A, has the same header. An ADTS frame is a
fixed header (6.2.1, 28 bits), a variable header (6.2.2, 28 bits), a CRC where protection_absent is 0, and raw data
blocks of 1024 samples each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

FRAME_SAMPLES = 1024
HEADER_BYTES = 7
LONGEST = (1 << 13) - 1  # bytes of a frame, 13 bits of aac_frame_length
RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
"""sampling_frequency_index, table 35."""

PROFILES = ("Main", "LC", "SSR", "LTP")
LC = 1
SYNC, SYNC_MASK = 0xFFF0, 0xFFF6
"""syncword and layer, which is always 0 (6.2.1): a frame begins with these bits."""

VBR = 0x7FF
"""adts_buffer_fullness of a stream whose bit rate varies, 8.2.1."""


class AdtsError(ValueError):
    """A stream that is not whole ADTS frames of one kind."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What must be the same in every frame of a track."""

    profile: int
    rate: int
    channels: int

    def __str__(self) -> str:
        return f"AAC {PROFILES[self.profile]} {self.rate} Hz {self.channels} ch"


def frames(data: bytes) -> list[bytes]:
    """The stream's frames with their headers. AdtsError, naming the frame, where it is damaged or changes kind."""
    found = list(_frames(data))
    kinds = [configuration(frame) for frame in found]
    for number, kind in enumerate(kinds):
        if kind != kinds[0]:
            raise AdtsError(f"frame {number} is {kind}, but the first is {kinds[0]}")
    return found


def configuration(frame: bytes) -> Configuration:
    """Profile, rate and channels of a frame, from its fixed header (6.2.1)."""
    index = frame[2] >> 2 & 15
    if index >= len(RATES):
        raise AdtsError(f"sampling_frequency_index {index} is reserved")
    return Configuration(frame[2] >> 6, RATES[index], (frame[2] & 1) << 2 | frame[3] >> 6)


def payload(frame: bytes) -> bytes:
    """The raw data block of a frame: what an MP4 sample holds."""
    return frame[HEADER_BYTES if frame[1] & 1 else HEADER_BYTES + 2 :]


def wrap(block: bytes, kind: Configuration) -> bytes:
    """One raw data block as an ADTS frame, without CRC, of a variable bit rate."""
    length = HEADER_BYTES + len(block)
    if length >= 1 << 13:
        raise AdtsError(f"a raw data block of {len(block)} bytes is too long for ADTS")
    header = 0xFFF << 44 | 0b0001 << 40  # syncword; ID 0 (MPEG-4), layer 0, protection_absent
    header |= kind.profile << 38 | RATES.index(kind.rate) << 34 | kind.channels << 30
    header |= length << 13 | VBR << 2  # number_of_raw_data_blocks_in_frame 0: one block
    return header.to_bytes(HEADER_BYTES, "big") + block


def first_frame(sample: int) -> int:
    """The number of the frame of a track at which what begins at `sample` is let in: the nearest one."""
    return (sample + FRAME_SAMPLES // 2) // FRAME_SAMPLES


def frames_to_cover(samples: int) -> int:
    """How many frames hold so many samples."""
    return -(-samples // FRAME_SAMPLES)


def frames_to_join(samples: int) -> int:
    """How many frames are kept of what is to be joined: all that it touches and one more, which its place may need."""
    return frames_to_cover(samples) + 1


def _frames(data: bytes) -> Iterator[bytes]:
    position = number = 0
    while position < len(data):
        length = _length(data, position, number)
        yield data[position : position + length]
        position += length
        number += 1


def _length(data: bytes, position: int, number: int) -> int:
    """aac_frame_length (6.2.2), the header included, once the frame has been found to be one and whole."""
    header = data[position : position + HEADER_BYTES]
    if len(header) < HEADER_BYTES:
        raise AdtsError(f"frame {number} is cut short: {len(header)} bytes are left")
    if int.from_bytes(header[:2], "big") & SYNC_MASK != SYNC:
        raise AdtsError(f"frame {number} at byte {position} does not begin with a syncword")
    if header[6] & 3:
        raise AdtsError(f"frame {number} holds {(header[6] & 3) + 1} raw data blocks, not one")
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    if length < HEADER_BYTES:
        raise AdtsError(f"frame {number} says it is {length} bytes long")
    if position + length > len(data):
        raise AdtsError(f"frame {number} is cut short: {len(data) - position} of {length} bytes are left")
    return length
