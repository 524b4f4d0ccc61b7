"""Which ffmpeg binary to use, and what identifies it. Every start imports this module, so it imports little."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from vidbuild.errors import StepError

VARIABLE = "VIDBUILD_FFMPEG"
VERSION_SECONDS, MAX_VERSION_BYTES = 60.0, 1 << 20


def executable() -> Path:
    """Return the ffmpeg to use: $VIDBUILD_FFMPEG, else the one in imageio-ffmpeg's wheel; never one from PATH."""
    chosen = os.environ.get(VARIABLE)
    path = shutil.which(chosen) if chosen else _bundled()
    if path:
        return Path(path).absolute()
    if chosen:
        raise StepError(f"${VARIABLE}: '{chosen}' is not a program")
    raise StepError("ffmpeg not found", hint=f"pip install imageio-ffmpeg, or set {VARIABLE} to a path")


def stat_paths() -> Sequence[Path]:
    """Return the files whose stat identifies ffmpeg: none for a script, which starts another program."""
    path = executable()
    with path.open("rb") as file:
        return [] if file.read(2) == b"#!" else [path]


def identity() -> str:
    """Identify ffmpeg for keys, by version and configuration, in one line. Starts ffmpeg once."""
    from vidbuild.media.ffmpeg import process

    args, output = [str(executable()), "-version"], process.BoundedBuffer(MAX_VERSION_BYTES)
    try:
        code = process.run(args, cwd=Path.cwd(), env=os.environ, seconds=VERSION_SECONDS, out=output)
    except (OSError, process.OutputLimitError) as error:
        raise StepError(f"ffmpeg could not be started: {error}", command=tuple(args)) from error
    if code != 0:
        timed_out = f"it did not print its version within {VERSION_SECONDS:g} s"
        problem = timed_out if code is None else f"it {process.describe_exit(code)}"
        raise StepError(
            f"ffmpeg could not be started: {problem}", command=tuple(args), transient=code == process.KILLED
        )
    version = output.bytes()
    match = re.match(rb"ffmpeg version (\S+)", version)
    if match is None:
        raise StepError(f"'{args[0]}' is not ffmpeg", command=tuple(args))
    return f"ffmpeg {match[1].decode('ascii', 'replace')} sha256:{hashlib.sha256(version).hexdigest()}"


def _bundled() -> str | None:
    spec = importlib.util.find_spec("imageio_ffmpeg")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "binaries"
    binaries = sorted(path for path in folder.glob("ffmpeg-*") if path.is_file())
    return shutil.which(binaries[-1]) if binaries else None
