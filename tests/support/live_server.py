"""A `vidbuild serve` that runs beside a test, and pages of it in a browser."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self

import pytest

from tests.guard import guard
from tests.support.chromium import Chromium, PageError

# What every page must not do: break its own policy, or leave an error behind.
WATCH = """
window.broken = [];
addEventListener("error", (event) => broken.push(event.message));
addEventListener("unhandledrejection", (event) => broken.push(String(event.reason?.stack ?? event.reason)));
document.addEventListener("securitypolicyviolation", ({violatedDirective, blockedURI}) => {
  broken.push(`${violatedDirective} ${blockedURI}`);
});
"""
LOADED = "window.vidbuild?.detail?.state === 'ready' && vidbuild.player.loaded && vidbuild.player.seconds > 0"


class LiveServer:
    """The server of a project's spec; it can be ended and started again on the same port."""

    def __init__(self, root: Path, *specs: str) -> None:
        self._root = root
        self._specs = specs
        # One environment for every start: the secrets are kept with the user's state, and each test has another one.
        self._environment = {**os.environ, guard.LOOPBACK: "1"}
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()
        self.port = 0
        self.address = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait for its address."""
        command = [sys.executable, "-m", "vidbuild", "serve", *self._specs, "--no-open", "--port", str(self.port)]
        self._process = subprocess.Popen(
            command,
            cwd=self._root,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, args=(self._process,), daemon=True).start()
        end, seen = time.monotonic() + 60, ""
        while not (found := re.search(r"http://[^/\s]+:(\d+)/\?token=\S+", seen)):
            assert time.monotonic() < end, seen
            seen += self._lines.get(timeout=60)
        self.address, self.port = found[0], int(found[1])

    def stop(self) -> None:
        """End it by a signal and wait for it."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        finally:
            self.kill()

    def kill(self) -> None:
        """End it at once, without a chance to clean up."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None

    @property
    def base(self) -> str:
        """The address without its token."""
        return self.address.partition("/?")[0]

    def get(self, path: str) -> Any:
        """Return the JSON of an address."""
        return json.loads(self.fetch(path))

    def fetch(self, path: str) -> bytes:
        """Return what is at an address."""
        token = self.address.partition("token=")[2]
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            response = connection.getresponse()
            assert response.status == HTTPStatus.OK, f"{path}: {response.status}"
            return response.read()
        finally:
            connection.close()

    def printed(self, until: str = "Ctrl-C ends it") -> str:
        """Return what it prints after its address, up to a text."""
        found = ""
        while until not in found:
            found += self._lines.get(timeout=60)
        return found

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with contextlib.suppress(ValueError):  # it is closed
            for line in process.stdout:
                self._lines.put(line)


class LivePages:
    """Pages of a server in a browser."""

    def __init__(self, browser: Chromium, server: LiveServer) -> None:
        self.browser = browser
        self.server = server
        browser.before_each_page(WATCH)
        browser.open(server.address, "document.readyState === 'complete'")

    def open(self, path: str, ready: str = "document.readyState === 'complete'") -> Chromium:
        """Go to a page."""
        self.browser.open("about:blank", "true")
        self.browser.open(self.server.base + path, ready, timeout=120)
        return self.browser

    def video(self) -> Chromium:
        """Go to the first video's preview, and wait until it is built and loaded."""
        self.until_idle()
        (first, *_) = self.server.get("/api/videos")
        return self.open(f"/v/{first['id']}", LOADED)

    def until_idle(self) -> None:
        """Wait until no video is being built."""
        end = time.monotonic() + 120
        while any(each["state"] in {"new", "building"} for each in self.server.get("/api/videos")):
            assert time.monotonic() < end
            time.sleep(0.1)

    def until(self, expression: str, timeout: float = 60) -> Any:
        """Wait until an expression is true in the page, and return its value."""
        end = time.monotonic() + timeout
        while not (value := self.browser.evaluate(expression)):
            if time.monotonic() > end:
                text = self.browser.evaluate("document.querySelector('main').innerText")
                raise PageError(f"not so within {timeout:g} s: {expression}\n{text}")
            time.sleep(0.05)
        return value

    def unbroken(self) -> None:
        """Assert that the page has neither broken its policy nor thrown."""
        assert self.browser.evaluate("window.broken") == []


@contextlib.contextmanager
def live_pages(root: Path, factory: pytest.TempPathFactory, *specs: str) -> Iterator[LivePages]:
    """Serve specs of a project to a browser of its own in the block."""
    with ExitStack() as stack:
        stack.enter_context(pytest.MonkeyPatch.context()).setenv(guard.LOOPBACK, "1")
        server = stack.enter_context(LiveServer(root, *specs))
        yield LivePages(stack.enter_context(Chromium(factory.mktemp("chromium"))), server)
