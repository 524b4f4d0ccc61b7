"""Find out where a media file is damaged: the list of its packets shows signs of it, and decoding proves them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from vidbuild.media.ffmpeg import packets

# What ffmpeg logs about packets that may be damaged. Joined files have such packets too, and decode without errors.
SIGNS = re.compile(
    r"Packet corrupt|corrupt input packet|Invalid NAL unit size|missing picture in access unit"
    r"|as first byte of an EBML number|exceeds containing master element|Invalid EBML length"
)

# What is no matter of decoding: the reader gives up at such a place, or skips to the next part of the file.
LOST = re.compile(r"as first byte of an EBML number")
MISSING = 0.5  # seconds by which what is left is shorter than the file's header says

STRICT = ("-threads", "1", "-err_detect", "explode")
FAILED = "Error submitting packet to decoder"


def first(
    path: Path,
    streams: Sequence[str],
    decode: Sequence[str],
    log: str,
    env: Mapping[str, str] | None,
    *,
    declared: float = 0.0,
) -> float | None:
    """Return when the first frame or audio is missing because it cannot be decoded, in seconds; None if all can be.

    streams, decode: ffmpeg's arguments that select the streams, and their codecs.
    log: what ffmpeg logged about all packets, without decoding them.
    declared: the length that the file's header has, in seconds; 0 if it has none.
    """
    if not SIGNS.search(log):
        return None
    listing, text = packets.packets(path, env, *streams, *decode, before=STRICT, check=False)
    end = min((track.end for track in listing.tracks.values()), default=0.0)
    if FAILED not in text and not (LOST.search(log) and declared > end + MISSING):
        return None
    return min((track.gap for track in listing.tracks.values() if track.gap is not None), default=end)
