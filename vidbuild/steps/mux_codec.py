"""The step `mux` for any codec."""

from __future__ import annotations

from vidbuild.engine.graph.context import Context
from vidbuild.steps import mux, mux_whole


def run(context: Context) -> None:
    """Write the video. Params: codec: of the segments; default: H.264."""
    (mux_whole if "codec" in context.params else mux).run(context)
