"""The step `timeline:SCENE`: when everything in a scene happens, from the spoken words and the clip's length.

It is a step of its own so that other words can lead to the same result, which spares everything that depends on it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild import timebase
from vidbuild.engine.graph.context import Context
from vidbuild.media.h264.encode import PROFILES
from vidbuild.media.render import holds
from vidbuild.media.render.motion import Motion, Track
from vidbuild.media.text.words import EngineWord, Speech
from vidbuild.steps.inset_fields import field_of_clip, located
from vidbuild.steps.utterances import of_utterances
from vidbuild.timeline import recorded_text
from vidbuild.timeline.clip_params import ClipParams
from vidbuild.timeline.params import TimelineParams
from vidbuild.timeline.spoken import estimated_speeches
from vidbuild.timeline.timeline import lay_out

KEY_SECONDS = PROFILES["standard"]["keyint_seconds"]  # the only profile whose segments are rendered without holds

if TYPE_CHECKING:
    from vidbuild.media.ffmpeg.clip_part import ClipPart
    from vidbuild.media.ffmpeg.media_info import MediaInfo


def run(context: Context) -> None:
    """Write the scene's motion (whole.json) and windows of it, timing.json and span.json.

    render.json is the scene without its transitions, last.json the last frame that shows all of the scene. head.json
    and tail.json are what the transitions render: as long as they are, so half of each is outside the scene. span.json
    is the part of timing.json that audio and mux need; it does not change if a cue moves.

    short.json is what the scene's render step renders of render.json: all that changes, with as little as possible of
    what stays; holds.json is what the mux adds. So a picture that only stays longer is not rendered again.
    """
    params = TimelineParams.from_data(context.params)
    clip = None if params.clip is None else _clip_part(context, params.clip)
    fields = {each.plays: each.field for each in params.showings if each.plays}
    fields |= {each.layer: each.field for each in (params.cuts.clips if params.cuts else ())}
    insets = {layer: _clip_part(context, params.insets[layer], layer, field) for layer, field in fields.items()}
    speeches = _speeches(context) or estimated_speeches(params)
    inset_ms = {layer: part.seconds * 1000 for layer, part in insets.items()}
    timeline = lay_out(params, speeches, None if clip is None else clip.seconds * 1000, inset_ms)
    for code, field, message in timeline.warnings:
        context.warn(code, message, field=field)
    for field, message, hint in recorded_text.warnings(params, speeches):
        context.warn("VB218", message, field=field, hint=hint)
    motion, head, tail = timeline.motion, params.transition_before, params.transition
    windows = {
        "whole.json": motion,
        "last.json": motion.window(max(0, motion.frames_before_exit - 1), 1),
        "render.json": motion.window(head, motion.frames - head - tail),
        "head.json": motion.window(-head, 2 * head),
        "tail.json": motion.window(motion.frames - tail, 2 * tail),
    }
    shortened = holds.shortened(windows["render.json"], KEY_SECONDS * params.fps)
    windows |= {"render.json": shortened.whole, "short.json": shortened.short}
    span = {name: timeline.timing[name] for name in ("fps", "frames", "samples", "narration")}
    if "utterances" in timeline.timing:
        span["utterances"] = [each["start"] for each in timeline.timing["utterances"]]
    if clip is not None:
        span["clip"] = {**_audio_facts(clip.info), **_runs(motion)}
    audible = {layer: part for layer, part in insets.items() if params.insets[layer].audible}
    if audible:
        span["insets"] = {
            layer: {**_audio_facts(part.info), **_audible_span(motion, layer)} for layer, part in audible.items()
        }
    for layer, part in {**({"": clip} if clip else {}), **insets}.items():
        if not part.info.regular:
            companion = _companion(part.info)
            windows = {name: window.of_irregular_clip(companion, layer) for name, window in windows.items()}
    for name, window in windows.items():
        (context.out / name).write_text(window.to_json(), encoding="utf-8")
    (context.out / "holds.json").write_text(f"{json.dumps([each.to_data() for each in shortened.holds])}\n")
    for name, data in (("timing.json", timeline.timing), ("span.json", span)):
        text = json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1)
        (context.out / name).write_text(text + "\n", encoding="utf-8")


def _audio_facts(info: MediaInfo) -> dict[str, Any]:
    track = info.audio_track if info.has_audio else 0
    return {"track": track, "regular": info.regular, "origin": round(info.start, 6)}


def _audible_span(motion: Motion, layer: str) -> dict[str, Any]:
    """Return the first sample and the number of samples that the clip of a layer plays, as long as it is visible.

    Of one that is repeated, return its runs, as `_runs` does.
    """
    playback, track = motion.clips[layer], motion.tracks.get(layer, Track())
    end = min(playback.frames, motion.frames if track.leave is None else min(track.leave.frame, motion.frames))
    per_frame = timebase.samples_per_frame(motion.fps)
    if playback.repeats:
        runs = playback.runs(end)
        return {"runs": [[each * per_frame for each in run] for run in runs]}
    return {"at": playback.hold * per_frame, "samples": max(0, end - playback.hold) * per_frame}


def _companion(info: MediaInfo) -> str:
    return f"a:{info.audio_track - 1}" if info.audio_track and not info.audio_empty else ""


def _runs(motion: Motion) -> dict[str, Any]:
    """Return when the clip's audio plays, for a clip that does not simply play from the scene's start on.

    In samples: [from the scene's start, from the clip's start, how many].
    """
    runs = [] if motion.clip is None else list(motion.clip.runs(motion.frames))
    if len(runs) == 1 and runs[0].frame == runs[0].skip == 0:
        return {}
    per_frame = timebase.samples_per_frame(motion.fps)
    return {"runs": [[each * per_frame for each in run] for run in runs]}


def _speeches(context: Context) -> list[Speech]:
    """Return what was spoken for each utterance of the scene."""
    return [_speech(path) for path in of_utterances(context.inputs, "words")]


def _speech(file: Path) -> Speech:
    data: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    phrases = [(start, end) for start, end in data["phrases"]]
    return Speech(
        [EngineWord(**word) for word in data["words"]], data["samples"], phrases, data["source"], data["voice"]
    )


def _clip_part(context: Context, clip: ClipParams, layer: str = "", field: str = "") -> ClipPart:
    """Measure what a clip can play. layer, field: of a clip in a corner; "" for that of the scene."""
    from vidbuild.media.ffmpeg.clip_part import clip_part
    from vidbuild.media.render import tonemap

    with located(field):
        part = clip_part(
            context.inputs[f"clip:{layer}" if layer else "clip"],
            clip.start_ms,
            clip.end_ms,
            audible=clip.audible,
            track=clip.audio_track,
            poster_ms=clip.poster_ms,
            env=context.env,
        )
    for warning in part.warnings:
        context.warn(warning.code, warning.message, field=field_of_clip(field, warning.field), hint=warning.hint)
    if unknown := tonemap.unknown_colors(part.info.matrix_tag, part.info.transfer, part.info.primaries):
        message = f"the file's colors are not converted: {unknown}"
        context.warn("VB326", message, field=field_of_clip(field, "src"))
    return part
