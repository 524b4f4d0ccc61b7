"""Remote tiers of the cache: results are fetched beside the build, verified, and never trusted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.engine_lab import Lab, Steering, digests, graph, states, step
from vidbuild.engine.graph.graph import Graph, Product
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.keys.cache import LocalCache
from vidbuild.engine.runs.events import Event, StepCached, StepFinished
from vidbuild.engine.schedule import fetcher
from vidbuild.engine.schedule.target import Target
from vidbuild.engine.store.blobs import Blob
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.engine.store.store import Store
from vidbuild.engine.store.trace import Trace

SECONDS = 30.0  # after which a test that waits for something fails


class Remote:
    """A remote tier over a store. before: called with each key that is looked up; asked: those keys."""

    source = "remote"

    def __init__(self, store: Store) -> None:
        self.before: Callable[[str], None] = lambda _: None
        self.asked: list[str] = []
        self.copied: list[str] = []
        self._tier = LocalCache(store, DigestCache(store.home / "files", read_only=True))

    def lookup(self, key: str) -> Trace | None:
        """The trace of the store."""
        self.asked.append(key)
        self.before(key)
        return self._tier.store.trace(key)

    def copy_blob(self, blob: Blob, target: Path) -> None:
        """Copy from the store."""
        self.copied.append(blob.digest)
        self._tier.copy_blob(blob, target)


def chain(text: str = "one") -> Graph:
    """Three steps, each after the other, and one aside."""
    return graph(
        step("a", text=text),
        step("b", "length", {"a": Product("a", "main.txt")}),
        step("c", "concat", {"a": Product("a"), "b": Product("b", "main.txt")}),
        step("d", text="aside"),
    )


@pytest.fixture
def remote(lab: Lab) -> Remote:
    """A tier that has what a build of the chain made elsewhere; the lab's own store is empty."""
    lab.build(chain())
    lab.ran()
    lab.remote = [tier := Remote(Store(lab.store.root))]
    lab.store = Store(lab.root / "empty")
    return tier


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """An event that is set at the end of the test, whatever happens: threads that wait for it must end."""
    event = threading.Event()
    yield event
    event.set()


def counts(lab: Lab) -> tuple[int, int, int, int]:
    """Hits, misses, rejected results and errors of the last build."""
    found = lab.fetches
    return found.hits, found.misses, found.rejected, found.errors


def sources(events: list[Event]) -> dict[str, str]:
    """Step -> the tier that had its result."""
    return {event.step: event.source for event in events if isinstance(event, StepCached)}


def test_a_remote_result_is_copied_and_no_step_runs(lab: Lab, remote: Remote) -> None:
    """Results of a remote tier are cached results: no worker starts, and the next build asks the tier for nothing."""
    lab.new_executor = lambda *_: pytest.fail("a worker was started")
    report = lab.build(chain())
    assert report.status == "up-to-date"
    assert sources(lab.events) == dict.fromkeys("abcd", "remote")
    assert counts(lab) == (4, 0, 0, 0)
    assert report.path("c", "main.txt").is_relative_to(lab.store.root)
    assert sorted(remote.asked) == sorted(one.key for one in report.steps.values())
    remote.asked.clear()
    assert digests(lab.build(chain())) == digests(report)
    assert sources(lab.events) == dict.fromkeys("abcd", "local")
    assert remote.asked == []
    assert list((lab.store.home / "tmp").iterdir()) == []


def test_a_step_that_no_tier_has_runs(lab: Lab, remote: Remote) -> None:
    """A step that every tier misses runs, once, and a dependent with the same inputs is fetched again."""
    edited = graph(step("a", text="another"), step("d", text="aside"), step("e", inputs={"d": Product("d")}))
    assert states(lab.build(edited)) == {"a": State.BUILT, "d": State.CACHED, "e": State.BUILT}
    assert lab.ran() == ["a", "e"]
    assert len(remote.asked) == 3
    assert counts(lab) == (1, 2, 0, 0)


