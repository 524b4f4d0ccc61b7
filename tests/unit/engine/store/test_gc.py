"""The store's size and health."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from tests.support.engine_lab import Lab, digests, graph, names, step
from vidbuild.engine.disk import checksummed
from vidbuild.engine.graph.graph import Graph, Product
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.store import gc
from vidbuild.engine.store.memo import Memos
from vidbuild.errors import StoreError


def project(text: str = "one", size: int = 0) -> Graph:
    """Two steps, one after the other; size: how big their outputs are."""
    return graph(step("a", text=text + "x" * size), step("b", inputs={"a": Product("a", "main.txt")}))


def dangling(lab: Lab) -> list[str]:
    """The traces that stand without all their blobs."""
    found = []
    for path in (lab.store.home / "traces").rglob("*"):
        trace = lab.store.trace(path.name) if path.is_file() else None
        if trace and not all(lab.store.blobs.path(blob.digest).exists() for blob in trace.outputs.values()):
            found.append(path.name)
    return found


def test_blobs_and_traces_are_counted(lab: Lab) -> None:
    """The cache reports how many blobs and traces it holds, and their total size."""
    assert gc.info(lab.store).bytes == 0
    lab.build(project())
    found = gc.info(lab.store)
    files = [path for name in ("cas", "traces") for path in (lab.store.home / name).rglob("*") if path.is_file()]
    assert (found.blobs, found.traces) == (4, 2)
    assert found.bytes == sum(path.stat().st_size for path in files)
    assert found.root == lab.store.root


def test_the_least_recently_used_go_first(lab: Lab) -> None:
    """P24: traces go by their last use, each before its blobs, until the cache is well under its limit."""
    for text in ("old", "middle", "new"):
        lab.build(project(text), build_name=text)
        os.utime(next((lab.store.home / "index").iterdir()))
    for number, text in enumerate(("middle", "old", "new")):
        for name, found in lab.explain(project(text), build_name=text).items():
            os.utime(lab.store.trace_location(found.key), (number + 1, number + 1))
            assert name
    for path in (lab.store.home / "index").iterdir():
        path.unlink()
    total = gc.info(lab.store).bytes
    before = gc.info(lab.store)
    trimmed = gc.trim(lab.store, total - 1)
    after = gc.info(lab.store)
    assert trimmed.removed_traces == before.traces - after.traces >= 1
    assert trimmed.removed_blobs == before.blobs - after.blobs
    assert trimmed.bytes == gc.info(lab.store).bytes <= total * 0.9
    assert trimmed.removed_bytes == total - trimmed.bytes
    assert dangling(lab) == []
    left = {text: [found.state for found in lab.explain(project(text)).values()] for text in ("middle", "old", "new")}
    assert left["middle"] != ["cached", "cached"]
    assert left["new"] == ["cached", "cached"]


def test_being_built_from_is_being_used(lab: Lab) -> None:
    """P24: a null build counts as use although it touches no trace."""
    lab.build(project("one"), build_name="one")
    lab.build(project("two"), build_name="two")
    long_ago = time.time() - 1000
    for path in lab.store.home.rglob("*"):
        os.utime(path, (long_ago, long_ago))
    lab.build(project("one"), build_name="one")
    gc.trim(lab.store, gc.info(lab.store).bytes - 1)
    assert lab.explain(project("one"), build_name="one")["b"].state == "cached"
    two = lab.explain(project("two"), build_name="two")
    assert "will run" in {found.state for found in two.values()}


def test_the_cache_is_bounded(lab: Lab) -> None:
    """P24: through many builds the cache stays within its limit, and what the last build used survives."""
    limit = 60_000
    for number in range(12):
        plan = project(f"{number:02}", size=3000)
        lab.build(plan, cache_limit=limit)
        assert gc.info(lab.store).bytes <= limit * 1.1
        assert lab.build(plan, cache_limit=limit).status == "up-to-date"


def test_what_the_build_used_stays_whatever_the_limit(lab: Lab) -> None:
    """P24: a limit smaller than one build keeps that build all the same, so the next is a null build."""
    lab.build(project("other", 5000), cache_limit=1)
    lab.build(project("mine", 5000), cache_limit=1)
    assert lab.build(project("mine", 5000), cache_limit=1).status == "up-to-date"
    assert lab.explain(project("other", 5000))["a"].state == "will run"
    assert gc.info(lab.store).traces == 2


def test_blobs_that_nothing_refers_to_go_first(lab: Lab) -> None:
    """Copies of sources, and what killed builds left, go before any result."""
    image = lab.source("image.png", "picture" * 1000)
    lab.build(graph(step("x", "length", {"image": image})))
    total = gc.info(lab.store)
    trimmed = gc.trim(lab.store, total.bytes - 1)
    assert (trimmed.removed_traces, trimmed.removed_blobs) == (0, 1)
    assert lab.build(graph(step("x", "length", {"image": image}))).status == "up-to-date"


def test_foreign_files_are_left_alone(lab: Lab) -> None:
    """V11: what others put in the cache, and what vanishes while looking, is no trouble and is not removed."""
    lab.build(project())
    foreign = [
        lab.store.home / "cas" / ".DS_Store",
        lab.store.home / "cas" / "aa" / "._x.mp4",
        lab.store.home / "traces" / "bb" / "notes.txt",
        lab.store.home / "cas" / "cc" / ("d" * 64),
        lab.store.root / "v7" / "cas" / "aa" / ("a" * 64),
    ]
    for path in foreign:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (lab.store.home / "cas" / "ee").symlink_to("/nowhere")
    gc.trim(lab.store, 0)
    assert gc.info(lab.store).bytes == 0
    assert gc.verify(lab.store).corrupt == ()
    assert all(path.exists() for path in foreign)


def test_nothing_is_trimmed_under_a_running_build(lab: Lab) -> None:
    """P25: while a build runs trimming and clearing are refused, and nothing is lost."""
    lab.build(project())
    in_use = lab.store.lock_use()
    assert in_use is not None
    assert gc.trim(lab.store, 0).busy
    with pytest.raises(StoreError, match="a build is using the cache"):
        gc.clear(lab.store)
    in_use.release()
    assert not gc.trim(lab.store, 0).busy
    assert gc.info(lab.store).bytes == 0


def test_builds_and_trimming_side_by_side(lab: Lab) -> None:
    """P25: trimming in a loop during builds fails none of them and leaves no trace without its blobs."""
    stop = threading.Event()
    expected = {text: digests(lab.clean().build(project(text))) for text in "ab"}
    problems: list[object] = []
    trims: list[int] = []

    def build(text: str) -> None:
        for _ in range(6):
            report = Lab(lab.root).build(project(text), jobs=1, build_name=text)
            if digests(report) != expected[text]:
                problems.append(report)

    def trim() -> None:
        while not stop.is_set():
            if not gc.trim(lab.store, 0).busy:
                trims.append(1)

    builders = [threading.Thread(target=build, args=(text,)) for text in "ab"]
    trimmer = threading.Thread(target=trim)
    for thread in [*builders, trimmer]:
        thread.start()
    for thread in builders:
        thread.join()
    stop.set()
    trimmer.join()
    assert problems == []
    assert trims
    assert dangling(lab) == []


def test_verifying_reads_everything_again(lab: Lab) -> None:
    """Corruption that no stat shows is found, reported, and removed; the next build makes the files again."""
    report = lab.build(project())
    path = report.path("a", "main.txt")
    path.chmod(0o644)
    path.write_bytes(b"x" * path.stat().st_size)
    trace = Path(lab.store.trace_location(report.steps["b"].key))
    trace.write_bytes(trace.read_bytes()[:-1])
    found = gc.verify(lab.store)
    assert found.checked == 6
    assert set(found.corrupt) == {f"cas/{path.name}", f"traces/{trace.name}"}
    assert not path.exists()
    assert {one.state for one in lab.build(project()).steps.values()} == {State.BUILT}
    assert gc.verify(lab.store).corrupt == ()


def test_clearing_gives_everything_back(lab: Lab) -> None:
    """A cleared cache is empty and can be used again at once."""
    assert gc.clear(lab.store) == 0
    lab.build(project())
    size = gc.info(lab.store).bytes
    assert gc.clear(lab.store) == size > 0
    assert gc.info(lab.store).bytes == 0
    assert lab.build(project()).status == "built"


def test_trimming_sweeps_up(lab: Lab) -> None:
    """Old torn files, lock files and all but the newest memos go; a file that is being written stays."""
    lab.build(project())
    memos = Memos(lab.store)
    for number in range(205):
        memos.put(f"{number:064x}", {"n": number})
        os.utime(lab.store.home / "memos" / "00" / f"{number:064x}", (number + 1, number + 1))
    old, fresh = lab.store.home / "cas" / ".tmp-old", lab.store.home / "cas" / ".tmp-new"
    for path in (old, fresh, lab.store.home / "locks" / ("ab" * 32)):
        path.parent.mkdir(exist_ok=True)
        path.touch()
    os.utime(old, (1, 1))
    gc.trim(lab.store)
    assert (old.exists(), fresh.exists()) == (False, True)
    assert list((lab.store.home / "locks").iterdir()) == []
    assert memos.get(f"{4:064x}") is None
    assert memos.get(f"{5:064x}") == {"n": 5}


def test_memos_stay_small(lab: Lab) -> None:
    """Memos of together more than 100 MB do not stay: the oldest go, also if they are few."""
    memos = Memos(lab.store)
    for number, size in enumerate((1_000, 40_000_000, 60_000_000)):
        memos.put(f"{number:064x}", {"n": number})
        path = lab.store.home / "memos" / "00" / f"{number:064x}"
        os.truncate(path, size)
        os.utime(path, (number + 1, number + 1))
    memos.put("ab" * 32, None)
    left = sorted(path.stat().st_size for path in (lab.store.home / "memos").rglob("*") if path.is_file())
    assert left[-1] == 60_000_000
    assert len(left) == 2


def test_a_memo_that_others_leave_room_for_stays(lab: Lab) -> None:
    """Memos of exactly 100 MB together all stay."""
    memos = Memos(lab.store)
    sizes = {"aa" * 32: 60_000_000, "ab" * 32: 40_000_000}
    for digest, size in sizes.items():
        memos.put(digest, None)
        os.truncate(lab.store.home / "memos" / digest[:2] / digest, size)
    gc.prune_memos(lab.store)
    left = {path.name: path.stat().st_size for path in (lab.store.home / "memos").rglob("*") if path.is_file()}
    assert left == sizes


def test_the_size_is_counted_again_now_and_then(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that is sure to be under the limit counts nothing; after some builds the truth is looked up."""
    lab.build(project("0"))
    counted: list[int] = []
    monkeypatch.setattr(gc, "trim", lambda *_: counted.append(1))
    gc._write_usage(lab.store, 1_000, 0)
    for number in range(1, 22):
        gc.trim_after_build(lab.store, 10, 1_200, ())
        assert bool(counted) == (number > 20)
    counted.clear()
    gc.trim_after_build(lab.store, 10, 1_209, ())
    assert counted


