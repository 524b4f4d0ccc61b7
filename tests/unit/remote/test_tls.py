"""Servers whose certificates are wrong: said as that, and not as a server that does not answer."""

from __future__ import annotations

import datetime as dt
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.guard import guard
from vidbuild.remote import stores
from vidbuild.remote.client import Client, RemoteError

Serve = Callable[..., str]
DAY = dt.timedelta(days=1)


def certificate(file: Path, name: str, begin: int, end: int) -> None:
    """Write a certificate that is its own authority, and its key. begin, end: days from now."""
    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(own, own, key.public_key(), 1, now + begin * DAY, now + end * DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(*form))


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Run a server that has no file; with a certificate, or without TLS."""
    monkeypatch.setenv(guard.LOOPBACK, "1")
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):  # the client would ask the proxy
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trusted.pem"))
    stores.store_of.cache_clear()
    servers: list[ThreadingHTTPServer] = []

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_error(404)

        def log_message(self, *_args: object) -> None:
            """Print nothing."""

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_args: object) -> None:
            """Clients that do not trust it hang up."""

    def begin(name: str = "", begins: int = -1, ends: int = 1, *, trusted: bool = True) -> str:
        server = Quiet(("127.0.0.1", 0), Handler)
        if name:
            certificate(tmp_path / "own.pem", name, begins, ends)
            (tmp_path / "trusted.pem").write_bytes((tmp_path / "own.pem").read_bytes())
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tmp_path / "own.pem")
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        if not name or not trusted:
            certificate(tmp_path / "trusted.pem", "another.test", -1, 1)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"https://localhost:{server.server_port}/videos"

    yield begin
    for server in servers:
        server.shutdown()
        server.server_close()


def found(address: str) -> RemoteError:
    """Return the error that the client ends with."""
    with pytest.raises(RemoteError) as caught:
        Client(address, seconds=20, retries=0).head("a")
    return caught.value


@pytest.mark.parametrize(
    ("name", "begins", "ends", "trusted", "message", "hint"),
    [
        ("other.test", -1, 1, True, "the certificate of the server is for another name", "correct the address"),
        ("localhost", -9, -5, True, "the certificate of the server has expired", "the clock of this machine"),
        ("localhost", 5, 9, True, "the certificate of the server is not valid yet", "the clock of this machine"),
        ("localhost", -1, 1, False, "no authority that this machine trusts has signed", "SSL_CERT_FILE"),
    ],
)
def test_a_wrong_certificate_is_named(
    serve: Serve, name: str, begins: int, ends: int, trusted: bool, message: str, hint: str
) -> None:
    """P32: with what is wrong and what to do; nothing more is asked of a server that could be anybody's."""
    error = found(serve(name, begins, ends, trusted=trusted))
    assert message in error.message
    assert hint in str(error.hint)
    assert error.is_silence


def test_a_server_without_tls(serve: Serve) -> None:
    """https:// of a port on which a server speaks plain HTTP."""
    error = found(serve())
    assert "the server does not speak TLS there" in error.message
    assert "http://" in str(error.hint)


def test_an_authority_of_ones_own(serve: Serve) -> None:
    """A certificate that SSL_CERT_FILE has is trusted."""
    assert Client(serve("localhost"), seconds=20, retries=0).head("a") is None
