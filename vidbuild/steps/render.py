"""The step `render:SCENE`: encode a scene's own frames, those between its transitions, as an H.264 segment."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.frozen import replaced
from vidbuild.media.codecs import profiles
from vidbuild.media.ffmpeg import ffmpeg, filtergraph, tool_output
from vidbuild.media.ffmpeg.filtergraph import Stream
from vidbuild.media.h264 import encode, h264, stitch
from vidbuild.media.image import image_size
from vidbuild.media.render import compose, tiles
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.bands import rows_in
from vidbuild.media.render.clip import Clip, open_clip, read_companions
from vidbuild.media.render.columns_of_rows import Column
from vidbuild.media.render.drawing import Layers
from vidbuild.media.render.encode_plan import EncodePlan, encode_plan
from vidbuild.media.render.motion import NEVER, Motion, Track
from vidbuild.media.render.stacks import Piled
from vidbuild.steps import caption_layer, whole_codecs
from vidbuild.timeline.subtitle_params import SUBTITLE

SEGMENT = "segment.h264"
THUMB = "thumb.jpg"
FACTS = "render.json"
THUMB_WIDTH = 480
MIN_TIMEOUT = 300.0
TIMEOUT_PER_FRAME = 2.0
BYTES_PER_PIXEL = 4

# Passes of a clip are encoded together until they last so long: each part begins with a key frame.
PASS_SECONDS = 2
COPY_BYTES = 1 << 20

# Layers of subtitles that appear in one part of a clip: each is a picture in memory, and two threads.
MOST_LAYERS = 40

# A segment is in memory while it is stitched.
MAX_SEGMENT_BYTES = 4 << 30


def run(context: Context) -> None:
    """Write segment.h264, or as its codec ends, thumb.jpg (the last frame) and render.json.

    Params: strip: how many pixels at the lower edge another step encodes, with the mark of progress; default: none.
    rows: the first row of macroblocks and the end of those that another step encodes, with the captions; default: none.
    """
    animation, strip, rows = read_animation(context), context.params.get("strip", 0), context.params.get("rows", ())
    if "captions" in context.inputs:  # the motion's key frames were chosen without the changes of captions
        animation = replaced(animation, motion=replaced(animation.motion, keys=None))
    profile = context.params["profile"]
    target = context.out / profiles.segment(profiles.codec_of(profile))
    plans = encode_parts(context, animation, lambda part: encode_plan(part, profile, strip, rows), target)
    _finish_segment(context, animation, plans, animation.motion.frames)
    _verify_thumb(context.out / THUMB, animation)


def encode_parts(
    context: Context, animation: Animation, planned: Callable[[Animation], EncodePlan], target: Path, end: int = 0
) -> list[EncodePlan]:
    """Encode an animation into a file, each part by its own plan, and return the plans.

    The thumbnail is written beside the file. end: the row at which the bands end, if not at the lower edge; there is no
    thumbnail of such rows.
    """
    parts, profile = parts_of(animation), context.params["profile"]
    shown = next(part for part, end in parts if end == (animation.motion.frames_before_exit or animation.motion.frames))
    done, plans = 0, []
    written: dict[str, tuple[int, int]] = {}  # by their motion: parts that look alike are encoded once
    for part, last in parts:
        alike, size = part.motion.to_json(), target.stat().st_size if target.exists() else 0
        if alike in written:
            _append_again(target, *written[alike])
        else:
            plan = planned(part)
            out = target.parent if part.motion == shown.motion else context.scratch
            args = encoder_arguments(part, plan, profile, context.scratch, None if end else out)
            run_encoder(
                context, args, plan.most_frames, part.motion.frames, "render the scene", (done, animation.motion.frames)
            )
            _stitch(context, target, part, plan, end)
            plans.append(plan)
            written[alike] = size, target.stat().st_size
        done = last
    return plans


def parts_of(animation: Animation) -> list[tuple[Animation, int]]:
    """Return the animation before the exit and from it on, and a clip that is repeated by its passes, with their ends.

    Everything moves in the exit, so its bands are large; before it, only what moves there is encoded. Each of several
    clips is decoded in a part of its own, and many layers over a clip are in several parts.
    """
    motion, before = animation.motion, animation.motion.frames_before_exit
    cuts = {0, before, motion.frames}
    if motion.clip is not None:
        cuts.update(motion.clip.seams(before, PASS_SECONDS * motion.fps))
    cuts.update(frame for frame in _swaps(animation) if frame < before)
    spans = pairwise(sorted(cuts))
    return [(replaced(animation, motion=motion.window(start, end - start)), end) for start, end in spans]


def _swaps(animation: Animation) -> Iterator[int]:
    """Yield the frames at which a clip takes the place of another one, and those that divide many subtitles on it."""
    motion, count = animation.motion, 0
    if motion.clip is None and not motion.clips:
        return
    tracks = {each.name: motion.tracks.get(each.name, Track()) for each in animation.layers.layers}
    enters = [
        (track.enter.frame, name in motion.clips)
        for name, track in tracks.items()
        if (name in motion.clips or name.startswith(SUBTITLE))
        and track.enter
        and track.enter.effect == "cut"
        and track.enter != NEVER
    ]
    for frame, is_clip in sorted(enters):
        count += 1
        if is_clip or count > MOST_LAYERS:
            count = 0
            yield frame


def _append_again(segment: Path, start: int, end: int) -> None:
    """Append a part of a segment to it once more."""
    with segment.open("rb") as source, segment.open("ab") as target:
        source.seek(start)
        while start < end:
            start += target.write(source.read(min(end - start, COPY_BYTES)))


def encoder_arguments(
    animation: Animation, plan: EncodePlan, profile: Mapping[str, Any], scratch: Path, out: Path | None
) -> list[str]:
    """Return the arguments for ffmpeg that encode each band's stream and the thumbnail. out: of it; None for none."""
    streams, last = tiles.band_streams(animation, plan.bands, profile["pixels"], alone=out is None)
    outputs = [
        (len(band.frames), band_output(stream, animation, plan, index, profile, scratch))
        for index, (stream, band) in enumerate(zip(streams, plan.bands, strict=True))
    ]
    outputs.sort(key=lambda item: -item[0])  # ffmpeg reports the progress of the first output
    jpeg = {"format": "image2", "update": 1, "q:v": 3, "frames:v": 1, "threads:v": 1}
    thumbs = [filtergraph.output(compose.thumbnail(last, THUMB_WIDTH), out / THUMB, jpeg)] if out and last else []
    others = [*thumbs, *whole_codecs.templates(animation, profile, scratch)]
    return read_companions(filtergraph.arguments(*(output for _, output in outputs), *others), *animation.all_clips)


