"""The step `film:SCENE`: a scene's own pictures, between its transitions, as an H.264 segment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidbuild.engine.context import Context
from vidbuild.errors import StepError
from vidbuild.media import compose, encode, ffmpeg, graph, h264
from vidbuild.media.graph import Stream
from vidbuild.media.inspect import inspect
from vidbuild.media.layer import Clip, Picture
from vidbuild.media.moments import moments
from vidbuild.media.picture import Layers, Motion

SEGMENT = "segment.h264"
THUMB = "thumb.jpg"
FACTS = "film.json"
THUMB_WIDTH = 480
TIMEOUT_LEAST = 300.0
TIMEOUT_PER_FRAME = 2.0


def run(context: Context) -> None:
    """Write segment.h264, thumb.jpg (its last picture) and film.json."""
    picture = read(context)
    args = film_arguments(picture, context.params["profile"], context.out)
    frames = picture.motion.frames
    shoot(context, args, frames, "film the scene")
    verify(context.out / SEGMENT, picture, frames)
    write_facts(context.out, frames)


def film_arguments(picture: Picture, profile: Mapping[str, Any], out: Path) -> list[str]:
    """The arguments for ffmpeg that make a segment and its thumbnail."""
    times = moments(picture.layers, picture.motion)
    segment, thumb = graph.split(compose.pictures(picture))
    coded = compose.held(compose.encodable(segment, profile["pixels"]), picture.motion)
    jpeg = {"format": "image2", "update": 1, "q:v": 3, "frames:v": 2, "fps_mode": "passthrough", "threads:v": 1}
    return graph.arguments(
        segment_of(coded, picture.motion.frames, picture.motion.fps, profile, out),
        graph.output(compose.small(thumb, THUMB_WIDTH, len(times) - 1), out / THUMB, jpeg),
    )


def segment_of(stream: Stream, frames: int, fps: int, profile: Mapping[str, Any], out: Path) -> Stream:
    """The segment that a stream of encodable pictures at a constant rate becomes."""
    return graph.output(stream, out / SEGMENT, {**encode.settings(profile, fps), "frames:v": frames})


def read(context: Context, prefix: str = "") -> Picture:
    """The picture in a step's inputs; StepError where it can't be one."""
    folder = context.inputs[f"{prefix}layers"]
    layers = Layers.read(folder)
    motion = Motion.from_json(context.inputs[f"{prefix}motion"].read_text(encoding="utf-8"))
    size = tuple(context.params["size"])
    if (layers.width, layers.height) != size:
        raise StepError(f"the drawing is {layers.width}x{layers.height}, but the video {size[0]}x{size[1]}")
    if motion.frames <= 0:
        raise StepError(f"there is nothing to film: the motion has {motion.frames} frames")
    path = context.inputs.get(f"{prefix}clip")
    clip = Clip(path, inspect(path, env=context.env)) if path is not None and motion.clip is not None else None
    if clip is not None and not clip.info.has_video:
        raise StepError("the clip has sound but no picture", field="src")
    return Picture(folder, layers, motion, clip)


def shoot(context: Context, args: list[str], frames: int, what: str) -> None:
    """Run ffmpeg and tell how far it is."""
    ffmpeg.run(
        args,
        cwd=context.scratch,
        env=context.env,
        timeout=TIMEOUT_LEAST + TIMEOUT_PER_FRAME * frames,
        what=what,
        progress=lambda done: context.progress(min(done, frames), frames),
    )


def verify(segment: Path, picture: Picture, frames: int) -> None:
    """A segment that isn't what was asked for must never be joined, whatever ffmpeg's exit code said."""
    try:
        found = h264.scan(segment.read_bytes())
    except h264.H264Error as error:
        raise StepError(f"ffmpeg wrote a damaged segment: {error}") from error
    wanted = (frames, picture.layers.width, picture.layers.height, picture.motion.fps)
    got = (found.frames, found.parameters.width, found.parameters.height, found.parameters.fps)
    for name, want, have in zip(("frames", "width", "height", "frames per second"), wanted, got, strict=True):
        if want != have:
            raise StepError(f"ffmpeg wrote a segment with {have} {name} where {want} were asked for")


def write_facts(out: Path, frames: int) -> None:
    """Write film.json."""
    (out / FACTS).write_text(json.dumps({"frames": frames}) + "\n", encoding="utf-8")
