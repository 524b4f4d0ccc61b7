"""The step `burn:SCENE`: encode the rows of a scene that its captions lie in, apart from its segment.

The scene's own rendering does not depend on its captions. This does, and composes these rows alone, at the frames at
which a caption or the scene changes in them. Of a scene that moves all the time, such as a clip, the rows are those of
its segment, which are decoded: to decode, scale and compose the clip again would cost as much as the scene.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.ffmpeg import filtergraph, tool_output
from vidbuild.media.ffmpeg.filtergraph import Stream
from vidbuild.media.h264 import h264, rows, segment
from vidbuild.media.render import compose, stacks, tiles
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.bands import ROW, Band, KeyFrames, rows_in
from vidbuild.media.render.changed_frames import layer_changes
from vidbuild.media.render.encode_plan import EncodePlan, encode_plan
from vidbuild.media.render.stacks import Piled
from vidbuild.steps import caption_layer, render

STRIP = "strip.h264"
MOVING = 1 / 4  # of the frames: a scene that changes in more of them, within the rows, is one that moves


def run(context: Context) -> None:
    """Write strip.h264: the slices of these rows, as in a frame of the video, without the rows around them.

    Params: rows: the first row of macroblocks, and the end, as in the scene's `render` step.
    """
    own = context.params["rows"]
    animation = render.read_animation(context)
    if _changes(_plan(context, animation), own) > MOVING * animation.motion.frames:
        _over_segment(context, animation, own)
        return

    def planned(part: Animation) -> EncodePlan:
        return _plan(context, part).within(own, caption_layer.changes(part.motion))

    render.encode_parts(context, animation, planned, context.scratch / STRIP, own[1])
    (context.scratch / STRIP).replace(context.out / STRIP)


def _plan(context: Context, animation: Animation) -> EncodePlan:
    """Return the plan by which the scene's segment is encoded."""
    layers, motion = caption_layer.without(animation.layers, animation.motion)
    scene = replace(animation, layers=layers, motion=motion)
    return encode_plan(scene, context.params["profile"], rows=context.params["rows"])


def _changes(plan: EncodePlan, own: Sequence[int]) -> int:
    """Return at how many frames a scene changes in these rows."""
    return len(plan.within(own, ()).bands[0].frames)


def _over_segment(context: Context, animation: Animation, own: Sequence[int]) -> None:
    """Lay the captions over the rows of the segment, and encode every frame of them."""
    first, end = own
    frames, height = animation.motion.frames, animation.layers.height
    data = context.inputs["segment"].read_bytes()
    path = context.scratch / "rows.h264"
    try:
        index = segment.read(data)
        path.write_bytes(b"".join(rows.taken(data, index, own)))
    except h264.H264Error as error:
        raise StepError(f"corrupt segment: {error}") from error
    if index.stream.frames != frames:
        raise StepError(f"segment: expected {frames} frames, got {index.stream.frames}")
    band = Band(first, end - first, rows_in(height), tuple(range(frames)))
    plan, profile = EncodePlan((band,), KeyFrames(frozenset(index.stream.idrs))), context.params["profile"]
    shown = tiles.with_guard_rows(_captioned(path, animation, first), band, animation.layers.width, profile["pixels"])
    counted = shown.filter("setpts", "N").filter("fps", fps=animation.motion.fps)
    stream = compose.tag_colors(counted.filter("tpad", stop=1, stop_mode="clone"))
    output = render.band_output(stream, animation, plan, 0, profile, context.scratch)
    render.run_encoder(context, filtergraph.arguments(output), frames, frames, "encode the captions")
    most = render.max_output_bytes(animation.layers.width, height, frames)
    encoded = tool_output.read(context.scratch / plan.file(0), most, "video")
    try:
        (context.out / STRIP).write_bytes(b"".join(rows.laid(data, index, band, encoded)))
    except h264.H264Error as error:
        raise StepError(f"ffmpeg wrote corrupt captions: {error}") from error


def _captioned(path: Path, animation: Animation, first: int) -> Stream:
    """Return the frames of a stream of rows, with the captions over them. first: the row with which they begin.

    Nothing but what is under a caption is converted.
    """
    motion = animation.motion
    options = {"f": "h264", "framerate": motion.fps, "threads": 1, "protocol_whitelist": "file,pipe"}
    decoded = filtergraph.source(f"file:{path}", options)["v:0"]
    stream = compose.tag_colors(filtergraph.frame_timebase(decoded, motion.fps).filter("setpts", "N"))
    for layer in animation.layers.layers:
        if layer.name == caption_layer.NAME:
            changes = layer_changes(layer, animation.layers, motion)
            states = motion.tracks[layer.name].states
            piled = Piled.of(layer, str(animation.folder), states, changes)
            images = filtergraph.piped(piled.name, layer.width, layer.height, stacks.PIXELS, {})
            images = filtergraph.place_at(filtergraph.frame_timebase(images, motion.fps), changes)
            images = compose.tag_colors(compose.to_encoder_pixels(images, "yuva420p"))
            stream = filtergraph.overlay(stream, images, layer.x, layer.y - first * ROW, pixels="yuv420")
    return stream