def test_a_count_begins_a_new_round(lab: Lab) -> None:
    """After a count, the cache's size is not counted again for twenty builds."""
    lab.build(project())
    gc.trim(lab.store)
    total = gc.info(lab.store).bytes
    assert checksummed.read(lab.store.home / "usage") == {"bytes": total, "builds": 0}
    gc.trim_after_build(lab.store, 10, total + 10, ())
    assert checksummed.read(lab.store.home / "usage") == {"bytes": total + 10, "builds": 1}


def test_a_cache_as_large_as_its_limit_keeps_everything(lab: Lab) -> None:
    """Nothing is removed from a cache that is exactly as large as its limit."""
    lab.build(project())
    total = gc.info(lab.store).bytes
    assert gc.trim(lab.store, total) == gc.TrimResult(bytes=total)


def test_trimming_ends_at_nine_tenths(lab: Lab) -> None:
    """Trimming removes no trace once the cache has at most nine tenths of its limit."""
    lab.build(project("one"), build_name="one")
    for path in (lab.store.home / "index").iterdir():
        path.unlink()
    steps = lab.explain(project("one"), build_name="one")
    for age, name in enumerate("ba"):
        os.utime(lab.store.trace_location(steps[name].key), (age + 1, age + 1))
    before = gc.info(lab.store).bytes
    b = lab.store.trace(steps["b"].key)
    assert b is not None
    own = Path(lab.store.trace_location(steps["b"].key)).stat().st_size + sum(x.size for x in b.outputs.values())
    limit = next(limit for limit in range(before) if int(limit * 0.9) == before - own)
    assert limit < before
    trimmed = gc.trim(lab.store, limit)
    assert (trimmed.removed_traces, trimmed.bytes) == (1, before - own)
    assert lab.store.trace(steps["a"].key) is not None


