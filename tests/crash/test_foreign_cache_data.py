"""What others leave in the cache: locks of dead processes, foreign files, data of newer and older versions."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import vidbuild
from tests.crash.test_killed_engine import driver
from tests.support.engine_lab import Lab, diamond, digests, graph, snapshot, states, step
from tests.support.fault_lab import FaultLab, lab_at, sound
from vidbuild.engine.disk import checksummed, durable
from vidbuild.engine.disk.lock import is_held
from vidbuild.engine.graph.graph import Graph
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.runs import run_log
from vidbuild.engine.store import gc
from vidbuild.engine.store.memo import Memos
from vidbuild.engine.store.trace import Trace

HOLDER = """
import sys, time
from pathlib import Path
from vidbuild.engine.disk.lock import Lock
print("held" if Lock.attempt(Path(sys.argv[1])) else "refused", flush=True)
time.sleep(60)
"""


@contextmanager
def held(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that holds the lock; it is killed in the end."""
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    with holder.stdout:
        assert holder.stdout.readline() == b"held\n"
        yield holder
        holder.send_signal(signal.SIGKILL)
        holder.wait()


@pytest.mark.parametrize("lock", ["key", "use", "session", "run", "placed"])
def test_a_dead_lock_holder_blocks_no_build(lab: Lab, lock: str) -> None:
    """P18: whichever lock the killed process held, the next build starts at once; process ids are not used."""
    plan = diamond(lab)
    key = lab.explain(plan)["a"].key
    lab.store.prepare()
    path = {
        "key": lab.store.home / "locks" / key,
        "use": lab.store.home / "use",
        "session": lab.store.home / "tmp" / "dead" / "lock",
        "run": lab.store.root / "runs" / run_log.new_id() / "lock",
        "placed": lab.store.home / "locks" / "placed",
    }[lock]
    with held(path):
        assert is_held(path)
        assert path.read_bytes() == b"", "what is in a lock could be believed"
        if lock == "session":
            (path.parent / "frames").write_bytes(b"x" * 1000)
    assert lab.build(plan).status == "built"
    assert not path.parent.with_name("dead").exists()
    assert not (lab.store.home / "tmp" / "dead").exists()
    sound(FaultLab(lab.root))


STRANGERS = [".DS_Store", "._x.mp4", "Thumbs.db", "notes.txt", "a folder/with a file", "cas/aa/readme"]
FOLDERS = ["", "cas", "cas/ab", "traces", "traces/ab", "index", "memos", "memos/ab", "locks", "tmp"]


def foreign_files(lab: Lab) -> list[Path]:
    """Foreign files of every kind in every folder of the store, and beside it."""
    home, found = lab.store.home, []
    for folder in FOLDERS:
        for name in STRANGERS:
            path = home / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"mine")
            found.append(path)
    wrong = home / "cas" / "00" / ("f" * 64)
    wrong.parent.mkdir()
    wrong.write_bytes(b"a blob's name in another's folder")
    for folder in ("cas/ab", "traces/ab", "index", "memos/ab"):
        os.mkfifo(home / folder / ("ab" * 32))
        (home / folder / "loop").symlink_to("loop")
        (home / folder / "around").symlink_to("..")
        found += [home / folder / "loop", home / folder / "around"]
    beside = [
        lab.store.root / name for name in (".DS_Store", "v2/cas/aa/" + "a" * 64, "v10/x", "old/y", "runs/.DS_Store")
    ]
    for path in beside:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"mine")
    return [*found, wrong, *beside]


def test_foreign_files_are_ignored_and_kept(lab: Lab) -> None:
    """V11: whatever is put in the cache, builds, info, verify and gc work and leave it in place."""
    foreign = foreign_files(lab)
    assert lab.build(diamond(lab)).status == "built"
    assert lab.build(diamond(lab)).status == "up-to-date"
    counts = gc.info(lab.store)
    assert counts.traces == 5
    assert gc.verify(lab.store).corrupt == ()
    Memos(lab.store).put("cd" * 32, [1])
    assert gc.trim(lab.store, 1).removed_traces == 5
    assert gc.info(lab.store).bytes == 0
    gone = [path for path in foreign if not os.path.lexists(path)]
    assert gone == []
    assert lab.build(diamond(lab)).status == "built"


