"""What a scene's picture is made of: layers (where) and tracks (when). It knows nothing of how either is made.

A *drawing* is a folder: `layers.json` (Layers) and one PNG per layer. A *motion* is one JSON file (Motion): which layer
comes and goes at which frame. Drawing and motion together are a picture; neither holds the other's facts, so that a
reveal can move without a new drawing, and a drawing can change without a new timeline.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

LAYERS_FILE = "layers.json"


@dataclass(frozen=True, slots=True)
class Layer:
    """One image, cropped to what it shows, and its place on the canvas in pixels, origin top left.

    file: the PNG's name in the drawing's folder; "" for the place of a moving picture (a clip).
    opaque: no pixel of it is transparent.
    advances: for text that is typed, the width in pixels of each character in reading order.
    """

    name: str
    file: str
    x: int
    y: int
    width: int
    height: int
    opaque: bool = False
    advances: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Layers:
    """A drawing: the canvas and its layers, the bottom one first."""

    width: int
    height: int
    layers: tuple[Layer, ...]

    def write(self, folder: Path) -> None:
        """Write layers.json into the drawing's folder."""
        text = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, indent=1)
        (folder / LAYERS_FILE).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Layers:
        """Read layers.json from a drawing's folder."""
        data = json.loads((folder / LAYERS_FILE).read_text(encoding="utf-8"))
        layers = tuple(Layer(**{**item, "advances": tuple(item["advances"])}) for item in data["layers"])
        return cls(data["width"], data["height"], layers)


@dataclass(frozen=True, slots=True)
class Change:
    """A layer comes or goes: from `frame` on, over `frames` frames (0: at once).

    effect: "cut", "fade", "rise" (fades in while it moves up into its place), "type" (coming only: character by
    character, `frames` is the whole typing time).
    """

    frame: int
    frames: int
    effect: str


@dataclass(frozen=True, slots=True)
class Track:
    """When one layer is seen. enter None: from before the first frame; leave None: to the last and on.

    zoom: its size at the first frame and at the one after the last, as a factor of its size in the drawing, about its
    centre, straight between them; the drawing's place for it is never left (what would be outside is cut off).
    follows: for a cursor: the typed layers in typing order; it stands behind the last visible character of the one
        that is being typed or was typed last, and is not seen before the first begins.
    """

    enter: Change | None = None
    leave: Change | None = None
    zoom: tuple[float, float] | None = None
    follows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Playback:
    """How a clip is shown. It starts `start_ms` into its source, of which `skip` frames of the spec's rate are passed.

    frames: how many frames it plays from the motion's first; after them its last picture stays.
    fit: "cover" (fills its place, cut off at the edges) or "contain" (all of it is seen).
    """

    start_ms: int
    skip: int
    frames: int
    fit: str


@dataclass(frozen=True, slots=True)
class Motion:
    """`frames` frames at `fps`: which layer is seen when. A layer without a track is always seen.

    Frame numbers count from the motion's first frame and may be negative: what began before goes on.
    """

    fps: int
    frames: int
    tracks: Mapping[str, Track] = field(default_factory=dict)
    clip: Playback | None = None

    def window(self, first: int, frames: int) -> Motion:
        """The motion of frames [first, first + frames), with nothing in it that cannot be told from its pictures.

        So two windows that look alike are equal, and so are their JSON texts.
        """
        tracks = {name: _cut(track, first, frames, self.frames) for name, track in self.tracks.items()}
        clip = self.clip
        if clip is not None:
            passed = min(first, clip.frames - 1)  # the last picture stays when it is over
            clip = replace(clip, skip=clip.skip + passed, frames=min(clip.frames - passed, frames))
        return Motion(self.fps, frames, {name: track for name, track in tracks.items() if track != Track()}, clip)

    def to_json(self) -> str:
        """As JSON, the same bytes for the same motion."""
        return json.dumps(asdict(self), sort_keys=True, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Motion:
        """The inverse of to_json."""
        data = json.loads(text)
        tracks = {name: _track(item) for name, item in data["tracks"].items()}
        clip = Playback(**data["clip"]) if data["clip"] else None
        return cls(data["fps"], data["frames"], tracks, clip)


NEVER = Change(frame=1 << 30, frames=0, effect="cut")


def _cut(track: Track, first: int, frames: int, length: int) -> Track:
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


def _shift(change: Change | None, first: int) -> Change | None:
    return None if change is None else replace(change, frame=change.frame - first)


def _track(data: dict[str, Any]) -> Track:
    change = {key: Change(**data[key]) if data[key] else None for key in ("enter", "leave")}
    zoom = (data["zoom"][0], data["zoom"][1]) if data["zoom"] else None
    return Track(change["enter"], change["leave"], zoom, tuple(data["follows"]))
