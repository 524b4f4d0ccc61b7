"""Going on where an earlier build ended: which run that was, and what of its options makes it the same build.

A run keeps its spec, output folder, chosen scenes and the names of the variables that were set. Their values may be
secrets, so they are never kept: who goes on with the run says them again.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from vidbuild.engine.runs import run_log as past
from vidbuild.engine.runs.run_log import Run
from vidbuild.engine.store.store import Store
from vidbuild.errors import UsageError
from vidbuild.frozen import dataclass
from vidbuild.project import cache_of, root_of

LAST = "last"


def store_here(cache: Path | None) -> Store:
    """The store of the project here."""
    return Store(cache if cache is not None else cache_of(root_of(Path.cwd() / "spec.yaml")))


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A build that did not complete. specs: of the whole command; variables: the names of those that were set."""

    run: str
    specs: tuple[Path, ...]
    output: Path | None
    only: tuple[str, ...]
    variables: tuple[str, ...]


def find(store: Store, name: str, entry: str | None = None) -> Run:
    """A run by its id, the beginning or the last four characters of it, or "last" for the newest.

    entry: only runs of this one count. UsageError where there is none, or more than one.
    """
    folder = store.root / "runs"
    runs = [run for run in past.past_runs(folder) if entry is None or run.target(entry)]
    of = f" of '{entry}'" if entry else ""
    if name == LAST:
        if runs:
            return runs[-1]
        raise UsageError(f"there is no run{of} yet")
    fitting = [run for run in runs if name and (run.id.startswith(name) or run.id.endswith(f"-{name}"))]
    if len(fitting) > 1:
        raise UsageError(f"'{name}' could be {', '.join(run.id for run in fitting[-3:])}")
    if not fitting:
        raise UsageError(f"there is no run '{name}'{of}", hint="vidbuild runs")
    return fitting[0]


def earlier(store: Store, name: str, entry: str, variables: Collection[str]) -> Run:
    """The run of this entry that can be continued with these variables set; UsageError where there is none."""
    found = find(store, name, entry)
    if found.state == "completed":
        raise UsageError(f"run '{found.id}' completed, so there is nothing to continue", hint="vidbuild build")
    if found.alive:
        paused = found.state == "paused"
        hint = f"vidbuild runs resume {found.id}" if paused else f"vidbuild runs show {found.id}"
        raise UsageError(f"run '{found.id}' has not ended: it is {found.state}", hint=hint)
    target = found.target(entry)
    given = target.metadata.get("variables", ()) if target else ()
    missing = [each for each in given if each not in variables]
    if missing:
        named = ", ".join(f"'{each}'" for each in missing)
        again = " ".join(f"--var {each}=VALUE" for each in missing)
        raise UsageError(
            f"run '{found.id}' was given a value for {named}, and values are not kept as they may be secrets",
            hint=f"vidbuild build --resume {found.id} {again}",
        )
    return found


def unfinished(name: str, cache: Path | None = None) -> Unfinished:
    """The build of the project here that a command without a spec goes on with.

    "last" is the newest run, or, where that one completed, an unfinished one of the same command.
    """
    store = store_here(cache)
    found = find(store, name)
    if name == LAST and found.state == "completed":
        found = next(_siblings(store, found), found)
    if found.state == "completed":
        raise UsageError(f"run '{found.id}' completed, so there is nothing to continue", hint="vidbuild build")
    facts = _metadata(found)
    if not facts or facts.get("made"):
        why = "was started from Python" if facts else "says nothing of its spec"
        raise UsageError(f"run '{found.id}' {why}", hint=f"vidbuild build SPEC --resume {found.id}")
    output = facts["output"]
    return Unfinished(
        found.id,
        tuple(_outwards(each, store) for each in facts["specs"]),
        _outwards(output, store) if output else None,
        tuple(facts["only"]),
        tuple(facts["variables"]),
    )


def _siblings(store: Store, run: Run) -> Iterator[Run]:
    """The runs of the same command that did not complete, newest first."""
    for each in reversed(past.past_runs(store.root / "runs")):
        if each.state != "completed" and _metadata(each).get("batch", each.id) == _metadata(run).get("batch"):
            yield each


def _metadata(run: Run) -> Mapping[str, Any]:
    """Return what a run records of its command, which is the same for all of its targets."""
    return run.targets[0].metadata if run.targets else {}


def _outwards(path: str, store: Store) -> Path:
    """The path again, as it is reached from here where that is downwards."""
    whole = Path(os.path.normpath(store.root.absolute() / path))
    here = Path.cwd()
    return whole.relative_to(here) if whole.is_relative_to(here) else whole
