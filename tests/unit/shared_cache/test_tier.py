"""A shared cache as a tier: faults cost a bounded time and never a result; what is written is there once."""

from __future__ import annotations

import errno
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support import http_store
from tests.support.object_server import BUCKET, Fault, ObjectServer, Request
from tests.support.shared_results import stored_trace
from vidbuild.api.remote_counts import RemoteCounts
from vidbuild.engine.keys.fetch import FetchResult, fetch
from vidbuild.engine.store.store import Store
from vidbuild.engine.store.trace import Trace
from vidbuild.remote.client import Client
from vidbuild.remote.errors import RemoteError
from vidbuild.shared_cache.keys import Signer, generate
from vidbuild.shared_cache.push import Pushed, Pusher
from vidbuild.shared_cache.tier import MAX_ERRORS, SharedTier, blob_name, record_name

SHARED = 'scope="module"'  # tests.support.parallel keeps the tests of this module in one process
KEYS, OTHERS = generate(), generate()
PATIENCE = 20  # s


def pushed(folder: Path, address: str, private: str = KEYS.private, name: str = "one") -> Trace:
    """Write a result to a shared cache."""
    store = Store(folder / "theirs")
    trace = stored_trace(store, name)
    assert Pusher(address, store.blobs, Signer(private)).push([trace]).error is None
    return trace


def patient(address: str) -> SharedTier:
    """Return a tier that waits for answers of a busy machine."""
    return SharedTier(address, [KEYS.public], seconds=PATIENCE)


def fetched(tier: SharedTier, trace: Trace, folder: Path) -> tuple[FetchResult, Store]:
    """Fetch a result into an empty store."""
    store = Store(folder / "ours")
    (folder / "unverified").mkdir(exist_ok=True)
    return fetch(trace.key, [tier], store.blobs, folder / "unverified"), store


def test_a_result_is_written_and_fetched(s3: ObjectServer, tmp_path: Path) -> None:
    """Blobs are written before the record that leads to them, which is written only if there is none."""
    address = f"s3://{BUCKET}/whole"
    trace = pushed(tmp_path, address)
    keys = [key.removeprefix("whole/") for key in s3.puts() if "probe" not in key]
    assert keys[-1] == record_name(trace.key)
    assert set(keys[:-1]) == {blob_name(blob.digest) for blob in trace.outputs.values()}
    result, store = fetched(patient(address), trace, tmp_path)
    assert (result.trace, result.source, result.rejected, result.errors) == (trace, "remote", 0, 0)
    assert all(store.blobs.path(blob.digest).stat().st_size == blob.size for blob in trace.outputs.values())


def test_the_first_writer_wins(s3: ObjectServer, tmp_path: Path) -> None:
    """The second one is counted, its blobs that are there already are not sent, and the record stays."""
    address = f"s3://{BUCKET}/first"
    trace = pushed(tmp_path, address)
    before = Client(address).get(record_name(trace.key))
    s3.clear()
    store = Store(tmp_path / "second")
    again = Pusher(address, store.blobs, Signer(OTHERS.private)).push([stored_trace(store)])
    assert (again.written, again.kept, again.bytes) == (0, 1, 0)
    assert Client(address).get(record_name(trace.key)) == before


def taken(folder: Path, name: str, take: str, count: int = 1) -> tuple[Store, list[Trace]]:
    """Return results of the same keys as other machines have, but of another take: their bytes differ."""
    store = Store(folder / name)
    return store, [stored_trace(store, f"step-{number}", take=take) for number in range(count)]


@pytest.mark.parametrize("ignores_conditions", [False, True])
def test_the_first_take_is_that_of_all(s3: ObjectServer, tmp_path: Path, ignores_conditions: bool) -> None:
    """P36: the server keeps the first take, nothing of the second one is sent, and it is reported as there before."""
    address = f"s3://{BUCKET}/takes-{ignores_conditions}"
    s3.ignores_conditions = ignores_conditions
    ours, first = taken(tmp_path, "one", "alto")
    theirs, second = taken(tmp_path, "two", "bass")
    assert first[0].key == second[0].key
    assert first[0].outputs != second[0].outputs
    assert Pusher(address, ours.blobs, Signer(KEYS.private)).push(first).written == 1
    s3.clear()
    s3.ignores_conditions = ignores_conditions
    pushed_second = Pusher(address, theirs.blobs, Signer(KEYS.private)).push(second)
    assert (pushed_second.written, pushed_second.kept, pushed_second.bytes) == (0, 1, 0)
    assert [key for key in s3.puts() if "probe" not in key] == []
    counts = RemoteCounts(written=pushed_second.written, kept=pushed_second.kept, is_read_only=False)
    assert counts.line().endswith("0 written, 1 there before")
    result, store = fetched(patient(address), second[0], tmp_path)
    assert result.trace == first[0]
    assert b"alto" in store.blobs.path(first[0].outputs["a.bin"].digest).read_bytes()


