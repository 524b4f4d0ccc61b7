"""The tools that steps use, each imported only when its identity is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path

from vidbuild.engine.graph.graph import Graph, Step
from vidbuild.engine.keys.tools import Tool
from vidbuild.plan.kinds import KINDS, voice_tool
from vidbuild.voices import recorded
from vidbuild.voices.registry import ENGINES


def tools() -> Mapping[str, Tool]:
    """Return each tool by the name that kinds and steps give it."""
    voices = {
        voice_tool(name): Tool(engine.stat_paths, engine.identity, engine.network, engine.concurrency, engine.env)
        for name, engine in ENGINES.items()
    }
    return {
        "ffmpeg": Tool(_paths("ffmpeg.binary", "stat_paths"), _identity("ffmpeg.binary", "identity")),
        "typst": Tool(_paths("text.packages", "typst_paths"), _identity("text.packages", "typst_identity")),
        "fonts": Tool(_paths("text.packages", "fonts_paths"), _identity("text.packages", "fonts_identity")),
        "pillow": Tool(_paths("text.packages", "pillow_paths"), _identity("text.packages", "pillow_identity")),
        "heif": Tool(_paths("text.packages", "heif_paths"), _identity("text.packages", "heif_identity")),
        voice_tool(recorded.NAME): Tool(recorded.stat_paths, recorded.identity),
        **voices,
    }


def network_steps(graph: Graph) -> Mapping[str, Step]:
    """Return the steps that use a tool that needs the network."""
    online = {name for name, tool in tools().items() if tool.network}
    return {name: step for name, step in graph.steps.items() if online & {*KINDS[step.kind].tools, *step.tools}}


def _paths(module: str, name: str) -> Callable[[], Sequence[Path]]:
    def paths() -> Sequence[Path]:
        found: Sequence[Path] = getattr(import_module(f"vidbuild.media.{module}"), name)()
        return found

    return paths


def _identity(module: str, name: str) -> Callable[[], str]:
    def identity() -> str:
        return str(getattr(import_module(f"vidbuild.media.{module}"), name)())

    return identity
