"""Default answers of a scene type, and helpers that several types use."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild import focal_point, inline
from vidbuild.model import Scene
from vidbuild.scenes.protocol import Clip, DocumentPage, Layout, Light, Place, Reveal, SceneProblem


class SceneDefaults:
    """A scene without files, video or motion, whose layers all appear at the start."""

    folder: Path | None = None
    needs_duration = True
    lights: tuple[Light, ...] = (Light(0.95, -0.1, 0.45, 0.14),)
    spec_fields: Mapping[str, str] = {}
    follows_language = False
    points_at = ""
    enlarges: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()

    def check(self, _fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Accept every scene that the schema accepts."""
        return iter(())

    def markers(self, _fields: Mapping[str, Any]) -> Collection[str]:
        """Return none."""
        return ()

    def plays(self, _fields: Mapping[str, Any]) -> bool:
        """Return that the scene has no length of its own."""
        return False

    def lint(self, _scene: Scene) -> Iterator[SceneProblem]:
        """Yield no warnings."""
        return iter(())

    def files(self, _scene: Scene) -> dict[str, Path]:
        """Return no files."""
        return {}

    def pages(self, _scene: Scene) -> dict[str, DocumentPage]:
        """Return no pages of PDFs."""
        return {}

    def layout(self, _scene: Scene) -> Layout | None:
        """Return no layout of its own."""
        return None

    def reveals(self, _scene: Scene) -> list[Reveal]:
        """Return no later appearances."""
        return []

    def drifts(self, _scene: Scene) -> dict[str, tuple[Place, Place]]:
        """Let no layer drift."""
        return {}

    def extent(self, _fields: Mapping[str, Any]) -> tuple[int, int] | None:
        """Leave it to the step."""
        return None

    def moving(self, fields: Mapping[str, Any]) -> str:
        """Return "motion" if it is set."""
        return "motion" if fields.get("motion", "none") != "none" else ""

    def redacted(self, fields: Mapping[str, Any], _regions: Sequence[Mapping[str, int]]) -> dict[str, Any]:
        """Keep all fields."""
        return dict(fields)

    def clip(self, _scene: Scene) -> Clip | None:
        """Return no video."""
        return None

    def clips(self, _scene: Scene) -> Sequence[Clip]:
        """Return no videos."""
        return ()


def texts(fields: Mapping[str, Any], *names: str) -> dict[str, str | None]:
    """Return the text fields with these names, stripped and with their markup marked; None if empty or absent."""
    return {name: inline.marked(str(fields[name]).strip()) or None if fields.get(name) else None for name in names}


def rising(fields: Mapping[str, Any], layers: Mapping[str, str]) -> dict[str, str]:
    """Return layer -> "rise" for each layer whose text field is not empty.

    layers: layer -> name of its text field.
    """
    return {layer: "rise" for layer, name in layers.items() if texts(fields, name)[name]}


def unused_focal_point(fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
    """Yield the problem of a focal point of a picture that is not cropped."""
    if focal_point.FIELD in fields and fields["fit"] == "contain":
        message = f"'{focal_point.FIELD}' has no effect: 'fit: contain' shows the whole picture"
        yield SceneProblem(focal_point.FIELD, message, "set 'fit: cover', or remove it")


def line_span(text: str, number: int) -> tuple[int, int]:
    """Return where a line of a text is, without the blanks around it."""
    lines = text.split("\n")
    start = sum(len(line) + 1 for line in lines[: number - 1])
    line = lines[number - 1]
    return start + len(line) - len(line.lstrip()), start + len(line.rstrip())