def test_a_take_is_replaced_on_request(s3: ObjectServer, tmp_path: Path) -> None:
    """The record of a key that is named leads to the second take, whose blobs are there before; the others stay."""
    address = f"s3://{BUCKET}/replaced"
    ours, first = taken(tmp_path, "one", "alto", count=2)
    theirs, second = taken(tmp_path, "two", "bass", count=2)
    Pusher(address, ours.blobs, Signer(KEYS.private)).push(first)
    s3.clear()
    pusher = Pusher(address, theirs.blobs, Signer(KEYS.private), {second[0].key})
    assert (pusher.push(second).replaced, pusher.push(second).kept) == (1, 2)
    puts = [key for key in s3.puts() if "probe" not in key]
    assert puts[-1].endswith(record_name(second[0].key))
    result, _ = fetched(patient(address), second[0], tmp_path)
    assert result.trace == second[0]
    other, _ = fetched(patient(address), second[1], tmp_path)
    assert other.trace == first[1]


def test_of_writers_at_one_moment_one_wins(tmp_path: Path) -> None:
    """P36: of two machines that write the same keys at once, each key has one winner, whose blobs are whole there."""
    address, count = (tmp_path / "shared").as_uri(), 40
    machines = [taken(tmp_path, name, name, count) for name in ("alto", "bass", "tenor")]
    gate = threading.Barrier(len(machines))

    def push(machine: tuple[Store, list[Trace]]) -> Pushed:
        pusher = Pusher(address, machine[0].blobs, Signer(KEYS.private))
        gate.wait()
        return pusher.push(machine[1])

    with ThreadPoolExecutor(len(machines)) as pool:
        found = list(pool.map(push, machines))
    assert sum(each.written for each in found) == count
    assert sum(each.kept for each in found) == count * (len(machines) - 1)
    assert not any(each.error for each in found)
    takes = {trace.outputs["a.bin"].digest for _, traces in machines for trace in traces}
    tier = patient(address)
    for trace in machines[0][1]:
        result, store = fetched(tier, trace, tmp_path)
        assert result.trace is not None
        assert result.trace.outputs["a.bin"].digest in takes
        assert store.blobs.find(result.trace.outputs["a.bin"].digest)


def test_a_server_that_ignores_conditions_is_found_out(s3: ObjectServer, tmp_path: Path) -> None:
    """It overwrites what was to be written once, so it is asked first: the record stays all the same."""
    address = f"s3://{BUCKET}/lies"
    s3.ignores_conditions = True
    trace = pushed(tmp_path, address)
    before = Client(address).get(record_name(trace.key))
    store = Store(tmp_path / "second")
    again = Pusher(address, store.blobs, Signer(OTHERS.private)).push([stored_trace(store)])
    assert (again.written, again.kept) == (0, 1)
    assert Client(address).get(record_name(trace.key)) == before


def test_nobody_believes_a_stranger(s3: ObjectServer, tmp_path: Path) -> None:
    """P35: a pull request that can write to the cache cannot poison what the main branch reads."""
    address = f"s3://{BUCKET}/poison"
    trace = pushed(tmp_path, address, OTHERS.private)
    result, store = fetched(patient(address), trace, tmp_path)
    assert (result.trace, result.rejected, result.errors) == (None, 1, 0)
    assert not store.blobs.root.exists()
    assert not any("/cas/" in each.key for each in s3.requests if each.method == "GET")


def _record(request: Request) -> bool:
    return request.method == "GET" and "/ac/" in request.key


def _blob(request: Request) -> bool:
    return request.method == "GET" and "/cas/" in request.key


