"""One scene's timeline: from its spoken words, pauses and reveals to frames and samples, without any file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from vidbuild import timebase
from vidbuild.errors import SpecProblem
from vidbuild.frozen import dataclass
from vidbuild.media.render.motion import Motion
from vidbuild.media.text.words import Speech, TimedWord
from vidbuild.scenes.protocol import ENTRANCE
from vidbuild.timeline import tracks
from vidbuild.timeline.clip_times import clip_times, frames_of
from vidbuild.timeline.cuts import cuts
from vidbuild.timeline.params import TimelineParams
from vidbuild.timeline.reveal_times import reveal_times
from vidbuild.timeline.showings import shown
from vidbuild.timeline.spoken import TimedSpeech, timed_speech
from vidbuild.timeline.subtitles import Subtitles, subtitles

FASTEST_RATE = 200  # percent, the schema's limit
REST = 1.0  # seconds: a viewer needs time to read the last reveal


@dataclass(frozen=True, slots=True)
class Timeline:
    """A scene in time.

    timing: what audio, captions and the report need, as JSON values.
    warnings: (code, field, message).
    """

    motion: Motion
    timing: Mapping[str, Any]
    warnings: tuple[tuple[str, str, str], ...] = ()


def lay_out(
    params: TimelineParams,
    speeches: Sequence[Speech],
    clip_ms: float | None,
    inset_ms: Mapping[str, float] | None = None,
) -> Timeline:
    """The timeline of a scene.

    speeches: of each utterance; none for a silent scene.
    clip_ms: how long the part of the scene's clip is, in milliseconds of its file; None without a clip.
    inset_ms: layer -> the same for each clip in a corner, and each of several clips of the scene.
    Raises SpecProblem if the spec's limits do not fit the spoken narration.
    """
    timed = timed_speech(params, speeches)
    clip = clip_times(params.clip, clip_ms, timed, params.fps) if params.clip and clip_ms is not None else None
    footage = cuts(params, timed, inset_ms or {})
    clip_samples = clip.samples if clip else 0
    if not timed.words and params.duration is None:
        clip_samples = max(clip_samples, footage.samples)
    span = _reveal_span(params, timed, clip_samples)
    times = reveal_times(params.reveals, params.mentions, timed.words, timed.cues, span)
    moving = tracks.build_tracks(params, times, span[1])
    length = _length(params, timed, clip_samples, moving.done)
    frames = timebase.frames_to_hold(length, params.fps)
    _check_transitions(params, frames)
    layers = tracks.drifting(params, moving.layers, frames)
    entering = {name: layers[name] for name in params.entrances if name in layers}
    insets = {layer: frames_of(ms, params.fps) for layer, ms in (inset_ms or {}).items()}
    covered = clip.delay if clip and clip.params.covered else 0
    marks = shown(params, timed, entering, frames, insets, covered)
    layers.update(marks.tracks)
    text = subtitles(params.subtitles, timed, frames, params.fps) if params.subtitles else Subtitles()
    layers.update(text.tracks)
    leave = tracks.leaving(params, frames)
    if clip:
        layers.update(clip.tracks())
    layers.update(footage.tracks())
    playback = clip.playback(frames + params.transition) if clip else None
    clips = {**footage.playbacks(frames), **marks.clips}
    motion = Motion(params.fps, frames, layers, playback, leave, clips)
    extended = tracks.extending(params, _unextended(params, timed, clip_samples), length)
    warnings = (
        *_estimated_cues(timed),
        *extended,
        *tracks.warnings(params, times, moving.starts, frames),
        *marks.warnings,
        *text.warnings,
        *(clip.warnings(frames) if clip else ()),
        *footage.warnings(frames),
    )
    return Timeline(motion, _timing(params, timed, frames), warnings)


def _estimated_cues(timed: TimedSpeech) -> Iterator[tuple[str, str, str]]:
    for name in timed.estimated:
        yield "VB215", "narration", f"the time of cue '{name}' is estimated: no word beside it has a known time"


def _reveal_span(params: TimelineParams, timed: TimedSpeech, clip_samples: int) -> tuple[int, int]:
    """The span over which reveals without a time are spread: the narration, or else most of the scene."""
    if timed.end:
        return timed.begin, timed.end
    length = max(params.duration or 0, clip_samples, params.min_duration)
    return min(timebase.samples(ENTRANCE), length // 4), length - length // 4


def _unextended(params: TimelineParams, timed: TimedSpeech, clip_samples: int) -> int:
    """The scene's length in samples without `duration` and reveals."""
    speech = timed.end + params.pause_after if timed.end else 0
    return max(params.min_duration, speech, clip_samples)


