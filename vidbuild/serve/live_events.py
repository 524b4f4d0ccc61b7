"""The response to `/events`: Server-Sent Events of the stream, from where the page left off."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from vidbuild.serve.refusals import refusal
from vidbuild.serve.stream import Stream

HEARTBEAT = 15.0
PATIENCE = 30.0  # seconds in which a reader must take what was sent to it
MAX_READERS = 64
_RETRY = b"retry: 1000\n\n"
_HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
}


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
        if scope["method"] == "HEAD":
            await Response(headers=_HEADERS)(scope, receive, send)
            return
        if self._stream.readers >= MAX_READERS:
            more = {"retry-after": "10"}
            answer = refusal(Headers(scope=scope), 503, "too many pages are open", "close some", more)
            await answer(scope, receive, send)
            return
        loop, awake = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(awake.set)

        with self._stream.waking(wake):  # nothing was awaited since the readers were counted
            await self._respond(scope, receive, send, awake)

    async def _respond(self, scope: Scope, receive: Receive, send: Send, awake: asyncio.Event) -> None:
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            await _send({"type": "http.response.start", "status": 200, "headers": _raw(_HEADERS)}, send)
            await self._run(send, gone, awake)
        except TimeoutError:
            self._drop(scope)
        finally:
            gone.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await gone

    async def _run(self, send: Send, gone: asyncio.Future[Any], awake: asyncio.Event) -> None:
        closing = asyncio.ensure_future(self._closing.wait())
        try:
            await _write(send, _RETRY + self._greeting())
            while not gone.done():
                awake.clear()
                events = self._stream.after(self._cursor)
                if events is None:
                    raise TimeoutError("it fell too far behind")
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
    await _send({"type": "http.response.body", "body": body, "more_body": not last}, send)


async def _send(message: Message, send: Send) -> None:
    await asyncio.wait_for(send(message), PATIENCE)


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
