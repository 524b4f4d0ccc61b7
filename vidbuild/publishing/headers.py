"""What a server is to say of a published file: its type, and how long it may be kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

TYPES: Mapping[str, str] = {
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".pdf": "application/pdf",
    ".srt": "application/x-subrip; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".ttml": "application/ttml+xml; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
}
OTHER = "application/octet-stream"
FOREVER = "public, max-age=31536000, immutable"  # of a name that has the digest of the content
NOW = "no-cache"  # of a name whose content changes: kept, but asked about each time


def headers(name: str, *, is_content: bool = False) -> dict[str, str]:
    """Return the headers of a file. is_content: whether its name changes with its content."""
    content_type = TYPES.get(PurePath(name).suffix.lower(), OTHER)
    return {"Content-Type": content_type, "Cache-Control": FOREVER if is_content else NOW}