def test_a_torn_file_is_old_after_an_hour(lab: Lab) -> None:
    """A temporary file that another process may still write is removed once it is an hour old."""
    lab.build(project())
    ages = {minutes: lab.store.home / "cas" / f".tmp-{minutes}" for minutes in (58, 62)}
    for minutes, path in ages.items():
        path.touch()
        os.utime(path, (time.time() - 60 * minutes,) * 2)
    gc.trim(lab.store)
    assert [minutes for minutes, path in ages.items() if path.exists()] == [58]


@pytest.mark.parametrize(("count", "size", "left"), [(502, 1, 500), (3, 50_000_000, 2)])
def test_indexes_stay_few_and_small(lab: Lab, count: int, size: int, left: int) -> None:
    """At most 500 indexes stay, of at most 100 MB together: those that were used last."""
    folder = lab.store.home / "index"
    folder.mkdir(parents=True)
    for number in range(count):
        path = folder / f"{number:032x}"
        path.touch()
        os.truncate(path, size)
        os.utime(path, (number + 1, number + 1))
    gc.trim(lab.store)
    assert names(folder) == [f"{number:032x}" for number in range(count - left, count)]


def test_trimming_removes_the_folders_of_dead_builds(lab: Lab) -> None:
    """A folder whose build was killed, which nothing locks, is removed; that of a running build cannot be there."""
    lab.build(project())
    dead = lab.store.home / "tmp" / "dead"
    dead.mkdir(parents=True)
    (dead / "lock").touch()
    (dead / "frames.raw").write_bytes(b"x")
    gc.trim(lab.store, 1 << 30)
    assert not dead.exists()