def band_output(
    stream: Stream, animation: Animation, plan: EncodePlan, index: int, profile: Mapping[str, Any], scratch: Path
) -> Stream:
    """Return the output that encodes a stream of a band's frames."""
    if whole_codecs.are_in(profile):
        return whole_codecs.output(stream, animation, plan, profile, scratch)
    band, fps, width = plan.bands[index], animation.motion.fps, animation.layers.width
    keys = [position for position, frame in enumerate(band.frames) if frame in plan.keys.coded]
    level = stitch.level(width, animation.layers.height, fps)
    slices = band.slice_rows * rows_in(width) if any(band.guard_rows) else 0
    options = {**encode.settings(profile, fps, level, keys, slices, moving=plan.moving), "frames:v": len(band.frames)}
    return filtergraph.output(stream, scratch / plan.file(index), options)


def write_segment(context: Context, animation: Animation, plan: EncodePlan, frames: int) -> None:
    """Stitch the encoded bands into a segment, verify it, and write render.json."""
    target = context.out / profiles.segment(profiles.codec_of(context.params["profile"]))
    _stitch(context, target, animation, plan)
    _finish_segment(context, animation, [plan], frames)


def _finish_segment(context: Context, animation: Animation, plans: Sequence[EncodePlan], frames: int) -> None:
    if whole_codecs.are_in(context.params["profile"]):
        whole_codecs.finish(context.out, animation, frames, context.params["profile"])
    else:
        verify_segment(context.out / SEGMENT, animation, frames)
    coded, bands = round(sum(plan.encoded for plan in plans), 1), max(len(plan.bands) for plan in plans)
    facts = {"frames": frames, "coded": coded, "bands": bands}
    (context.out / FACTS).write_text(json.dumps(facts) + "\n", encoding="utf-8")


def _stitch(context: Context, segment: Path, animation: Animation, plan: EncodePlan, end: int = 0) -> None:
    """Append the stitched bands to a segment. The bands leave the memory before the segment is verified."""
    scratch, profile = context.scratch, context.params["profile"]
    if whole_codecs.are_in(profile):
        whole_codecs.append(scratch, segment, animation, plan, animation.motion.frames, profile)
        return
    width, height, fps = animation.layers.width, animation.layers.height, animation.motion.fps
    frames = animation.motion.frames
    bands = [
        (band, tool_output.read(scratch / plan.file(index), max_output_bytes(width, height, len(band.frames)), "video"))
        for index, band in enumerate(plan.bands)
    ]
    try:
        with segment.open("ab") as target:
            target.writelines(stitch.stitch(bands, plan.keys, frames, height, stitch.level(width, height, fps), end))
    except h264.H264Error as error:
        raise StepError(f"ffmpeg wrote a corrupt segment: {error}") from error


