"""One scene's timeline: from its spoken words, pauses and reveals to frames and samples.

It is pure, and knows nothing of files, of other scenes, or of what the layers look like.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vidbuild.errors import SpecProblem
from vidbuild.media.render.animation import Change, Motion, Playback, Track
from vidbuild.media.text.align import TimedWord, align, place_cues, unsure_cues
from vidbuild.timeline import reveal_times, timebase
from vidbuild.voices.protocol import SpokenWord

ENTRANCE = 0.4  # seconds; short and eased, so that motion only points at what matters
LEAVING = 0.3
STAGGER = 0.08  # between a heading and what stands below it
TYPING = 24  # characters a second: quick, and still readable as typing
TYPING_FASTEST = 60  # a long command is typed faster rather than being late for its words
TYPING_AT_LEAST = 0.35
AFTER_TYPING = 0.35  # from the last key to the output
FASTEST_RATE = 200  # percent, the schema's limit
LATE = 0.5  # a delay that is told
REST = 1.0  # a viewer needs time to read what came last


@dataclass(frozen=True, slots=True)
class Timeline:
    """A scene in time. timing is what sound, captions and the report need, as JSON values."""

    motion: Motion
    timing: Mapping[str, Any]
    warnings: tuple[tuple[str, str], ...] = field(default=())  # (field, message)


@dataclass(frozen=True, slots=True)
class _Speech:
    words: tuple[TimedWord, ...]
    cues: Mapping[str, int]
    begin: int
    end: int
    unsure: tuple[str, ...] = ()


def lay_out(scene: Mapping[str, Any], speech: tuple[Sequence[SpokenWord], int] | None, clip_ms: int | None) -> Timeline:
    """The timeline of a scene.

    scene: the parameters of the scene's time step (see vidbuild.plan.compile). speech: the voice's words and the
    narration's length in samples. clip_ms: how long the scene's clip could play. Raises SpecProblem where the spec
    asks for what the spoken narration does not allow.
    """
    said = _speech(scene, speech)
    played = _clip_samples(clip_ms)
    at = reveal_times.moments(scene["reveals"], said.words, said.cues, *_spread_over(scene, said, played))
    tracks, done, starts = _tracks(scene, at)
    length = _length(scene, said, played, done)
    fps = scene["fps"]
    frames = timebase.frames_to_hold(length, fps)
    _check_transitions(scene, frames)
    for layer, (start, end) in scene["zooms"].items():
        tracks[layer] = Track(tracks.get(layer, Track()).enter, None, (start, end))
    motion = Motion(fps, frames, tracks, _playback(scene, played, frames))
    warnings = (*_guessed(said), *_late(scene, at, starts, frames))
    return Timeline(motion, _timing(scene, said, speech, frames), warnings)


def _speech(scene: Mapping[str, Any], speech: tuple[Sequence[SpokenWord], int] | None) -> _Speech:
    if speech is None:
        return _Speech((), {}, 0, 0)
    words, samples = speech
    begin = scene["pause_before"]
    written = scene["narration"].split()
    tokens = [(word, scene["pronounced"].get(str(index), word)) for index, word in enumerate(written)]
    spoken = align(tokens, words, samples)
    timed = tuple(TimedWord(word.text, begin + word.start, begin + word.end, word.source) for word in spoken)
    cues = {name: begin + at for name, at in place_cues(scene["cues"], spoken, samples).items()}
    return _Speech(timed, cues, begin, begin + samples, tuple(unsure_cues(scene["cues"], spoken, words)))


def _guessed(said: _Speech) -> Iterator[tuple[str, str]]:
    for name in said.unsure:
        yield "narration", f"the voice's words do not tell when cue '{name}' is reached, so its time is a guess"


def _spread_over(scene: Mapping[str, Any], said: _Speech, played: int) -> tuple[int, int]:
    """Where reveals without a time of their own may go: the narration, or else most of the scene."""
    if said.end:
        return said.begin, said.end
    whole = max(scene["duration"] or 0, played, scene["min_duration"])
    return min(timebase.samples(ENTRANCE), whole // 4), whole - whole // 4


def _clip_samples(clip_ms: int | None) -> int:
    return 0 if clip_ms is None else clip_ms * timebase.SAMPLE_RATE // 1000


def _playback(scene: Mapping[str, Any], played: int, frames: int) -> Playback | None:
    clip = scene["clip"]
    if clip is None:
        return None
    shown = min(frames, max(1, played // timebase.samples_per_frame(scene["fps"])))
    return Playback(clip["start_ms"], 0, shown, clip["fit"])


def _tracks(scene: Mapping[str, Any], at: Sequence[int]) -> tuple[dict[str, Track], int, list[int]]:
    """Each moving layer's track, the sample by which all has come, and the frame at which each reveal begins."""
    fps = scene["fps"]
    tracks: dict[str, Track] = {}
    for nth, (layer, effect) in enumerate(scene["entrances"]):
        tracks[layer] = Track(Change(timebase.frames(STAGGER * nth, fps), timebase.frames(ENTRANCE, fps), effect))
    settled = max((track.enter.frame + track.enter.frames for track in tracks.values() if track.enter), default=0)
    enters: dict[str, Change] = {}
    leaves: dict[str, Change] = {}
    typed: list[str] = []
    fleeting: Sequence[str] = ()
    starts: list[int] = []
    done = free_from = 0
    for nth, (item, sample) in enumerate(zip(scene["reveals"], at, strict=True)):
        in_turn = item["after_previous"] or _types(item)  # a terminal shows one thing after the other
        start = max(timebase.frame_at(sample, fps), settled, free_from if in_turn else 0)
        starts.append(start)
        room = _room(scene["reveals"], at, nth, start, fps)
        for layer, effect in item["enter"]:
            length = _effect_frames(effect, item["characters"], room, fps)
            enters[layer] = _entering(start, length, effect)
            done = max(done, start + length)
            if effect == "type":
                typed.append(layer)
                free_from = start + length
        for layer in (*item["leave"], *fleeting):
            come = enters[layer].frame + enters[layer].frames if layer in enters else 0
            leaves[layer] = Change(max(start, come), timebase.frames(LEAVING, fps), "fade")
        fleeting = item["until_next"]
        if nth + 1 < len(scene["reveals"]) and free_from and not _types(scene["reveals"][nth + 1]):
            free_from += timebase.frames(AFTER_TYPING, fps)
    for layer in {**enters, **leaves}:
        tracks[layer] = Track(enters.get(layer, tracks.get(layer, Track()).enter), leaves.get(layer))
    if typed:
        answered = None if _types(scene["reveals"][-1]) else Change(starts[-1], 0, "cut")
        tracks["cursor"] = Track(leave=answered, follows=tuple(typed))
    return tracks, done * timebase.samples_per_frame(fps), starts


