"""A piece of a video file. Layers: heading, clip (its place), caption."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, shown
from vidbuild.scenes.protocol import Clip, SceneProblem


class ClipScene(SceneDefaults):
    """A recording or what another renderer made."""

    name = "clip"
    summary = "a piece of a video file, with its own sound or without"

    def check(self, fields: Mapping[str, Any], _cues: frozenset[str]) -> Iterator[SceneProblem]:
        """It ends after it starts."""
        if "end" in fields and fields["end"] <= fields["start"]:
            message = f"the clip ends at {fields['end']:g} s, but it starts at {fields['start']:g} s"
            yield SceneProblem("end", message)

    def files(self, scene: Scene) -> dict[str, Path]:
        """The clip, where its size decides what is drawn around it."""
        return {"clip": Path(scene.fields["src"])} if scene.fields["fit"] == "contain" else {}

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """{"title", "caption", "fit"}: texts None where there are none."""
        return {**shown(scene.fields, "title", "caption"), "fit": scene.fields["fit"]}

    def entrances(self, scene: Scene) -> dict[str, str]:
        """What stands over the clip rises."""
        return rising(scene.fields, {"heading": "title", "caption": "caption"})

    def clip(self, scene: Scene) -> Clip | None:
        """The file and the part of it that plays."""
        fields = scene.fields
        start, end = round(fields["start"] * 1000), fields.get("end")
        end_ms = None if end is None else max(round(end * 1000), start + 1)
        return Clip(Path(fields["src"]), start, end_ms, fields["fit"], fields["audio"])
