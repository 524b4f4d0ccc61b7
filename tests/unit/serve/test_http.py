"""Bytes of attackers, and of clients that go away, as they reach a server's socket."""

from __future__ import annotations

import contextlib
import gc
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.background_build import wait_until
from tests.support.live_site import Site
from vidbuild.serve.http_server import Server
from vidbuild.serve.security import Access, hosts_of
from vidbuild.serve.server import Listening, listen

pytestmark = pytest.mark.usefixtures("loopback")


class Running:
    """A site behind a real server on a port of its own."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.ends = False
        self.listening: Listening = listen("127.0.0.1", 0)
        self.port = self.listening.port
        site.services.access = Access(site.secrets, hosts_of("127.0.0.1"), self.port)
        self.server = Server(site.services, lambda: self.ends)
        self.thread = threading.Thread(target=self.server.run, args=([self.listening.socket],), daemon=True)
        self.thread.start()
        wait_until(lambda: self.server.started, "the server")

    def stop(self) -> None:
        """End it."""
        self.ends = True
        self.thread.join(10)
        assert not self.thread.is_alive()

    @property
    def head(self) -> str:
        """The headers that every request needs."""
        return f"Host: 127.0.0.1:{self.port}\r\nAuthorization: Bearer {self.site.secrets.token}\r\n"

    @property
    def acting(self) -> str:
        """Those of a request that changes something, too."""
        origin = f"Origin: http://127.0.0.1:{self.port}\r\nX-Vidbuild-Token: {self.site.secrets.action}\r\n"
        return self.head + origin

    def connect(self) -> socket.socket:
        """Open a connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def send(self, data: bytes | str) -> bytes:
        """Send bytes, and return everything until the server closes the connection, or sends no more."""
        with self.connect() as client:
            client.sendall(data if isinstance(data, bytes) else data.encode("latin-1"))
            client.settimeout(0.3)
            found = b""
            with contextlib.suppress(ConnectionError, TimeoutError):
                while part := client.recv(1 << 16):
                    found += part
            return found

    def works(self) -> bool:
        """Return whether a good request is answered."""
        return b"200 OK" in self.send(f"GET /api/videos HTTP/1.1\r\n{self.head}Connection: close\r\n\r\n")


@pytest.fixture
def running(site: Site, capfd: pytest.CaptureFixture[str]) -> Iterator[Running]:
    """A server that must neither report a bug nor print anything, whatever a test sends to it."""
    found = Running(site)
    yield found
    assert found.ends or found.works()
    found.stop()
    gc.collect()  # a task that nobody awaited prints then
    assert site.bugs == []
    assert capfd.readouterr() == ("", "")


HOSTS = [
    "Host: evil.example\r\n",
    "Host: evil.example:{port}\r\n",
    "Host: 127.0.0.1:{port}.evil.example\r\n",
    "Host: 127.0.0.1:{port}\r\nHost: evil.example\r\n",
    "Host: evil.example\r\nHost: 127.0.0.1:{port}\r\n",
    "Host: 127.0.0.1:{port}, evil.example\r\n",
    "Host: evil@127.0.0.1:{port}\r\n",
    "Host: 127.0.0.1:99999\r\n",
    "Host: \u00ed27.0.0.1:{port}\r\n",
    "Host: 0:{port}\r\n",
    "Host: 2130706433:{port}\r\n",
    "X-Forwarded-Host: 127.0.0.1:{port}\r\nHost: evil.example\r\n",
    "Forwarded: host=127.0.0.1\r\nHost: evil.example\r\n",
    "",
]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(
    "target", ["/api/videos", "http://127.0.0.1:{port}/api/videos", "http://evil.example/api/videos"]
)
def test_names_of_others(running: Running, host: str, target: str) -> None:
    """DNS rebinding: only the Host header counts, it must be there once, and it must be the server's own."""
    lines = f"GET {target} HTTP/1.1\r\n{host}".replace("{port}", str(running.port))
    answer = running.send(f"{lines}Authorization: Bearer {running.site.secrets.token}\r\nConnection: close\r\n\r\n")
    assert answer.split(b" ")[1] in {b"400", b"421"}
    assert b'"id"' not in answer


ORIGINS = ["null", "http://evil.example", "http://localhost:{port}", "http://127.0.0.1", "http://127.0.0.1:{port}/", ""]


@pytest.mark.parametrize("origin", ORIGINS)
def test_origins_of_others(running: Running, origin: str) -> None:
    """A page without an origin of its own, or of another port, changes nothing although the browser has the cookie."""
    secrets = running.site.secrets
    lines = [
        f"POST /api/videos/{running.site.video.id}/build HTTP/1.1",
        f"Host: 127.0.0.1:{running.port}",
        f"Cookie: {secrets.cookie}={secrets.token}",
        f"Origin: {origin}".replace("{port}", str(running.port)),
        f"X-Vidbuild-Token: {secrets.action}",
        "Content-Length: 0",
        "Connection: close",
    ]
    assert running.send("\r\n".join([*lines, "", ""])).split(b" ")[1] == b"403"
    assert running.site.builder.idle


