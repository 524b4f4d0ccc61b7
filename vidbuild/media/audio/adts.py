"""Split an ADTS stream into AAC frames, check them and wrap raw data blocks in frames.

Clause numbers refer to ISO/IEC 13818-7:2006; ISO/IEC 14496-3, annex 1.A, has the same header. An ADTS frame is a
fixed header (6.2.1, 28 bits), a variable header (6.2.2, 28 bits), a CRC if protection_absent is 0, and raw data blocks
of 1024 samples each.
"""

from __future__ import annotations

import struct

from vidbuild.frozen import dataclass

FRAME_SAMPLES = 1024
HEADER_BYTES = 7
MAX_FRAME_BYTES = (1 << 13) - 1  # bytes of a frame, 13 bits of aac_frame_length

# Hz by sampling_frequency_index, table 35.
RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)

PROFILES = ("Main", "LC", "SSR", "LTP")
LC = 1

# syncword and layer, which is always 0 (6.2.1), at the start of a frame.
SYNC, SYNC_MASK = 0xFFF0, 0xFFF6

# The header: three bytes that are the same in all frames of a stream; of the other four, the channels and the number of
# raw data blocks are.
_HEADER = struct.Struct(">3sI")
_SAME_BITS = 0xC0000003
_LENGTH_SHIFT = 13

# adts_buffer_fullness of a stream with a variable bit rate, 8.2.1.
VBR = 0x7FF


class AdtsError(ValueError):
    """A stream does not consist of complete ADTS frames of one configuration."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The properties that are the same in every frame of a track. rate: in Hz."""

    profile: int
    rate: int
    channels: int

    def __str__(self) -> str:
        return f"AAC {PROFILES[self.profile]} {self.rate} Hz {self.channels} ch"


def split(data: bytes) -> list[bytes]:
    """Return the stream's frames with their headers. Raise AdtsError if one is corrupt or differs from the first."""
    frames: list[bytes] = []
    others: list[int] = []  # frames whose header is unlike the first, which may differ in more than the length
    position, size, read = 0, len(data), _HEADER.unpack_from
    first, second = read(data) if size >= _HEADER.size else (b"", 0)
    second &= _SAME_BITS
    while position < size:
        length = 0
        if position + HEADER_BYTES <= size:
            begin, rest = read(data, position)
            if begin == first and rest & _SAME_BITS == second:
                length = rest >> _LENGTH_SHIFT & MAX_FRAME_BYTES
        if not frames or length < HEADER_BYTES or position + length > size:
            length = _frame_length(data, position, len(frames))
            others.append(len(frames))
        frames.append(data[position : position + length])
        position += length
    kinds = {number: configuration(frames[number]) for number in others}
    for number, kind in kinds.items():
        if kind != kinds[0]:
            raise AdtsError(f"frame {number} is {kind}, but the first is {kinds[0]}")
    return frames


def configuration(frame: bytes) -> Configuration:
    """Return profile, rate and channels of a frame from its fixed header (6.2.1)."""
    index = frame[2] >> 2 & 15
    if index >= len(RATES):
        raise AdtsError(f"sampling_frequency_index {index} is reserved")
    return Configuration(frame[2] >> 6, RATES[index], (frame[2] & 1) << 2 | frame[3] >> 6)


def payload(frame: bytes) -> bytes:
    """Return the raw data block of a frame, which is an MP4 sample."""
    return frame[HEADER_BYTES if frame[1] & 1 else HEADER_BYTES + 2 :]


def wrap(block: bytes, kind: Configuration) -> bytes:
    """Wrap a raw data block as an ADTS frame without CRC."""
    length = HEADER_BYTES + len(block)
    if length >= 1 << 13:
        limit = MAX_FRAME_BYTES - HEADER_BYTES
        raise AdtsError(f"raw data block: expected at most {limit} bytes, got {len(block)}")
    header = 0xFFF << 44 | 0b0001 << 40  # syncword; ID 0 (MPEG-4), layer 0, protection_absent
    header |= kind.profile << 38 | RATES.index(kind.rate) << 34 | kind.channels << 30
    header |= length << 13 | VBR << 2  # number_of_raw_data_blocks_in_frame 0: one block
    return header.to_bytes(HEADER_BYTES, "big") + block


def nearest_frame(sample: int) -> int:
    """Return the index of the frame whose start is nearest to a sample of the track."""
    return (sample + FRAME_SAMPLES // 2) // FRAME_SAMPLES


def frames_to_cover(samples: int) -> int:
    """Return how many frames contain so many samples."""
    return -(-samples // FRAME_SAMPLES)


def frames_to_keep(samples: int) -> int:
    """Return how many frames to keep of a scene's audio: those with its samples, and one more.

    Scenes are muxed at the nearest frame, and rounding may need one more frame than the samples do.
    """
    return frames_to_cover(samples) + 1


def _frame_length(data: bytes, position: int, number: int) -> int:
    """Check that a complete frame starts at a position; return its aac_frame_length (6.2.2), header included."""
    header = data[position : position + HEADER_BYTES]
    if len(header) < HEADER_BYTES:
        raise AdtsError(f"frame {number} is truncated: {len(header)} bytes are left")
    if int.from_bytes(header[:2], "big") & SYNC_MASK != SYNC:
        raise AdtsError(f"frame {number} at byte {position} does not begin with a syncword")
    if header[6] & 3:
        raise AdtsError(f"frame {number}: expected 1 raw data block, got {(header[6] & 3) + 1}")
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    if length < HEADER_BYTES:
        raise AdtsError(f"frame {number} has the invalid length of {length} bytes")
    if position + length > len(data):
        raise AdtsError(f"frame {number} is truncated: {len(data) - position} of {length} bytes are left")
    return length
