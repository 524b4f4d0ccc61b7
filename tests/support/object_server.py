"""An S3 server on this machine, with a proxy in front of it that counts requests and fails them when a test says so."""

from __future__ import annotations

import contextlib
import gc
import http.client
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from typing import Any

import pytest

BUCKET = "videos"
_HOP = {"connection", "transfer-encoding", "content-length", "server", "date"}
SLOW_DOWN = b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Please reduce your rate.</Message></Error>"


@dataclass(frozen=True)
class Request:
    """A request that reached the proxy. key: the path below the bucket, with its query."""

    method: str
    key: str
    body: int
    headers: dict[str, str]


@dataclass(frozen=True)
class Fault:
    """What happens to a request instead of its answer.

    status: of the answer; 0 to cut the connection after half of the body was read, -1 to never answer.
    drip: seconds between two bytes of the answer's body.
    is_garbled: whether the real answer is sent instead, with other bytes in its body.
    """

    status: int
    body: bytes = b""
    drip: float = 0.0
    is_garbled: bool = False


@dataclass
class ObjectServer:
    """The server.

    fault: asked about every request; None lets it through.
    ended: set when the server stops; requests without an answer wait for it.
    ignores_conditions: whether `If-None-Match` has no effect, as with some servers that speak S3.
    """

    host: str
    port: int
    requests: list[Request] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    fault: Callable[[Request], Fault | None] = lambda _request: None
    ignores_conditions: bool = False

    @property
    def endpoint(self) -> str:
        """The address of the proxy."""
        return f"http://{self.host}:{self.port}"

    def puts(self) -> list[str]:
        """The keys of the files that were written, in order; parts of one count once."""
        keys = [request.key.partition("?")[0] for request in self.requests if request.method == "PUT"]
        return list(dict.fromkeys(keys))

    def clear(self) -> None:
        """Forget the requests and faults."""
        self.requests.clear()
        self.ignores_conditions = False
        self.fault = lambda _request: None


def fail(*numbers: int, method: str = "PUT", fault: Fault) -> Callable[[Request], Fault | None]:
    """Return a rule that fails the requests of one method with these numbers, counted from 1."""
    count = 0

    def rule(request: Request) -> Fault | None:
        nonlocal count
        if request.method != method:
            return None
        count += 1
        return fault if count in numbers else None

    return rule


@contextlib.contextmanager
def running() -> Iterator[ObjectServer]:
    """Run a server with an empty bucket in the block."""
    from moto.server import ThreadedMotoServer

    moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    proxy = proxy_to(host, port)
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    server = ObjectServer("127.0.0.1", proxy.server_port)
    proxy.owner = server  # type: ignore[attr-defined] # read by the handler
    try:
        with contextlib.closing(http.client.HTTPConnection(host, port, timeout=20)) as connection:
            # reset, because servers of a process share a state
            for method, path in (("POST", "/moto-api/reset"), ("PUT", f"/{BUCKET}")):
                connection.request(method, path)
                connection.getresponse().read()
        yield server
    finally:
        server.ended.set()
        proxy.shutdown()
        proxy.server_close()
        moto.stop()
        gc.collect()  # what was left open is a warning here, and not in a test that runs later


def environment(server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test's S3 be this server; the keys are the secrets that no test may leave anywhere."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.endpoint)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)


def _write(file: BufferedIOBase, body: bytes, drip: float) -> None:
    """Write bytes, or one by one until the client has had enough. drip: seconds between two."""
    if not drip:
        file.write(body)
        return
    with contextlib.suppress(OSError):
        for place in range(len(body)):
            file.write(body[place : place + 1])
            time.sleep(drip)


def _headers(headers: Iterable[tuple[str, str]], left_out: Collection[str]) -> dict[str, str]:
    return {name: value for name, value in headers if name.lower() not in left_out}


def proxy_to(host: str, port: int) -> ThreadingHTTPServer:
    """Return a proxy of another server; its `owner` is the ObjectServer that is asked about each request."""
    turn = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            server: ObjectServer = self.server.owner  # type: ignore[attr-defined] # set above
            length = int(self.headers.get("Content-Length") or 0)
            key = self.path.removeprefix(f"/{BUCKET}/")
            lower = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, key, length, lower)
            server.requests.append(request)
            fault = server.fault(request)
            if fault is not None and fault.status <= 0:
                self.rfile.read(length // 2)
                if fault.status < 0:
                    server.ended.wait(60)
                self.close_connection = True
                self.connection.close()
                return
            body = self.rfile.read(length)
            if fault is not None and not fault.is_garbled:
                self.answer(fault.status, {"Content-Type": "application/xml"}, fault.body, fault.drip)
                return
            left_out = {"connection", *(["if-none-match"] if server.ignores_conditions else [])}
            headers = _headers(self.headers.items(), left_out)
            # One at a time, as moto's uploads are not made for threads; closed before the answer: a client that has
            # gone away by then must not leave the socket open.
            with turn, contextlib.closing(http.client.HTTPConnection(host, port, timeout=30)) as connection:
                connection.request(self.command, self.path, body, headers)
                response = connection.getresponse()
                content = response.read()
            content = bytes(each ^ 255 for each in content) if fault is not None else content
            found = _headers(response.getheaders(), _HOP)
            if self.command == "HEAD" and (size := response.getheader("Content-Length")):
                found["Content-Length"] = size
            self.answer(response.status, found, content)

        do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = handle_any  # noqa: N815 - the names that the class calls

        def answer(self, status: int, headers: dict[str, str], body: bytes, drip: float = 0.0) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            _write(self.wfile, body, drip)

        def log_message(self, *_args: Any) -> None:
            """Print nothing."""

    ThreadingHTTPServer.daemon_threads = True
    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)
