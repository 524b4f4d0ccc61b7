"""The log of events: its ids, its file, and the readers that follow it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from vidbuild.serve import live_events, stream
from vidbuild.serve.live_events import EventsResponse
from vidbuild.serve.stream import Stream


def test_ids_go_on_after_a_restart(tmp_path: Path) -> None:
    """Events are numbered without gaps over restarts, and a reader gets exactly those that it has not."""
    path = tmp_path / "events.jsonl"
    first = Stream(path)
    assert [first.add("a", {"n": n}) for n in range(3)] == [1, 2, 3]
    second = Stream(path)
    assert second.add("b", {"text": "ü\n"}) == 4
    events = second.after(2)
    assert events is not None
    assert [(each.id, each.type, json.loads(each.data)) for each in events] == [
        (3, "a", {"n": 2}),
        (4, "b", {"text": "ü\n"}),
    ]
    assert events[1].to_sse() == 'id: 4\nevent: b\ndata: {"text":"ü\\n"}\n\n'.encode()
    assert second.after(4) == []
    assert second.after(5) is None


def test_events_that_are_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory and file are bounded; a reader that is too far behind gets an event for it."""
    monkeypatch.setattr(stream, "KEPT", 10)
    monkeypatch.setattr(stream, "LONGEST", 50)
    path = tmp_path / "events.jsonl"
    log = Stream(path)
    for number in range(200):
        log.add("a", {"n": number})
    assert log.after(150) is None
    kept = log.after(190)
    assert kept is not None
    assert [each.id for each in kept] == list(range(191, 201))
    assert len(path.read_bytes().splitlines()) <= 51
    assert Stream(path).last == 200


def test_damaged_lines(tmp_path: Path) -> None:
    """Torn lines, and lines that are no events, are left out; ids stay without gaps."""
    path = tmp_path / "events.jsonl"
    log = Stream(path)
    for number in range(3):
        log.add("a", {"n": number})
    with path.open("ab") as file:
        file.write(
            b'{"id":9,"event":"a","data":{}}\n{"id":Infinity,"event":"a","data":{}}\nnonsense\n[]\n{"id":4,"event":"a"}\n{"id":4'
        )
    again = Stream(path)
    assert again.last == 3
    assert again.add("a", {}) == 4
    found = Stream(path).after(1)
    assert found is not None
    assert [each.id for each in found] == [2, 3, 4]  # what was added is on a line of its own


def test_a_full_disk_loses_no_event(tmp_path: Path) -> None:
    """Without a file that can be written, readers get all events."""
    log = Stream(tmp_path / "missing" / "events.jsonl")
    log.add("a", {})
    log.add("a", {})
    found = log.after(0)
    assert found is not None
    assert [each.id for each in found] == [1, 2]


