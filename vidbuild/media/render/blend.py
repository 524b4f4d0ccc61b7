"""Transitions layer by layer: both scenes become one animation, in which what they have in common is one layer.

Backgrounds, and pictures over pictures, mix evenly: frame k of n has k + 1 of n + 1 parts of the coming one. Everything
else of the leaving scene has faded when the coming scene's begins to show, so texts never overprint. Layers with
the same pixels in the same place do not change at all. A morph also moves what both scenes have, from one place to the
other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from vidbuild.frozen import dataclass, replaced
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.changed_frames import track_of
from vidbuild.media.render.drawing import Layer, Layers
from vidbuild.media.render.motion import HOME, Box, Effect, Key, Motion, Track
from vidbuild.media.render.playback import Playback

EFFECTS = ("fade", "zoom", "morph")
BACKGROUND = "background"
SHARE = 0.5  # of the transition, in which the texts of a scene fade
GROWN, SMALL = 1.12, 0.9  # sizes to which a zoom takes the leaving scene, and from which the coming one grows
EASING = "smooth"


@dataclass(frozen=True, slots=True)
class Pair:
    """A layer of the leaving scene and one of the coming scene that show the same.

    same: whether they have the same pixels.
    """

    leaving: Layer
    coming: Layer
    same: bool

    @property
    def rests(self) -> bool:
        """Whether nothing changes."""
        return self.same and _box(self.leaving) == _box(self.coming)


def blended(leaving: Animation, coming: Animation, effect: str) -> Animation:
    """Return both scenes as one animation with as many frames as each of them has."""
    builder = _Builder(leaving, coming, effect, _pairs(leaving, coming, moving=effect == "morph"))
    return builder.animation()


class _Builder:
    """Collects the layers of both scenes, bottom up, with their tracks."""

    def __init__(self, leaving: Animation, coming: Animation, effect: str, pairs: Sequence[Pair]) -> None:
        self._leaving, self._coming, self._effect, self._pairs = leaving, coming, effect, pairs
        self._frames = coming.motion.frames
        self._layers: list[Layer] = []
        self._tracks: dict[str, Track] = {}
        self._grounds = {
            side: [layer for layer in each.layers.layers if _is_ground(layer)] for side, each in self._sides()
        }

    def animation(self) -> Animation:
        # By side: layers of the two scenes that differ in nothing but their pixels are equal.
        paired = {
            "a": {pair.leaving: pair for pair in self._pairs},
            "b": {pair.coming: pair for pair in self._pairs},
        }
        for side, layer in _merged(self._leaving.layers.layers, self._coming.layers.layers, self._pairs):
            if layer in paired[side]:
                self._add_pair(paired[side][layer])
            elif side == "a":
                self._add("a", layer, self._departing(layer))
            else:
                self._add("b", layer, self._arriving(layer))
        layers = Layers(self._coming.layers.width, self._coming.layers.height, tuple(self._layers))
        playbacks: dict[str, Playback] = {}
        clips = {}
        for side, each in self._sides():
            for layer in each.layers.layers:
                clip, playback = each.clip_in(layer.name), each.motion.playback(layer.name)
                if not layer.file and clip is not None and playback is not None:
                    playbacks[f"{side}:{layer.name}"] = playback
                    clips[f"{side}:{layer.name}"] = clip
        motion = Motion(self._coming.motion.fps, self._frames, self._tracks, clips=playbacks)
        folders = {f"{side}:{layer.name}": each.folder for side, each in self._sides() for layer in each.layers.layers}
        second = frozenset(name for name in folders if name.startswith("b:"))
        return Animation(self._coming.folder, layers, motion, clips=clips, folders=folders, second=second)

    def _sides(self) -> tuple[tuple[str, Animation], tuple[str, Animation]]:
        return ("a", self._leaving), ("b", self._coming)

    def _add(self, side: str, layer: Layer, track: Track) -> None:
        name = f"{side}:{layer.name}"
        own = dict(self._sides())[side]
        file = str(own.folder / layer.file) if layer.file else ""
        rows = layer.rows and replaced(layer.rows, files=tuple(str(own.folder / each) for each in layer.rows.files))
        stack = layer.stack and layer.stack.within(own.folder)
        self._layers.append(replaced(layer, name=name, file=file, rows=rows, stack=stack))
        follows = tuple(f"{side}:{each}" for each in track.follows)
        self._tracks[name] = replaced(track, follows=follows)

    def _departing(self, layer: Layer) -> Track:
        track = track_of(layer, self._leaving.motion)
        half = max(1, self._frames // 2)
        if layer.stays and layer.name != BACKGROUND:
            return replaced(track, leave=Effect(self._frames - half, half, "fade"))
        if _is_ground(layer) and any(_covers(other, layer) for other in self._grounds["b"]):
            return track
        if track.leave is None:
            length = self._frames if layer.name == BACKGROUND else _part(self._frames)
            track = replaced(track, leave=Effect(0, length, "fade"))
        return self._scaling(layer, track, 1.0, GROWN)

    def _arriving(self, layer: Layer) -> Track:
        track = track_of(layer, self._coming.motion)
        if layer.stays and layer.name != BACKGROUND:
            return replaced(track, enter=Effect(0, max(1, self._frames // 2), "fade"))
        if track.enter is None:
            mixes = _is_ground(layer) and any(_covers(layer, other) for other in self._grounds["a"])
            length = self._frames if mixes else _part(self._frames)
            track = replaced(track, enter=Effect(self._frames - length, length, "fade"))
        return self._scaling(layer, track, SMALL, 1.0)

    def _scaling(self, layer: Layer, track: Track, start: float, end: float) -> Track:
        """Let a layer grow about the middle of the frame in a zoom; not what covers the frame, or moves otherwise."""
        whole = (layer.width, layer.height) == (self._coming.layers.width, self._coming.layers.height)
        fixed = not layer.file or layer.has_states or layer.tall or layer.advances or track.follows
        if self._effect != "zoom" or whole or track.moves or fixed:
            return track
        places = (self._grown(layer, start), self._grown(layer, end))
        return replaced(track, moves=(Key(-1, places[0]), Key(self._frames, places[1], EASING)))

    def _grown(self, layer: Layer, scale: float) -> Box:
        middle = (self._coming.layers.width / 2, self._coming.layers.height / 2)
        x, y = middle[0] + (layer.x - middle[0]) * scale, middle[1] + (layer.y - middle[1]) * scale
        return _place(layer, (x, y, layer.width * scale, layer.height * scale))

    def _add_pair(self, pair: Pair) -> None:
        """Add a layer that both scenes have: once if it has the same pixels, or else as a mixture of the two."""
        if f"b:{pair.coming.name}" in self._tracks:
            return
        there, here = _place(pair.leaving, _box(pair.coming)), _place(pair.coming, _box(pair.leaving))
        if pair.rests:
            self._add("b", pair.coming, Track())
        elif pair.same:
            self._add("b", pair.coming, Track(moves=self._keys(here, HOME)))
        else:
            half = max(1, self._frames // 2)
            self._add(
                "a", pair.leaving, Track(leave=Effect(self._frames - half, half, "fade"), moves=self._keys(HOME, there))
            )
            self._add("b", pair.coming, Track(enter=Effect(0, half, "fade"), moves=self._keys(here, HOME)))

    def _keys(self, start: Box, end: Box) -> tuple[Key, Key]:
        return Key(-1, start), Key(self._frames, end, EASING)


def _pairs(leaving: Animation, coming: Animation, *, moving: bool) -> list[Pair]:
    """Return the layers that both scenes have, in an order that both drawings have. moving: also in other places."""
    pixels = {
        side: {layer.name: _pixels(each, layer) for layer in each.layers.layers if _rests(layer, each.motion)}
        for side, each in (("a", leaving), ("b", coming))
    }
    found, taken = [], set()
    for layer in leaving.layers.layers:
        for other in sorted(coming.layers.layers, key=lambda each: _likeness(layer, each)):
            usable = layer.name in pixels["a"] and other.name in pixels["b"] and other.name not in taken
            if not usable or not (pair := _pair(layer, other, (leaving, coming), pixels, moving=moving)):
                continue
            found.append(pair)
            taken.add(other.name)
            break
    # Layers whose order is another in the two drawings cannot be in the same place of one.
    orders = [[layer.name for layer in each.layers.layers] for each in (leaving, coming)]
    kept: list[Pair] = []
    for pair in sorted(found, key=lambda each: orders[0].index(each.leaving.name)):
        if not kept or orders[1].index(pair.coming.name) > orders[1].index(kept[-1].coming.name):
            kept.append(pair)
    return kept


def _pair(
    layer: Layer,
    other: Layer,
    scenes: tuple[Animation, Animation],
    pixels: Mapping[str, Mapping[str, bytes]],
    *,
    moving: bool,
) -> Pair | None:
    moving = moving and not (layer.tall or other.tall)
    same = pixels["a"][layer.name] == pixels["b"][other.name]
    if same and (_box(layer) == _box(other) or (moving and layer.name != BACKGROUND)):
        return Pair(layer, other, same=True)
    if moving and layer.name == other.name != BACKGROUND:
        from vidbuild.media.render import likeness  # imports Pillow, which only a morph needs

        files = [each.folder / one.file for each, one in zip(scenes, (layer, other), strict=True)]
        if (layer.edges and other.edges) or likeness.alike(files[0], files[1]):
            return Pair(layer, other, same=False)
    return None


def _merged(leaving: Sequence[Layer], coming: Sequence[Layer], pairs: Sequence[Pair]) -> Iterator[tuple[str, Layer]]:
    """Yield the layers of both drawings from the bottom up, with their side; pairs are in the same place of both."""
    partner = {pair.coming.name: pair.leaving.name for pair in pairs}
    below = [f"a:{layer.name}" for layer in leaving]
    above = [f"a:{partner[layer.name]}" if layer.name in partner else f"b:{layer.name}" for layer in coming]
    matcher = SequenceMatcher(None, below, above, autojunk=False)
    for _, start, end, other_start, other_end in matcher.get_opcodes():
        yield from (("a", layer) for layer in leaving[start:end])
        yield from (("b", layer) for layer in coming[other_start:other_end])


def _rests(layer: Layer, motion: Motion) -> bool:
    return bool(layer.file) and not layer.has_states and track_of(layer, motion) == Track()


def _pixels(animation: Animation, layer: Layer) -> bytes:
    return (animation.folder / layer.file).read_bytes()


def _likeness(layer: Layer, other: Layer) -> tuple[bool, int]:
    return layer.name != other.name, abs(layer.x - other.x) + abs(layer.y - other.y)


def _is_ground(layer: Layer) -> bool:
    """Whether a layer is no text: a background, a picture or a clip, which mixes with what it replaces."""
    return (layer.opaque and not layer.has_states) or not layer.file


def _covers(layer: Layer, other: Layer) -> bool:
    """Whether a layer covers nearly all of another one."""
    across = min(layer.x + layer.width, other.x + other.width) - max(layer.x, other.x)
    down = min(layer.y + layer.height, other.y + other.height) - max(layer.y, other.y)
    most = layer.name == BACKGROUND == other.name or (BACKGROUND not in {layer.name, other.name})
    return most and across > 0 and down > 0 and across * down >= 0.9 * other.width * other.height


def _part(frames: int) -> int:
    return max(1, math.ceil(frames * SHARE))


def _box(layer: Layer) -> Box:
    return layer.x, layer.y, layer.width, layer.height


def _place(layer: Layer, box: Box) -> Box:
    """Return a box in pixels in units of a layer's own."""
    x, y, width, height = box
    own = layer.width, layer.height
    return (x - layer.x) / own[0], (y - layer.y) / own[1], width / own[0], height / own[1]