COOKIES = [
    "vidbuild-00000000={token}",
    "token={token}",
    "{cookie}=wrong",
    "{cookie}=",
    "{cookie}={token}x",
    "a=1; {cookie}=wrong; {cookie}=wronger",
    "{cookie}",
    '{cookie}="{token}',
    "\x00=\x01",
    "a=" + "x" * 9000,
]


@pytest.mark.parametrize("cookie", COOKIES)
def test_cookies_of_other_ports(running: Running, cookie: str) -> None:
    """Browsers send the cookies of all ports of a host: those of another server open nothing."""
    secrets = running.site.secrets
    text = cookie.replace("{cookie}", secrets.cookie).replace("{token}", secrets.token)
    answer = running.send(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{running.port}\r\nCookie: {text}\r\n\r\n")
    assert answer.split(b" ")[1] in {b"400", b"403"}
    assert secrets.action.encode() not in answer


TARGETS = [
    "/page/../secrets.py",
    "/page/%2e%2e/secrets.py",
    "/page/..%2fsecrets.py",
    "/page/..%5csecrets.py",
    "//page/../../../../etc/passwd",
    "/media/../../../../../etc/passwd",
    "/media/{id}/{rev}/../manifest.json",
    "/media/{id}/{rev}/%2e%2e%2fmanifest.json",
    "/media/{id}/{rev}/video.mp4%00",
    "/media/{id}/{rev}/video.mp4/",
    "/media/{id}/{rev}/./video.mp4/../../../../secrets.json",
    "/media/{id}/%2e/{rev}",
    "/still/{id}/..%2f..%2fone",
    "/api/runs/..%2f..%2f..",
    "/api/runs/%00",
    "/%ff%fe",
    "/" + "a/" * 2000,
    "/v/{id}%0d%0aSet-Cookie:%20a=b",
    "/?token=%0d%0aSet-Cookie:%20a=b",
    "/api/videos/" + "%41" * 5000,
]


@pytest.mark.parametrize("target", TARGETS)
def test_paths_as_they_are_sent(running: Running, target: str) -> None:
    """A path that a client would have tidied leads to nothing, and no header can be put into a response."""
    revision = running.site.add_version()
    path = target.replace("{id}", running.site.video.id).replace("{rev}", revision.id)
    answer = running.send(f"GET {path} HTTP/1.1\r\n{running.head}Connection: close\r\n\r\n")
    assert answer.split(b" ")[1] in {b"403", b"404", b"405"}, answer[:200]
    assert b"set-cookie" not in answer.lower().partition(b"\r\n\r\n")[0]
    for secret in (b"root:", running.site.secrets.token.encode(), b'"facts"', b"compare_digest"):
        assert secret not in answer


SMUGGLED = [
    # Two lengths, a length and chunks, other spellings of them, lines that are folded or end in one character.
    "{head}Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
    "{head}Content-Length: 5, 0\r\n\r\n{smuggled}",
    "{head}Content-Length: +5\r\n\r\n{smuggled}",
    "{head}Content-Length: 0x10\r\n\r\n{smuggled}",
    "{head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}",
    "{head}Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n{smuggled}",
    "{head}Transfer-Encoding: xchunked\r\n\r\n{smuggled}",
    "{head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{smuggled}",
    "{head}Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n{smuggled}",
    "{head}X: y\r\n Transfer-Encoding: chunked\r\n\r\n{smuggled}",
    "{head}X: y\nTransfer-Encoding: chunked\r\n\r\n{smuggled}",
    "{head}X: a\x00b\r\nContent-Length: 0\r\n\r\n{smuggled}",
    "{head}Transfer-Encoding: chunked\r\n\r\n-1\r\n{smuggled}",
    "{head}Transfer-Encoding: chunked\r\n\r\n5;x=\ny\r\nabcde\r\n0\r\n\r\n{smuggled}",
    "{head}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{smuggled}",
]


@pytest.mark.parametrize("data", SMUGGLED)
def test_requests_in_requests(running: Running, data: str) -> None:
    """A request that is ambiguous about its end is refused, and what follows it is never a request of its own.

    The first request has what a page's own has; what it carries has not, and must have no effect.
    """
    number = running.site.video.id
    smuggled = f"POST /api/videos/{number}/playhead HTTP/1.1\r\nHost: evil.example\r\n\r\n"
    text = f"POST /api/videos/{number}/build HTTP/1.1\r\n{data}"
    answer = running.send(text.replace("{head}", running.acting).replace("{smuggled}", smuggled))
    assert b"421" not in answer.split(b"\r\n", 1)[0]
    assert running.site.video.playhead is None


GARBAGE = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /\r\n\r\n",
    b"\r\n\r\n\r\n",
    b"\x00" * 5000,
    b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 50_000,
    b"G" * 200_000,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET /events HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{head}\r\n",
    b"GET /api/videos HTTP/1.1\r\n{head}\r\nGET garbage\x00\r\n\r\n",
    b"POST /api/videos/x/playhead HTTP/1.1\r\n{acting}Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /api/videos/{id}/playhead HTTP/1.1\r\n{acting}Content-Length: 50\r\n\r\n{",
    b"POST /api/videos/{id}/playhead HTTP/1.1\r\n{acting}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\nzz\r\n",
    b"POST /nothing HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
]


