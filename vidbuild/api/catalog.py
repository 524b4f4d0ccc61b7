"""What can be written in a spec: voices, themes, scene types, the schema. It reads no spec."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """A voice engine. missing: what it would take to use it here, None if it can be used now."""

    engine: str
    summary: str
    network: bool
    missing: str | None
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ThemeInfo:
    """A built-in theme."""

    name: str
    summary: str
    path: Path


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


def voices() -> list[VoiceInfo]:
    """Every voice engine, with the voices that can be named without asking a service."""
    from vidbuild.voices.registry import ENGINES

    return [
        VoiceInfo(name, engine.summary, engine.network, engine.available(), tuple(engine.voices()))
        for name, engine in ENGINES.items()
    ]


def themes() -> list[ThemeInfo]:
    """The built-in themes; a file can extend each of them."""
    folder = Path(__file__).parent.parent / "themes"
    return [ThemeInfo(path.stem, _first_comment(path), path) for path in sorted(folder.glob("*.yaml"))]


def scenes() -> list[SceneInfo]:
    """Every scene type with its own fields; the fields that all share are in the schema."""
    from vidbuild.scenes.registry import SCENE_TYPES

    return [SceneInfo(name, kind.summary, _fields(name)) for name, kind in SCENE_TYPES.items()]


def schema() -> str:
    """The JSON Schema of version 1 of the language, as text."""
    from vidbuild.spec.schema import schema_path

    return schema_path().read_text(encoding="utf-8")


def _first_comment(path: Path) -> str:
    """What a theme's file says of itself in its first line."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    return first.removeprefix("#").strip() if first.startswith("#") else ""


def _fields(scene_type: str) -> tuple[FieldInfo, ...]:
    part: dict[str, Any] = json.loads(
        (Path(__file__).parent.parent / "scenes" / scene_type / "schema.json").read_text(encoding="utf-8")
    )
    required = part.get("required", [])
    return tuple(
        FieldInfo(name, field.get("description", ""), name in required) for name, field in part["properties"].items()
    )
