"""A server on this machine that keeps what is PUT to it, as caches of other build tools do, and as strictly."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_PATH = re.compile(r"/cache/(ac|cas)/([0-9a-f]{64})")


def _status(method: str, path: str, body: bytes, kept: dict[str, bytes]) -> int:
    """Return the status of a request: a name is 64 hex digits, and of a blob the digest of what is written."""
    parts = _PATH.fullmatch(path)
    if parts is None:
        return 400
    if method != "PUT":
        return 200 if path in kept else 404
    return 400 if parts[1] == "cas" and hashlib.sha256(body).hexdigest() != parts[2] else 200


@contextlib.contextmanager
def running() -> Iterator[tuple[str, dict[str, bytes], list[str]]]:
    """Run a server in the block; yield its address, path -> what is kept, and "METHOD path status" of each request."""
    kept: dict[str, bytes] = {}
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status = _status(self.command, self.path, body, kept)
            requests.append(f"{self.command} {self.path} {status}")
            if self.command == "PUT" and status == 200:
                kept[self.path] = body
            content = b"" if self.command == "PUT" else kept.get(self.path, b"")
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        do_GET = do_HEAD = do_PUT = handle_any  # noqa: N815 - the names that the class calls

        def log_message(self, *_args: Any) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/cache", kept, requests
    finally:
        server.shutdown()
        server.server_close()
        gc.collect()  # what was left open is a warning here, and not in a test that runs later
