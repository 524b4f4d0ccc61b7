"""What the specs of one command have in common, and what each of them is meant by; it builds nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.engine.store.store import Store
from vidbuild.errors import UsageError
from vidbuild.model import Spec
from vidbuild.project import OUTPUT_FOLDER, name_of

if TYPE_CHECKING:
    from vidbuild.api.options import Options

MAX_BYTES = 10_000_000  # more than any spec's reader takes, which tells of it

SpecLike = Spec | str | os.PathLike[str]


def path_of(spec: SpecLike) -> Path:
    """Where a spec is, or would be."""
    return spec.path if isinstance(spec, Spec) else Path(spec)


def for_one(spec: SpecLike, several: Sequence[SpecLike], options: Options) -> Options:
    """The options for one of several specs: a variable that only others name, or their run, is not meant for it."""
    variables = options.get("variables")
    if len(several) > 1 and options.get("resume") and not _continued(spec, several, options):
        options = {**options, "resume": None}
    if not variables or len(several) == 1:
        return options
    texts = {path_of(each): _text(each) for each in several}
    own = {
        name: value
        for name, value in variables.items()
        if name in texts[path_of(spec)] or not any(name in text for text in texts.values())
    }
    return {**options, "variables": own}


def _continued(spec: SpecLike, several: Sequence[SpecLike], options: Options) -> bool:
    """Whether the run that is continued is this spec's; UsageError where it is none's."""
    from vidbuild.api.plan import entry_of, store_of
    from vidbuild.api.resume import find

    store, only = store_of(path_of(spec), options.get("cache")), options.get("only", ())
    run = find(store, options.get("resume") or "")
    if not any(run.entry == entry_of(path_of(each), only, store) for each in several):
        raise UsageError(f"run '{run.id}' is of '{run.entry}', which is none of the specs")
    return run.entry == entry_of(path_of(spec), only, store)


def _text(spec: SpecLike) -> str:
    try:
        path = path_of(spec)
        if isinstance(spec, Spec):
            return str(spec.data)
        return path.read_text(encoding="utf-8") if path.is_file() and path.stat().st_size <= MAX_BYTES else ""
    except (OSError, ValueError):
        return ""  # its reader tells what is wrong with it


def refuse_same_names(specs: Sequence[SpecLike], options: Options) -> None:
    """Raise UsageError where one spec's outputs would take the place of another's."""
    first: dict[Path, Path] = {}
    for path in map(path_of, specs):
        target = (options.get("output") or path.parent / OUTPUT_FOLDER).absolute() / name_of(path)
        if target in first and first[target] != path:
            raise UsageError(f"'{first[target]}' and '{path}' have the same outputs, '{target.name}.mp4' and so on")
        first[target] = path


def note(
    spec: Path, specs: Sequence[Path], batch: str, options: Mapping[str, Any], store: Store, *, made: bool
) -> dict[str, Any]:
    """What a run keeps of the command it is part of; paths are relative to the cache, which moves with its project."""
    output = options.get("output")
    return {
        "batch": batch,
        "spec": _inwards(spec, store),
        "specs": [_inwards(each, store) for each in specs],
        "output": _inwards(output, store) if output else None,
        "only": list(options.get("only", ())),
        "variables": sorted(options.get("variables") or ()),
        "made": made,
    }


def _inwards(path: Path, store: Store) -> str:
    return os.path.relpath(path.absolute(), store.root.absolute())