def _length(params: TimelineParams, timed: TimedSpeech, clip_samples: int, visuals_done: int) -> int:
    """The scene's length in samples, before it is rounded up to frames."""
    fixed, most = params.duration, params.max_duration
    if fixed is not None:
        if timed.end > fixed:
            text = _texts(timed.end - fixed)
            raise SpecProblem(
                f"pause and narration take {text(timed.end)}, {text(timed.end - fixed)} more than "
                f"the scene's duration of {text(fixed)}",
                field="duration",
                hint=_how_to_fit(params, timed, timed.end, fixed),
            )
        return fixed
    visuals = visuals_done + timebase.samples(REST) if params.reveals else 0
    length = max(_unextended(params, timed, clip_samples), visuals)
    if params.paces:  # an estimate is no reason to reject a transition
        length = max(
            length, 4 * max(params.transition_before, params.transition) * timebase.samples_per_frame(params.fps)
        )
    if most is not None and length > most:
        text = _texts(length - most)
        raise SpecProblem(
            f"the scene lasts {text(length)}, {text(length - most)} over its max_duration of {text(most)}",
            field="max_duration",
            hint=_how_to_fit(params, timed, length, most),
        )
    return length


def _texts(excess: int) -> Callable[[int], str]:
    """Return how to write lengths that differ by an excess: with as many digits as it needs to be seen."""
    digits = 1 if excess * 10 >= timebase.SAMPLE_RATE else 3
    return partial(timebase.seconds_text, digits=digits)


def _how_to_fit(params: TimelineParams, timed: TimedSpeech, needed: int, limit: int) -> str:
    """About how many words to remove, or which rate to set, so that a scene fits its limit; lengths in samples."""
    spoken, excess = timed.end - timed.begin, needed - limit
    if not timed.words or excess >= spoken:
        tenths = -(-needed * 10 // timebase.SAMPLE_RATE)
        return f"allow at least {tenths / 10:.1f} s"
    words = -(-excess * len(timed.words) // spoken)
    rate = -(-params.rate * spoken // (spoken - excess))
    faster = f", or set a rate of {rate}" if params.rate and rate <= FASTEST_RATE else ""
    return f"remove about {words} of the {len(timed.words)} words{faster}"


def _check_transitions(params: TimelineParams, frames: int) -> None:
    fps = params.fps
    sides = (("transition_before", "into", params.transition_before), ("transition", "out of", params.transition))
    for name, side, half in sides:
        if half * 4 > frames:
            raise SpecProblem(
                f"the transition {side} this scene takes {half * 2 / fps:.1f} s, "
                f"more than half of the scene's {frames / fps:.1f} s",
                field=name,
                hint=f"allow at most {frames // 4 * 20 // fps / 10:.1f} s",
            )


def _timing(params: TimelineParams, timed: TimedSpeech, frames: int) -> dict[str, Any]:
    words = [
        {"text": word.text, "start": word.start, "end": word.end, "from": word.source, **_joined(word)}
        for word in timed.words
    ]
    return {
        "fps": params.fps,
        "frames": frames,
        "samples": frames * timebase.samples_per_frame(params.fps),
        "narration": {"start": timed.begin, "samples": timed.end - timed.begin} if timed.end else None,
        "words": words,
        "cues": dict(timed.cues),
        **({"utterances": [each.to_data() for each in timed.utterances]} if timed.utterances else {}),
    }


def _joined(word: TimedWord) -> dict[str, bool]:
    return {"joined": True} if word.joined else {}
