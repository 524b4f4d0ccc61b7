"""The parts of `render` and `transition` for codecs of whole frames: VP9, AV1 and HEVC (see vidbuild.media.codecs)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidbuild.errors import StepError
from vidbuild.media.codecs import hevc, ivf, profiles, whole
from vidbuild.media.codecs.errors import CodecError
from vidbuild.media.ffmpeg import filtergraph, tool_output
from vidbuild.media.ffmpeg.filtergraph import Stream
from vidbuild.media.render import compose
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.encode_plan import EncodePlan

TEMPLATE = "template.hevc"
BYTES_PER_PIXEL = 4
MAX_BYTES = 4 << 30


def are_in(profile: Mapping[str, Any]) -> bool:
    """Return whether a profile's codec encodes whole frames."""
    return profiles.codec_of(profile) != profiles.H264


def output(stream: Stream, animation: Animation, plan: EncodePlan, profile: Mapping[str, Any], scratch: Path) -> Stream:
    """Return the output that encodes a stream of the plan's frames."""
    frames = plan.bands[0].frames
    keys = [position for position, frame in enumerate(frames) if frame in plan.keys.coded]
    options = {**profiles.options(profile, animation.motion.fps, keys), "frames:v": len(frames)}
    return filtergraph.output(stream, scratch / plan.file(0), options)


def templates(animation: Animation, profile: Mapping[str, Any], scratch: Path) -> list[Stream]:
    """Return the output that encodes the template of repeated frames, if the codec needs one."""
    if profiles.codec_of(profile) != profiles.HEVC:
        return []
    fps, size = animation.motion.fps, (animation.layers.width, animation.layers.height)
    gray = filtergraph.color("gray", *size, {}, profile["pixels"])
    frames = filtergraph.repeat_at(filtergraph.frame_timebase(gray, fps), range(hevc.TEMPLATE_FRAMES))
    counted = compose.tag_colors(frames.filter("setpts", "N").filter("fps", fps=fps))
    options = {**profiles.options(profile, fps, [0]), "frames:v": hevc.TEMPLATE_FRAMES}
    return [filtergraph.output(counted, scratch / TEMPLATE, options)]


def append(
    scratch: Path, segment: Path, animation: Animation, plan: EncodePlan, frames: int, profile: Mapping[str, Any]
) -> None:
    """Append the encoded frames, and repetitions of them, to a segment."""
    codec, coded = profiles.codec_of(profile), plan.bands[0].frames
    size = (animation.layers.width, animation.layers.height)
    data = tool_output.read(scratch / plan.file(0), _limit(size, len(coded)), "video")
    template = b""
    if codec == profiles.HEVC:
        template = tool_output.read(scratch / TEMPLATE, _limit(size, hevc.TEMPLATE_FRAMES), "video")
    try:
        stitched = whole.stitch(codec, data, coded, plan.keys, frames, template)
        with segment.open("ab") as target:
            target.write(whole.part(codec, stitched))
    except CodecError as error:
        raise StepError(f"ffmpeg wrote a corrupt segment: {error}") from error


def finish(out: Path, animation: Animation, frames: int, profile: Mapping[str, Any]) -> None:
    """Make a file of the parts of a segment. Raise StepError for one that is not as requested."""
    codec = profiles.codec_of(profile)
    file, size = out / profiles.segment(codec), (animation.layers.width, animation.layers.height)
    try:
        data = whole.finished(codec, file.read_bytes(), size, animation.motion.fps)
        file.write_bytes(data)
        read = whole.read(codec, data)
    except CodecError as error:
        raise StepError(f"ffmpeg wrote a corrupt segment: {error}") from error
    if (len(read.frames), read.size) != (frames, size):
        raise StepError(
            f"ffmpeg wrote a wrong segment: expected {frames} frames of {size[0]}x{size[1]}, "
            f"got {len(read.frames)} of {read.size[0]}x{read.size[1]}"
        )


def _limit(size: tuple[int, int], frames: int) -> int:
    """Return an upper limit for encoded frames: their uncompressed size, and some room for headers."""
    frame = (size[0] + 64) * (size[1] + 64) * BYTES_PER_PIXEL + ivf.FRAME_HEADER
    return min(frame * frames + (1 << 20), MAX_BYTES)
