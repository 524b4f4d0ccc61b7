"""Merges the values of themes that extend each other into one theme."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from vidbuild.json_types import Json
from vidbuild.media.image import accents
from vidbuild.model import Theme
from vidbuild.spec import schema

# Values that no drawing depends on: a change to them draws nothing again.
BEHAVIOR = frozenset({"easing", "pace", "transition", "progress", "captions", "enter", "exit"})


def merged(layers: list[dict[str, Any]]) -> Theme:
    """Merge the values of themes; later ones replace earlier ones, field by field, and their fonts come first."""
    values: dict[str, Any] = {}
    fonts: list[FilePath] = []
    logo, name, own_glow, system = None, "", True, None
    for layer in layers:
        own = {key: item for key, item in layer.items() if key != "families"}
        name = own.pop("name", name)
        logo = own.pop("logo", logo)
        system = own.pop("system_fonts", system)
        fonts[:0] = [file for file, *_ in own.pop("font_files", ())]
        if {"accent", "glow"} & own.keys():
            own_glow = "glow" in own
        for key, value in own.items():
            values[key] = {**values.get(key, {}), **_mapping(key, value)} if key in _MAPPINGS else value
    values = accents.resolved(_normalize_colors(values), own_glow=own_glow)
    behavior = {key: values.pop(key) for key in sorted(BEHAVIOR) if key in values}
    return Theme(name, values, logo, tuple(dict.fromkeys(fonts)), behavior, system)


# Fields whose values are merged, and how their short form is written in full.
_MAPPINGS = frozenset({"fonts", "syntax", "scale", "intro", "outro"})


def _mapping(key: str, value: Json) -> Mapping[str, Json]:
    if key == "scale" and not isinstance(value, Mapping):
        return {"title": value, "text": value}
    return dict(value)


def transition(value: str | Mapping[str, Any]) -> dict[str, Any]:
    """Return a transition in its long form, with the default duration."""
    if isinstance(value, str):
        branch = schema.resolve({"$ref": "#/$defs/transition"})["anyOf"][1]
        return {"type": value, "duration": branch["properties"]["duration"]["default"]}
    return dict(value)


def _normalize_colors(values: Mapping[str, Any]) -> dict[str, Any]:
    """Write each color in one way, so that '#FFF' and '#ffffff' have the same key."""
    return {
        key: _normalize_colors(item) if isinstance(item, Mapping) else normalize_color(item)
        for key, item in values.items()
    }


def normalize_color(value: Json) -> Json:
    """Return '#Fa0' as '#ffaa00'; any other value as it is."""
    if not isinstance(value, str) or not value.startswith("#"):
        return value
    digits = value[1:].lower()
    return "#" + ("".join(2 * digit for digit in digits) if len(digits) == 3 else digits)  # noqa: PLR2004 - "#rgb"
