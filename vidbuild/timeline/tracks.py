"""When each layer of a scene enters and leaves, as frames: entrances at the start, then the reveals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from vidbuild import timebase
from vidbuild.media.render.motion import Effect, Key, Track
from vidbuild.scenes.protocol import Place, Reveal
from vidbuild.timeline import playing
from vidbuild.timeline.params import TimelineParams

# Seconds. Motion is short and eased: it only draws the eye to what matters.
ENTRANCE = 0.4
LONGER = {"wipe": 0.5, "draw": 0.6, "type": 0.8}  # entrances that take more; typed lines take what typing them takes
LEAVING = 0.3
MOVE = 0.6  # of a layer from one place to another
STAGGER = 0.08  # between a heading and the layer below it
# Typing: characters per second at which it is quick and still readable, and the speed at which a long command is typed
# so that it is not late for its words.
TYPING = 24
TYPING_FASTEST = 60
TYPING_AT_LEAST = 0.35
AFTER_TYPING = 0.35  # from the last key to the output
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
    fps = params.fps
    entrances = _entrances(params)
    settled = max((effect.frame + effect.frames for effect in entrances.values()), default=0)
    enters: dict[str, Effect] = {}
    leaves: dict[str, Effect] = {}
    ways: dict[str, list[Key]] = {}
    states: dict[str, list[tuple[int, int]]] = {}
    typed: dict[str, list[str]] = {}
    until_next: Sequence[str] = ()
    starts: list[int] = []
    done = free_from = 0
    for nth, (reveal, time) in enumerate(zip(params.reveals, times, strict=True)):
        in_turn = reveal.after_previous or _types(reveal) or bool(reveal.states[0])
        replaced = starts[-1] if until_next else 0  # it takes the place of what may have waited for its turn
        start = max(timebase.frame_at(time, fps), settled, free_from if in_turn else 0, replaced)
        starts.append(start)
        available = _frames_to_type(params.reveals, times, nth, start, fps)
        lengths = {
            layer: _length(params, effect, reveal.characters, available) for layer, effect in reveal.enter.items()
        }
        for layer, effect in reveal.enter.items():
            length = max(lengths.values()) if effect == "under" else lengths[layer]
            enters[layer] = _entering(params, start, length, effect)
            done = max(done, enters[layer].frame + enters[layer].frames)
            if effect == "type" and reveal.characters:
                typed.setdefault(reveal.cursor, []).append(layer)
                free_from = start + length
        if layer := reveal.states[0]:
            played, free_from = playing.states(params.reveals, times, nth, start, until, fps)
            states.setdefault(layer, []).extend(played)
            done = max(done, free_from)
        done = max(done, _replace(params, reveal, start, enters, leaves))
        for layer in (*reveal.leave, *until_next):
            leaves[layer] = _leaving(params, start, enters.get(layer))
        until_next = reveal.until_next
        for layer, place in {**reveal.moves, **reveal.zooms}.items():
            done = max(done, _move(params, ways.setdefault(layer, []), start, place))
        if nth + 1 < len(params.reveals) and free_from and not reveal.states[0] and not _types(params.reveals[nth + 1]):
            free_from += timebase.frames(AFTER_TYPING, fps)
    enters = {**entrances, **enters}
    clipped = {layer for reveal in params.reveals for layer in reveal.zooms}
    tracks = {
        layer: Track(
            enters.get(layer),
            leaves.get(layer),
            tuple(ways.get(layer, ())),
            layer in clipped,
            states=tuple(states.get(layer, ())),
        )
        for layer in {**enters, **leaves, **ways, **states}
    }
    tracks |= _cursors(params, starts, typed)
    return Tracks(tracks, done * timebase.samples_per_frame(fps), starts)


def _replace(
    params: TimelineParams, reveal: Reveal, start: int, enters: dict[str, Effect], leaves: dict[str, Effect]
) -> int:
    """Let each layer of a reveal's sequence replace the one before it; return the frame at which the last enters."""
    at = start if reveal.sequence else 0  # without motion, the last one is there at once
    for (before, _), (layer, seconds) in pairwise(reveal.sequence):
        if not params.still:
            entered = enters[before].frame + max(enters[before].frames, 1)
            at = max(start + timebase.frames(seconds, params.fps), entered)
        enters[layer], leaves[before] = Effect(at, 0, "cut"), Effect(at, 0, "cut")
    return at


