"""Compose an animation band by band, ready to encode. In each band, only the columns that move are composed often.

Every function is pure: none starts ffmpeg. A tile is composed with a margin of the pixels around it while its colors
are converted, so that they are the same as in the whole frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from vidbuild.frozen import replaced
from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.ffmpeg.filtergraph import Stream
from vidbuild.media.render import compose
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.bands import ROW, Band
from vidbuild.media.render.changed_frames import Box, changing_boxes, layer_changes, visible_box, visible_layers
from vidbuild.media.render.divisions import MARGIN, Cover, Tile, divide
from vidbuild.media.render.drawing import Layer
from vidbuild.media.render.layer import covering_frames, overlay_layer, stays_in_place
from vidbuild.media.render.settled import Window, windows

# Share of the frame's width: if more columns move, all are composed.
MAX_SHARE = 0.85

# How many pixels are still between what is composed apart: a tile costs as much as some more columns of its neighbor.
MIN_STILL = 48


def band_streams(
    animation: Animation, bands: Sequence[Band], pixels: str, *, alone: bool = False
) -> tuple[list[Stream], Stream | None]:
    """Return each band's frames with its guard rows in a pixel format, and the complete last frame in RGB.

    alone: whether only the bands are needed, and no last frame.

    The last frame is composed separately: ffmpeg always requests frames for the output that is furthest behind, so if
    the last frame came from the others, it would buffer all frames before it. It begins with the base of the band in
    which most layers have come to rest, since each overlay of a whole frame takes the memory of one.
    """
    base, above = compose.base_and_layers(animation)
    composed = list(_composed_together(bands))
    divided = [windows(animation, _areas(animation, above, band), band.frames) for band, _ in composed]
    last, last_layers = _last_frame(animation, above)
    settled = [_settled_below(last_layers, each) for each in divided]
    most = 0 if alone else max(settled)
    kept = settled.index(most) if most else None  # the band whose base the last frame begins with
    copies, streams = count(1), []
    covered = [_covered_stream(each, band, pixels, copies) for each, (band, _) in zip(divided, composed, strict=True)]
    count_of_parts = covered.count(None) + (kept is None and not alone)
    parts = filtergraph.split(base, count_of_parts) if count_of_parts else []
    last_base = parts[-1] if parts else base
    for index, (band, own) in enumerate(composed):
        joined = covered[index]
        if joined is None:
            part, keep = parts.pop(0), index == kept
            joined, rest = _band_stream(part, animation, divided[index], band, pixels, copies, keep=keep)
            last_base = rest if keep else last_base
        for part, rows in zip(_parts(joined, animation, band, own), own, strict=True):
            stream = with_guard_rows(part, rows, animation.layers.width, pixels)
            # Without a rate, ffmpeg uses the first PNG's 25 fps, and writes frames twice in a video of 50 fps or more.
            counted = stream.filter("setpts", "N").filter("fps", fps=animation.motion.fps)
            streams.append(compose.tag_colors(counted.filter("tpad", stop=1, stop_mode="clone")))
    return streams, None if alone else compose.overlay_layers(last_base, last, last_layers[most:], (0,))


def _composed_together(bands: Sequence[Band]) -> Iterator[tuple[Band, list[Band]]]:
    """Yield bands to compose, each with those of the plan that are in it: neighbors that change at the same frames.

    A clip or a picture that is scaled is then decoded or painted once for all bands that it is cut into.
    """
    found: list[list[Band]] = []
    for band in bands:
        if found and found[-1][-1].frames == band.frames and found[-1][-1].row + found[-1][-1].rows == band.row:
            found[-1].append(band)
        else:
            found.append([band])
    for own in found:
        yield replaced(own[0], rows=sum(band.rows for band in own)), own


def _parts(stream: Stream, animation: Animation, whole: Band, bands: Sequence[Band]) -> list[Stream]:
    """Return the frames of each band from those of all of them."""
    if len(bands) == 1:
        return [stream]
    top, _ = _rows(animation, whole)
    copies = filtergraph.split(stream, len(bands))
    spans = [_rows(animation, band) for band in bands]
    width = animation.layers.width
    return [
        copy.filter("crop", width, bottom - upper, 0, upper - top)
        for copy, (upper, bottom) in zip(copies, spans, strict=True)
    ]


def _band_stream(
    base: Stream,
    animation: Animation,
    divided: Sequence[Window],
    band: Band,
    pixels: str,
    copies: Iterator[int],
    *,
    keep: bool,
) -> tuple[Stream, Stream]:
    """Return a band's frames, window by window: layers that have come to rest become part of the base.

    The second stream is the base of the last window, if it is kept.
    copies: numbers for the animations of one filter graph.
    """
    streams = []
    for window in divided:
        base = compose.overlay_still(base, replaced(window.animation, copy=next(copies)), window.settled)
        tiles = [part for tile in _tiles(window.animation, band, window.times) for part in _divided(window, tile)]
        parts = filtergraph.split(base, len(tiles) + (keep or window is not divided[-1]))
        composed = [
            _tile_stream(parts.pop(), replaced(window.animation, copy=next(copies)), window.moving, tile, pixels)
            for tile in tiles
        ]
        top, _ = _rows(animation, band)
        streams.append(filtergraph.mosaic(composed, [(tile.left, tile.top - top) for tile in tiles]))
        base = parts[0] if parts else base
    joined = filtergraph.concatenate(streams)
    if len(streams) > 1:
        joined = filtergraph.place_at(filtergraph.frame_timebase(joined, animation.motion.fps), band.frames)
    return joined, base


def _divided(window: Window, tile: Tile) -> list[Tile]:
    """Return the parts of a tile of a window."""
    animation = window.animation
    layers, motion = animation.layers, animation.motion
    covers = [
        Cover(
            visible_box(layer, layers, motion),
            frozenset(layer_changes(layer, layers, motion)),
            whole=not stays_in_place(layer, animation),
        )
        for layer in window.moving
    ]
    return divide(tile, covers)


def _covered_stream(divided: Sequence[Window], band: Band, pixels: str, copies: Iterator[int]) -> Stream | None:
    """Return a band's frames if it is one tile, in which a layer hides all below it: only that and more is composed."""
    window, tiles = divided[0], _tiles(divided[0].animation, band, divided[0].times)
    if len(divided) > 1 or len(tiles) > 1:
        return None
    (tile,) = tiles
    inside, outer = _inside(window.animation, window.moving, tile), _outer(tile, window.animation)
    animation = replaced(window.animation, copy=next(copies))
    for index in reversed(range(len(inside))):
        stream = covering_frames(animation, inside[index], outer, tile.frames)
        if stream is not None:
            for layer in inside[index + 1 :]:
                stream = overlay_layer(stream, animation, layer, outer)
            return _converted(stream, tile, outer[:2], pixels)
    return None


