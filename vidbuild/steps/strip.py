"""The step `strip:SCENE`: encode the rows of a scene that the mark of progress lies in, apart from its segment.

A scene's own rendering does not depend on how many scenes there are; this does, and has few rows, mostly still ones.
"""

from __future__ import annotations

from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.bands import ROW, strip_row
from vidbuild.media.render.drawing import Layers
from vidbuild.media.render.encode_plan import EncodePlan, encode_plan
from vidbuild.steps import render

STRIP = "strip.h264"


def run(context: Context) -> None:
    """Write strip.h264: the slices of these rows, as in a frame of the video, without the rows above.

    Params: strip: its height in pixels, as in the scene's `render` step; whole rows of macroblocks are encoded.
    """
    profile, strip = context.params["profile"], context.params["strip"]
    animation = render.read_animation(context)
    row = strip_row(animation.layers.height, strip)
    mark = context.inputs.get("progress")  # the intro and outro of a brand have none
    if mark is not None and any(layer.y < row * ROW for layer in Layers.read(mark).layers):
        raise StepError(f"the mark of progress does not fit into the lowest {strip} pixels")

    def planned(part: Animation) -> EncodePlan:
        return encode_plan(part, profile, strip).below(row)

    render.encode_parts(context, animation, planned, context.scratch / STRIP)
    (context.scratch / STRIP).replace(context.out / STRIP)
