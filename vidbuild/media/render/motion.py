"""A motion: which layer of a drawing enters and leaves at which frame, with which effect. On disk it is one JSON file.

Drawing and motion are kept apart, so that a reveal can move without a new drawing, and a drawing can change without a
new timeline.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Effect:
    """How a layer enters or leaves: from `frame` on, over `frames` frames; 0 frames mean at once.

    effect: "cut", "fade", "rise" (fade in while moving up into place), "type" (enter only: character by character,
    with `frames` as the whole typing time).
    """

    frame: int
    frames: int
    effect: str


@dataclass(frozen=True, slots=True)
class Track:
    """When one layer is visible.

    enter: None if it is visible from before the first frame.
    leave: None if it stays visible to the last frame.
    zoom: its size at the first frame and at the one after the last, relative to its size in the drawing. It scales
    linearly about its center, and is clipped to its box in the drawing.
    follows: for a cursor, the typed layers in typing order. The cursor is behind the last visible character of the
    layer typed last, and is invisible before the first character.
    """

    enter: Effect | None = None
    leave: Effect | None = None
    zoom: tuple[float, float] | None = None
    follows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Playback:
    """How a clip plays.

    start_ms: where it starts in its file, in milliseconds.
    skip: how many frames, at the spec's rate, to skip from there.
    frames: how many frames it plays from the motion's first frame on; after them, its last frame stays.
    fit: "cover" (fill the box, crop the edges) or "contain" (show all of it).
    regular: whether decoding can begin anywhere in the file.
    companion: the audio stream of an irregular file that ffmpeg must read too ("a:0"), "" for none.
    """

    start_ms: int
    skip: int
    frames: int
    fit: str
    regular: bool = True
    companion: str = ""


@dataclass(frozen=True, slots=True)
class Motion:
    """`frames` frames at `fps` frames per second, and the track of each layer by name; a layer without one is static.

    Frame numbers count from the motion's first frame. They are negative for what began before it.
    """

    fps: int
    frames: int
    tracks: Mapping[str, Track] = field(default_factory=dict)
    clip: Playback | None = None

    def window(self, first: int, frames: int) -> Motion:
        """Return the motion of frames [first, first + frames), reduced to what is visible in them.

        Windows that look alike are therefore equal, and so are their JSON texts.
        """
        tracks = {name: _cut(track, first, frames, self.frames) for name, track in self.tracks.items()}
        clip = self.clip
        if clip is not None:
            skipped = min(first, clip.frames - 1)  # the last frame stays after the end
            clip = replace(clip, skip=clip.skip + skipped, frames=min(clip.frames - skipped, frames))
        return Motion(self.fps, frames, {name: track for name, track in tracks.items() if track != Track()}, clip)

    def of_irregular_clip(self, companion: str) -> Motion:
        """Return the motion of a clip that is decoded from its file's beginning, with a companion."""
        return self if self.clip is None else replace(self, clip=replace(self.clip, regular=False, companion=companion))

    def to_json(self) -> str:
        """Return the motion as JSON, the same bytes for the same motion."""
        return json.dumps(asdict(self), sort_keys=True, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Motion:
        """Read the JSON that `to_json` writes."""
        data = json.loads(text)
        tracks = {name: _track(item) for name, item in data["tracks"].items()}
        clip = Playback(**data["clip"]) if data["clip"] else None
        return cls(data["fps"], data["frames"], tracks, clip)


# The `enter` of a layer that is invisible in all frames of a motion.
NEVER = Effect(frame=1 << 30, frames=0, effect="cut")


def _cut(track: Track, first: int, frames: int, length: int) -> Track:
    """Return the track of frames [first, first + frames) of a motion of `length` frames."""
    enter, leave = _shift(track.enter, first), _shift(track.leave, first)
    if enter is not None and enter.frame + enter.frames <= 0:
        enter = None
    if enter is not None and enter.frame >= frames:
        enter = NEVER
    if leave is not None and leave.frame >= frames:
        leave = None
    if leave is not None and leave.frame + leave.frames <= 0:
        enter, leave = NEVER, None
    if enter == NEVER:
        return Track(enter=NEVER)
    zoom = track.zoom
    if zoom is not None:
        step = (zoom[1] - zoom[0]) / length
        zoom = (round(zoom[0] + step * first, 6), round(zoom[0] + step * (first + frames), 6))
    return Track(enter, leave, zoom, track.follows)


def _shift(effect: Effect | None, first: int) -> Effect | None:
    return None if effect is None else replace(effect, frame=effect.frame - first)


def _track(data: dict[str, Any]) -> Track:
    effects = {key: Effect(**data[key]) if data[key] else None for key in ("enter", "leave")}
    zoom = (data["zoom"][0], data["zoom"][1]) if data["zoom"] else None
    return Track(effects["enter"], effects["leave"], zoom, tuple(data["follows"]))
