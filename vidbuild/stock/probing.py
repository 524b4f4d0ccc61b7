"""Finds out what a downloaded file is, in a sandboxed process that can read only this file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vidbuild.create.source import contained
from vidbuild.create.source.protocol import SourceError
from vidbuild.json_types import Json
from vidbuild.stock.protocol import StockError


def probe(path: Path, kind: str, name: str) -> dict[str, Any]:
    """Return the width, height and seconds of a file. Raises StockError unless it is of its kind.

    name: of the file, for messages.
    """
    try:
        found: dict[str, Any] = contained.call(facts, path, kind)
    except SourceError as error:
        raise StockError(f"{name} is no {kind} that can be used: {error.message.replace(str(path), name)}") from None
    return found


def facts(path: str, kind: str) -> Json:
    """Return what `probe` returns. Raises SourceError."""
    from vidbuild.errors import StepError
    from vidbuild.spec import files
    from vidbuild.spec.paths import InputError

    file = Path(path)
    try:
        if kind == "image":
            width, height = files.image_size(file, file.name)
            return {"width": width, "height": height, "seconds": 0}
        from vidbuild.media.ffmpeg import probe as ffmpeg

        files.check_playable(file, file.name, "a video")
        info = ffmpeg.probe(file, env={"LC_ALL": "C.UTF-8"})
    except InputError as error:
        raise SourceError(error.message, hint=error.hint) from None
    except StepError as error:
        raise SourceError(error.message, hint=error.hint) from None
    if not info.has_video or not info.duration:
        raise SourceError(f"'{file.name}' has no pictures")
    if info.truncated or info.damaged is not None:
        raise SourceError(f"'{file.name}' is damaged or incomplete")
    return {"width": info.width, "height": info.height, "seconds": round(info.duration, 3)}
