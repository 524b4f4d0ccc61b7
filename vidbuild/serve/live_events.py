"""The response to `/events`: Server-Sent Events of the stream, from where the page left off."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from vidbuild.serve.stream import Stream

HEARTBEAT = 15.0
PATIENCE = 30.0  # seconds in which a reader must take what was sent to it
MAX_READERS = 64
_RETRY = b"retry: 1000\n\n"


class EventsResponse:
    """Sends events until the page or the server goes away.

    drop: ends the connection of a client that reads nothing.
    closing: set when the server ends.
    """

    def __init__(self, stream: Stream, request: Request, closing: asyncio.Event, drop: Callable[[Scope], None]) -> None:
        self._stream = stream
        self._closing = closing
        self._drop = drop
        header = request.headers.get("last-event-id", "")
        self._cursor = int(header) if header.isascii() and header.isdigit() and len(header) < 18 else -1  # noqa: PLR2004 - digits of an int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response."""
        headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]
        headers.append((b"x-accel-buffering", b"no"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            await self._run(send, gone)
        except TimeoutError:
            self._drop(scope)
        finally:
            gone.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await gone

    async def _run(self, send: Send, gone: asyncio.Future[Any]) -> None:
        loop, awake = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(awake.set)

        closing = asyncio.ensure_future(self._closing.wait())
        try:
            with self._stream.waking(wake):
                await _write(send, _RETRY + self._greeting())
                while not gone.done():
                    awake.clear()
                    events = self._stream.after(self._cursor)
                    if events is None:  # it fell too far behind
                        return
                    if events:
                        self._cursor = events[-1].id
                        await _write(send, b"".join(each.to_sse() for each in events))
                    if closing.done():
                        await _write(send, b"event: gone\ndata: {}\n\n", last=True)
                        return
                    await self._wait(send, awake, gone, closing)
        finally:
            closing.cancel()

    def _greeting(self) -> bytes:
        """Return a `hello` for a page that must fetch everything, since its cursor is none of this log."""
        if self._cursor >= 0 and self._stream.after(self._cursor) is not None:
            return b""
        self._cursor = self._stream.last
        return f"id: {self._cursor}\nevent: hello\ndata: {{}}\n\n".encode()

    async def _wait(
        self, send: Send, awake: asyncio.Event, gone: asyncio.Future[Any], closing: asyncio.Future[Any]
    ) -> None:
        waiting: asyncio.Future[Any] = asyncio.ensure_future(awake.wait())
        await asyncio.wait({waiting, gone, closing}, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
        if not (waiting.done() or gone.done() or closing.done()):
            await _write(send, b": still here\n\n")
        waiting.cancel()


async def _write(send: Send, body: bytes, *, last: bool = False) -> None:
    await asyncio.wait_for(send({"type": "http.response.body", "body": body, "more_body": not last}), PATIENCE)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
