"""The segments of a video's scenes and transitions, with all frames and the rows in them that other steps encoded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.engine.graph.step_id import StepId
from vidbuild.errors import StepError
from vidbuild.media.h264 import h264, segment
from vidbuild.media.h264.holds import lengthened
from vidbuild.media.h264.segment import Segment
from vidbuild.media.h264.strip import inserted, laid_over
from vidbuild.media.render import holds as left_out
from vidbuild.media.render.holds import Hold

HOLDS = "holds"


@dataclass(frozen=True, slots=True)
class Whole:
    """The index of a segment with its strips, and where its bytes are.

    inputs: roles of the files, one after the other.
    holds: of which these are lengthened, and the index of what is before that; None if they are as they are in the
    files.
    more: the role of a file after them; "" for none.
    added: bytes after them.
    """

    index: Segment
    inputs: tuple[str, ...]
    holds: tuple[Segment, tuple[Hold, ...]] | None = None
    more: str = ""
    added: bytes = b""

    def frames(self, context: Context) -> Iterator[bytes]:
        """Yield every frame as an MP4 stores it. The files are read again, so that one scene is in memory at a time."""
        data = b"".join(context.inputs[role].read_bytes() for role in self.inputs)
        if self.holds is not None:
            data = lengthened(data, *self.holds)[0]
        if self.more:
            data += context.inputs[self.more].read_bytes() + self.added
        yield from segment.frames(data, self.index)


def input_role(item: Mapping[str, Any]) -> str:
    """Return the role of the input that holds the segment of a scene or a transition in the order."""
    step = StepId("render", item["scene"]) if "scene" in item else StepId("transition", item["transition"])
    return step.local


def read(context: Context, item: Mapping[str, Any]) -> Whole:
    """Return the segment of an item of the order. Raise StepError for one that is corrupt or unlike its strips."""
    role = input_role(item)
    try:
        data = context.inputs[role].read_bytes()
        whole = Whole(segment.read(data), (role,))
        strip = StepId("strip", item.get("scene", "")).local
        if "scene" in item and strip in context.inputs:
            added = context.inputs[strip].read_bytes()
            whole = Whole(inserted(data, whole.index, added), (*whole.inputs, strip))
            data += added
        if holds := _holds(context, item):
            data, index = lengthened(data, whole.index, holds)
            whole = Whole(index, whole.inputs, (whole.index, holds))
        if "rows" in item:
            burn = StepId("burn", item["scene"]).local
            index, more = laid_over(data, whole.index, context.inputs[burn].read_bytes(), item["rows"][1])
            whole = Whole(index, whole.inputs, whole.holds, burn, more)
    except h264.H264Error as error:
        raise StepError(f"'{role}': corrupt segment: {error}") from error
    return whole


def _holds(context: Context, item: Mapping[str, Any]) -> tuple[Hold, ...]:
    """Return the holds that a scene is rendered without."""
    file = context.inputs.get(f"{HOLDS}:{item['scene']}") if "scene" in item else None
    return () if file is None else left_out.from_json(file.read_bytes())
