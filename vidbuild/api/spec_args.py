"""What the specs of one command have in common, and what each of them is meant by; it builds nothing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.engine.store.store import Store
from vidbuild.errors import UsageError
from vidbuild.frozen import replaced
from vidbuild.model import Spec
from vidbuild.project import OUTPUT_FOLDER, name_of

if TYPE_CHECKING:
    from vidbuild.api.options import BuildOptions

MAX_BYTES = 10_000_000  # more than any spec's reader takes, which tells of it

SpecLike = Spec | str | os.PathLike[str]


def path_of(spec: SpecLike) -> Path:
    """Where a spec is, or would be."""
    return spec.path if isinstance(spec, Spec) else Path(spec)


def for_one(spec: SpecLike, specs: Sequence[SpecLike], options: BuildOptions) -> BuildOptions:
    """Return the options for one of several specs: without a run, or a variable, that only others have."""
    if len(specs) > 1 and options.resume and not _continued(spec, specs, options):
        options = replaced(options, resume=None)
    if not options.variables or len(specs) == 1:
        return options
    texts = {path_of(each): _text(each) for each in specs}
    own = {
        name: value
        for name, value in options.variables.items()
        if name in texts[path_of(spec)] or not any(name in text for text in texts.values())
    }
    return replaced(options, variables=own)


def _continued(spec: SpecLike, specs: Sequence[SpecLike], options: BuildOptions) -> bool:
    """Return whether the run to continue built this spec; UsageError if it built none of them."""
    from vidbuild.api.plan import entry_of, store_of
    from vidbuild.api.resume import find

    store = store_of(path_of(spec), options.cache)
    run = find(store, options.resume or "")
    if not any(run.target(entry_of(path_of(each), options.only, store)) for each in specs):
        raise UsageError(f"run '{run.id}' is of '{run.entry}', which is none of the specs")
    return run.target(entry_of(path_of(spec), options.only, store)) is not None


def _text(spec: SpecLike) -> str:
    try:
        path = path_of(spec)
        if isinstance(spec, Spec):
            return str(spec.data)
        return path.read_text(encoding="utf-8") if path.is_file() and path.stat().st_size <= MAX_BYTES else ""
    except (OSError, ValueError):
        return ""  # its reader reports what is wrong with it


def refuse_same_names(specs: Sequence[SpecLike], options: BuildOptions) -> None:
    """Raise UsageError if one spec's outputs would replace another's."""
    first: dict[Path, Path] = {}
    for path in map(path_of, specs):
        target = (options.output or path.parent / OUTPUT_FOLDER).absolute() / name_of(path)
        if target in first and first[target] != path:
            raise UsageError(f"'{first[target]}' and '{path}' have the same outputs, '{target.name}.mp4' and so on")
        first[target] = path


def target_names(paths: Sequence[Path]) -> list[str]:
    """Return the names by which a run tells videos apart: their files', with as many folders as they need.

    "" for a single one.
    """
    if len(paths) == 1:
        return [""]
    parts = [(*path.absolute().parent.parts[1:], name_of(path)) for path in paths]
    return ["/".join(_shortest(own, parts)).replace(":", "_") for own in parts]


def _shortest(own: tuple[str, ...], others: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the shortest end of one tuple that no other one has."""
    ends = (own[-length:] for length in range(1, len(own) + 1))
    return next((end for end in ends if sum(other[-len(end) :] == end for other in others) == 1), own)


def metadata(
    spec: SpecLike, specs: Sequence[SpecLike], batch: str, options: BuildOptions, store: Store
) -> dict[str, Any]:
    """Return what a run records of the command it is part of; paths are relative to the cache, which moves with it."""
    return {
        "batch": batch,
        "spec": _inwards(path_of(spec), store),
        "specs": [_inwards(path_of(each), store) for each in specs],
        "output": _inwards(options.output, store) if options.output else None,
        "only": list(options.only),
        "variables": sorted(options.variables),
        "made": isinstance(spec, Spec),
    }


def _inwards(path: Path, store: Store) -> str:
    return os.path.relpath(path.absolute(), store.root.absolute())