def read_animation(context: Context, prefix: str = "") -> Animation:
    """Read the animation from a step's inputs. Raise StepError if they do not fit together."""
    folder = context.inputs[f"{prefix}layers"]
    layers = Layers.read(folder)
    if f"{prefix}progress" in context.inputs:
        layers = layers.under(context.inputs[f"{prefix}progress"])
    if f"{prefix}watermark" in context.inputs:
        layers = layers.under(context.inputs[f"{prefix}watermark"])
    motion = Motion.from_json(context.inputs[f"{prefix}motion"].read_text(encoding="utf-8"))
    if f"{prefix}captions" in context.inputs:
        shown = context.inputs[f"{prefix}captions"]
        layers, motion = caption_layer.above(layers, motion, shown, context.scratch / f"{prefix}captions")
    size = tuple(context.params["size"])
    if (layers.width, layers.height) != size:
        raise StepError(f"drawing: expected the video's {size[0]}x{size[1]}, got {layers.width}x{layers.height}")
    if motion.frames <= 0:
        raise StepError(f"nothing to render: the motion has {motion.frames} frames")
    path = context.inputs.get(f"{prefix}clip")
    enters = [motion.tracks[each.name].enter for each in layers.layers if each.enlarged and each.name in motion.tracks]
    again = [enter.frame for enter in enters if enter and enter.frame > 0]
    clip = open_clip(path, motion, context.env, again) if path is not None else None
    clips: dict[str, Clip] = {}
    for layer, playback in motion.clips.items():
        opened = open_clip(context.inputs[f"{prefix}clip:{layer}"], replaced(motion, clip=playback), context.env)
        clips |= {layer: opened} if opened else {}
    return Animation(folder, layers, motion, clip, clips=clips)


def run_encoder(
    context: Context, args: list[str], encoded: int, frames: int, what: str, span: tuple[int, int] = (0, 0)
) -> None:
    """Run ffmpeg and report its progress.

    encoded: how many frames the first output encodes.
    frames: how many frames of the video they stand for.
    span: how many frames of the step are done already, and how many it has; default: these alone.
    what: the purpose, to follow "could not" in messages.
    """
    first, total = span if span[1] else (0, frames)
    ffmpeg.run(
        args,
        cwd=context.scratch,
        env=context.env,
        timeout=MIN_TIMEOUT + TIMEOUT_PER_FRAME * frames,
        what=what,
        progress=lambda done: context.progress(first + min(done * frames // encoded, frames), total, "frames"),
        pipe_source=painted_frames_of,
    )


def painted_frames_of(name: str) -> Iterable[bytes]:
    """Yield the frames of an input that is painted here."""
    if Piled.is_name(name):
        return Piled.from_name(name).pixels()
    if Column.is_name(name):
        return Column.from_name(name).pixels()
    from vidbuild.media.render import painted_frames  # imports Pillow, which only scenes with a zoom need

    return painted_frames.frames_of(name)


def max_output_bytes(width: int, height: int, frames: int = 1) -> int:
    """Return an upper limit for encoded frames: their uncompressed size with a border, and some room for headers."""
    return min((width + 64) * (height + 64) * BYTES_PER_PIXEL * frames + (1 << 20), MAX_SEGMENT_BYTES)


def verify_segment(segment: Path, animation: Animation, frames: int) -> None:
    """Raise StepError for a segment that is not as requested, whatever ffmpeg's exit code: it must not be muxed."""
    try:
        stream = h264.scan(segment.read_bytes())
    except h264.H264Error as error:
        raise StepError(f"ffmpeg wrote a corrupt segment: {error}") from error
    expected = (frames, animation.layers.width, animation.layers.height, animation.motion.fps)
    actual = (stream.frames, stream.parameters.width, stream.parameters.height, stream.parameters.fps)
    for name, want, got in zip(("frames", "width", "height", "frames per second"), expected, actual, strict=True):
        if want != got:
            raise StepError(f"ffmpeg wrote a wrong segment: {name}: expected {want}, got {got}")


def _verify_thumb(path: Path, animation: Animation) -> None:
    """Check the thumbnail's width, and its height to a line or two."""
    width, height = animation.layers.width, animation.layers.height
    try:
        size = image_size.jpeg_size(tool_output.read(path, max_output_bytes(THUMB_WIDTH, height), "thumbnail"))
    except image_size.ImageFileError as error:
        raise StepError(f"ffmpeg wrote a corrupt thumbnail: {error}") from error
    expected = round(THUMB_WIDTH * height / width)
    if size[0] != THUMB_WIDTH or abs(size[1] - expected) > 2:  # noqa: PLR2004 - the height is even
        raise StepError(f"ffmpeg wrote a wrong thumbnail: expected {THUMB_WIDTH}x{expected}, got {size[0]}x{size[1]}")
