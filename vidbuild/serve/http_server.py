"""Runs the application on a socket: HTTP by uvicorn, without its messages and its signals."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Iterator

import h11
import uvicorn
from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

from vidbuild.serve.app import application
from vidbuild.serve.services import Services

_CLOSE = 2  # seconds in which clients must have taken their responses


class _Protocol(H11Protocol):
    """Ends the connection of a client that sends no HTTP."""

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP. If it is the body of a request that is being answered, that is over, too."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        try:
            super().send_400_response(msg)
        except h11.LocalProtocolError:  # a response has begun
            self.transport.abort()


class _Bugs(logging.Handler):
    """Reports the exceptions that uvicorn logs; what else it logs is about clients that misbehave or go away."""

    def __init__(self, on_bug: Callable[[Exception], None]) -> None:
        super().__init__()
        self._on_bug = on_bug

    def emit(self, record: logging.LogRecord) -> None:
        """Report the exception of a record."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, Exception):
            self._on_bug(error)


class Server(uvicorn.Server):
    """Leaves signals to the command, and ends event streams first."""

    def __init__(self, services: Services, stop_requested: Callable[[], bool]) -> None:
        config = uvicorn.Config(
            application(services),
            loop="asyncio",
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2 * _CLOSE,
            proxy_headers=False,
        )
        super().__init__(config)
        log = logging.getLogger("uvicorn.error")
        log.handlers, log.propagate = [_Bugs(services.on_bug)], False
        self._services = services
        self._stop_requested = stop_requested
        self.on_start: Callable[[], None] = lambda: None
        services.drop = self._drop

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them to the command."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then call `on_start`."""
        self._services.closing = asyncio.Event()
        await super().startup(sockets=sockets)
        self.on_start()

    async def on_tick(self, counter: int) -> bool:
        """Return whether to end."""
        return self._stop_requested() or await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the event streams, then the server."""
        self._services.closing.set()
        late = asyncio.get_running_loop().call_later(_CLOSE, self._drop_all)
        await super().shutdown(sockets=sockets)
        late.cancel()

    def _drop_all(self) -> None:
        for each in list(self.server_state.connections):
            each.transport.abort()

    def _drop(self, scope: Scope) -> None:
        """End a connection at once, with what was not sent yet."""
        client = tuple(scope.get("client") or ())
        for each in list(self.server_state.connections):
            if tuple(getattr(each, "client", None) or ()) == client:
                transport = getattr(each, "transport", None)
                if transport is not None:
                    transport.abort()
