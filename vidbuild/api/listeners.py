"""Hands a build's events to whoever asked for them: functions or coroutine functions, all events or some types."""

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
    """The listeners as one plain function.

    listeners: one for all events, or event type -> listener, where a type may be a pattern: `{"step_*": f}`.
    Coroutine functions run in an event loop of their own, in a thread of its own, and each event waits for them:
    events arrive in order, and an error in one is raised where the build was asked for.
    """
    if listeners is None:
        yield None
        return
    chosen = _by_type(listeners)
    if not any(map(_is_async, chosen.values())):
        plain = cast("Mapping[str, Listener]", chosen)
        yield _Chosen(plain)
        return
    import asyncio
    import threading

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="vidbuild events", daemon=True)
    thread.start()

    def waited_for(listener: AnyListener) -> Listener:
        if not _is_async(listener):
            return cast("Listener", listener)
        told = cast("Callable[[Event], Coroutine[Any, Any, None]]", listener)
        return lambda event: asyncio.run_coroutine_threadsafe(told(event), loop).result()

    try:
        yield _Chosen({pattern: waited_for(listener) for pattern, listener in chosen.items()})
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class _Chosen:
    """Hands each event to the listeners whose pattern its type fits, in their order."""

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

            hint = did_you_mean(pattern, known) or f"there are {', '.join(known)}"
            raise UsageError(f"no event is of type '{pattern}'", hint=hint)
    return listeners


def _is_async(listener: AnyListener) -> bool:
    """Whether calling it gives something to await; an object with an async __call__ counts."""
    call = getattr(type(listener), "__call__", None)  # noqa: B004 - not whether it can be called, but how
    return inspect.iscoroutinefunction(listener) or inspect.iscoroutinefunction(call)
