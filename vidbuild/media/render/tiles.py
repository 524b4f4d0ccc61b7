"""Composes a picture band by band, ready to be encoded: in each, only the columns in which something moves; pure.

Around a pane are some pixels of what is beside it while its colours are converted, so that they come out as they would
in the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.ffmpeg.filtergraph import Stream
from vidbuild.media.render import compose
from vidbuild.media.render.animation import Layer
from vidbuild.media.render.bands import ROW, Band
from vidbuild.media.render.changed_frames import moving, reach, shown
from vidbuild.media.render.layer import Picture

MARGIN = 8  # more pixels than a chroma sample is made of
WIDEST = 0.75  # of the picture; what moves in more columns than this is composed in all of them


@dataclass(frozen=True, slots=True)
class Tile:
    """A rectangle of a band, in pixels of the picture, and the frames at which it is composed."""

    left: int
    top: int
    right: int
    end: int
    frames: tuple[int, ...]

    def outer(self, picture: Picture) -> tuple[int, int, int, int]:
        """With its margin, as far as the picture goes: left, top, right, end."""
        width, height = picture.layers.width, picture.layers.height
        left, top = max(0, self.left - MARGIN), max(0, self.top - MARGIN)
        return left, top, min(width, self.right + MARGIN), min(height, self.end + MARGIN)


def banded(picture: Picture, bands: Sequence[Band], pixels: str) -> tuple[list[Stream], Stream]:
    """Each band's pictures at its frames, with its fences; and the whole last picture, in RGB.

    The last picture is composed for itself: were it one of the others, ffmpeg, which always asks for the output that
    is furthest behind, would pile up all pictures that come before it.
    """
    canvas, above = compose.ground(picture)
    panes = [list(_panes(picture, band)) for band in bands]
    *parts, rest = filtergraph.split(canvas, sum(map(len, panes)) + 1)
    streams = []
    for band, row in zip(bands, panes, strict=True):
        copy = len(parts)
        made = [
            _made(parts.pop(), replace(picture, copy=copy - at), above, pane, pixels) for at, pane in enumerate(row)
        ]
        whole = _fenced(filtergraph.stack("hstack", made), band, picture.layers.width, pixels)
        # Told no rate, ffmpeg takes the first PNG's 25 a second, and writes its picture twice in a video of 50 or more.
        counted = whole.filter("setpts", "N").filter("fps", fps=picture.motion.fps)
        streams.append(compose.tagged(counted.filter("tpad", stop=1, stop_mode="clone")))
    return streams, _last(rest, picture, above)


def _panes(picture: Picture, band: Band) -> Iterator[Tile]:
    """What moves in a band, and what is still on its left and right."""
    width = picture.layers.width
    top, end = band.row * ROW, min((band.row + band.rows) * ROW, picture.layers.height)
    boxes = (box for box, _ in moving(picture.layers, picture.motion))
    columns = [box for box in boxes if box.top < end and box.end > top]
    left = min((box.left - MARGIN for box in columns), default=0) // ROW * ROW
    right = -(-max((box.right + MARGIN for box in columns), default=width) // ROW) * ROW
    if right - left > WIDEST * width:
        left, right = 0, width
    left, right = max(0, left), min(width, right)
    if left:
        yield Tile(0, top, left, end, (0,))
    yield Tile(left, top, right, end, band.frames)
    if right < width:
        yield Tile(right, top, width, end, (0,))


def _made(part: Stream, picture: Picture, above: Sequence[Layer], pane: Tile, pixels: str) -> Stream:
    left, top, right, end = pane.outer(picture)
    boxes = ((layer, reach(layer, picture.layers, picture.motion)) for layer in above)
    seen = [layer for layer, box in boxes if box.left < right and box.right > left and box.top < end and box.end > top]
    cut = part.filter("crop", right - left, end - top, left, top)
    painted = compose.painted(cut, picture, seen, pane.frames, (left, top))
    pictures = compose.encodable(painted, pixels)
    return compose.tagged(
        pictures.filter("crop", pane.right - pane.left, pane.end - pane.top, pane.left - left, pane.top - top)
    )


def _fenced(stream: Stream, band: Band, width: int, pixels: str) -> Stream:
    """A band's pictures with its fences: black and white columns, which nothing that is shown resembles."""
    above, below = (rows * ROW for rows in band.fences)
    parts = [stream]
    if above:
        parts.insert(0, _fence(width, above, pixels, 2 * band.row))
    if below:
        parts.append(_fence(width, below, pixels, 2 * band.row + 1))
    return filtergraph.stack("vstack", parts)


def _fence(width: int, height: int, pixels: str, copy: int) -> Stream:
    """Tagged as what it is stacked with: ffmpeg would else convert one of them to the colours of the other."""
    fence = filtergraph.color("black", width, height, filtergraph.copy_options(copy), pixels)
    return compose.tagged(
        fence.filter("drawgrid", width=2, height=height * 2, y=height + 1, thickness=1, color="white")
    )


def _last(canvas: Stream, picture: Picture, above: Sequence[Layer]) -> Stream:
    ended = replace(picture, motion=picture.motion.window(picture.motion.frames - 1, 1))
    below = {layer.name for layer in picture.layers.layers} - {layer.name for layer in above}
    seen = [layer for layer in shown(ended.layers, ended.motion) if layer.name not in below]
    return compose.painted(canvas, ended, seen, (0,))
