"""Hands a build's events to listeners: functions or coroutine functions, for all events or for some types."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, cast

from vidbuild.engine.runs.events import Event, Listener
from vidbuild.errors import UsageError

AnyListener = Callable[[Event], None] | Callable[[Event], Awaitable[None]]
Listeners = AnyListener | Mapping[str, AnyListener]


@contextlib.contextmanager
def listening(listeners: Listeners | None) -> Iterator[Listener | None]:
    """Yield the listeners as one plain function.

    listeners: one for all events, or event type -> listener; a type may be a pattern: `{"step_*": f}`.
    Coroutine functions run in an event loop in a thread of its own. The build waits for each of them, so events arrive
    in order, and an error in one is raised by the build.
    """
    if listeners is None:
        yield None
        return
    chosen = _by_type(listeners)
    if not any(map(_is_async, chosen.values())):
        plain = cast("Mapping[str, Listener]", chosen)
        yield _ByType(plain)
        return
    import asyncio
    import threading

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="vidbuild events", daemon=True)
    thread.start()

    def synchronous(listener: AnyListener) -> Listener:
        if not _is_async(listener):
            return cast("Listener", listener)
        coroutine = cast("Callable[[Event], Coroutine[Any, Any, None]]", listener)
        return lambda event: asyncio.run_coroutine_threadsafe(coroutine(event), loop).result()

    try:
        yield _ByType({pattern: synchronous(listener) for pattern, listener in chosen.items()})
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class _ByType:
    """Hands each event to the listeners whose pattern matches its type, in their order."""

    def __init__(self, listeners: Mapping[str, Listener]) -> None:
        self._listeners = listeners

    def __call__(self, event: Event) -> None:
        for pattern, listener in self._listeners.items():
            if pattern == "*" or fnmatchcase(event.type, pattern):
                listener(event)


def _by_type(listeners: Listeners) -> Mapping[str, AnyListener]:
    if not isinstance(listeners, Mapping):
        return {"*": listeners}
    from vidbuild.api.events import types

    known = types()
    for pattern in listeners:
        if not any(fnmatchcase(name, pattern) for name in known):
            from vidbuild.suggest import did_you_mean

            hint = did_you_mean(pattern, known) or f"the types are {', '.join(known)}"
            raise UsageError(f"unknown event type '{pattern}'", hint=hint)
    return listeners


def _is_async(listener: AnyListener) -> bool:
    """Return whether a call returns an awaitable; an object with an async __call__ counts."""
    call = getattr(type(listener), "__call__", None)  # noqa: B004 - the question is how it is called, and not whether it can be
    return inspect.iscoroutinefunction(listener) or inspect.iscoroutinefunction(call)
