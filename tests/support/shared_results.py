"""Results of steps in a store, for tests of caches that are shared."""

from __future__ import annotations

from vidbuild.engine.keys.key import KeyMaterial
from vidbuild.engine.store.store import Store
from vidbuild.engine.store.trace import Trace


def stored_trace(store: Store, name: str = "one", size: int = 4, seconds: float = 2.0, take: str = "") -> Trace:
    """Put a result of two files into a store and return its trace, which is the same each time.

    take: what the files begin with: results of a step that makes other bytes each time it runs have the same key.
    """
    store.root.mkdir(parents=True, exist_ok=True)
    files = {each: store.root / f"{name}-{each}" for each in ("a.bin", "b.bin")}
    for each, path in files.items():
        path.write_bytes((take + name + each).encode() * size)
    moved = store.blobs.move_in(files)
    material = KeyMaterial("render", 1, {"name": name}, {}, {})
    outputs = {each: blob for each, (blob, _) in moved.items()}
    trace = Trace(material.key(), f"render:{name}", tuple(material.lines()), {}, outputs, {}, seconds=seconds)
    store.write_trace(trace)
    return trace
