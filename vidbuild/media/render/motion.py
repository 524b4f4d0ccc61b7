"""A motion: which layer of a drawing enters, moves and leaves at which frame, and how. On disk it is one JSON file.

Drawing and motion are kept apart, so that a reveal can move without a new drawing, and a drawing can change without a
new timeline.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from vidbuild.frozen import changed_values, dataclass, field, replaced
from vidbuild.json_types import Json
from vidbuild.media.render import easing
from vidbuild.media.render.playback import Playback

EFFECTS = ("cut", "fade", "rise", "slide", "wipe", "scale", "type", "draw")

# A box (x, y, width, height) in units of a layer's own: HOME is its place in the drawing, (-1, 0, 1, 1) the place on
# its left, and (-1, -1, 2, 2) shows its right lower quarter over its whole box, if it is clipped to that.
Box = tuple[float, float, float, float]
HOME: Box = (0, 0, 1, 1)


@dataclass(frozen=True, slots=True)
class Effect:
    """How a layer enters or leaves: from `frame` on, over `frames` frames; 0 frames mean at once.

    effect: "cut" (at once); all others fade unless stated: "fade"; "rise" (moves up, into place or out of it); "slide"
    (moves in the layer's direction); "scale" (grows into place, shrinks out of it); "wipe" (a soft edge uncovers it in
    its direction, without a fade); "draw" (as a line is drawn, in its direction, without a fade); "type" (character by
    character, with `frames` as the whole typing time; enter only).
    easing: a name in easing.py.
    """

    frame: int
    frames: int
    effect: str
    easing: str = easing.DEFAULT


@dataclass(frozen=True, slots=True)
class Key:
    """Where a layer is at a frame. Between two keys it moves; before the first and after the last it stays.

    place: a box in units of the layer's own, or the index of one of the layer's stops in the drawing (Layer.stops).
    easing: of the way from the key before to this one.
    """

    frame: int
    place: int | Box = HOME
    easing: str = "linear"


@dataclass(frozen=True, slots=True)
class Track:
    """When one layer is visible, and where.

    enter: None if it is visible from before the first frame.
    leave: None if it stays visible to the last frame.
    moves: the keys of its way, by frame; () if it stays in its place in the drawing. The whole image of the layer fills
    each place, so it is scaled if a place is not as large as the layer.
    clipped: whether only what is inside its box in the drawing is visible: a zoom into a part of it, or a pan over it.
    follows: for a cursor, the typed layers in typing order. The cursor is behind the last visible character of the
    layer typed last, and is invisible before the first character.
    states: (frame, index) by frame: from which frame on a layer of rows shows which of its states, the first before.
    """

    enter: Effect | None = None
    leave: Effect | None = None
    moves: tuple[Key, ...] = ()
    clipped: bool = False
    follows: tuple[str, ...] = ()
    states: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Motion:
    """`frames` frames at `fps` frames per second, and the track of each layer by name; a layer without one is static.

    Frame numbers count from the motion's first frame. They are negative for what began before it.

    clip: how the clip of the scene plays.
    clips: layer -> how its clip plays, of each other clip.
    exit: how all layers leave that do not stay (Layer.stays) and have not left before.
    keys: the frames that must be key frames, beside the first one; None if the encoder's plan is to choose them.
    """

    fps: int
    frames: int
    tracks: Mapping[str, Track] = field(default_factory=dict)
    clip: Playback | None = None
    exit: Effect | None = None
    clips: Mapping[str, Playback] = field(default_factory=dict)
    keys: tuple[int, ...] | None = None

    def playback(self, layer: str) -> Playback | None:
        """Return how the clip in a layer plays."""
        return self.clips.get(layer, self.clip)

    @property
    def frames_before_exit(self) -> int:
        """The number of frames before anything leaves with the exit."""
        return self.frames if self.exit is None else max(0, min(self.exit.frame, self.frames))

    def window(self, first: int, frames: int) -> Motion:
        """Return the motion of frames [first, first + frames), reduced to what is visible in them.

        Before its first frame and after its last one, a motion stays as it is there, except that a clip plays on.
        Windows that look alike are therefore equal, and so are their JSON texts.
        """
        tracks = {name: _cut(track, first, frames) for name, track in self.tracks.items()}
        clip = None if self.clip is None else self.clip.window(first, frames)
        tracks = {name: track for name, track in tracks.items() if track != Track()}
        clips = {name: each.window(first, frames) for name, each in self.clips.items()}
        keys = None if self.keys is None else tuple(key - first for key in self.keys if 0 < key - first < frames)
        return Motion(self.fps, frames, tracks, clip, _cut_exit(self.exit, first, frames), clips, keys)

    def of_irregular_clip(self, companion: str, layer: str = "") -> Motion:
        """Return the motion with a clip that is decoded from its file's beginning, with a companion.

        layer: of the clip; "" for that of the scene.
        """
        playback = self.clips[layer] if layer else self.clip
        if playback is None:
            return self
        playback = replaced(playback, regular=False, companion=companion)
        return replaced(self, clips={**self.clips, layer: playback}) if layer else replaced(self, clip=playback)

    def to_json(self) -> str:
        """Return the motion as JSON, the same bytes for the same motion; fields with their default are left out."""
        return json.dumps(_data(self), sort_keys=True, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Motion:
        """Read the JSON that `to_json` writes."""
        data = json.loads(text)
        tracks = {name: _track(item) for name, item in data.get("tracks", {}).items()}
        clip = Playback.from_data(data["clip"]) if "clip" in data else None
        leave = Effect(**data["exit"]) if "exit" in data else None
        clips = {layer: Playback.from_data(item) for layer, item in data.get("clips", {}).items()}
        keys = tuple(data["keys"]) if "keys" in data else None
        return cls(data["fps"], data["frames"], tracks, clip, leave, clips, keys)


# The `enter` of a layer that is invisible in all frames of a motion.
NEVER = Effect(frame=1 << 30, frames=0, effect="cut")


def _cut(track: Track, first: int, frames: int) -> Track:
    """Return the track of frames [first, first + frames) of a motion."""
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
    moves = _cut_moves(track.moves, first, frames)
    states = _cut_states(track.states, first, frames)
    return Track(enter, leave, moves, track.clipped and bool(moves), track.follows, states)


def _cut_states(states: tuple[tuple[int, int], ...], first: int, frames: int) -> tuple[tuple[int, int], ...]:
    """Return the states that are shown in a window, the first of them at its start."""
    shifted = [(frame - first, index) for frame, index in states if frame < first + frames]
    while len(shifted) > 1 and shifted[1][0] <= 0:
        del shifted[0]
    return tuple((max(0, frame), index) for frame, index in shifted)


def _cut_exit(effect: Effect | None, first: int, frames: int) -> Effect | None:
    shifted = _shift(effect, first)
    if shifted is None or shifted.frame >= frames:
        return None
    return Effect(0, 0, "cut") if shifted.frame + shifted.frames <= 0 else shifted


def _cut_moves(moves: tuple[Key, ...], first: int, frames: int) -> tuple[Key, ...]:
    """Return the keys of the ways that are taken in a window; of a layer that stays, one key, or none at home."""
    shifted = [replaced(key, frame=key.frame - first) for key in moves]
    while len(shifted) > 1 and shifted[1].frame <= 0:
        del shifted[0]
    while len(shifted) > 1 and shifted[-2].frame >= frames - 1:
        del shifted[-1]
    if len({key.place for key in shifted}) == 1:
        place = shifted[0].place
        return () if place == HOME else (Key(0, place),)
    return tuple(shifted)


def _shift(effect: Effect | None, first: int) -> Effect | None:
    return None if effect is None else replaced(effect, frame=effect.frame - first)


def _data(value: object) -> object:
    """Return a record as JSON values, without the fields that have their default."""
    if isinstance(value, Mapping):
        return {name: _data(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return [_data(item) for item in value]
    if not isinstance(value, (Effect, Key, Track, Motion, Playback)):
        return value
    return {name: _data(item) for name, item in changed_values(value).items()}


def _track(data: dict[str, Any]) -> Track:
    effects = {key: Effect(**data[key]) for key in ("enter", "leave") if key in data}
    moves = tuple(Key(**{**key, "place": _place(key.get("place", HOME))}) for key in data.get("moves", ()))
    states = tuple((frame, index) for frame, index in data.get("states", ()))
    follows = tuple(data.get("follows", ()))
    return Track(**effects, moves=moves, clipped=data.get("clipped", False), follows=follows, states=states)


def _place(value: Json) -> int | Box:
    return value if isinstance(value, int) else (value[0], value[1], value[2], value[3])
