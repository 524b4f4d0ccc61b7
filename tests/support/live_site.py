"""A live page's application without a server: a small project, one version of its video, and a client."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from tests.support.workspace import SMALL
from vidbuild.api.live import look
from vidbuild.api.options import BuildOptions
from vidbuild.serve.app import application
from vidbuild.serve.builder import Builder
from vidbuild.serve.catalog import Catalog, Video
from vidbuild.serve.pictures import Pictures
from vidbuild.serve.revisions import Revision
from vidbuild.serve.secrets import secrets_of
from vidbuild.serve.security import Access, hosts_of
from vidbuild.serve.services import Services
from vidbuild.serve.stream import Stream

PORT = 8484
ORIGIN = f"http://127.0.0.1:{PORT}"
TIMING = {
    "duration": 1.0,
    "scenes": [
        {"id": "one", "type": "title", "start": 0.0, "end": 0.5, "words": [], "cues": {}},
        {
            "id": "two",
            "type": "title",
            "start": 0.5,
            "end": 1.0,
            "words": [{"text": "a", "start": 0.5, "end": 0.7}, {"text": "b", "start": 0.7, "end": 0.9}],
            "cues": {"now": 0.6},
        },
    ],
}


class Site:
    """The application with its parts; nothing is watched or built."""

    def __init__(self, root: Path, host: str = "127.0.0.1") -> None:
        root.mkdir(parents=True)
        (root / "vidbuild.toml").write_text("")
        self.root = root
        self.spec = root / "video.yaml"
        self.spec.write_text(SMALL)
        self.folder = root / ".vidbuild" / "serve"
        self.folder.mkdir(parents=True)
        self.bugs: list[Exception] = []
        options = BuildOptions(cache=root / ".vidbuild")
        self.catalog = Catalog(root, [self.spec], self.folder)
        self.stream = Stream(self.folder / "events.jsonl")
        self.builder = Builder(self.catalog, self.stream, options, self.bugs.append)
        self.secrets = secrets_of(self.folder)
        self.services = Services(
            self.catalog,
            self.stream,
            self.builder,
            Pictures(self.catalog, options),
            Access(self.secrets, hosts_of(host), PORT),
            root / ".vidbuild",
            self.bugs.append,
        )
        self.client = TestClient(application(self.services), base_url=ORIGIN, follow_redirects=False)

    def look(self) -> Video:
        """Look at the spec, and return its video."""
        self.catalog.looked(self.spec, look(self.spec, cache=self.root / ".vidbuild"))
        return self.video

    @property
    def video(self) -> Video:
        """The only video."""
        return self.catalog.videos()[0]

    def add_version(self, media: bytes = b"0123456789", **facts: Any) -> Revision:
        """Add a version whose video is these bytes."""
        outputs = self.root / "made"
        outputs.mkdir(exist_ok=True)
        for name, data in (
            ("video.mp4", media),
            ("video.timing.json", json.dumps(TIMING).encode()),
            ("video.vtt", b"WEBVTT\n"),
            ("video.report.html", b"<script>alert(1)</script>"),
        ):
            (outputs / name).write_bytes(data)
        kinds = {".mp4": "video", ".vtt": "captions", ".json": "timing", ".html": "report"}
        scenes = [{"id": name, "type": "title", "title": name.title(), "narration": ""} for name in ("one", "two")]
        known = {"name": "video", "title": "A", "seconds": 1.0, "width": 160, "height": 90, "fps": 24, "language": "en"}
        revision = self.video.revisions.add(
            [(kinds[path.suffix], path, "") for path in sorted(outputs.iterdir())],
            {**known, "digest": "", "scenes": scenes, "reasons": {}, **facts},
        )
        self.video.revisions.trim()
        self.video.previous, self.video.revision = self.video.revision, revision
        return revision

    @property
    def known(self) -> dict[str, str]:
        """The header of a client that has the token."""
        return {"authorization": f"Bearer {self.secrets.token}"}

    @property
    def acting(self) -> dict[str, str]:
        """The headers of a page that may change something."""
        return {**self.known, "origin": ORIGIN, "x-vidbuild-token": self.secrets.action}

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Any:
        """Send a GET as a page does."""
        return self.client.get(path, headers={**self.known, **(headers or {})})

    def post(self, path: str, data: object = None, headers: Mapping[str, str] | None = None) -> Any:
        """Send a POST as a page does."""
        return self.client.post(path, json=data or {}, headers={**self.acting, **(headers or {})})
