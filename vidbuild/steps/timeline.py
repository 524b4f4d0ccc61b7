"""The step `timeline:SCENE`: when everything in a scene happens. It reads words and a clip's length, and writes JSON.

It is a step of its own so that its result can be the same although the words are not: what follows is then spared.
"""

from __future__ import annotations

import json
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.errors import SpecProblem
from vidbuild.timeline.timeline import lay_out
from vidbuild.voices.protocol import SpokenWord

TOLERANCE_MS = 100  # containers tell their length to about that


def run(context: Context) -> None:
    """Write the scene's motion (whole.json) and windows of it, timing.json and span.json.

    render.json, head.json and tail.json are what is filmed and what the transitions take; last.json is the last frame.

    span.json is the part of timing.json that sound and join depend on: a cue that moves does not concern them.
    """
    scene = context.params
    timeline = lay_out(scene, _speech(context), _clip_ms(context))
    for field, message in timeline.warnings:
        context.warn(message, field=field)
    motion, head, tail = timeline.motion, scene["transition_before"], scene["transition"]
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
    for name, facts in (("timing.json", timeline.timing), ("span.json", span)):
        text = json.dumps(facts, ensure_ascii=False, sort_keys=True, indent=1)
        (context.out / name).write_text(text + "\n", encoding="utf-8")


def _speech(context: Context) -> tuple[list[SpokenWord], int] | None:
    if "words" not in context.inputs:
        return None
    data: dict[str, Any] = json.loads(context.inputs["words"].read_text(encoding="utf-8"))
    return [SpokenWord(**word) for word in data["words"]], data["samples"]


def _clip_ms(context: Context) -> int | None:
    clip = context.params["clip"]
    if clip is None:
        return None
    from vidbuild.media.ffmpeg.probe import inspect

    info = inspect(context.inputs["clip"], env=context.env, field="src")
    if not info.has_video:
        raise SpecProblem("the clip has sound but no picture", field="src")
    if info.truncated:
        context.warn(f"the file is cut short: there is nothing of it after {info.duration:.1f} s", field="src")
    if info.videos > 1:
        context.warn(f"the file holds {info.videos} moving pictures, of which the first is shown", field="src")
    start, end = int(clip["start_ms"]), clip["end_ms"]
    length = round(info.duration * 1000)
    if start >= length:
        raise SpecProblem(
            f"the clip starts at {start / 1000:g} s, but it is only {length / 1000:g} s long", field="start"
        )
    if end is not None and end > length + TOLERANCE_MS:
        context.warn(
            f"the clip ends at {length / 1000:g} s, before the {end / 1000:g} s that are asked for", field="end"
        )
    return (length if end is None else min(end, length)) - start
