"""The steps scene. Layers: heading, then for each step i step-i-past and step-i, then what is beside them.

That is window-i and code-i, or picture-i.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vidbuild.model import Scene
from vidbuild.scenes.code import languages
from vidbuild.scenes.code.source import code_lines, joined, unknown_language, wide
from vidbuild.scenes.defaults import SceneDefaults, rising, texts
from vidbuild.scenes.entries import entry, images, reveal
from vidbuild.scenes.protocol import Light, Reveal, SceneProblem

MAX_STEPS = 7  # more are hard to follow on one screen


class StepsScene(SceneDefaults):
    """Numbered steps on a line, with code or an image beside the current one."""

    name = "steps"
    summary = "numbered steps, one lit at a time, with code or an image beside it"
    spec_fields: Mapping[str, str] = {"wide": "steps"}
    lights: tuple[Light, ...] = (Light(0.0, 0.5, 0.45, 0.22),)

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Require at most one of code and an image beside each step."""
        for index, step in enumerate(map(entry, fields["steps"])):
            if "code" in step and "image" in step:
                message = "'code' and 'image' cannot both be given"
                yield SceneProblem(f"steps.{index}.code", message, "remove one of them")
            if "language" in step and "code" not in step:
                yield SceneProblem(
                    f"steps.{index}.language", "'language' needs 'code'", "remove 'language', or add 'code'"
                )

    def lint(self, scene: Scene) -> Iterator[SceneProblem]:
        """Warn of too many steps, and of code without colors."""
        steps = scene.fields["steps"]
        if len(steps) > MAX_STEPS:
            message = f"{len(steps)} steps in one scene: viewers can follow up to {MAX_STEPS}"
            yield SceneProblem("steps", message, code="VB307")
        for index, step in enumerate(map(entry, steps)):
            yield from unknown_language(f"steps.{index}.language", step.get("language", ""))

    def files(self, scene: Scene) -> dict[str, Path]:
        """Return the steps' images."""
        return images(scene, "steps")

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return {"title", "steps": [{"text", "detail", "code", "language", "image_size"}], "wide"}.

        All of a step but "text" can be None. wide: characters in code that take two columns, if there are any.
        """
        steps = [entry(step) for step in scene.fields["steps"]]
        marks = wide([line for step in steps if "code" in step for line in code_lines(step["code"])])
        return {
            **texts(scene.fields, "title"),
            "steps": [_drawn(step) for step in steps],
            **({"wide": marks} if marks else {}),
        }

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the heading rise; the steps appear later."""
        return rising(scene.fields, {"heading": "title"})

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Reveal each step with what is beside it, which stays until that of another step takes its place."""
        made = []
        shown: tuple[str, ...] = ()
        for index, step in enumerate(map(entry, scene.fields["steps"])):
            beside = _beside(index, step)
            replaced = shown if beside else ()
            shown = beside or shown
            words = step["text"]
            made.append(reveal(f"steps.{index}", f"step-{index}", step, words, beside=beside, leave=replaced))
        return made


def _drawn(step: Mapping[str, Any]) -> dict[str, Any]:
    code = joined(code_lines(step["code"])) if "code" in step else None
    language = languages.typst_name(step["language"]) if step.get("language") else None
    return {
        **texts(step, "text", "detail"),
        "code": code,
        "language": language or None,
        "image_size": step.get("image_size"),
    }


def _beside(index: int, step: Mapping[str, Any]) -> tuple[str, ...]:
    if "code" in step:
        return (f"window-{index}", f"code-{index}")
    return (f"picture-{index}",) if "image" in step else ()


SCENE = StepsScene()
