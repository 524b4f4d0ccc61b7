"""The clip scene. Layers: heading, clip (the area of the video), poster (covers it until the clip plays), caption."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, texts
from vidbuild.scenes.protocol import Clip, SceneProblem, part_ms


class ClipScene(SceneDefaults):
    """A part of a video file."""

    name = "clip"
    summary = "a part of a video file, with or without its audio"
    points_at = "pixels"

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Require an end after the start, a poster that is shown, and freezes that have one end."""
        if "end" in fields and fields["end"] <= fields["start"]:
            yield SceneProblem("end", f"'end' must be after 'start' ({fields['start']:g} s), not {fields['end']:g} s")
        if "poster" in fields and not fields.get("at", 0):
            yield SceneProblem(
                "poster",
                "the poster is never shown: the clip plays from the start of the scene",
                "set 'at' to when the clip begins to play, a cue or seconds",
            )
        for index, freeze in enumerate(fields.get("freeze", ())):
            given = [name for name in ("for", "until") if name in freeze]
            if not given:
                hint = "add 'for: 2', for 2 s, or 'until' with a cue or seconds"
                yield SceneProblem(f"freeze.{index}", "missing freeze field 'for' or 'until'", hint)
            if len(given) > 1:
                message = "'for' and 'until' cannot both be given"
                yield SceneProblem(f"freeze.{index}.until", message, "remove one of them")

    def plays(self, fields: Mapping[str, Any]) -> bool:
        """Return whether the clip ends by itself."""
        return fields.get("loop") is not True

    def files(self, scene: Scene) -> dict[str, Path]:
        """Return the clip if its size decides what is drawn around it, and the image of the poster."""
        fields = scene.fields
        clip = {"clip": Path(fields["src"])} if fields["fit"] == "contain" else {}
        return {**clip, **({"image:poster": Path(fields["poster"])} if _has_image(fields) else {})}

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return {"title", "caption", "fit"}, and "poster" for an image of it; title and caption can be None."""
        fields = scene.fields
        poster = {"poster": True} if _has_image(fields) else {}
        return {**texts(fields, "title", "caption"), "fit": fields["fit"], **poster}

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the heading and the caption rise."""
        return rising(scene.fields, {"heading": "title", "caption": "caption"})

    def clip(self, scene: Scene) -> Clip | None:
        """Return the file, the part of it that plays, and how."""
        fields = scene.fields
        poster, loop = fields.get("poster"), fields["loop"]
        return Clip(
            Path(fields["src"]),
            *part_ms(fields["start"], fields.get("end")),
            fields["fit"],
            fields["audio"],
            fields.get("audio_track"),
            speed=float(fields["speed"]),
            loop=int(loop is not True) if isinstance(loop, bool) else int(loop),
            at=fields.get("at") or None,
            freezes=tuple(fields["freeze"]),
            poster=None if poster is None or _has_image(fields) else round(poster * 1000),
            covered=_has_image(fields),
        )


def _has_image(fields: Mapping[str, Any]) -> bool:
    return isinstance(fields.get("poster"), str)


SCENE = ClipScene()