def _cursors(params: TimelineParams, starts: Sequence[int], typed: Mapping[str, Sequence[str]]) -> dict[str, Track]:
    """The tracks of cursors, given the layers that each follows: one is there until the last answer begins."""
    found = {}
    for cursor, layers in typed.items():
        last = max(nth for nth, reveal in enumerate(params.reveals) if reveal.cursor == cursor)
        answered = None if _types(params.reveals[last]) else Effect(starts[last], 0, "cut")
        found[cursor] = Track(leave=answered, follows=tuple(layers))
    return found


def leaving(params: TimelineParams, frames: int) -> Effect | None:
    """The exit of all layers: it ends with the scene, or where the transition out of it begins."""
    if params.exit == "none" or params.still:
        return None
    length = min(_frames(params, LEAVING), frames - params.transition)
    return Effect(frames - params.transition - length, length, params.exit, params.easing)


def drifting(params: TimelineParams, tracks: Mapping[str, Track], frames: int) -> dict[str, Track]:
    """The tracks with the layers that move from the scene's start to its end, unless they move otherwise."""
    found = dict(tracks)
    for layer, (start, end) in params.drifts.items():
        track = found.get(layer, Track())
        if not track.moves:
            keys = (Key(0, start),) if params.still else (Key(0, start), Key(frames, end))
            found[layer] = replace(track, moves=keys, clipped=True)
    return found


def warnings(
    params: TimelineParams, times: Sequence[int], starts: Sequence[int], frames: int
) -> Iterator[tuple[str, str]]:
    """(field, message) for each reveal that begins after the scene's end, or much later than the spec demands.

    frames: the scene's length.
    """
    fps = params.fps
    for reveal, time, start in zip(params.reveals, times, starts, strict=True):
        late = start * timebase.samples_per_frame(fps) - time
        if start >= frames:
            yield (
                reveal.field,
                f"never shown: starts at {start / fps:.1f} s, but the scene ends at {frames / fps:.1f} s",
            )
        elif reveal.at is not None and not reveal.after_previous and late > timebase.samples(LATE):
            delay = timebase.seconds_text(late)
            yield reveal.field, f"starts {delay} late: the entry before it is still being typed"


def extending(params: TimelineParams, unextended: int, length: int) -> Iterator[tuple[str, str]]:
    """(field, message) for each reveal at a second after everything else of the scene, which makes the scene longer.

    unextended: the scene's length without its reveals.
    length: its length; both in samples.
    """
    if params.duration is not None or not unextended:
        return
    for reveal in params.reveals:
        if isinstance(reveal.at, int | float) and timebase.samples(reveal.at) > unextended:
            end, longer = timebase.seconds_text(unextended), timebase.seconds_text(length)
            yield (
                f"{reveal.field}.at",
                f"'at' is {reveal.at:g} s, but all else in the scene ends at {end}: the scene lasts {longer}",
            )


def _entrances(params: TimelineParams) -> dict[str, Effect]:
    return {
        layer: _entering(params, _frames(params, STAGGER * nth), _length(params, effect, 0, None), effect)
        for nth, (layer, effect) in enumerate(params.entrances.items())
    }


def _entering(params: TimelineParams, start: int, length: int, effect: str) -> Effect:
    if effect == "under" or not length:
        return Effect(start + length, 0, "cut")
    if effect == "follow":
        return Effect(start + length, length, "fade", params.easing)
    return Effect(start, length, effect, params.easing)


def _leaving(params: TimelineParams, start: int, enter: Effect | None) -> Effect:
    """How a layer leaves with a reveal that starts at a frame: not before it has entered."""
    entered = 0 if enter is None else enter.frame + enter.frames
    return Effect(max(start, entered), _frames(params, LEAVING), "fade", params.easing)


def _move(params: TimelineParams, way: list[Key], start: int, place: Place) -> int:
    """Add a move to a layer's way, after the one that it is on; return the frame at which it is there."""
    before = way[-1] if way else Key(start)
    begin, frames = max(start, before.frame), _frames(params, MOVE)
    if frames:
        way.append(Key(begin, before.place))
    way.append(Key(begin + frames, place, params.easing))
    return begin + frames


def _frames(params: TimelineParams, seconds: float) -> int:
    """The frames of a motion that takes so long at the normal pace."""
    return 0 if params.still else timebase.frames(seconds / params.pace, params.fps)


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
        return _frames(params, LONGER.get(effect, ENTRANCE))
    wanted = timebase.frames(characters / TYPING, params.fps)
    fastest = timebase.frames(max(characters / TYPING_FASTEST, TYPING_AT_LEAST), params.fps)
    return max(1, wanted if available is None else min(wanted, max(available, fastest)))
