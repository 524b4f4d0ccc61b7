"""Where the pictures of scenes are kept."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from vidbuild.serve.catalog import Video

KEPT = 400  # pictures of one video, and as many small ones
_FOLDER = hashlib.sha256(b"stills").hexdigest()[:12]  # named like a version, so that the cache trims it, too


def still_path(folder: Path, video: Video, scene: str, digest: str, frame: int | None) -> Path:
    """Return where a frame is kept; digest: of what decides on the scene's pictures."""
    name = hashlib.sha256(f"{scene}\n{digest}\n{frame}".encode()).hexdigest()[:24]
    return folder / video.id / _FOLDER / f"{name}.png"


def trim(folder: Path) -> None:
    """Remove the pictures that were made first, if there are too many."""
    for pattern in ("*.png", "*.jpg"):
        made = {}
        for each in folder.glob(pattern):
            with contextlib.suppress(FileNotFoundError):  # another thread trims, too
                made[each] = each.stat().st_mtime_ns
        for each in sorted(made, key=made.__getitem__)[:-KEPT]:
            each.unlink(missing_ok=True)
