"""Finds an earlier run and what is needed to continue it.

A run's record has its specs, output folder, chosen scenes and the names of the variables that were set. The values of
variables may be secrets, so they are not recorded: a command that continues the run must set them again.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from vidbuild.engine.runs.run_log import Run, past_runs
from vidbuild.engine.store.store import Store
from vidbuild.errors import UsageError
from vidbuild.frozen import dataclass
from vidbuild.project import cache_of, root_of

LAST = "last"

# The hint if a cache has no run: the cache is found by the current folder.
ELSEWHERE = "run this command in the project's folder, or set VIDBUILD_CACHE to its cache"


def store_here(cache: Path | None) -> Store:
    """Return the store of the current project, or the one in a given folder."""
    return Store(cache if cache is not None else cache_of(root_of(Path.cwd() / "spec.yaml")))


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A build that did not complete.

    specs: those of the whole command.
    variables: the names of those that were set.
    brand: the name of the one that was chosen instead of that of each spec.
    language, output_name: the videos that were chosen.
    draft: whether they were drafts.
    """

    run: str
    specs: tuple[Path, ...]
    output: Path | None
    only: tuple[str, ...]
    variables: tuple[str, ...]
    brand: str | None
    language: tuple[str, ...] = ()
    output_name: tuple[str, ...] = ()
    draft: bool = False


def find(store: Store, name: str, build_name: str | None = None) -> Run:
    """Return a run by its id, the beginning or the last four characters of it, or "last" for the newest.

    build_name: find only runs with a target of this name.
    Raises UsageError if there is no such run, or more than one.
    """
    runs = [run for run in past_runs(store.root / "runs") if build_name is None or run.target(build_name)]
    of = f" of '{build_name}'" if build_name else ""
    if name == LAST:
        if runs:
            return runs[-1]
        raise UsageError(f"there is no run{of} yet in '{store.root}'", hint=ELSEWHERE)
    matches = [run for run in runs if name and (run.id.startswith(name) or run.id.endswith(f"-{name}"))]
    if len(matches) > 1:
        raise UsageError(f"ambiguous run '{name}': it could be {', '.join(run.id for run in matches[-3:])}")
    if not matches:
        raise UsageError(f"there is no run '{name}'{of} in '{store.root}'", hint="vidbuild runs" if runs else ELSEWHERE)
    return matches[0]


def earlier(store: Store, name: str, build_name: str, variables: Collection[str]) -> Run:
    """Return the run of this build name that can be continued with these variables set; UsageError if it cannot."""
    run = find(store, name, build_name)
    if run.state == "completed":
        raise _completed(run)
    if run.alive:
        hint = f"vidbuild runs resume {run.id}" if run.state == "paused" else f"vidbuild runs show {run.id}"
        raise UsageError(f"run '{run.id}' has not ended: it is {run.state}", hint=hint)
    target = run.target(build_name)
    missing = [each for each in (target.metadata.get("variables", ()) if target else ()) if each not in variables]
    if missing:
        names = ", ".join(f"'{each}'" for each in missing)
        options = " ".join(f"--var {each}=VALUE" for each in missing)
        raise UsageError(
            f"run '{run.id}' had a value for {names}: values may be secrets and are not recorded",
            hint=f"vidbuild build --resume {run.id} {options}",
        )
    return run


def unfinished(name: str, cache: Path | None = None) -> Unfinished:
    """Return the build of the current project that a command without SPEC continues.

    "last" is the newest run or, if that completed, another run of the same command that did not.
    """
    store = store_here(cache)
    run = find(store, name)
    if name == LAST and run.state == "completed":
        run = next(_siblings(store, run), run)
    if run.state == "completed":
        raise _completed(run)
    metadata = _metadata(run)
    if not metadata or any(target.metadata.get("made") for target in run.targets):
        why = "was started from Python" if metadata else "did not record its spec"
        raise UsageError(f"run '{run.id}' {why}", hint=f"vidbuild build SPEC --resume {run.id}")
    output = metadata["output"]
    return Unfinished(
        run.id,
        tuple(_from_here(each, store) for each in metadata["specs"]),
        _from_here(output, store) if output else None,
        tuple(metadata["only"]),
        tuple(metadata["variables"]),
        metadata.get("brand"),
        tuple(metadata.get("language", ())),
        tuple(metadata.get("output_name", ())),
        bool(metadata.get("draft")),
    )


def _completed(run: Run) -> UsageError:
    return UsageError(f"run '{run.id}' completed, so there is nothing to continue", hint="vidbuild build")


def _siblings(store: Store, run: Run) -> Iterator[Run]:
    """Yield the runs of the same command that did not complete, newest first."""
    for each in reversed(past_runs(store.root / "runs")):
        if each.state != "completed" and _metadata(each).get("batch", each.id) == _metadata(run).get("batch"):
            yield each


def _metadata(run: Run) -> Mapping[str, Any]:
    """Return what a run records of its command, which is the same for all of its targets."""
    return run.targets[0].metadata if run.targets else {}


def _from_here(path: str, store: Store) -> Path:
    """Return a recorded path, relative to the current folder if it is below that."""
    absolute = Path(os.path.normpath(store.root.absolute() / path))
    here = Path.cwd()
    return absolute.relative_to(here) if absolute.is_relative_to(here) else absolute