@pytest.mark.parametrize("data", GARBAGE)
def test_what_is_no_http(running: Running, data: bytes) -> None:
    """Bytes that are no HTTP end their own connection, and nothing is printed."""
    whole = data.replace(b"{head}", running.head.encode()).replace(b"{acting}", running.acting.encode())
    whole = whole.replace(b"{id}", running.site.video.id.encode())
    with running.connect() as client, contextlib.suppress(ConnectionError):
        client.sendall(whole)
        time.sleep(0.05)
    running.send(whole)


def test_a_bad_body_after_the_response(running: Running) -> None:
    """A body that turns out to be invalid after the response has begun ends the connection, without a message."""
    revision = running.site.add_version(b"0" * 3_000_000)
    for path in ("/events", f"/media/{running.site.video.id}/{revision.id}/video.mp4"):
        with running.connect() as client, contextlib.suppress(ConnectionError):
            client.sendall(f"GET {path} HTTP/1.1\r\n{running.head}Transfer-Encoding: chunked\r\n\r\n".encode())
            assert client.recv(50).startswith(b"HTTP/1.1 200")
            client.sendall(b"zz\r\nno chunk\r\n")
            while client.recv(1 << 20):
                pass


def test_a_browser_that_goes_away(running: Running, tmp_path: Path) -> None:
    """A download that is left in the middle ends alone: its file is closed, and others are served."""
    del tmp_path
    revision = running.site.add_version(b"0" * 20_000_000)
    path = f"/media/{running.site.video.id}/{revision.id}/video.mp4"
    for _ in range(30):
        with running.connect() as client:
            client.sendall(f"GET {path} HTTP/1.1\r\n{running.head}\r\n".encode())
            assert client.recv(1000)

    def closed() -> bool:
        links = (each for each in Path("/proc/self/fd").iterdir() if each.is_symlink())
        with contextlib.suppress(OSError):
            return not any(str(each.readlink()).endswith("video.mp4") for each in links)
        return False

    wait_until(closed, "the end of the downloads", 20)


def test_the_end_during_a_download(running: Running) -> None:
    """A download that nobody reads keeps the server from ending for two seconds at most, and no message is printed."""
    revision = running.site.add_version(b"0" * 20_000_000)
    path = f"/media/{running.site.video.id}/{revision.id}/video.mp4"
    with running.connect() as client, running.connect() as stream:
        client.sendall(f"GET {path} HTTP/1.1\r\n{running.head}\r\n".encode())
        assert client.recv(1000)
        stream.sendall(f"GET /events HTTP/1.1\r\n{running.head}\r\n".encode())
        assert stream.recv(1000)
        running.ends = True
        running.thread.join(8)
        assert not running.thread.is_alive()


def test_a_download_is_whole(running: Running) -> None:
    """What was not disturbed arrives whole, while fifty others connect and leave."""
    revision = running.site.add_version(b"0123456789" * 500_000)
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    path = f"/media/{running.site.video.id}/{revision.id}/video.mp4"
    connection.request("GET", path, headers={"Authorization": f"Bearer {running.site.secrets.token}"})
    answer = connection.getresponse()
    found = answer.read(100)
    for _ in range(50):
        running.connect().close()
    assert len(found + answer.read()) == 5_000_000
    connection.close()


def test_streams_that_nobody_reads(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty tabs that stopped reading are dropped one by one with what was buffered for them; another one goes on."""
    monkeypatch.setattr("vidbuild.serve.live_events.PATIENCE", 0.5)
    stream, text = running.site.stream, "x" * 2000
    head = f"GET /events HTTP/1.1\r\n{running.head}\r\n".encode()
    with contextlib.ExitStack() as stack:
        for _ in range(50):
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", running.port))
            client.sendall(head)
        wait_until(lambda: stream.readers == 50, "fifty readers")
        reading = stack.enter_context(running.connect())
        reading.sendall(head)
        found = reading.recv(1 << 16)

        def alone() -> bool:
            nonlocal found
            for _ in range(50):
                stream.add("a", {"text": text})
            last = stream.last
            while f"id: {last}\n".encode() not in found:
                found = found[-100:] + reading.recv(1 << 20)
            return stream.readers == 1

        wait_until(alone, "the end of the others", 60)
        wait_until(lambda: len(running.server.server_state.connections) == 1, "the end of their connections")
    wait_until(lambda: stream.readers == 0, "the end of all")
