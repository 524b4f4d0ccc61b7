"""Says where a field belongs that is unknown where it stands."""

from __future__ import annotations

from vidbuild.spec import meanings, schema, wording
from vidbuild.spec.document import Path

REQUIRED = frozenset({"vidbuild", "title", "scenes"})  # fields that every top level has
SCENE_PATH = 2  # length: "scenes", index


def hint(name: str, path: Path) -> str | None:
    """Return a hint about a field that other scene types, each scene, or the whole spec have; None if none has it."""
    if len(path) == SCENE_PATH and path[0] == "scenes":
        types = [kind for kind in schema.scene_types() if name in schema.definition(f"scene_{kind}")["properties"]]
        if types:
            return f"use '{name}' in a scene of type {wording.either(types)}"
    if path == ("defaults",) and name in schema.SHARED:
        return f"'{name}' is a field of each scene, and has no default"
    whole = schema.load()["properties"].keys() - REQUIRED
    meant = name if name in whole else meanings.field(name, whole, ())
    return f"'{meant}' is a field of the top level, for the whole video" if path and meant else None
