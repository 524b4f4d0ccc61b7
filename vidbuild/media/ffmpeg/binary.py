"""Which ffmpeg is used: where it is and what it says of itself. Every start needs the first, so it imports little."""

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
SECONDS, MOST_SAID = 60.0, 1 << 20  # for what it says of itself


def executable() -> Path:
    """The ffmpeg to use: $VIDBUILD_FFMPEG, else the one in imageio-ffmpeg's wheel; never one that is just about."""
    chosen = os.environ.get(VARIABLE)
    found = shutil.which(chosen) if chosen else _bundled()
    if found:
        return Path(found).absolute()
    if chosen:
        raise StepError(f"${VARIABLE} is '{chosen}', which is not a program")
    raise StepError("there is no ffmpeg", hint=f"pip install imageio-ffmpeg, or set {VARIABLE} to a path")


def stat_paths() -> Sequence[Path]:
    """The program; nothing for a script, whose stat tells nothing of what it starts."""
    path = executable()
    with path.open("rb") as file:
        return [] if file.read(2) == b"#!" else [path]


def identity() -> str:
    """Which ffmpeg this is, version and configuration, as one line for keys; starts it once."""
    from vidbuild.media.ffmpeg import process

    args, said = [str(executable()), "-version"], process.Whole(MOST_SAID)
    try:
        code = process.run(args, cwd=Path.cwd(), env=os.environ, seconds=SECONDS, out=said)
    except (OSError, process.FloodError) as error:
        raise StepError(f"ffmpeg could not be started: {error}", command=tuple(args)) from error
    if code != 0:
        how = f"it did not tell its version in {SECONDS:g} s" if code is None else f"it {process.ended(code)}"
        raise StepError(f"ffmpeg could not be started: {how}", command=tuple(args), transient=code == process.KILLED)
    told = said.bytes()
    match = re.match(rb"ffmpeg version (\S+)", told)
    if match is None:
        raise StepError(f"'{args[0]}' is not ffmpeg", command=tuple(args))
    return f"ffmpeg {match[1].decode('ascii', 'replace')} sha256:{hashlib.sha256(told).hexdigest()}"


def _bundled() -> str | None:
    spec = importlib.util.find_spec("imageio_ffmpeg")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "binaries"
    found = sorted(path for path in folder.glob("ffmpeg-*") if path.is_file())
    return shutil.which(found[-1]) if found else None
