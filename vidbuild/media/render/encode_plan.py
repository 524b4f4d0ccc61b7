"""Decide which frames of which bands are encoded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from vidbuild.frozen import dataclass, replaced
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.bands import Band, KeyFrames, divide, key_frames, undivided, with_key_frames
from vidbuild.media.render.changed_frames import changed_frames, track_of, visible_layers

LARGE = 0.5  # of a frame: a layer that fills more is large


@dataclass(frozen=True, slots=True)
class EncodePlan:
    """What to encode of a segment: bands, each with its frames, and the key frames among these.

    moving: whether something large moves in them, or a clip plays.
    """

    bands: tuple[Band, ...]
    keys: KeyFrames
    moving: bool = True

    def file(self, index: int) -> str:
        """Name the file for the encoded stream of a band."""
        return f"band-{index}.h264"

    def below(self, row: int) -> EncodePlan:
        """Return the plan for the bands from this row of the frame on."""
        return replaced(self, bands=tuple(band for band in self.bands if band.row >= row))

    def within(self, rows: Sequence[int], changes: Iterable[int]) -> EncodePlan:
        """Return the plan for these rows of the frame alone, as one band, over which more changes at some frames.

        rows: the first row, and the end. A key frame that repeats another one in the whole is encoded, since what is
        over the rows may be another then.
        """
        first, end = rows
        keys = KeyFrames(self.keys.coded | set(self.keys.repeats))
        own = (band.frames for band in self.bands if band.row < end and band.row + band.rows > first)
        frames = sorted({*changes, *keys.coded, *chain.from_iterable(own)})
        band = Band(first, end - first, self.bands[0].height, tuple(frames))
        return replaced(self, bands=(band,), keys=keys)

    @property
    def most_frames(self) -> int:
        """The number of frames of the band that is encoded most often."""
        return max(len(band.frames) for band in self.bands)

    @property
    def encoded(self) -> float:
        """The number of frames to encode, each band counted as its share of a frame's height."""
        height = sum(band.rows for band in self.bands)
        return round(sum(band.rows * len(band.frames) for band in self.bands) / height, 1)


def encode_plan(
    animation: Animation, profile: Mapping[str, Any], strip: int = 0, rows: Sequence[int] = ()
) -> EncodePlan:
    """Plan to encode only what changes, unless the profile (see encode.py) asks for every frame.

    strip: how many pixels at the lower edge are in bands of their own, if not every frame is encoded.
    rows: first row and end of others that are so.
    """
    layers, motion = animation.layers, animation.motion
    if profile["holds"] == "encoded":
        return full_plan(layers.height, range(motion.frames), motion.fps, profile)
    interval = profile["keyint_seconds"] * motion.fps
    changes = changed_frames(layers, motion)
    if profile["holds"] == "repeated":
        keys = key_frames(changes, motion.frames, interval)
        coded = _coded(profile, changes, keys, motion.frames)
        return EncodePlan(undivided(layers.height, coded), keys)
    chosen = motion.keys is not None
    keys = KeyFrames(frozenset({0, *(motion.keys or ())})) if chosen else key_frames(changes, motion.frames, interval)
    return EncodePlan(with_key_frames(divide(layers, motion, strip, rows), keys), keys, _moves(animation))


def full_plan(height: int, frames: range, fps: int, profile: Mapping[str, Any]) -> EncodePlan:
    """Plan to encode every frame, as one band of this height in pixels."""
    return EncodePlan(undivided(height, frames), key_frames(frames, len(frames), profile["keyint_seconds"] * fps))


def _moves(animation: Animation) -> bool:
    """Return whether a clip plays, or an image that fills most of the frame is scaled or moved."""
    layers, motion = animation.layers, animation.motion
    least = LARGE * layers.width * layers.height
    return any(
        not layer.file or (layer.width * layer.height > least and track_of(layer, motion).moves)
        for layer in visible_layers(layers, motion)
    )


def _coded(profile: Mapping[str, Any], changes: Sequence[int], keys: KeyFrames, frames: int) -> tuple[int, ...]:
    """Return the frames to encode of a segment whose other frames repeat them: those that change, and key frames.

    after_keys, in the profile: whether the frame after a key frame is encoded too, if decoders do not repeat a key.
    """
    after = {key + 1 for key in keys.coded if key + 1 < frames} if profile.get("after_keys") else set()
    return tuple(sorted({*changes, *keys.coded, *after}))
