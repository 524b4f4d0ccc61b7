"""Where the pictures of scenes are kept."""

from __future__ import annotations

import hashlib
from pathlib import Path

from vidbuild.serve.catalog import Video


def still_path(folder: Path, video: Video, scene: str, digest: str, frame: int | None) -> Path:
    """Return where a frame is kept; digest: of what decides on the scene's pictures."""
    name = hashlib.sha256(f"{scene}\n{digest}\n{frame}".encode()).hexdigest()[:24]
    return folder / video.id / "stills" / f"{name}.png"
