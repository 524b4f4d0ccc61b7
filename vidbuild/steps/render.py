"""The step `render:SCENE`: a scene's own pictures, between its transitions, as an H.264 segment."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.ffmpeg import ffmpeg, filtergraph, tool_output
from vidbuild.media.ffmpeg.filtergraph import Stream
from vidbuild.media.h264 import encode, h264, stitch
from vidbuild.media.image import image_size
from vidbuild.media.render import compose, tiles
from vidbuild.media.render.animation import Layers, Motion
from vidbuild.media.render.bands import Band, Keys, divide, keyed, keys, rows_in, undivided
from vidbuild.media.render.changed_frames import moments
from vidbuild.media.render.clip import opened
from vidbuild.media.render.layer import Picture

SEGMENT = "segment.h264"
THUMB = "thumb.jpg"
FACTS = "render.json"
THUMB_WIDTH = 480
TIMEOUT_LEAST = 300.0
TIMEOUT_PER_FRAME = 2.0
PIXEL_BYTES = 4
LARGEST = 4 << 30
"""Bytes of a segment: it is in memory while it is made."""


def run(context: Context) -> None:
    """Write segment.h264, thumb.jpg (its last picture) and render.json."""
    picture, profile = read(context), context.params["profile"]
    shots = plan(picture, profile)
    args = film_arguments(picture, shots, profile, context.scratch, context.out)
    shoot(context, args, shots.most, picture.motion.frames, "film the scene")
    finish(context, picture, shots, picture.motion.frames)
    _verify_thumb(context.out / THUMB, picture)


@dataclass(frozen=True, slots=True)
class EncodePlan:
    """What of a segment is coded: bands, with the frames at which each is, and the key frames among these."""

    bands: tuple[Band, ...]
    keys: Keys

    def file(self, index: int) -> str:
        """The name of what ffmpeg makes of a band."""
        return f"band-{index}.h264"

    @property
    def most(self) -> int:
        """How many pictures the band has that is coded most often."""
        return max(len(band.frames) for band in self.bands)

    @property
    def coded(self) -> float:
        """How many pictures are coded, a band being the share of one that it is in height."""
        whole = sum(band.rows for band in self.bands)
        return round(sum(band.rows * len(band.frames) for band in self.bands) / whole, 1)


def plan(picture: Picture, profile: Mapping[str, Any]) -> EncodePlan:
    """Only what changes is coded, unless the profile says that all is."""
    layers, motion = picture.layers, picture.motion
    if profile["holds"] == "encoded":
        return whole(layers.height, range(motion.frames), motion.fps, profile)
    found = keys(moments(layers, motion), motion.frames, profile["keyint_seconds"] * motion.fps)
    return EncodePlan(keyed(divide(layers, motion), found), found)


def whole(height: int, frames: range, fps: int, profile: Mapping[str, Any]) -> EncodePlan:
    """One band with every frame."""
    return EncodePlan(undivided(height, frames), keys(frames, len(frames), profile["keyint_seconds"] * fps))


def film_arguments(
    picture: Picture, shots: EncodePlan, profile: Mapping[str, Any], scratch: Path, out: Path
) -> list[str]:
    """The arguments for ffmpeg that make each band's stream and the thumbnail."""
    streams, last = tiles.banded(picture, shots.bands, profile["pixels"])
    outputs = [
        (len(band.frames), band_of(stream, picture, shots, index, profile, scratch))
        for index, (stream, band) in enumerate(zip(streams, shots.bands, strict=True))
    ]
    outputs.sort(key=lambda item: -item[0])  # the first is the one whose progress ffmpeg tells
    jpeg = {"format": "image2", "update": 1, "q:v": 3, "frames:v": 1, "threads:v": 1}
    thumb = filtergraph.output(compose.small(last, THUMB_WIDTH), out / THUMB, jpeg)
    return filtergraph.arguments(*(output for _, output in outputs), thumb)


def band_of(
    stream: Stream, picture: Picture, shots: EncodePlan, index: int, profile: Mapping[str, Any], scratch: Path
) -> Stream:
    """The output that a stream of a band's encodable pictures becomes."""
    band, fps, width = shots.bands[index], picture.motion.fps, picture.layers.width
    at = [place for place, frame in enumerate(band.frames) if frame in shots.keys.coded]
    level = stitch.level(width, picture.layers.height, fps)
    slices = band.slice_rows * rows_in(width) if any(band.fences) else 0
    options = {**encode.settings(profile, fps, level, at, slices), "frames:v": len(band.frames)}
    return filtergraph.output(stream, scratch / shots.file(index), options)


def finish(context: Context, picture: Picture, shots: EncodePlan, frames: int) -> None:
    """Write segment.h264 of what ffmpeg made of each band, and render.json; a damaged one is never kept."""
    segment = context.out / SEGMENT
    _stitch(context.scratch, segment, picture, shots, frames)
    verify(segment, picture, frames)
    facts = {"frames": frames, "coded": shots.coded, "bands": len(shots.bands)}
    (context.out / FACTS).write_text(json.dumps(facts) + "\n", encoding="utf-8")


def _stitch(scratch: Path, segment: Path, picture: Picture, shots: EncodePlan, frames: int) -> None:
    """Make one stream of the bands'; no longer than that are they in memory."""
    width, height, fps = picture.layers.width, picture.layers.height, picture.motion.fps
    made = [
        (band, tool_output.read(scratch / shots.file(index), most_bytes(width, height, len(band.frames)), "pictures"))
        for index, band in enumerate(shots.bands)
    ]
    try:
        with segment.open("wb") as target:
            target.writelines(stitch.stitch(made, shots.keys, frames, height, stitch.level(width, height, fps)))
    except h264.H264Error as error:
        raise StepError(f"ffmpeg wrote a damaged segment: {error}") from error


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
    clip = opened(path, motion, context.env) if path is not None else None
    return Picture(folder, layers, motion, clip)


def shoot(context: Context, args: list[str], pictures: int, frames: int, what: str) -> None:
    """Run ffmpeg, which makes so many pictures for so many frames, and tell how far it is."""
    ffmpeg.run(
        args,
        cwd=context.scratch,
        env=context.env,
        timeout=TIMEOUT_LEAST + TIMEOUT_PER_FRAME * frames,
        what=what,
        progress=lambda done: context.progress(min(done * frames // pictures, frames), frames, "frames"),
        pipe_source=_zoom_frames,
    )


def _zoom_frames(name: str) -> Iterable[bytes]:
    from vidbuild.media.render import zoom_frames  # imports Pillow, which only scenes with a zoom need

    return zoom_frames.fed(name)


def most_bytes(width: int, height: int, pictures: int = 1) -> int:
    """What so many pictures take at most: uncompressed, with a border, and some room for what is said of them."""
    return min((width + 64) * (height + 64) * PIXEL_BYTES * pictures + (1 << 20), LARGEST)


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


def _verify_thumb(path: Path, picture: Picture) -> None:
    """It is as wide as it should be, and as high to a line or two."""
    width, height = picture.layers.width, picture.layers.height
    try:
        found = image_size.jpeg_size(tool_output.read(path, most_bytes(THUMB_WIDTH, height), "thumbnail"))
    except image_size.ImageFileError as error:
        raise StepError(f"ffmpeg wrote a damaged thumbnail: {error}") from error
    wanted = round(THUMB_WIDTH * height / width)
    if found[0] != THUMB_WIDTH or abs(found[1] - wanted) > 2:  # noqa: PLR2004 - it is even
        raise StepError(f"ffmpeg wrote a thumbnail of {found[0]}x{found[1]} where {THUMB_WIDTH}x{wanted} was asked for")
