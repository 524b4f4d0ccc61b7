"""The files of a video that a build writes beside the spec."""

from __future__ import annotations

from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Output:
    """One file.

    kind: "video", "captions", "report", "poster", "credits", "transcript", "chapters" or "page".
    step: id of the step that produces it.
    file: its name among the step's products.
    suffix: the end of its own name, after the name that all outputs of the video have in common.
    """

    kind: str
    step: str
    file: str
    suffix: str
