"""The specs of one command: which options each of them gets, and the name of its target in a run."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from vidbuild.api.output_place import folder_of
from vidbuild.engine.store.store import Store
from vidbuild.errors import UsageError
from vidbuild.frozen import replaced
from vidbuild.location import Location
from vidbuild.project import name_of
from vidbuild.sanitize import single_line

if TYPE_CHECKING:
    from vidbuild.api.options import BuildOptions
    from vidbuild.model import Spec

RENAME = "rename one of the specs"
OTHER_OUTPUTS = f"-o another folder, or {RENAME}"
MAX_BYTES = 10_000_000  # larger than any spec that its reader accepts

SpecLike: TypeAlias = "Spec | str | os.PathLike[str]"  # text: a build of a file does not import the model


def path_of(spec: SpecLike) -> Path:
    """Return the path of a spec; no file need be there if it was made in Python."""
    return Path(spec) if isinstance(spec, (str, os.PathLike)) else spec.path


def distinct(specs: Iterable[SpecLike]) -> list[SpecLike]:
    """Return each spec once, whichever way its path is written."""
    files: dict[str, SpecLike] = {}
    for index, spec in enumerate(specs):
        file = isinstance(spec, (str, os.PathLike)) and os.path.abspath(spec)  # noqa: PTH100 - resolve() would follow symlinks
        name = file or f"spec {index}"
        files.setdefault(name, spec)
    return list(files.values())


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
    from vidbuild.api.plan import store_of
    from vidbuild.api.plan_cache import entry_of
    from vidbuild.api.resume import find

    store = store_of(path_of(spec), options.cache)
    run = find(store, options.resume or "")

    def built(each: SpecLike) -> bool:
        entry = entry_of(path_of(each), store=store)
        only = " --draft" if options.draft else ""
        only += f" --only {','.join(sorted(set(options.only)))}" if options.only else ""
        names = (target.build_name for target in run.targets)
        return any(name == entry + only or (name.startswith(f"{entry} --") and name.endswith(only)) for name in names)

    if not any(map(built, specs)):
        raise UsageError(f"run '{run.id}' built none of the specs, but '{run.entry}'")
    return built(spec)


def _text(spec: SpecLike) -> str:
    try:
        path = path_of(spec)
        if not isinstance(spec, (str, os.PathLike)):
            return str(spec.data)
        return path.read_text(encoding="utf-8") if path.is_file() and path.stat().st_size <= MAX_BYTES else ""
    except (OSError, ValueError):
        return ""  # its reader reports what is wrong with it


def refuse_same_names(specs: Sequence[SpecLike], options: BuildOptions) -> None:
    """Raise SpecError if one spec's outputs would replace another's."""
    first: dict[str, Path] = {}
    for spec in specs:
        path = path_of(spec)
        output = folder_of(options.output, path) / name_of(path)
        real = os.path.realpath(output)
        if real in first:
            from vidbuild.diagnostic import Diagnostic
            from vidbuild.spec.diagnostics import SpecError, read_sources

            message = f"'{output}.mp4' is an output of '{first[real]}' too"
            location = Location(str(path), 1, 1, 2) if isinstance(spec, (str, os.PathLike)) else None
            hint = RENAME if options.output is None else f"leave out -o, build each spec with its own, or {RENAME}"
            problem = Diagnostic("error", message, str(path), location, hint)
            raise SpecError([problem], read_sources([problem]))
        first[real] = path


def target_names(paths: Sequence[Path]) -> list[str]:
    """Return the names by which a run tells videos apart: their files', with as many folders as they need.

    "" for a single one. A name is one line without ":", since it stands in front of step ids.
    """
    if len(paths) == 1:
        return [""]
    parts = [(*path.absolute().parent.parts[1:], name_of(path)) for path in paths]
    counts = Counter(end for each in parts for end in _ends(each))
    names: list[str] = []
    for own in parts:
        shortest = next((end for end in _ends(own) if counts[end] == 1), own)
        name = single_line("/".join(shortest)).replace(":", "_")
        while name in names:  # two differed only in what was replaced
            name += "_"
        names.append(name)
    return names


def _ends(parts: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the last part, the last two, and so on."""
    return (parts[-length:] for length in range(1, len(parts) + 1))


def metadata(
    spec: SpecLike, specs: Sequence[SpecLike], batch: str, options: BuildOptions, store: Store
) -> dict[str, Any]:
    """Return what a run records of the command it is part of; paths are relative to the cache, which moves with it."""
    return {
        "batch": batch,
        "spec": _relative(path_of(spec), store),
        "specs": [_relative(path_of(each), store) for each in specs],
        "output": _relative(options.output, store) if options.output else None,
        "only": list(options.only),
        "variables": sorted(options.variables),
        "brand": options.brand,
        "language": list(options.language),
        "output_name": list(options.output_name),
        "draft": options.draft,
        "made": not isinstance(spec, (str, os.PathLike)),
    }


def _relative(path: Path, store: Store) -> str:
    return os.path.relpath(path.absolute(), store.root.absolute())


def by_store(stores: Iterable[Store]) -> list[list[int]]:
    """Group the indexes of stores that are in the same folder."""
    groups: dict[str, list[int]] = {}
    for index, store in enumerate(stores):
        groups.setdefault(os.path.realpath(store.root), []).append(index)
    return list(groups.values())


def names_in_stores(specs: Sequence[SpecLike], stores: Sequence[Store]) -> Iterator[tuple[int, str]]:
    """Yield the index of each spec and the name of its target, which no other spec of its store has."""
    for group in by_store(stores):
        yield from zip(group, target_names([path_of(specs[index]) for index in group]), strict=True)
