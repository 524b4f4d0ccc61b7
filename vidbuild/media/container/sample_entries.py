"""The sample entries of the video tracks of an MP4: what a decoder needs before the first frame."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence

from vidbuild.media.container.boxes import box, u32


def avc1(size: tuple[int, int], sps: bytes, pps: Sequence[bytes]) -> bytes:
    """Return the entry of H.264 (14496-15, 5.3): four-byte lengths, parameter sets only here."""
    configuration = box(
        b"avcC",
        b"\x01" + sps[1:4] + b"\xff\xe1" + struct.pack(">H", len(sps)) + sps,
        bytes([len(pps)]),
        *(struct.pack(">H", len(unit)) + unit for unit in pps),
        b"\xfd\xf8\xf8\x00",  # 4:2:0, 8 bits
    )
    return _entry(b"avc1", size, configuration)


def hvc1(size: tuple[int, int], configuration: bytes) -> bytes:
    """Return the entry of HEVC (14496-15, 8.4) whose parameter sets are only here, as Apple's players require."""
    return _entry(b"hvc1", size, box(b"hvcC", configuration))


def av01(size: tuple[int, int], configuration: bytes) -> bytes:
    """Return the entry of AV1 (AV1 Codec ISO Media File Format Binding, 2.2)."""
    return _entry(b"av01", size, box(b"av1C", configuration))


# Codec -> its entry, from the size in pixels and the configuration record.
ENTRIES: Mapping[str, Callable[[tuple[int, int], bytes], bytes]] = {"hevc": hvc1, "av1": av01}


def _entry(kind: bytes, size: tuple[int, int], configuration: bytes) -> bytes:
    return box(
        kind,
        bytes(6) + struct.pack(">H", 1) + bytes(16) + struct.pack(">HH", *size),
        u32(0x480000) * 2 + bytes(4) + struct.pack(">H", 1) + bytes(32) + b"\x00\x18\xff\xff",
        configuration,
        box(b"colr", b"nclx", struct.pack(">HHHB", 1, 1, 1, 0)),  # BT.709, limited range
        box(b"pasp", u32(1), u32(1)),
    )
