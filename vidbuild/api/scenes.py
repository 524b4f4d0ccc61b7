"""Lists the scene types and their fields."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A field of a scene type, from the schema."""

    name: str
    description: str
    required: bool


@dataclass(frozen=True, slots=True)
class SceneInfo:
    """A scene type and its own fields."""

    name: str
    summary: str
    fields: tuple[FieldInfo, ...]


def scenes() -> list[SceneInfo]:
    """Return every scene type with its own fields, without those that all types share."""
    from vidbuild.scenes.registry import SCENE_TYPES

    return [SceneInfo(name, kind.summary, _fields(name)) for name, kind in SCENE_TYPES.items()]


def _fields(scene_type: str) -> tuple[FieldInfo, ...]:
    part: dict[str, Any] = json.loads(
        (Path(__file__).parent.parent / "scenes" / scene_type / "schema.json").read_text(encoding="utf-8")
    )
    required = part.get("required", [])
    return tuple(
        FieldInfo(name, field.get("description", ""), name in required) for name, field in part["properties"].items()
    )
