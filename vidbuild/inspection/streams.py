"""Lists the streams and chapters of a media file as ffmpeg describes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidbuild.media.container import ffmetadata
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.timebase import SAMPLE_RATE

_STREAM = re.compile(
    r"^  Stream #0:(\d{1,4})(?:\[0x[0-9a-f]+\])?(?:\((\w{1,16})\))?: (Video|Audio|Subtitle|Data|Attachment): (.*)$",
    re.MULTILINE,
)
_LINE_LENGTH = 400
_UNDETERMINED = "und"


def describe(path: Path, seconds: float, env: Mapping[str, str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the streams and the chapters of a file.

    A stream has `index`, `kind`, `codec`, `language` and `description`; a chapter `start`, in seconds, and `title`.
    """
    done = ffmpeg.capture(
        [*ffmpeg.untrusted_input(path.absolute()), "-f", "ffmetadata", "-"],
        cwd=path.absolute().parent,
        env=env,
        timeout=seconds,
        what=f"read '{path.name}'",
        check=False,
    )
    description = done.text.split("\nStream mapping:", 1)[0].split("\nOutput #0", 1)[0]
    listed = [_stream(*match.groups()) for match in _STREAM.finditer(description)]
    chapters = ffmetadata.parse(done.output.decode("utf-8", "replace")) if not done.code else []
    return listed, [
        {"start": round(each.start / SAMPLE_RATE, 3), "title": " ".join(each.title.split())} for each in chapters
    ]


def _stream(index: str, language: str | None, kind: str, text: str) -> dict[str, Any]:
    codec = re.match(r"\w+", text)
    return {
        "index": int(index),
        "kind": "image" if "(attached pic)" in text else kind.lower(),
        "codec": codec[0] if codec else "unknown",
        "language": None if language in {None, _UNDETERMINED} else language,
        "description": text[:_LINE_LENGTH],
    }
