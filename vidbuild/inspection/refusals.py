"""Says what a file is that is neither video nor audio, by how it begins."""

from __future__ import annotations

from pathlib import Path

from vidbuild import git_lfs
from vidbuild.create.source.protocol import SourceError
from vidbuild.errors import os_error_text

_HEAD_BYTES = 4096
_EXPECTED = "expected a video or an audio file"
# Animations in GIF, PNG and WebP are videos, which ffmpeg recognizes.
_KINDS = (
    (b"\x89PNG\r\n\x1a\n", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"II*\0", "an image"),
    (b"MM\0*", "an image"),
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "an archive or a document"),
    (b"\x1f\x8b", "an archive"),
)
_SPECS = {".yaml", ".yml"}


def check(path: Path) -> None:
    """Raise SourceError if the file cannot be read, is empty, or is an image, a document or a text."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise SourceError(f"cannot read '{path}': {os_error_text(error)}") from error
    if not head:
        raise SourceError(f"'{path}' is empty: {_EXPECTED}")
    if git_lfs.is_pointer(head):
        raise SourceError(f"'{path}' is a Git LFS pointer: {_EXPECTED}", hint="git lfs pull")
    if what := _kind(path, head):
        hint = "build it, and inspect its video" if path.suffix in _SPECS else None
        raise SourceError(f"'{path}' is {what}: {_EXPECTED}", hint=hint)


def _kind(path: Path, head: bytes) -> str:
    """Return what a file is that is no video; "" if it may be one."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "" if b"ANIM" in head[:64] else "an image"
    if head.startswith(b"\x89PNG") and b"acTL" in head:
        return ""
    named = next((what for start, what in _KINDS if head.startswith(start)), "")
    if named or b"\0" in head:
        return named
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:  # not only a character that the end of the head divides
            return ""
    # Some audio formats begin with text, but go on with bytes that are none.
    return "a spec" if path.suffix in _SPECS else "a text"
