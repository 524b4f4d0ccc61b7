"""What a scene type does where it has nothing of its own to do; it knows no type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vidbuild.model import Scene
from vidbuild.scenes.protocol import Clip, Reveal, SceneProblem


class SceneDefaults:
    """A scene in which all that is there comes at the start."""

    def check(self, _fields: Mapping[str, Any], _cues: frozenset[str]) -> Iterator[SceneProblem]:
        """Nothing that the schema does not say."""
        return iter(())

    def files(self, _scene: Scene) -> dict[str, Path]:
        """No file."""
        return {}

    def reveals(self, _scene: Scene) -> list[Reveal]:
        """Nothing comes later."""
        return []

    def zooms(self, _scene: Scene) -> dict[str, tuple[float, float]]:
        """Nothing zooms."""
        return {}

    def clip(self, _scene: Scene) -> Clip | None:
        """No moving picture."""
        return None


def shown(fields: Mapping[str, Any], *names: str) -> dict[str, str | None]:
    """The text fields of these names, None where there is nothing to be seen."""
    return {name: str(fields[name]).strip() or None if fields.get(name) else None for name in names}


def rising(fields: Mapping[str, Any], layers: Mapping[str, str]) -> dict[str, str]:
    """Layer -> "rise" for each layer whose text field has something in it. layers: layer -> field."""
    return {layer: "rise" for layer, name in layers.items() if shown(fields, name)[name]}
