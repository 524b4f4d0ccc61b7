"""Pexels, Pixabay and Commons on this machine: answers of their forms, videos made by ffmpeg, and counts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from vidbuild.media.ffmpeg import ffmpeg

KEYS = {"PEXELS_API_KEY": "pexels-secret-key", "PIXABAY_API_KEY": "pixabay-secret-key"}
BASES = ("VIDBUILD_PEXELS_BASE", "VIDBUILD_PIXABAY_BASE", "VIDBUILD_COMMONS_BASE")


def clip(path: Path, *, color: str = "red", seconds: float = 2, size: str = "160x90") -> bytes:
    """Make a video of one color, and return its bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    source = f"color=c={color}:s={size}:d={seconds}:r=24"
    args = ["-f", "lavfi", "-i", source, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-y", str(path)]
    ffmpeg.run(args, cwd=path.parent, env={}, timeout=60, what="make a clip")
    return path.read_bytes()


def environment(server: HTTPServer) -> dict[str, str]:
    """The variables with which vidbuild uses this server instead of the sites."""
    return {**KEYS, **dict.fromkeys(BASES, server.url_for("").rstrip("/"))}


class Sites:
    """The sites. media: path -> bytes. requests: path of each request, in order; agents, keys: what they carried."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.media: dict[str, bytes] = {}
        self.videos: list[dict[str, Any]] = []
        self.pages: list[dict[str, Any]] = []
        self.requests: list[str] = []
        self.queries: list[Mapping[str, str]] = []
        self.headers: list[Mapping[str, str]] = []
        self.fault: dict[str, Response] = {}
        server.expect_request("/", method="GET").respond_with_data("")
        for path in ("/v1/videos/search", "/v1/search", "/api/", "/api/videos/", "/w/api.php"):
            server.expect_request(path).respond_with_handler(self._search)

    def add(self, number: int, content: bytes, *, width: int = 160, height: int = 90, seconds: float = 2) -> None:
        """Add a video that every site finds, as its last hit."""
        path = f"/media/{number}.mp4"
        self.media[path] = content
        self.server.expect_request(path).respond_with_handler(self._file)
        self.videos.append({"id": number, "width": width, "height": height, "seconds": seconds, "link": path})

    def _search(self, request: Request) -> Response:
        self._note(request)
        if request.path in self.fault:
            return self.fault[request.path]
        import json

        found = {"/v1/videos/search": self._pexels, "/api/videos/": self._pixabay, "/w/api.php": self._commons}
        return Response(json.dumps(found[request.path]()), content_type="application/json")

    def _file(self, request: Request) -> Response:
        self._note(request)
        if request.path in self.fault:
            return self.fault[request.path]
        return Response(self.media[request.path], content_type="video/mp4")

    def _note(self, request: Request) -> None:
        self.requests.append(request.path)
        self.queries.append(request.args.to_dict())
        self.headers.append(dict(request.headers))

    def _pexels(self) -> dict[str, Any]:
        return {
            "videos": [
                {
                    "id": each["id"],
                    "url": f"https://www.pexels.com/video/{each['id']}/",
                    "duration": each["seconds"],
                    "user": {"name": "Diver\x1b[31m crew"},
                    "video_files": [
                        {
                            "link": self.server.url_for(each["link"]),
                            "file_type": "video/mp4",
                            "width": each["width"],
                            "height": each["height"],
                        }
                    ],
                }
                for each in self.videos
            ]
        }

    def _pixabay(self) -> dict[str, Any]:
        return {
            "hits": [
                {
                    "id": each["id"],
                    "pageURL": f"https://pixabay.com/videos/id-{each['id']}/",
                    "duration": each["seconds"],
                    "user": "Diver",
                    "tags": "sea, sky",
                    "videos": {
                        "medium": {
                            "url": self.server.url_for(each["link"]),
                            "width": each["width"],
                            "height": each["height"],
                        }
                    },
                }
                for each in self.videos
            ]
        }

    def _commons(self) -> dict[str, Any]:
        pages = [
            {
                "pageid": each["id"],
                "index": index + 1,
                "title": f"File:Sea {each['id']}.webm",
                "imageinfo": [
                    {
                        "url": self.server.url_for(each["link"]),
                        "descriptionurl": f"https://commons.wikimedia.org/wiki/File:{each['id']}",
                        "mime": "video/webm",
                        "width": each["width"],
                        "height": each["height"],
                        "duration": each["seconds"],
                        "extmetadata": each.get(
                            "facts",
                            {
                                "LicenseShortName": {"value": "CC BY-SA 4.0"},
                                "LicenseUrl": {"value": "https://creativecommons.org/licenses/by-sa/4.0"},
                                "Artist": {"value": '<a href="//x">Diver &amp; <b>Editor</b></a>'},
                            },
                        ),
                    }
                ],
            }
            for index, each in enumerate(self.videos)
        ]
        return {"batchcomplete": True, "query": {"pages": list(reversed(pages))}}
