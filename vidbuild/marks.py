"""What is shown above a scene, as its author wrote it: callouts on its content, and overlays beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Callout:
    """A mark on a scene's picture, code or table.

    index: in the spec's list.
    kind: "rect", "arrow", "circle", "spotlight", "zoom", "blur", "label" or "cursor".
    regions: what it points at, one except for a cursor: {"box": [x, y, width, height]} with numbers for pixels and text
        for percent, {"from", "to"} for lines, {"row", "column"} or one of them for cells.
    text: its note, "" without one.
    at, until: a cue, words of the narration, or seconds; None by default.
    side: of the region on which an arrow or label is; "" for the one with the most room.
    click: whether a cursor clicks.
    """

    index: int
    kind: str
    regions: tuple[Mapping[str, Any], ...]
    text: str = ""
    at: str | float | None = None
    until: str | float | None = None
    side: str = ""
    click: bool = False


@dataclass(frozen=True, slots=True)
class Inset:
    """A clip in a corner of a scene. Times in seconds of its file.

    end: None for the end of the file.
    size: the side of a square of the same area, as a share of the frame's shorter side.
    shape: "rectangle", "rounded" or "circle".
    fit: "contain" (all of it) or "cover" (a square or circle, with the edges cropped).
    audio: "keep", "mute" or "duck". audio_track: counted from 1; None for the file's default.
    """

    path: Path
    start: float
    end: float | None
    size: float
    shape: str
    fit: str
    audio: str
    audio_track: int | None = None


@dataclass(frozen=True, slots=True)
class Overlay:
    """Something above a scene that does not belong to its content.

    field: its path: "overlays.0" in the scene, "spec.overlays.0" or "defaults.overlays.0".
    kind: "lower_third", "watermark", "badge" or "clip".
    text: a person's name, or the words of a watermark or badge; "" of an image.
    role: what a person does, "" without one.
    image: the file of a watermark that is an image.
    corner: "top-left", "top-right", "bottom-left" or "bottom-right"; "" for that of its kind.
    opacity: from 0 to 1.
    at, until: a cue, words of the narration, or seconds; None: from the start, to the end.
    inset: the clip of the kind "clip".
    """

    field: str
    kind: str
    text: str = ""
    role: str = ""
    image: Path | None = None
    corner: str = ""
    opacity: float = 1.0
    at: str | float | None = None
    until: str | float | None = None
    inset: Inset | None = None
