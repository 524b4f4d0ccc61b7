"""The `background` of a scene: a color, a gradient, or an image file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vidbuild import focal_point
from vidbuild.media.image.backdrop import unreadable_gradient
from vidbuild.spec import scene_files
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path
from vidbuild.spec.scene_context import SceneContext
from vidbuild.spec.theme_values import normalize_color

Background = str | Mapping[str, Any] | None


def background(fields: Mapping[str, Any], path: Path, context: SceneContext) -> Background:
    """Return a scene's background with normal colors and an absolute path; None without any, or after an error.

    fields: the scene's valid fields.
    path: the scene's.
    """
    value, path = fields.get("background"), (*path, "background")
    if not isinstance(value, Mapping):
        color: str | None = normalize_color(value)
        return color
    if "gradient" in value:
        return _gradient(value, path, context.collector)
    if focal_point.FIELD in value and value["fit"] == "contain":
        message = f"'{focal_point.FIELD}' has no effect: 'fit: contain' shows the whole image"
        context.collector.error((*path, focal_point.FIELD), message, "set 'fit: cover', or remove it", key=True)
    file = scene_files.image(value["image"], (*path, "image"), context)
    if file is None:
        return None
    own = {name: each for name, each in value.items() if name != focal_point.FIELD}
    return {**own, "image": str(file), **focal_point.shares(value)}


def _gradient(value: Mapping[str, Any], path: Path, collector: DiagnosticCollector) -> Background:
    colors = tuple(normalize_color(each) for each in value["gradient"])
    if unreadable_gradient(colors):
        message = "no text is readable on both the dark and the light parts of this gradient: its colors are changed"
        collector.warning("VB308", (*path, "gradient"), message, "use colors that are all dark or all light")
    return {**value, "gradient": list(colors)}