@pytest.mark.parametrize(
    ("where", "fault", "rejected", "errors"),
    [
        (_record, Fault(500), 0, 1),
        (_record, Fault(401), 0, 1),
        (_record, Fault(403), 0, 1),
        (_record, Fault(404), 0, 0),
        (_record, Fault(0), 0, 1),
        (_record, Fault(-1), 0, 1),
        (_record, Fault(302), 0, 1),
        (_record, Fault(200, b"<html>"), 1, 0),
        (_record, Fault(200, b"x" * 5_000_000), 0, 1),
        (_blob, Fault(404), 1, 0),
        (_blob, Fault(500), 0, 1),
        (_blob, Fault(0), 0, 1),
        (_blob, Fault(200, b"wrong"), 1, 0),
        (_blob, Fault(200, b"x" * 100_000), 0, 1),
        (_blob, Fault(200, b""), 1, 0),
    ],
)
def test_a_fault_is_a_miss(
    s3: ObjectServer, tmp_path: Path, where: object, fault: Fault, rejected: int, errors: int
) -> None:
    """P32, P35: it is counted, nothing of it is in the store, and it costs no more than one waits for an answer."""
    address = f"s3://{BUCKET}/faults"
    trace = pushed(tmp_path, address)
    s3.fault = lambda request: fault if where(request) else None  # type: ignore[operator] # one of the two above
    began = time.monotonic()
    tier = SharedTier(address, [KEYS.public], seconds=1 if fault.status < 0 else PATIENCE)
    result, store = fetched(tier, trace, tmp_path)
    assert (result.trace, result.rejected, result.errors) == (None, rejected, errors)
    assert store.trace(trace.key) is None
    assert time.monotonic() - began < PATIENCE
    assert (tier.error is not None) == bool(errors)


def test_a_dead_server_is_asked_once(s3: ObjectServer, tmp_path: Path) -> None:
    """After the first silence nothing is asked any more; after several errors neither."""
    address = f"s3://{BUCKET}/dead"
    trace = pushed(tmp_path, address)
    for fault, asked in ((Fault(0), 1), (Fault(500), MAX_ERRORS)):
        s3.clear()
        s3.fault = lambda _request, fault=fault: fault  # type: ignore[misc] # a default that is the loop's value
        tier = patient(address)
        for _ in range(10):
            fetched(tier, trace, tmp_path)
        assert len(s3.requests) == asked


def test_what_is_quicker_made_is_not_fetched(s3: ObjectServer, tmp_path: Path) -> None:
    """By the speed of what was fetched before: a large result of a quick step is made here."""
    address = f"s3://{BUCKET}/slow"
    trace = pushed(tmp_path, address)
    tier = patient(address)
    assert tier.lookup(trace.key) is not None
    tier._bytes, tier._busy = 1, 10.0  # ten seconds for a byte
    assert tier.lookup(trace.key) is None
    assert tier.skipped == 1
    pulling = SharedTier(address, [KEYS.public], seconds=PATIENCE, fetch_all=True)
    pulling._bytes, pulling._busy = tier._bytes, tier._busy
    assert pulling.lookup(trace.key) is not None
    assert s3.requests


@pytest.mark.usefixtures("loopback")
def test_plain_http_is_that_of_other_build_tools(tmp_path: Path) -> None:
    """P37: records are /ac/KEY, blobs are /cas/SHA256, read with GET and written with PUT; the first writer wins."""
    with http_store.running() as (address, kept, requests):
        trace = pushed(tmp_path, address)
        record, blobs = record_name(trace.key), [blob_name(blob.digest) for blob in trace.outputs.values()]
        asked = [f"HEAD /cache/{record} 404"]
        for name in blobs:
            asked += [f"HEAD /cache/{name} 404", f"PUT /cache/{name} 200"]
        assert requests == [*asked, f"HEAD /cache/{record} 404", f"PUT /cache/{record} 200"]
        assert set(kept) == {f"/cache/{name}" for name in (record, *blobs)}
        requests.clear()
        result, _ = fetched(patient(address), trace, tmp_path)
        assert result.trace == trace
        assert requests == [f"GET /cache/{name} 200" for name in (record, *blobs)]
        before = dict(kept)
        store = Store(tmp_path / "second")
        assert Pusher(address, store.blobs, Signer(OTHERS.private)).push([stored_trace(store)]).kept == 1
        assert kept == before


