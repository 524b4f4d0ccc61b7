"""The frames of a segment, as a container stores them."""

from __future__ import annotations

from collections.abc import Sequence

from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Segment:
    """The frames of a segment.

    frames: each as a container stores it.
    keys: indexes of the key frames.
    size: width and height in pixels.
    parameters: what a container has of the stream once, equal in all segments of a video.
    """

    frames: Sequence[bytes]
    keys: Sequence[int]
    size: tuple[int, int]
    parameters: bytes = b""
