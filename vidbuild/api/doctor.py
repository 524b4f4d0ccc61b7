"""Is everything here that a build needs? Each finding says what was found and, if it is missing, what mends it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vidbuild.errors import VidbuildError
from vidbuild.project import cache_of, root_of

ENOUGH_SPACE = 1 << 30
OLDEST_PYTHON = (3, 11)
LOCAL = "set VIDBUILD_CACHE to a folder on a disk of this machine"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. mend: a command, or a sentence, where it is not as it should be."""

    name: str
    ok: bool
    found: str
    mend: str | None = None


def doctor(folder: Path | None = None) -> list[Finding]:
    """Look at everything a build in `folder` (default: here) would need; it uses no network and changes nothing."""
    where = folder or Path.cwd()
    looks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _vidbuild,
        _ffmpeg,
        _typst,
        _fonts,
        _voices,
        _containment,
        lambda: _cache(where),
    )
    return [finding for look in looks for finding in look()]


def _vidbuild() -> Iterator[Finding]:
    from vidbuild import __version__

    yield Finding("vidbuild", True, __version__)
    version = ".".join(str(part) for part in sys.version_info[:3])
    good = sys.version_info[:2] >= OLDEST_PYTHON
    yield Finding("python", good, version, None if good else "vidbuild needs Python 3.11 or newer")


def _ffmpeg() -> Iterator[Finding]:
    from vidbuild.media.ffmpeg import ffmpeg

    try:
        yield Finding("ffmpeg", True, f"{ffmpeg.identity()} at {ffmpeg.executable()}")
    except VidbuildError as error:
        mend = error.hint or "pip install --force-reinstall imageio-ffmpeg"
        yield Finding("ffmpeg", False, error.message, mend)


def _typst() -> Iterator[Finding]:
    from vidbuild.media.text import typst

    try:
        yield Finding("typst", True, typst.typst_identity())
    except (ImportError, VidbuildError) as error:
        yield Finding("typst", False, str(error), "pip install --force-reinstall typst")


def _fonts() -> Iterator[Finding]:
    from vidbuild.media.text import typst

    try:
        families = typst.default_families()
    except (ImportError, OSError, VidbuildError) as error:
        yield Finding("fonts", False, str(error), "pip install --force-reinstall font-manrope font-source-sans-pro")
    else:
        yield Finding("fonts", True, ", ".join(families))


def _voices() -> Iterator[Finding]:
    from vidbuild.voices.registry import ENGINES

    for name, engine in ENGINES.items():
        missing = engine.available()
        yield Finding(f"voice {name}", missing is None, engine.summary, missing)


def _containment() -> Iterator[Finding]:
    from vidbuild.api.sandbox_policy import state

    try:
        found, meaning = state()
    except VidbuildError as error:
        yield Finding("steps", False, error.message)
    else:
        yield Finding("steps", True, found, meaning)


def _cache(where: Path) -> Iterator[Finding]:
    cache = cache_of(root_of(where / "spec.yaml"))
    home = next(folder for folder in (cache, *cache.parents) if folder.exists())
    if not os.access(home, os.W_OK):
        yield Finding("cache", False, f"{cache} cannot be written", "set VIDBUILD_CACHE to a folder that can be")
        return
    from vidbuild.engine.disk.lock import has_locks

    if not has_locks(home):
        lost = f"the file system of {home} keeps none: of two builds at once each may make the same steps"
        yield Finding("locks", False, f"{lost}, and trimming may take what the other needs", LOCAL)
    free = shutil.disk_usage(home).free
    text = f"{cache} ({free / 1e9:.1f} GB free)"
    yield Finding("cache", free >= ENOUGH_SPACE, text, None if free >= ENOUGH_SPACE else "vidbuild cache gc")
