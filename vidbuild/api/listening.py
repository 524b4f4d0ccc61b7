"""Hands a build's events to whoever asked for them, a function or a coroutine function; it knows no event."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any, cast

from vidbuild.engine.events import Event, Listener

AnyListener = Callable[[Event], None] | Callable[[Event], Awaitable[None]]


@contextlib.contextmanager
def listening(listener: AnyListener | None) -> Iterator[Listener | None]:
    """The listener as a plain function.

    A coroutine function runs in an event loop of its own, in a thread of its own, and each event waits for it: events
    arrive in order, and an error in it is raised where the build was asked for.
    """
    if listener is None or not _is_async(listener):
        yield cast("Listener | None", listener)
        return
    import asyncio
    import threading

    told = cast("Callable[[Event], Coroutine[Any, Any, None]]", listener)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="vidbuild events", daemon=True)
    thread.start()
    try:
        yield lambda event: asyncio.run_coroutine_threadsafe(told(event), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _is_async(listener: AnyListener) -> bool:
    """Whether calling it gives something to await; an object with an async __call__ counts."""
    call = getattr(type(listener), "__call__", None)  # noqa: B004 - not whether it can be called, but how
    return inspect.iscoroutinefunction(listener) or inspect.iscoroutinefunction(call)