def _settled_below(layers: Sequence[Layer], divided: Sequence[Window]) -> int:
    """Return how many of these layers, from the bottom up, are all that is in the last window's base."""
    settled = [layer for window in divided for layer in window.settled]
    return len(settled) if list(layers[: len(settled)]) == settled else 0


def _areas(animation: Animation, layers: Sequence[Layer], band: Band) -> dict[Layer, int]:
    """Return the layers that are visible in a band at any time, and how many pixels of it each covers."""
    top, bottom = _rows(animation, band)
    found = {}
    for layer in layers:
        box = visible_box(layer, animation.layers, animation.motion)
        height = min(bottom + MARGIN, box.bottom) - max(top - MARGIN, box.top)
        if height > 0:
            found[layer] = height * (box.right - box.left)
    return found


def _tiles(animation: Animation, band: Band, times: tuple[int, ...]) -> list[Tile]:
    """Return tiles: each part of a band that moves at some of its frames, and what is still around them."""
    width, (top, bottom) = animation.layers.width, _rows(animation, band)
    boxes = changing_boxes(animation.layers, animation.motion)
    moving = [(box, frames) for box, frames in boxes if box.top < bottom and box.bottom > top]
    upper, lower = _span([(box.top, box.bottom) for box, _ in moving], (top, bottom))
    still = times[:1]
    columns = [
        Tile(left, upper, right, lower, tuple(frame for frame in times if frame in frames or frame == times[0]))
        for left, right, frames in _columns(moving, width)
    ]
    middle = _with_all(columns, times) if columns else [Tile(0, upper, width, lower, times)]
    edges = [0, *(edge for tile in middle for edge in (tile.left, tile.right)), width]
    between = [Tile(left, upper, right, lower, still) for left, right in zip(edges[::2], edges[1::2], strict=True)]
    row = sorted((*middle, *between), key=lambda tile: (tile.left, tile.right))
    rows = [Tile(0, top, width, upper, still)], row, [Tile(0, lower, width, bottom, still)]
    return [tile for row in rows for tile in row if tile.left < tile.right and tile.top < tile.bottom]


