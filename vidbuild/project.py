"""Where a spec's project is: its root, its cache, the names of its outputs. It knows nothing of what a spec says."""

from __future__ import annotations

import os
from pathlib import Path

CACHE_FOLDER = ".vidbuild"
OUTPUT_FOLDER = "build"
ROOT_MARKS = ("vidbuild.toml", ".git")
SPEC_ENDINGS = (".vidbuild.yaml", ".vidbuild.yml", ".yaml", ".yml")


def root_of(spec: Path) -> Path:
    """The project's root: the nearest folder upwards with vidbuild.toml or .git, else the spec's own folder."""
    folder = Path(os.path.realpath(spec)).parent
    for candidate in (folder, *folder.parents):
        if any((candidate / mark).exists() for mark in ROOT_MARKS):
            return candidate
    return folder


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