def test_fetches_wait_side_by_side(lab: Lab, remote: Remote) -> None:
    """A hundred steps are fetched at once: every lookup waits until the last one has begun."""
    steps = graph(*(step(f"s{number}", text=str(number)) for number in range(100)))
    barrier = threading.Barrier(100)
    remote.before = lambda _: (barrier.wait(SECONDS), None)[1]
    cancelled = threading.Event()

    def cancel(event: Event) -> None:
        if isinstance(event, StepFinished):
            cancelled.set()

    lab.build(steps, Steering(cancelled=cancelled.is_set), on_event=cancel)
    assert len(remote.asked) == 100
    assert not barrier.broken


def test_more_fetches_than_threads(lab: Lab, remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fetches beyond the limit wait for the first ones; all are served."""
    monkeypatch.setattr(fetcher, "_MAX_THREADS", 2)
    most: list[int] = []
    remote.before = lambda _: most.append(sum("_work" in thread.name for thread in threading.enumerate()))
    report = lab.build(chain())
    assert (report.status, counts(lab)) == ("up-to-date", (4, 0, 0, 0))
    assert max(most) <= 2


def test_other_steps_run_meanwhile(lab: Lab, remote: Remote, gate: threading.Event) -> None:
    """A step whose fetch takes long keeps no other step waiting, not even with one job."""
    plan = graph(step("slow", text="slow"), step("quick", text="quick"))
    slow = lab.explain(plan)["slow"].key
    remote.before = lambda key: (gate.wait(SECONDS) if key == slow else None, None)[1]
    finished: list[str] = []

    def release(event: Event) -> None:
        if isinstance(event, StepFinished):
            finished.append(event.step)
            gate.set()

    assert lab.build(plan, on_event=release, jobs=1).ok
    assert finished == ["quick", "slow"]


@pytest.mark.parametrize("grace", [0.0, 10.0])
def test_a_cancelled_build_does_not_wait_for_a_fetch(
    lab: Lab, remote: Remote, gate: threading.Event, grace: float
) -> None:
    """A fetch that hangs is abandoned when the build is cancelled, and adds nothing to the store afterwards."""
    asked = threading.Event()

    def hang(_: str) -> None:
        asked.set()
        gate.wait(SECONDS)

    remote.before = hang
    report = lab.build(chain(), Steering(cancelled=asked.is_set), grace=grace)
    assert report.status == "cancelled"
    assert set(states(report).values()) == {State.ABORTED}
    threads = [thread for thread in threading.enumerate() if "_work" in thread.name]
    gate.set()
    for thread in threads:
        thread.join(SECONDS)
    assert not [path for path in lab.store.home.rglob("*") if path.is_file() and len(path.name) == 64]
    assert list((lab.store.home / "tmp").iterdir()) == []
    remote.before = lambda _: None
    assert lab.build(chain()).status == "up-to-date"


def test_an_error_of_a_tier_is_a_miss(lab: Lab, remote: Remote) -> None:
    """Whatever a tier raises counts as a miss; the steps run, and the build is whole."""

    def fail(_: str) -> None:
        raise ZeroDivisionError

    remote.before = fail
    report = lab.build(chain())
    assert report.status == "built"
    assert lab.ran() == ["a", "b", "c", "d"]
    assert counts(lab) == (0, 4, 0, 4)


def test_the_next_tier_is_asked(lab: Lab, remote: Remote) -> None:
    """If a tier fails, the next one is asked, and a result of that one is a hit."""
    broken = Remote(Store(lab.root / "broken"))
    broken.before = lambda _: (_ for _ in ()).throw(OSError("gone"))
    lab.remote = [broken, remote]
    assert lab.build(chain()).status == "up-to-date"
    assert counts(lab) == (4, 0, 0, 4)


def altered(remote: Remote, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Let the tier return something invalid for every key."""
    lookup, copy_blob = remote.lookup, remote.copy_blob

    def wrong_trace(key: str) -> Trace | None:
        trace = lookup(key)
        if trace is None or how == "wrong bytes":
            return trace
        return replace(trace, key="0" * 64) if how == "another key" else replace(trace, material=())

    def wrong_bytes(blob: Blob, target: Path) -> None:
        copy_blob(blob, target)
        if how == "wrong bytes":
            target.write_bytes(b"poison")

    monkeypatch.setattr(remote, "lookup", wrong_trace)
    monkeypatch.setattr(remote, "copy_blob", wrong_bytes)


@pytest.mark.parametrize("how", ["another key", "another material", "wrong bytes"])
def test_an_invalid_result_is_rejected(lab: Lab, remote: Remote, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """A trace of another key, and bytes that do not match their digest, are counted and never used."""
    clean = digests(lab.clean().build(chain()))
    lab.ran()
    altered(remote, monkeypatch, how)
    report = lab.build(chain())
    assert (report.status, digests(report)) == ("built", clean)
    assert lab.ran() == ["a", "b", "c", "d"]
    assert counts(lab) == (0, 4, 4, 0)
    assert not [path for path in lab.store.blobs.root.rglob("*") if path.is_file() and path.read_bytes() == b"poison"]


def test_a_blob_that_is_there_is_not_copied(lab: Lab, remote: Remote) -> None:
    """Only blobs that the store lacks are copied; a corrupt one in the store makes the result a miss."""
    report = lab.build(chain())
    copied = len(remote.copied)
    for one in report.steps.values():
        Path(lab.store.trace_location(one.key)).unlink()
    lab.store.home.joinpath("files").unlink()
    assert lab.build(chain()).status == "up-to-date"
    assert len(remote.copied) == copied
    path = report.path("d", "main.txt")
    path.chmod(0o644)
    path.write_bytes(b"corrupt")
    Path(lab.store.trace_location(report.steps["d"].key)).unlink()
    assert [one.step for one in lab.build(chain()).ran] == ["d"]
    assert counts(lab) == (0, 1, 0, 0)


def test_a_forced_step_is_not_fetched(lab: Lab, remote: Remote) -> None:
    """A step that the user forces runs, though a tier has its result."""
    report = lab.build(chain(), fresh=["a"])
    assert states(report) == {"a": State.BUILT, "b": State.CACHED, "c": State.CACHED, "d": State.CACHED}
    assert report.steps["a"].key not in remote.asked


def test_one_fetch_for_steps_with_equal_keys(lab: Lab, remote: Remote) -> None:
    """Targets of one run that share steps fetch each result once."""
    reports = lab.build_all([Target(chain(), name, name) for name in ("one", "two")])
    assert [report.status for report in reports] == ["up-to-date"] * 2
    assert len(remote.asked) == len(set(remote.asked)) == 4


def test_a_key_that_another_build_makes_is_not_fetched(lab: Lab, remote: Remote) -> None:
    """A step whose key is locked waits for the other build, and asks no tier."""
    plan = graph(step("a", text="one"))
    lab.store.prepare()
    lock = lab.store.lock_key(lab.explain(plan)["a"].key)
    assert lock is not None
    turns: list[int] = []

    def release() -> bool:
        turns.append(1)
        if len(turns) == 5:
            lock.release()
        return False

    assert lab.build(plan, Steering(cancelled=release)).status == "built"
    assert (len(turns) >= 5, remote.asked) == (True, [])


def test_without_remote_tiers_there_is_no_thread(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build with a local store alone, which runs one step at a time, starts no thread."""
    monkeypatch.setattr(threading.Thread, "start", lambda _: pytest.fail("a thread was started"))
    assert lab.build(chain(), jobs=1).status == "built"
    assert lab.build(chain(), jobs=1).status == "up-to-date"
    assert counts(lab) == (0, 0, 0, 0)
