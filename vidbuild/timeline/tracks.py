"""When each layer of a scene enters and leaves, as frames: entrances at the start, then the reveals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from vidbuild import timebase
from vidbuild.media.render.motion import Effect, Track
from vidbuild.scenes.protocol import Reveal
from vidbuild.timeline.params import TimelineParams

# Seconds. Motion is short and eased: it only draws the eye to what matters.
ENTRANCE = 0.4
LEAVING = 0.3
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


def build_tracks(params: TimelineParams, times: Sequence[int]) -> Tracks:
    """The tracks of all layers that enter or leave. times: the sample at which each reveal should begin."""
    fps = params.fps
    tracks = _entrances(params)
    settled = max((track.enter.frame + track.enter.frames for track in tracks.values() if track.enter), default=0)
    enters: dict[str, Effect] = {}
    leaves: dict[str, Effect] = {}
    typed: list[str] = []
    until_next: Sequence[str] = ()
    starts: list[int] = []
    done = free_from = 0
    for nth, (reveal, time) in enumerate(zip(params.reveals, times, strict=True)):
        in_turn = reveal.after_previous or _types(reveal)  # a terminal shows one thing after the other
        start = max(timebase.frame_at(time, fps), settled, free_from if in_turn else 0)
        starts.append(start)
        available = _frames_to_type(params.reveals, times, nth, start, fps)
        for layer, effect in reveal.enter.items():
            length = _effect_frames(effect, reveal.characters, available, fps)
            enters[layer] = _entering(start, length, effect)
            done = max(done, start + length)
            if effect == "type":
                typed.append(layer)
                free_from = start + length
        for (before, _), (layer, seconds) in pairwise(reveal.sequence):
            at = max(start + timebase.frames(seconds, fps), enters[before].frame + max(enters[before].frames, 1))
            enters[layer], leaves[before] = Effect(at, 0, "cut"), Effect(at, 0, "cut")
            done = max(done, at)
        for layer in (*reveal.leave, *until_next):
            entered = enters[layer].frame + enters[layer].frames if layer in enters else 0
            leaves[layer] = Effect(max(start, entered), timebase.frames(LEAVING, fps), "fade")
        until_next = reveal.until_next
        if nth + 1 < len(params.reveals) and free_from and not _types(params.reveals[nth + 1]):
            free_from += timebase.frames(AFTER_TYPING, fps)
    for layer in {**enters, **leaves}:
        tracks[layer] = Track(enters.get(layer, tracks.get(layer, Track()).enter), leaves.get(layer))
    if typed:
        answered = None if _types(params.reveals[-1]) else Effect(starts[-1], 0, "cut")
        tracks["cursor"] = Track(leave=answered, follows=tuple(typed))
    return Tracks(tracks, done * timebase.samples_per_frame(fps), starts)


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


def _entrances(params: TimelineParams) -> dict[str, Track]:
    fps = params.fps
    return {
        layer: Track(Effect(timebase.frames(STAGGER * nth, fps), timebase.frames(ENTRANCE, fps), effect))
        for nth, (layer, effect) in enumerate(params.entrances.items())
    }


def _entering(start: int, length: int, effect: str) -> Effect:
    return Effect(start + length, 0, "cut") if effect == "under" else Effect(start, length, effect)


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


def _effect_frames(effect: str, characters: int, available: int | None, fps: int) -> int:
    if effect == "cut":
        return 0
    if effect != "type":
        return timebase.frames(ENTRANCE, fps)
    wanted = timebase.frames(characters / TYPING, fps)
    fastest = timebase.frames(max(characters / TYPING_FASTEST, TYPING_AT_LEAST), fps)
    return max(1, wanted if available is None else min(wanted, max(available, fastest)))
