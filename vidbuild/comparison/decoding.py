"""What decodes frames in a sandboxed process: outside of it, importing numpy would cost time."""

from __future__ import annotations

from vidbuild.json_types import Json


def pairs(path: str, request: str) -> Json:
    """Return for each pair of scenes the moments to show, as `vidbuild.comparison.frames.pairs` does."""
    from vidbuild.comparison import frames

    return frames.pairs(path, request)
