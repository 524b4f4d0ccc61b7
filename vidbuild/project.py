"""Finds the project of a spec: its root, its cache and the names of its outputs."""

from __future__ import annotations

import os
from pathlib import Path

CACHE_FOLDER = ".vidbuild"
OUTPUT_FOLDER = "build"
SETTINGS = "vidbuild.toml"
LOCK = "vidbuild.lock"  # what `vidbuild lock` keeps in the project's root
ROOT_MARKERS = (SETTINGS, ".git")
TIMING_SUFFIX = ".timing.json"  # of the output that says when each scene of a video starts and ends
SPEC = "video.yaml"  # the spec that a folder stands for; without it, its only other one
OTHER_SPECS = ("*.vidbuild.yaml", "*.vidbuild.yml")
_BEGINNING = 4096  # bytes of a file in which the line with the version of the language is looked for
SPEC_SUFFIXES = (".vidbuild.yaml", ".vidbuild.yml", ".yaml", ".yml")


def root_of(spec: Path) -> Path:
    """Return the root of a spec's project: the nearest folder above it with vidbuild.toml or .git, or else its own.

    The folders above are those of the path as written. Symlinks in the root's own path are resolved.
    """
    folder = spec.absolute().parent
    if ".." in folder.parts:  # "project/../other" is not in "project"
        folder = folder.resolve()
    for candidate in (folder, *folder.parents):
        if any(os.path.lexists(candidate / marker) for marker in ROOT_MARKERS):
            return candidate.resolve()
    return folder.resolve()


def cache_of(root: Path) -> Path:
    """Return the cache folder: $VIDBUILD_CACHE, or .vidbuild in the project's root."""
    chosen = os.environ.get("VIDBUILD_CACHE")
    return Path(chosen).absolute() if chosen else root / CACHE_FOLDER


def how_found(spec: Path) -> str:
    """Return how the cache folder of a spec's project is found, for a message."""
    if os.environ.get("VIDBUILD_CACHE"):
        return "VIDBUILD_CACHE"
    root = root_of(spec)
    marker = next((marker for marker in ROOT_MARKERS if os.path.lexists(root / marker)), None)
    return f"'{marker}' in '{root}'" if marker else f"'{root}', since no folder above has {' or '.join(ROOT_MARKERS)}"


def specs_in(folder: Path) -> list[Path]:
    """Return the specs that a folder can stand for: its video.yaml, or else all of its other ones."""
    if (folder / SPEC).exists():
        return [folder / SPEC]
    return sorted(path for pattern in OTHER_SPECS for path in folder.glob(pattern))


def unnamed_specs_in(folder: Path) -> list[Path]:
    """Return the YAML files of a folder that begin as specs do, and are not named like those that `specs_in` finds."""
    return [path for path in unnamed_yaml_in(folder) if _begins_as_spec(path)]


def unnamed_yaml_in(folder: Path) -> list[Path]:
    """Return the YAML files of a folder that are not named like specs."""
    named = {path for pattern in (SPEC, *OTHER_SPECS) for path in folder.glob(pattern)}
    return sorted({path for pattern in ("*.yaml", "*.yml") for path in folder.glob(pattern)} - named)


def _begins_as_spec(path: Path) -> bool:
    try:
        if not path.is_file():  # a pipe would wait for its writer
            return False
        with path.open("rb") as opened:
            return any(line.startswith(b"vidbuild:") for line in opened.read(_BEGINNING).splitlines())
    except OSError:
        return False


def name_of(spec: Path) -> str:
    """Return the common name of a spec's outputs: its file name without the suffix."""
    for suffix in SPEC_SUFFIXES:
        if spec.name.endswith(suffix) and spec.name != suffix:
            return spec.name.removesuffix(suffix)
    return spec.stem