def test_no_record_is_written_before_its_blobs(
    s3: ObjectServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Results that share a blob all wait for the one that writes it; if that fails, none has a record."""
    store = Store(tmp_path / "theirs")
    traces = [stored_trace(store, "one")]
    traces += [replace(traces[0], key=f"{number:064}") for number in range(5)]  # other results with the same blobs
    shared = {blob_name(blob.digest) for blob in traces[0].outputs.values()}
    upload = Client.upload

    def slow(own: Client, key: str, *given: Any) -> None:
        time.sleep(0.2)
        upload(own, key, *given)

    monkeypatch.setattr(Client, "upload", slow)
    assert Pusher(f"s3://{BUCKET}/late", store.blobs, Signer(KEYS.private)).push(traces).written == 6
    keys = [key.removeprefix("late/") for key in s3.puts()]
    assert max(keys.index(name) for name in shared) < min(at for at, key in enumerate(keys) if key.startswith("ac/"))
    s3.clear()
    s3.fault = lambda request: Fault(403) if request.method == "PUT" and "/cas/" in request.key else None
    found = Pusher(f"s3://{BUCKET}/never", store.blobs, Signer(KEYS.private)).push(traces)
    assert (found.written, found.kept, found.error is not None) == (0, 0, True)
    assert not any("/ac/" in key for key in s3.puts())


def test_a_blob_that_is_gone_is_written_again(tmp_path: Path) -> None:
    """A bucket can be set to remove what is old: until somebody who has the blob writes again, its record is no use."""
    address = (tmp_path / "shared").as_uri()
    trace = pushed(tmp_path, address)
    gone = [tmp_path / "shared" / blob_name(blob.digest) for blob in trace.outputs.values()]
    for file in gone:
        file.unlink()
    tier = patient(address)
    result, _ = fetched(tier, trace, tmp_path)
    assert (result.trace, result.rejected, result.errors, tier.error) == (None, 1, 0, None)
    again = Pusher(address, Store(tmp_path / "theirs").blobs, Signer(OTHERS.private)).push([trace])
    assert (again.written, again.kept, again.bytes) == (0, 1, sum(blob.size for blob in trace.outputs.values()))
    assert all(file.is_file() for file in gone)
    result, _ = fetched(tier, trace, tmp_path)
    assert result.trace == trace
    (tmp_path / "shared" / record_name(trace.key)).write_bytes(b"no record")
    for file in gone:
        file.unlink()
    none = Pusher(address, Store(tmp_path / "theirs").blobs, Signer(OTHERS.private)).push([trace])
    assert (none.kept, none.bytes) == (1, 0)


def test_a_blob_that_was_evicted_meanwhile_is_not_written(s3: ObjectServer, tmp_path: Path) -> None:
    """Another build can make room in the cache: the result is left out, and the others are written."""
    store = Store(tmp_path / "theirs")
    gone, there = stored_trace(store, "one"), stored_trace(store, "two")
    for blob in gone.outputs.values():
        store.blobs.path(blob.digest).unlink()
    found = Pusher(f"s3://{BUCKET}/evicted", store.blobs, Signer(KEYS.private)).push([gone, there])
    assert (found.written, found.error) == (1, None)
    assert record_name(gone.key) not in [key.removeprefix("evicted/") for key in s3.puts()]


def test_writing_that_fails_is_reported(s3: ObjectServer, tmp_path: Path) -> None:
    """The first error ends it, and no record leads to a blob that is not there."""
    address = f"s3://{BUCKET}/fails"
    store = Store(tmp_path / "theirs")
    traces = [stored_trace(store, name) for name in ("one", "two", "three")]
    s3.fault = lambda request: Fault(403) if request.method == "PUT" and "/cas/" in request.key else None
    found = Pusher(address, store.blobs, Signer(KEYS.private)).push(traces)
    assert (found.written, found.error is not None) == (0, True)
    assert not any("/ac/" in key for key in s3.puts())


@pytest.mark.usefixtures("s3")
def test_a_full_disk_is_no_fault_of_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P20, P32: what cannot be written here is a miss; the server is not blamed, and asked again."""
    address = f"s3://{BUCKET}/full"
    trace = pushed(tmp_path, address)
    tier = patient(address)
    real = Path.open

    def full(path: Path, *given: Any, **ways: Any) -> Any:
        opened = real(path, *given, **ways)
        if path.parent.name == "unverified":
            opened.close()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return opened

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        result, store = fetched(tier, trace, tmp_path)
    assert (result.trace, result.errors, tier.error) == (None, 1, None)
    assert list((tmp_path / "unverified").iterdir()) == []
    assert not any(store.blobs.path(blob.digest).exists() for blob in trace.outputs.values())
    result, store = fetched(tier, trace, tmp_path)
    assert result.trace == trace


def test_a_folder_that_is_not_there_is_trouble_for_readers(tmp_path: Path) -> None:
    """P43: a wrong address looks like a cache without results otherwise, and reading makes no folder."""
    folder = tmp_path / "cache"
    reading = SharedTier(folder.as_uri(), [KEYS.public])
    with pytest.raises(RemoteError, match="the folder does not exist"):
        reading.lookup("0" * 64)
    assert reading.error is not None
    assert reading.lookup("0" * 64) is None
    with pytest.raises(RemoteError, match="the folder does not exist"):
        SharedTier(folder.as_uri(), [KEYS.public]).probe()
    assert not folder.exists()
    assert SharedTier(folder.as_uri(), [KEYS.public], writes=True).lookup("0" * 64) is None
    folder.mkdir(exist_ok=True)
    reading = SharedTier(folder.as_uri(), [KEYS.public])
    assert (reading.lookup("0" * 64), reading.error) == (None, None)
