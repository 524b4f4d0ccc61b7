"""Follows the event stream of a live page, as a browser does."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit


@dataclass(frozen=True)
class SeenEvent:
    """One event."""

    id: int
    type: str
    data: dict[str, Any]


class EventReader:
    """A connection to `/events`; last: the id of the last event that is known, None for none."""

    def __init__(self, address: str, last: int | None = None) -> None:
        parts = urlsplit(address)
        self.seen: list[SeenEvent] = []
        self.comments = 0
        self._arrived = threading.Condition()
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
        headers = {"Authorization": f"Bearer {parts.query.partition('token=')[2]}"}
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        self._connection.request("GET", "/events", headers=headers)
        self._response = self._connection.getresponse()
        assert self._response.status == 200
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        with contextlib.suppress(OSError):
            if self._connection.sock is not None:
                self._connection.sock.shutdown(2)
        self._thread.join(10)
        self._connection.close()

    @property
    def last(self) -> int:
        """The id of the newest event."""
        return self.seen[-1].id

    def types(self, after: int = 0) -> list[str]:
        """Return the types of the events after an id, without those of runs."""
        return [each.type for each in list(self.seen) if each.id > after and each.type != "run"]

    def until(self, condition: Callable[[SeenEvent], object], after: int = 0, seconds: float = 120) -> SeenEvent:
        """Return the first event after an id that fulfils a condition; wait for it."""
        deadline = time.monotonic() + seconds
        with self._arrived:
            while True:
                for each in self.seen:
                    if each.id > after and condition(each):
                        return each
                left = deadline - time.monotonic()
                assert left > 0, f"no such event among {[(each.type, each.data) for each in self.seen[-12:]]}"
                self._arrived.wait(left)

    def ready(self, after: int = 0) -> SeenEvent:
        """Wait for a whole video."""
        return self.until(lambda each: each.type == "ready", after)

    def _read(self) -> None:
        fields: dict[str, str] = {}
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
            for raw in self._response:
                line = raw.decode().rstrip("\n")
                if line.startswith(":"):
                    self.comments += 1
                elif line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif "event" in fields:
                    self._add(fields)
                    fields = {}

    def _add(self, fields: dict[str, str]) -> None:
        number = int(fields["id"]) if "id" in fields else (self.seen[-1].id if self.seen else 0)
        with self._arrived:
            self.seen.append(SeenEvent(number, fields["event"], json.loads(fields["data"])))
            self._arrived.notify_all()
