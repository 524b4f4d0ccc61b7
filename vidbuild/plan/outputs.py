"""The files of a video that a build writes beside the spec."""

from __future__ import annotations

from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Output:
    """One file.

    kind: "video", "captions", "report", "poster", "credits", "transcript", "chapters" or "page"; of what is no MP4,
        "animation", "audio", "picture" (one for each scene) or "handout".
    step: id of the step that produces it.
    file: its name among the step's products.
    suffix: the end of its own name, after the name that all outputs of the video have in common.
    loops: how often it plays, 0 for ever; None for a file that does not loop.
    """

    kind: str
    step: str
    file: str
    suffix: str
    loops: int | None = None
