"""The `output` field of a spec: size, frame rate, loudness and encoder profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vidbuild.model import OutputSettings
from vidbuild.spec.collector import Notes
from vidbuild.spec.document import Path

SIZES = {
    "2160p": (3840, 2160),
    "1440p": (2560, 1440),
    "1080p": (1920, 1080),
    "720p": (1280, 720),
    "vertical": (1080, 1920),
    "square": (1080, 1080),
}
SMALLEST, LARGEST = 64, 7680  # pixels
# LUFS: the level of web players and phones, and that of EBU R 128 for television.
LOUDNESS = {"web": -16.0, "broadcast": -23.0}


def settings(output: Mapping[str, Any], notes: Notes) -> OutputSettings:
    """The settings of a valid `output` value, defaults filled in; notes sizes that no video can have."""
    width, height = _size(output["size"], notes)
    loudness = output["loudness"]
    return OutputSettings(
        width=width,
        height=height,
        fps=int(output["fps"]),
        profile=output["profile"],
        loudness=LOUDNESS[loudness] if isinstance(loudness, str) else float(loudness),
        peak=float(output["peak"]),
    )


def _size(size: str, notes: Notes) -> tuple[int, int]:
    if size in SIZES:
        return SIZES[size]
    width, height = (int(part) for part in size.split("x"))
    where: Path = ("output", "size")
    if (width % 2 or height % 2) and all(SMALLEST <= side <= LARGEST for side in (width, height)):
        even = f"{width + width % 2}x{height + height % 2}"
        notes.error(where, f"width and height must be even, not '{size}'", f"{even} would do")
    elif not all(SMALLEST <= side <= LARGEST for side in (width, height)):
        notes.error(where, f"width and height must be {SMALLEST} to {LARGEST} and even, not '{size}'")
    return width, height
