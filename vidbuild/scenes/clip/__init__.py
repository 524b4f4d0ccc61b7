"""The clip scene. Layers: heading, clip (the area of the video), caption."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, texts
from vidbuild.scenes.protocol import Clip, SceneProblem


class ClipScene(SceneDefaults):
    """A part of a video file."""

    name = "clip"
    summary = "a part of a video file, with or without its audio"
    points_at = "pixels"
    needs_duration = False  # it lasts as long as the clip plays

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Require an end after the start."""
        if "end" in fields and fields["end"] <= fields["start"]:
            yield SceneProblem("end", f"'end' must be after 'start' ({fields['start']:g} s), not {fields['end']:g} s")

    def files(self, scene: Scene) -> dict[str, Path]:
        """Return the clip if its size decides what is drawn around it."""
        return {"clip": Path(scene.fields["src"])} if scene.fields["fit"] == "contain" else {}

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return {"title", "caption", "fit"}: title and caption can be None."""
        return {**texts(scene.fields, "title", "caption"), "fit": scene.fields["fit"]}

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the heading and the caption rise."""
        return rising(scene.fields, {"heading": "title", "caption": "caption"})

    def clip(self, scene: Scene) -> Clip | None:
        """Return the file and the part of it that plays."""
        fields = scene.fields
        start, end = round(fields["start"] * 1000), fields.get("end")
        end_ms = None if end is None else max(round(end * 1000), start + 1)
        return Clip(Path(fields["src"]), start, end_ms, fields["fit"], fields["audio"], fields.get("audio_track"))


SCENE = ClipScene()
