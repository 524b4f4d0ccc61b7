"""The segments of a video's scenes and transitions, with all frames and the rows in them that other steps encoded."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.engine.graph.step_id import StepId
from vidbuild.errors import StepError
from vidbuild.frozen import dataclass
from vidbuild.media.h264 import h264, in_place
from vidbuild.media.h264.h264 import StreamInfo
from vidbuild.media.render import hold
from vidbuild.media.render.hold import Hold

HOLDS = "holds"


@dataclass(frozen=True, slots=True)
class Whole:
    """A segment with its strips and all frames of its holds.

    sizes: bytes of each frame.
    frames: all of them as an MP4 stores them, in pieces, one after the other.
    """

    stream: StreamInfo
    sizes: array[int]
    frames: Sequence[bytes | memoryview]


def input_role(item: Mapping[str, Any]) -> str:
    """Return the role of the input that holds the segment of a scene or a transition in the order."""
    step = StepId("render", item["scene"]) if "scene" in item else StepId("transition", item["transition"])
    return step.local


def read(context: Context, item: Mapping[str, Any]) -> Whole:
    """Return the segment of an item of the order. Raise StepError for one that is corrupt or unlike its strips."""
    role = input_role(item)
    try:
        data = context.read(role)
        is_alone = "rows" not in item and _strip(item) not in context.inputs
        if is_alone and (made := in_place.samples(data, _holds(context, item))):
            return Whole(made.stream, made.sizes, made.pieces)
        return _slice_by_slice(context, item, data)
    except h264.H264Error as error:
        raise StepError(f"'{role}': corrupt segment: {error}") from error


def _slice_by_slice(context: Context, item: Mapping[str, Any], data: bytes) -> Whole:
    """Return a segment with rows that other steps encoded, or one that is not of the usual form."""
    from vidbuild.media.h264 import segment, strip  # most videos need neither these modules
    from vidbuild.media.h264.holds import lengthened  # nor this one

    index = segment.read(data)
    if _strip(item) in context.inputs:
        added = context.read(_strip(item))
        index = strip.inserted(data, index, added)
        data += added
    if holds := _holds(context, item):
        longer = lengthened(data, index, holds)
        if "rows" not in item:
            return Whole(longer.stream, longer.sizes, [segment.stored(longer.units)])
        data, index = longer.laid_out()
    if "rows" in item:
        added = context.read(StepId("burn", item["scene"]).local)
        index, more = strip.laid_over(data, index, added, item["rows"][1])
        data += added + more
    return Whole(index.stream, index.sizes, [segment.joined(data, index)])


def _strip(item: Mapping[str, Any]) -> str:
    """Return the role of the input with a scene's mark of progress; "" for a transition, which has none."""
    return StepId("strip", item["scene"]).local if "scene" in item else ""


def _holds(context: Context, item: Mapping[str, Any]) -> tuple[Hold, ...]:
    """Return the holds that a scene is rendered without."""
    role = f"{HOLDS}:{item['scene']}" if "scene" in item else ""
    return hold.from_json(context.read(role)) if role in context.inputs else ()
