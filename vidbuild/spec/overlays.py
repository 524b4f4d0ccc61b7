"""Reads what is above scenes: lower thirds, watermarks, badges and clips, of a scene, of all scenes, and by default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vidbuild.marks import Inset, Overlay
from vidbuild.model import Narration
from vidbuild.spec import kinds, moments, scene_files
from vidbuild.spec.document import Path, dotted
from vidbuild.spec.scene_context import SceneContext

KINDS = ("lower_third", "watermark", "badge", "clip")
TAKEN: Mapping[str, Sequence[str]] = {
    "corner": ("watermark", "badge", "clip"),
    "opacity": ("watermark",),
    **dict.fromkeys(("start", "end", "size", "shape", "fit", "audio", "audio_track"), ("clip",)),
}
OPACITY = 0.6  # of a watermark
SIZE = 0.33  # of a clip


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
    inset = _inset(fields, path, own, context) if kind == "clip" else None
    if isinstance(value, str) and kind == "watermark":
        scene_files.warn_of_file_name(value, (*path, kind), f"write {{image: {value}}}", context)
    mapping: Mapping[str, str] = value if isinstance(value, Mapping) else {}
    image = scene_files.image(mapping["image"], (*path, kind, "image"), context) if "image" in mapping else None
    if any(each.severity == "error" for each in collector.diagnostics[before:]):
        return None
    return Overlay(
        field=dotted(path[2:] if own else path if path[0] == "defaults" else ("spec", *path)),
        kind=kind,
        text="" if inset else (value if isinstance(value, str) else mapping.get("name", "")).strip(),
        role=mapping.get("role", "").strip(),
        image=image,
        corner=fields.get("corner", ""),
        opacity=float(fields.get("opacity", OPACITY)) if kind == "watermark" else 1.0,
        at=moments.time(fields.get("at")),
        until=moments.time(fields.get("until")),
        inset=inset,
    )


def _inset(fields: Mapping[str, Any], path: Path, own: bool, context: SceneContext) -> Inset | None:
    """Return the clip of an overlay, or None after adding errors."""
    collector = context.collector
    if not own:
        message = "'clip' plays in one scene: expected in 'overlays' of a scene, got in those of several"
        hint = "move it to the 'overlays' of a scene; 'start' is from which second of the file it plays there"
        collector.error((*path, "clip"), message, hint, key=True)
        return None
    start, end = float(fields.get("start", 0)), fields.get("end")
    if end is not None and end <= start:
        collector.error((*path, "end"), f"'end' must be after 'start' ({start:g} s), not {end:g} s")
    shape = fields.get("shape", "rounded")
    if shape == "circle" and fields.get("fit") == "contain":
        message = "a circle crops the edges of the clip: expected 'fit: cover', got 'contain'"
        collector.error((*path, "fit"), message, "use 'shape: rounded'", key=True)
    file = scene_files.video(fields["clip"], (*path, "clip"), context)
    if file is None:
        return None
    return Inset(
        file,
        start,
        None if end is None else float(end),
        float(fields.get("size", SIZE)),
        shape,
        fields.get("fit", "cover" if shape == "circle" else "contain"),
        fields.get("audio", "mute"),
        fields.get("audio_track"),
    )