def test_many_threads_add(tmp_path: Path) -> None:
    """Events of many threads have ids of their own, in the order of the file."""
    log = Stream(tmp_path / "events.jsonl")
    threads = [threading.Thread(target=lambda: [log.add("a", {}) for _ in range(50)]) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    lines = (tmp_path / "events.jsonl").read_bytes().splitlines()
    assert [json.loads(line)["id"] for line in lines] == list(range(1, 401))


class Reader:
    """A page's connection; slow: it takes nothing."""

    def __init__(self, log: Stream, last: str | None = None, *, slow: bool = False) -> None:
        headers = [(b"last-event-id", last.encode())] if last is not None else []
        self.scope: dict[str, Any] = {"type": "http", "method": "GET", "headers": headers, "client": ("127.0.0.1", 5)}
        self.body = b""
        self.headers: dict[bytes, bytes] = {}
        self.gone = asyncio.Event()
        self.closing = asyncio.Event()
        self.dropped: list[Any] = []
        self._slow = slow
        self._sent = asyncio.Event()
        response = EventsResponse(log, Request(self.scope), self.closing, self.dropped.append)
        self.task = asyncio.ensure_future(response(self.scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.headers = dict(message["headers"])
            return
        if self._slow:
            await asyncio.Event().wait()
        self.body += message["body"]
        self._sent.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is true."""
        async with asyncio.timeout(10):
            while not condition():
                self._sent.clear()
                await self._sent.wait()


def run(test: Callable[[], Any]) -> None:
    """Run a coroutine function."""
    asyncio.run(test())


def test_a_reader_gets_what_it_has_not() -> None:
    """`Last-Event-ID` misses nothing and repeats nothing; events of other threads arrive at once."""
    log = Stream(None)
    for number in range(3):
        log.add("a", {"n": number})

    async def test() -> None:
        reader = Reader(log, "1")
        await reader.until(lambda: b"id: 3" in reader.body)
        assert b"id: 1\n" not in reader.body
        assert b"hello" not in reader.body
        assert reader.headers[b"cache-control"] == b"no-store"
        await asyncio.to_thread(log.add, "b", {})
        await reader.until(lambda: b"id: 4\nevent: b" in reader.body)
        assert reader.body.count(b"id: 3\n") == 1
        reader.gone.set()
        await asyncio.wait_for(reader.task, 10)
        assert log.readers == 0

    run(test)


@pytest.mark.parametrize("last", [None, "999", "x", "-1", "1" * 40, "²"])
def test_a_reader_without_a_cursor_is_greeted(last: str | None) -> None:
    """A page without an id of this log gets the newest one, and fetches everything."""
    log = Stream(None)
    log.add("a", {})

    async def test() -> None:
        reader = Reader(log, last)
        await reader.until(lambda: b"id: 1\nevent: hello\n" in reader.body)
        log.add("b", {})
        await reader.until(lambda: b"id: 2\nevent: b" in reader.body)
        assert b"event: a" not in reader.body
        reader.gone.set()
        await asyncio.wait_for(reader.task, 10)

    run(test)


def test_a_quiet_stream_has_a_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """A comment keeps a quiet connection open; at its end a page gets an event."""
    monkeypatch.setattr(live_events, "HEARTBEAT", 0.02)

    async def test() -> None:
        reader = Reader(Stream(None))
        await reader.until(lambda: reader.body.count(b": still here\n\n") >= 2)
        reader.closing.set()
        await asyncio.wait_for(reader.task, 10)
        assert reader.body.endswith(b"event: gone\ndata: {}\n\n")

    run(test)


def test_a_reader_that_never_reads_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that takes nothing is ended, and others are not kept waiting."""
    monkeypatch.setattr(live_events, "PATIENCE", 0.1)

    async def test() -> None:
        log = Stream(None)
        slow, quick = Reader(log, "0", slow=True), Reader(log, "0")
        for _ in range(stream.KEPT + 5):
            log.add("a", {"text": "x" * 100})
        await asyncio.wait_for(slow.task, 10)
        assert slow.dropped == [slow.scope]
        assert log.readers <= 1
        quick.gone.set()
        await asyncio.wait_for(quick.task, 10)

    run(test)


def test_fifty_readers_get_the_same() -> None:
    """Fifty tabs see the same events in the same order."""

    async def test() -> None:
        log = Stream(None)
        readers = [Reader(log, "0") for _ in range(50)]
        for number in range(100):
            log.add("a", {"n": number})
        for reader in readers:
            await reader.until(lambda reader=reader: b"id: 100\n" in reader.body)  # type: ignore[misc] # bound now
        assert len({reader.body for reader in readers}) == 1
        for reader in readers:
            reader.gone.set()
        await asyncio.gather(*(reader.task for reader in readers))
        assert log.readers == 0

    run(test)


def test_more_readers_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many connect at the same moment, no more than the limit are served; the others are to come again."""
    monkeypatch.setattr(live_events, "MAX_READERS", 3)

    async def test() -> None:
        log = Stream(None)
        readers = [Reader(log, "0") for _ in range(10)]
        await asyncio.sleep(0.05)
        assert log.readers == 3
        refused = [each for each in readers if each.task.done()]
        assert len(refused) == 7
        assert all(b"too many pages" in each.body for each in refused)
        assert all(each.headers[b"retry-after"] == b"10" for each in refused)
        for reader in readers:
            reader.gone.set()
        await asyncio.gather(*(reader.task for reader in readers))
        assert log.readers == 0

    run(test)
