"""Azurite, Microsoft's emulator of Azure's storage, behind a proxy that counts requests and can fail them."""

from __future__ import annotations

import base64
import contextlib
import gc
import hashlib
import hmac
import http.client
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from tests.support.object_server import BUCKET, ObjectServer, proxy_to
from tests.support.paths import TESTS
from vidbuild.remote import stores

SERVER = TESTS / "stores" / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
ACCOUNT = "vidbuildtests"
KEY = base64.b64encode(b"the key of a store that is gone after the tests, and 64 bytes. .").decode()
PRIVATE = "private"  # a container that nobody can read without a key
_LISTENS = re.compile(rb"listens on http://127\.0\.0\.1:(\d+)")


def missing() -> str:
    """Return what has to be installed first; "" if nothing is missing."""
    if shutil.which("node") is None:
        return "node is missing: install Debian's nodejs and npm"
    return "" if SERVER.is_file() else "azurite is missing: run 'make test-stores'"


@contextlib.contextmanager
def running(folder: Path) -> Iterator[ObjectServer]:
    """Run Azurite with two empty containers in the block: one that everybody can read, and one that nobody can."""
    log = folder / "azurite.log"
    with log.open("wb") as opened:
        process = subprocess.Popen(
            [
                *(str(shutil.which("node")), str(SERVER), "--blobHost", "127.0.0.1", "--blobPort", "0"),
                *("--location", str(folder), "--silent", "--disableTelemetry"),
            ],
            stdout=opened,
            stderr=opened,
            env={"AZURITE_ACCOUNTS": f"{ACCOUNT}:{KEY}", "PATH": ""},
        )
    try:
        port = _port(process, log)
        proxy = proxy_to("127.0.0.1", port)
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        server = ObjectServer("127.0.0.1", proxy.server_port)
        proxy.owner = server  # type: ignore[attr-defined] # read by the handler
        _make_container(port, BUCKET, "blob")
        _make_container(port, PRIVATE)
        try:
            yield server
        finally:
            server.ended.set()
            proxy.shutdown()
            proxy.server_close()
            gc.collect()  # what was left open is a warning here, and not in a test that runs later
    finally:
        process.terminate()
        process.wait(20)


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    """Wait until the server listens."""
    for _ in range(600):
        if found := _LISTENS.search(log.read_bytes()):
            return int(found[1])
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
            break
    raise AssertionError(f"Azurite did not start: {log.read_text()}")


def _make_container(port: int, name: str, access: str = "") -> None:
    """Make a container, which the client cannot; access: "blob" if everybody may read its files."""
    path = f"/{ACCOUNT}/{name}"
    own = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": "2021-12-02"}
    own |= {"x-ms-blob-public-access": access} if access else {}
    signed = "".join(f"{key}:{own[key]}\n" for key in sorted(own))
    text = "PUT" + "\n" * 12 + signed + f"/{ACCOUNT}{path}\nrestype:container"
    digest = hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()
    own["Authorization"] = f"SharedKey {ACCOUNT}:{base64.b64encode(digest).decode()}"
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("PUT", f"{path}?restype=container", headers={**own, "Content-Length": "0"})
        answer = connection.getresponse()
        assert answer.status == 201, answer.read()


def environment(server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test's `az://` be this server."""
    monkeypatch.setenv("AZURE_STORAGE_ENDPOINT", f"{server.endpoint}/{ACCOUNT}")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT)
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", KEY)
    monkeypatch.delenv("AZURE_ENDPOINT", raising=False)
    stores.store_of.cache_clear()
