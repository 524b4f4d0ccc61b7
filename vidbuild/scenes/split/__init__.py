"""The split scene. Layers: heading, then those of each side's scene type, such as left-heading and right-item-0."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, texts
from vidbuild.scenes.layout_files import layout_files
from vidbuild.scenes.protocol import DocumentPage, Light, Place, Reveal, SceneProblem, SceneType
from vidbuild.scenes.registry import NAMES, SCENE_TYPES, WHOLE_SCENES

SIDES = ("left", "right")


class SplitScene(SceneDefaults):
    """The content of two scenes beside each other; each side is drawn, revealed and checked by its own type."""

    name = "split"
    summary = "the content of two scenes beside each other, such as a list and code"
    follows_language = True
    lights: tuple[Light, ...] = (Light(0.5, 1.1, 0.5, 0.22),)
    spec_fields: Mapping[str, str] = {
        f"{side}.{drawn}": f"{side}.{field}"
        for side in SIDES
        for name in NAMES
        if name not in WHOLE_SCENES
        for drawn, field in SCENE_TYPES[name].spec_fields.items()
    }

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Yield the errors of both sides."""
        for side, own, kind in _sides(fields):
            yield from _problems(side, kind.check(own))

    def markers(self, fields: Mapping[str, Any]) -> Collection[str]:
        """Return the cues that either side uses."""
        return [cue for _, own, kind in _sides(fields) for cue in kind.markers(own)]

    def lint(self, scene: Scene) -> Iterator[SceneProblem]:
        """Yield the warnings of both sides."""
        for side, part, kind in _parts(scene):
            yield from _problems(side, kind.lint(part))

    def files(self, scene: Scene) -> dict[str, Path]:
        """Return the templates and the pictures of both sides."""
        found: dict[str, Path] = {}
        for side, part, kind in _parts(scene):
            found |= layout_files(kind, side)
            found.update({_role(side, role): path for role, path in kind.files(part).items()})
        return found

    def pages(self, scene: Scene) -> dict[str, DocumentPage]:
        """Return the pages of both sides."""
        return {
            _role(side, role): page for side, part, kind in _parts(scene) for role, page in kind.pages(part).items()
        }

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return {"title", "ratio", "left", "right"}: what the types draw of each side; the title can be None."""
        sides = {side: kind.drawing(part) for side, part, kind in _parts(scene)}
        return {**texts(scene.fields, "title"), "ratio": scene.fields["ratio"], **sides}

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the heading rise, and then what each side shows from its start."""
        made = rising(scene.fields, {"heading": "title"})
        for side, part, kind in _parts(scene):
            made.update({f"{side}-{layer}": effect for layer, effect in kind.entrances(part).items()})
        return made

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Return the reveals of the left side and then those of the right one."""
        made: list[Reveal] = []
        for side, part, kind in _parts(scene):
            if made:  # what no later look replaces stays when the other side goes on
                last = made[-1]
                replaced = tuple(layer for layer in last.until_next if f"{layer}-past" in last.enter)
                made[-1] = replace(last, until_next=replaced)
            made.extend(_prefixed(side, reveal) for reveal in kind.reveals(part))
        return made

    def drifts(self, scene: Scene) -> dict[str, tuple[Place, Place]]:
        """Return the layers of both sides that move all the time."""
        return {
            f"{side}-{layer}": places
            for side, part, kind in _parts(scene)
            for layer, places in kind.drifts(part).items()
        }


def _role(side: str, role: str) -> str:
    """Return the role in the whole scene of a file that has this role in one of a side's type."""
    name, _, field = role.partition(":")
    return f"image:{side}.{field or 'src'}" if name == "image" else role


def _sides(fields: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], SceneType]]:
    """Yield each side's name, its fields, and the type of its content."""
    for side in SIDES:
        own = {name: value for name, value in fields[side].items() if name != "type"}
        yield side, own, SCENE_TYPES[fields[side]["type"]]


def _parts(scene: Scene) -> Iterator[tuple[str, Scene, SceneType]]:
    """Yield each side's name, its content as a scene, and the scene's type."""
    for side, own, kind in _sides(scene.fields):
        yield side, replace(scene, type=kind.name, fields=own), kind


def _problems(side: str, problems: Iterator[SceneProblem]) -> Iterator[SceneProblem]:
    for problem in problems:
        yield replace(problem, field=f"{side}.{problem.field}" if problem.field else side)


def _prefixed(side: str, reveal: Reveal) -> Reveal:
    """Return a reveal of a side's layers under their names in the whole scene."""

    def names(layers: Sequence[str]) -> tuple[str, ...]:
        return tuple(f"{side}-{layer}" for layer in layers)

    return replace(
        reveal,
        field=f"{side}.{reveal.field}",
        enter={f"{side}-{layer}": effect for layer, effect in reveal.enter.items()},
        leave=names(reveal.leave),
        until_next=names(reveal.until_next),
        sequence=tuple((f"{side}-{layer}", seconds) for layer, seconds in reveal.sequence),
        states=(f"{side}-{reveal.states[0]}", reveal.states[1]) if reveal.states[0] else reveal.states,
        moves={f"{side}-{layer}": place for layer, place in reveal.moves.items()},
        zooms={f"{side}-{layer}": place for layer, place in reveal.zooms.items()},
        cursor=f"{side}-{reveal.cursor}",
    )


SCENE = SplitScene()
