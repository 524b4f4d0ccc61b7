"""The tools whose identities are in keys, each imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from vidbuild.engine.tools import Tool
from vidbuild.voices.registry import ENGINES


def tools() -> Mapping[str, Tool]:
    """Name -> tool, as the kinds of step name them."""
    voices = {
        f"voice-{name}": Tool(engine.stat_path, partial(_voice_identity, name)) for name, engine in ENGINES.items()
    }
    return {
        "ffmpeg": Tool(_ffmpeg_path, _ffmpeg_identity),
        "typst": Tool(_typst_path, _typst_identity),
        "fonts": Tool(_no_file, _fonts_identity),
        "pillow": Tool(_pillow_path, _pillow_identity),
        **voices,
    }


def _voice_identity(name: str) -> str:
    return ENGINES[name].identity()


def _ffmpeg_path() -> Path:
    from vidbuild.media import ffmpeg

    return ffmpeg.executable()


def _ffmpeg_identity() -> str:
    from vidbuild.media import ffmpeg

    return ffmpeg.identity()


def _typst_path() -> Path:
    from vidbuild.media import layout

    return layout.typst_path()


def _typst_identity() -> str:
    from vidbuild.media import layout

    return layout.typst_identity()


def _no_file() -> None:
    """No one file tells that the default fonts are the same, and hashing all eight takes milliseconds."""


def _fonts_identity() -> str:
    from vidbuild.media import layout

    return layout.fonts_identity()


def _pillow_path() -> Path:
    from vidbuild.media import layout

    return layout.pillow_path()


def _pillow_identity() -> str:
    from vidbuild.media import layout

    return layout.pillow_identity()
