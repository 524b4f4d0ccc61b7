"""A server on this machine that keeps what is PUT to it, as caches of other build tools do."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@contextlib.contextmanager
def running() -> Iterator[tuple[str, dict[str, bytes], list[str]]]:
    """Run a server in the block; yield its address, path -> what is kept, and "METHOD path" of each request."""
    kept: dict[str, bytes] = {}
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            requests.append(f"{self.command} {self.path}")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.command == "PUT":
                kept[self.path] = body
            content = b"" if self.command == "PUT" else kept.get(self.path)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content or b"")

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
