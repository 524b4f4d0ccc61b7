"""Compose an animation band by band, ready to encode. In each band, only the columns that move are composed often.

Every function is pure: none starts ffmpeg. A tile is composed with a margin of the pixels around it while its colors
are converted, so that they are the same as in the whole frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.ffmpeg.filtergraph import Stream
from vidbuild.media.render import compose
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.bands import ROW, Band
from vidbuild.media.render.changed_frames import changing_boxes, visible_box, visible_layers
from vidbuild.media.render.drawing import Layer

MARGIN = 8  # pixels: more than a chroma sample covers

# Share of the frame's width: if more columns move, all are composed.
MAX_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Tile:
    """A rectangle of a band, in pixels of the frame, and the frame numbers at which it is composed."""

    left: int
    top: int
    right: int
    bottom: int
    frames: tuple[int, ...]

    def outer(self, animation: Animation) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom with the margin, clipped to the frame."""
        width, height = animation.layers.width, animation.layers.height
        left, top = max(0, self.left - MARGIN), max(0, self.top - MARGIN)
        return left, top, min(width, self.right + MARGIN), min(height, self.bottom + MARGIN)


def band_streams(animation: Animation, bands: Sequence[Band], pixels: str) -> tuple[list[Stream], Stream]:
    """Return each band's frames with its guard rows in a pixel format, and the complete last frame in RGB.

    The last frame is composed separately: ffmpeg always requests frames for the output that is furthest behind, so if
    the last frame came from the others, it would buffer all frames before it.
    """
    base, above = compose.base_and_layers(animation)
    tiles = [list(_tiles(animation, band)) for band in bands]
    *parts, last_part = filtergraph.split(base, sum(map(len, tiles)) + 1)
    streams = []
    for band, row in zip(bands, tiles, strict=True):
        copy = len(parts)
        tile_streams = [
            _tile_stream(parts.pop(), replace(animation, copy=copy - index), above, tile, pixels)
            for index, tile in enumerate(row)
        ]
        joined = filtergraph.stack("hstack", tile_streams)
        stream = _with_guard_rows(joined, band, animation.layers.width, pixels)
        # Without a rate, ffmpeg uses the first PNG's 25 fps, and writes frames twice in a video of 50 fps or more.
        counted = stream.filter("setpts", "N").filter("fps", fps=animation.motion.fps)
        streams.append(compose.tag_colors(counted.filter("tpad", stop=1, stop_mode="clone")))
    return streams, _last_frame(last_part, animation, above)


def _tiles(animation: Animation, band: Band) -> Iterator[Tile]:
    """Yield what moves in a band, and what is still on its left and right."""
    width = animation.layers.width
    top, bottom = band.row * ROW, min((band.row + band.rows) * ROW, animation.layers.height)
    boxes = (box for box, _ in changing_boxes(animation.layers, animation.motion))
    columns = [box for box in boxes if box.top < bottom and box.bottom > top]
    left = min((box.left - MARGIN for box in columns), default=0) // ROW * ROW
    right = -(-max((box.right + MARGIN for box in columns), default=width) // ROW) * ROW
    if right - left > MAX_SHARE * width:
        left, right = 0, width
    left, right = max(0, left), min(width, right)
    if left:
        yield Tile(0, top, left, bottom, (0,))
    yield Tile(left, top, right, bottom, band.frames)
    if right < width:
        yield Tile(right, top, width, bottom, (0,))


def _tile_stream(base: Stream, animation: Animation, layers: Sequence[Layer], tile: Tile, pixels: str) -> Stream:
    left, top, right, bottom = tile.outer(animation)
    boxes = ((layer, visible_box(layer, animation.layers, animation.motion)) for layer in layers)
    inside = [
        layer for layer, box in boxes if box.left < right and box.right > left and box.top < bottom and box.bottom > top
    ]
    cropped = base.filter("crop", right - left, bottom - top, left, top)
    composed = compose.overlay_layers(cropped, animation, inside, tile.frames, (left, top))
    converted = compose.to_encoder_pixels(composed, pixels)
    return compose.tag_colors(
        converted.filter("crop", tile.right - tile.left, tile.bottom - tile.top, tile.left - left, tile.top - top)
    )


def _with_guard_rows(stream: Stream, band: Band, width: int, pixels: str) -> Stream:
    """Add a band's guard rows: black and white columns, which no content resembles."""
    above, below = (rows * ROW for rows in band.guard_rows)
    parts = [stream]
    if above:
        parts.insert(0, _guard_stream(width, above, pixels, 2 * band.row))
    if below:
        parts.append(_guard_stream(width, below, pixels, 2 * band.row + 1))
    return filtergraph.stack("vstack", parts)


def _guard_stream(width: int, height: int, pixels: str, copy: int) -> Stream:
    """Return a guard with the same color tags as the band; with other tags, ffmpeg would convert one of them."""
    guard = filtergraph.color("black", width, height, filtergraph.copy_options(copy), pixels)
    return compose.tag_colors(
        guard.filter("drawgrid", width=2, height=height * 2, y=height + 1, thickness=1, color="white")
    )


def _last_frame(base: Stream, animation: Animation, above: Sequence[Layer]) -> Stream:
    last = replace(animation, motion=animation.motion.window(animation.motion.frames - 1, 1))
    in_base = {layer.name for layer in animation.layers.layers} - {layer.name for layer in above}
    layers = [layer for layer in visible_layers(last.layers, last.motion) if layer.name not in in_base]
    return compose.overlay_layers(base, last, layers, (0,))
