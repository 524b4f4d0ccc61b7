"""The tools whose identities are in keys, each imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path

from vidbuild.engine.keys.tools import Tool
from vidbuild.voices.registry import ENGINES


def tools() -> Mapping[str, Tool]:
    """Name -> tool, as the kinds of step name them."""
    voices = {f"voice-{name}": Tool(engine.stat_paths, engine.identity) for name, engine in ENGINES.items()}
    return {
        "ffmpeg": Tool(_paths("ffmpeg.binary", "stat_paths"), _identity("ffmpeg.binary", "identity")),
        "typst": Tool(_paths("text.typst", "typst_paths"), _identity("text.typst", "typst_identity")),
        "fonts": Tool(_paths("text.typst", "fonts_paths"), _identity("text.typst", "fonts_identity")),
        "pillow": Tool(_paths("text.typst", "pillow_paths"), _identity("text.typst", "pillow_identity")),
        **voices,
    }


def _paths(module: str, name: str) -> Callable[[], Sequence[Path]]:
    def paths() -> Sequence[Path]:
        found: Sequence[Path] = getattr(import_module(f"vidbuild.media.{module}"), name)()
        return found

    return paths


def _identity(module: str, name: str) -> Callable[[], str]:
    def identity() -> str:
        return str(getattr(import_module(f"vidbuild.media.{module}"), name)())

    return identity