def _columns(moving: Sequence[tuple[Box, frozenset[int]]], width: int) -> list[tuple[int, int, frozenset[int]]]:
    """Return from where to where something moves, and in which frames, from left to right."""
    columns: list[tuple[int, int, frozenset[int]]] = []
    for box, frames in sorted(moving, key=lambda item: item[0].left):
        left, right = _span([(box.left, box.right)], (0, width))
        if columns and left < columns[-1][1] + MIN_STILL:
            start, end, before = columns.pop()
            columns.append((start, max(end, right), before | frames))
        else:
            columns.append((left, right, frames))
    if len(columns) == 1 and columns[0][1] - columns[0][0] > MAX_SHARE * width:
        return [(0, width, columns[0][2])]
    return columns


def _with_all(columns: Sequence[Tile], times: tuple[int, ...]) -> list[Tile]:
    """Return the tiles, the smallest of them composed also at frames in which nothing moves, such as key frames."""
    idle = set(times).difference(*(tile.frames for tile in columns))
    least = min(columns, key=lambda tile: tile.right - tile.left)
    return [replaced(tile, frames=tuple(sorted({*tile.frames, *idle}))) if tile is least else tile for tile in columns]


def _span(moving: Sequence[tuple[int, int]], whole: tuple[int, int]) -> tuple[int, int]:
    """Return the part of an axis to compose often: with a margin, in whole macroblocks; all of it if it is most."""
    start = min((low - MARGIN for low, _ in moving), default=whole[0]) // ROW * ROW
    end = -(-max((high + MARGIN for _, high in moving), default=whole[1]) // ROW) * ROW
    start, end = max(whole[0], start), min(whole[1], end)
    return whole if end - start > MAX_SHARE * (whole[1] - whole[0]) else (start, end)


def _rows(animation: Animation, band: Band) -> tuple[int, int]:
    """Return the top and the bottom of a band in pixels."""
    return band.row * ROW, min((band.row + band.rows) * ROW, animation.layers.height)


def _tile_stream(base: Stream, animation: Animation, layers: Sequence[Layer], tile: Tile, pixels: str) -> Stream:
    left, top, right, bottom = _outer(tile, animation)
    cropped = base.filter("crop", right - left, bottom - top, left, top)
    inside = _inside(animation, layers, tile)
    composed = compose.overlay_layers(cropped, animation, inside, tile.frames, Box(left, top, right, bottom))
    return _converted(composed, tile, (left, top), pixels)


def _outer(tile: Tile, animation: Animation) -> Box:
    return tile.outer(animation.layers.width, animation.layers.height)


def _inside(animation: Animation, layers: Sequence[Layer], tile: Tile) -> list[Layer]:
    """Return the layers that are visible in a tile or its margin at any time."""
    left, top, right, bottom = _outer(tile, animation)
    boxes = ((layer, visible_box(layer, animation.layers, animation.motion)) for layer in layers)
    return [
        layer for layer, box in boxes if box.left < right and box.right > left and box.top < bottom and box.bottom > top
    ]


def _converted(composed: Stream, tile: Tile, corner: tuple[int, int], pixels: str) -> Stream:
    """Return the frames of a tile with its margin, whose corner this is, in a pixel format and without the margin."""
    converted, (left, top) = compose.to_encoder_pixels(composed, pixels), corner
    return compose.tag_colors(
        converted.filter("crop", tile.right - tile.left, tile.bottom - tile.top, tile.left - left, tile.top - top)
    )


def with_guard_rows(stream: Stream, band: Band, width: int, pixels: str) -> Stream:
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


def _last_frame(animation: Animation, above: Sequence[Layer]) -> tuple[Animation, list[Layer]]:
    """Return the animation of the last frame alone, and those of the layers above the base that are visible in it."""
    last = replaced(animation, motion=animation.motion.window(animation.motion.frames - 1, 1))
    in_base = {layer.name for layer in animation.layers.layers} - {layer.name for layer in above}
    return last, [layer for layer in visible_layers(last.layers, last.motion) if layer.name not in in_base]
