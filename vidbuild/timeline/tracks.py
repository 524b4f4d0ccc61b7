"""When each layer of a scene enters and leaves, as frames: entrances at the start, then the reveals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from vidbuild import timebase
from vidbuild.frozen import dataclass, replaced
from vidbuild.media.render.motion import Effect, Key, Track
from vidbuild.scenes.protocol import AFTER_TYPING, ENTRANCE, TYPING, Place, Reveal
from vidbuild.timeline import playing
from vidbuild.timeline.params import TimelineParams

# Seconds, beside those of scenes/protocol.py.
LONGER = {"wipe": 0.5, "draw": 0.6, "type": 0.8}  # entrances that take more; typed lines take what typing them takes
LEAVING = 0.3
MOVE = 0.6  # of a layer from one place to another
STAGGER = 0.08  # between a heading and the layer below it
TYPING_FASTEST = 60  # characters per second, at which a long command is typed so that it is not late for its words
TYPING_AT_LEAST = 0.35
LATE = 0.5  # a delay that deserves a warning


@dataclass(frozen=True, slots=True)
class Tracks:
    """The tracks of a scene's moving layers.

    done: the sample by which the last layer has entered.
    starts: the frame at which each reveal begins.
    """

    layers: Mapping[str, Track]
    done: int
    starts: Sequence[int]


def build_tracks(params: TimelineParams, times: Sequence[int], until: int) -> Tracks:
    """The tracks of all layers that enter, move or leave.

    times: the sample at which each reveal should begin. until: the one at which the narration ends.
    """
    builder = _Builder(params, times, until)
    for nth in range(len(params.reveals)):
        builder.add(nth)
    return builder.built()


class _Builder:
    """Collects what the layers do, reveal by reveal.

    settled: the frame by which all entrances of the scene's start are complete.
    done: the frame by which all that was added so far is complete.
    free_from: the frame from which a reveal can begin that waits for the typing or the states before it.
    until_next: the layers that the next reveal replaces.
    """

    def __init__(self, params: TimelineParams, times: Sequence[int], until: int) -> None:
        self.params, self.times, self.until = params, times, until
        self.entrances = _entrances(params)
        self.settled = max(map(_end, self.entrances.values()), default=0)
        self.enters: dict[str, Effect] = {}
        self.leaves: dict[str, Effect] = {}
        self.ways: dict[str, list[Key]] = {}
        self.states: dict[str, list[tuple[int, int]]] = {}
        self.typed: dict[str, list[str]] = {}  # cursor -> the layers that it follows
        self.until_next: Sequence[str] = ()
        self.starts: list[int] = []
        self.done = self.free_from = 0

    def add(self, nth: int) -> None:
        """Add a reveal, after all before it."""
        reveal = self.params.reveals[nth]
        start = self._start(nth)
        self.starts.append(start)
        for layer in (*reveal.leave, *self.until_next):
            self.leaves[layer] = _leaving(self.params, start, self.enters.get(layer))
        self._enter(nth, start)
        self._play(nth, start)
        self._replace(reveal, start)
        self.until_next = reveal.until_next
        for layer, place in {**reveal.moves, **reveal.zooms}.items():
            self.done = max(self.done, _move(self.params, self.ways.setdefault(layer, []), start, place))
        following = self.params.reveals[nth + 1 : nth + 2]
        if self.free_from and not reveal.states[0] and any(not _types(each) for each in following):
            self.free_from += timebase.frames(AFTER_TYPING, self.params.fps)

    def built(self) -> Tracks:
        """The tracks of all that was added."""
        enters = {**self.entrances, **self.enters}
        clipped = {layer for reveal in self.params.reveals for layer in reveal.zooms}
        tracks = {
            layer: Track(
                enters.get(layer),
                self.leaves.get(layer),
                tuple(self.ways.get(layer, ())),
                layer in clipped,
                states=tuple(self.states.get(layer, ())),
            )
            for layer in {**enters, **self.leaves, **self.ways, **self.states}
        }
        tracks |= _cursors(self.params, self.starts, self.typed)
        return Tracks(tracks, self.done * timebase.samples_per_frame(self.params.fps), self.starts)

    def _start(self, nth: int) -> int:
        """The frame at which a reveal begins: when it should, or as soon as it can."""
        reveal = self.params.reveals[nth]
        in_turn = reveal.after_previous or _types(reveal) or bool(reveal.states[0])
        replaced = self.starts[-1] if self.until_next else 0  # it takes the place of what may have waited for its turn
        wanted = timebase.frame_at(self.times[nth], self.params.fps)
        return max(wanted, self.settled, self.free_from if in_turn else 0, replaced)

    def _enter(self, nth: int, start: int) -> None:
        params, reveal = self.params, self.params.reveals[nth]
        available = _frames_to_type(params.reveals, self.times, nth, start, params.fps)
        lengths = {
            layer: _length(params, effect, reveal.characters, available) for layer, effect in reveal.enter.items()
        }
        gone = max((_end(self.leaves[layer]) for layer in reveal.leave), default=start)
        for layer, effect in reveal.enter.items():
            length = max(lengths.values()) if effect == "under" else lengths[layer]
            self.enters[layer] = _entering(params, start, length, effect, gone)
            self.done = max(self.done, _end(self.enters[layer]))
            if effect == "type" and reveal.characters:
                self.typed.setdefault(reveal.cursor, []).append(layer)
                self.free_from = start + length

    def _play(self, nth: int, start: int) -> None:
        """Let a layer of rows show the states of a reveal, if it has any."""
        params = self.params
        layer, _ = params.reveals[nth].states
        if layer:
            played, self.free_from = playing.states(params.reveals, self.times, nth, start, self.until, params.fps)
            self.states.setdefault(layer, []).extend(played)
            self.done = max(self.done, self.free_from)

    def _replace(self, reveal: Reveal, start: int) -> None:
        """Let each layer of a reveal's sequence replace the one before it."""
        at = start if reveal.sequence else 0  # without motion, the last one is there at once
        for (before, _), (layer, seconds) in pairwise(reveal.sequence):
            if not self.params.still:
                entered = self.enters[before].frame + max(self.enters[before].frames, 1)
                at = max(start + timebase.frames(seconds, self.params.fps), entered)
            self.enters[layer], self.leaves[before] = Effect(at, 0, "cut"), Effect(at, 0, "cut")
        self.done = max(self.done, at)


