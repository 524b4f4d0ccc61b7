"""Responses with files: ranges, and entity tags from their content."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response

FOREVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"
MAX_RANGES = 16
# Pages of builds have their scripts and styles in them, and texts from a spec: they run, in an origin of their own.
APART = (
    "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
)


def content(
    request: Request, path: Path, kind: str, tag: str, *, download: str = "", changes: bool = False
) -> Response:
    """Return a file, or a part of it.

    kind: its media type.
    tag: names its content.
    download: the name under which a browser saves it; "" to show it.
    changes: whether its address can have another content later, so that browsers have to ask again.
    """
    etag = f'"{tag}"'
    headers = {"etag": etag, "cache-control": ASK_AGAIN if changes else FOREVER, "accept-ranges": "bytes"}
    if kind == "text/html":
        headers["content-security-policy"] = APART
    if _has(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=headers)
    if request.headers.get("range", "").count(",") >= MAX_RANGES:
        return Response("too many ranges\n", 416, headers)
    if download:
        headers["content-disposition"] = f"attachment; filename*=utf-8''{quote(download)}"
    return FileResponse(path, headers=headers, media_type=kind)


def bytes_response(request: Request, data: bytes, kind: str, tag: str) -> Response:
    """Return content that may be another one under this address tomorrow, if the browser has not this one."""
    etag = f'"{tag}"'
    headers = {"etag": etag, "cache-control": "no-cache"}
    if _has(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=kind, headers=headers)


def _has(header: str, etag: str) -> bool:
    return header.strip() == "*" or etag in {each.strip().removeprefix("W/") for each in header.split(",")}
