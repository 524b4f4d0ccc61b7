"""The clip scene. Layers: heading, clip (the area of the video), poster (covers it until the clip plays), caption.

Several clips have a layer each: clip-0 and on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from vidbuild.focal_point import FIELD, of, shares
from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, texts, unused_focal_point
from vidbuild.scenes.protocol import Clip, SceneProblem, part_ms

# The fields of one clip that entries of `clips` have instead, with the values that they have if they are not given.
OF_ENTRIES: Mapping[str, Any] = {"start": 0, "end": None, "audio_track": None, "at": None, FIELD: None}
OF_ONE: Mapping[str, Any] = {"poster": None, "freeze": []}  # which they do not have


class ClipScene(SceneDefaults):
    """A part of a video file, or of several, one after the other."""

    name = "clip"
    summary = "parts of video files, with or without their audio, and the narration as text in the picture"
    points_at = "pixels"

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Require one source, ends after starts, a poster that is shown, and freezes that have one end."""
        if ("src" in fields) == ("clips" in fields):
            if "src" in fields:
                yield SceneProblem("clips", "'src' and 'clips' cannot both be given", "remove one of them")
            else:
                yield SceneProblem("", "missing field 'src' or 'clips'", "add 'src' with a video file")
            return
        if "clips" in fields:
            yield from _several_problems(fields)
            return
        yield from unused_focal_point(fields)
        yield from _end_problems(fields)
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
        """Return whether the clips end by themselves."""
        return all(each.get("loop", fields.get("loop")) is not True for each in fields.get("clips", ({},)))

    def moving(self, fields: Mapping[str, Any]) -> str:
        """Return "clips", at which callouts cannot point: each of them is another picture."""
        return "clips" if "clips" in fields else ""

    def files(self, scene: Scene) -> dict[str, Path]:
        """Return the clip if its size decides what is drawn around it, and the image of the poster."""
        fields = scene.fields
        clip = {"clip": Path(fields["src"])} if fields["fit"] == "contain" and "src" in fields else {}
        return {**clip, **({"image:poster": Path(fields["poster"])} if _has_image(fields) else {})}

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return {"title", "caption", "fit"}, "poster" for an image of it, and "clips", how many there are of several.

        Title and caption can be None.
        """
        fields = scene.fields
        poster = {"poster": True} if _has_image(fields) else {}
        several = {"clips": len(fields["clips"])} if "clips" in fields else {}
        return {**texts(fields, "title", "caption"), "fit": fields["fit"], **shares(fields), **poster, **several}

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the heading and the caption rise."""
        return rising(scene.fields, {"heading": "title", "caption": "caption"})

    def clip(self, scene: Scene) -> Clip | None:
        """Return the file, the part of it that plays, and how."""
        fields = scene.fields
        if "clips" in fields:
            return None
        poster = fields.get("poster")
        return replace(
            _clip(fields, fields),
            freezes=tuple(fields["freeze"]),
            poster=None if poster is None or _has_image(fields) else round(poster * 1000),
            covered=_has_image(fields),
        )

    def clips(self, scene: Scene) -> Sequence[Clip]:
        """Return the same of each of several clips."""
        fields = scene.fields
        return [
            replace(_clip(entry, fields), weight=float(entry.get("weight", 1)), holds=entry.get("loop") is False)
            for entry in fields.get("clips", ())
        ]


def _clip(own: Mapping[str, Any], scene: Mapping[str, Any]) -> Clip:
    """Return a clip. own: its fields; scene: those that all clips of its scene share."""
    loop = own.get("loop", scene["loop"])
    return Clip(
        Path(own["src"]),
        *part_ms(own.get("start", 0), own.get("end")),
        scene["fit"],
        scene["audio"],
        own.get("audio_track"),
        speed=float(own.get("speed", scene["speed"])),
        loop=int(loop is not True) if isinstance(loop, bool) else int(loop),
        at=own.get("at") or None,
        focus=of(shares(own)),
    )


def _several_problems(fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
    """Yield what is wrong with the fields of a scene that has several clips."""
    for name, default in OF_ENTRIES.items():
        if fields.get(name) != default:
            message = f"'{name}' belongs to one clip, but the scene has {len(fields['clips'])}"
            yield SceneProblem(name, message, "move it to an entry of 'clips'")
    for name, default in OF_ONE.items():
        if fields.get(name) != default:
            message = f"'{name}' is for a scene with one clip, but the scene has {len(fields['clips'])}"
            yield SceneProblem(name, message, "use a scene of its own for the clip")
    for index, entry in enumerate(fields["clips"]):
        place = f"clips.{index}."
        problems = [*_end_problems({"start": 0, **entry}), *unused_focal_point({**entry, "fit": fields["fit"]})]
        yield from (SceneProblem(place + each.field, each.message, each.hint) for each in problems)
        if not index and entry.get("at"):
            message = "the first clip begins with the scene"
            yield SceneProblem("clips.0.at", message, "remove 'at', or put a clip before it")
        if index and entry.get("at") == 0:
            message = "the clip would begin with the scene, as the first one does"
            yield SceneProblem(f"{place}at", message, "set 'at' to more than 0, or remove it")


def _end_problems(fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
    if "end" in fields and fields["end"] <= fields["start"]:
        yield SceneProblem("end", f"'end' must be after 'start' ({fields['start']:g} s), not {fields['end']:g} s")


def _has_image(fields: Mapping[str, Any]) -> bool:
    return isinstance(fields.get("poster"), str)


SCENE = ClipScene()
