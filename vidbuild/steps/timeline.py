"""The step `timeline:SCENE`: when everything in a scene happens, from the spoken words and the clip's length.

It is a step of its own so that other words can lead to the same result, which spares everything that depends on it.
"""

from __future__ import annotations

import json
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.errors import SpecProblem
from vidbuild.media.text.words import EngineWord, Speech
from vidbuild.timeline.params import ClipParams, TimelineParams
from vidbuild.timeline.timeline import lay_out

TOLERANCE_MS = 100  # the precision of the lengths that containers report


def run(context: Context) -> None:
    """Write the scene's motion (whole.json) and windows of it, timing.json and span.json.

    render.json is what the scene's render step renders, head.json and tail.json what the transitions render, last.json
    the last frame. span.json is the part of timing.json that audio and mux need; it does not change if a cue moves.
    """
    params = TimelineParams.from_data(context.params)
    timeline = lay_out(params, _speech(context), _clip_ms(context, params.clip))
    for field, message in timeline.warnings:
        context.warn(message, field=field)
    motion, head, tail = timeline.motion, params.transition_before, params.transition
    windows = {
        "whole.json": motion,
        "last.json": motion.window(motion.frames - 1, 1),
        "render.json": motion.window(head, motion.frames - head - tail),
        "head.json": motion.window(0, head),
        "tail.json": motion.window(motion.frames - tail, tail),
    }
    for name, window in windows.items():
        (context.out / name).write_text(window.to_json(), encoding="utf-8")
    span = {name: timeline.timing[name] for name in ("fps", "frames", "samples", "narration")}
    for name, data in (("timing.json", timeline.timing), ("span.json", span)):
        text = json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1)
        (context.out / name).write_text(text + "\n", encoding="utf-8")


def _speech(context: Context) -> Speech | None:
    if "words" not in context.inputs:
        return None
    data: dict[str, Any] = json.loads(context.inputs["words"].read_text(encoding="utf-8"))
    phrases = [(start, end) for start, end in data["phrases"]]
    return Speech([EngineWord(**word) for word in data["words"]], data["samples"], phrases)


def _clip_ms(context: Context, clip: ClipParams | None) -> int | None:
    """How long the clip can play, in milliseconds."""
    if clip is None:
        return None
    from vidbuild.media.ffmpeg.probe import probe

    info = probe(context.inputs["clip"], env=context.env, field="src")
    if not info.has_video:
        raise SpecProblem("the clip has audio but no video", field="src")
    if info.truncated:
        context.warn(f"the file is truncated: it ends after {info.duration:.1f} s", field="src")
    if info.videos > 1:
        context.warn(f"the file has {info.videos} video streams; the first is used", field="src")
    length = round(info.duration * 1000)
    if clip.start_ms >= length:
        raise SpecProblem(
            f"'start' is {clip.start_ms / 1000:g} s, but the clip lasts only {length / 1000:g} s", field="start"
        )
    if clip.end_ms is not None and clip.end_ms > length + TOLERANCE_MS:
        context.warn(f"'end' is {clip.end_ms / 1000:g} s, but the clip lasts only {length / 1000:g} s", field="end")
    return (length if clip.end_ms is None else min(clip.end_ms, length)) - clip.start_ms
