"""Reads what is shown above scenes: lower thirds, watermarks and badges, of a scene, of all scenes, and by default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vidbuild.model import Narration, Overlay
from vidbuild.spec import kinds, moments, scene_files
from vidbuild.spec.document import Path, dotted
from vidbuild.spec.scene_context import SceneContext

KINDS = ("lower_third", "watermark", "badge")
TAKEN: Mapping[str, Sequence[str]] = {"corner": ("watermark", "badge"), "opacity": ("watermark",)}
CORNERS: Mapping[str, str] = {"lower_third": "", "watermark": "bottom-right", "badge": "top-right"}
OPACITY = 0.6  # of a watermark


def of_scene(
    fields: Mapping[str, Any], path: Path, narration: Narration | None, context: SceneContext
) -> tuple[Overlay, ...]:
    """Return the overlays of a scene, without those that are wrong, for which it adds errors.

    fields: the scene's valid fields. narration: in the spec's language.
    """
    found = []
    for entries, place in _sources(fields, path, context):
        own = place[:1] == ("scenes",)
        for index, entry in enumerate(entries):
            # Those of several scenes have no words or cues of one: `_overlay` reports them.
            names = (name for name in moments.TIMES if name in entry)
            times = {name: entry[name] for name in names if own or not isinstance(entry[name], str)}
            moments.check(times, (*place, index), narration, context.language, context.collector)
            overlay = _overlay(entry, (*place, index), own, context)
            if overlay is not None:
                found.append(overlay)
    return tuple(found)


def _sources(fields: Mapping[str, Any], path: Path, context: SceneContext) -> list[tuple[list[Any], Path]]:
    """Return the lists of overlays that are shown in a scene, with their paths: those of all scenes first."""
    if "overlays" in fields:
        last = (fields["overlays"], (*path, "overlays"))
    else:
        last = (context.spec["defaults"].get("overlays", []), ("defaults", "overlays"))
    return [(context.spec.get("overlays", []), ("overlays",)), last]


def _overlay(fields: Mapping[str, Any], path: Path, own: bool, context: SceneContext) -> Overlay | None:
    """Return an overlay, or None after adding errors. own: whether the scene itself has it."""
    collector = context.collector
    before = len(collector.diagnostics)
    kind = kinds.only(KINDS, fields, path, "overlay", collector)
    if kind is None:
        return None
    value = fields[kind]
    kinds.check_fields(kind, TAKEN, fields, path, collector)
    for name in moments.TIMES:
        if not own and isinstance(fields.get(name), str):
            message = f"'{name}' of an overlay for several scenes must be seconds, not '{fields[name]}'"
            collector.error((*path, name), message)
    mapping: Mapping[str, str] = value if isinstance(value, Mapping) else {}
    image = scene_files.image(mapping["image"], (*path, kind, "image"), context) if "image" in mapping else None
    if any(each.severity == "error" for each in collector.diagnostics[before:]):
        return None
    return Overlay(
        field=dotted(path[2:] if own else path if path[0] == "defaults" else ("spec", *path)),
        kind=kind,
        text=(value if isinstance(value, str) else mapping.get("name", "")).strip(),
        role=mapping.get("role", "").strip(),
        image=image,
        corner=fields.get("corner", CORNERS[kind]),
        opacity=float(fields.get("opacity", OPACITY)) if kind == "watermark" else 1.0,
        at=moments.time(fields.get("at")),
        until=moments.time(fields.get("until")),
    )
