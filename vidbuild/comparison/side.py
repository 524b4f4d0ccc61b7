"""One version of a video: its scenes, and where their pictures are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vidbuild.media.render.hold import Hold


@dataclass(frozen=True, slots=True)
class Picture:
    """Where the frames of a scene are.

    path: a video, or the scene's own segment. start: of the scene in it, in seconds. seconds: how long it lasts.
    fps: frames per second. raw: of a segment, which has no times, ffmpeg's name of its format.
    holds: of a segment that is rendered without them, what it lacks.
    strips: of a segment that lacks rows, files with them and where they end (vidbuild.comparison.segment).
    """

    path: Path
    start: float
    seconds: float
    fps: float
    raw: str = ""
    holds: Sequence[Hold] = ()
    strips: Sequence[tuple[Path, int]] = ()

    @property
    def files(self) -> list[Path]:
        """All files that its frames are in."""
        return [self.path, *(path for path, _ in self.strips)]

    def to_data(self) -> list[Any]:
        """Return it as JSON values, for the process that decodes the file."""
        holds = [each.to_data() for each in self.holds]
        strips = [[str(path), end] for path, end in self.strips]
        return [str(self.path), self.start, self.seconds, self.fps, self.raw, json.dumps(holds), strips]


@dataclass(frozen=True, slots=True)
class SceneSide:
    """A scene in one version.

    seconds: its length, None if it is not built. text: what is spoken, as it is written.
    captions: start and end in seconds from the scene's start, and text, of each; None if it is not built.
    frames, sounds: the digest of each packet of its part of the video; None if there is no video.
    digests: of what its `picture` and its `sound` follow from in the spec, by these names, and of what is encoded of
    them: `audio`, `segment`, and `segment.KIND` for each step that encodes a part of it; empty if there is no spec.
    picture: None if it is nowhere, for the reason in `missing`.
    """

    id: str
    type: str
    text: str
    seconds: float | None = None
    captions: Sequence[Sequence[Any]] | None = None
    frames: Sequence[str] | None = None
    sounds: Sequence[str] | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    picture: Picture | None = None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One version of a video. label: what the user named. seconds: the video's length, None if it is not built."""

    label: str
    title: str
    language: str
    scenes: Sequence[SceneSide]
    seconds: float | None = None

    def by_id(self) -> Mapping[str, SceneSide]:
        """Return the scenes by their ids."""
        return {scene.id: scene for scene in self.scenes}
