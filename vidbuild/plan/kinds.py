"""The kinds of step there are, each with its version and the tools that decide its bytes. It knows no spec.

Raise a kind's version in the same change that makes it give other bytes for the same inputs: that is what keeps a new
vidbuild from shipping pictures an older one made.
"""

from __future__ import annotations

from collections.abc import Mapping

from vidbuild.engine.graph.graph import Kind
from vidbuild.voices.registry import ENGINES

NETWORK = "network"
RESOURCES: Mapping[str, int] = {NETWORK: 2}  # an unofficial voice service answers bursts with refusals


def speak_kind(engine: str, fallback: str | None = None) -> str:
    """The name of the kind that speaks with an engine: the engines' versions belong to the key, so each is a kind."""
    return f"speak-{engine}" + (f"-or-{fallback}" if fallback else "")


def _speak_kinds() -> dict[str, Kind]:
    kinds = {}
    for engine, voice in ENGINES.items():
        for other in (None, *ENGINES):
            name = speak_kind(engine, other)
            tools = tuple(f"voice-{each}" for each in (engine, other) if each)
            network = voice.network or (other is not None and ENGINES[other].network)
            kinds[name] = Kind(
                name,
                1,
                "vidbuild.steps.speak:run",
                ("ffmpeg", *tools),
                resource=NETWORK if network else "",
            )
    return kinds


def _shown_kinds(name: str, version: int) -> dict[str, Kind]:
    """A kind and its twin for what zooms, which Pillow scales: only that depends on which Pillow there is."""
    entry = f"vidbuild.steps.{name}:run"
    zoom = f"{name}-zoom"
    return {name: Kind(name, version, entry, ("ffmpeg",)), zoom: Kind(zoom, version, entry, ("ffmpeg", "pillow"))}


KINDS: Mapping[str, Kind] = {
    **_speak_kinds(),
    "timeline": Kind("timeline", 1, "vidbuild.steps.timeline:run", ("ffmpeg",)),
    "draw": Kind("draw", 2, "vidbuild.steps.draw:run", ("typst", "fonts", "pillow"), wrappers=("fields",)),
    # Around a clip that is seen whole: how large that is, ffmpeg tells.
    "draw-clip": Kind(
        "draw-clip", 2, "vidbuild.steps.draw:run", ("typst", "fonts", "pillow", "ffmpeg"), wrappers=("fields",)
    ),
    **_shown_kinds("render", 6),
    **_shown_kinds("transition", 6),
    **_shown_kinds("still", 5),
    "audio": Kind("audio", 4, "vidbuild.steps.audio:run", ("ffmpeg",)),
    "captions": Kind("captions", 1, "vidbuild.steps.captions:run"),
    "mux": Kind("mux", 1, "vidbuild.steps.mux:run"),
    "report": Kind("report", 3, "vidbuild.steps.report:run"),
}
