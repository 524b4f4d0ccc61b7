"""The scene types and their fields."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A field of a scene type, as the schema has it."""

    name: str
    description: str
    required: bool


@dataclass(frozen=True, slots=True)
class SceneInfo:
    """A scene type and the fields of its own."""

    name: str
    summary: str
    fields: tuple[FieldInfo, ...]


def scenes() -> list[SceneInfo]:
    """Every scene type with its own fields; the fields that all share are in the schema."""
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
