"""Chooses the sandbox of the steps, by the environment.

$VIDBUILD_SANDBOX: `on` (the default: as far as the system supports it), `required` (or build nothing), or `off`.
$VIDBUILD_MEMORY, $VIDBUILD_FILE_SIZE: the limits of each process of a step.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.api.environment import FILE_SIZE, MEMORY
from vidbuild.engine.sandbox.mode import is_on, mode
from vidbuild.errors import UsageError, VidbuildError
from vidbuild.platforms import SANDBOX
from vidbuild.sizes import parse_size

if TYPE_CHECKING:
    from vidbuild.engine.sandbox.sandbox import Sandbox

# Bounds of the default limit, which is the machine's memory. Zooms and clips of 4K at 60 fps take up to 1 GB.
MAX_MEMORY, MIN_MEMORY = 8 << 30, 2 << 30
MAX_FILE = 16 << 30
# Bounds of a limit that the user sets; below the first, a worker may fail to start a thread.
MIN_LIMIT, MAX_LIMIT = 256 << 20, 1 << 60
# Variables that name programs with their libraries, and certificates, outside the system's own folders.
INSTALLED, CERTIFICATES = "HOMEBREW_PREFIX", "SSL_CERT_FILE"
OPEN_FILES = 4096
SPARE_PROCESSES = 4096
CONSEQUENCE = "a media file that exploits a tool could read and write everything that you can"


def sandbox_of() -> Sandbox | None:
    """Return the sandbox of the workers, None for none; UsageError if one is required and not supported."""
    from vidbuild.engine.sandbox.rlimits import size
    from vidbuild.engine.sandbox.sandbox import Sandbox

    sandboxed = is_on()
    memory, file_bytes = _limit(MEMORY) or _default_memory(), _limit(FILE_SIZE) or MAX_FILE
    if not sandboxed:
        return None
    programs, certificates = (filter(None, [os.environ.get(name)]) for name in (INSTALLED, CERTIFICATES))
    cpus = os.cpu_count() or 1
    return Sandbox(
        programs=(*_ffmpeg(), *_voices(), *programs),
        online=tuple(certificates),
        memory=memory,
        file_bytes=file_bytes,
        files=OPEN_FILES,
        processes=SPARE_PROCESSES + 2 * cpus * (cpus + 32),  # a tool starts some threads per processor
        more_memory=f"set {MEMORY} to more than {size(memory)}",
        larger_files=f"set {FILE_SIZE} to more than {size(file_bytes)}",
    )


def is_sandboxed() -> bool:
    """Return whether commands that are recorded are restricted; UsageError if they must be and cannot."""
    return sandbox_of() is not None


def notices() -> tuple[str, ...]:
    """Return a build's warnings about the sandbox; UsageError if the build must not begin."""
    return (f"steps are not sandboxed, because ${SANDBOX} is 'off': {CONSEQUENCE}",) if sandbox_of() is None else ()


def state() -> tuple[str, str | None]:
    """Return what is sandboxed, and the consequence if nothing is."""
    from vidbuild.engine.sandbox.sandbox import describe, missing

    if mode() == "off":
        return f"none: ${SANDBOX} is 'off'", CONSEQUENCE
    if why := missing():
        return f"none: {why}", CONSEQUENCE
    return describe(), None


def _limit(variable: str) -> int | None:
    value = os.environ.get(variable)
    if not value:
        return None
    limit = parse_size(value)
    if limit is None or limit > MAX_LIMIT:
        raise UsageError(f"${variable}: expected a size such as '16G' or '800M', got '{value}'")
    if limit < MIN_LIMIT:
        raise UsageError(f"${variable}: expected at least {MIN_LIMIT >> 20}M, got '{value}'")
    return limit


def _default_memory() -> int:
    """Return the machine's memory, in whole gigabytes and within bounds."""
    try:
        installed = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return MAX_MEMORY
    return min(MAX_MEMORY, max(MIN_MEMORY, installed >> 30 << 30))


def _ffmpeg() -> Iterator[str]:
    """Yield the places of ffmpeg and of the libraries that are installed with it; nothing if there is no ffmpeg."""
    from vidbuild.media.ffmpeg.binary import executable

    try:
        ffmpeg = executable()
    except VidbuildError:  # the steps that need it report it
        return
    for path in dict.fromkeys((ffmpeg, ffmpeg.resolve())):
        folder = path.parent
        yield str(path if folder in {_home(), Path(folder.anchor)} else folder)
        if folder.name == "bin":
            yield from (str(folder.with_name(name)) for name in ("lib", "lib64"))


def _voices() -> Iterator[str]:
    """Yield what the user's settings of voices let steps read."""
    from vidbuild.voices.registry import readable

    yield from map(str, readable())


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:  # a user without a name and without $HOME, as in a container
        return None
