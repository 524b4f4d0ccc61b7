"""Serves a folder on this machine's own address as web servers do, with ranges."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Handler(SimpleHTTPRequestHandler):
    """Answers with the part of a file that is asked for."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args: Any, headers: Mapping[str, str], **options: Any) -> None:
        self._more = headers  # of every answer
        super().__init__(*args, **options)

    def end_headers(self) -> None:
        """End the headers of an answer with those of this server."""
        for name, value in self._more.items():
            self.send_header(name, value)
        super().end_headers()

    def do_GET(self) -> None:
        """Send a file or a range of it (RFC 9110, 14.2: a range that cannot be read is as none)."""
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        size = path.stat().st_size
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        first, last = (int(asked[1]), min(int(asked[2] or size - 1), size - 1)) if asked else (0, size - 1)
        if asked and first >= size:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        with path.open("rb") as file:
            file.seek(first)
            try:
                self.wfile.write(file.read(last - first + 1))
            except ConnectionError:
                self.close_connection = True  # a player that seeks hangs up on what it no longer needs

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@contextmanager
def served(folder: Path, headers: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address at which a folder is served while the block runs. headers: more of them in every answer."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder), headers=headers or {}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
