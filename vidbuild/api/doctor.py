"""Checks what a build needs, and finds the commands that fix what is missing."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vidbuild.errors import VidbuildError
from vidbuild.platforms import NO_POSIX, POSIX, USE_WSL
from vidbuild.project import cache_of, root_of

ENOUGH_SPACE = 1 << 30
OLDEST_PYTHON = (3, 11)
USE_LOCAL_DISK = "set VIDBUILD_CACHE to a folder on a local disk"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked.

    ok: builds work with it as it is.
    found: what was found.
    fix: a command or a sentence that fixes it; of a finding that is ok, what the user should know.
    """

    name: str
    ok: bool
    found: str
    fix: str | None = None


def doctor(folder: Path | None = None) -> list[Finding]:
    """Check everything that a build needs, without using the network or changing anything.

    folder: of the project; None for the current one.
    """
    project = folder or Path.cwd()
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _vidbuild,
        _system,
        _ffmpeg,
        _typst,
        _fonts,
        _voices,
        _plugins,
        *([_sandbox] if POSIX else []),
        lambda: _cache(project),
    )
    return [finding for check in checks for finding in check()]


def _vidbuild() -> Iterator[Finding]:
    from vidbuild import __version__

    yield Finding("vidbuild", True, __version__)
    version = ".".join(str(part) for part in sys.version_info[:3])
    good = sys.version_info[:2] >= OLDEST_PYTHON
    yield Finding("python", good, version, None if good else "vidbuild needs Python 3.11 or newer")


def _system() -> Iterator[Finding]:
    if not POSIX:
        yield Finding("system", False, NO_POSIX, USE_WSL)


def _ffmpeg() -> Iterator[Finding]:
    from vidbuild.media.ffmpeg import ffmpeg

    try:
        yield Finding("ffmpeg", True, f"{ffmpeg.identity()} at {ffmpeg.executable()}")
    except VidbuildError as error:
        fix = error.hint or "pip install --force-reinstall imageio-ffmpeg"
        yield Finding("ffmpeg", False, error.message, fix)


def _typst() -> Iterator[Finding]:
    from vidbuild.media.text import packages

    try:
        yield Finding("typst", True, packages.typst_identity())
    except (ImportError, VidbuildError) as error:
        yield Finding("typst", False, str(error), "pip install --force-reinstall typst")


def _fonts() -> Iterator[Finding]:
    from vidbuild.media.text import fonts

    try:
        families = fonts.default_families()
    except (ImportError, OSError, VidbuildError) as error:
        yield Finding(
            "fonts",
            False,
            str(error),
            "pip install --force-reinstall font-fredoka-one font-manrope font-source-sans-pro",
        )
    else:
        yield Finding("fonts", True, ", ".join(families))
    yield _font_extras()


def _font_extras() -> Finding:
    """Return which extras with fonts are installed: builds of texts in Latin, Greek and Cyrillic need none."""
    from vidbuild.media.text import font_packages

    have = [package.extra for package in font_packages.installed()]
    left = font_packages.not_installed(package.extra for package in font_packages.PACKAGES)
    fix = f"for other scripts: {', '.join(left)}, as in: pip install 'vidbuild[{left[0]}]'" if left else None
    return Finding("font extras", True, ", ".join(have) or "none installed", fix)


def _voices() -> Iterator[Finding]:
    from vidbuild.voices.registry import CONFIGURED, ENGINES

    for name, engine in ENGINES.items():
        missing = engine.available()
        if name == "natural" and missing is not None:  # builds work without it
            yield Finding("voice natural", True, "not installed: English is spoken by espeak:en-us", missing)
        elif name == "nanotts" or name in CONFIGURED:  # for those who want it
            yield Finding(f"voice {name}", True, engine.summary, missing)
        else:
            yield Finding(f"voice {name}", missing is None, engine.summary, missing)


def _plugins() -> Iterator[Finding]:
    from vidbuild.api.plugins import plugins

    for each in plugins():
        name = f"plug-in {each.distribution}"
        yield Finding(name, True, f"{each.version}: {', '.join(each.adds)}")
        for error in each.problems:
            yield Finding(name, False, error.message, error.hint)


def _sandbox() -> Iterator[Finding]:
    from vidbuild.api.sandbox_policy import state

    try:
        found, consequence = state()
    except VidbuildError as error:
        yield Finding("sandbox", False, error.message)
    else:
        yield Finding("sandbox", True, found, consequence)


def _cache(project: Path) -> Iterator[Finding]:
    cache = cache_of(root_of(project / "spec.yaml"))
    existing = next(folder for folder in (cache, *cache.parents) if folder.exists())
    if not os.access(existing, os.W_OK):
        yield Finding("cache", False, f"{cache} is not writable", "set VIDBUILD_CACHE to a writable folder")
        return
    from vidbuild.engine.disk.lock import has_locks

    if POSIX and not has_locks(existing):
        problem = f"no file locking on {existing}: concurrent builds may repeat work, and trimming may fail them"
        yield Finding("locks", False, problem, USE_LOCAL_DISK)
    free = shutil.disk_usage(existing).free
    text = f"{cache} ({free / 1e9:.1f} GB free)"
    yield Finding("cache", free >= ENOUGH_SPACE, text, None if free >= ENOUGH_SPACE else "vidbuild cache gc")
