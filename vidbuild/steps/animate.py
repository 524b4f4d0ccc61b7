"""The steps `animate:SCENE` and `animate:A+B`: the frames of a scene or a transition as images of an animation.

They are encoded at each rung of the ladder that the step `assemble` may go down, so that an edit encodes one scene.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.animated import images, slots
from vidbuild.media.animated.images import Canvas, ImageWriter
from vidbuild.media.animated.rungs import Rung
from vidbuild.media.ffmpeg import ffmpeg, filtergraph
from vidbuild.media.ffmpeg.filtergraph import Stream
from vidbuild.media.render import blend, compose
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.changed_frames import changed_frames
from vidbuild.media.render.clip import Clip, read_companions
from vidbuild.steps import render, transition

FACTS = "images.json"
SCALER = "lanczos+accurate_rnd+bitexact"
RGB_BYTES = 3


def run(context: Context) -> None:
    """Write images-N.bin with the encoded images of each rung, and images.json with their times, places and sizes.

    Params: format: "webp" or "gif". rungs: [quality, rate, width, height] each. Of a transition, also its own.
    """
    rungs = [Rung(*each) for each in context.params["rungs"]]
    if "effect" in context.params:
        leaving, coming = transition.read_scenes(context)
        fps, frames = coming.motion.fps, coming.motion.frames
    else:
        scene = render.read_animation(context)
        fps, frames = scene.motion.fps, scene.motion.frames
    with contextlib.ExitStack() as files:
        targets = [files.enter_context((context.out / file(index)).open("wb")) for index in range(len(rungs))]
        writers = [
            ImageWriter(context.params["format"], rung, frames, fps, target)
            for rung, target in zip(rungs, targets, strict=True)
        ]
        if "effect" not in context.params:
            _compose_parts(context, scene, rungs, writers)
        elif context.params["effect"] in blend.EFFECTS:
            blended = blend.blended(leaving, coming, context.params["effect"])
            _compose(context, blended, 0, _wanted(blended, rungs), writers)
        else:
            stream = transition.whole_frames(leaving, coming, context.params)
            _receive(context, stream, range(frames), writers, (*leaving.all_clips, *coming.all_clips))
        shown = [images.to_data(writer.end()) for writer in writers]
    facts = {"frames": frames, "fps": fps, "rungs": shown}
    (context.out / FACTS).write_text(json.dumps(facts) + "\n", encoding="utf-8")


def file(rung: int) -> str:
    """Return the name of the file with the images of a rung."""
    return f"images-{rung}.bin"


def _wanted(animation: Animation, rungs: Sequence[Rung]) -> list[int]:
    motion = animation.motion
    changed = changed_frames(animation.layers, motion)
    return slots.wanted(changed, motion.frames, motion.fps, {rung.rate for rung in rungs})


def _compose_parts(
    context: Context, animation: Animation, rungs: Sequence[Rung], writers: Sequence[ImageWriter]
) -> None:
    """Compose the frames that are shown, part by part as when they are rendered, as each part takes memory."""
    parts, start = render.parts_of(animation), 0
    changed: list[int] = []
    for part, end in parts:
        changed += [start + frame for frame in changed_frames(part.layers, part.motion)]
        start = end
    motion, start = animation.motion, 0
    wanted = slots.wanted(changed, motion.frames, motion.fps, {rung.rate for rung in rungs})
    for part, end in parts:
        if times := [frame - start for frame in wanted if start <= frame < end]:
            _compose(context, part, start, times, writers)
        start = end


def _compose(
    context: Context, animation: Animation, start: int, times: Sequence[int], writers: Sequence[ImageWriter]
) -> None:
    base, above = compose.base_and_layers(animation)
    stream = compose.overlay_layers(base, animation, above, (*times, animation.motion.frames))
    _receive(context, stream, [start + time for time in times], writers, animation.all_clips)


def _receive(
    context: Context,
    stream: Stream,
    frames: Sequence[int],
    writers: Sequence[ImageWriter],
    clips: Sequence[Clip | None],
) -> None:
    """Compose a stream and pass its frames on, one by one. frames: their numbers in the scene."""
    width, height = writers[0].rung.width, writers[0].rung.height
    if [width, height] != list(context.params["size"]):
        stream = stream.filter("format", "gbrp").filter("scale", width, height, flags=SCALER)
    # Without a rate, ffmpeg may write frames twice, or drop them.
    counted = stream.filter("format", "rgb24").filter("setpts", "N").filter("fps", fps=context.params["fps"])
    raw = {"format": "rawvideo", "pix_fmt": "rgb24", "r": context.params["fps"], "frames:v": len(frames)}
    arguments = filtergraph.arguments(filtergraph.output(counted, Path("pipe:1"), raw))
    total = writers[0].frames

    def take(number: int, data: bytes) -> None:
        if number < len(frames):
            canvas = Canvas(Image.frombytes("RGB", (width, height), data))
            for writer in writers:
                writer.add(frames[number], canvas)
            context.progress(frames[number], total, "frames")

    received = _Frames(width * height * RGB_BYTES, take)
    ffmpeg.stream(
        read_companions(arguments, *clips),
        received,
        cwd=context.scratch,
        env=context.env,
        timeout=render.MIN_TIMEOUT + render.TIMEOUT_PER_FRAME * total,
        what="compose the images",
        loglevel="warning",
        pipe_source=render.painted_frames_of,
    )
    if received.count != len(frames) or received.rest:
        raise StepError(f"ffmpeg composed {received.count} images and {received.rest} bytes, expected {len(frames)}")


class _Frames:
    """A sink that divides what it receives into frames of one size.

    count: how many were received. rest: bytes after the last whole one.
    """

    def __init__(self, size: int, take: Callable[[int, bytes], None]) -> None:
        self.count = 0
        self._size, self._take = size, take
        self._pieces: list[bytes] = []
        self.rest = 0

    def __call__(self, piece: bytes) -> None:
        """Receive the next piece."""
        self._pieces.append(piece)
        self.rest += len(piece)
        while self.rest >= self._size:
            data = b"".join(self._pieces)
            self._take(self.count, data[: self._size])
            self.count += 1
            self._pieces, self.rest = [data[self._size :]], self.rest - self._size
