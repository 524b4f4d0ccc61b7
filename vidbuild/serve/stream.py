"""The log of events that pages follow: numbered, kept on disk so that it survives a restart, read by any number.

A reader has a cursor, and no queue: all share the newest events in memory. One that falls so far behind that its next
event is gone is dropped; its page connects again and fetches everything.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

KEPT = 2000  # events in memory, and in the file after it was shortened
LONGEST = 5 * KEPT  # lines of the file before it is shortened


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One event; data: a JSON object as text without line ends."""

    id: int
    type: str
    data: str

    def to_sse(self) -> bytes:
        """Return it as a Server-Sent Event."""
        return f"id: {self.id}\nevent: {self.type}\ndata: {self.data}\n\n".encode()


class Stream:
    """Adds events from any thread; path: of the file that keeps them; None for none."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._events: deque[StreamEvent] = deque(maxlen=KEPT)
        self._lines = 0
        self._wakers: set[Callable[[], None]] = set()
        for event in _read(path):
            if event is not None:
                self._events.append(event)
            self._lines += 1
        self.last = self._events[-1].id if self._events else 0
        self._shorten()

    def add(self, kind: str, data: Mapping[str, Any]) -> int:
        """Add an event, wake all readers, and return its id."""
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str)
        with self._lock:
            self.last += 1
            event = StreamEvent(self.last, kind, text)
            self._events.append(event)
            self._append(event)
            wakers = list(self._wakers)
        for wake in wakers:
            wake()
        return event.id

    def after(self, cursor: int) -> list[StreamEvent] | None:
        """Return the events after an id; None if some of them are gone, or if the id is none of this log."""
        with self._lock:
            if cursor > self.last:
                return None
            new = self.last - cursor
            if new > len(self._events):
                return None
            return list(islice(self._events, len(self._events) - new, None))

    @contextlib.contextmanager
    def waking(self, wake: Callable[[], None]) -> Iterator[None]:
        """Call a function, from any thread, after each event that is added in the block."""
        with self._lock:
            self._wakers.add(wake)
        try:
            yield
        finally:
            with self._lock:
                self._wakers.discard(wake)

    @property
    def readers(self) -> int:
        """The number of readers that wait for events."""
        return len(self._wakers)

    def _append(self, event: StreamEvent) -> None:
        """Write an event; the log in memory is enough if the disk is full."""
        if self._path is None:
            return
        with contextlib.suppress(OSError), self._path.open("ab") as file:
            file.write(_line(event))
        self._lines += 1
        if self._lines > LONGEST:
            self._shorten()

    def _shorten(self) -> None:
        """Rewrite the file with the events in memory, if it has more."""
        if self._path is None or self._lines <= len(self._events):
            return
        temp = self._path.with_suffix(".new")
        with contextlib.suppress(OSError):
            temp.write_bytes(b"".join(map(_line, self._events)))
            temp.replace(self._path)
        self._lines = len(self._events)


def _line(event: StreamEvent) -> bytes:
    return f'{{"id":{event.id},"event":{json.dumps(event.type)},"data":{event.data}}}\n'.encode()


def _read(path: Path | None) -> Iterator[StreamEvent | None]:
    """Yield the events of a file, None for torn lines and those out of order: the next event must not follow these."""
    if path is None:
        return
    last = 0
    with contextlib.suppress(OSError), path.open("rb") as lines:
        for line in lines:
            try:
                row = json.loads(line)
                text = json.dumps(row["data"], ensure_ascii=False, separators=(",", ":"))
                event = StreamEvent(int(row["id"]), str(row["event"]), text)
            except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
                yield None
                continue
            if event.id != last + 1 and last:
                yield None
                continue  # ids have no gaps, since a reader's cursor counts them
            last = event.id
            yield event