def _cursors(params: TimelineParams, starts: Sequence[int], typed: Mapping[str, Sequence[str]]) -> dict[str, Track]:
    """The tracks of cursors, given the layers that each follows: one is there until the last output begins."""
    found = {}
    for cursor, layers in typed.items():
        last = max(nth for nth, reveal in enumerate(params.reveals) if reveal.cursor == cursor)
        ended = None if _types(params.reveals[last]) else Effect(starts[last], 0, "cut")
        found[cursor] = Track(leave=ended, follows=tuple(layers))
    return found


def leaving(params: TimelineParams, frames: int) -> Effect | None:
    """The exit of all layers: it ends with the scene, or when the transition out of it begins."""
    if params.exit == "none" or params.still:
        return None
    length = min(params.motion_frames(LEAVING), frames - params.transition)
    return Effect(frames - params.transition - length, length, params.exit, params.easing)


def drifting(params: TimelineParams, tracks: Mapping[str, Track], frames: int) -> dict[str, Track]:
    """The tracks with the layers that move from the scene's start to its end, unless they move otherwise."""
    found = dict(tracks)
    for layer, (start, end) in params.drifts.items():
        track = found.get(layer, Track())
        if not track.moves:
            keys = (Key(0, start),) if params.still else (Key(0, start), Key(frames, end))
            found[layer] = replaced(track, moves=keys, clipped=True)
    return found


def warnings(
    params: TimelineParams, times: Sequence[int], starts: Sequence[int], frames: int
) -> Iterator[tuple[str, str, str]]:
    """(code, field, message) for each reveal that begins after the scene's end, or much later than the spec demands.

    frames: the scene's length.
    """
    fps = params.fps
    for reveal, time, start in zip(params.reveals, times, starts, strict=True):
        late = start * timebase.samples_per_frame(fps) - time
        if start >= frames:
            message = f"never shown: starts at {start / fps:.1f} s, but the scene ends at {frames / fps:.1f} s"
            yield "VB401", reveal.field, message
        elif reveal.at is not None and not reveal.after_previous and late > timebase.samples(LATE):
            delay = timebase.seconds_text(late)
            yield "VB402", reveal.field, f"starts {delay} late: what comes before it is still appearing"


