"""Where the fields of each scene are in the spec."""

from __future__ import annotations

from vidbuild.location import Location
from vidbuild.spec.document import Document, Path, dotted

_INHERITED: tuple[tuple[str, Path], ...] = (
    ("transition", ("defaults", "transition")),
    ("voice", ("voice",)),
    ("music", ("music",)),
)


def path(index: int, field: str) -> Path:
    """Return where the spec has a field of the scene with this index, or of the overlays that it shares."""
    parts = tuple(int(part) if part.isdigit() else part for part in field.split("."))
    shared: dict[str | int, Path] = {"spec": parts[1:], "defaults": parts}
    return shared.get(parts[0], ("scenes", index, *parts))


def locations(document: Document) -> dict[int, dict[str, Location]]:
    """Return scene's index -> field -> the location of its value; "" is the location of the scene's id.

    A `transition`, `voice` or `music` that a scene takes from the whole spec has its location there; an
    overlay of all scenes is "spec.overlays.0", and one of `defaults` "defaults.overlays.0".
    """
    by_scene: dict[int, dict[str, Location]] = {}
    fields_of_music = {dotted(path): location for path, location in document.values.items() if path[:1] == ("music",)}
    shared = {
        dotted(path if path[0] == "defaults" else ("spec", *path)): location
        for path, location in document.values.items()
        if path[:1] == ("overlays",) or path[:2] == ("defaults", "overlays")
    }
    for path, location in document.values.items():
        if path[:1] == ("scenes",) and len(path) > 1 and isinstance(path[1], int):
            by_scene.setdefault(path[1], {})[dotted(path[2:])] = location
    for own in by_scene.values():
        own[""] = own.get("id", own[""])
        own.update(shared)
        for name, default in _INHERITED:
            if name not in own and default in document.values:
                own[name] = document.values[default]
                if name == "music":
                    own.update(fields_of_music)
    return by_scene