def _late(scene: Mapping[str, Any], at: Sequence[int], starts: Sequence[int], frames: int) -> Iterator[tuple[str, str]]:
    """Reveals that nobody sees, and those that come much later than the spec says, since something was being typed."""
    fps = scene["fps"]
    for item, sample, start in zip(scene["reveals"], at, starts, strict=True):
        late = start * timebase.samples_per_frame(fps) - sample
        if start >= frames:
            yield (
                item["field"],
                f"this is never seen: it would come {start / fps:.1f} s into a scene of {frames / fps:.1f} s",
            )
        elif item["at"] is not None and not item["after_previous"] and late > timebase.samples(LATE):
            yield item["field"], f"this comes {timebase.spoken(late)} late: what stands before it is still being typed"


def _entering(start: int, length: int, effect: str) -> Change:
    return Change(start + length, 0, "cut") if effect == "under" else Change(start, length, effect)


def _types(item: Mapping[str, Any]) -> bool:
    return any(effect == "type" for _, effect in item["enter"])


def _room(reveals: Sequence[Mapping[str, Any]], at: Sequence[int], nth: int, start: int, fps: int) -> int | None:
    """Frames in which a line is to be typed for what the spec has timed next; None if it can take its time.

    The lines of one command share what there is by their lengths.
    """
    following = range(nth + 1, len(reveals))
    timed = next((index for index in following if reveals[index]["at"] is not None and at[index] > at[nth]), None)
    if timed is None:
        return None
    room = timebase.frame_at(at[timed], fps) - start - timebase.frames(AFTER_TYPING, fps)
    own = reveals[nth]["characters"]
    rest = sum(item["characters"] for item in reveals[nth:timed] if item is reveals[nth] or item["after_previous"])
    return int(room * own // max(rest, 1))


def _effect_frames(effect: str, characters: int, room: int | None, fps: int) -> int:
    if effect == "cut":
        return 0
    if effect != "type":
        return timebase.frames(ENTRANCE, fps)
    wanted = timebase.frames(characters / TYPING, fps)
    fastest = timebase.frames(max(characters / TYPING_FASTEST, min(TYPING_AT_LEAST, characters / TYPING)), fps)
    return max(1, wanted if room is None else min(wanted, max(room, fastest)))


def _length(scene: Mapping[str, Any], said: _Speech, played: int, done: int) -> int:
    """The scene's length in samples, before it is rounded up to frames."""
    spoken = said.end + scene["pause_after"] if said.end else 0
    fixed, most = scene["duration"], scene["max_duration"]
    if fixed is not None:
        if said.end > fixed:
            raise SpecProblem(
                f"this scene needs {timebase.spoken(said.end)} for its pause and narration, "
                f"{timebase.spoken(said.end - fixed)} more than its duration of {timebase.spoken(fixed)}",
                field="duration",
                hint=_mend(scene, said, said.end - fixed),
            )
        return int(fixed)
    visuals = done + timebase.samples(REST) if scene["reveals"] else 0
    length = max(scene["min_duration"], spoken, played, visuals)
    if most is not None and length > most:
        raise SpecProblem(
            f"this scene lasts {timebase.spoken(length)}, "
            f"{timebase.spoken(length - most)} over its max_duration of {timebase.spoken(most)}",
            field="max_duration",
            hint=_mend(scene, said, length - most),
        )
    return int(length)


def _mend(scene: Mapping[str, Any], said: _Speech, over: int) -> str:
    """About how many words fewer, or which rate, would bring a narration back under its limit."""
    spoken = said.end - said.begin
    if not said.words or over >= spoken:
        return f"{timebase.spoken(said.end + over)} would do"
    fewer = -(-over * len(said.words) // spoken)
    rate = -(-scene["rate"] * spoken // (spoken - over))
    faster = f", or a rate of {rate}" if rate <= FASTEST_RATE else ""
    return f"about {fewer} of its {len(said.words)} words fewer would do{faster}"


def _check_transitions(scene: Mapping[str, Any], frames: int) -> None:
    fps = scene["fps"]
    for which, name in (("transition_before", "into"), ("transition", "out of")):
        length = scene[which] * 2
        if length * 2 > frames:
            raise SpecProblem(
                f"the transition {name} this scene takes {length / fps:.1f} s, "
                f"more than half of the scene's {frames / fps:.1f} s",
                field=which,
                hint=f"{frames // 4 * 2 / fps:.1f} s would do",
            )


def _timing(
    scene: Mapping[str, Any], said: _Speech, speech: tuple[Sequence[SpokenWord], int] | None, frames: int
) -> dict[str, Any]:
    words = [{"text": word.text, "start": word.start, "end": word.end, "from": word.source} for word in said.words]
    narration = None if speech is None else {"start": said.begin, "samples": speech[1]}
    return {
        "fps": scene["fps"],
        "frames": frames,
        "samples": frames * timebase.samples_per_frame(scene["fps"]),
        "narration": narration,
        "words": words,
        "cues": dict(said.cues),
    }