def extending(params: TimelineParams, unextended: int, length: int) -> Iterator[tuple[str, str, str]]:
    """(code, field, message) for each reveal after everything else of the scene, which makes the scene longer.

    unextended: the scene's length without its reveals.
    length: its length; both in samples.
    """
    if params.duration is not None or not unextended:
        return
    for reveal in params.reveals:
        if isinstance(reveal.at, int | float) and timebase.samples(reveal.at) > unextended:
            end, longer = timebase.seconds_text(unextended), timebase.seconds_text(length)
            yield (
                "VB403",
                f"{reveal.field}.at",
                f"'at' is {reveal.at:g} s, but all else in the scene ends at {end}: the scene lasts {longer}",
            )


def _entrances(params: TimelineParams) -> dict[str, Effect]:
    return {
        layer: _entering(params, params.motion_frames(STAGGER * nth), _length(params, effect, 0, None), effect)
        for nth, (layer, effect) in enumerate(params.entrances.items())
    }


def _entering(params: TimelineParams, start: int, length: int, effect: str, gone: int = 0) -> Effect:
    """How a layer enters with a reveal that starts at a frame. gone: the frame at which the layers it replaces are."""
    if effect == "follow":
        first = max(start + length, gone)
        return Effect(first, length, "fade", params.easing) if length else Effect(first, 0, "cut")
    if effect == "under" or not length:
        return Effect(start + length, 0, "cut")
    return Effect(start, length, effect, params.easing)


def _end(effect: Effect) -> int:
    """Return the first frame after an effect."""
    return effect.frame + effect.frames


def _leaving(params: TimelineParams, start: int, enter: Effect | None) -> Effect:
    """How a layer leaves with a reveal that starts at a frame: not before it has entered."""
    entered = 0 if enter is None else _end(enter)
    return Effect(max(start, entered), params.motion_frames(LEAVING), "fade", params.easing)


def _move(params: TimelineParams, way: list[Key], start: int, place: Place) -> int:
    """Add a move to a layer's way, after the one that it is on; return the frame at which it is there."""
    before = way[-1] if way else Key(start)
    begin, frames = max(start, before.frame), params.motion_frames(MOVE)
    if frames:
        way.append(Key(begin, before.place))
    way.append(Key(begin + frames, place, params.easing))
    return begin + frames


def _types(reveal: Reveal) -> bool:
    return "type" in reveal.enter.values()


def _frames_to_type(reveals: Sequence[Reveal], times: Sequence[int], nth: int, start: int, fps: int) -> int | None:
    """The frames available to type a line before the next reveal that the spec times; None without such a reveal.

    The lines of one command share the available frames by their lengths.
    """
    following = range(nth + 1, len(reveals))
    timed = next((index for index in following if reveals[index].at is not None and times[index] > times[nth]), None)
    if timed is None:
        return None
    available = timebase.frame_at(times[timed], fps) - start - timebase.frames(AFTER_TYPING, fps)
    own = reveals[nth].characters
    lines = [reveals[nth], *(reveal for reveal in reveals[nth + 1 : timed] if reveal.after_previous)]
    return int(available * own // max(sum(line.characters for line in lines), 1))


def _length(params: TimelineParams, effect: str, characters: int, available: int | None) -> int:
    """How many frames an entrance takes. available: to type a line; None without a limit."""
    if effect == "cut" or params.still:
        return 0
    if effect != "type" or not characters:
        return params.motion_frames(LONGER.get(effect, ENTRANCE))
    wanted = timebase.frames(characters / TYPING, params.fps)
    fastest = timebase.frames(max(characters / TYPING_FASTEST, TYPING_AT_LEAST), params.fps)
    return max(1, wanted if available is None else min(wanted, max(available, fastest)))