def test_files_that_vanish_are_no_trouble(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """V11: a file that goes between being seen and being looked at ends neither info nor verify nor gc nor a build."""
    plan = diamond(lab)
    lstat, hash_file, read = Path.lstat, durable.hash_file, checksummed.read
    victims: list[int] = []

    def vanish(path: Path | str) -> None:
        victims.append(1)
        if len(victims) % 3 == 0 and ".vidbuild" in str(path) and Path(path).is_file():
            Path(path).unlink()

    def gone_lstat(self: Path) -> os.stat_result:
        vanish(self)
        return lstat(self)

    def gone_hash(path: Path | str) -> str:
        vanish(path)
        return hash_file(path)

    def gone_read(path: Path | str) -> object:
        vanish(path)
        return read(path)

    for name in ("info", "verify", "trim", "build"):
        assert lab.build(plan).ok
        with monkeypatch.context() as patch:
            patch.setattr(Path, "lstat", gone_lstat)
            patch.setattr(durable, "hash_file", gone_hash)
            patch.setattr(checksummed, "read", gone_read)
            if name == "trim":
                gc.trim(lab.store, 1)
            elif name == "build":
                assert lab.build(plan).ok
            else:
                getattr(gc, name)(lab.store)
    assert set(states(lab.build(plan)).values()) <= {State.BUILT, State.CACHED}
    assert digests(lab.build(plan)) == digests(lab.clean().build(plan))


def future(lab: Lab, key: str) -> dict[Path, bytes]:
    """What a future vidbuild might leave: other versions beside ours, and records of unknown kinds in ours."""
    home, root = lab.store.home, lab.store.root
    odd = {"key": key, "outputs": [["bin", {"sha3": "x"}]], "version": 99}
    return {
        root / "v2" / "cas" / "aa" / ("a" * 64): b"blob",
        root / "v2" / "db.sqlite": b"SQLite format 4",
        root / "v10" / "traces" / "ab": b"{}",
        root / "config.json": b"{}",
        home / "traces" / key[:2] / key: checksummed.dumps(odd),
        home / "traces" / "aa" / ("a" * 64): b"garbage" * 100,
        home / "files": checksummed.dumps([["not", "a", "table"]]),
        home / "placed": checksummed.dumps({"/x": {"digest": "y"}}),
        home / "usage": checksummed.dumps({"total": 5}),
        home / "index" / ("b" * 32): checksummed.dumps({"steps": {"a": {"key": 1}}}),
        home / "memos" / "cc" / ("c" * 64): checksummed.dumps("a plan"),
        root
        / "runs"
        / "20990101-000000-000-abcd"
        / "state.json": b'{"id": 1, "state": "hibernating", "started": "soon"}',
        root / "runs" / "20990101-000000-000-abce" / "state.json": b"\0\0\0",
        root / "runs" / "20990101-000000-000-abce" / "events.jsonl": b'{"type": "dreamt"}\n[1]\nnonsense\n',
    }


def test_data_of_a_newer_version_is_ignored(lab: Lab) -> None:
    """P22: records in unknown forms are neither used nor an error; other versions' folders stay."""
    plan = diamond(lab)
    left = future(lab, lab.explain(plan)["a"].key)
    for path, content in left.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (lab.store.home / "index").mkdir(exist_ok=True)
    foreign = [lab.store.root / name for name in ("v2", "v10", "config.json")]
    before = snapshot(*foreign)
    assert lab.build(plan, build_name="e").status == "built"
    assert lab.build(plan, build_name="e").status == "up-to-date"
    assert digests(lab.build(plan)) == digests(lab.clean().build(plan))
    gc.info(lab.store)
    gc.verify(lab.store)
    gc.trim(lab.store, 1)
    folder = lab.store.root / "runs"
    assert [run.entry for run in run_log.past_runs(folder)] == ["e", "e", ""]
    list(run_log.read_events(folder, "20990101-000000-000-abce"))
    lab.build(plan)
    gc.clear(lab.store)
    assert snapshot(*foreign) == before
    assert lab.build(plan).status == "built"


# A version to come says more in each of its records; that is all that may change within one layout of the store.
ADDED = {
    "store/trace.py": ('"made_by": self.made_by,', '"made_by": self.made_by, "machine": "x", "material2": [1],'),
    "store/index.py": (
        "            self.unchanged,\n        ]",
        '            self.unchanged,\n            "more",\n        ]',
    ),
    "store/digest_cache.py": ("[*now, value]", '[*now, value, "more"]'),
    "store/output_manifest.py": ("[digest, *now]", '[digest, *now, "more"]'),
}


Other = Callable[[Lab, Graph], "subprocess.Popen[bytes]"]


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Other:
    """Start a build by a copy of the package that writes more fields into its records."""
    package = tmp_path / "other" / "vidbuild"
    shutil.copytree(Path(vidbuild.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    for name, (old, new) in ADDED.items():
        path = package / "engine" / name
        text = path.read_text()
        assert text.count(old) == 1, name
        path.write_text(text.replace(old, new))

    def start(lab: Lab, plan: Graph) -> subprocess.Popen[bytes]:
        with monkeypatch.context() as patch:
            patch.chdir(tmp_path)  # `python -c` looks for packages here first
            patch.setenv("PYTHONPATH", os.pathsep.join([str(package.parent), os.environ["PYTHONPATH"]]))
            return driver(lab, plan)

    return start


def test_two_versions_share_a_cache(lab: Lab, other: Other) -> None:
    """P22: results of a version that writes more fields are used by this one, and the reverse."""
    plan = diamond(lab)
    assert other(lab, plan).wait(60) == 0
    assert lab.ran() == ["a", "aside", "left", "right", "top"]
    path = Path(lab.store.trace_location(lab.explain(plan)["a"].key))
    assert b'"machine":"x"' in path.read_bytes()
    report = lab.build(plan)
    assert (report.status, lab.ran()) == ("up-to-date", [])
    edited = diamond(lab, a="two")
    assert lab.build(edited).status == "built"
    lab.ran()
    assert other(lab, edited).wait(60) == 0
    assert lab.ran() == []
    assert lab.store.corrupt == 0
    assert gc.verify(lab.store).corrupt == ()


def test_two_versions_build_side_by_side(lab: Lab, other: Other) -> None:
    """P22, V10: at the same time, on one cache, each with a plan of its own and one in common, both are right."""
    ours, theirs = diamond(lab, a="ours"), diamond(lab, a="theirs")
    expected = digests(lab.clean().build(ours)), digests(lab.clean().build(theirs))
    others = [other(lab, theirs), other(lab, ours)]
    report = lab.build(ours)
    assert [each.wait(60) for each in others] == [0, 0]
    assert digests(report) == expected[0]
    assert digests(lab.build(theirs)) == expected[1]
    assert lab.build(theirs).status == "up-to-date"


def test_the_maker_is_in_the_trace_and_not_in_the_key(tmp_path: Path) -> None:
    """P22: two versions whose kinds are the same make the same keys, and each trace names its version."""
    with lab_at(tmp_path / "project") as (lab, _):
        found = []
        for version in ("vidbuild 1", "vidbuild 2"):
            lab.made_by = version
            report = lab.build(graph(step("a")), jobs=1)
            found.append(report.steps["a"].key)
            trace = lab.store.trace(report.steps["a"].key)
            assert isinstance(trace, Trace)
            assert trace.made_by == "vidbuild 1"
        assert found[0] == found[1]
