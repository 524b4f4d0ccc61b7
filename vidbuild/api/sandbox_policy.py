"""How steps are contained: which sandbox workers get, and what there is to tell of it; it builds nothing.

$VIDBUILD_SANDBOX says whether: `on` (the default: as far as this system can), `required` (or build nothing), `off`.
$VIDBUILD_MEMORY and $VIDBUILD_FILE_SIZE say how much one process of a step may use.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.api.environment import FILE_SIZE, MEMORY, SANDBOX
from vidbuild.errors import UsageError, VidbuildError
from vidbuild.sizes import parse_size

if TYPE_CHECKING:
    from vidbuild.engine.sandbox.sandbox import Sandbox

MODES = ("on", "required", "off")
MOST_MEMORY, LEAST_MEMORY = 8 << 30, 2 << 30
"""Zooms and clips of 4K at 60 pictures a second take up to 1 GB; by default no process gets more than there is."""

MOST_FILE = 16 << 30
LEAST_LIMIT, MOST_LIMIT = 256 << 20, 1 << 60
"""With less, not even a thread of a worker can be sure to start."""

INSTALLED, CERTIFICATES = "HOMEBREW_PREFIX", "SSL_CERT_FILE"
"""Variables that name programs with their libraries, and certificates, outside the system's own folders."""

OPEN_FILES = 4096
SPARE_PROCESSES = 4096
OPEN = "a media file that misleads a tool could read and write what you can"


def sandbox_of() -> Sandbox | None:
    """The sandbox of workers, None for none; UsageError where one is required and cannot be had."""
    from vidbuild.engine.sandbox.rlimits import size
    from vidbuild.engine.sandbox.sandbox import Sandbox, missing

    asked = _mode()
    memory, file_bytes = _limit(MEMORY) or _enough(), _limit(FILE_SIZE) or MOST_FILE
    if asked == "off":
        return None
    if asked == "required" and (why := missing()):
        raise UsageError(f"steps cannot be contained, which ${SANDBOX} requires: {why}")
    programs, certificates = (filter(None, [os.environ.get(name)]) for name in (INSTALLED, CERTIFICATES))
    cpus = os.cpu_count() or 1
    return Sandbox(
        programs=(*_ffmpeg(), *programs),
        online=tuple(certificates),
        memory=memory,
        file_bytes=file_bytes,
        files=OPEN_FILES,
        processes=SPARE_PROCESSES + 2 * cpus * (cpus + 32),  # a tool starts some threads per processor
        more_memory=f"set {MEMORY} to more than {size(memory)}",
        larger_files=f"set {FILE_SIZE} to more than {size(file_bytes)}",
    )


def notices() -> tuple[str, ...]:
    """What a build has to tell of it; UsageError where it must not begin."""
    return (f"steps are not contained, as ${SANDBOX} says: {OPEN}",) if sandbox_of() is None else ()


def state() -> tuple[str, str | None]:
    """Whether steps are contained here and by what, and what it means where they are not."""
    from vidbuild.engine.sandbox.sandbox import missing, told

    if _mode() == "off":
        return f"not contained: ${SANDBOX} is 'off'", OPEN
    if why := missing():
        return f"not contained: {why}", OPEN
    return f"contained by {told()}", None


def _mode() -> str:
    asked = os.environ.get(SANDBOX) or MODES[0]
    if asked not in MODES:
        raise UsageError(f"${SANDBOX} is '{asked}', not 'on', 'required' or 'off'")
    return asked


def _limit(variable: str) -> int | None:
    asked = os.environ.get(variable)
    if not asked:
        return None
    limit = parse_size(asked)
    if limit is None or limit > MOST_LIMIT:
        raise UsageError(f"${variable} is '{asked}', which is not a size such as '16G' or '800M'")
    if limit < LEAST_LIMIT:
        raise UsageError(f"${variable} is '{asked}', and a step needs at least {LEAST_LIMIT >> 20}M")
    return limit


def _enough() -> int:
    """As much memory as there is, in whole gigabytes and within bounds."""
    try:
        present = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return MOST_MEMORY
    return min(MOST_MEMORY, max(LEAST_MEMORY, present >> 30 << 30))


def _ffmpeg() -> Iterator[str]:
    """Where ffmpeg is, and the libraries that are installed with it; nothing where there is none, as its steps tell."""
    from vidbuild.media.ffmpeg.binary import executable

    try:
        named = executable()
    except VidbuildError:
        return
    for path in dict.fromkeys((named, named.resolve())):
        folder = path.parent
        yield str(path if folder in {_home(), Path(folder.anchor)} else folder)
        if folder.name == "bin":
            yield from (str(folder.with_name(name)) for name in ("lib", "lib64"))


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:  # a user without a name and without $HOME, as in a container
        return None
