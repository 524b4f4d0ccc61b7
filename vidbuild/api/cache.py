"""Looking after a project's cache and its past builds; it knows no spec."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild.engine import gc
from vidbuild.engine import runs as past
from vidbuild.engine.store import DEFAULT_LIMIT, Store
from vidbuild.errors import UsageError
from vidbuild.project import cache_of, root_of


@dataclass(frozen=True, slots=True)
class CacheFacts:
    """What the cache holds."""

    folder: Path
    bytes: int
    limit: int
    traces: int
    blobs: int

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "folder": str(self.folder),
            "bytes": self.bytes,
            "limit": self.limit,
            "traces": self.traces,
            "blobs": self.blobs,
        }


@dataclass(frozen=True, slots=True)
class Checkup:
    """What was read again, and what of it was damaged and is gone now."""

    checked: int
    damaged: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"checked": self.checked, "damaged": list(self.damaged)}


@dataclass(frozen=True, slots=True)
class Removed:
    """Bytes that were removed and that were kept. busy: nothing was, since a build is running."""

    removed: int
    kept: int
    busy: bool = False

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"removed": self.removed, "kept": self.kept, "busy": self.busy}


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A past or running build. state: running, completed, failed or cancelled."""

    run: str
    spec: str
    state: str
    started: float
    seconds: float | None
    folder: Path

    def events(self) -> Iterator[dict[str, Any]]:
        """What it told, event by event; of a running one, so far."""
        return past.read_events(self.folder, self.run)

    def to_json(self) -> dict[str, Any]:
        """As JSON values, with the counts that its last event tells."""
        told: dict[str, Any] = {"run": self.run, "spec": self.spec, "state": self.state, "started": self.started}
        last: dict[str, Any] = {}
        for event in self.events():
            last = event
        counts: dict[str, Any] = {name: last[name] for name in ("ran", "cached", "failed", "aborted") if name in last}
        return {**told, "seconds": self.seconds, **counts}


def _store(cache: Path | None) -> Store:
    return Store(cache if cache is not None else cache_of(root_of(Path.cwd() / "spec.yaml")))


def cache_info(cache: Path | None = None) -> CacheFacts:
    """What the cache of the project here holds; writes nothing."""
    found = gc.info(_store(cache))
    return CacheFacts(found.root, found.bytes, DEFAULT_LIMIT, found.traces, found.blobs)


def cache_verify(cache: Path | None = None) -> Checkup:
    """Read all of the cache again and remove what is damaged."""
    found = gc.verify(_store(cache))
    return Checkup(found.checked, found.damaged)


def cache_gc(limit: int | None = None, cache: Path | None = None) -> Removed:
    """Trim the cache to a size in bytes, what was used longest ago first."""
    found = gc.trim(_store(cache), DEFAULT_LIMIT if limit is None else limit)
    return Removed(found.removed_bytes, found.bytes, found.busy)


def cache_clear(cache: Path | None = None) -> Removed:
    """Remove everything in the cache; StoreError while a build runs."""
    return Removed(gc.clear(_store(cache)), 0)


def runs(cache: Path | None = None) -> list[RunFacts]:
    """Past and running builds of the project here, the last one first."""
    folder = _store(cache).root / "runs"
    return [_facts(run, folder) for run in reversed(past.past_runs(folder))]


def run(run_id: str, cache: Path | None = None) -> RunFacts:
    """One build, by its id or the beginning of it; UsageError where there is no such build or more than one."""
    found = [each for each in runs(cache) if each.run.startswith(run_id)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(f"there is no build '{run_id}'", hint="vidbuild runs")
    raise UsageError(f"'{run_id}' could be {', '.join(each.run for each in found[:3])}")


def _facts(run: past.Run, folder: Path) -> RunFacts:
    seconds = None if run.ended is None else round(run.ended - run.started, 3)
    return RunFacts(run.id, run.entry, run.state, run.started, seconds, folder)
