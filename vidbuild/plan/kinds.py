"""The kinds of step: the version of each, and the tools that every step of it uses.

A change to the bytes that a step produces must raise the version of its kind: otherwise builds would reuse what an
older vidbuild made.
"""

from __future__ import annotations

from collections.abc import Mapping

from vidbuild.engine.graph.graph import Kind

VOICE = "voice-"


def voice_tool(engine: str) -> str:
    """Return the name of the tool that a voice engine, or one of its sources, is to the steps that use it."""
    return f"{VOICE}{engine}"


_ALL = (
    Kind("speak", 4, "vidbuild.steps.speak:run", ("ffmpeg",), wrappers=("plugins",), places=("pauses", "ipa")),
    Kind("align", 2, "vidbuild.steps.align:run", ("ffmpeg", "numpy")),
    Kind("timeline", 8, "vidbuild.steps.timeline:run", ("ffmpeg",)),
    Kind("draw", 6, "vidbuild.steps.draw:run", ("typst", "fonts", "pillow"), wrappers=("fields", "plugins")),
    Kind("page", 1, "vidbuild.steps.page:run", ("pdfium", "pillow")),
    Kind("progress", 1, "vidbuild.steps.progress:run", ("typst", "fonts", "pillow"), wrappers=("fields",)),
    Kind("watermark", 1, "vidbuild.steps.watermark:run", ("typst", "fonts")),
    Kind("typeset", 2, "vidbuild.steps.typeset:run", ("typst", "fonts", "pillow"), wrappers=("rules",)),
    Kind("burn", 1, "vidbuild.steps.burn:run", ("ffmpeg", "pillow")),
    Kind("encoder", 1, "vidbuild.steps.encoder:run", ("ffmpeg",)),
    Kind("render", 12, "vidbuild.steps.render:run", ("ffmpeg",)),
    Kind("strip", 2, "vidbuild.steps.strip:run", ("ffmpeg",)),
    Kind("transition", 12, "vidbuild.steps.transition:run", ("ffmpeg",)),
    Kind("still", 8, "vidbuild.steps.still:run", ("ffmpeg",)),
    Kind("animate", 1, "vidbuild.steps.animate:run", ("ffmpeg", "pillow")),
    Kind("assemble", 1, "vidbuild.steps.assemble:run", ("pillow",)),
    Kind("audio", 6, "vidbuild.steps.audio:run", ("ffmpeg",)),
    Kind("music", 1, "vidbuild.steps.music:run"),
    Kind("decode", 1, "vidbuild.steps.decode:run", ("ffmpeg",)),
    Kind("captions", 6, "vidbuild.steps.captions:run"),
    Kind("transcript", 2, "vidbuild.steps.transcript:run"),
    Kind("mux", 2, "vidbuild.steps.mux_codec:run"),
    Kind("soundtrack", 2, "vidbuild.steps.soundtrack:run"),
    Kind("handout", 1, "vidbuild.steps.handout:run", ("typst", "fonts", "pillow")),
    Kind("report", 7, "vidbuild.steps.report:run"),
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}

# The kinds that `vidbuild check` runs: they render no frame, and only their steps may give warnings.
CHECKED = (
    *("speak", "align", "timeline", "page", "draw", "progress", "typeset"),
    *("music", "decode", "audio", "captions", "encoder"),
)
