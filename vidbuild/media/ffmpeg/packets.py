"""List the packets of a media file, or the frames decoded from them, and what their times say, without keeping them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from vidbuild.media.ffmpeg import ffmpeg, process

TIMEOUT = 300.0

# Flags of a packet: one that is decoded and not presented, because an edit list or a codec's delay excludes it.
DISCARDED = 0x4

# ffmpeg drops the times of packets after a gap of more than 30 hours; a file with such a gap is over the limit.
KEEP_GAPS = ("-dts_error_threshold", "40000000")

GAP = 1.5  # of a packet's length until the next begins: less is the jitter of a recorder

BASE = re.compile(r"#tb (\d{1,9}): (\d{1,18})/([1-9]\d{0,17})$")
PACKET = re.compile(r"(\d{1,9}), *-?\d+, *(-?\d{1,19}), *(\d{1,19}),(.*)")  # stream, dts, pts, duration, the rest
FLAGS = re.compile(r", F=0x([0-9A-F]+)")
ENCRYPTED = "Encryption info"
UNSET = -(1 << 63)  # the time of a packet that has none


@dataclass(slots=True)
class Track:
    """What the packets of one stream say about its time.

    count: packets that are presented.
    end: when the last of them ends, in seconds.
    last_length: how long the last of them is, in seconds. A length of no more than a tick of the stream's clock is not
        one, so this is 0 then.
    shortest: the shortest length of any of them, in seconds; 0 if none has one.
    unset: whether one has no presentation time.
    gap: when the first of them that is not followed by another at its end ends, in seconds; None if there is none.
    """

    base: Fraction = Fraction(1)
    count: int = 0
    end: float = 0.0
    last: float = 0.0
    last_length: float = 0.0
    shortest: float = 0.0
    unset: bool = False
    encrypted: bool = False
    gap: float | None = None

    def add(self, time: int, duration: int) -> None:
        """Add a packet or frame, in units of the stream's clock."""
        start = float(time * self.base)
        self.count += 1
        length = float(duration * self.base) if duration > 1 else 0.0
        if length:
            self.shortest = min(self.shortest or length, length)
        if self.gap is None and self.last_length and start > self.last + GAP * self.last_length:
            self.gap = self.last + self.last_length
        if self.count == 1 or start >= self.last:
            self.last, self.last_length = start, length
        self.end = max(self.end, float((time + duration) * self.base))


@dataclass(slots=True)
class Listing:
    """A sink for ffmpeg's list of packets (framecrc).

    tracks: by the index of the output's stream.
    """

    tracks: dict[int, Track] = field(default_factory=dict)
    _partial: bytes = b""

    def __call__(self, piece: bytes) -> None:
        """Receive the next piece, which may begin and end anywhere in a line."""
        *lines, partial = (self._partial + piece).split(b"\n")
        self._partial = partial[: process.LINE_BYTES]
        for line in lines:
            self._read(line.decode("ascii", "replace"))

    def _read(self, line: str) -> None:
        if match := BASE.match(line):
            self.tracks[int(match[1])] = Track(Fraction(int(match[2]), int(match[3])))
        match = PACKET.match(line)
        if match is None or int(match[1]) not in self.tracks:
            return
        track, time, duration, rest = self.tracks[int(match[1])], int(match[2]), int(match[3]), match[4]
        flags = FLAGS.search(rest)
        if ENCRYPTED in rest:
            track.encrypted = True
        if time == UNSET:
            track.unset = True
        elif not (flags and int(flags[1], 16) & DISCARDED):
            track.add(time, duration)


def packets(
    path: Path,
    env: Mapping[str, str] | None,
    *output: str,
    before: tuple[str, ...] = (),
    check: bool = True,
) -> tuple[Listing, str]:
    """Return the list of a file's packets, or of frames if `output` asks for them, and ffmpeg's log.

    output: arguments that select streams and their codecs. before: arguments for the input.
    """
    listing = Listing()
    done = ffmpeg.stream(
        [*KEEP_GAPS, *ffmpeg.untrusted_input(path.absolute(), *before), *output, "-f", "framecrc", "-"],
        listing,
        cwd=path.absolute().parent,
        env=dict(os.environ) if env is None else env,
        timeout=TIMEOUT,
        what=f"read '{path.name}'",
        check=check,
    )
    return listing, done.text
