"""The step `burn:SCENE`: encode the rows of a scene that its captions lie in, apart from its segment.

The scene's own rendering does not depend on its captions. This does, and composes these rows alone, at the frames at
which a caption or the scene changes in them.
"""

from __future__ import annotations

from vidbuild.engine.graph.context import Context
from vidbuild.frozen import replaced
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.encode_plan import EncodePlan, encode_plan
from vidbuild.steps import caption_layer, render

STRIP = "strip.h264"


def run(context: Context) -> None:
    """Write strip.h264: the slices of these rows, as in a frame of the video, without the rows around them.

    Params: rows: the first row of macroblocks, and the end, as in the scene's `render` step.
    """
    profile, rows = context.params["profile"], context.params["rows"]

    def planned(part: Animation) -> EncodePlan:
        layers, motion = caption_layer.without(part.layers, part.motion)
        own = encode_plan(replaced(part, layers=layers, motion=motion), profile, rows=rows)
        return own.within(rows, caption_layer.changes(part.motion))

    animation = render.read_animation(context)
    render.encode_parts(context, animation, planned, context.scratch / STRIP, rows[1])
    (context.scratch / STRIP).replace(context.out / STRIP)
