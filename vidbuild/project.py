"""Where a spec's project is: its root, its cache, the names of its outputs. It knows nothing of what a spec says."""

from __future__ import annotations

import os
from pathlib import Path

CACHE_FOLDER = ".vidbuild"
OUTPUT_FOLDER = "build"
ROOT_MARKS = ("vidbuild.toml", ".git")
SPEC_ENDINGS = (".vidbuild.yaml", ".vidbuild.yml", ".yaml", ".yml")


def root_of(spec: Path) -> Path:
    """The project's root: the nearest folder above a spec with vidbuild.toml or .git, else the spec's own.

    The way up is that of the spec's path as it is written; symlinks in the root's own path are resolved.
    """
    folder = spec.absolute().parent
    for candidate in (folder, *folder.parents):
        if any(os.path.lexists(candidate / mark) for mark in ROOT_MARKS):
            return candidate.resolve()
    return folder.resolve()


def cache_of(root: Path) -> Path:
    """The cache folder: $VIDBUILD_CACHE, or .vidbuild in the project's root."""
    chosen = os.environ.get("VIDBUILD_CACHE")
    return Path(chosen).absolute() if chosen else root / CACHE_FOLDER


def name_of(spec: Path) -> str:
    """The outputs' common name: the spec's file name without its ending."""
    for ending in SPEC_ENDINGS:
        if spec.name.endswith(ending) and spec.name != ending:
            return spec.name.removesuffix(ending)
    return spec.stem
