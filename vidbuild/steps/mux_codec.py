"""The step `mux` for any codec."""

from __future__ import annotations

from vidbuild.engine.graph.context import Context
from vidbuild.steps import mux


def run(context: Context) -> None:
    """Write the video. Params: codec: of the segments; default: H.264."""
    if "codec" not in context.params:
        mux.run(context)
        return
    from vidbuild.steps import mux_whole  # an H.264 video needs none of the other codecs' modules

    mux_whole.run(context)
