"""A headless Chromium, controlled through pipes (the DevTools protocol)."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

ALT, SHIFT = 1, 8  # modifiers of keys
VARIABLE = "VIDBUILD_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",  # it does not work for root, nor in many containers; nothing but our own page is opened
    "--disable-dev-shm-usage",  # /dev/shm is tiny in containers
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--autoplay-policy=no-user-gesture-required",
)
# Descriptors 3 and 4 are those that --remote-debugging-pipe speaks of.
PLACED = """
import fcntl, os, sys
to_it, from_it = (fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3])
os.dup2(to_it, 3)
os.dup2(from_it, 4)
os.execvp(sys.argv[3], sys.argv[3:])
"""


class PageError(AssertionError):
    """The page could not do what it was asked to."""


def executable() -> str:
    """Return the browser's path; AssertionError with what to install."""
    chosen = os.environ.get(VARIABLE)
    found = next(filter(None, map(shutil.which, [chosen] if chosen else NAMES)), None)
    assert found, f"there is no Chromium: apt-get install chromium, or set {VARIABLE} to its path"
    return found


class Chromium:
    """A browser with one page, which runs while the block that it opens does."""

    def __init__(self, folder: Path) -> None:
        self._said = (folder / "chromium.log").open("wb")
        to_it, self._write = os.pipe()
        self._read, from_it = os.pipe()
        command = [executable(), *FLAGS, "--remote-debugging-pipe", f"--user-data-dir={folder / 'profile'}"]
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", PLACED, str(to_it), str(from_it), *command],
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=self._said,
            pass_fds=(to_it, from_it),
            start_new_session=True,
        )
        os.close(to_it)
        os.close(from_it)
        self._number = 0
        self._unread = b""
        self._session = ""

    def __enter__(self) -> Self:
        try:
            target = self._ask("Target.createTarget", {"url": "about:blank"})["targetId"]
            self._session = self._ask("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def open(self, url: str, ready: str, timeout: float = 30) -> None:
        """Go to a page and wait until the expression `ready` is true there."""
        self._ask("Page.navigate", {"url": url}, timeout, page=True)
        end = time.monotonic() + timeout
        while not self.evaluate(ready):
            if time.monotonic() > end:
                raise PageError(f"{url} was not ready within {timeout:g} s")
            time.sleep(0.05)

    def evaluate(self, expression: str, timeout: float = 60) -> Any:
        """The value of a JavaScript expression in the page, awaited if it is a promise."""
        params = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = self._ask("Runtime.evaluate", params, timeout, page=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise PageError(details.get("exception", {}).get("description") or details["text"])
        return answer["result"].get("value")

    def click(self, x: float, y: float) -> None:
        """Press and release the mouse's left button at a place in the window."""
        for kind in ("mousePressed", "mouseReleased"):
            params = {"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}
            self._ask("Input.dispatchMouseEvent", params, page=True)

    def press(self, key: str, code: int, modifiers: int = 0) -> None:
        """Press and release a key, given by its name and its virtual key code; modifiers: ALT and SHIFT, added up."""
        params = {"key": key, "code": key, "windowsVirtualKeyCode": code, "modifiers": modifiers}
        typed = {"type": "keyDown", "text": "\r"} if key == "Enter" else {"type": "rawKeyDown"}
        for kind in (typed, {"type": "keyUp"}):
            self._ask("Input.dispatchKeyEvent", {**params, **kind}, page=True)

    def write(self, text: str) -> None:
        """Type a text into the field that has the focus."""
        self._ask("Input.insertText", {"text": text}, page=True)

    def move(self, x: float, y: float) -> None:
        """Move the mouse to a place in the window."""
        self._ask("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": x, "y": y}, page=True)

    def prefer(self, **features: str) -> None:
        """Set media features, such as color_scheme="dark"."""
        named = [{"name": f"prefers-{name.replace('_', '-')}", "value": value} for name, value in features.items()]
        self._ask("Emulation.setEmulatedMedia", {"features": named}, page=True)

    def media(self, media: str = "", **features: str) -> None:
        """Show pages as another medium ("print") or with media features, such as forced_colors="active"."""
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self._ask("Emulation.setEmulatedMedia", {"media": media, "features": named}, page=True)

    def before_each_page(self, script: str) -> None:
        """Run a script in every page that is opened from now on, before its own."""
        self._ask("Page.enable", {}, page=True)
        self._ask("Page.addScriptToEvaluateOnNewDocument", {"source": script}, page=True)

    def picture(self) -> bytes:
        """Return what the window shows, as a PNG."""
        return base64.b64decode(self._ask("Page.captureScreenshot", {"format": "png"}, page=True)["data"])

    def heap(self) -> int:
        """Return the bytes of JavaScript that the page holds after a collection of garbage."""
        self._ask("HeapProfiler.collectGarbage", {}, page=True)
        size: int = self._ask("Runtime.getHeapUsage", {}, page=True)["usedSize"]
        return size

    @contextmanager
    def tab(self) -> Iterator[None]:
        """Have another page in the block, with the same cookies; it is closed after it."""
        before = self._session
        target = self._ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._session = self._ask("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        try:
            yield
        finally:
            self._session = before
            self._ask("Target.closeTarget", {"targetId": target})

    def resize(self, width: int, height: int) -> None:
        """Give the window another size, in pixels."""
        params = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._ask("Emulation.setDeviceMetricsOverride", params, page=True)

    def _end(self) -> None:
        """End the browser and all its processes: it exits by itself once its pipes are closed."""
        os.close(self._write)
        os.close(self._read)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._said.close()

    def _ask(self, method: str, params: dict[str, Any], timeout: float = 60, *, page: bool = False) -> dict[str, Any]:
        """Send a command and wait for its answer; events are passed over."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if page:
            message["sessionId"] = self._session
        try:
            os.write(self._write, json.dumps(message).encode() + b"\0")
        except BrokenPipeError as error:
            raise PageError(f"{method}: {self._gone()}") from error
        end = time.monotonic() + timeout
        while True:
            answer = self._next(end - time.monotonic(), method)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise PageError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result

    def _gone(self) -> str:
        return "the browser is gone:\n" + Path(self._said.name).read_text(encoding="utf-8", errors="replace")[-2000:]

    def _next(self, timeout: float, method: str) -> dict[str, Any]:
        end = time.monotonic() + timeout
        while b"\0" not in self._unread:
            if not select.select([self._read], [], [], max(0.0, end - time.monotonic()))[0]:
                raise PageError(f"{method}: no answer within {timeout:.0f} s")
            more = os.read(self._read, 1 << 20)
            if not more:
                raise PageError(f"{method}: {self._gone()}")
            self._unread += more
        first, _, self._unread = self._unread.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        return message
