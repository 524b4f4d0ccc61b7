"""The `output` field of a spec: size, frame rate, loudness and encoder profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vidbuild.model import OutputSettings
from vidbuild.spec.collector import DiagnosticCollector
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


def settings(output: Mapping[str, Any], collector: DiagnosticCollector) -> OutputSettings:
    """Return the settings of a valid `output` value with all defaults; add an error for an impossible size."""
    width, height = _size(output["size"], collector)
    loudness = output["loudness"]
    return OutputSettings(
        width=width,
        height=height,
        fps=int(output["fps"]),
        profile=output["profile"],
        loudness=LOUDNESS[loudness] if isinstance(loudness, str) else float(loudness),
        peak=float(output["peak"]),
    )


def size_of(size: str) -> tuple[int, int]:
    """Return the width and height of a valid `size`, which are perhaps impossible."""
    if size in SIZES:
        return SIZES[size]
    width, height = (int(part) for part in size.split("x"))
    return width, height


def _size(size: str, collector: DiagnosticCollector) -> tuple[int, int]:
    width, height = size_of(size)
    path: Path = ("output", "size")
    if not all(SMALLEST <= side <= LARGEST for side in (width, height)):
        collector.error(path, f"width and height must be even and from {SMALLEST} to {LARGEST}, not '{size}'")
    elif width % 2 or height % 2:
        even = f"{width + width % 2}x{height + height % 2}"
        collector.error(path, f"width and height must be even, not '{size}'", f"write {even}")
    return width, height
